"""A server on which the app can be installed, a fake Slack behind it, and administrators with browsers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from http.cookies import Morsel, SimpleCookie
from urllib.parse import parse_qs, urlsplit

import aiohttp
from aiohttp import web
from typing_extensions import override

from adapters.installations import SlackInstallations
from adapters.slack import oauth
from adapters.slack.app import SlackApp, listener
from adapters.slack.app import mount as mount_events
from adapters.slack.guard import Guard
from adapters.slack.oauth import OAuth
from adapters.slack.renewal import Renewal
from adapters.slack.send import Connection, SlackPlatform
from adapters.slack.tokens import InstalledTokens, forgetting
from adapters.slack.web import Wire
from bot import dispatch
from bot.store.store import Store
from bot.talk.events import Event, Reply
from tests.fakes import FakeClock
from tests.platforms.slack import FakeSlack
from tests.platforms.slack.people import Json

BASE = "https://rapport.example.org"
"""Where people reach the server; the browser knows that it stands on this machine."""


@dataclass
class Page:
    """What a browser got."""

    status: int
    text: str
    headers: dict[str, str]
    cookies: dict[str, Morsel[str]]

    @property
    def location(self) -> str:
        return self.headers.get("Location", "")

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.location).query).items()}


@dataclass
class Browser:
    """Keeps the cookies of our server, and follows no redirect by itself."""

    session: aiohttp.ClientSession
    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    async def opens(self, url: str) -> Page:
        ours = url.startswith((BASE, "/"))
        at = f"http://127.0.0.1:{self.port}{url.removeprefix(BASE)}" if ours else url
        sent = (
            {"Cookie": "; ".join(f"{n}={v}" for n, v in self.cookies.items())}
            if ours and self.cookies
            else {}
        )
        async with self.session.get(at, headers=sent, allow_redirects=False) as response:
            jar = SimpleCookie("; ".join(response.headers.getall("Set-Cookie", [])))
            page = Page(response.status, await response.text(), dict(response.headers), dict(jar))
        for name, morsel in page.cookies.items():
            self.cookies[name] = morsel.value
        return page

    async def begins(self) -> str:
        """Start an installation, agree or not at Slack, and return where Slack sends the browser."""
        consent = await self.opens("/slack/install")
        return (await self.opens(consent.location)).location

    async def installs(self) -> Page:
        return await self.opens(await self.begins())


class KeptAnswers(Wire):
    """A wire that remembers what Slack granted, so that a test can search for it."""

    granted: list[str]

    @override
    async def post(self, method: str, arguments: object, authorization: str = "") -> Json:
        answer: Json = await super().post(method, arguments, authorization)  # type: ignore[arg-type]  # handed on
        if method == "oauth.v2.access":
            self.granted += [answer["access_token"], answer.get("refresh_token", "")]
        return answer


@dataclass
class Office:
    fake: FakeSlack
    store: Store
    clock: FakeClock
    browser: Browser
    tokens: InstalledTokens
    platform: SlackPlatform
    slack: SlackApp
    wire: KeptAnswers
    oauth: OAuth

    @property
    def secrets(self) -> list[str]:
        return [secret for secret in self.wire.granted if secret]

    def other_browser(self) -> Browser:
        return Browser(self.browser.session, self.browser.port)

    def exchanges(self) -> list[str]:
        """How each exchange of a code or a refresh token ended."""
        return [call.outcome for call in self.fake.calls if call.method == "oauth.v2.access"]

    def acts(self) -> list[str]:
        return [entry.act for entry in self.store.read(lambda unit: unit.audit.entries())]


@asynccontextmanager
async def office(store: Store, clock: FakeClock, *admitted: str) -> AsyncIterator[Office]:
    async with (
        FakeSlack(limits=False, clock=clock) as fake,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        wire = KeptAnswers(fake.url)
        wire.granted = []
        installations = SlackInstallations(store, admitted)
        tokens = InstalledTokens(
            installations, Renewal(wire, fake.client_id, fake.client_secret, clock), clock
        )
        platform = SlackPlatform(Connection(mode="http", api_url=fake.url), clock, tokens)
        doors = OAuth(
            wire=wire,
            client_id=fake.client_id,
            client_secret=fake.client_secret,
            base_url=BASE,
            installer=installations,
            tokens=tokens,
            api_url=fake.url,
            clock=clock,
        )

        async def handle(event: Event) -> Reply:
            return await asyncio.to_thread(dispatch.handle, store, event)

        slack = listener(platform.web, forgetting(handle, tokens))
        app = web.Application()
        oauth.mount(app, doors)
        mount_events(app, slack, Guard([fake.signing_secret], clock))
        runner = web.AppRunner(app, shutdown_timeout=5, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        fake.events_url = f"http://127.0.0.1:{port}/slack/events"
        try:
            yield Office(fake, store, clock, Browser(session, port), tokens, platform, slack, wire, doors)
        finally:
            await fake.events.stop()
            await runner.cleanup()
            await platform.aclose()
            await wire.aclose()


Story = Callable[[Office], Awaitable[None]]


def told(store: Store, clock: FakeClock, story: Story, *admitted: str) -> None:
    """Run a story at the office."""

    async def run() -> None:
        async with office(store, clock, *admitted) as opened:
            await story(opened)

    asyncio.run(run())
