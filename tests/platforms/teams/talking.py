"""A client of the connector's routes, and a bot that answers by a script, for the fake's own tests."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import aiohttp
from aiohttp import web

from tests.platforms.teams import FakeTeams
from tests.platforms.teams.connector import CARD
from tests.platforms.teams.people import Json


def card(*body: Json, actions: tuple[Json, ...] = ()) -> Json:
    return {"type": "AdaptiveCard", "version": "1.5", "body": list(body), "actions": list(actions)}


def attached(content: Json) -> Json:
    return {"contentType": CARD, "content": content}


def message(text: str = "", *cards: Json, **more: Any) -> Json:
    return {"type": "message", "text": text, "attachments": [attached(one) for one in cards], **more}


@dataclass
class Client:
    """Calls the connector as an app does."""

    fake: FakeTeams
    session: aiohttp.ClientSession
    token: str

    async def call(self, method: str, path: str, body: Json | None = None, **query: str) -> tuple[int, Any]:
        async with self.session.request(
            method,
            f"{self.fake.service_url}v3/conversations{path}",
            json=body,
            params=query,
            headers={"Authorization": f"Bearer {self.token}"},
        ) as answer:
            self.headers = answer.headers
            return answer.status, await answer.json() if answer.content_type == "application/json" else None

    async def post(
        self, conversation: str, activity: Json, reply_to: str = "", **query: str
    ) -> tuple[int, Any]:
        path = f"/{quote(conversation, safe='')}/activities"
        return await self.call("POST", path + (f"/{reply_to}" if reply_to else ""), activity, **query)

    async def update(self, conversation: str, named: str, activity: Json) -> tuple[int, Any]:
        return await self.call("PUT", f"/{quote(conversation, safe='')}/activities/{named}", activity)

    async def create(self, member: str, **more: Any) -> tuple[int, Any]:
        wanted = {
            "bot": self.fake.bot,
            "members": [{"id": member}],
            "isGroup": False,
            "tenantId": self.fake.tenant,
            **more,
        }
        return await self.call("POST", "", wanted)


Work = Callable[[Json], Awaitable[Any]]


@dataclass
class Scripted:
    """A bot's endpoint: ``work`` decides what an activity is answered with."""

    heard: list[Json] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    work: Work | None = None
    status: int = 200

    async def handle(self, request: web.Request) -> web.Response:
        activity = await request.json()
        self.heard.append(activity)
        self.tokens.append(request.headers["Authorization"].removeprefix("Bearer "))
        body = await self.work(activity) if self.work is not None else None
        if body is None:
            return web.Response(status=self.status)
        return web.json_response(body, status=self.status)


@asynccontextmanager
async def talking(**more: Any) -> AsyncIterator[tuple[FakeTeams, Client, Scripted]]:
    """Run a fake, a client of its connector, and a bot that it can tell something."""
    bot = Scripted()
    app = web.Application()
    app.router.add_post("/api/messages", bot.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    async with FakeTeams(**{"limits": False, **more}) as fake, aiohttp.ClientSession() as session:
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        fake.messages_url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages"
        try:
            yield fake, Client(fake, session, fake.grant()), bot
        finally:
            await runner.cleanup()
