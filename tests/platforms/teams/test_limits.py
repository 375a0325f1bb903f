import asyncio
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fakes import FakeClock
from tests.platforms.teams.limits import EVERYTHING, SENDING, Limits
from tests.platforms.teams.talking import message, talking

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@given(st.lists(st.floats(0, 0.5), max_size=120))
def test_whoever_waits_as_told_never_exceeds_a_published_window(pauses: list[float]) -> None:
    now, taken = 0.0, []
    limits = Limits(lambda: now)
    for pause in pauses:
        now += pause
        while wait := limits.exact("post", "t", "c", now):
            now += wait
        taken.append(now)

    for most, seconds in SENDING:
        assert all(
            later - earlier > seconds - 1e-6 for earlier, later in zip(taken, taken[most:], strict=False)
        )


def test_eight_messages_at_once_are_one_too_many_and_another_conversation_is_not_held_up() -> None:
    limits = Limits(lambda: 100.0)

    assert [limits.wait("post", "t", "one") for _ in range(8)] == [0] * 7 + [1]
    assert limits.wait("post", "t", "another") == 0


def test_a_tenant_has_fifty_calls_a_second_whatever_they_are() -> None:
    limits = Limits(lambda: 100.0)
    waits = [limits.wait("member" if n % 2 else "post", "t", f"c{n}") for n in range(51)]

    assert EVERYTHING == ((50, 1.0),)
    assert waits == [0] * 50 + [1]
    assert limits.wait("post", "another", "c") == 0


def test_who_is_too_fast_is_told_how_long_to_wait_and_then_served() -> None:
    async def run() -> None:
        clock = FakeClock()
        async with talking(clock=clock, limits=True) as (fake, client, _):
            place = fake.personal(fake.add_user("lena", installed=True))
            answers = [await client.post(place.id, message(str(n))) for n in range(8)]
            wait = int(client.headers["Retry-After"])
            clock.advance(timedelta(seconds=wait))
            after = await client.post(place.id, message("after"))

            assert [status for status, _ in answers] == [201] * 7 + [429]
            assert after[0] == 201

    asyncio.run(run())
