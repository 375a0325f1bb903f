"""The token that the connector is called with: MSAL itself, over HTTP to a fake that hands tokens out."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from adapters.teams.tokens import DUE, RESOURCE, REST, SCOPE, Tokens
from bot.errors import Disconnected, TryLater
from tests.adapters.teams.front import connection
from tests.fakes import FakeClock
from tests.platforms.teams import FakeTeams, faults

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

LIFE = timedelta(seconds=3599)

Story = Callable[[FakeTeams, Tokens, FakeClock], Awaitable[None]]


def told(story: Story, *, timeout_s: float = 5.0, **more: Any) -> None:
    async def run() -> None:
        clock = FakeClock()
        async with FakeTeams() as fake:
            tokens = Tokens(connection(fake, **more), clock, timeout_s=timeout_s)
            try:
                await story(fake, tokens, clock)
            finally:
                await tokens.aclose()

    asyncio.run(run())


def test_a_token_is_asked_for_once_and_then_kept() -> None:
    async def story(fake: FakeTeams, tokens: Tokens, _: FakeClock) -> None:
        found = {await tokens.token() for _ in range(3)}
        found |= set(await asyncio.gather(*(tokens.token() for _ in range(20))))

        assert found == fake.tokens
        (asked,) = fake.asked_for_tokens
        assert (asked["tenant"], asked["client_id"], asked["scope"]) == (fake.tenant, fake.app_id, SCOPE)

    told(story)


def test_who_comes_at_the_same_time_waits_for_the_same_token() -> None:
    async def story(fake: FakeTeams, tokens: Tokens, _: FakeClock) -> None:
        found = await asyncio.gather(*(tokens.token() for _ in range(20)))

        assert {*found} == fake.tokens
        assert len(fake.asked_for_tokens) == 1

    told(story)


def test_a_token_is_renewed_before_it_ends_and_nobody_waits_for_that() -> None:
    async def story(fake: FakeTeams, tokens: Tokens, clock: FakeClock) -> None:
        first = await tokens.token()
        clock.advance(LIFE - DUE + timedelta(seconds=1))
        fake.faults.next("token", faults.hang())  # whoever waited for the renewal would wait in vain
        assert await tokens.token() == first
        assert await tokens.token() == first

    told(story)


def test_the_renewed_token_is_used_from_then_on() -> None:
    async def story(fake: FakeTeams, tokens: Tokens, clock: FakeClock) -> None:
        first = await tokens.token()
        clock.advance(LIFE - DUE + timedelta(seconds=1))
        await tokens.token()
        assert tokens._renewal is not None
        await tokens._renewal
        second = await tokens.token()

        assert {first, second} == fake.tokens
        assert first != second

    told(story)


def test_a_failure_to_renew_stops_nobody_while_the_old_one_is_good_and_is_not_tried_again_at_once() -> None:
    async def story(fake: FakeTeams, tokens: Tokens, clock: FakeClock) -> None:
        first = await tokens.token()
        clock.advance(LIFE - DUE + timedelta(seconds=1))
        fake.faults.always("token", faults.unavailable(503))
        await tokens.token()
        assert tokens._renewal is not None
        await asyncio.wait([tokens._renewal])
        assert await tokens.token() == first
        assert tokens._renewal is None

        clock.advance(REST)
        assert await tokens.token() == first
        assert tokens._renewal is not None
        await asyncio.wait([tokens._renewal])
        clock.advance(DUE)
        with pytest.raises(TryLater):
            await tokens.token()

        fake.faults.clear()
        assert await tokens.token() != first

    told(story)


def test_a_token_that_was_refused_is_replaced_once() -> None:
    async def story(fake: FakeTeams, tokens: Tokens, _: FakeClock) -> None:
        spent = await tokens.token()
        renewed = await asyncio.gather(*(tokens.renew(spent) for _ in range(5)))

        assert spent not in renewed
        assert len({*renewed}) == 1
        assert len(fake.tokens) == 2

    told(story)


@pytest.mark.parametrize(
    "fault", [faults.unavailable(503), faults.reset(), faults.Fault("answer", 200, "<html>")]
)
def test_trouble_on_the_way_is_worth_another_attempt(fault: faults.Fault) -> None:
    async def story(fake: FakeTeams, tokens: Tokens, _: FakeClock) -> None:
        fake.faults.next("token", fault)
        with pytest.raises(TryLater):
            await tokens.token()

        assert await tokens.token() in fake.tokens

    told(story)


def test_who_hangs_is_given_up_and_the_loop_goes_on_meanwhile() -> None:
    async def story(fake: FakeTeams, tokens: Tokens, _: FakeClock) -> None:
        fake.faults.next("token", faults.hang())
        asked = asyncio.create_task(tokens.token())
        turns = 0
        while not asked.done():
            turns += 1
            await asyncio.wait([asked], timeout=0.01)

        assert turns > 3
        with pytest.raises(TryLater):
            await asked

    told(story, timeout_s=0.1)


@pytest.mark.parametrize(
    "wrong", [{"secret": "another-secret"}, {"app_id": "another-app"}, {"tenants": ("another",)}]
)
def test_an_app_that_is_not_let_in_is_disconnected(wrong: dict[str, Any], canary: Any) -> None:
    async def story(fake: FakeTeams, tokens: Tokens, _: FakeClock) -> None:
        await tokens.warm()
        with pytest.raises(Disconnected):
            await tokens.token()

    told(story, **wrong)
    assert not any("another-secret" in line for line in canary.lines)


def test_a_managed_identity_gets_its_token_without_a_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(fake: FakeTeams, tokens: Tokens, _: FakeClock) -> None:
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"{fake.base}/msi/token")
        monkeypatch.setenv("IDENTITY_HEADER", fake.secret)
        assert await tokens.token() in fake.tokens

        (asked,) = fake.asked_for_tokens
        assert (asked["resource"], asked["client_id"]) == (RESOURCE, fake.app_id)

    told(story, kind="managed_identity", secret="")


def test_no_error_tells_the_secret(canary: Any) -> None:
    async def story(fake: FakeTeams, tokens: Tokens, _: FakeClock) -> None:
        fake.faults.next("token", faults.reset())
        with pytest.raises(TryLater) as failed:
            await tokens.token()

        assert failed.value.__cause__ is None
        assert fake.secret not in repr(failed.value)
        assert fake.secret not in repr(tokens.__dict__)

    told(story)
    assert not any(FakeTeams.secret in line for line in canary.lines)


def test_a_thread_that_is_stuck_elsewhere_than_in_the_network_is_not_waited_for_either() -> None:
    stuck = threading.Event()

    async def story(_: FakeTeams, tokens: Tokens, __: FakeClock) -> None:
        tokens._acquire = lambda: {"error": str(stuck.wait(10))}
        try:
            with pytest.raises(TryLater):
                await asyncio.wait_for(tokens.token(), 3)
        finally:
            stuck.set()

    told(story, timeout_s=0.05)
