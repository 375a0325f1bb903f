"""Slack, put through the contract suite: the real adapter, signed requests, and a fake Slack that checks every block."""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.slack.send import Connection, SlackPlatform
from bot.talk.events import Event, Reply
from bot.talk.platform import Address
from tests.adapters.slack.front import LENA, Bot
from tests.adapters.slack.surfaces import rendered as render
from tests.platforms.slack import FakeSlack, Person, Seen
from tests.platforms.slack.blocks import problems
from tests.platforms.slack.reach import encoded

__all__ = ["SlackRig", "opened", "render"]

Json = dict[str, Any]


class SlackRig:
    known = LENA
    findable = True

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.fake = FakeSlack(limits=False, validate=problems)
        self.bot = Bot()
        self.do(self._open())
        self.lena = Person(self.fake, self.fake.reach, self.fake.events, LENA)
        self._seconds = 0

    async def _open(self) -> None:
        await self.fake.start()
        self.fake.add_user(LENA, name="lena", real_name="Lena Vogt", email="lena@example.org")
        self.platform = SlackPlatform(
            Connection(
                bot_token=self.fake.bot_token,
                signing_secrets=(self.fake.signing_secret,),
                api_url=self.fake.url,
                mode="http",
            )
        )
        app = web.Application()
        self.platform.mount(app, self.bot.handle)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.fake.events_url = f"http://127.0.0.1:{self.runner.addresses[0][1]}/slack/events"

    def close(self) -> None:
        """Stop everything; whatever Slack had to complain about fails the test."""
        self.do(self.runner.cleanup())
        self.do(self.platform.aclose())
        self.do(self.fake.stop())
        self.loop.close()
        assert self.fake.troubles == []

    @property
    def events(self) -> list[Event]:
        return self.bot.events

    def answer(self, name: str, reply: Reply) -> None:
        self.bot.replies[name] = reply

    def address(self, user: str) -> Address:
        return Address("slack", self.fake.team, user)

    def do(self, call: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(call, 10))

    def says(self, text: str) -> None:
        self._act(self.lena.says(text))

    def presses(self, title: str, button: str) -> None:
        self._act(self.lena.presses(self._titled(title), button))

    def submits(self, title: str, values: Mapping[str, str]) -> Json:
        modal = self.lena.modal()
        assert modal is not None
        assert modal.title == title
        self._act(self.lena.submits(values))
        return dict(self.lena.errors)

    def titles(self) -> list[str]:
        return [seen.title for seen in self._standing() if seen.title]

    def texts(self) -> str:
        return "\n".join(f"{seen.words}\n{seen.text}" for seen in self._standing())

    def redeliver(self) -> None:
        """Bring the last thing once more, signed anew a second later, as Slack signs its retries."""
        last = self.fake.reach.sent[-1]
        content_type, body = encoded(last.kind, last.payload)
        self._seconds += 1
        proof = self.fake.reach.signed(body, at=int(self.fake.now()) + self._seconds)
        answer = self.do(self.fake.reach.raw(body, {"Content-Type": content_type, **proof}))
        assert answer.ok

    def _act(self, call: Coroutine[Any, Any, Any]) -> None:
        self.do(call)
        if self.platform._listening is not None:
            self.do(self.platform._listening.settle())

    def _standing(self) -> list[Seen]:
        modal = self.lena.modal()
        return [*self.lena.sees(), *([modal] if modal else [])]

    def _titled(self, title: str) -> Seen:
        return next(seen for seen in self._standing() if seen.title == title)


@contextmanager
def opened(folder: Path) -> Iterator[SlackRig]:
    del folder  # Slack keeps everything itself
    rig = SlackRig()
    try:
        yield rig
    finally:
        rig.close()
