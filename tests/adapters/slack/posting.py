"""The outbox with a fake Slack on the other side, in this process or in one that may be killed."""

import asyncio
import multiprocessing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from adapters.engine.embedded import EmbeddedEngine, Tuning
from adapters.engine.limits import Limits
from adapters.slack.limiter import Limiter
from adapters.slack.send import Connection, SlackPlatform
from bot.store import vault  # noqa: F401 - its tables belong to the database too
from bot.store.store import Store, open_store
from tests import staff
from tests.adapters.engine.waiting import until
from tests.fakes import MONDAY, FakeClock

LAPSE = 1000.0
"""How much faster the limiter's time passes where the limits are not what is tested."""


@dataclass(frozen=True)
class Plan:
    """What a process finds: its database, its Slack, and whether it may ask what arrived."""

    folder: Path
    url: str
    slack: str
    token: str
    reconcile: bool = True


def hire(store: Store, n: int, workspace: str) -> range:
    """Make so many people with accounts U1, U2 … in a workspace of Slack."""
    people = staff.hire(store, n, platform="slack")
    store.write(lambda unit: setattr(unit.workspaces.get(staff.WORKSPACE), "external", workspace))
    return people


def by(real: FakeClock) -> Limiter:
    """Return a limiter that goes by a clock moved by hand; its waits move the clock."""

    def passed() -> float:
        return (real.now() - MONDAY).total_seconds()

    async def sleep(seconds: float) -> None:
        real.advance(timedelta(seconds=seconds))

    return Limiter(passed, sleep)


def lapsed() -> Limiter:
    """Return a limiter whose minutes are over in no time."""
    return Limiter(
        time=lambda: asyncio.get_running_loop().time() * LAPSE,
        sleep=lambda seconds: asyncio.sleep(seconds / LAPSE),
    )


def context() -> multiprocessing.context.ForkServerContext:
    """Start processes from a server that has imported everything once."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([__name__])
    return server


def work(plan: Plan) -> None:
    """Run the engine until nothing is open and nobody can be asked any more."""
    store = open_store(plan.url, keys_dir=plan.folder, clock=FakeClock(), role="server")
    asyncio.run(_until_settled(store, plan))
    store.close()


async def _until_settled(store: Store, plan: Plan) -> None:
    platform = SlackPlatform(Connection(bot_token=plan.token, api_url=plan.slack, reconcile=plan.reconcile))
    platform.web._limiter = lapsed()
    limits = Limits(
        batch=20, timeout_s=0.5, doubt=timedelta(), ask_again=timedelta(seconds=0.1), first_pause_s=0.1
    )
    tuning = Tuning(limits={"slack": limits}, cards=staff.CARDS, tick_s=0.05)
    engine = EmbeddedEngine(store, {"slack": platform}, (), tuning)
    running = asyncio.create_task(engine.run())
    await until(lambda: staff.settled(store))
    await engine.stop(timedelta(seconds=5))
    await running
    await platform.aclose()
