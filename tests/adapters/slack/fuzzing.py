"""``python -m tests.adapters.slack.fuzzing [requests] [seed]``: signed nonsense against the whole of Rapport.

Requests made by ``mill`` go over HTTP through the guard, bolt and dispatch into a store, and the replies to a fake Slack
that checks every block. Whatever comes, the answer is 200 or 4xx; nothing of ours raises; no log line holds what
somebody wrote; Slack refuses nothing that we show; what is kept in memory stays bounded. Each batch has a company
of its own. What breaks a rule is printed with its seed and number; ``… 1 seed:number`` throws it again.
"""

import asyncio
import json
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass, field
from pathlib import Path
from resource import getpagesize
from tempfile import TemporaryDirectory

import aiohttp
import structlog
from aiohttp import web

from adapters.inbound import LIMIT
from adapters.slack.app import PATH, mount
from adapters.slack.guard import Guard
from adapters.slack.send import Connection, SlackPlatform
from adapters.wiring import handler
from bot.store.store import Store
from bot.store.unit import Unit
from bot.talk.commands import Role
from tests import builders
from tests.adapters.slack.mill import Mill, Thrown
from tests.adapters.slack.posting import lapsed
from tests.benchmarks.traffic import NINE
from tests.canary import WORD, Watch
from tests.fakes import FakeClock
from tests.platforms.slack import FakeSlack
from tests.platforms.slack.blocks import problems
from tests.town import Town

REQUESTS, BATCH, AT_ONCE = 1_000_000, 2_000, 8
ALLOWED = frozenset({200, 400, 401, 413, 415})
USERS = 12
"""The first of them may do everything, the second leads a department, the last one is nobody to us."""

NOT_SHOWN = "slack.not_shown"
EXPECTED = frozenset({"Rejected", "TryLater", "Unsure"})
"""What may keep a reply from being shown: what was pressed is not there, or where it was leads nowhere."""

WRONG_BLOCKS = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_too_long", "view_too_large"})
ANSWER_S = 20.0
SLOW_S = 3.0
"""Processor time of this process while a request is answered: a busy machine does not make it more."""

GROWTH_MB = 64
PAGE = getpagesize()


@dataclass
class Findings:
    """How the requests were answered, and what broke a rule, as sentences."""

    answers: Counter[int] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def __add__(self, other: "Findings") -> "Findings":
        return Findings(self.answers + other.answers, self.wrong + other.wrong)


@dataclass
class Target:
    """Everything that a request goes through."""

    fake: FakeSlack
    platform: SlackPlatform
    guard: Guard
    session: aiohttp.ClientSession
    url: str

    async def throw(self, thrown: Thrown) -> int:
        """Return the status of the answer; 0 if there was none in time."""
        patience = aiohttp.ClientTimeout(total=ANSWER_S)
        try:
            async with self.session.post(
                self.url, data=thrown.body, headers=thrown.headers, timeout=patience
            ) as answer:
                await answer.read()
                return answer.status
        except (TimeoutError, aiohttp.ClientError):
            return 0

    def kept(self, requests: int) -> Iterator[str]:
        """Say what is kept longer than it is needed."""
        slack, limiter = self.platform._listening, self.platform.web._limiter
        sizes = {
            "signatures": (len(self.guard._seen._until), requests),
            "replies being shown": (len(slack._showing) if slack else 0, 0),
            "buckets": (len(limiter._queues._buckets), 1024 + 16),
        }
        for name, (size, most) in sizes.items():
            if size > most:
                yield f"{size} {name} are kept, not {most}"


def fuzz(first: int, requests: int, seed: int) -> Findings:
    """Throw the requests with these numbers at a company made for them."""
    with TemporaryDirectory() as name, Watch().on() as watch:
        folder = Path(name)
        with closing(builders.a_store(builders.a_database(folder), folder, FakeClock(NINE))) as store:
            found = asyncio.run(_batch(store, first, requests, seed))
        found.wrong += [f"the log holds what somebody wrote: {line}" for line in watch.leaks]
        found.wrong += [*mistakes(watch.lines)]
    return found


async def _batch(store: Store, first: int, requests: int, seed: int) -> Findings:
    found = Findings()
    async with _target(store) as target:
        mill = Mill(target.fake, USERS, seed)
        numbers = iter(range(first, first + requests))

        async def hand() -> None:
            for number in numbers:
                thrown, began = mill.thrown(number), time.process_time()
                status = await target.throw(thrown)
                found.answers[status] += 1
                if status not in ALLOWED:
                    found.wrong.append(f"{seed}:{number} was answered by {status}: {thrown.body[:500]!r}")
                elif (took := time.process_time() - began) > SLOW_S:
                    found.wrong.append(
                        f"{seed}:{number} took {took:.1f} s of processor time: {thrown.body[:500]!r}"
                    )

        await asyncio.gather(*(hand() for _ in range(AT_ONCE)))
        if target.platform._listening is not None:
            await target.platform._listening.settle()
        found.wrong += target.kept(requests)
        refused = Counter(f"{c.method}: {c.outcome}" for c in target.fake.calls if c.outcome in WRONG_BLOCKS)
        found.wrong += [
            f"Slack refused what we show, {times} times {what}" for what, times in refused.items()
        ]
    return found


@asynccontextmanager
async def _target(store: Store) -> AsyncIterator[Target]:
    fake_clock = FakeClock()
    async with FakeSlack(limits=False, clock=fake_clock, validate=problems) as fake:
        _settle(store, fake)
        guard = Guard([fake.signing_secret], fake_clock)
        platform = SlackPlatform(Connection(bot_token=fake.bot_token, api_url=fake.url, mode="http"))
        platform.web._limiter = lapsed()
        with ThreadPoolExecutor(AT_ONCE) as pool:
            app = web.Application(client_max_size=LIMIT)
            mount(app, platform._listener(handler(store, pool, {"slack": platform})), guard)
            runner = web.AppRunner(app, access_log=None, shutdown_timeout=5)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
            async with aiohttp.ClientSession() as session:
                yield Target(fake, platform, guard, session, url)
            await runner.cleanup()
        await platform.aclose()


def _settle(store: Store, fake: FakeSlack) -> None:
    """Let a company with an open survey be in Slack."""
    town = Town(store, FakeClock(NINE))
    for path in ("Support", "Support/Nights", "Finance"):
        town.has(path, USERS // 3 - (path == "Finance"), head=True)
    town.runs()
    town.opens()

    def move_in(unit: Unit) -> None:
        workspace = unit.workspaces.get(1)
        workspace.platform, workspace.external = "slack", fake.team
        for user in unit.accounts.users(1):
            account = unit.accounts.find(1, user)
            assert account is not None
            account.user = f"U{account.person_id}"
        for role in Role:
            unit.people.grant(1, role, unit.now)

    store.write(move_in)
    for number in range(1, USERS + 1):
        fake.add_user(f"U{number}", real_name=f"Person {number}", email=f"p{number}@{WORD}.example")


def mistakes(
    lines: list[str], not_shown: str = NOT_SHOWN, expected: frozenset[str] = EXPECTED
) -> Iterator[str]:
    """Say which lines of the log tell of a mistake of ours, each kind once."""
    seen = set()
    for line in lines:
        said = json.loads(line)
        kind = (said["event"], said.get("error", ""), *said.get("frames", [])[-1:])
        if said["level"] not in {"error", "critical"} or kind in seen:
            continue
        seen.add(kind)
        if not (said["event"] == not_shown and kind[1].rpartition(".")[2] in expected):
            yield line


def resident() -> float:
    """Return the memory that this process holds, in millions of bytes."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * PAGE / 1e6


def drive(fuzz: Callable[[int, int, int], Findings]) -> None:
    """Throw batch after batch, say how it goes, and end with an error if anything was found."""
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    seed, _, number = (sys.argv[2] if len(sys.argv) > 2 else str(time.time_ns() % 10**6)).partition(":")
    structlog.configure(logger_factory=structlog.ReturnLoggerFactory())  # watched, not printed
    first, found, began, early = int(number or 0), Findings(), time.perf_counter(), 0.0
    _say(f"seed {seed}, {requests:,} requests")
    for start in range(first, first + requests, BATCH):
        batch = fuzz(start, min(BATCH, first + requests - start), int(seed))
        found += batch
        for wrong in batch.wrong:
            _say(wrong)
        done, now = start - first + sum(batch.answers.values()), resident()
        early = early or now
        rate = done / (time.perf_counter() - began)
        _say(f"{done:>9,} · {rate:,.0f}/s · {now:,.0f} MB · {dict(sorted(found.answers.items()))}")
    if resident() > early + GROWTH_MB:
        found.wrong.append(f"memory grew from {early:,.0f} to {resident():,.0f} MB")
    if found.wrong:
        raise SystemExit(f"{len(found.wrong)} findings")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    drive(fuzz)
