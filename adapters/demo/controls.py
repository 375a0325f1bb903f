"""What the demo's page needs beyond chat: people to be, a clock to move, and a look behind the curtain."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from adapters.demo.clock import DemoClock
from adapters.demo.curtain import Behind, behind
from adapters.demo.horizon import next_stop, told
from adapters.demo.personas import Persona, people
from bot.store.unit import Store

FARTHEST = timedelta(days=400)

Progress = Callable[[str], None]


class Settler(Protocol):
    """The engine, as far as a moved clock needs it."""

    async def settle(self) -> None: ...


class Actors(Protocol):
    """Simulated people: they do what they would have done by now, and say how many did something."""

    def act(self) -> int: ...


class DemoControls:
    """The clock and the curtain of one demo database; one move at a time."""

    def __init__(self, store: Store, clock: DemoClock, engine: Settler, crowd: Actors | None) -> None:
        self._store, self._clock, self._engine, self._crowd = store, clock, engine, crowd
        self._turn = asyncio.Lock()

    async def now(self) -> datetime:
        return self._clock.now()

    async def people(self) -> Sequence[Persona]:
        return await asyncio.to_thread(self._store.read, people)

    async def curtain(self, person: str) -> Behind:
        return await asyncio.to_thread(self._store.read, lambda unit: behind(unit, person))

    async def advance(self, to: datetime, progress: Progress) -> datetime:
        """Move forward, stopping at each due instant in order; jobs, deliveries and people are done at each."""
        async with self._turn:
            begun = self._clock.now()
            if to < begun:
                raise ValueError("The clock only moves forward.")
            if to > begun + FARTHEST:
                raise ValueError(f"At most {FARTHEST.days} days at a time.")
            await self._settle()
            while self._clock.now() < to:
                stop = await asyncio.to_thread(self._store.read, next_stop)
                at = min(to, stop.at)
                progress(told(at, stop.about if at == stop.at else ""))
                await asyncio.to_thread(self._clock.move, self._store, at)
                await self._settle()
            return self._clock.now()

    async def _settle(self) -> None:
        """Let jobs and deliveries come to rest, then the people who act by now, and what follows from that."""
        await self._engine.settle()
        acted = 0 if self._crowd is None else await asyncio.to_thread(self._crowd.act)
        if acted:
            await self._engine.settle()
