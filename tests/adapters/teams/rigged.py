"""Teams, put through the contract suite: the real adapter, signed activities, and a fake Teams that checks every card."""

import asyncio
from collections.abc import Coroutine, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.teams.app import PATH
from adapters.teams.connect import connect
from adapters.teams.references import InMemory
from bot.talk.events import Event, Reply
from bot.talk.platform import Address
from tests.adapters.slack.front import Bot
from tests.adapters.teams.front import LENA, connection
from tests.adapters.teams.surfaces import rendered as render
from tests.platforms.teams import FakeTeams, Seen
from tests.platforms.teams.cards import problems
from tests.platforms.teams.checker import check

__all__ = ["TeamsRig", "opened", "render"]

Json = dict[str, Any]


class TeamsRig:
    known = LENA
    findable = False

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.fake = FakeTeams(limits=False, validate=problems)
        self.bot = Bot()
        self.do(self._open())
        self.lena = self.fake.person(LENA)
        self._act(self.lena.installs())
        self.says("help")
        self.bot.events.clear()  # from here on nothing is new of her, neither her language nor her time zone

    async def _open(self) -> None:
        await self.fake.start()
        self.fake.add_user(LENA, name="Lena Vogt", email="lena@example.org")
        self.platform = connect(connection(self.fake), InMemory(), paced=False)
        app = web.Application()
        self.platform.mount(app, self.bot.handle)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.fake.messages_url = f"http://127.0.0.1:{self.runner.addresses[0][1]}{PATH}"

    def close(self) -> None:
        """Stop everything; whatever Teams had to complain about fails the test."""
        self.do(self.runner.cleanup())
        self.do(self.platform.aclose())
        self.do(self.fake.stop())
        self.loop.close()
        assert self.fake.troubles == []
        assert check(self.fake) == []

    @property
    def events(self) -> list[Event]:
        return self.bot.events

    def answer(self, name: str, reply: Reply) -> None:
        self.bot.replies[name] = reply

    def address(self, user: str) -> Address:
        return Address("teams", self.fake.tenant, user)

    def do(self, call: Coroutine[Any, Any, Any]) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(call, 10))

    def says(self, text: str) -> None:
        self._act(self.lena.says(text))

    def presses(self, title: str, button: str) -> None:
        self._act(self.lena.presses(self._titled(title), button))

    def submits(self, title: str, values: Mapping[str, str]) -> Json:
        """Send a form, which is open in a dialog or stands in the chat; what is wrong with it is written into it."""
        form = self._titled(title)
        here = None if form.kind == "dialog" else form
        self._act(self.lena.submits(values, form.buttons[-1], here))
        again = [seen for seen in self._standing() if seen.id == form.id and seen.title == title]
        complaints = {*again[0].words.splitlines()} - {*form.words.splitlines()} if again else set()
        return dict(self.lena.errors) | dict.fromkeys(complaints - {*values.values()}, "")

    def titles(self) -> list[str]:
        return [seen.title for seen in self._standing() if seen.title]

    def texts(self) -> str:
        return "\n".join(f"{seen.words}\n{seen.summary}" for seen in self._standing())

    def redeliver(self) -> None:
        """Bring the last activity once more, under a token of its own, as Teams does."""
        assert self.do(self.fake.reach.again()).ok

    def _act(self, call: Coroutine[Any, Any, Any]) -> None:
        self.do(call)
        self.do(self.platform.shown())

    def _standing(self) -> list[Seen]:
        dialog = self.lena.dialog()
        return [*self.lena.sees(), *([dialog] if dialog else [])]

    def _titled(self, title: str) -> Seen:
        return next(seen for seen in self._standing() if seen.title == title)


@contextmanager
def opened(folder: Path) -> Iterator[TeamsRig]:
    del folder  # Teams keeps everything itself
    rig = TeamsRig()
    try:
        yield rig
    finally:
        rig.close()
