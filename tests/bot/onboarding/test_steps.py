from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.onboarding.loader import builtin
from bot.onboarding.steps import Calendar, catch_up, schedule

WELCOME = builtin()["welcome"]
BERLIN = ZoneInfo("Europe/Berlin")
ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia", "UTC"])
STARTS = st.dates(date(2026, 1, 1), date(2027, 12, 31))


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    holidays = draw(st.frozensets(STARTS, max_size=20))
    return Calendar(ZoneInfo(draw(ZONES)), holidays)


def test_days_are_counted_from_the_first_working_day_so_a_weekend_loses_nothing():
    saturday = date(2026, 11, 28)

    due = schedule(WELCOME, saturday, Calendar(BERLIN))

    assert due == {
        "today": datetime(2026, 11, 30, 8, 0, tzinfo=UTC),
        "accounts": datetime(2026, 12, 1, 8, 0, tzinfo=UTC),
        "first-week": datetime(2026, 12, 4, 13, 0, tzinfo=UTC),
    }


def test_holidays_of_the_organisation_are_no_working_days():
    calendar = Calendar(BERLIN, frozenset({date(2026, 11, 30), date(2026, 12, 3)}))

    days = [calendar.today(at) for at in schedule(WELCOME, date(2026, 11, 30), calendar).values()]

    assert days == [date(2026, 12, 1), date(2026, 12, 2), date(2026, 12, 8)]


def test_the_day_before_skips_weekends_and_holidays():
    calendar = Calendar(BERLIN, frozenset({date(2026, 11, 27)}))

    assert calendar.before(date(2026, 11, 30)) == date(2026, 11, 26)


@given(STARTS, calendars())
def test_every_step_falls_on_a_working_day_at_its_wall_time_in_order(start, calendar):
    due = schedule(WELCOME, start, calendar)

    days = [calendar.today(at) for at in due.values()]
    assert all(calendar.works(day) and day >= start for day in days)
    assert days == sorted(set(days))
    for step in WELCOME.steps:
        assert due[step.key].astimezone(calendar.zone).time() == step.at


@given(STARTS, calendars(), st.lists(st.integers(1, 24 * 40), min_size=1, max_size=40))
def test_each_step_is_handed_out_once_and_no_two_on_one_day_whenever_we_look(start, calendar, hours):
    """The sweeps run at any times, with gaps as outages make them; at the end somebody looks every hour."""
    original = schedule(WELCOME, start, calendar)
    waiting = dict(original)
    handed: list[tuple[str, date]] = []
    now = min(original.values()) - timedelta(hours=30)

    def sweep(at: datetime) -> None:
        key, moved = catch_up(WELCOME, waiting, at, calendar)
        if key is not None:
            assert at >= original[key]
            assert at >= waiting.pop(key)
            handed.append((key, calendar.today(at)))
            waiting.update(moved)

    for gap in hours:
        now += timedelta(hours=gap)
        sweep(now)
    for _ in range(24 * 60):
        if not waiting:
            break
        now += timedelta(hours=1)
        sweep(now)

    assert [key for key, _ in handed] == [step.key for step in WELCOME.steps]
    days = [day for _, day in handed]
    assert days == sorted(set(days))
    assert all(calendar.works(day) for day in days)


@given(STARTS, calendars(), st.integers(0, 24 * 60))
def test_nothing_is_handed_out_before_its_time_and_nothing_moves_then(start, calendar, minutes):
    due = schedule(WELCOME, start, calendar)

    early = catch_up(WELCOME, due, due["today"] - timedelta(minutes=minutes, seconds=1), calendar)

    assert early == (None, {})


def test_after_an_outage_of_a_week_the_steps_follow_one_a_day():
    calendar = Calendar(BERLIN)
    due = schedule(WELCOME, date(2026, 11, 23), calendar)
    back = datetime(2026, 12, 2, 10, 0, tzinfo=UTC)

    first, moved = catch_up(WELCOME, due, back, calendar)

    assert first == "today"
    assert moved == {
        "accounts": datetime(2026, 12, 3, 8, 0, tzinfo=UTC),
        "first-week": datetime(2026, 12, 4, 13, 0, tzinfo=UTC),
    }


def test_a_wall_time_that_the_clocks_skip_is_the_first_instant_after_the_gap():
    calendar = Calendar(ZoneInfo("Europe/Berlin"), week=frozenset(range(7)))

    assert calendar.at(date(2026, 3, 29), time(2, 30)) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)


@pytest.mark.parametrize("day", [date(2026, 11, 28), date(2026, 11, 29)])
def test_nobody_is_written_to_on_a_day_off(day):
    calendar = Calendar(BERLIN)
    due = schedule(WELCOME, date(2026, 11, 23), calendar)

    assert catch_up(WELCOME, due, calendar.at(day, time(12)), calendar) == (None, {})
