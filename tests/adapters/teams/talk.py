"""A conversation over the real route, the real SDK and the real connector, a fake Teams behind it, a bot by a script."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from adapters.teams.app import PATH
from adapters.teams.connect import connect
from adapters.teams.references import InMemory
from adapters.teams.send import TeamsPlatform
from tests.adapters.slack.front import Bot
from tests.adapters.teams.front import LENA, connection
from tests.platforms.teams import FakeTeams, Person

MARC = "0d5e7f00-0000-4000-8000-000000000002"


@dataclass
class Talk:
    fake: FakeTeams
    bot: Bot
    teams: TeamsPlatform
    channel: str
    """A channel that Lena and Marc read; its team has the app."""

    @property
    def lena(self) -> Person:
        return self.fake.person(LENA)

    @property
    def marc(self) -> Person:
        return self.fake.person(MARC)

    async def settle(self) -> None:
        await self.teams.shown()


@asynccontextmanager
async def talk(**more: Any) -> AsyncIterator[Talk]:
    """Open the whole way from Teams to the bot and back."""
    bot = Bot()
    async with FakeTeams(limits=False, **more) as fake:
        fake.add_user(LENA, name="Lena Vogt", installed=True)
        fake.add_user(MARC, name="Marc Weber")
        channel = fake.add_team(LENA, MARC)
        teams = connect(connection(fake), InMemory(), paced=False)
        app = web.Application()
        teams.mount(app, bot.handle)
        runner = web.AppRunner(app, shutdown_timeout=0.2, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        fake.messages_url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
        try:
            yield Talk(fake, bot, teams, channel.id)
        finally:
            await runner.cleanup()
            await teams.aclose()


def told(story: Callable[[Talk], Awaitable[None]], **more: Any) -> None:
    """Run a story, after which Teams had nothing to complain about."""

    async def run() -> None:
        async with talk(**more) as opened:
            await story(opened)
            await opened.settle()
            assert opened.fake.troubles == []

    asyncio.run(run())
