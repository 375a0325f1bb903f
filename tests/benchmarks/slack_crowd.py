"""People of a fake Slack who answer a survey: their taps and forms, signed, over HTTP, at any rate."""

import asyncio
import copy
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from itertools import cycle
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import IO, Any

import aiohttp

from adapters.slack.app import PATH
from adapters.slack.controls import action_token
from adapters.slack.receive import Origin
from bot.talk.cards import Action
from tests.benchmarks.slack_server import Started, Wanted
from tests.platforms.slack import FakeSlack, widgets
from tests.platforms.slack.payloads import Payloads, acted
from tests.platforms.slack.people import Channel, Json, Post

READY_S = 60.0
ERRORS_SHOWN = 2000
"""Characters of what a server had to say when it failed."""

COMMENT = "More light in the afternoon, and fewer meetings on Fridays."


@dataclass(frozen=True)
class Served:
    """A server in a process of its own."""

    started: Started
    session: aiohttp.ClientSession

    @property
    def events_url(self) -> str:
        return self._at(PATH)

    async def ask(self, door: str) -> Any:
        """Return what one of its doors says."""
        async with self.session.get(self._at(door)) as response:
            response.raise_for_status()
            return json.loads(await response.text() or "null")

    def _at(self, path: str) -> str:
        return f"http://127.0.0.1:{self.started.port}{path}"


@asynccontextmanager
async def served(kind: str, wanted: Wanted, session: aiohttp.ClientSession) -> AsyncIterator[Served]:
    """Start a server and end it again; if it does not start, its own words say why."""
    with TemporaryDirectory() as folder, (Path(folder) / "errors").open("w+") as errors:
        process = await asyncio.to_thread(_popen, kind, errors)
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(asdict(wanted)) + "\n")
            process.stdin.flush()
            line = await asyncio.wait_for(asyncio.to_thread(process.stdout.readline), READY_S)
            if not line:
                errors.seek(0)
                raise SystemExit(f"the server did not start: {errors.read()[-ERRORS_SHOWN:]}")
            yield Served(Started(**json.loads(line)), session)
        finally:
            process.stdin.close()
            await asyncio.to_thread(process.wait, 20)
            process.stdout.close()


def _popen(kind: str, errors: IO[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.benchmarks.slack_server", kind]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, text=True)


@dataclass
class Asked:
    """A person with the request in their conversation."""

    payloads: Payloads
    channel: Channel
    message: Json


@dataclass
class Crowd:
    """So many people who were all asked, and answer again and again; half of what they send are taps, half are forms."""

    fake: FakeSlack
    served: Served
    shown: Started
    """What the people see, also where the server has nothing of its own to show."""
    people: int
    random: Random = field(default_factory=lambda: Random(20261123))
    sent: int = 0
    """Answers that were taken."""
    _answers: Iterator[tuple[Callable[[Asked], Json], Asked]] = field(init=False)

    def __post_init__(self) -> None:
        asked = []
        for number in range(1, self.people + 1):
            user = self.fake.add_user(f"U{number}", real_name=f"Person {number}")
            channel = self.fake.dm(user)
            body = {"type": "message", "ts": self.fake.stamp(), **copy.deepcopy(self.shown.ask)}
            self.fake.put(channel, Post(body))
            asked.append(Asked(Payloads(self.fake, user), channel, body))
        self._answers = cycle([(make, one) for make in (self._tap, self._form) for one in asked])

    async def answer(self, due: float) -> float:
        """Send one answer and return its milliseconds since it was due; if it is not taken, the figures mean nothing."""
        self.fake.events_url = self.served.events_url
        make, one = next(self._answers)
        taken = await self.fake.reach.post("interactive", make(one))
        if not taken.ok:
            raise SystemExit(
                f"an answer was not taken: {taken.status} {taken.failed} after {taken.ms:.0f} ms"
            )
        self.sent += 1
        return 1000 * (time.perf_counter() - due)

    async def at(self, moments: Sequence[float]) -> list[float]:
        """Send an answer at each moment (seconds from now), whether or not earlier ones are done; return their waits."""
        begin = time.perf_counter()
        waiting = []
        for moment in moments:
            await asyncio.sleep(max(0.0, begin + moment - time.perf_counter()))
            waiting.append(asyncio.create_task(self.answer(begin + moment)))
        return await asyncio.gather(*waiting)

    async def without_pause(self, answers: int, at_once: int) -> None:
        """Send so many answers from so many connections, each as soon as its last one was taken."""
        left = iter(range(answers))

        async def one_connection() -> None:
            for _ in left:
                await self.answer(time.perf_counter())

        await asyncio.gather(*(one_connection() for _ in range(at_once)))

    def _tap(self, one: Asked) -> Json:
        """Press one of the scale's buttons."""
        blocks = self.shown.ask["blocks"]
        taps = [(block, element) for block, element in widgets.live(blocks) if _is_tap(element)]
        block, element = self.random.choice(taps)
        action = acted(element, block, None, self.fake.stamp())
        return one.payloads.pressed_in_message(one.channel, one.message, action, ephemeral=False)

    def _form(self, one: Asked) -> Json:
        """Send the form that the request's message led to, every field filled."""
        url = one.payloads._url("actions", one.channel, one.message["ts"])
        carried = json.loads(self.shown.form["private_metadata"])
        carried["o"] = Origin(one.channel.id, one.message["ts"], url).encode()
        form = self.shown.form | {"private_metadata": json.dumps(carried)}
        view = self.fake.screens.made(form, self.fake.grant, self.fake.team)
        for name, block in widgets.fields(view["blocks"]).items():
            element = block["element"]
            view["state"]["values"][name] = {
                element["action_id"]: widgets.filled(element, self._value(element))
            }
        return one.payloads.submitted(view)

    def _value(self, element: Json) -> str:
        options = widgets.options(element)
        return str(self.random.choice(options)["value"]) if options else COMMENT


def _is_tap(element: Json) -> bool:
    token = action_token(element)
    return bool(token) and Action.decode(token).name == "answer.tap"
