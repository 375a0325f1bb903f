"""Answers from Slack, each acknowledged once it is durably committed, over the real HTTP route.

Run it with ``python -m tests.benchmarks slack``. The server runs as ``rapport run`` would, in a process of its own;
this process is a fake Slack without limits and 1,000 people in it, who send signed taps and forms, half of each.

*CPU of an answer* is what the server's process spends, user and system, all threads, divided by the answers it took
meanwhile, from 32 connections without a pause, as knowledge of bolt's own floor was measured. The baseline is bolt as
its documentation sets it up, on the same aiohttp server, whose listeners only acknowledge; rounds alternate. *Shown as
well* adds what comes after the acknowledgement: the receipt and the form on their way to Slack. *At 50/s* the load
is open: an answer is sent when it is due, and its wait counts from then. *In a burst* 2,000 answers come within 60
seconds, half of them in the first 13. Every answer must be acknowledged with 200 within 3 seconds, as Slack
demands, and be in the database afterwards; otherwise the run ends with an error.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import chain
from math import exp, log

import aiohttp

from tests.benchmarks.figures import Figure, percentile, show
from tests.benchmarks.slack_crowd import Crowd, Served, served
from tests.benchmarks.slack_server import Wanted
from tests.platforms.slack import FakeSlack

PEOPLE, AT_ONCE, RATE = 1000, 32, 50
ROUNDS, ANSWERS = 5, 300
WINDOWS, WINDOW_S = 3, 8.0
BURST, BURST_S, FADING_S = 2000, 60.0, 20.0
WARM_UP = 200


@dataclass(frozen=True)
class Contest:
    """Our server and the plain one, each with its crowd."""

    ours: Crowd
    plain: Crowd

    async def cpu(self) -> list[Figure]:
        """Return the processor time of an answer, committed and acknowledged, and with what is shown after it."""
        silent, loud, plain = [], [], []
        for _ in range(ROUNDS):
            await self.ours.served.ask("/silence/on")
            silent.append(await _cpu(self.ours))
            await self.ours.served.ask("/silence/off")
            loud.append(await _cpu(self.ours))
            plain.append(await _cpu(self.plain))
        return [
            Figure("CPU of an answer, committed and acknowledged", "µs", silent, plain, "<= 4 times"),
            Figure("… shown as well", "µs", loud, plain),
        ]

    async def steady(self) -> list[Figure]:
        """Return how long answers wait at a fixed rate, and what each costs then."""
        ours, plain, costs, floor = [], [], [], []
        for _ in range(WINDOWS):
            for crowd, waits, spent in ((self.ours, ours, costs), (self.plain, plain, floor)):
                before = await _spent(crowd.served)
                waits.append(await crowd.at([n / RATE for n in range(int(RATE * WINDOW_S))]))
                spent.append(1e6 * (await _spent(crowd.served) - before) / len(waits[-1]))
        return [
            _waits("p50", 0.5, ours, plain, ""),
            _waits("p99", 0.99, ours, plain, "< 300 ms"),
            _waits("p99.9", 0.999, [[*chain(*ours)]], [[*chain(*plain)]], "< 1,000 ms"),
            Figure(f"… CPU of an answer at {RATE}/s, shown as well", "µs", costs, floor),
        ]

    async def burst(self) -> Figure:
        """Return the longest wait in a burst that fades as people's answers do."""
        within = 1 - exp(-BURST_S / FADING_S)
        moments = [-FADING_S * log(1 - within * (n + 0.5) / BURST) for n in range(BURST)]
        waits = await self.ours.at(moments)
        return Figure(
            f"{BURST:,} answers in {BURST_S:.0f} s, the longest wait", "ms", [max(waits)], goal="< 3,000 ms"
        )

    async def complete(self) -> None:
        """Make sure that every answer is in the database, and everybody's sheet, before the figures are believed."""
        found = tuple(await self.ours.served.ask("/kept"))
        if found != (self.ours.sent, PEOPLE):
            raise SystemExit(f"{found} answers and people are there, not {(self.ours.sent, PEOPLE)}")


@asynccontextmanager
async def contest() -> AsyncIterator[Contest]:
    async with FakeSlack(limits=False) as fake, aiohttp.ClientSession() as session:
        wanted = Wanted(fake.team, fake.url, fake.bot_token, fake.signing_secret, PEOPLE)
        async with served("ours", wanted, session) as ours, served("plain", wanted, session) as plain:
            crowds = (Crowd(fake, server, ours.started, PEOPLE) for server in (ours, plain))
            found = Contest(*crowds)
            for crowd in (found.ours, found.plain):
                await crowd.without_pause(WARM_UP, AT_ONCE)  # first calls load and compile
            yield found


async def figures() -> list[Figure]:
    async with contest() as found:
        measured = [*await found.cpu(), *await found.steady(), await found.burst()]
        await found.complete()
    return measured


async def _cpu(crowd: Crowd) -> float:
    before = await _spent(crowd.served)
    await crowd.without_pause(ANSWERS, AT_ONCE)
    return 1e6 * (await _spent(crowd.served) - before) / ANSWERS


async def _spent(server: Served) -> float:
    return float(await server.ask("/cpu"))


def _waits(
    name: str, share: float, ours: Sequence[list[float]], plain: Sequence[list[float]], goal: str
) -> Figure:
    found = ([percentile(window, share) for window in windows] for windows in (ours, plain))
    return Figure(f"answer at {RATE}/s, {name}", "ms", *found, goal)


def main() -> None:
    """Print the figures; ends with an error if an answer was lost, refused or too late."""
    show(asyncio.run(figures()))


if __name__ == "__main__":
    main()
