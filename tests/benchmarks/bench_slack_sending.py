"""The outbox and the roster against a fake Slack: as fast as it goes, and by the published limits.

Run it with ``python -m tests.benchmarks slack_sending``. *Without limits* the fake runs in a process of its own
and answers as fast as it can; the real drain claims, posts over HTTP and marks, with durable commits. Its limiter counts
every message as always, but its minutes pass in no time; the baseline is the same without any limiter, so that the
ratio is what the limiter costs. *By the limits* the limiter and the fake, with its published limits on, share a clock
that is moved by hand, which the limiter's waits move: minutes take no time, and the rate is what went out by that clock
after the first minute. *The roster* is read and taken over by the same kind of clock; its time is the processor's, the
fake's share included, since they share a process.

A message that is not accepted exactly once, an answer 429 after the first minute, a person who is not matched or a
call beyond the limits ends the run with an error.
"""

import asyncio
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import delete
from typing_extensions import override

from adapters.engine import Place
from adapters.engine.drain import Drain
from adapters.engine.limits import Limits
from adapters.slack import roster
from adapters.slack.limiter import Limiter
from adapters.slack.send import Connection, SlackPlatform
from bot.cases import roster as cases
from bot.store.store import Store
from bot.store.tables import Account
from bot.store.unit import Unit
from tests import builders, staff
from tests.adapters.slack.posting import by, hire, lapsed
from tests.benchmarks.figures import Figure, show
from tests.canary import WORD
from tests.fakes import MONDAY, FakeClock
from tests.platforms.slack import FakeSlack
from tests.platforms.slack.checker import twice
from tests.platforms.slack.people import Json

ROUNDS, MESSAGES = 3, 600
WAVE, PEOPLE = 2000, 5000
PER_MINUTE = 400
WARM_UP = timedelta(minutes=1)
HERE = Place(1, staff.WORKSPACE)


class Free(Limiter):
    """Lets everybody through."""

    @override
    async def admit(self, workspace: str, method: str, channel: str = "") -> None:
        return


@contextmanager
def a_store(clock: FakeClock) -> Iterator[Store]:
    with TemporaryDirectory() as name:
        store = builders.a_store(builders.a_database(Path(name)), Path(name), clock)
        try:
            yield store
        finally:
            store.close()


# --- without limits ---------------------------------------------------------------------------------------


@contextmanager
def a_slack(people: int) -> Iterator[Json]:
    """Run a fake Slack without limits in a process of its own; give what its app must know."""
    command = [sys.executable, "-m", "tests.platforms.slack", "--no-limits", "--people", str(people + 1)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield json.loads(process.stdout.readline() or "{}")
    finally:
        process.terminate()
        process.wait(10)
        process.stdout.close()


def as_fast_as_it_goes() -> Figure:
    limited, free = [], []
    for _ in range(ROUNDS):
        limited.append(_speed(lapsed()))
        free.append(_speed(Free()))
    return Figure("outbox, without limits", "a second", limited, free, ">= 300 a second")


def _speed(limiter: Limiter) -> float:
    """Send messages from a database of their own and return how many went out a second."""
    with a_slack(MESSAGES) as slack, a_store(FakeClock()) as store:
        people = hire(store, MESSAGES, "T1")
        store.write(_as_the_fake_calls_them)
        staff.want(store, people, "wave.invite")
        platform = SlackPlatform(Connection(bot_token=slack["bot_token"], api_url=slack["api_url"]))
        platform.web._limiter = limiter

        async def run() -> float:
            began = time.perf_counter()
            await Drain(store=store, platform=platform, limits=Limits(turn_s=600), cards=staff.CARDS).run(
                HERE
            )
            took = time.perf_counter() - began
            await platform.aclose()
            return took

        took = asyncio.run(run())
        if staff.states(store) != {"sent": MESSAGES}:
            raise SystemExit(f"not all of {MESSAGES} messages were sent: {staff.states(store)}")
    return MESSAGES / took


def _as_the_fake_calls_them(unit: Unit) -> None:
    for user in unit.accounts.users(staff.WORKSPACE):
        account = unit.accounts.find(staff.WORKSPACE, user)
        assert account is not None
        account.user = f"U{account.person_id:05}"


# --- by the limits ----------------------------------------------------------------------------------------


async def by_the_limits() -> Figure:
    """Send a wave by a clock that everybody shares and return its rate after the first minute."""
    real = FakeClock()
    with a_store(FakeClock()) as store:
        async with FakeSlack(clock=real) as slack:
            people = hire(store, WAVE, slack.team)
            for number in people:
                slack.add_user(f"U{number}", real_name=f"Person {number}")
            staff.want(store, people, "wave.invite")
            platform = SlackPlatform(Connection(bot_token=slack.bot_token, api_url=slack.url), real)
            platform.web._limiter = by(real)
            limits = Limits(turn_s=3600, lease=timedelta(hours=1))
            drain = Drain(store=store, platform=platform, limits=limits, real=real, cards=staff.CARDS)
            while not staff.settled(store):
                await drain.run(HERE)
                real.advance(timedelta(seconds=1))  # the engine's tick
            await platform.aclose()
        return _paced(slack, store)


def _paced(slack: FakeSlack, store: Store) -> Figure:
    warm = (MONDAY + WARM_UP).timestamp()
    late = [call for call in slack.calls if call.at > warm]
    refused = sum(call.outcome == "ratelimited" for call in late)
    if staff.states(store) != {"sent": WAVE} or refused or [*twice(slack.calls)]:
        raise SystemExit(f"{staff.states(store)} of {WAVE}, {refused} answers 429 after the first minute")
    rate = 60 * (len(late) - 1) / (late[-1].at - late[0].at)
    goal = f">= {0.95 * PER_MINUTE:.0f} a minute"
    return Figure(f"wave of {WAVE:,}, by the limits", "a minute", [rate], [PER_MINUTE], goal)


# --- the roster -------------------------------------------------------------------------------------------


async def the_roster() -> list[Figure]:
    """Read a workspace and match everybody to HR's people by address."""
    real = FakeClock()
    with a_store(FakeClock()) as store:
        people = hire(store, PEOPLE, FakeSlack().team)
        store.write(lambda unit: unit.session.execute(delete(Account)))
        async with FakeSlack(clock=real) as slack:
            for number in people:
                slack.add_user(f"W{number}", real_name=f"Person {number}", email=f"p{number}@{WORD}.example")
            platform = SlackPlatform(Connection(bot_token=slack.bot_token, api_url=slack.url), real)
            platform.web._limiter = by(real)

            async def sleep(seconds: float) -> None:
                real.advance(timedelta(seconds=seconds))

            began = time.process_time()
            found = [profile async for profile in roster.members(platform.web, slack.team, sleep)]
            taken = cases.take(store, 1, "slack", slack.team, found, before=frozenset())
            own = time.process_time() - began
            await platform.aclose()
    if taken.linked != PEOPLE or {call.outcome for call in slack.calls} != {"ok"}:
        raise SystemExit(f"{taken.linked} of {PEOPLE} people were matched within the limits")
    waited = (real.now() - MONDAY).total_seconds()
    return [
        Figure(f"roster of {PEOPLE:,} people, own time", "s", [own], goal="< 60 s"),
        Figure("… waiting for Slack's limits", "s", [waited]),
    ]


def main() -> None:
    """Print the figures; ends with an error if something was lost, doubled or too fast."""
    show([as_fast_as_it_goes(), asyncio.run(by_the_limits()), *asyncio.run(the_roster())])


if __name__ == "__main__":
    main()
