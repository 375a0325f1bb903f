"""The platform listens both ways: what a person does in Slack reaches the bot, and its reply reaches them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal

import pytest
from aiohttp import web

from adapters.slack import Connection, SlackPlatform, connect
from bot.errors import Disconnected
from bot.talk.cards import Card, Text
from bot.talk.events import CommandUsed, Event, Private, Reply
from tests.platforms.slack import FakeSlack, Person

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

HELP = Card("Help", (Text("What I can do."),), "What I can do.")


class Bot:
    def __init__(self) -> None:
        self.events: list[Event] = []

    async def handle(self, event: Event) -> Reply:
        self.events.append(event)
        return Private(HELP)


def connection(slack: FakeSlack, mode: Literal["socket", "http"]) -> Connection:
    return Connection(
        bot_token=slack.bot_token,
        app_token=slack.app_token,
        signing_secrets=(slack.signing_secret,),
        api_url=slack.url,
        mode=mode,
    )


@asynccontextmanager
async def served(slack: FakeSlack, platform: SlackPlatform, bot: Bot) -> AsyncIterator[None]:
    """Serve the door over HTTP."""
    app = web.Application()
    platform.mount(app, bot.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield
    finally:
        await runner.cleanup()


@asynccontextmanager
async def listening(
    mode: Literal["socket", "http"], bot: Bot
) -> AsyncIterator[tuple[Person, asyncio.Task[None]]]:
    async with FakeSlack(limits=False) as slack:
        slack.add_user("U1")
        platform = connect(connection(slack, mode))
        if mode == "http":
            async with served(slack, platform, bot):
                running = asyncio.create_task(platform.run(bot.handle))
                yield slack.person("U1"), running
        else:
            running = asyncio.create_task(platform.run(bot.handle))
            await slack.until(lambda: slack.socket.connected)
            yield slack.person("U1"), running
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
        await platform.aclose()


@pytest.mark.parametrize("mode", ["socket", "http"])
def test_a_command_reaches_the_bot_and_its_reply_the_person(mode: Literal["socket", "http"]) -> None:
    async def story() -> None:
        bot = Bot()
        async with listening(mode, bot) as (lena, _):
            answer = await lena.says("/rapport help")
            assert answer.ok
            await lena.world.until(lena.ephemeral)

            (event,) = bot.events
            assert isinstance(event, CommandUsed)
            assert (event.source.workspace, event.source.user) == (lena.world.team, "U1")
            assert "What I can do." in lena.ephemeral()[0].words

    asyncio.run(story())


def test_a_socket_that_slack_does_not_open_ends_the_run_with_its_reason() -> None:
    async def story() -> None:
        async with FakeSlack(limits=False) as slack:
            known = Connection(bot_token=slack.bot_token, app_token="xapp-wrong", api_url=slack.url)
            platform = connect(known)
            try:
                await platform.run(Bot().handle)
            finally:
                await platform.aclose()

    with pytest.raises(Disconnected, match="invalid_auth"):
        asyncio.run(story())


def test_over_http_it_waits_and_a_door_without_a_secret_is_not_opened() -> None:
    async def story() -> None:
        platform = connect(Connection(mode="http"))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await platform.run(Bot().handle)
        with pytest.raises(ValueError, match="signing secret"):
            platform.mount(web.Application(), Bot().handle)

    asyncio.run(story())
