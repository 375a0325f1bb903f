"""Socket Mode against the fake Slack: what comes is taken once committed, and no silence is believed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from adapters.slack.app import listener
from adapters.slack.limiter import Limiter
from adapters.slack.render import message
from adapters.slack.socket import SocketMode, Timing, Unreachable
from adapters.slack.tokens import OneToken
from adapters.slack.web import Rejected, Web, Wire
from bot.errors import Disconnected
from bot.talk.events import CommandUsed, Event, Invalid, OpenForm, Private, Replace
from tests.adapters.slack.front import FORM, LENA, QUESTION, Bot, plain
from tests.platforms.slack import FakeSlack, Person
from tests.platforms.slack.faults import hang, refuse, slow_down, unavailable

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

QUICK = Timing(
    hello_s=0.3,
    ping_s=0.02,
    silent_s=0.15,
    linger_s=0.3,
    steady_s=0.05,
    pause_s=0.01,
    longest_pause_s=0.02,
    attempts=4,
    drain_s=2.0,
    farewell_s=0.05,
)


@dataclass
class Plugged:
    fake: FakeSlack
    bot: Bot
    mode: SocketMode
    running: asyncio.Task[None]

    @property
    def lena(self) -> Person:
        return self.fake.person(LENA)

    async def connected(self, hellos: int = 1) -> None:
        await self.fake.until(lambda: self.fake.socket.hellos >= hellos and self.fake.socket.connected)

    async def sends(self) -> None:
        shown = message(QUESTION)
        await self.mode.app.web.call(
            self.fake.team, "chat.postMessage", channel=LENA, text=shown.text, blocks=shown.blocks
        )

    async def settle(self) -> None:
        await self.mode.app.settle()


@asynccontextmanager
async def plugged(timing: Timing = QUICK) -> AsyncIterator[Plugged]:
    async with FakeSlack(limits=False) as fake:
        fake.add_user(LENA, name="lena")
        bot = Bot()
        web = Web(OneToken(fake.bot_token), Wire(fake.url), Limiter())
        mode = SocketMode(listener(web, bot.handle), fake.app_token, fake.url, timing, chance=lambda: 0.5)
        running = asyncio.create_task(mode.run())
        try:
            yield Plugged(fake, bot, mode, running)
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await web.aclose()


def told(story: Callable[[Plugged], Awaitable[None]], timing: Timing = QUICK) -> None:
    async def run() -> None:
        async with asyncio.timeout(20), plugged(timing) as plug:
            await plug.connected()
            await story(plug)

    asyncio.run(run())


def acked(plug: Plugged) -> list[str]:
    return [str(ack["envelope_id"]) for ack in plug.fake.socket.acks]


# --- what comes --------------------------------------------------------------------------------------------


def test_events_commands_presses_and_forms_come_by_the_socket_and_are_answered():
    async def story(plug: Plugged) -> None:
        plug.bot.replies |= {
            "results": Private(plain("The result")),
            "tap": OpenForm(FORM),
            "save": Invalid({"comment": "Please shorten it."}),
        }
        await plug.sends()
        assert (await plug.lena.says("/rapport results")).ok
        assert (await plug.lena.presses(plug.lena.messages()[0], "Well")).ok
        await plug.settle()
        await plug.lena.submits({"comment": "x"})

        assert plug.lena.errors == {"comment": "Please shorten it."}
        assert [seen.title for seen in plug.lena.sees()] == ["A question", "The result"]

        plug.bot.replies["save"] = Replace(plain("Saved"))
        await plug.lena.submits({"comment": "y"})
        await plug.settle()

        assert plug.lena.modal() is None
        assert "Saved" in [seen.title for seen in plug.lena.sees()]
        assert plug.lena.troubles == []

    told(story)


def test_an_envelope_is_acknowledged_only_once_it_is_committed():
    async def story(plug: Plugged) -> None:
        commit = asyncio.Event()
        plug.bot.work = lambda _: commit.wait()
        saying = asyncio.create_task(plug.lena.says("help"))
        await asyncio.sleep(0.1)
        assert (len(plug.bot.events), acked(plug)) == (1, [])

        commit.set()

        assert (await saying).ok

    told(story)


def test_an_envelope_that_we_failed_to_handle_is_not_acknowledged_and_comes_again():
    async def story(plug: Plugged) -> None:
        async def once(_: Event) -> None:
            plug.bot.work = None
            raise RuntimeError("the disk is full")

        plug.bot.work = once
        plug.fake.reach.patience_s = 0.2
        await plug.lena.says("help")
        await plug.fake.events.settle()

        first, second = plug.bot.events
        assert first.source.event == second.source.event

    told(story)


def test_a_redelivered_envelope_has_the_same_identity():
    async def story(plug: Plugged) -> None:
        await plug.lena.says("/rapport results")
        await plug.fake.reach.again()

        assert len(plug.bot.events) == 2
        assert len({event.source.event for event in plug.bot.events}) == 1

    told(story)


def test_a_slow_envelope_holds_up_no_other():
    async def story(plug: Plugged) -> None:
        release = asyncio.Event()

        async def slow(event: Event) -> None:
            if isinstance(event, CommandUsed) and event.name == "results":
                await release.wait()

        plug.bot.work = slow
        slow_one = asyncio.create_task(plug.lena.says("/rapport results"))
        fast_one = await plug.lena.says("help")

        assert fast_one.ok
        assert not slow_one.done()
        release.set()
        assert (await slow_one).ok

    told(story)


@pytest.mark.parametrize(
    "noise",
    ["{", "[]", '"x"', "{}", '{"type": "news"}', '{"envelope_id": 5, "payload": {}}', '{"envelope_id": "e"}'],
)
def test_noise_on_the_line_is_overheard(noise):
    async def story(plug: Plugged) -> None:
        for connection in plug.fake.socket.connections:
            await connection.send_str(noise)

        assert (await plug.lena.says("help")).ok
        assert plug.fake.socket.hellos == 1

    told(story)


# --- what breaks -------------------------------------------------------------------------------------------


def test_slack_is_asked_again_when_it_refuses_to_open_a_connection():
    async def run() -> None:
        async with plugged() as plug:
            plug.fake.faults.next(
                "apps.connections.open", unavailable(503), slow_down("1"), refuse("internal_error")
            )
            await plug.connected()

            assert [call.outcome for call in plug.fake.calls] == [
                "503",
                "ratelimited",
                "internal_error",
                "ok",
            ]
            assert (await plug.lena.says("help")).ok

    asyncio.run(run())


def test_when_no_connection_comes_about_the_run_ends_for_its_supervisor():
    async def run() -> None:
        async with plugged() as plug:
            plug.fake.faults.always("apps.connections.open", unavailable(503))
            with pytest.raises(Unreachable, match="4 attempts"):
                await asyncio.wait_for(plug.running, 5)

            assert len(plug.fake.calls) == QUICK.attempts

    asyncio.run(run())


def test_after_a_drop_and_refusals_the_run_ends_too_and_never_sits_there_deaf():
    """The failure that the SDK's client was reported for: it stays broken once a reconnect has failed."""

    async def story(plug: Plugged) -> None:
        plug.fake.faults.always("apps.connections.open", refuse("fatal_error"))
        plug.fake.socket.drop()

        with pytest.raises(Unreachable):
            await asyncio.wait_for(plug.running, 5)

    told(story)


def test_a_token_that_slack_does_not_take_ends_the_run_at_once():
    async def run() -> None:
        async with plugged() as plug:
            plug.fake.faults.always("apps.connections.open", refuse("invalid_auth"))
            with pytest.raises(Disconnected, match="invalid_auth"):
                await asyncio.wait_for(plug.running, 5)

            assert len(plug.fake.calls) == 1

    asyncio.run(run())


def test_a_connection_that_is_cut_is_opened_anew_and_hears_again():
    async def story(plug: Plugged) -> None:
        plug.fake.socket.drop()
        await plug.connected(2)

        assert (await plug.lena.says("help")).ok

    told(story)


def test_a_connection_that_slack_closes_in_order_is_opened_anew():
    async def story(plug: Plugged) -> None:
        await plug.fake.socket.disconnect("refresh_requested")
        await plug.connected(2)

        assert (await plug.lena.says("help")).ok

    told(story)


def test_after_a_warning_the_next_connection_is_open_before_the_last_is_closed():
    async def story(plug: Plugged) -> None:
        await plug.fake.socket.disconnect("warning")
        await plug.connected(2)

        assert len(plug.fake.socket.connections) == 2
        assert (await plug.lena.says("help")).ok
        await plug.fake.until(lambda: len(plug.fake.socket.connections) == 1)
        assert (await plug.lena.says("help")).ok

    told(story)


def test_a_connection_that_answers_no_ping_is_left_for_a_new_one():
    async def story(plug: Plugged) -> None:
        plug.fake.socket.silence(deaf=True)
        await plug.connected(2)
        plug.fake.socket.speak()

        assert (await plug.lena.says("help")).ok

    told(story)


def test_a_quiet_connection_that_answers_pings_is_kept():
    async def story(plug: Plugged) -> None:
        await asyncio.sleep(3 * QUICK.silent_s)

        assert plug.fake.socket.hellos == 1

    told(story)


def test_a_connection_that_answers_pings_but_brings_nothing_is_left_after_its_time():
    """What was reported of real workspaces: pings are answered and events never arrive (bolt-python 1529)."""

    async def story(plug: Plugged) -> None:
        plug.fake.socket.silence()
        await plug.connected(2)
        plug.fake.socket.speak()

        assert (await plug.lena.says("help")).ok

    told(story, replace(QUICK, refresh_s=0.2))


def test_a_connection_without_a_hello_is_no_connection(monkeypatch):
    async def nothing(*_: Any) -> None:
        return None

    async def run() -> None:
        async with plugged() as plug:
            monkeypatch.setattr(plug.fake.socket, "_hello", nothing)
            with pytest.raises(Unreachable):
                await asyncio.wait_for(plug.running, 10)

    asyncio.run(run())


def test_the_run_can_be_ended_while_an_opening_hangs():
    async def run() -> None:
        async with plugged() as plug:
            plug.fake.faults.always("apps.connections.open", hang())
            await asyncio.sleep(0.05)
            plug.running.cancel()
            await asyncio.wait_for(asyncio.gather(plug.running, return_exceptions=True), 2)

            assert plug.running.cancelled()

    asyncio.run(run())


@pytest.mark.parametrize("url", ["https://elsewhere.example", "ws://elsewhere.example/link", "", None, 5])
def test_slack_cannot_send_us_elsewhere_in_the_clear(url):
    mode = SocketMode(None, "xapp", "http://127.0.0.1:1/api/")  # type: ignore[arg-type] -- nothing is dispatched

    with pytest.raises(Rejected, match="invalid_url"):
        mode._url({"url": url})
    assert mode._url({"url": "wss://wss-primary.slack.com/link"}) == "wss://wss-primary.slack.com/link"


# --- the end -----------------------------------------------------------------------------------------------


def test_at_the_end_what_has_begun_is_committed_and_acknowledged():
    async def story(plug: Plugged) -> None:
        commit = asyncio.Event()
        plug.bot.work = lambda _: commit.wait()
        saying = asyncio.create_task(plug.lena.says("help"))
        await asyncio.sleep(0.05)
        plug.running.cancel()
        await asyncio.sleep(0.05)
        assert not plug.running.done()

        commit.set()

        assert (await saying).ok
        await asyncio.gather(plug.running, return_exceptions=True)
        assert plug.running.cancelled()

    told(story)


def test_the_end_does_not_wait_for_ever():
    async def story(plug: Plugged) -> None:
        plug.bot.work = lambda _: asyncio.Event().wait()
        plug.fake.reach.patience_s = 0.3
        hanging = asyncio.create_task(plug.lena.says("/rapport help"))
        await asyncio.sleep(0.05)
        plug.running.cancel()
        await asyncio.wait_for(asyncio.gather(plug.running, return_exceptions=True), 2)

        assert not (await hanging).ok

    told(story, replace(QUICK, drain_s=0.1))


def test_pauses_grow_are_spread_and_end():
    timing = Timing()
    pauses = [timing.pause(failures, 1.0) for failures in range(1, timing.attempts)]

    assert pauses == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert timing.pause(3, 0.0) == 1.0
