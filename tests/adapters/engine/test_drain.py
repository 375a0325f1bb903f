import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.engine import Place
from adapters.engine import drain as drains
from adapters.engine.drain import Drain, Drained
from adapters.engine.limits import Limits
from bot.cases import troubles
from bot.cases.context import Recipient
from bot.cases.troubles import Trouble
from bot.errors import Disconnected, StoreError
from bot.store.store import Store, Unit
from bot.store.tables import Delivery
from bot.store.workspaces import Rate
from bot.talk.cards import Card
from tests import staff
from tests.fakes import MONDAY, FakeClock
from tests.platforms.fake import FAULTS, RETRY_AFTER_S, FakePlatform, Fault

HERE = Place(1, staff.WORKSPACE)
QUICK = Limits(timeout_s=0.05, doubt=timedelta())


class Post:
    """A store, a platform and a real clock of its own, with the drain between them."""

    def __init__(
        self, store: Store, platform: FakePlatform | None = None, limits: Limits = QUICK, **drain: Any
    ) -> None:
        self.store = store
        self.platform = platform or FakePlatform()
        self.real = FakeClock()
        known = {"limits": limits, "real": self.real, "cards": staff.CARDS}
        self.drain = Drain(store=store, platform=self.platform, **(known | drain))

    def run(self, again: int = 1) -> Drained:
        return [asyncio.run(self.drain.run(HERE)) for _ in range(again)][-1]

    @property
    def states(self) -> dict[str, int]:
        return staff.states(self.store)

    def recovers(self) -> None:
        self.platform.faults = lambda _: None


def always(fault: Fault) -> Callable[[str], Fault | None]:
    return lambda _: fault


def once_each(fault: Fault) -> Callable[[str], Fault | None]:
    """Fail the first call of each delivery."""
    asked: Counter[str] = Counter()

    def faults(delivery: str) -> Fault | None:
        asked[delivery] += 1
        return fault if asked[delivery] == 1 else None

    return faults


# --- all goes well ---


def test_everything_due_is_sent_once_with_its_receipt(store: Store) -> None:
    people = staff.hire(store, 120)
    staff.want(store, people)
    post = Post(store)

    assert post.run() == Drained(120, {"sent": 120})
    assert post.run() == Drained()
    assert set(post.platform.times.values()) == {1}
    assert {row.message for row in staff.rows(store).values()} == {
        f"message of {delivery}" for delivery in post.platform.times
    }


def test_to_one_person_messages_go_one_after_the_other_the_most_urgent_first(store: Store) -> None:
    staff.hire(store, 3)
    for number, purpose in enumerate(("wave.results", "report.ready", "human.request")):
        staff.want(store, [1, 2, 3], purpose, priority=9 - number)
    post = Post(store, FakePlatform(latency_s=0.001))
    store.write(lambda unit: setattr(unit.organisations.get(), "time_zone", "Europe/Berlin"))

    post.run()

    to_one = [card.elements[0] for to, card, _ in post.platform.accepted if to.user == "U1"]
    assert [getattr(text, "body", "").split()[0] for text in to_one] == [
        "human.request",
        "report.ready",
        "wave.results",
    ]


def test_no_more_are_in_flight_than_allowed(store: Store) -> None:
    staff.want(store, staff.hire(store, 30))
    post = Post(store, FakePlatform(latency_s=0.001), replace(QUICK, at_once=4))

    post.run()

    assert post.platform.most_in_flight == 4


# --- the platform says no ---


def test_a_platform_that_wants_a_pause_gets_it_and_nothing_is_lost(store: Store) -> None:
    staff.want(store, staff.hire(store, 30))
    post = Post(store, FakePlatform(faults=always("slow_down")), replace(QUICK, at_once=1))

    post.run()
    assert post.platform.calls == 1
    assert post.states == {"retry": 1, "pending": 29}

    post.recovers()
    post.real.advance(timedelta(seconds=RETRY_AFTER_S - 1))
    post.run()
    assert post.platform.calls == 1

    post.real.advance(timedelta(seconds=1))
    post.run()
    assert post.states == {"sent": 30}
    assert {row.attempts for row in staff.rows(store).values()} == {1, 2}


def test_an_outage_is_waited_out_with_growing_pauses(store: Store) -> None:
    staff.want(store, staff.hire(store, 1))
    post = Post(store, FakePlatform(faults=always("unavailable")))
    pauses = []
    for _ in range(6):
        post.run()
        (row,) = staff.rows(store).values()
        assert row.lease_until is not None
        pauses.append((row.lease_until - post.real.now()).total_seconds())
        post.real.move_to(row.lease_until)
    post.recovers()
    post.run()

    assert pauses == sorted(pauses)
    assert pauses[-1] >= 2**6
    assert post.states == {"sent": 1}


def test_a_message_is_given_up_after_so_many_tries(store: Store) -> None:
    staff.want(store, staff.hire(store, 1))
    post = Post(store, FakePlatform(faults=always("unavailable")), replace(QUICK, attempts=3))
    for _ in range(5):
        post.run()
        post.real.advance(timedelta(days=1))

    assert post.states == {"dead": 1}
    assert post.platform.calls == 3


def test_what_can_never_be_delivered_is_not_tried_again(store: Store) -> None:
    staff.want(store, staff.hire(store, 1))
    post = Post(store, FakePlatform(faults=always("rejected")))

    post.run(again=3)

    assert post.states == {"dead": 1}
    assert post.platform.calls == 1


def test_why_it_cannot_be_delivered_is_kept_with_the_message(store: Store) -> None:
    staff.want(store, staff.hire(store, 1))
    post = Post(store, FakePlatform(faults=always("rejected")))

    post.run()

    assert staff.rows(store)["report.ready:1"].error == "account_inactive"


# --- the workspace is shut to us ---


def shut_to_us(store: Store, n: int = 30) -> Post:
    staff.want(store, staff.hire(store, n))
    return Post(store, FakePlatform(faults=always("shut")), replace(QUICK, at_once=1))


def troubled(store: Store) -> list[Trouble]:
    return store.read(troubles.known)


def test_a_workspace_that_is_shut_loses_nothing_and_is_left_alone_for_a_quarter_of_an_hour(
    store: Store,
) -> None:
    post = shut_to_us(store)

    post.run(again=2)
    post.real.advance(timedelta(minutes=15) - timedelta(seconds=1))
    post.run()

    assert post.platform.calls == 1
    assert post.states == {"pending": 30}
    assert {(row.attempts, row.error) for row in staff.rows(store).values()} == {(0, "")}
    assert troubled(store) == [Trouble(staff.WORKSPACE, "token_revoked", MONDAY, 1)]


def test_it_is_tried_less_and_less_often_and_never_less_than_once_an_hour(store: Store) -> None:
    post = shut_to_us(store)
    calls = []
    for _ in range(24):
        post.run()
        calls.append(post.platform.calls)
        post.real.advance(timedelta(minutes=15))

    assert calls[:8] == [1, 2, 2, 3, 3, 3, 3, 4]
    assert calls[-1] == 8
    assert troubled(store)[0].since == MONDAY


def test_once_somebody_put_it_right_everything_goes_out_and_the_trouble_is_forgotten(store: Store) -> None:
    post = shut_to_us(store)
    post.run()
    post.recovers()
    post.real.advance(timedelta(minutes=15))

    post.run()

    assert post.states == {"sent": 30}
    assert troubled(store) == []


def test_a_workspace_that_is_shut_while_it_is_asked_is_left_alone_too(store: Store) -> None:
    staff.want(store, staff.hire(store, 5))
    post = Post(store, FakePlatform(faults=once_each("reset_after")), replace(QUICK, at_once=1))
    answer = post.platform.find
    post.run()
    asked = []

    async def shut(*_: object) -> None:
        asked.append(1)
        raise Disconnected("invalid_auth")

    post.platform.find = shut  # type: ignore[method-assign]  # the token was changed meanwhile
    post.run(again=2)
    assert (len(asked), post.states) == (1, {"uncertain": 5})
    assert [trouble.reason for trouble in troubled(store)] == ["invalid_auth"]

    post.platform.find = answer  # type: ignore[method-assign]  # and is right again
    post.real.advance(timedelta(minutes=15))
    post.run()
    assert post.states == {"sent": 5}
    assert troubled(store) == []


# --- nobody can tell ---

UNSURE: list[Fault] = [
    "timeout_before",
    "timeout_after",
    "reset_before",
    "reset_after",
    "unsure_after",
    "error_after",
]


@pytest.mark.parametrize("fault", UNSURE)
def test_after_a_lost_connection_the_platform_is_asked_and_nothing_arrives_twice(
    store: Store, fault: Fault
) -> None:
    staff.want(store, staff.hire(store, 5))
    post = Post(store, FakePlatform(faults=once_each(fault)))

    first = post.run()
    second = post.run()

    assert first.states["uncertain"] == 5
    assert second.states["sent"] == 5
    assert post.states == {"sent": 5}
    assert set(post.platform.times.values()) == {1}
    assert post.platform.asked == 5


@pytest.mark.parametrize("fault", UNSURE)
def test_where_the_platform_cannot_be_asked_it_stays_uncertain_and_is_not_sent_again(
    store: Store, fault: Fault
) -> None:
    staff.want(store, staff.hire(store, 5))
    post = Post(store, FakePlatform(findable=False, faults=once_each(fault)))

    post.run(again=4)

    assert post.states == {"uncertain": 5}
    assert post.platform.calls == 5


def test_what_must_arrive_is_sent_again_a_few_times_where_nobody_can_be_asked(store: Store) -> None:
    staff.want(store, staff.hire(store, 2), "journey.step", must_arrive=True)
    post = Post(store, FakePlatform(findable=False, faults=always("reset_before")))
    store.write(lambda unit: setattr(unit.organisations.get(), "time_zone", "Europe/Berlin"))

    post.run(again=9)

    assert post.states == {"uncertain": 2}
    assert post.platform.calls == 2 * (1 + QUICK.resends)


def test_a_platform_that_cannot_answer_just_now_is_asked_again_later(store: Store) -> None:
    staff.want(store, staff.hire(store, 1))
    post = Post(store, FakePlatform(faults=once_each("reset_after")))
    post.run()
    answer = post.platform.find
    post.platform.find = _fails  # type: ignore[method-assign]  # the other side is down for a while
    post.run()
    post.platform.find = answer  # type: ignore[method-assign]  # and is back

    post.run()
    assert post.states == {"uncertain": 1}
    post.real.advance(QUICK.ask_again)
    post.run()
    assert post.states == {"sent": 1}


async def _fails(*_: object) -> None:
    raise ConnectionRefusedError


def test_the_platform_is_asked_only_when_a_late_message_would_show(store: Store) -> None:
    staff.want(store, staff.hire(store, 1))
    post = Post(
        store, FakePlatform(faults=once_each("timeout_after")), replace(QUICK, doubt=timedelta(seconds=2))
    )

    post.run(again=3)
    assert post.platform.asked == 0
    post.real.advance(timedelta(seconds=2))
    post.run()

    assert (post.platform.asked, post.states) == (1, {"sent": 1})


@pytest.mark.parametrize("findable", [True, False])
def test_a_handled_reminder_leaves_no_trace_of_what_the_platform_said(
    store: Store, clock: FakeClock, findable: bool
) -> None:
    people = staff.hire(store, len(FAULTS))
    staff.want(store, people, "wave.remind", expires_at=MONDAY + timedelta(hours=9))
    store.write(lambda unit: setattr(unit.organisations.get(), "time_zone", "Europe/Berlin"))
    ids = sorted(row.id for row in staff.rows(store).values())
    fault_of = dict(zip(ids, FAULTS, strict=True))
    post = Post(store, FakePlatform(findable=findable, faults=fault_of.get))

    post.run()
    for _ in range(3):
        post.real.advance(timedelta(hours=1))
        post.run()
    clock.advance(timedelta(hours=9))
    post.real.advance(timedelta(hours=6))
    post.run(again=2)

    told = [row.model_dump(exclude={"id", "key", "person_id"}) for row in staff.rows(store).values()]
    assert told == [told[0]] * len(FAULTS)


# --- our own mistakes and limits ---


def test_a_card_that_cannot_be_built_is_tried_later_and_the_others_go_out(store: Store) -> None:
    def card(to: Recipient, row: Delivery) -> Card:
        if to.person.id == 1:
            raise ZeroDivisionError
        return staff.card(to, row)

    staff.want(store, staff.hire(store, 3))
    post = Post(store, cards={"report.ready": card})

    post.run()

    assert post.states == {"retry": 1, "sent": 2}
    assert staff.rows(store)["report.ready:1"].error == "card: ZeroDivisionError"


def test_if_nothing_can_be_prepared_nothing_is_lost(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    staff.want(store, staff.hire(store, 3))
    post = Post(store)
    monkeypatch.setattr(drains.delivery, "prepare", _broken)

    post.run()

    assert post.states == {"retry": 3}
    assert post.platform.calls == 0


def _broken(*_: object, **__: object) -> None:
    raise ZeroDivisionError


def test_a_mark_that_the_disk_refuses_is_tried_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    staff.want(store, staff.hire(store, 3))
    post = Post(store)
    monkeypatch.setattr(drains, "MARK_PAUSES_S", (0.0, 0.0))
    record, refusals = drains.delivery.record, iter([True, True, False])

    def full(unit: Unit, **what: Any) -> int:
        if next(refusals, False):
            raise StoreError("The disk is full.")
        return record(unit, **what)

    monkeypatch.setattr(drains.delivery, "record", full)
    post.run()

    assert post.states == {"sent": 3}
    assert set(post.platform.times.values()) == {1}


def test_if_the_mark_never_succeeds_the_platform_is_asked_after_the_lease(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff.want(store, staff.hire(store, 3))
    post = Post(store)
    with monkeypatch.context() as broken:
        broken.setattr(drains, "MARK_PAUSES_S", (0.0,))
        broken.setattr(drains.delivery, "record", _refused)
        with pytest.raises(StoreError):
            post.run()
    assert post.states == {"sending": 3}

    post.real.advance(QUICK.lease)
    now = post.real.now()
    store.write(lambda unit: unit.outbox.doubt(now, leases_before=now))
    post.run()

    assert post.states == {"sent": 3}
    assert set(post.platform.times.values()) == {1}


def _refused(*_: object, **__: object) -> int:
    raise StoreError("The disk is full.")


def test_the_rate_of_the_platform_is_kept(store: Store) -> None:
    staff.want(store, staff.hire(store, 60))
    post = Post(store, limits=replace(QUICK, rate=Rate(per_second=1, burst=20)))
    sent = []
    for _ in range(5):
        post.run()
        sent.append(post.platform.calls)
        post.real.advance(timedelta(seconds=10))

    assert sent == [20, 30, 40, 50, 60]


def test_what_is_not_sent_does_not_use_up_the_rate(store: Store) -> None:
    staff.hire(store, 10)
    staff.want(store, range(1, 10), expires_at=MONDAY)
    staff.want(store, [10], priority=9)
    post = Post(store, limits=replace(QUICK, rate=Rate(per_second=0.001, burst=3)))

    post.run()

    assert post.states == {"expired": 9, "sent": 1}


def test_a_call_that_might_outlive_the_lease_is_not_begun(store: Store) -> None:
    staff.want(store, staff.hire(store, 4))
    post = Post(store, limits=replace(QUICK, at_once=1, turn_s=1))
    accept = post.platform.send

    async def slow(*what: Any) -> Any:
        post.real.advance(timedelta(seconds=30))
        return await accept(*what)

    post.platform.send = slow  # type: ignore[method-assign]  # each call takes half a minute of real time
    post.run()

    assert post.states == {"sent": 2, "pending": 2}
    assert {row.attempts for row in staff.rows(store).values()} == {0, 1}


def test_a_stop_releases_what_was_claimed_and_not_begun(store: Store) -> None:
    staff.want(store, staff.hire(store, 10))
    platform = FakePlatform()
    post = Post(store, platform, replace(QUICK, at_once=1), halted=lambda: len(platform.accepted) >= 3)

    post.run()

    assert post.states == {"sent": 3, "pending": 7}
    assert all(row.attempts == (row.state == "sent") for row in staff.rows(store).values())


def test_the_crash_points_are_passed_in_their_order(store: Store) -> None:
    staff.want(store, staff.hire(store, 1))
    passed: list[str] = []
    post = Post(store, FakePlatform(faults=once_each("reset_after")), crash=passed.append)
    post.run(again=2)

    assert set(passed) == set(drains.CRASH_POINTS) - {"after_send"} | {"after_find", "after_answer"}
    assert passed.index("after_claim") < passed.index("before_send") < passed.index("before_mark")


@given(st.integers(1, 10_000), st.floats(0, 1))
def test_pauses_grow_to_a_limit_and_never_overflow(attempts: int, spread: float) -> None:
    pause = Limits().pause(attempts, spread).total_seconds()

    assert 2 <= pause <= 900 * 1.5
    assert pause <= Limits().pause(attempts + 1, 1).total_seconds()


@given(st.lists(st.dictionaries(st.sampled_from(["sent", "dead"]), st.integers(1, 9)), max_size=4))
def test_drained_adds_up(parts: Iterable[dict[str, int]]) -> None:
    parts = list(parts)
    total = sum((Drained(1, part) for part in parts), Drained())

    assert total.taken == len(parts)
    assert total.states.get("sent", 0) == sum(part.get("sent", 0) for part in parts)
