"""Never above what is published, and never much below what we allow ourselves; in time that takes none."""

import asyncio
from bisect import bisect_left
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.pacing import ROOM
from adapters.teams.limiter import TENANT, Limiter
from bot.errors import TryLater
from tests.adapters.virtual import run

PUBLISHED = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
"""For one conversation; learn.microsoft.com, ``bots/how-to/rate-limit``."""


def now() -> float:
    return asyncio.get_running_loop().time()


async def persist(limiter: Limiter, conversation: str, tenant: str = "T") -> float:
    """Come back whenever told to, as the outbox does; return when the call was made."""
    while True:
        try:
            await limiter.admit(tenant, conversation)
        except TryLater as later:
            await asyncio.sleep(0.7 if later.retry_after_s is None else later.retry_after_s)
        else:
            return now()


def calls(pauses: Sequence[float], conversations: int) -> list[tuple[float, str]]:
    async def one(limiter: Limiter, conversation: str) -> tuple[float, str]:
        return await persist(limiter, conversation), conversation

    async def story() -> list[tuple[float, str]]:
        limiter, tasks = Limiter(), []
        for number, pause in enumerate(pauses):
            await asyncio.sleep(pause)
            tasks.append(asyncio.create_task(one(limiter, f"a:{number % conversations}")))
        return list(await asyncio.gather(*tasks))

    return run(story())


def most_within(seconds: float, times: Sequence[float]) -> int:
    ordered = sorted(times)
    return max(bisect_left(ordered, start + seconds) - first for first, start in enumerate(ordered))


ROUNDS = st.lists(
    st.tuples(st.integers(1, 60), st.one_of(st.just(0.0), st.floats(0, 3), st.floats(0, 90))), min_size=1
)
PAUSES = ROUNDS.map(
    lambda rounds: [pause for calls, pause in rounds for pause in [pause] + [0.0] * (calls - 1)][:120]
)


@settings(deadline=None, max_examples=25)
@given(pauses=PAUSES, conversations=st.integers(1, 5))
def test_no_conversation_and_no_tenant_gets_more_than_is_published_in_any_stretch(pauses, conversations):
    sent = calls(pauses, conversations)

    for conversation in {each for _, each in sent}:
        times = [time for time, each in sent if each == conversation]
        assert all(most_within(seconds, times) <= most for most, seconds in PUBLISHED)
        assert most_within(1.0, times) <= 5
    assert most_within(1.0, [time for time, _ in sent]) <= 40


def test_even_an_hour_of_constant_talk_in_one_conversation_stays_below_the_hourly_limit():
    async def story() -> list[float]:
        limiter = Limiter()
        return [await persist(limiter, "a:1") for _ in range(2_000)]

    times = run(story())

    assert most_within(3600.0, times) <= 1800
    assert most_within(30.0, times) <= 60


def test_a_fan_out_reaches_nearly_all_of_what_we_allow_ourselves_and_never_more():
    times = [time for time, _ in calls([0.0] * 2_000, conversations=2_000)]

    assert most_within(1.0, times) <= 40
    assert most_within(0.001, times) <= TENANT.burst
    assert len(times) / max(times) >= 0.95 * 40


def test_a_busy_conversation_holds_up_nobody_else_and_says_not_when_to_come_back():
    async def story() -> float | None:
        limiter = Limiter()
        for _ in range(60):
            await persist(limiter, "a:busy")
        with pytest.raises(TryLater) as refused:
            await limiter.admit("T", "a:busy")
        before = now()
        await limiter.admit("T", "a:other")
        assert now() == before
        return refused.value.retry_after_s

    assert run(story()) is None


def test_a_tenant_that_must_wait_says_until_when():
    async def story() -> float:
        limiter = Limiter()
        limiter.refused("T", 30.0)
        with pytest.raises(TryLater) as refused:
            await limiter.admit("T", "a:1")
        await limiter.admit("U", "a:1")
        assert now() == 0
        assert refused.value.retry_after_s is not None
        await asyncio.sleep(refused.value.retry_after_s)
        await limiter.admit("T", "a:1")
        return now()

    assert run(story()) == 30.0


def test_who_gives_up_waiting_has_taken_nothing():
    async def story() -> float:
        limiter = Limiter(patience_s=100)
        for _ in range(5):
            await limiter.admit("T", "a:1")
        impatient = asyncio.create_task(limiter.admit("T", "a:1"))
        await asyncio.sleep(0)
        impatient.cancel()
        await asyncio.gather(impatient, return_exceptions=True)
        return await persist(limiter, "a:1")

    assert run(story()) == pytest.approx(1.05)


def test_conversations_at_rest_are_forgotten():
    async def story() -> int:
        limiter, most = Limiter(), 0
        for n in range(20_000):
            await persist(limiter, f"a:{n}")
            most = max(most, len(limiter._queues))
        return most

    assert run(story()) <= 32 * ROOM  # of 60,000 that there ever were


def test_without_a_pace_nobody_waits():
    async def story() -> float:
        limiter = Limiter(paced=False)
        for _ in range(5_000):
            await limiter.admit("T", "a:1")
        return now()

    assert run(story()) == 0
