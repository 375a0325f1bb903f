from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.cases import delivery
from bot.cases.context import CardBuilder, Recipient
from bot.cases.delivery import Broken, Decision, Hold, Send
from bot.cases.guards import Later, Skip
from bot.cases.purposes import DISCLOSURE_VERSION, PURPOSES
from bot.store import tables
from bot.store.states import Lease, Outcome, Ticket
from bot.store.store import Store, Unit
from bot.store.tables import Delivery, Person, Separation
from bot.store.workspaces import Rate
from bot.talk.cards import Card, Note, Text
from bot.talk.platform import Address, Receipt, Unknown
from tests import staff
from tests.fakes import MONDAY, FakeClock

MINUTE = timedelta(minutes=1)
RECEIPT = Receipt("D1", "171.5")


def decide(store: Store, cards: dict[str, CardBuilder] | None = None) -> list[Decision]:
    """Claim what is due and decide about it, the people in order."""
    lease = Lease.starting(MONDAY, MINUTE)
    store.write(lambda unit: delivery.claim(unit, staff.WORKSPACE, 500, lease, None))
    found = store.read(lambda unit: delivery.prepare(unit, staff.WORKSPACE, lease, cards or staff.CARDS))
    return sorted(found, key=lambda decision: (decision.ticket.person_id, decision.ticket.purpose))


def verdicts(store: Store) -> list[str]:
    """What was decided, in a word each: *send*, *later*, or why not."""
    return [_word(decision) for decision in decide(store)]


def _word(decision: Decision) -> str:
    match decision:
        case Send():
            return "send"
        case Hold(_, Later()):
            return "later"
        case Hold(_, Skip(_, why)):
            return why
        case Broken():
            return "broken"


def record(store: Store, *outcomes: Outcome, introduce: tuple[int, ...] = ()) -> int:
    return store.write(lambda unit: delivery.record(unit, staff.WORKSPACE, outcomes, introduce=introduce))


# --- who is written to ---


def test_a_message_goes_to_the_persons_account_in_their_conversation(store: Store) -> None:
    staff.hire(store)
    staff.want(store, [1], "journey.step", args={"thread": "T77"})

    (decision,) = decide(store)

    assert isinstance(decision, Send)
    assert decision.address == Address("fake", "T1", "U1", "T77")
    assert decision.card.elements[0] == Text("journey.step for Person 1")


def test_each_guard_sees_its_own_person(store: Store) -> None:
    today = MONDAY.date()
    staff.hire(store)
    staff.hire(store, first=2, ends_on=today - timedelta(days=1))
    staff.hire(store, first=3, ends_on=today)
    staff.hire(store, first=4, opted_out=True)
    staff.hire(store, first=5, time_zone="America/New_York")
    staff.hire(store, first=6)
    store.write(lambda unit: _leave(unit, 6, today - timedelta(days=1)))
    staff.want(store, range(1, 7), "wave.invite")

    assert verdicts(store) == ["send", "left", "send", "opted out", "later", "left"]


def _leave(unit: Unit, person: int, last_day: date) -> None:
    unit.session.add(
        Separation(organisation_id=1, person_id=person, on=last_day, kind="voluntary", path="Sales")
    )


def test_who_was_hired_again_is_written_to_again(store: Store) -> None:
    staff.hire(store, starts_on=date(2026, 1, 1))
    store.write(lambda unit: _leave(unit, 1, date(2025, 6, 30)))
    staff.want(store, [1])

    assert verdicts(store) == ["send"]


def test_an_account_that_was_closed_after_the_message_was_wanted_ends_it(store: Store) -> None:
    staff.hire(store)
    staff.want(store, [1])
    store.write(lambda unit: setattr(unit.session.get(tables.Account, (1, 1, "U1")), "active", False))

    assert verdicts(store) == ["no account"]


@dataclass(frozen=True)
class Arrival:
    """Somebody joins or is imported, before or after messages were wanted for everybody."""

    tester: bool
    told: bool


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.builds(Arrival, st.booleans(), st.booleans()), min_size=1, max_size=6))
def test_in_rehearsal_only_testers_are_written_to_whoever_joins_or_is_imported(
    store: Store, arrivals: list[Arrival]
) -> None:
    first = store.write(lambda unit: unit.number("person", len(arrivals)))
    people = dict(enumerate(arrivals, start=first))
    for number, arrival in people.items():
        told = {} if arrival.told else {"disclosed_at": None, "disclosure_version": 0}
        staff.hire(store, first=number, live=False, **told)
        if arrival.tester:
            store.write(
                lambda unit, n=number: unit.session.add(tables.Tester(organisation_id=1, person_id=n))
            )
    for purpose in PURPOSES:
        staff.want(store, people, purpose)

    sent = [decision.ticket for decision in decide(store) if isinstance(decision, Send)]

    rules = {ticket: PURPOSES[ticket.purpose] for ticket in sent}
    unasked = {ticket.person_id for ticket, rule in rules.items() if not (rule.asked or rule.always)}
    assert unasked == {number for number, arrival in people.items() if arrival.tester}


def test_what_reaches_people_in_rehearsal_without_their_being_testers_is_one_kind_of_answer() -> None:
    assert [name for name, rules in PURPOSES.items() if rules.asked] == ["people.upload"]


# --- cards ---


def test_a_card_that_is_not_wanted_any_more_is_cancelled_after_all_guards(store: Store) -> None:
    staff.hire(store, 2)
    staff.want(store, [1, 2])

    decisions = decide(
        store, {"report.ready": lambda to, _: None if to.person.id == 1 else staff.card(to, _)}
    )

    assert isinstance(decisions[0], Hold)
    assert decisions[0].verdict == Skip("cancelled", "not wanted any more")
    assert isinstance(decisions[1], Send)


def test_one_card_that_cannot_be_built_does_not_hold_back_the_others(store: Store) -> None:
    def card(to: Recipient, row: Delivery) -> Card:
        if to.person.id == 1:
            raise ZeroDivisionError
        return staff.card(to, row)

    staff.hire(store, 2)
    staff.want(store, [1, 2])

    broken, sent = decide(store, {"report.ready": card})

    assert isinstance(broken, Broken)
    assert isinstance(broken.error, ZeroDivisionError)
    assert isinstance(sent, Send)


def test_made_up_data_is_marked_on_every_card(store: Store) -> None:
    staff.hire(store)
    store.write(lambda unit: setattr(unit.organisations.get(), "made_up", True))
    staff.want(store, [1])

    (decision,) = decide(store)

    assert isinstance(decision, Send)
    assert [type(element) for element in decision.card.elements].count(Note) == 1


def test_every_card_that_a_family_builds_has_a_purpose_with_rules() -> None:
    assert delivery.CARDS.keys() <= PURPOSES.keys()


# --- the budget over all features ---


def test_what_goes_out_in_one_batch_counts_for_what_follows_it(store: Store) -> None:
    staff.hire(store)
    wanted = [staff.message(1, MONDAY, "journey.nudge", key=f"n{n}", ref=str(n)) for n in range(5)]
    store.write(lambda unit: unit.outbox.want_many(wanted))

    assert sorted(verdicts(store)) == ["later", "later", "send", "send", "send"]


def test_what_went_out_before_counts_and_what_did_not_does_not(store: Store, clock: FakeClock) -> None:
    staff.hire(store, 2)
    staff.want(store, [1, 2], "wave.invite")
    first, second = decide(store)
    record(store, Outcome(first.ticket, "sent", RECEIPT), Outcome(second.ticket, "cancelled"))
    clock.advance(timedelta(days=1))
    for n in (1, 2):
        staff.want(store, [n], "wave.invite", ref="2", key=f"second:{n}")

    assert verdicts(store) == ["later", "send"]


def test_a_handled_reminder_counts_whether_it_was_sent_or_not(store: Store, clock: FakeClock) -> None:
    staff.hire(store, 2)
    staff.want(store, [1, 2], "wave.remind")
    first, second = decide(store)
    record(store, Outcome(first.ticket, "sent", RECEIPT), Outcome(second.ticket, "cancelled", untried=True))
    clock.advance(timedelta(days=1))
    for n in range(3):
        staff.want(store, [1], "journey.nudge", key=f"a{n}", ref=str(n))
        staff.want(store, [2], "journey.nudge", key=f"b{n}", ref=str(n))

    words = verdicts(store)

    assert sorted(words[:3]) == sorted(words[3:]) == ["later", "send", "send"]


# --- the first contact ---


def test_before_a_survey_the_first_contact_is_sent_once(store: Store, clock: FakeClock) -> None:
    staff.hire(store, disclosed_at=None, disclosure_version=0)
    staff.want(store, [1], "wave.invite")

    (waiting,) = decide(store)
    assert isinstance(waiting, Hold)
    record(store, delivery.held(waiting), introduce=(1,))
    (first,) = decide(store)
    assert (first.ticket.purpose, isinstance(first, Send)) == ("contact.first", True)
    clock.advance(MINUTE)
    (still,) = decide(store)
    assert isinstance(still, Hold)
    record(store, delivery.held(still), Outcome(first.ticket, "sent", RECEIPT), introduce=(1,))
    clock.advance(MINUTE)
    (survey,) = decide(store)

    assert (survey.ticket.purpose, isinstance(survey, Send)) == ("wave.invite", True)
    person = store.read(lambda unit: unit.recipients.people([1])[1])
    assert (person.disclosed_at, person.disclosure_version) == (MONDAY + MINUTE, DISCLOSURE_VERSION)
    assert sum(row.purpose == "contact.first" for row in staff.rows(store).values()) == 1


def test_going_live_owes_everybody_a_first_contact_that_rehearsal_kept_from_them(store: Store) -> None:
    staff.hire(store, disclosed_at=None, disclosure_version=0, live=False)
    record(store, introduce=(1,))
    assert verdicts(store) == ["rehearsal"]

    store.write(lambda unit: setattr(unit.organisations.get(), "rehearsal", False))
    record(store, introduce=(1,))

    assert verdicts(store) == ["send"]


def test_an_earlier_note_of_disclosure_stands(store: Store) -> None:
    staff.hire(store, 2, disclosed_at=MONDAY - MINUTE)

    assert store.write(lambda unit: unit.recipients.disclosed([1, 2], DISCLOSURE_VERSION, MONDAY)) == 0
    assert store.write(lambda unit: unit.recipients.disclosed([1], DISCLOSURE_VERSION + 1, MONDAY)) == 1


# --- rates, asking, sweeps ---


def test_only_as_many_are_claimed_as_the_rate_allows_and_unused_right_is_given_back(store: Store) -> None:
    staff.hire(store, 5)
    staff.want(store, range(1, 6))
    rate = Rate(per_second=0.001, burst=4)

    def claim(limit: int) -> list[Ticket]:
        lease = Lease.starting(MONDAY, MINUTE)
        return store.write(lambda unit: delivery.claim(unit, staff.WORKSPACE, limit, lease, rate))

    first = claim(3)
    record(store, *(Outcome(ticket, "pending", untried=True) for ticket in first[:2]))

    assert [len(first), len(claim(50)), len(claim(50))] == [3, 3, 0]
    record(store)
    assert len(claim(1)) == 0


TICKET = Ticket("i", "c", "uncertain", "journey.step", 1, MONDAY, 1, must_arrive=False)


@pytest.mark.parametrize(
    ("found", "must_arrive", "attempts", "state"),
    [
        (RECEIPT, False, 1, "sent"),
        (None, False, 1, "pending"),
        (Unknown(), False, 1, "uncertain"),
        (Unknown(), True, 3, "pending"),
        (Unknown(), True, 4, "uncertain"),
    ],
)
def test_what_follows_from_asking_whether_it_arrived(
    found: Receipt | Unknown | None, must_arrive: bool, attempts: int, state: str
) -> None:
    ticket = Ticket("i", "c", "uncertain", "journey.step", 1, MONDAY, attempts, must_arrive)

    outcome = delivery.answered(ticket, found, resends=3)

    assert (outcome.state, outcome.until) == (state, None)


def test_nobody_can_be_asked_about_a_person_without_an_account(store: Store) -> None:
    staff.hire(store, 2)
    staff.want(store, [1, 2])
    decide(store)
    store.write(lambda unit: unit.outbox.doubt(MONDAY))
    store.write(lambda unit: setattr(unit.session.get(tables.Account, (1, 1, "U1")), "active", False))

    lease = Lease.starting(MONDAY, MINUTE)
    found = store.write(lambda unit: delivery.inquire(unit, staff.WORKSPACE, 50, lease))

    assert {inquiry.ticket.person_id: inquiry.address for inquiry in found} == {
        1: None,
        2: Address("fake", "T1", "U2"),
    }


def test_the_sweeps_change_nothing_the_second_time(store: Store) -> None:
    staff.hire(store)
    staff.want(store, [1], expires_at=MONDAY)
    store.write(lambda unit: unit.inbox.seen("fake", "Ev1"))

    assert [store.write(delivery.expire) for _ in range(2)] == [1, 0]
    assert [store.write(delivery.forget_events) for _ in range(2)] == [0, 0]
    assert store.read(lambda unit: isinstance(unit.session.get(Person, (1, 1)), Person))
