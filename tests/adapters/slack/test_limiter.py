import asyncio
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.pacing import PATIENCE_S, ROOM
from adapters.slack.limiter import ONE_CHANNEL, PACES, POSTING, TIER_2, TIER_3, Limiter
from bot.errors import TryLater
from tests.adapters.virtual import run

POST = "chat.postMessage"


def now() -> float:
    return asyncio.get_running_loop().time()


async def persist(limiter: Limiter, method: str, channel: str = "") -> float:
    """Come back whenever told to, as the outbox does; return when the call was made."""
    while True:
        try:
            await limiter.admit("T1", method, channel)
        except TryLater as later:
            await asyncio.sleep(later.retry_after_s or 0)
        else:
            return now()


def calls(pauses: Sequence[float], method: str, channels: int = 0) -> list[tuple[float, str]]:
    """Return when each of many callers, who come after these pauses and persist, got through, and for which channel."""

    async def one(limiter: Limiter, channel: str) -> tuple[float, str]:
        return await persist(limiter, method, channel), channel

    async def story() -> list[tuple[float, str]]:
        limiter, tasks = Limiter(), []
        for number, pause in enumerate(pauses):
            await asyncio.sleep(pause)
            tasks.append(asyncio.create_task(one(limiter, f"U{number % channels}" if channels else "")))
        return list(await asyncio.gather(*tasks))

    return run(story())


def most_within(seconds: float, times: Sequence[float]) -> int:
    ordered = sorted(times)
    return max(bisect_left(ordered, start + seconds) - first for first, start in enumerate(ordered))


ROUNDS = st.lists(
    st.tuples(st.integers(1, 90), st.one_of(st.just(0.0), st.floats(0, 3), st.floats(0, 90))), min_size=1
)
PAUSES = ROUNDS.map(
    lambda rounds: [pause for calls, pause in rounds for pause in [pause] + [0.0] * (calls - 1)][:250]
)
"""Callers come in groups, after some pauses."""


@settings(deadline=None)
@given(pauses=PAUSES, method=st.sampled_from(["users.list", "chat.update", "views.open", "something.new"]))
def test_no_minute_sees_more_calls_than_are_published(pauses, method):
    times = [time for time, _ in calls(pauses, method)]

    assert most_within(60.0, times) <= PACES.get(method, TIER_2).calls


@settings(deadline=None)
@given(pauses=PAUSES, channels=st.integers(1, 40))
def test_no_channel_gets_two_messages_in_a_second_and_no_instant_more_than_the_burst(pauses, channels):
    sent = calls(pauses, POST, channels)

    assert all(
        most_within(1.0, [t for t, c in sent if c == channel]) == 1 for channel in {c for _, c in sent}
    )
    assert most_within(0.001, [t for t, _ in sent]) <= POSTING.burst


def test_two_thousand_messages_go_at_the_published_pace_and_never_above_it():
    times = [time for time, _ in calls([0.0] * 2000, POST, channels=2000)]

    assert most_within(60.0, times) <= 400
    assert most_within(0.001, times) <= 20
    assert len(times) / (max(times) / 60) >= 0.95 * 400


@settings(deadline=None)
@given(pauses=PAUSES)
def test_nobody_starves_the_last_one_is_through_as_soon_as_the_pace_allows(pauses):
    times = [time for time, _ in calls(pauses, "users.list")]

    longest = sum(pauses) + len(pauses) / TIER_2.per_second
    assert max(times) <= longest + TIER_2.per_s


@given(batch=st.integers(1, 40))
def test_who_came_first_is_let_through_first(batch):
    order: list[int] = []

    async def one(limiter: Limiter, number: int) -> None:
        await limiter.admit("T1", POST, f"U{number}")
        order.append(number)

    async def story() -> None:
        limiter = Limiter(patience_s=100)
        await asyncio.gather(*(one(limiter, number) for number in range(batch)))

    run(story())

    assert order == list(range(batch))


def test_who_would_wait_too_long_is_told_when_to_come_back():
    async def story() -> float:
        limiter = Limiter()
        for _ in range(TIER_3.calls):
            await limiter.admit("T1", "chat.update")
        with pytest.raises(TryLater) as refused:
            await limiter.admit("T1", "chat.update")
        assert now() == 0
        assert refused.value.retry_after_s is not None
        await asyncio.sleep(refused.value.retry_after_s)
        await limiter.admit("T1", "chat.update")
        return now()

    assert run(story()) == pytest.approx(TIER_3.per_s)


def test_a_queue_is_no_longer_than_everybody_in_it_is_patient():
    async def story() -> tuple[int, float]:
        limiter = Limiter()
        tasks = [asyncio.create_task(limiter.admit("T1", POST, f"U{n}")) for n in range(60)]
        done = await asyncio.gather(*tasks, return_exceptions=True)
        return sum(isinstance(one, TryLater) for one in done), now()

    refused, ended = run(story())

    through = 60 - refused
    assert through == POSTING.burst + int(PATIENCE_S * POSTING.per_second)
    assert ended <= PATIENCE_S


def test_workspaces_and_methods_do_not_wait_for_each_other():
    async def story() -> float:
        limiter = Limiter()
        for workspace in ("T1", "T2"):
            for method in ("users.list", "conversations.list"):
                for _ in range(TIER_2.calls):
                    await limiter.admit(workspace, method)
        return now()

    assert run(story()) == 0


@pytest.mark.parametrize("seconds", [0.5, 30.0])
def test_after_a_refusal_nothing_goes_before_its_end_and_then_slowly(seconds):
    async def story() -> list[float]:
        limiter = Limiter()
        limiter.refused("T1", POST, seconds)
        return [await persist(limiter, POST, f"U{n}") for n in range(5)]

    times = run(story())

    assert times[0] == pytest.approx(seconds)
    gaps = [later - earlier for earlier, later in pairwise(times)]
    assert gaps == pytest.approx([2 / POSTING.per_second] * 4)


def test_a_refusal_reaches_those_who_are_waiting_already():
    async def story() -> float:
        limiter = Limiter()
        for n in range(POSTING.burst):
            await limiter.admit("T1", POST, f"U{n}")
        waiting = asyncio.create_task(limiter.admit("T1", POST, "U99"))
        await asyncio.sleep(0.01)
        limiter.refused("T1", POST, 30)
        with pytest.raises(TryLater) as refused:
            await waiting
        return refused.value.retry_after_s or 0

    assert run(story()) == pytest.approx(30, abs=0.2)


@given(cancelled=st.sets(st.integers(0, 9)))
def test_who_gives_up_waiting_takes_nothing_and_holds_nobody_up(cancelled):
    async def story() -> int:
        limiter = Limiter(patience_s=100)
        await limiter.admit("T1", POST, "U1")
        tasks = [asyncio.create_task(limiter.admit("T1", POST, "U1")) for _ in range(10)]
        await asyncio.sleep(0.01)
        for number in cancelled:
            tasks[number].cancel()
        done = await asyncio.gather(*tasks, return_exceptions=True)
        assert now() <= (10 - len(cancelled)) * ONE_CHANNEL.per_s + 0.01
        return sum(one is None for one in done)

    assert run(story()) == 10 - len(cancelled)


def test_buckets_at_rest_are_dropped_and_busy_ones_kept():
    async def story() -> tuple[int, list[tuple[str, str, str]]]:
        limiter = Limiter()
        most = 0
        for n in range(20_000):
            await persist(limiter, POST, f"U{n}")
            most = max(most, len(limiter._queues._buckets))
        return most, [key for key in limiter._queues._buckets if not key[2]]

    most, whole = run(story())

    assert most <= ROOM
    assert whole == [("T1", POST, "")]
