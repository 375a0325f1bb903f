"""An app that listens to the fake over HTTP, says what the test tells it to, and keeps what it heard."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from slack_sdk.signature import Clock, SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient
from typing_extensions import override

from tests.platforms.slack.people import Json
from tests.platforms.slack.server import FakeSlack


@dataclass(frozen=True)
class Heard:
    payload: Json
    headers: dict[str, str]
    signed: bool


Says = Callable[[Heard], Any]


def nothing(_heard: Heard) -> Any:
    return None


@dataclass
class Listener:
    """What reached the app, and ``says``, which gives a body, a status, or ``None`` for an empty 200."""

    fake: FakeSlack
    client: AsyncWebClient
    session: aiohttp.ClientSession
    says: Says = nothing
    heard: list[Heard] = field(default_factory=list)
    slow_s: float = 0.0

    def kinds(self) -> list[str]:
        return [str(heard.payload.get("type", heard.payload.get("command"))) for heard in self.heard]

    async def take(self, request: web.Request) -> web.StreamResponse:
        body = await request.text()
        verifier = SignatureVerifier(self.fake.signing_secret, clock=_Clock(self.fake))
        form = dict(await request.post())
        payload = json.loads(str(form["payload"])) if "payload" in form else form or json.loads(body)
        self.heard.append(
            Heard(payload, dict(request.headers), verifier.is_valid_request(body, dict(request.headers)))
        )
        if self.slow_s:
            await asyncio.sleep(self.slow_s)
        answer = self.says(self.heard[-1])
        if isinstance(answer, int):
            return web.Response(status=answer)
        return web.Response() if answer is None else web.json_response(answer)


class _Clock(Clock):
    def __init__(self, fake: FakeSlack) -> None:
        self.fake = fake

    @override
    def now(self) -> float:
        return self.fake.now()


@asynccontextmanager
async def listening(*, timeout_s: float = 10.0, **more: Any) -> AsyncIterator[Listener]:
    """A fake without limits (unless asked for), an app connected by HTTP, and the app's client."""
    fake = FakeSlack(**{"limits": False, **more})
    async with fake, aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=timeout_s)) as session:
        client = AsyncWebClient(fake.bot_token, base_url=fake.url, session=session, retry_handlers=[])
        listener = Listener(fake, client, session)
        app = web.Application()
        app.router.add_post("/slack/events", listener.take)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        fake.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        try:
            yield listener
        finally:
            await fake.events.stop()
            await runner.cleanup()
