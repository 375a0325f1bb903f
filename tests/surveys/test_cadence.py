from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from surveys.cadence import (
    Cadence,
    Occurrence,
    Opening,
    dates,
    first_working_day,
    instant,
    next_occurrence,
    occurrences,
    window,
    working_day,
    zone_named,
)
from surveys.errors import UnknownZone

ZONES = sorted(available_timezones())
ODD_ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Asuncion",
    "America/Havana",
    "America/New_York",
    "America/Santiago",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Gaza",
    "Asia/Kathmandu",
    "Asia/Tehran",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Europe/Dublin",
    "Pacific/Apia",
    "Pacific/Chatham",
)
BERLIN = ZoneInfo("Europe/Berlin")
PULSE = Cadence("weeks", 2, Opening(0, time(9)))
MONTHLY = Cadence("months", 1, Opening(None, time(0)))
QUARTERLY = Cadence("months", 3, Opening(0, time(9)))

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
CLOCKS = (time(0), time(0, 30), time(1, 30), time(2), time(2, 30), time(9), time(23, 30))

zones = st.sampled_from(ZONES).map(ZoneInfo)
odd_zones = st.sampled_from(ODD_ZONES).map(ZoneInfo)
clocks = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


@st.composite
def cadences(draw: st.DrawFn) -> Cadence:
    if draw(st.booleans()):
        return Cadence("weeks", draw(st.integers(1, 8)), Opening(draw(st.integers(0, 6)), draw(clocks)))
    weekday = draw(st.none() | st.integers(0, 6))
    return Cadence("months", draw(st.sampled_from([1, 2, 3, 4, 6, 12])), Opening(weekday, draw(clocks)))


def _clock(at: datetime, zone: ZoneInfo) -> datetime:
    return at.astimezone(zone).replace(tzinfo=None, fold=0)


def _first_minute(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Return by trying minute after minute when the clock first shows a time or has passed it."""
    wanted = datetime.combine(day, clock)
    at = wanted.replace(tzinfo=UTC) - timedelta(hours=27)
    while _clock(at, zone) < wanted:
        at += MINUTE
    return at


def _days_of_change(zone: ZoneInfo, years: range) -> Iterator[date]:
    noon = datetime(years.start, 1, 1, 12, tzinfo=UTC)
    offset = zone.utcoffset(noon)
    while noon.year in years:
        noon += DAY
        if zone.utcoffset(noon) != offset:
            offset = zone.utcoffset(noon)
            yield from (noon.date() - DAY, noon.date(), noon.date() + DAY)


def test_a_time_that_the_clocks_skip_means_the_first_instant_after_the_gap() -> None:
    # Berlin, 2027-03-28: 02:00 becomes 03:00, which is 01:00 UTC.
    assert instant(date(2027, 3, 28), time(2, 30), BERLIN) == datetime(2027, 3, 28, 1, tzinfo=UTC)
    assert instant(date(2027, 3, 28), time(2, 30, 0, 500), BERLIN) == datetime(2027, 3, 28, 1, tzinfo=UTC)


def test_a_time_that_comes_twice_means_its_first_occurrence() -> None:
    # Berlin, 2026-10-25: 02:30 is shown at 00:30 and again at 01:30 UTC.
    assert instant(date(2026, 10, 25), time(2, 30), BERLIN) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert instant(date(2026, 10, 25), time(2, 30, fold=1), BERLIN) == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )


def test_a_day_that_samoa_skipped_means_the_midnight_after_it() -> None:
    # Samoa went from 2011-12-29 to 2011-12-31 by moving over the date line.
    apia = ZoneInfo("Pacific/Apia")

    assert instant(date(2011, 12, 30), time(9), apia) == datetime(2011, 12, 30, 10, tzinfo=UTC)
    assert _clock(instant(date(2011, 12, 30), time(9), apia), apia) == datetime(2011, 12, 31)  # noqa: DTZ001 - a wall clock


def test_lord_howe_changes_by_half_an_hour() -> None:
    # 2026-10-04: 02:00 (+10:30) becomes 02:30 (+11:00) at 15:30 UTC of the day before.
    howe = ZoneInfo("Australia/Lord_Howe")

    assert instant(date(2026, 10, 4), time(2, 15), howe) == datetime(2026, 10, 3, 15, 30, tzinfo=UTC)


def test_casablanca_leaves_and_returns_to_its_time_around_ramadan() -> None:
    casablanca = ZoneInfo("Africa/Casablanca")
    offsets = {
        instant(date(2025, 1, 6) + timedelta(weeks=week), time(9), casablanca).time() for week in range(52)
    }

    assert offsets == {time(8), time(9)}


@settings(max_examples=150, deadline=None)
@given(odd_zones, st.dates(date(2009, 1, 1), date(2028, 12, 31)), clocks)
@example(ZoneInfo("Pacific/Apia"), date(2011, 12, 30), time(0))
@example(ZoneInfo("Asia/Gaza"), date(2011, 8, 1), time(0, 30))
@example(ZoneInfo("America/St_Johns"), date(2010, 11, 7), time(0, 0))
@example(ZoneInfo("America/Havana"), date(2026, 3, 8), time(0, 15))
def test_an_instant_is_what_trying_every_minute_finds(zone: ZoneInfo, day: date, clock: time) -> None:
    assert instant(day, clock, zone) == _first_minute(day, clock, zone)


@pytest.mark.parametrize("name", ODD_ZONES)
def test_around_each_change_of_the_clocks_an_instant_is_what_trying_every_minute_finds(name: str) -> None:
    zone = ZoneInfo(name)
    days = list(_days_of_change(zone, range(2010, 2013)))[:9]

    for day in days:
        for clock in (time(0), time(2, 30)):
            assert instant(day, clock, zone) == _first_minute(day, clock, zone)


def test_in_every_zone_an_instant_shows_the_wall_time_or_has_just_passed_it() -> None:
    changes = 0
    for zone in map(ZoneInfo, ZONES):
        for day in [*_days_of_change(zone, range(2024, 2027)), date(2025, 6, 15)]:
            changes += 1
            for clock in CLOCKS:
                at = instant(day, clock, zone)
                wanted = datetime.combine(day, clock)
                shown = _clock(at, zone)
                assert shown >= wanted
                assert _clock(at - timedelta(seconds=1), zone) < wanted
                assert shown == wanted or not _is_shown(wanted, zone)

    assert changes > 600


def _is_shown(wanted: datetime, zone: ZoneInfo) -> bool:
    return any(
        _clock(wanted.replace(tzinfo=zone, fold=fold).astimezone(UTC), zone) == wanted for fold in (0, 1)
    )


def test_in_every_zone_no_pulse_of_three_years_is_missed_or_doubled() -> None:
    first = date(2024, 1, 1)
    since, until = datetime(2023, 12, 30, tzinfo=UTC), datetime(2027, 1, 3, tzinfo=UTC)
    expected = [first + timedelta(weeks=2 * step) for step in range(79)]
    for clock in (time(0), time(2, 30), time(9)):
        cadence = Cadence("weeks", 2, Opening(0, clock))
        for zone in map(ZoneInfo, ZONES):
            found = list(occurrences(cadence, first, zone, since, until))
            assert [occurrence.local_date for occurrence in found] == expected
            assert all(earlier.at < later.at for earlier, later in pairwise(found))


@settings(deadline=None)
@given(
    cadences(), zones, st.dates(date(2010, 6, 1), date(2027, 1, 1)), st.lists(st.integers(0, 500), max_size=5)
)
@example(Cadence("weeks", 1, Opening(4, time(9))), ZoneInfo("Pacific/Apia"), date(2011, 12, 1), [29, 30, 31])
def test_looking_in_any_steps_finds_each_occurrence_exactly_once(
    cadence: Cadence, zone: ZoneInfo, first: date, cuts: list[int]
) -> None:
    start = datetime.combine(first, time(0), UTC) - 2 * DAY
    bounds = [start, *(start + cut * DAY for cut in sorted(cuts)), start + 501 * DAY]
    whole = list(occurrences(cadence, first, zone, bounds[0], bounds[-1]))
    pieces = [
        found
        for since, until in pairwise(bounds)
        for found in occurrences(cadence, first, zone, since, until)
    ]

    assert pieces == whole
    assert [found.local_date for found in whole] == list(islice(dates(cadence, first), len(whole)))


@settings(deadline=None)
@given(cadences(), zones, st.dates(date(2010, 6, 1), date(2027, 1, 1)))
def test_going_from_each_occurrence_to_the_next_misses_none(
    cadence: Cadence, zone: ZoneInfo, first: date
) -> None:
    at = datetime.combine(first, time(0), UTC) - 2 * DAY
    found: list[Occurrence] = []
    for _ in range(5):
        found.append(next_occurrence(cadence, first, zone, at))
        at = found[-1].at

    assert found == list(occurrences(cadence, first, zone, found[0].at, at + MINUTE))
    assert [occurrence.local_date for occurrence in found] == list(islice(dates(cadence, first), 5))


@given(cadences(), st.dates(date(2000, 1, 1), date(2030, 1, 1)))
def test_dates_are_every_day_that_fits_the_rule_and_no_other(cadence: Cadence, first: date) -> None:
    found = list(islice(dates(cadence, first), 6))
    days = [first + DAY * ahead for ahead in range((found[-1] - first).days + 1)]

    assert found == [day for day in days if _fits(day, cadence, found[0])]


def _fits(day: date, cadence: Cadence, start: date) -> bool:
    weekday = cadence.opens.weekday
    if cadence.unit == "weeks":
        return day.weekday() == weekday and (day - start).days % (7 * cadence.every) == 0
    first_such = day.day == 1 if weekday is None else day.day <= 7 and day.weekday() == weekday
    return first_such and (day.month - 1) % cadence.every == 0


def test_a_range_includes_its_start_and_excludes_its_end() -> None:
    first, second, third = (
        instant(day, time(9), BERLIN) for day in islice(dates(PULSE, date(2026, 11, 30)), 3)
    )
    found = occurrences(PULSE, date(2026, 11, 30), BERLIN, first, third)

    assert [occurrence.at for occurrence in found] == [first, second]


def test_quarters_are_those_of_the_calendar_whatever_the_first_date() -> None:
    expected = [date(2027, 1, 4), date(2027, 4, 5), date(2027, 7, 5), date(2027, 10, 4)]

    assert list(islice(dates(QUARTERLY, date(2026, 11, 23)), 4)) == expected
    assert list(islice(dates(QUARTERLY, date(2027, 1, 4)), 4)) == expected
    assert next(dates(QUARTERLY, date(2027, 1, 5))) == date(2027, 4, 5)


def test_the_first_pulse_is_on_the_first_monday_from_the_first_date_on() -> None:
    assert list(islice(dates(PULSE, date(2026, 11, 24)), 2)) == [date(2026, 11, 30), date(2026, 12, 14)]
    assert next(dates(PULSE, date(2026, 11, 30))) == date(2026, 11, 30)


def test_a_wave_closes_by_the_wall_clock_although_the_clocks_change_in_between() -> None:
    whole_week = timedelta(days=6, hours=8)
    spring = window(PULSE, whole_week, date(2027, 3, 22), BERLIN)

    assert spring.opens == datetime(2027, 3, 22, 8, tzinfo=UTC)
    assert spring.closes == datetime(2027, 3, 28, 15, tzinfo=UTC)
    assert spring.closes - spring.opens == whole_week - timedelta(hours=1)


@given(zones, st.dates(date(2010, 6, 1), date(2027, 1, 1)))
def test_standing_windows_follow_each_other_without_gap_or_overlap(zone: ZoneInfo, first: date) -> None:
    months = [window(MONTHLY, None, day, zone) for day in islice(dates(MONTHLY, first), 14)]

    assert all(earlier.closes == later.opens for earlier, later in pairwise(months))
    assert all(month.opens < month.closes for month in months)


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_the_first_working_day_is_on_or_after_the_start_and_no_later_than_needed(start: date) -> None:
    found = first_working_day(start)

    assert start <= found <= start + 2 * DAY
    assert found.weekday() < 5
    assert found == start or start.weekday() >= 5


def test_a_start_on_saturday_makes_monday_working_day_one() -> None:
    assert first_working_day(date(2026, 11, 28)) == date(2026, 11, 30)
    assert working_day(date(2026, 11, 28), 5) == date(2026, 12, 4)


def test_a_holiday_is_not_a_working_day() -> None:
    christmas = {date(2026, 12, 25), date(2026, 12, 26), date(2027, 1, 1)}

    assert first_working_day(date(2026, 12, 25), holidays=christmas) == date(2026, 12, 28)
    assert working_day(date(2026, 12, 24), 6, holidays=christmas) == date(2027, 1, 4)


def test_a_week_from_sunday_to_thursday_starts_on_sunday() -> None:
    assert first_working_day(date(2026, 11, 27), week={6, 0, 1, 2, 3}) == date(2026, 11, 29)


@given(
    st.dates(date(2000, 1, 1), date(2050, 1, 1)),
    st.integers(1, 60),
    st.sets(st.integers(0, 6), min_size=1),
    st.sets(st.integers(0, 90), max_size=20),
)
def test_a_working_day_is_the_nth_day_that_is_worked(
    start: date, number: int, week: set[int], off: set[int]
) -> None:
    holidays = {start + DAY * ahead for ahead in off}
    found = working_day(start, number, week, holidays)
    days = [start + DAY * ahead for ahead in range((found - start).days + 1)]
    worked = [day for day in days if day.weekday() in week and day not in holidays]

    assert worked[-1] == found
    assert len(worked) == number


@pytest.mark.parametrize(("number", "week"), [(0, {0}), (-1, {0}), (1, set()), (1, {7})])
def test_a_working_day_that_cannot_come_is_refused(number: int, week: set[int]) -> None:
    with pytest.raises(ValueError, match="counted from 1"):
        working_day(date(2026, 1, 1), number, week)


@pytest.mark.parametrize("name", ["", "Mars/Base", "../../etc/passwd", "/etc/passwd", "a\x00b", "Europe"])
def test_a_name_that_is_no_zone_is_refused(name: str) -> None:
    with pytest.raises(UnknownZone):
        zone_named(name)


def test_a_name_of_a_zone_gives_the_zone() -> None:
    assert zone_named("Europe/Berlin") is BERLIN


@pytest.mark.parametrize(
    ("unit", "every", "weekday"),
    [("weeks", 0, 0), ("weeks", 53, 0), ("weeks", 1, None), ("months", 5, 0), ("months", 0, None)],
)
def test_a_rhythm_that_makes_no_sense_is_refused(unit: str, every: int, weekday: int | None) -> None:
    with pytest.raises(ValueError, match=r"weekday|weeks|months"):
        Cadence(unit, every, Opening(weekday, time(9)))  # type: ignore[arg-type]  # the unit is one of the two


def test_an_opening_needs_a_real_weekday_and_a_plain_wall_time() -> None:
    with pytest.raises(ValueError, match="between 0"):
        Opening(7, time(9))
    with pytest.raises(ValueError, match="no zone"):
        Opening(0, time(9, tzinfo=UTC))
