"""The front door of the adapter on a real server, a fake Teams behind it, and a turn that records."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from adapters.inbound import Json
from adapters.teams.app import PATH, Front, Showing, mount
from adapters.teams.connection import Connection
from adapters.teams.guard import Guard
from adapters.teams.sdk import Answer, Sdk
from tests.fakes import FakeClock
from tests.platforms.teams import Answer as Heard
from tests.platforms.teams import FakeTeams, Person

LENA = "0d5e7f00-0000-4000-8000-000000000001"


def connection(fake: FakeTeams, **more: Any) -> Connection:
    """Return what an app needs that talks to a fake."""
    usual = {
        "app_id": fake.app_id,
        "secret": fake.secret,
        "tenants": (fake.tenant,),
        "service_urls": (fake.service_url,),
        "login_url": fake.login_url,
        "openid_url": fake.openid_url,
    }
    return Connection(**{**usual, **more})


@dataclass
class Recorded:
    """Keeps every activity; ``answers`` by name of an invoke, ``work`` before it, ``showing`` beside it."""

    activities: list[Json] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    work: Callable[[Json], Awaitable[None]] | None = None
    showing: Callable[[Json], Showing] | None = None

    async def take(self, activity: Json) -> tuple[Answer | None, Showing | None]:
        self.activities.append(activity)
        if self.work is not None:
            await self.work(activity)
        showing = self.showing(activity) if self.showing is not None else None
        return self.answers.get(str(activity.get("name"))), showing


@dataclass
class Door:
    fake: FakeTeams
    front: Front
    recorded: Recorded
    clock: FakeClock

    @property
    def lena(self) -> Person:
        return self.fake.person(LENA)

    @property
    def activities(self) -> list[Json]:
        return self.recorded.activities

    def said(self, **more: Any) -> Json:
        """Return an activity that is to be tampered with."""
        place = self.fake.open_for(LENA)
        assert place is not None
        return self.lena.make.message(place, "hello") | more

    async def posts(self, activity: Json, authorization: str | None = None, **claims: Any) -> Heard:
        """Post an activity under a token with these claims, or under another authorization; empty: none."""
        headers = self.fake.reach.signed(activity, **claims)
        if authorization is not None:
            headers["Authorization"] = authorization
        if not headers["Authorization"]:
            del headers["Authorization"]
        return await self.fake.reach.raw(json.dumps(activity).encode(), headers)


@asynccontextmanager
async def door(*, cold: bool = False, local: bool = False, **more: Any) -> AsyncIterator[Door]:
    """Open the front door; ``cold``: nothing was loaded before the first request, ``local``: without an app id."""
    clock, recorded = FakeClock(), Recorded()
    async with FakeTeams(limits=False) as fake:
        fake.add_user(LENA, name="Lena Vogt", installed=True)
        if local:
            more |= {"app_id": "", "secret": "", "insecure_local": True}
        known = connection(fake, **more)
        front = Front(Sdk(known, clock), Guard(known), recorded.take)
        app = web.Application()
        mount(app, front)
        if cold:
            app.on_startup.clear()
        runner = web.AppRunner(app, shutdown_timeout=0.2, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        fake.messages_url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
        try:
            yield Door(fake, front, recorded, clock)
        finally:
            await runner.cleanup()


def told(story: Callable[[Door], Awaitable[None]], **more: Any) -> None:
    """Run a story at the front door."""

    async def run() -> None:
        async with door(**more) as opened:
            await story(opened)

    asyncio.run(run())
