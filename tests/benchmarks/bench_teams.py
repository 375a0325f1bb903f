"""Answers from Teams, each acknowledged once it is durably committed, over the real HTTP route.

Run it with ``python -m tests.benchmarks teams``. The server runs as ``rapport run`` would, in a process of its own;
this process is a fake Teams without limits and 500 people in it, who press and send forms, half of each, as signed
invokes.

*CPU of an answer* is what the server's process spends, user and system, all threads, divided by the answers it took
meanwhile, from 32 connections without a pause. The baseline is the SDK with the one mend that every bot needs, in a
process of its own, whose turn says one sentence back; *that does nothing* says none. Rounds alternate. *Shown as well*
adds what comes after the acknowledgement: receipt and form on their way to Teams. *At 50/s* the load is open: an answer
is sent when it is due, and its wait counts from then. *In a burst* 2,000 answers come within 60 seconds, half of them
in the first 13. Every answer must be acknowledged, and be in the database afterwards; else the run ends with an error.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from itertools import chain, cycle
from math import exp, log
from random import Random
from tempfile import TemporaryFile
from typing import IO, Any

import aiohttp

from adapters.teams.app import PATH
from adapters.teams.forms import FORM
from tests.benchmarks.figures import Figure, percentile, show
from tests.benchmarks.slack_crowd import COMMENT, ERRORS_SHOWN, READY_S
from tests.benchmarks.teams_server import Started, Wanted
from tests.platforms.teams import FakeTeams, Person, widgets
from tests.platforms.teams.people import Json

PEOPLE, AT_ONCE, RATE = 500, 32, 50
ROUNDS, ANSWERS = 5, 300
WINDOWS, WINDOW_S = 3, 8.0
BURST, BURST_S, FADING_S = 2000, 60.0, 20.0
WARM_UP = 2 * PEOPLE
"""Everybody presses once and sends a form once, so that nobody is new any more."""


@dataclass
class Crowd:
    """So many people who were all asked, and answer one server again and again."""

    fake: FakeTeams
    started: Started
    shown: Started
    """What the people see, also where the server has nothing of its own to show."""
    session: aiohttp.ClientSession
    people: Sequence[Person]
    headers: dict[str, str]
    random: Random = field(default_factory=lambda: Random(20261123))
    sent: int = 0
    _answers: Iterator[tuple[Callable[[], tuple[str, Json]], Person]] = field(init=False)

    def __post_init__(self) -> None:
        self._answers = cycle([(make, one) for make in (self._tap, self._form) for one in self.people])
        self._card, self._fields = _card(self.shown.ask), _card(self.shown.form)
        self._taps = [a for a in widgets.actions(self._card) if "answer.tap" in str(a.get("data"))]
        self._send = next(a for a in widgets.actions(self._fields) if a.get("associatedInputs") == "auto")

    async def answer(self, due: float) -> float:
        """Send one answer and return its milliseconds since it was due; if it is not taken, the figures mean nothing."""
        make, person = next(self._answers)
        place = self.fake.personal(person.user)
        said = person.make.task(place, *make(), "1")
        url = f"http://127.0.0.1:{self.started.port}{PATH}"
        async with self.session.post(url, data=json.dumps(said), headers=self.headers) as response:
            taken = await response.json()
        if response.status != 200 or not ("task" in taken or taken.get("statusCode") == 200):
            raise SystemExit(f"an answer was not taken: {response.status} {taken}")
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

    async def without_pause(self, answers: int) -> None:
        left = iter(range(answers))

        async def one_connection() -> None:
            for _ in left:
                await self.answer(time.perf_counter())

        await asyncio.gather(*(one_connection() for _ in range(AT_ONCE)))

    async def ask(self, door: str) -> Any:
        """Return what one of the server's doors says."""
        async with self.session.get(f"http://127.0.0.1:{self.started.port}{door}") as response:
            response.raise_for_status()
            return json.loads(await response.text() or "null")

    async def cpu(self) -> float:
        """Return the microseconds of processor time that an answer costs, without a pause."""
        before = await self.ask("/cpu")
        await self.without_pause(ANSWERS)
        return 1e6 * float(await self.ask("/cpu") - before) / ANSWERS

    def _tap(self) -> tuple[str, Json]:
        return "task/fetch", self.random.choice(self._taps)["data"]

    def _form(self) -> tuple[str, Json]:
        filled = {name: self._value(one) for name, one in widgets.inputs(self._fields).items()}
        return "task/submit", {**self._send["data"], FORM: "", **filled}

    def _value(self, one: Json) -> str:
        return str(self.random.choice(one["choices"])["value"]) if one.get("choices") else COMMENT


def _card(activity: Json) -> Json:
    card: Json = activity["attachments"][0]["content"]
    return card


@asynccontextmanager
async def served(kind: str, wanted: Wanted) -> AsyncIterator[Started]:
    """Start a server and end it again; if it does not start, its own words say why."""
    with TemporaryFile("w+") as errors:
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
            yield Started(**json.loads(line))
        finally:
            process.stdin.close()
            await asyncio.to_thread(process.wait, 20)
            process.stdout.close()


def _popen(kind: str, errors: IO[str]) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.benchmarks.teams_server", kind]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=errors, text=True)


async def figures() -> list[Figure]:
    async with FakeTeams(limits=False) as fake, aiohttp.ClientSession() as session:
        users = [fake.add_user(name=f"Person {n}", installed=True).id for n in range(1, PEOPLE + 1)]
        wanted = Wanted(
            fake.tenant,
            fake.app_id,
            fake.secret,
            fake.grant(),
            fake.service_url,
            fake.login_url,
            fake.openid_url,
            users,
        )
        people = [fake.person(user) for user in users]
        headers = fake.reach.signed({})
        async with (
            served("ours", wanted) as one,
            served("echo", wanted) as two,
            served("nothing", wanted) as three,
        ):
            crowds = [Crowd(fake, server, one, session, people, headers) for server in (one, two, three)]
            for crowd in crowds:
                await crowd.without_pause(WARM_UP)
            return await _measured(*crowds)


async def _measured(ours: Crowd, echo: Crowd, nothing: Crowd) -> list[Figure]:
    silent, loud, echoes, floor = [], [], [], []
    for _ in range(ROUNDS):
        await ours.ask("/silence/on")
        silent.append(await ours.cpu())
        await ours.ask("/silence/off")
        loud.append(await ours.cpu())
        echoes.append(await echo.cpu())
        floor.append(await nothing.cpu())
    waits = [await ours.at([n / RATE for n in range(int(RATE * WINDOW_S))]) for _ in range(WINDOWS)]
    within = 1 - exp(-BURST_S / FADING_S)
    moments = [-FADING_S * log(1 - within * (n + 0.5) / BURST) for n in range(BURST)]
    longest = max(await ours.at(moments))
    found = tuple(await ours.ask("/kept"))
    if found[0] < ours.sent or found[1] != PEOPLE:
        raise SystemExit(f"{found} events and people are there, not {(ours.sent, PEOPLE)}")
    return [
        Figure("CPU of an answer, committed and answered", "µs", silent, echoes, "<= 2 times"),
        Figure("… shown as well", "µs", loud, echoes),
        Figure("… beside a bot that does nothing", "µs", silent, floor),
        Figure(f"answer at {RATE}/s, p50", "ms", [percentile(window, 0.5) for window in waits]),
        Figure(
            f"answer at {RATE}/s, p99", "ms", [percentile(window, 0.99) for window in waits], goal="< 500 ms"
        ),
        Figure(f"answer at {RATE}/s, p99.9", "ms", [percentile([*chain(*waits)], 0.999)]),
        Figure(f"{BURST:,} answers in {BURST_S:.0f} s, the longest wait", "ms", [longest], goal="none lost"),
    ]


def main() -> None:
    """Print the figures; ends with an error if an answer was lost or refused."""
    show(asyncio.run(figures()))


if __name__ == "__main__":
    main()
