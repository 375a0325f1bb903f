from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cases import onboarding
from bot.cases.journeys import keep_holidays
from bot.store.tables import Separation
from bot.store.unit import Store
from tests import builders
from tests.bot.cases.welcoming import MONDAY, NINE, Company, text
from tests.fakes import FakeClock

FRIDAY_BEFORE = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    clock.move_to(FRIDAY_BEFORE)
    return Company(store, clock)


def due_days(company: Company, person: int) -> dict[str, date]:
    return {step: run.due_at.date() for step, run in company.steps(person).items()}


# --- enrolling --------------------------------------------------------------------------------------------


def test_a_newcomer_is_enrolled_once_however_often_the_job_runs(company):
    company.staffed()
    person = company.newcomer()

    changes = [company.runs_jobs() for _ in range(3)]

    assert changes[1:] == [0, 0]
    assert company.enrolment(person).anchor == MONDAY
    assert len(company.store.read(lambda unit: unit.enrolments.active())) == 1


def test_a_start_on_a_weekend_begins_on_monday(company):
    company.staffed()
    person = company.newcomer(starts_on=date(2026, 11, 21))
    company.runs_jobs()

    assert company.enrolment(person).anchor == MONDAY


def test_existing_staff_are_not_welcomed(company):
    company.staffed()
    old = company.newcomer(starts_on=date(2026, 11, 12))
    recent = company.newcomer(starts_on=date(2026, 11, 13))
    company.runs_jobs()

    assert company.enrolment(old) is None
    assert company.enrolment(recent) is not None


def test_who_has_left_or_never_comes_is_not_welcomed(company):
    gone = company.newcomer(starts_on=date(2026, 11, 16), ends_on=date(2026, 11, 18))
    never = company.newcomer(starts_on=MONDAY, ends_on=date(2026, 11, 22))
    company.runs_jobs()

    assert (company.enrolment(gone), company.enrolment(never)) == (None, None)


def test_in_rehearsal_testers_alone_are_welcomed_and_the_others_when_it_ends(store, clock):
    clock.move_to(FRIDAY_BEFORE)
    company = Company(store, clock, rehearsal=True)
    tester, other = company.newcomer(), company.newcomer()
    store.write(lambda unit: unit.people.name_tester(tester))
    company.runs_jobs()
    before = (company.enrolment(tester) is not None, company.enrolment(other) is not None)

    store.write(lambda unit: setattr(unit.organisations.get(), "rehearsal", False))
    company.runs_jobs()

    assert before == (True, False)
    assert company.enrolment(other) is not None


def test_a_changed_start_date_moves_what_has_not_begun(company):
    company.staffed()
    person = company.newcomer()
    company.runs_jobs()
    company.store.write(lambda unit: setattr(unit.people.get(person), "starts_on", date(2026, 12, 1)))

    company.runs_jobs()

    assert company.enrolment(person).anchor == date(2026, 12, 1)
    assert due_days(company, person) == {
        "buddy": date(2026, 11, 30),
        "today": date(2026, 12, 1),
        "accounts": date(2026, 12, 2),
        "first-week": date(2026, 12, 7),
    }


def test_a_changed_start_date_moves_nothing_once_the_first_day_was_shown(company):
    company.staffed()
    person = company.newcomer()
    company.day(23)
    before = due_days(company, person)
    company.store.write(lambda unit: setattr(unit.people.get(person), "starts_on", date(2026, 12, 1)))

    company.day(23, 10)

    assert due_days(company, person) == before


def test_holidays_that_are_entered_later_move_the_plan(company):
    person = company.newcomer()
    company.runs_jobs()
    company.store.write(lambda unit: keep_holidays(unit, frozenset({MONDAY})))

    company.runs_jobs()

    assert company.enrolment(person).anchor == date(2026, 11, 24)


def test_a_start_date_corrected_to_long_ago_ends_the_journey(company):
    person = company.newcomer()
    company.runs_jobs()
    company.store.write(lambda unit: setattr(unit.people.get(person), "starts_on", date(2020, 1, 1)))

    company.runs_jobs()
    company.day(23)

    assert company.enrolment(person).state == "cancelled"
    assert company.sent("journey.step") == []


def test_who_was_taken_out_by_mistake_before_day_one_is_taken_up_again(company):
    person = company.newcomer()
    company.runs_jobs()
    company.store.write(lambda unit: setattr(unit.people.get(person), "ends_on", date(2026, 11, 22)))
    company.runs_jobs()
    cancelled = company.enrolment(person).state
    company.store.write(lambda unit: setattr(unit.people.get(person), "ends_on", None))

    company.day(23)

    assert (cancelled, company.enrolment(person).state) == ("cancelled", "active")
    assert len(company.sent("journey.step", person)) == 1


@pytest.mark.parametrize("recorded", [True, False])
def test_leaving_ends_the_journey_and_drops_what_was_waiting(company, recorded):
    company.staffed()
    person = company.newcomer()
    company.day(23)

    def leave(unit):
        if recorded:
            row = Separation(
                organisation_id=1, person_id=person, on=date(2026, 11, 23), kind="voluntary", path="Support"
            )
            unit.people.record_separations(row)
        else:
            unit.people.get(person).ends_on = date(2026, 11, 23)

    company.store.write(leave)
    company.day(25)

    assert company.enrolment(person).state == "cancelled"
    assert [row.state for row in company.sent("journey.step", person)] == ["cancelled"]


# --- steps ------------------------------------------------------------------------------------------------


def test_the_three_steps_come_on_days_one_two_and_five(company):
    company.staffed()
    person = company.newcomer()
    for day in range(20, 30):
        for hour in (0, 8, 9, 14, 23):
            company.day(day, hour)

    assert [(row.ref.partition("/")[2], row.due_at) for row in company.sent("journey.step", person)] == [
        ("today", NINE),
        ("accounts", NINE + timedelta(days=1)),
        ("first-week", NINE + timedelta(days=4, hours=5)),
    ]


def test_nine_in_the_morning_is_the_newcomers_own(company):
    denver = company.newcomer(time_zone="America/Denver")
    company.runs_jobs()

    assert company.steps(denver)["today"].due_at == datetime(2026, 11, 23, 16, 0, tzinfo=UTC)


def test_an_unreachable_newcomer_gets_the_steps_once_there_is_an_account(company):
    person = company.newcomer()
    company.store.write(lambda unit: setattr(unit.accounts.all_of(person)[0], "active", False))
    company.day(23)
    company.day(24)
    before = company.sent("journey.step")

    def give_account(unit):
        unit.accounts.link(person, 1, f"p{person}")

    company.store.write(give_account)
    company.day(25)
    company.day(26)

    assert before == []
    assert [row.ref.partition("/")[2] for row in company.sent("journey.step")] == ["today", "accounts"]


def test_who_never_gets_an_account_is_given_up_after_a_month_and_the_journey_ends(company):
    person = company.newcomer()
    company.store.write(lambda unit: setattr(unit.accounts.all_of(person)[0], "active", False))
    company.runs_jobs()
    for days in range(26, 45):
        company.at(NINE + timedelta(days=days))

    assert company.enrolment(person).state == "done"
    assert company.sent("journey.step") == []


def test_the_question_is_not_put_to_who_wants_no_questions_but_the_tasks_come(company):
    person = company.newcomer(opted_out=True)
    for day in (23, 24, 27, 30):
        company.day(day, 15)

    assert [row.ref.partition("/")[2] for row in company.sent("journey.step", person)] == [
        "today",
        "accounts",
    ]


def test_a_card_that_comes_late_does_not_speak_of_today(company):
    company.staffed()
    person = company.newcomer()
    company.runs_jobs()
    company.day(25)

    card = company.the_card("journey.step", person)

    assert "Today" not in text(card)
    assert "09:30" not in text(card)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(gaps=st.lists(st.integers(1, 24 * 9), min_size=1, max_size=25), crash=st.integers(0, 24))
def test_whatever_the_outages_each_step_is_wanted_once_one_a_day_and_never_early(
    tmp_path_factory, gaps, crash
):
    clock = FakeClock(FRIDAY_BEFORE)
    folder = tmp_path_factory.mktemp("outage")
    store = builders.a_store(builders.a_database(folder), folder, clock)
    try:
        company = Company(store, clock)
        person = company.newcomer()
        store.write(onboarding.enrol_due)
        planned = {step: run.due_at for step, run in company.steps(person).items()}
        for number, hours in enumerate([*gaps, *[24] * 12]):
            clock.advance(timedelta(hours=hours))
            if number == crash:
                _crashing(company)
            company.runs_jobs()
        rows = company.sent("journey.step", person)
    finally:
        store.close()

    steps = [row.ref.partition("/")[2] for row in rows]
    assert steps == ["today", "accounts", "first-week"]
    days = [row.due_at.date() for row in rows]
    assert days == sorted(set(days))
    assert all(row.due_at >= planned[step] for row, step in zip(rows, steps, strict=True))


def _crashing(company):
    """Let the power go out after a step was handed out and before anything was committed."""

    def work(unit):
        for number in unit.enrolments.to_advance(unit.now):
            onboarding.advance(unit, number)
        raise OSError("the power went out")

    with pytest.raises(OSError, match="power"):
        company.store.write(work)


# --- buddies ----------------------------------------------------------------------------------------------


def test_the_longest_serving_colleague_who_leads_nobody_is_the_buddy_and_hears_it_before(company):
    head, others = company.staffed(3)
    company.store.write(lambda unit: setattr(unit.people.get(others[1]), "starts_on", date(2019, 5, 1)))
    person = company.newcomer()

    company.runs_jobs()

    assert company.enrolment(person).buddy_id == others[1]
    assert [row.person_id for row in company.sent("journey.buddy")] == [others[1]]
    assert head != others[1]


def test_two_newcomers_get_two_buddies(company):
    _, others = company.staffed(3)
    people = [company.newcomer(), company.newcomer()]
    company.runs_jobs()

    assert {company.enrolment(person).buddy_id for person in people} == set(others)


def test_a_buddy_is_reachable_at_work_and_no_newcomer(company):
    _, others = company.staffed(4)
    company.store.write(lambda unit: setattr(unit.accounts.all_of(others[0])[0], "active", False))
    company.store.write(lambda unit: setattr(unit.people.get(others[1]), "ends_on", date(2026, 11, 1)))
    person, other = company.newcomer(), company.newcomer()
    company.runs_jobs()

    assert {company.enrolment(each).buddy_id for each in (person, other)} == {others[2]}


def test_no_newcomer_is_the_buddy_of_another(company):
    _, others = company.staffed(2)
    people = [company.newcomer() for _ in range(3)]
    company.day(23)

    assert {company.enrolment(person).buddy_id for person in people} == {others[0]}


def test_without_a_colleague_or_manager_the_card_names_none(company):
    person = company.newcomer(path="Legal")
    company.day(23)

    card = company.the_card("journey.step", person)

    assert "HR sees which tasks are done" in text(card)
    assert "Stuck?" not in text(card)


def test_that_the_buddy_knows_is_said_only_once_they_were_told(company):
    company.staffed(2)
    person = company.newcomer()
    company.day(23)
    before = text(company.the_card("journey.step", person))

    company.arrived("journey.buddy")
    after = text(company.the_card("journey.step", person))

    assert "knows you may ask" not in before
    assert "You may ask Person 2" in before
    assert "Person 2 knows you may ask" in after
