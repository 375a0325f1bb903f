"""The engine inside the one process that serves people: ticks, threads for jobs, tasks for deliveries.

All methods belong to the event loop's thread. Jobs run in threads of their own, each job once at a time.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from adapters.engine import Health, Place
from adapters.engine.clockwork import Clockwork
from adapters.engine.drain import Drain, Drained, go_on
from adapters.engine.limits import Limits
from adapters.engine.rosters import Rosters
from bot import jobs
from bot.cases import delivery, troubles
from bot.cases.context import CardBuilder
from bot.clock import Clock, SystemClock
from bot.jobs import Job, Ran, Timetable
from bot.logs import get_logger
from bot.store.unit import Store, Unit
from bot.talk.platform import Platform

log = get_logger()

REAPER_TICK_S = 30.0
ROSTER_TICK_S = 5.0
"""Where somebody has just installed us, the people should be known while they look on."""
ROSTERS = "rosters"
BEAT_TICK_S = 3.0
"""Readiness wants a sign of life every ten seconds."""

MOST_ROUNDS = 1000
"""A settling that takes more rounds is going round in circles, which is a mistake of ours."""


class Restless(Exception):
    """Jobs and deliveries keep making work for each other; the rules of some sweep never come to rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """How an engine works; the defaults are right for one process."""

    limits: Mapping[str, Limits] = field(default_factory=dict)
    """By platform; those not named have none but the defaults."""
    real: Clock = field(default_factory=SystemClock)
    """The clock of leases, time-outs and rate limits; never the demo's movable one."""
    cards: Mapping[str, CardBuilder] = field(default_factory=lambda: delivery.CARDS)
    crash: Callable[[str], None] = go_on
    rosters: bool = False
    """Whether to read the workspaces' rosters; the local page has none but its own people."""
    tick_s: float = 1.0
    """How often to look for jobs and messages that are due."""


class EmbeddedEngine:
    """Runs the jobs, drains the outbox and notices what a dead process left behind.

    It may run only in the process that holds the server's lock: at the start it takes every message that is
    *sending* for lost, and asks about it.
    """

    def __init__(
        self,
        store: Store,
        platforms: Mapping[str, Platform],
        sweeps: Sequence[Job] = jobs.JOBS,
        tuning: Tuning | None = None,
    ) -> None:
        self._store = store
        self._tuning = tuning or Tuning()
        self._timetable = Timetable(sweeps)
        self._rosters = Rosters(store, platforms if self._tuning.rosters else {}, self._tuning.real)
        self._drains = {name: self._drain_for(platform) for name, platform in platforms.items()}
        self._turns: defaultdict[Place | str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._kicked: set[Place] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._clockwork = Clockwork()
        self._stopping = False
        self._stopped = asyncio.Event()
        self._beat: datetime | None = None
        self._failures = 0

    # --- the driver ---

    async def run(self) -> None:
        """Take up what was left behind, then work until ``stop`` has finished."""
        await self.recover()
        await self._beat_tick()
        self._clockwork.every(self._tuning.tick_s, "jobs", self._jobs_tick)
        self._clockwork.every(self._tuning.tick_s, "drain", self._drain_tick)
        self._clockwork.every(REAPER_TICK_S, "reaper", self._reaper_tick)
        self._clockwork.every(BEAT_TICK_S, "beat", self._beat_tick)
        self._clockwork.every(ROSTER_TICK_S, "rosters", self._roster_tick)
        self._clockwork.start()
        log.info("engine.started")
        await self._jobs_tick()
        await self._drain_tick()
        await self._roster_tick()
        await self._stopped.wait()

    def kick(self, place: Place) -> None:
        """Drain a workspace soon: there may be something to send. Kicks that come meanwhile are one."""
        if place not in self._kicked:
            self._kicked.add(place)
            self._start(self._drain_if_due(place))

    def read_rosters(self) -> None:
        """Read the rosters that are due, soon: a workspace may just have been connected."""
        if not self._turns[ROSTERS].locked():
            self._start(self._read_rosters())

    def health(self) -> Health:
        failures = self._failures + self._clockwork.failures
        running = self._beat is not None and not self._stopping
        return Health(running, self._beat, failures, len(self._tasks))

    async def stop(self, grace: timedelta = timedelta(seconds=20)) -> None:
        """Claim nothing more, let what is in flight finish within ``grace``, and end ``run``.

        Messages that were claimed and not begun are released. What is still in flight after the grace is
        left *sending*: the next start asks about it.
        """
        self._stopping = True
        await self._clockwork.stop(grace.total_seconds())
        pending = set(self._tasks)
        if pending:
            _, pending = await asyncio.wait(pending, timeout=grace.total_seconds())
        for task in pending:
            task.cancel()
        if pending:
            await asyncio.wait(pending, timeout=1)
        log.info("engine.stopped", remaining=len(pending))
        self._stopped.set()

    # --- what it does ---

    async def recover(self) -> int:
        """Take every message that is *sending* for lost, to be asked about; return how many there were.

        Workspaces that did not let us in are tried again at once.
        """
        ask_at = self._tuning.real.now() + self._longest_doubt()
        await self._everywhere(troubles.try_again)
        return await self._everywhere(lambda unit: unit.outbox.doubt(ask_at))

    async def settle(self) -> None:
        """Run jobs and drain until nothing is due at the rules' time; for a clock that is moved by hand."""
        everything: Sequence[Job] = self._timetable.jobs
        for _ in range(MOST_ROUNDS):
            runs = [await self._run_job(job) for job in everything]
            drained = [await self._drain(place, platform) for place, platform in await self._due()]
            if not any(ran.changed for ran in runs) and not any(done.taken for done in drained):
                return
        raise Restless

    async def _jobs_tick(self) -> None:
        for job in self._timetable.due(self._store.clock.now()):
            if not self._turns[job.name].locked():
                self._start(self._run_job(job))

    async def _drain_tick(self) -> None:
        for place, platform in await self._due():
            if not self._turns[place].locked():
                self._start(self._drain(place, platform))

    async def _roster_tick(self) -> None:
        self.read_rosters()

    async def _read_rosters(self) -> None:
        async with self._turns[ROSTERS]:
            await self._rosters.read_due()

    async def _reaper_tick(self) -> None:
        now = self._tuning.real.now()
        ask_at = now + self._longest_doubt()
        await self._everywhere(lambda unit: unit.outbox.doubt(ask_at, leases_before=now))

    async def _beat_tick(self) -> None:
        now = self._tuning.real.now()
        await asyncio.to_thread(jobs.beat, self._store, now)
        self._beat = now

    async def _run_job(self, job: Job) -> Ran:
        async with self._turns[job.name]:
            self._timetable.note(job, self._store.clock.now())
            ran = await asyncio.to_thread(jobs.attempt, job, self._store)
        self._failures += bool(ran.error)
        return ran

    async def _drain_if_due(self, place: Place) -> None:
        async with self._turns[place]:
            self._kicked.discard(place)
            for due, platform in await self._due():
                if due == place:
                    await self._drains[platform].run(place)

    async def _drain(self, place: Place, platform: str) -> Drained:
        async with self._turns[place]:
            return await self._drains[platform].run(place)

    async def _due(self) -> list[tuple[Place, str]]:
        """Return the places with something to do, and the platform of each; those without a platform wait."""
        real = self._tuning.real.now()
        found = await asyncio.to_thread(_due_places, self._store, real)
        return [(place, platform) for place, platform in found if platform in self._drains]

    async def _everywhere(self, work: Callable[[Unit], int]) -> int:
        return await asyncio.to_thread(jobs.everywhere(work), self._store)

    def _drain_for(self, platform: Platform) -> Drain:
        return Drain(
            store=self._store,
            platform=platform,
            limits=self._tuning.limits.get(platform.name, Limits()),
            real=self._tuning.real,
            cards=self._tuning.cards,
            crash=self._tuning.crash,
            halted=lambda: self._stopping,
        )

    def _longest_doubt(self) -> timedelta:
        return max((drain.limits.doubt for drain in self._drains.values()), default=timedelta())

    def _start(self, work: Coroutine[Any, Any, object]) -> None:
        """Begin a task, unless the engine is stopping; what it raises is logged."""
        if self._stopping:
            work.close()
            return
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            self._failures += 1
            log.error("engine.task_failed", exc_info=task.exception())


def _due_places(store: Store, real: datetime) -> list[tuple[Place, str]]:
    def due(unit: Unit) -> list[tuple[Place, str]]:
        workspaces = unit.outbox.due_workspaces(unit.now, real)
        return [(Place(unit.organisation_id, found.id), found.platform) for found in workspaces]

    return [place for organisation in store.organisations() for place in store.read(due, organisation)]
