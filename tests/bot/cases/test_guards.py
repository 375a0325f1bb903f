from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.guards import GUARDS, Facts, Later, Skip, counted, judge, zone_of
from bot.cases.purposes import DISCLOSURE_VERSION, PURPOSES
from bot.store.recipients import PastContact
from bot.store.tables import Person
from surveys.budget import DEFAULT_QUIET, Contact

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
"""Monday noon in Berlin."""
DAY = timedelta(days=1)


def a_person(**fields: object) -> Person:
    told = {"disclosed_at": NOON - 30 * DAY, "disclosure_version": DISCLOSURE_VERSION}
    known = {"organisation_id": 1, "id": 7, "external": "P7", "name": "A", "starts_on": date(2020, 1, 1)}
    return Person(**(known | told | fields))


def facts(purpose: str = "wave.invite", **fields: object) -> Facts:
    known: dict[str, object] = {
        "now": NOON,
        "purpose": PURPOSES[purpose],
        "ref": "12",
        "expires_at": None,
        "person": a_person(),
        "zone": BERLIN,
        "last_day": None,
        "reachable": True,
        "rehearsal": False,
        "tester": False,
        "first_contact": None,
        "history": (),
        "journeys": (),
    }
    return Facts(**(known | fields))  # type: ignore[arg-type]  # the keys are those of Facts


PURPOSE = st.sampled_from(sorted(PURPOSES))
SURVEYS = [name for name, purpose in PURPOSES.items() if purpose.kind == "survey"]
OTHERS = sorted(PURPOSES.keys() - set(SURVEYS))
WHEN = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - bounds are naive there
ANYTHING = st.builds(
    facts,
    PURPOSE,
    now=WHEN,
    expires_at=st.none() | WHEN,
    person=st.builds(
        a_person,
        opted_out=st.booleans(),
        paused_until=st.none() | WHEN,
        disclosed_at=st.none() | WHEN,
        disclosure_version=st.integers(0, DISCLOSURE_VERSION),
    ),
    zone=st.sampled_from([BERLIN, ZoneInfo("America/New_York"), ZoneInfo("Pacific/Auckland")]),
    last_day=st.none() | st.dates(date(2025, 1, 1), date(2028, 1, 1)),
    reachable=st.booleans(),
    rehearsal=st.booleans(),
    tester=st.booleans(),
    first_contact=st.none() | WHEN,
    history=st.lists(
        st.builds(Contact, st.sampled_from(["survey", "reminder", "message"]), WHEN, st.just("12")),
        max_size=6,
    ),
)


def test_a_wanted_message_at_noon_goes_out() -> None:
    assert [judge(facts(purpose)) for purpose in PURPOSES] == [None] * len(PURPOSES)


@given(ANYTHING)
def test_in_rehearsal_nobody_but_a_tester_is_ever_sent_what_they_did_not_ask_for_roles_apart(
    known: Facts,
) -> None:
    unasked = replace(known.purpose, asked=False, always=False)
    stranger = replace(known, rehearsal=True, tester=False, purpose=unasked)

    assert isinstance(judge(stranger), Skip)


@given(ANYTHING)
def test_whoever_has_left_is_never_written_to(known: Facts) -> None:
    left = replace(known, last_day=known.today - DAY)

    assert isinstance(judge(left), Skip)


@given(ANYTHING.filter(lambda known: known.purpose.kind == "survey"))
def test_no_survey_reaches_who_opted_out_or_paused_or_was_not_told_first(known: Facts) -> None:
    person = known.person
    told = person.disclosed_at is not None and person.disclosure_version == DISCLOSURE_VERSION
    paused = person.paused_until is not None and person.paused_until > known.now

    if person.opted_out or paused or not told:
        assert judge(known) is not None


@given(ANYTHING)
def test_what_waits_waits_for_a_later_time_before_its_end(known: Facts) -> None:
    verdict = judge(known)

    if isinstance(verdict, Later):
        assert verdict.until > known.now
        assert known.expires_at is None or verdict.until < known.expires_at


@given(ANYTHING)
def test_what_we_begin_never_goes_out_in_quiet_hours(known: Facts) -> None:
    local = known.now.astimezone(known.zone).time()
    begins, ends = DEFAULT_QUIET

    if known.purpose.quiet and (local >= begins or local < ends):
        assert judge(known) is not None


@given(ANYTHING)
def test_the_first_objection_decides(known: Facts) -> None:
    objections = [found for guard in GUARDS if (found := guard(known)) is not None]
    verdict = judge(known)

    if not objections:
        assert verdict is None
    elif isinstance(objections[0], Skip):
        assert verdict == objections[0]
    else:
        assert verdict is not None


def test_the_last_day_at_work_ends_where_the_person_is() -> None:
    auckland = ZoneInfo("Pacific/Auckland")  # 00:00 on Tuesday there
    monday = date(2026, 11, 23)

    assert judge(facts(last_day=monday)) is None
    assert judge(facts("report.ready", last_day=monday, zone=auckland)) == Skip("cancelled", "left")


@pytest.mark.parametrize("purpose", OTHERS)
def test_who_opted_out_of_surveys_still_gets_everything_else(purpose: str) -> None:
    person = a_person(opted_out=True, paused_until=NOON + DAY, disclosed_at=None)

    assert judge(facts(purpose, person=person)) is None


@pytest.mark.parametrize("purpose", SURVEYS)
def test_a_pause_ends_at_its_instant(purpose: str) -> None:
    assert judge(facts(purpose, person=a_person(paused_until=NOON))) is None
    paused = a_person(paused_until=NOON + timedelta(seconds=1))
    assert judge(facts(purpose, person=paused)) == Skip("cancelled", "opted out")


def test_a_survey_waits_for_the_first_contact_and_asks_for_one_that_is_missing() -> None:
    stranger = a_person(disclosed_at=None, disclosure_version=0)
    minute, hour = timedelta(minutes=1), timedelta(hours=1)

    assert judge(facts(person=stranger)) == Later(NOON + minute, wants_first_contact=True)
    assert judge(facts(person=stranger, first_contact=NOON)) == Later(NOON + minute)
    assert judge(facts(person=stranger, first_contact=NOON - hour)) == Later(NOON + hour)


def test_a_disclosure_of_an_earlier_version_is_not_enough() -> None:
    person = a_person(disclosure_version=DISCLOSURE_VERSION - 1)

    assert isinstance(judge(facts(person=person)), Later)


def test_at_night_a_message_waits_for_the_morning_where_the_person_is() -> None:
    evening = NOON.replace(hour=20)
    morning = datetime.combine(date(2026, 11, 24), time(8), BERLIN).astimezone(UTC)

    assert judge(facts("journey.step", now=evening)) == Later(morning)
    assert judge(facts("report.ready", now=evening)) is None
    assert judge(facts("human.request", now=evening)) is None


def test_what_would_wait_beyond_its_end_has_expired() -> None:
    evening = NOON.replace(hour=20)

    assert judge(facts(now=evening, expires_at=evening + timedelta(hours=2))) == Skip(
        "expired", "no room before its end"
    )


def test_one_survey_a_week_and_two_reminders_of_one_wave() -> None:
    asked = [Contact("survey", NOON - 2 * DAY, "11")]
    reminded = [Contact("reminder", NOON - n * DAY, "12") for n in (9, 12)]

    assert judge(facts(history=asked)) == Later(NOON + 5 * DAY)
    assert judge(facts("wave.remind", history=reminded)) == Skip("expired", "budget")
    assert judge(facts("wave.remind", ref="13", history=reminded)) is None


def test_the_first_week_of_a_journey_is_not_held_back() -> None:
    busy = [Contact("message", NOON - timedelta(hours=n)) for n in (1, 2, 3)]
    today = date(2026, 11, 23)

    assert isinstance(judge(facts("journey.step", history=busy)), Later)
    assert judge(facts("journey.step", history=busy, journeys=[today])) is None
    assert judge(facts("journey.escalate", history=busy)) is None


def test_a_past_message_counts_as_what_it_was() -> None:
    assert counted(PastContact("wave.remind", "12", NOON)) == Contact("reminder", NOON, "12")
    assert counted(PastContact("report.ready", "12", NOON)) is None


def test_a_person_without_a_known_zone_has_the_organisations_or_utc() -> None:
    assert zone_of(a_person(time_zone="Asia/Tokyo"), "Europe/Berlin").key == "Asia/Tokyo"
    assert zone_of(a_person(), "Europe/Berlin").key == "Europe/Berlin"
    assert zone_of(a_person(time_zone="Mars/Olympus"), "no such zone").key == "UTC"
