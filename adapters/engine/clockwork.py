"""APScheduler as a clock and nothing more: a few fixed ticks, kept in memory.

The only importer of apscheduler, which carries no types. Ticks never pile up (``coalesce``, one instance at a
time) and a late tick is made up for (no grace time), because what is due is found in the store, not here.
"""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC
from typing import Any

from apscheduler.events import EVENT_JOB_ERROR
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from bot.logs import get_logger

log = get_logger()

Tick = Callable[[], Awaitable[None]]


class Clockwork:
    """Calls coroutines at fixed intervals in the running event loop."""

    def __init__(self) -> None:
        self.failures = 0
        """How many ticks ended in an error since the start."""
        self._running: set[asyncio.Task[Any]] = set()
        self._scheduler: Any = AsyncIOScheduler(timezone=UTC)
        self._scheduler.add_listener(self._failed, EVENT_JOB_ERROR)

    def every(self, seconds: float, name: str, tick: Tick) -> None:
        """Call ``tick`` every so many seconds from the start on; one that is still running is not called again."""
        self._scheduler.add_job(
            self._call,
            "interval",
            [tick],
            seconds=seconds,
            id=name,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def start(self) -> None:
        self._scheduler.start()

    async def stop(self, grace_s: float) -> None:
        """Begin no more ticks, and let those that are running finish within ``grace_s`` seconds."""
        if not self._scheduler.running:
            return
        self._scheduler.pause()
        if self._running:
            await asyncio.wait(self._running, timeout=grace_s)
        self._scheduler.shutdown(wait=False)
        await asyncio.sleep(0)  # apscheduler shuts down in the loop's next round

    async def _call(self, tick: Tick) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        await tick()

    def _failed(self, event: Any) -> None:
        self.failures += 1
        log.error("engine.tick_failed", job=event.job_id, exc_info=event.exception)
