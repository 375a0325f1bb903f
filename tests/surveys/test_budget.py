from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from surveys.budget import (
    CONTACTS_A_WEEK,
    REMINDERS_OF_ONE_SURVEY,
    SURVEYS_A_WEEK,
    Allowed,
    Contact,
    Kind,
    Never,
    Wait,
    may_contact,
    next_allowed,
)

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 11, 23, 8, tzinfo=UTC)
"""09:00 in Berlin."""

DAY = timedelta(days=1)
WEEK = timedelta(weeks=1)

kinds: st.SearchStrategy[Kind] = st.sampled_from(["survey", "reminder", "message"])
zones = st.sampled_from(sorted(available_timezones())).map(ZoneInfo)
instants = st.datetimes(
    datetime(2010, 1, 1),  # noqa: DTZ001 - hypothesis wants bounds without a zone
    datetime(2028, 1, 1),  # noqa: DTZ001 - hypothesis wants bounds without a zone
    timezones=st.just(UTC),
)
moments = st.integers(0, 60 * 24).map(lambda hours: MONDAY + timedelta(hours=hours))
contacts = st.lists(st.builds(Contact, kinds, moments, st.sampled_from(["wave-1", "wave-2"])), max_size=8)
walls = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))


def _contact(kind: Kind, days_ago: int, about: str = "") -> Contact:
    return Contact(kind, MONDAY - DAY * days_ago, about)


def test_with_an_empty_history_every_contact_is_allowed() -> None:
    for kind in ("survey", "reminder", "message"):
        assert may_contact(kind, [], MONDAY, zone=BERLIN) == Allowed()


def test_a_second_survey_in_a_week_waits_until_the_week_is_over_at_the_same_hour() -> None:
    assert may_contact("survey", [_contact("survey", 6)], MONDAY, zone=BERLIN) == Wait(MONDAY + DAY)
    assert may_contact("survey", [_contact("survey", 7)], MONDAY, zone=BERLIN) == Allowed()


def test_the_same_hour_a_week_later_is_a_week_later_although_the_clocks_change() -> None:
    before = datetime(2027, 3, 22, 8, tzinfo=UTC)
    after = datetime(2027, 3, 29, 7, tzinfo=UTC)

    assert may_contact("survey", [Contact("survey", before)], after, zone=BERLIN) == Allowed()
    assert may_contact("survey", [Contact("survey", before)], before + DAY, zone=BERLIN) == Wait(after)


def test_a_fourth_contact_in_a_week_waits_for_the_first_of_the_three_to_be_a_week_old() -> None:
    history = [_contact("survey", 5), _contact("message", 3), _contact("message", 1)]

    assert may_contact("message", history, MONDAY, zone=BERLIN) == Wait(MONDAY + 2 * DAY)
    assert may_contact("message", history[1:], MONDAY, zone=BERLIN) == Allowed()


def test_reminders_count_as_contacts() -> None:
    history = [_contact("survey", 5, "w"), _contact("reminder", 2, "w"), _contact("reminder", 1, "w")]

    assert isinstance(may_contact("message", history, MONDAY, zone=BERLIN), Wait)


def test_a_third_reminder_of_the_same_survey_never_goes_out() -> None:
    history = [_contact("reminder", 30, "wave-1"), _contact("reminder", 28, "wave-1")]

    assert may_contact("reminder", history, MONDAY, zone=BERLIN, about="wave-1") == Never()
    assert may_contact("reminder", history, MONDAY, zone=BERLIN, about="wave-2") == Allowed()
    assert may_contact("survey", history, MONDAY, zone=BERLIN, about="wave-1") == Allowed()


def test_the_first_week_of_a_journey_is_not_limited_and_does_not_count_afterwards() -> None:
    start = date(2026, 11, 16)
    busy = [_contact("message", days) for days in (7, 7, 6, 5, 4, 1)]

    assert may_contact("message", busy[:5], MONDAY - DAY, zone=BERLIN, journeys=[start]) == Allowed()
    assert may_contact("message", busy, MONDAY, zone=BERLIN, journeys=[start]) == Allowed()
    assert isinstance(may_contact("message", busy, MONDAY, zone=BERLIN), Wait)


def test_what_came_before_a_journey_does_not_hold_its_first_week_back() -> None:
    before = [_contact("message", days) for days in (3, 2, 1)]

    assert may_contact("message", before, MONDAY, zone=BERLIN, journeys=[date(2026, 11, 23)]) == Allowed()
    assert isinstance(may_contact("message", before, MONDAY, zone=BERLIN), Wait)


def test_the_first_week_of_a_journey_has_seven_days() -> None:
    start = date(2026, 11, 15)
    eighth_day_on = [_contact("message", 1)] * 3

    assert may_contact("message", eighth_day_on, MONDAY, zone=BERLIN, journeys=[start]) == Wait(
        MONDAY + 6 * DAY
    )
    assert may_contact("message", eighth_day_on, MONDAY, zone=BERLIN, journeys=[start + DAY]) == Allowed()


def test_the_first_week_of_a_journey_still_has_one_survey_at_most() -> None:
    history = [_contact("survey", 2)]

    assert may_contact("survey", history, MONDAY, zone=BERLIN, journeys=[date(2026, 11, 20)]) == Wait(
        MONDAY + 5 * DAY
    )


def test_a_contact_planned_for_later_in_the_week_counts_already() -> None:
    planned = [Contact("survey", MONDAY + 2 * DAY)]

    assert may_contact("survey", planned, MONDAY, zone=BERLIN) == Wait(MONDAY + 9 * DAY)


@settings(deadline=None)
@given(kinds, contacts, moments, zones, st.lists(st.dates(date(2026, 11, 10), date(2027, 1, 20)), max_size=2))
def test_after_waiting_the_contact_is_allowed_and_not_a_day_before(
    kind: Kind, history: list[Contact], when: datetime, zone: ZoneInfo, journeys: list[date]
) -> None:
    verdict = may_contact(kind, history, when, zone=zone, about="wave-1", journeys=journeys)
    assume(isinstance(verdict, Wait))
    assert isinstance(verdict, Wait)

    eve = verdict.until - DAY
    assert verdict.until > when
    assert (
        may_contact(kind, history, verdict.until, zone=zone, about="wave-1", journeys=journeys) == Allowed()
    )
    assume(eve >= when and eve.astimezone(zone).date() < verdict.until.astimezone(zone).date())
    assert may_contact(kind, history, eve, zone=zone, about="wave-1", journeys=journeys) == verdict


@settings(deadline=None)
@given(st.lists(st.tuples(kinds, moments), max_size=25))
def test_whoever_asks_before_each_contact_never_exceeds_the_budget(
    wishes: list[tuple[Kind, datetime]],
) -> None:
    history: list[Contact] = []
    for kind, when in sorted(wishes, key=lambda wish: wish[1]):
        verdict = may_contact(kind, history, when, zone=BERLIN, about="wave-1")
        if verdict == Allowed():
            history.append(Contact(kind, when, "wave-1"))

    days = [contact.at.astimezone(BERLIN).date() for contact in history]
    for start in days:
        week = [contact for contact, day in zip(history, days, strict=True) if start <= day < start + WEEK]
        assert len(week) <= CONTACTS_A_WEEK
        assert sum(contact.kind == "survey" for contact in week) <= SURVEYS_A_WEEK
    assert sum(contact.kind == "reminder" for contact in history) <= REMINDERS_OF_ONE_SURVEY


def test_the_order_of_the_history_does_not_matter() -> None:
    history = [_contact("survey", 5), _contact("message", 3), _contact("message", 1)]

    assert may_contact("survey", history, MONDAY, zone=BERLIN) == may_contact(
        "survey", history[::-1], MONDAY, zone=BERLIN
    )


@pytest.mark.parametrize(
    ("local", "expected"),
    [
        ("2026-11-23T07:59", "2026-11-23T08:00"),
        ("2026-11-23T08:00", "2026-11-23T08:00"),
        ("2026-11-23T12:34", "2026-11-23T12:34"),
        ("2026-11-23T18:59", "2026-11-23T18:59"),
        ("2026-11-23T19:00", "2026-11-24T08:00"),
        ("2026-11-23T23:59", "2026-11-24T08:00"),
        ("2026-11-24T00:00", "2026-11-24T08:00"),
    ],
)
def test_from_seven_in_the_evening_to_eight_in_the_morning_it_is_quiet(local: str, expected: str) -> None:
    when = datetime.fromisoformat(local).replace(tzinfo=BERLIN)

    assert next_allowed(when, BERLIN) == datetime.fromisoformat(expected).replace(tzinfo=BERLIN)
    assert next_allowed(when, BERLIN).tzinfo is UTC


def test_quiet_hours_may_lie_within_a_day_or_be_none() -> None:
    lunch = (time(11), time(13))
    noon = MONDAY + timedelta(hours=3)

    assert next_allowed(noon, BERLIN, lunch) == MONDAY + timedelta(hours=4)
    assert next_allowed(MONDAY, BERLIN, lunch) == MONDAY
    assert next_allowed(noon, BERLIN, (time(9), time(9))) == noon


@settings(max_examples=300, deadline=None)
@given(instants, zones, walls, walls)
@example(datetime(2026, 10, 25, 1, 10, tzinfo=UTC), BERLIN, time(19), time(2, 30))
@example(datetime(2027, 3, 28, 0, 10, tzinfo=UTC), BERLIN, time(19), time(2, 30))
@example(datetime(2011, 12, 30, 6, tzinfo=UTC), ZoneInfo("Pacific/Apia"), time(19), time(8))
@example(datetime(2010, 11, 7, 2, 31, tzinfo=UTC), ZoneInfo("America/St_Johns"), time(19), time(0, 0))
def test_quiet_hours_are_kept_without_going_back_and_without_waiting_longer_than_needed(
    when: datetime, zone: ZoneInfo, begins: time, ends: time
) -> None:
    at = next_allowed(when, zone, (begins, ends))

    assert at >= when
    assert not _quiet(at, zone, begins, ends)
    assert next_allowed(at, zone, (begins, ends)) == at
    minutes = range(int((at - when) / timedelta(minutes=1)))
    assert all(_quiet(when + timedelta(minutes=minute), zone, begins, ends) for minute in minutes)


def _quiet(at: datetime, zone: ZoneInfo, begins: time, ends: time) -> bool:
    clock = at.astimezone(zone).time()
    return begins <= clock < ends if begins <= ends else not ends <= clock < begins


@given(instants, zones, st.integers(1, 3000))
def test_what_was_planned_first_does_not_come_later(when: datetime, zone: ZoneInfo, minutes: int) -> None:
    planned = [when, when + timedelta(minutes=minutes)]

    assert all(first <= second for first, second in pairwise(next_allowed(at, zone) for at in planned))
