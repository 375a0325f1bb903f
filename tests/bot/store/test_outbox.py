from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.cases.purposes import PURPOSES
from bot.store.outbox import BLOCK, Outbox
from bot.store.states import (
    HANDLED,
    MOVES,
    REMINDERS,
    STATES,
    Lease,
    Outcome,
    State,
    Ticket,
    check_move,
    forgets,
)
from bot.store.store import Store
from bot.store.tables import Account
from bot.talk.platform import Receipt
from tests import staff
from tests.fakes import MONDAY, FakeClock

MINUTE = timedelta(minutes=1)
RECEIPT = Receipt("D1", "171.5")


def claim(store: Store, limit: int = 10, real: datetime = MONDAY, lease: Lease | None = None) -> list[Ticket]:
    held = lease or Lease.starting(real, MINUTE)
    return store.write(lambda unit: unit.outbox.claim(staff.WORKSPACE, limit, unit.now, held))


def mark(store: Store, *outcomes: Outcome) -> int:
    return store.write(lambda unit: unit.outbox.mark(outcomes, unit.now))


def ask(store: Store, real: datetime = MONDAY) -> list[Ticket]:
    held = Lease.starting(real, MINUTE)
    return store.write(lambda unit: unit.outbox.claim_uncertain(staff.WORKSPACE, 10, held))


def by_person(tickets: list[Ticket]) -> list[Ticket]:
    return sorted(tickets, key=lambda ticket: ticket.person_id)


# --- wanting ---


def test_the_same_message_is_wanted_once_however_often_it_is_asked_for(any_store: Store) -> None:
    staff.hire(any_store, 3)

    assert staff.want(any_store, [1, 2]) == 2
    assert staff.want(any_store, [1, 2, 3]) == 1
    assert staff.want(any_store, [3]) == 0
    assert staff.states(any_store) == {"pending": 3}


def test_more_messages_than_fit_one_statement_are_all_wanted_once(any_store: Store) -> None:
    people = staff.hire(any_store, 2 * BLOCK + 7)

    assert staff.want(any_store, people) == len(people)
    assert staff.want(any_store, people) == 0


def test_nobody_is_promised_a_message_who_has_no_account(any_store: Store) -> None:
    staff.hire(any_store, 2)
    any_store.write(lambda unit: setattr(unit.session.get(Account, (1, 1, "U2")), "active", False))

    assert not any_store.write(lambda unit: unit.outbox.want(staff.message(2, unit.now)))
    assert any_store.write(lambda unit: unit.outbox.want(staff.message(1, unit.now)))
    assert any_store.read(lambda unit: unit.outbox.homes([1, 2])) == {1: staff.WORKSPACE}


def test_another_organisation_sees_none_of_it(any_store: Store) -> None:
    staff.hire(any_store, 1)
    staff.want(any_store, [1])

    assert any_store.read(lambda unit: unit.outbox.counts(), 2) == {}
    assert any_store.write(lambda unit: unit.outbox.doubt(MONDAY), 2) == 0
    assert any_store.read(lambda unit: unit.outbox.by_key("report.ready:1"), 2) is None


# --- claiming ---


def test_the_most_urgent_go_first_then_the_longest_due(any_store: Store) -> None:
    staff.hire(any_store, 4)
    now = any_store.clock.now()
    wanted = [
        staff.message(1, now - MINUTE, priority=5),
        staff.message(2, now, priority=1),
        staff.message(3, now - 2 * MINUTE, priority=5),
        staff.message(4, now + MINUTE, priority=0),
    ]
    any_store.write(lambda unit: unit.outbox.want_many(wanted))

    assert [ticket.person_id for ticket in claim(any_store, 2)] == [2, 3]
    assert [ticket.person_id for ticket in claim(any_store)] == [1]
    assert claim(any_store) == []


def test_a_row_put_off_by_the_platform_waits_by_the_real_clock_only(any_store: Store) -> None:
    staff.hire(any_store)
    staff.want(any_store, [1])
    (ticket,) = claim(any_store)
    mark(any_store, Outcome(ticket, "retry", until=MONDAY + MINUTE))
    row = staff.rows(any_store)["report.ready:1"]

    assert row.due_at == MONDAY
    assert claim(any_store, real=MONDAY + timedelta(seconds=59)) == []
    assert [again.attempts for again in claim(any_store, real=MONDAY + MINUTE)] == [2]


def test_two_workers_never_hold_the_same_row(any_store: Store) -> None:
    people = staff.hire(any_store, 20)
    staff.want(any_store, people)

    held = [ticket.id for _ in range(5) for ticket in claim(any_store, 6)]

    assert len(held) == len(set(held)) == 20


# --- marking ---


def test_a_zombie_with_a_token_of_the_past_changes_nothing(any_store: Store) -> None:
    staff.hire(any_store)
    staff.want(any_store, [1])
    (stale,) = claim(any_store)
    any_store.write(lambda unit: unit.outbox.doubt(MONDAY, leases_before=MONDAY + MINUTE))
    (asked,) = ask(any_store)
    mark(any_store, Outcome(asked, "pending"))
    (fresh,) = claim(any_store)

    assert mark(any_store, Outcome(stale, "sent", RECEIPT)) == 0
    assert staff.states(any_store) == {"sending": 1}
    assert mark(any_store, Outcome(fresh, "sent", RECEIPT)) == 1
    assert mark(any_store, Outcome(fresh, "dead")) == 0
    assert staff.states(any_store) == {"sent": 1}


def test_a_sent_row_keeps_its_receipt_and_is_found_by_it(any_store: Store) -> None:
    staff.hire(any_store)
    staff.want(any_store, [1])
    (ticket,) = claim(any_store)
    mark(any_store, Outcome(ticket, "sent", RECEIPT))

    found = any_store.read(lambda unit: unit.outbox.by_message("D1", "171.5"))

    assert found is not None
    assert (found.id, found.state, found.sent_at, found.claim) == (ticket.id, "sent", MONDAY, "")
    assert any_store.read(lambda unit: unit.outbox.by_message("D1", "other")) is None


def test_a_row_that_was_not_tried_has_no_attempt_and_its_new_due_time(any_store: Store) -> None:
    staff.hire(any_store, 2)
    staff.want(any_store, [1, 2])
    first, second = by_person(claim(any_store))
    later = MONDAY + timedelta(hours=3)
    mark(
        any_store,
        Outcome(first, "pending", until=later, untried=True),
        Outcome(second, "pending", untried=True),
    )

    rows = {row.person_id: row for row in staff.rows(any_store).values()}

    assert [(rows[n].attempts, rows[n].due_at) for n in (1, 2)] == [(0, later), (0, MONDAY)]


@pytest.mark.parametrize(("was", "becomes"), [*product(STATES, STATES)])
def test_only_the_moves_in_the_table_are_made(was: State, becomes: State) -> None:
    if becomes in MOVES[was]:
        check_move(was, becomes)
    else:
        with pytest.raises(ValueError, match=f"from {was} to {becomes}"):
            check_move(was, becomes)


def test_a_forbidden_mark_is_refused_before_anything_is_written(any_store: Store) -> None:
    staff.hire(any_store)
    staff.want(any_store, [1])
    (ticket,) = claim(any_store)
    mark(any_store, Outcome(ticket, "uncertain", until=MONDAY))
    (asked,) = ask(any_store)

    with pytest.raises(ValueError, match="from uncertain to dead"):
        mark(any_store, Outcome(asked, "dead"))
    assert staff.states(any_store) == {"uncertain": 1}


# --- doubt ---


def test_only_rows_whose_lease_has_ended_are_doubted_while_others_work(any_store: Store) -> None:
    staff.hire(any_store, 2)
    staff.want(any_store, [1, 2])
    claim(any_store, 1, MONDAY)
    claim(any_store, 1, MONDAY + MINUTE)

    doubted = any_store.write(lambda unit: unit.outbox.doubt(MONDAY, leases_before=MONDAY + MINUTE))

    assert doubted == 1
    assert staff.states(any_store) == {"sending": 1, "uncertain": 1}


def test_at_the_start_everything_under_way_is_doubted_and_asked_about_at_once(any_store: Store) -> None:
    staff.hire(any_store, 3)
    staff.want(any_store, [1, 2, 3])
    first, second, _ = by_person(claim(any_store))
    mark(any_store, Outcome(first, "uncertain", until=MONDAY), Outcome(second, "uncertain", until=None))
    (asked,) = ask(any_store)

    any_store.write(lambda unit: unit.outbox.doubt(MONDAY))

    assert asked.id == first.id
    assert mark(any_store, Outcome(asked, "sent", RECEIPT)) == 0
    assert {ticket.person_id for ticket in ask(any_store)} == {1, 3}


def test_what_nobody_can_be_asked_about_stays_uncertain_and_is_not_asked_again(any_store: Store) -> None:
    staff.hire(any_store)
    staff.want(any_store, [1])
    (ticket,) = claim(any_store)
    mark(any_store, Outcome(ticket, "uncertain", until=None))

    assert ask(any_store, MONDAY + timedelta(days=400)) == []
    assert staff.states(any_store) == {"uncertain": 1}


# --- reminders ---

ENDINGS: list[tuple[State, Receipt | None]] = [
    ("sent", RECEIPT),
    ("dead", None),
    ("expired", None),
    ("cancelled", None),
    ("uncertain", None),
]


def test_a_handled_reminder_does_not_tell_how_it_ended(any_store: Store) -> None:
    people = staff.hire(any_store, len(ENDINGS))
    staff.want(any_store, people, "wave.remind")
    tickets = claim(any_store)
    mark(
        any_store,
        *(
            Outcome(ticket, state, receipt, error="why", untried=state == "cancelled")
            for ticket, (state, receipt) in zip(tickets, ENDINGS, strict=True)
        ),
    )

    told = [row.model_dump(exclude={"id", "key", "person_id"}) for row in staff.rows(any_store).values()]

    assert told == [told[0]] * len(ENDINGS)
    assert (told[0]["state"], told[0]["sent_at"], told[0]["message"]) == (HANDLED, None, "")


def test_a_reminder_that_was_tried_and_ran_out_of_time_looks_like_one_that_was_not_tried(
    any_store: Store,
) -> None:
    staff.hire(any_store, 2)
    staff.want(any_store, [1], "wave.remind", expires_at=MONDAY + MINUTE)
    (ticket,) = claim(any_store)
    mark(any_store, Outcome(ticket, "retry", until=MONDAY, error="TryLater"))
    staff.want(any_store, [2], "wave.remind", expires_at=MONDAY + MINUTE)

    assert any_store.write(lambda unit: unit.outbox.expire(MONDAY + MINUTE)) == 2
    first, second = (
        row.model_dump(exclude={"id", "key", "person_id"}) for row in staff.rows(any_store).values()
    )
    assert first == second


def test_one_persons_reminder_is_not_ended_early_because_that_would_tell_that_they_answered(
    any_store: Store,
) -> None:
    staff.hire(any_store, 2)
    for purpose in ("wave.invite", "wave.remind"):
        staff.want(any_store, [1, 2], purpose)

    dropped = any_store.write(lambda unit: unit.outbox.cancel_for(1, ["wave.invite", "wave.remind"], "1"))

    assert dropped == 1
    assert {key: row.state for key, row in staff.rows(any_store).items()} == {
        "wave.invite:1": "cancelled",
        "wave.invite:2": "pending",
        "wave.remind:1": "pending",
        "wave.remind:2": "pending",
    }


@given(st.sampled_from(STATES), st.sampled_from(sorted(PURPOSES)), st.booleans())
def test_every_end_of_a_reminder_is_forgotten_and_no_other_outcome(
    state: State, purpose: str, askable: bool
) -> None:
    ticket = Ticket("i", "c", "sending", purpose, 1, MONDAY, 1, must_arrive=False)
    outcome = Outcome(ticket, state, until=MONDAY if askable else None)

    over = state in {"sent", "dead", "expired", "cancelled"} or (state == "uncertain" and not askable)

    assert forgets(outcome) == (over and purpose in REMINDERS)


def test_the_store_and_the_cases_agree_on_what_a_reminder_is() -> None:
    assert {name for name, purpose in PURPOSES.items() if purpose.reminder} == REMINDERS


# --- ending and asking ---


def test_withdrawing_a_wave_drops_its_waiting_messages_and_no_others(any_store: Store) -> None:
    staff.hire(any_store, 3)
    staff.want(any_store, [1, 2], "wave.invite")
    (ticket,) = claim(any_store, 1)
    staff.want(any_store, [3], "wave.invite", ref="2")
    staff.want(any_store, [1], "wave.remind")

    assert any_store.write(lambda unit: unit.outbox.cancel(["wave.invite", "wave.remind"], "1")) == 2
    assert staff.states(any_store) == {"sending": 1, "cancelled": 1, "expired": 1, "pending": 1}
    assert ticket.purpose == "wave.invite"


def test_only_waiting_messages_that_are_too_late_expire(any_store: Store) -> None:
    staff.hire(any_store, 3)
    staff.want(any_store, [1], expires_at=MONDAY)
    staff.want(any_store, [2], expires_at=MONDAY + MINUTE)
    staff.want(any_store, [3])

    assert any_store.write(lambda unit: unit.outbox.expire(MONDAY)) == 1
    assert any_store.write(lambda unit: unit.outbox.expire(MONDAY)) == 0
    assert staff.rows(any_store)["report.ready:1"].state == "expired"


def test_a_workspace_is_due_when_it_has_something_to_send_or_to_ask_and_need_not_wait(
    any_store: Store, clock: FakeClock
) -> None:
    staff.hire(any_store, 2)
    staff.want(any_store, [1, 2])

    def due(real: datetime = MONDAY) -> list[int]:
        return any_store.read(lambda unit: [found.id for found in unit.outbox.due_workspaces(unit.now, real)])

    assert due() == [staff.WORKSPACE]
    claim(any_store)
    assert due() == []
    any_store.write(lambda unit: unit.outbox.doubt(MONDAY + MINUTE))
    assert due() == []
    assert due(MONDAY + MINUTE) == [staff.WORKSPACE]
    any_store.write(lambda unit: unit.workspaces.block(staff.WORKSPACE, MONDAY + 2 * MINUTE))
    assert due(MONDAY + MINUTE) == []
    assert due(MONDAY + 2 * MINUTE) == [staff.WORKSPACE]
    any_store.write(lambda unit: setattr(unit.workspaces.get(staff.WORKSPACE), "active", False))
    assert due(MONDAY + 2 * MINUTE) == []


def test_the_next_due_instant_is_that_of_the_earliest_waiting_message(any_store: Store) -> None:
    staff.hire(any_store, 2)
    assert any_store.read(lambda unit: unit.outbox.next_due()) is None
    now = any_store.clock.now()
    any_store.write(
        lambda unit: unit.outbox.want_many([staff.message(1, now + MINUTE), staff.message(2, now)])
    )

    assert any_store.read(lambda unit: unit.outbox.next_due()) == MONDAY
    claim(any_store)
    assert any_store.read(lambda unit: unit.outbox.next_due()) == MONDAY + MINUTE


def test_a_person_sees_their_own_deliveries_the_latest_first(any_store: Store) -> None:
    staff.hire(any_store, 2)
    now = any_store.clock.now()
    any_store.write(
        lambda unit: unit.outbox.want_many(
            [
                staff.message(1, now, key="a"),
                staff.message(1, now + MINUTE, key="b"),
                staff.message(2, now, key="c"),
            ]
        )
    )

    assert [row.key for row in any_store.read(lambda unit: unit.outbox.of_person(1))] == ["b", "a"]


def test_times_come_back_aware_and_arguments_as_they_were(any_store: Store) -> None:
    staff.hire(any_store)
    staff.want(any_store, [1], args={"thread": "t", "n": 3})
    (row,) = staff.rows(any_store).values()

    assert row.due_at.tzinfo is not None
    assert row.due_at == MONDAY.astimezone(UTC)
    assert row.args == {"thread": "t", "n": 3}
    assert any_store.read(lambda unit: unit.outbox.get(row.id)) is not None
    assert isinstance(any_store.read(lambda unit: unit.outbox), Outbox)
