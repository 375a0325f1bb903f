"""How often and when one person may be contacted, over all features together.

Days are the person's local calendar days, so that the same weekday at the same hour is always a week apart,
whatever the clocks do. Answers to something the person did are not contacts and need no budget.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Literal
from zoneinfo import ZoneInfo

from surveys.cadence import instant

Kind = Literal["survey", "reminder", "message"]
"""A survey ask; a reminder of one; anything else that the bot begins (journey steps, nudges, results)."""

SURVEYS_A_WEEK = 1
CONTACTS_A_WEEK = 3
REMINDERS_OF_ONE_SURVEY = 2
DEFAULT_QUIET = (time(19), time(8))
"""Quiet from 19:00 to 08:00 local time, every day."""

_WEEK = timedelta(weeks=1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Contact:
    """Something the bot sent, or is bound to send, of its own accord; ``about`` names the survey's wave or the like."""

    kind: Kind
    at: datetime
    about: str = ""


@dataclass(frozen=True, slots=True)
class Allowed:
    """The contact may go out at the time asked for."""


@dataclass(frozen=True, slots=True)
class Wait:
    """The contact may go out from ``until`` (UTC), at the same local time of day; ask again then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Never:
    """The contact may not go out at all: the reminders of this survey are used up."""


Verdict = Allowed | Wait | Never


def may_contact(
    kind: Kind,
    history: Iterable[Contact],
    when: datetime,
    *,
    zone: ZoneInfo,
    about: str = "",
    journeys: Collection[date] = (),
) -> Verdict:
    """Say whether a person may be contacted, and if not now, when.

    At most one survey ask and three contacts of any kind in seven days, and two reminders of one survey.
    The first seven days of a journey neither count towards the three contacts nor are held back by them;
    the limit on survey asks holds there too.

    Parameters
    ----------
    kind, about
        What is to be sent; ``about`` tells reminders of different surveys apart.
    history
        The person's contacts of at least the last seven days and all reminders of this survey, in any order.
    when
        The aware instant at which it is to be sent.
    zone
        The person's time zone.
    journeys
        First days of the person's journeys (onboarding and the like).
    """
    contacts = list(history)
    if kind == "reminder" and _reminders(contacts, about) >= REMINDERS_OF_ONE_SURVEY:
        return Never()
    asks = [_day(contact, zone) for contact in contacts if contact.kind == "survey"]
    counted = [
        day for day in (_day(contact, zone) for contact in contacts) if not _in_week_one(day, journeys)
    ]

    def full(day: date) -> bool:
        if kind == "survey" and _within_week(asks, day) >= SURVEYS_A_WEEK:
            return True
        return not _in_week_one(day, journeys) and _within_week(counted, day) >= CONTACTS_A_WEEK

    local = when.astimezone(zone)
    free = next(day for day in (local.date() + _DAY * ahead for ahead in count()) if not full(day))
    return Allowed() if free == local.date() else Wait(instant(free, local.time(), zone))


def next_allowed(when: datetime, zone: ZoneInfo, quiet: tuple[time, time] = DEFAULT_QUIET) -> datetime:
    """Return ``when`` (aware) as UTC, or the end of the quiet hours it falls in.

    ``quiet`` runs from its first wall time (included) to its second (excluded), over midnight if the first is
    the later one; equal times mean no quiet hours. The result never lies in quiet hours nor before ``when``.
    """
    at = when.astimezone(UTC)
    while _is_quiet(at.astimezone(zone).time(), quiet):
        at = _next_reading(at, quiet[1], zone)
    return at


def _is_quiet(clock: time, quiet: tuple[time, time]) -> bool:
    begins, ends = quiet
    if begins <= ends:
        return begins <= clock < ends
    return clock >= begins or clock < ends


def _next_reading(at: datetime, clock: time, zone: ZoneInfo) -> datetime:
    """Return the first instant later than ``at`` at which the local clock shows ``clock`` or has just skipped it."""
    today = at.astimezone(zone).date()
    readings = (
        reading
        for day in (today, today + _DAY)
        for reading in (instant(day, clock, zone), _second_reading(day, clock, zone))
    )
    return next(reading for reading in readings if reading > at)


def _second_reading(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return when the clock shows a time again that comes twice on this day."""
    return datetime.combine(day, clock).replace(tzinfo=zone, fold=1).astimezone(UTC)


def _reminders(contacts: Iterable[Contact], about: str) -> int:
    return sum(contact.kind == "reminder" and contact.about == about for contact in contacts)


def _day(contact: Contact, zone: ZoneInfo) -> date:
    return contact.at.astimezone(zone).date()


def _in_week_one(day: date, journeys: Collection[date]) -> bool:
    return any(start <= day < start + _WEEK for start in journeys)


def _within_week(days: Iterable[date], day: date) -> int:
    """Count the contacts that would stand in one week with ``day``, planned later ones included."""
    return sum(day - _WEEK < other for other in days)
