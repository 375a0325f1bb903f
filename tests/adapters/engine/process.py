"""The engine in a process of its own, which may be killed at a named point or at any moment."""

import asyncio
import multiprocessing
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from adapters.engine.embedded import EmbeddedEngine, Tuning
from adapters.engine.limits import Limits
from bot import logs
from bot.store import vault  # noqa: F401 - its tables belong to the database too
from bot.store.store import open_store
from tests import staff
from tests.adapters.engine.waiting import until
from tests.fakes import FakeClock
from tests.platforms.fake import FakePlatform, Fault

Faults = Callable[[str], Fault | None]


@dataclass(frozen=True)
class Plan:
    """What the process finds and when it dies: the ``nth`` time that it passes ``point``."""

    folder: Path
    url: str
    point: str = ""
    nth: int = 1
    findable: bool = True
    latency_s: float = 0.0
    resets: bool = False
    """Every message's connection is lost after it was accepted, so that the platform is asked about all."""
    doubt: timedelta = timedelta()

    @property
    def journal(self) -> Path:
        return self.folder / "journal"

    @property
    def log(self) -> Path:
        return self.folder / "log"


def context() -> multiprocessing.context.ForkServerContext:
    """Start processes from a server that has imported everything once."""
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload([__name__])
    return server


def work(plan: Plan) -> None:
    """Run the engine until nothing is open and nobody can be asked any more; log all that a log can say."""
    logs.configure("DEBUG", plan.log.open("a", encoding="utf-8"))
    store = open_store(plan.url, keys_dir=plan.folder, clock=FakeClock(), role="server")
    platform = FakePlatform(
        findable=plan.findable,
        latency_s=plan.latency_s,
        journal=plan.journal,
        faults=lambda _: "reset_after" if plan.resets else None,
    )
    limits = Limits(batch=5 if plan.point else 50, at_once=2 if plan.point else 10, doubt=plan.doubt)
    tuning = Tuning(
        limits={"fake": limits}, cards=staff.CARDS, crash=armed(plan.point, plan.nth), tick_s=0.05
    )
    asyncio.run(
        _until_done(EmbeddedEngine(store, {"fake": platform}, (), tuning), lambda: staff.settled(store))
    )
    store.close()


async def _until_done(engine: EmbeddedEngine, done: Callable[[], bool]) -> None:
    running = asyncio.create_task(engine.run())
    await until(done)
    await engine.stop(timedelta(seconds=5))
    await running


def armed(point: str, nth: int) -> Callable[[str], None]:
    """Return a crash point that kills this very process, as nothing in it could prevent."""
    passed = 0

    def crash(here: str) -> None:
        nonlocal passed
        passed += here == point
        if here == point and passed == nth:
            os.kill(os.getpid(), signal.SIGKILL)

    return crash
