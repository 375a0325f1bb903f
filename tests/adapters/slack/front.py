"""The front door of the adapter on a real server, a fake Slack behind it, and a bot that answers by a script."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

from adapters.slack.app import SlackApp, listener, mount
from adapters.slack.guard import Guard
from adapters.slack.limiter import Limiter
from adapters.slack.render import message
from adapters.slack.tokens import OneToken
from adapters.slack.web import Web, Wire
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Text
from bot.talk.events import ButtonPressed, CommandUsed, Event, FormSent, Nothing, Reply
from surveys.formats import FreeText
from tests.adapters.slack.signing import NOW, signed
from tests.fakes import FakeClock
from tests.platforms.slack import FakeSlack, Person

Json = dict[str, Any]

LENA = "U1LENA"


def plain(title: str) -> Card:
    return Card(title, (Text(f"{title}, in a sentence."),), f"{title}, in a sentence.")


QUESTION = Card(
    "A question",
    (
        Text("How is work?"),
        Buttons((Button("Well", Action("tap", "12")), Button("Not now", Action("skip", "12")))),
    ),
    "A short question.",
)
FORM = Card(
    "The form",
    (Ask("comment", "Anything else?", FreeText(500)), Buttons((Button("Why?", Action("why")),))),
    "A short form.",
    submit=Button("Save", Action("save", "12"), "primary"),
)


@dataclass
class Bot:
    """Answers each command, action or kind of event as it was told; ``work`` is what it does before."""

    events: list[Event] = field(default_factory=list)
    replies: dict[str, Reply] = field(default_factory=dict)
    work: Callable[[Event], Awaitable[None]] | None = None

    async def handle(self, event: Event) -> Reply:
        self.events.append(event)
        if self.work is not None:
            await self.work(event)
        return self.replies.get(_name(event), Nothing())


def _name(event: Event) -> str:
    match event:
        case CommandUsed(name=name):
            return name
        case ButtonPressed(action=action) | FormSent(action=action):
            return action.name
        case _:
            return type(event).__name__


@dataclass
class Front:
    fake: FakeSlack
    bot: Bot
    slack: SlackApp
    clock: FakeClock
    url: str
    session: aiohttp.ClientSession
    runner: web.AppRunner

    @property
    def lena(self) -> Person:
        return self.fake.person(LENA)

    async def settle(self) -> None:
        await self.slack.settle()

    async def post(self, body: bytes, headers: Mapping[str, str], at: int = NOW) -> aiohttp.ClientResponse:
        """Post signed bytes and return the answer, read."""
        proof = signed(body, FakeSlack.signing_secret, at)
        async with self.session.post(self.url, data=body, headers={**headers, **proof}) as response:
            await response.read()
            return response

    async def sends(self, card: Card, user: str = LENA) -> str:
        """Put a message of ours before somebody and return its ts."""
        shown = message(card)
        answer = await self.slack.web.call(
            self.fake.team, "chat.postMessage", channel=user, text=shown.text, blocks=shown.blocks
        )
        return str(answer["ts"])


@asynccontextmanager
async def front(timeout_s: float = 5.0, **more: Any) -> AsyncIterator[Front]:
    """Open the front door; the fake knows Lena, and signs by a clock that stands still."""
    clock, bot = FakeClock(), Bot()
    async with (
        FakeSlack(**{"limits": False, "clock": clock, **more}) as fake,
        aiohttp.ClientSession() as session,
    ):
        fake.add_user(LENA, name="lena", real_name="Lena Vogt", email="lena@example.org")
        calls = Web(OneToken(fake.bot_token), Wire(fake.url, timeout_s), Limiter())
        slack = listener(calls, bot.handle)
        app = web.Application()
        mount(app, slack, Guard([fake.signing_secret], clock))
        runner = web.AppRunner(app, shutdown_timeout=5, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
        fake.events_url = url
        try:
            yield Front(fake, bot, slack, clock, url, session, runner)
        finally:
            await fake.events.stop()
            await runner.cleanup()
            await calls.aclose()


def told(story: Callable[[Front], Awaitable[None]], **more: Any) -> None:
    """Run a story at the front door."""

    async def run() -> None:
        async with front(**more) as opened:
            await story(opened)

    asyncio.run(run())
