"""Signed nonsense against the front door of Teams alone: what ``fuzzing`` throws at the whole, and proof that it notices.

Requests made by ``mill`` go over HTTP through the guard, the SDK and a turn, which by default only answers. Whatever
comes, the answer is 200 or 4xx; an invoke that is let in is answered by a body; nothing of ours raises; no log line
holds what somebody wrote; what is kept in memory stays bounded.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO

import aiohttp
from aiohttp import web

from adapters.inbound import Json
from adapters.teams.app import PATH, Front, Showing, Take, mount
from adapters.teams.guard import Guard
from adapters.teams.sdk import Answer, Sdk
from tests.adapters.slack.fuzzing import ANSWER_S, SLOW_S, Findings, mistakes
from tests.adapters.teams.front import connection
from tests.adapters.teams.mill import Mill, Thrown
from tests.canary import WORD, Watch
from tests.fakes import FakeClock
from tests.platforms.teams import FakeTeams

AT_ONCE = 8
ALLOWED = frozenset({200, 400, 401, 403, 413, 415})
USERS = 6

Taking = Callable[[FakeTeams], Take]
"""What handles the activities that a fake sends."""

Hearing = Callable[[Thrown, int, bytes], Iterator[str]]
"""Says what is wrong with an answer to something thrown."""


def hear_nothing(_thrown: Thrown, _status: int, _body: bytes) -> Iterator[str]:
    """Find nothing wrong."""
    return iter(())


def answering(_: FakeTeams) -> Take:
    """Answer every invoke, and show something beside that."""

    async def take(activity: Json) -> tuple[Answer | None, Showing | None]:
        return (Answer({"task": {}}) if activity["type"] == "invoke" else None), asyncio.sleep(0)

    return take


@dataclass
class Target:
    """Everything that a request goes through."""

    fake: FakeTeams
    front: Front
    session: aiohttp.ClientSession

    async def throw(self, thrown: Thrown) -> tuple[int, bytes]:
        """Return status and body of the answer; 0 if there was none in time."""
        patience, body = aiohttp.ClientTimeout(total=ANSWER_S), BytesIO(thrown.body)
        try:
            async with self.session.post(
                self.fake.messages_url, data=body, headers=thrown.headers, timeout=patience
            ) as answer:
                return answer.status, await answer.read()
        except (TimeoutError, aiohttp.ClientError):
            return 0, b""

    def kept(self) -> Iterator[str]:
        """Say what is kept longer than it is needed."""
        sizes = {
            "turns and replies": (len(self.front._running), 0),
            "keys": (len(self.front.sdk.keys._keys), len(self.fake.signing.published)),
            "fetches": (len(self.fake.fetched), 4),
        }
        for name, (size, most) in sizes.items():
            if size > most:
                yield f"{size} {name} are kept, not {most}"


def fuzz(first: int, requests: int, seed: int, taking: Taking = answering) -> Findings:
    """Throw the requests with these numbers at a front door made for them."""
    with Watch().on() as watch:
        found = asyncio.run(_batch(first, requests, seed, taking))
        found.wrong += [f"the log holds what somebody wrote: {line}" for line in watch.leaks]
        found.wrong += [*mistakes(watch.lines)]
    return found


async def _batch(first: int, requests: int, seed: int, taking: Taking) -> Findings:
    async with FakeTeams(limits=False, clock=FakeClock()) as fake:
        for number in range(USERS):
            fake.add_user(name=f"Person {number}", email=f"p{number}@{WORD}.example", installed=True)
        known = connection(fake)
        front = Front(Sdk(known, fake.clock), Guard(known), taking(fake))
        app = web.Application()
        mount(app, front)
        async with standing(app, fake, front) as target:
            return await thrown_at(target, Mill(fake, seed), range(first, first + requests))


async def thrown_at(target: Target, mill: Mill, numbers: range, heard: Hearing = hear_nothing) -> Findings:
    """Throw the requests of these numbers, several at once; ``heard`` looks into each answer besides."""
    found, left = Findings(), iter(numbers)

    async def hand() -> None:
        for number in left:
            thrown, began = mill.thrown(number), time.process_time()
            status, body = await target.throw(thrown)
            found.answers[status] += 1
            wrong = [*_answer(status, body, time.process_time() - began), *heard(thrown, status, body)]
            found.wrong += [f"{mill.seed}:{number} {each}: {thrown.body[:500]!r}" for each in wrong]

    await asyncio.gather(*(hand() for _ in range(AT_ONCE)))
    await target.front.settle()
    found.wrong += target.kept()
    return found


def _answer(status: int, body: bytes, took: float) -> Iterator[str]:
    if status not in ALLOWED:
        yield f"was answered by {status}"
    elif took > SLOW_S:
        yield f"took {took:.1f} s of processor time"
    elif body[:1] not in {b"{", b""} or (status != 200 and not body):
        yield f"was answered {status} by {body[:100]!r}"


@asynccontextmanager
async def standing(app: web.Application, fake: FakeTeams, front: Front) -> AsyncIterator[Target]:
    """Serve an application with a door for Teams in it."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.messages_url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    try:
        async with aiohttp.ClientSession() as session:
            yield Target(fake, front, session)
    finally:
        await runner.cleanup()
