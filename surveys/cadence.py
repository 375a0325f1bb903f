"""When things happen: recurrences by the wall clock, working days, and their UTC instants.

Schedules are kept as local intent (date, wall time, IANA zone) and become instants here, by one rule:
a wall time means **the first instant at which the local clock shows it or has passed it**. So a time that
the clocks skip (a gap) means the first valid instant after the gap, and a time that comes twice (an overlap)
means its first occurrence. Nothing is missed and nothing happens twice.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from surveys.errors import UnknownZone

Unit = Literal["weeks", "months"]
UNITS: tuple[Unit, ...] = get_args(Unit)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
MONDAY_TO_FRIDAY = frozenset(range(5))

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_MONTH_STEPS = (1, 2, 3, 4, 6, 12)


@dataclass(frozen=True, slots=True)
class Opening:
    """A weekday (0 is Monday) at a wall time; without a weekday, the first day of the month."""

    weekday: int | None
    at: time

    def __post_init__(self) -> None:
        if self.weekday is not None and self.weekday not in range(7):
            raise ValueError("a weekday lies between 0 (Monday) and 6 (Sunday)")
        if self.at.tzinfo is not None:
            raise ValueError("a wall time carries no zone")


@dataclass(frozen=True, slots=True)
class Cadence:
    """Every ``every`` weeks counted from a first date, or every ``every`` months of the calendar year.

    Months are aligned to the year, so that every third month is the calendar quarter whatever the first date.
    A month opens on the first such weekday in it.
    """

    unit: Unit
    every: int
    opens: Opening

    def __post_init__(self) -> None:
        if self.unit == "weeks" and self.opens.weekday is None:
            raise ValueError("a rhythm in weeks needs a weekday")
        if self.unit == "weeks" and not 1 <= self.every <= 52:
            raise ValueError("weeks must lie between 1 and 52")
        if self.unit == "months" and self.every not in _MONTH_STEPS:
            raise ValueError(f"months must be one of {', '.join(map(str, _MONTH_STEPS))}")

    @property
    def shortest(self) -> timedelta:
        """The shortest wall-clock span between two openings."""
        return timedelta(weeks=self.every) if self.unit == "weeks" else timedelta(days=28 * self.every)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One opening: its local date, which names it, and its instant in UTC."""

    local_date: date
    at: datetime


@dataclass(frozen=True, slots=True)
class Window:
    """From ``opens`` (included) to ``closes`` (excluded), both UTC."""

    opens: datetime
    closes: datetime


def zone_named(name: str) -> ZoneInfo:
    """Return an IANA zone; raise `UnknownZone` for a name the database does not hold."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as problem:
        raise UnknownZone(repr(name[:64])) from problem


def instant(local_date: date, wall_time: time, zone: ZoneInfo) -> datetime:
    """Return the first instant (UTC) at which the zone's clock shows this date and time or has passed it."""
    wanted = datetime.combine(local_date, wall_time)
    first = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if _clock(first, zone) == wanted:
        return first
    return _end_of_gap(wanted, zone)


def dates(cadence: Cadence, first: date) -> Iterator[date]:
    """Yield the local dates of all openings on or after ``first``, in order."""
    return _weekly(cadence, first) if cadence.unit == "weeks" else _monthly(cadence, first)


def occurrences(
    cadence: Cadence, first: date, zone: ZoneInfo, since: datetime, until: datetime
) -> Iterator[Occurrence]:
    """Yield the openings with ``since <= at < until``, in order; both bounds are aware."""
    for local_date in dates(cadence, first):
        at = instant(local_date, cadence.opens.at, zone)
        if at >= until:
            return
        if at >= since:
            yield Occurrence(local_date, at)


def next_occurrence(cadence: Cadence, first: date, zone: ZoneInfo, after: datetime) -> Occurrence:
    """Return the first opening later than ``after`` (aware)."""
    openings = (Occurrence(day, instant(day, cadence.opens.at, zone)) for day in dates(cadence, first))
    return next(opening for opening in openings if opening.at > after)


def window(cadence: Cadence, open_for: timedelta | None, local_date: date, zone: ZoneInfo) -> Window:
    """Return from when to when the wave of a local date is open.

    ``open_for`` is a span on the wall clock (Monday 09:00 and 4 days 8 hours is Friday 17:00, whatever the
    clocks do between); None means until the next opening.
    """
    opens = instant(local_date, cadence.opens.at, zone)
    if open_for is None:
        return Window(opens, next_occurrence(cadence, local_date, zone, opens).at)
    closes = datetime.combine(local_date, cadence.opens.at) + open_for
    return Window(opens, instant(closes.date(), closes.time(), zone))


def first_working_day(
    start: date, week: Collection[int] = MONDAY_TO_FRIDAY, holidays: Collection[date] = ()
) -> date:
    """Return the first working day on or after ``start``; ``week`` holds the weekdays worked, 0 is Monday."""
    return working_day(start, 1, week, holidays)


def working_day(
    start: date, number: int, week: Collection[int] = MONDAY_TO_FRIDAY, holidays: Collection[date] = ()
) -> date:
    """Return the ``number``-th working day on or after ``start``; number 1 is the first.

    A start on a day off does not use up a number, so nothing planned for day 1 is lost at a weekend.
    """
    if number < 1 or not set(week) & set(range(7)):
        raise ValueError("working days are counted from 1 in a week that has some")
    days = (start + _DAY * ahead for ahead in count())
    worked = (day for day in days if day.weekday() in week and day not in holidays)
    return next(day for place, day in enumerate(worked, start=1) if place == number)


def _weekly(cadence: Cadence, first: date) -> Iterator[date]:
    start = _weekday_from(first, cadence.opens.weekday)
    return (start + timedelta(weeks=cadence.every * step) for step in count())


def _monthly(cadence: Cadence, first: date) -> Iterator[date]:
    for month in count(first.year * 12 + first.month - 1):
        if month % cadence.every == 0:
            day = _weekday_from(date(month // 12, month % 12 + 1, 1), cadence.opens.weekday)
            if day >= first:
                yield day


def _weekday_from(day: date, weekday: int | None) -> date:
    return day if weekday is None else day + timedelta(days=(weekday - day.weekday()) % 7)


def _clock(at: datetime, zone: ZoneInfo) -> datetime:
    """Return what the zone's clock shows at an instant."""
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def _end_of_gap(wanted: datetime, zone: ZoneInfo) -> datetime:
    """Return the instant at which the clocks jump over ``wanted``, by bisection to the second.

    With ``fold=1`` the offset after the gap applies, which lands before the jump; with ``fold=0`` after it.
    """
    wanted = wanted.replace(microsecond=0)
    before = wanted.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = wanted.replace(tzinfo=zone, fold=0).astimezone(UTC)
    while after - before > _SECOND:
        middle = before + (after - before) // _SECOND // 2 * _SECOND
        if _clock(middle, zone) < wanted:
            before = middle
        else:
            after = middle
    return after
