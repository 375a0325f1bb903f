"""What a newcomer, those around them and HR see and press in the first weeks."""

from datetime import UTC, date, datetime

import pytest

from bot.store.unit import Store
from bot.talk.cards import Action, Table
from bot.talk.events import Replace
from tests.bot.cases.welcoming import Company, offered, shown, text
from tests.fakes import FakeClock


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    clock.move_to(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
    return Company(store, clock)


@pytest.fixture
def cast(company: Company) -> dict[str, int]:
    """A head, a buddy, an HR admin who is the contact, and a newcomer on day 1."""
    return company.cast()


def state(company, person, step):
    return company.steps(person)[step].state


# --- the first day ----------------------------------------------------------------------------------------


def test_the_day_card_says_who_sees_the_tasks_before_one_is_ticked(company, cast):
    card = company.the_card("journey.step", cast["new"])

    assert "Welcome to Example, Person" in text(card)
    assert "Person 1 and HR see which tasks are done" in text(card)
    assert {"Ask Person", "Why this?", "A person", "Equipment", "Meet the team"} <= set(offered(card))


def test_ticking_updates_the_card_in_place_until_all_is_done(company, cast):
    card = company.the_card("journey.step", cast["new"])
    states = []
    for label in ("Equipment", "Safety and data protection", "Meet the team"):
        reply = company.tap(cast["new"], card, label)
        assert isinstance(reply, Replace)
        card = reply.card
        states.append(state(company, cast["new"], "today"))

    assert states == ["sent", "sent", "done"]
    assert "All three things are done." in text(card)


def test_a_tap_that_arrives_twice_changes_nothing_more_and_a_second_tap_undoes(company, cast):
    first = company.the_card("journey.step", cast["new"])
    company.tap(cast["new"], first, "Equipment")
    again = shown(company.tap(cast["new"], first, "Equipment"))
    ticked = company.steps(cast["new"])["today"].tasks

    company.tap(cast["new"], again, "✓ Equipment")

    assert ticked == {"equipment": True}
    assert company.steps(cast["new"])["today"].tasks == {"equipment": False}


@pytest.mark.parametrize(
    "value", ["", "equipment", "equipment/x", "nothing/done", "equipment/done/x", "\x00"]
)
def test_a_tick_that_the_card_never_offered_is_refused(company, cast, value):
    ref = company.sent("journey.step")[0].ref

    assert company.refused(cast["new"], Action("journey.tick", ref, value)) == "refused.old_button"


def test_the_buddy_hears_of_a_question_once_a_day_after_a_confirmation(company, cast):
    card = company.the_card("journey.step", cast["new"])
    offer = shown(company.tap(cast["new"], card, "Ask Person"))
    before = len(company.sent("journey.buddy"))

    company.tap(cast["new"], offer, "Tell Person")
    company.tap(cast["new"], offer, "Tell Person")

    asked = company.sent("journey.buddy", cast["buddy"])
    assert (before, len(asked)) == (1, 2)
    assert "has a question" in text(company.card(asked[-1]))


def test_a_buddy_can_decline_without_a_reason_and_is_named_no_more(company, cast):
    introduction = company.the_card("journey.buddy", cast["buddy"])

    company.tap(cast["buddy"], introduction, "Not me this time")

    card = company.the_card("journey.step", cast["new"])
    assert "Ask Person" not in offered(card)
    assert company.card(company.sent("journey.buddy")[0]) is None


def test_nobody_else_can_decline_for_the_buddy(company, cast):
    action = Action("journey.not_me", company.sent("journey.buddy")[0].ref)

    assert company.refused(cast["head"], action) == "refused.not_available"


# --- a task -----------------------------------------------------------------------------------------------


def ask_days(company, *days: int):
    for day in days:
        company.day(day)


def test_a_task_that_is_done_is_asked_about_by_nobody(company, cast):
    company.day(24)
    card = company.the_card("journey.step", cast["new"])

    reply = company.tap(cast["new"], card, "Done")
    ask_days(company, 26, 30, 32, 34, 38)

    assert isinstance(reply, Replace)
    assert state(company, cast["new"], "accounts") == "done"
    assert company.sent("journey.nudge") == company.sent("journey.escalate") == []


def test_a_stalled_task_goes_to_the_newcomer_the_manager_twice_and_a_named_human_then_rests(company, cast):
    for day in range(24, 45):
        company.day(day)

    nudges, asks = company.sent("journey.nudge"), company.sent("journey.escalate")
    assert [(row.person_id, row.due_at.date()) for row in nudges] == [(cast["new"], date(2026, 11, 26))]
    assert [(row.person_id, row.due_at.date()) for row in asks] == [
        (cast["head"], date(2026, 11, 30)),
        (cast["head"], date(2026, 12, 2)),
        (cast["hr"], date(2026, 12, 4)),
    ]


def test_each_question_about_a_stalled_task_says_what_follows_and_that_comes_true(company, cast):
    ask_days(company, 24, 26)
    nudge = text(company.the_card("journey.nudge", cast["new"]))
    company.day(30)
    first = text(company.the_card("journey.escalate", cast["head"]))
    company.day(32)
    second = text(company.the_card("journey.escalate", cast["head"]))
    company.day(34)
    last = text(company.the_card("journey.escalate", cast["hr"]))

    assert "was due 24 November" in nudge
    assert "ask Person 1 on 30 November" in nudge
    assert "once more on 2 December, then pass it to Person 3" in first
    assert "pass it to Person 3 on 4 December" in second
    assert "last message" in last


def test_a_settled_task_is_not_asked_about_even_if_the_question_was_waiting(company, cast):
    ask_days(company, 24, 26)
    row = company.sent("journey.nudge")[0]
    card = company.card(row)

    company.tap(cast["new"], card, "Done")

    assert company.card(company.sent("journey.nudge")[0]) is None


def test_without_a_manager_the_task_goes_to_the_contact_straight_away(company, cast):
    person = company.newcomer(path="Lab", starts_on=date(2026, 11, 23))
    for day in range(23, 40):
        company.day(day)

    mine = [
        row
        for row in company.sent("journey.escalate")
        if row.ref.startswith(f"{company.enrolment(person).id}/")
    ]
    assert [row.person_id for row in mine] == [cast["hr"]]


def test_blocked_goes_to_the_manager_at_once_and_once(company, cast):
    company.day(24)
    card = company.the_card("journey.step", cast["new"])

    first = shown(company.tap(cast["new"], card, "It's blocked"))
    again = shown(company.tap(cast["new"], card, "It's blocked"))

    assert "Person 1 now knows" in text(first)
    assert "passed on before" in text(again)
    rows = company.sent("journey.escalate")
    assert [row.person_id for row in rows] == [cast["head"]]
    assert "reported as blocked" in text(company.card(rows[0]))


def test_blocked_with_nobody_to_tell_says_so_and_keeps_asking_the_newcomer(company):
    person = company.newcomer(path="Lab")
    company.day(23)
    company.day(24)
    card = company.the_card("journey.step", person)

    reply = shown(company.tap(person, card, "It's blocked"))
    company.day(26)

    assert "nothing was passed on" in text(reply)
    assert len(company.sent("journey.nudge", person)) == 1


def escalated(company, cast):
    ask_days(company, 24, 26, 30)
    return company.the_card("journey.escalate", cast["head"])


def test_the_manager_can_hand_over_once(company, cast):
    more = shown(company.tap(cast["head"], escalated(company, cast), "Something else"))

    company.tap(cast["head"], more, "Hand over")
    company.tap(cast["head"], more, "Hand over")

    assert [row.person_id for row in company.sent("journey.escalate")] == [cast["head"], cast["hr"]]


def test_not_needed_ends_it_and_can_be_taken_back(company, cast):
    more = shown(company.tap(cast["head"], escalated(company, cast), "Something else"))

    closed = shown(company.tap(cast["head"], more, "Not needed"))
    ended = state(company, cast["new"], "accounts")
    company.tap(cast["head"], closed, "Not done after all")

    assert (ended, state(company, cast["new"], "accounts")) == ("skipped", "sent")


def test_what_was_done_stays_done_whatever_an_older_card_still_offers(company, cast):
    more = shown(company.tap(cast["head"], escalated(company, cast), "Something else"))
    company.press(cast["new"], Action("journey.done", company.sent("journey.escalate")[0].ref))

    company.tap(cast["head"], more, "Not needed")

    assert state(company, cast["new"], "accounts") == "done"
    assert company.refused(cast["head"], offered(more)["Hand over"]) == "refused.journey_over"


def test_a_new_date_asks_the_same_person_again_then_and_nobody_before(company, cast):
    dates = shown(company.tap(cast["head"], escalated(company, cast), "New date"))
    assert next(iter(offered(dates))) == "A person"

    kept = shown(company.tap(cast["head"], dates, "7 December"))
    for day in range(30, 37):
        company.day(day)
    before = len(company.sent("journey.escalate"))
    company.day(37)

    assert "again on 7 December" in text(kept)
    assert before == 1
    assert [row.person_id for row in company.sent("journey.escalate")] == [cast["head"], cast["head"]]


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("1/2026-11-20", "journey.date.past"),
        ("1/2036-11-20", "journey.date.past"),
        ("1/tomorrow", "refused.old_button"),
        ("", "refused.old_button"),
    ],
)
def test_a_date_that_was_not_offered_is_refused(company, cast, value, key):
    escalated(company, cast)
    ref = company.sent("journey.escalate")[0].ref

    assert company.refused(cast["head"], Action("journey.date", ref, value)) == key


@pytest.mark.parametrize("what", ["done", "blocked", "later", "reopen", "not_needed", "hand_over", "more"])
def test_a_colleague_can_settle_nobodys_task(company, cast, what):
    company.day(24)
    ref = company.sent("journey.step", cast["new"])[-1].ref

    assert company.refused(cast["buddy"], Action(f"journey.{what}", ref)) == "refused.not_available"


@pytest.mark.parametrize(
    "ref", ["", "x", "1", "1/", "1/nothing", "999/today", "-1/today", "9" * 400 + "/today", "١/today"]
)
def test_a_reference_to_nothing_is_refused(company, cast, ref):
    key = company.refused(cast["new"], Action("journey.done", ref))

    assert key in {"refused.old_button", "refused.not_available"}


# --- who sees newcomers -----------------------------------------------------------------------------------


def test_the_manager_and_hr_see_the_tasks_and_a_colleague_nobody(company, cast):
    company.tap(cast["new"], company.the_card("journey.step", cast["new"]), "Equipment")

    def rows(person):
        card = shown(company.press(person, Action("journey.newcomers")))
        return [row for element in card.elements if isinstance(element, Table) for row in element.rows]

    assert rows(cast["head"]) == rows(cast["hr"])
    assert ("Person 4", "23 November", "Your first day", "1 of 3 done") in rows(cast["head"])
    assert rows(cast["buddy"]) == []
