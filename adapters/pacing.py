"""How a published pace is kept before the other side has to say so; each platform says what it counts, and by what.

A bucket keeps two promises at once: never more calls in any stretch of time than are published, and no more at once
than its burst. Queues let callers through in the order in which they came.
"""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Hashable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from bot.errors import TryLater

Key = TypeVar("Key", bound=Hashable)

PATIENCE_S = 2.0
"""Who would have to wait longer for a turn is told when to come back instead."""

NO_TIME_S = 1e-6
"""A wait that rounding may leave over; far less than the time by which our stretches are longer than published."""

ROOM = 1024
"""Buckets kept before those that nobody needs any more are dropped."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """``calls`` in any ``per_s`` seconds, ``burst`` of them at once after a rest."""

    calls: int
    burst: int
    per_s: float

    @property
    def per_second(self) -> float:
        return self.calls / self.per_s


UNPACED = Pace(calls=1_000_000, burst=1_000_000, per_s=1.0)
"""No pace at all, for an emulator that knows no limits; what it refuses is still waited for."""


@dataclass(slots=True)
class Bucket:
    """The calls of one kind: what was made lately, and what may be made when."""

    pace: Pace
    tokens: float
    filled_at: float
    taken: deque[float] = field(default_factory=deque)
    """When the calls of the last stretch were made, the oldest first."""
    blocked_until: float = -math.inf
    slow_until: float = -math.inf
    waiting: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def ready(self, now: float, ahead: int = 0) -> float:
        """Return when the next call may be made, or the one after ``ahead`` others."""
        self._refill(now)
        missing = ahead + 1 - self.tokens
        filled = max(self.filled_at, now) + missing / self._rate(now) if missing > 0 else now
        return max(now, self.blocked_until, filled, self._room(ahead))

    def take(self, now: float) -> None:
        """Count a call that is made now."""
        self._refill(now)
        self.tokens -= 1
        self.taken.append(now)

    def block(self, now: float, seconds: float) -> None:
        """Let no call through for so long, then begin again slowly: the other side knows better than we do."""
        self._refill(now)
        until = max(self.blocked_until, now + seconds)
        self.blocked_until, self.slow_until = until, until + self.pace.per_s
        self.tokens, self.filled_at = 1.0, until

    def idle(self, now: float) -> bool:
        """Tell whether a new bucket would do just as well."""
        self._refill(now)
        rested = not self.taken and self.tokens >= self.pace.burst
        return rested and self.waiting == 0 and now >= self.slow_until

    def _refill(self, now: float) -> None:
        while self.taken and self.taken[0] <= now - self.pace.per_s:
            self.taken.popleft()
        if now > self.filled_at:
            grown = self.tokens + (now - self.filled_at) * self._rate(now)
            self.tokens, self.filled_at = min(float(self.pace.burst), grown), now

    def _rate(self, now: float) -> float:
        """Return the calls gained a second: half of them for a stretch after the other side has complained."""
        return self.pace.per_second / (2 if now < self.slow_until else 1)

    def _room(self, ahead: int) -> float:
        """Return when so many more calls still leave the last stretch with as many as are published."""
        over = len(self.taken) + ahead - self.pace.calls
        if over < 0:
            return -math.inf
        return self.taken[min(over, len(self.taken) - 1)] + self.pace.per_s if self.taken else -math.inf


def loop_time() -> float:
    """Return the seconds of the running event loop's own clock, which is never set back."""
    return asyncio.get_running_loop().time()


class Queues(Generic[Key]):
    """A bucket for each key, and a queue before each; who gives up waiting has taken nothing."""

    def __init__(
        self,
        pace: Callable[[Key], Pace],
        time: Callable[[], float] = loop_time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.time = time
        self._pace, self._sleep = pace, sleep
        self._buckets: dict[Key, Bucket] = {}
        self._sweep_at = ROOM

    def __len__(self) -> int:
        return len(self._buckets)

    def bucket(self, key: Key) -> Bucket:
        found = self._buckets.get(key)
        if found is None:
            pace = self._pace(key)
            found = self._buckets[key] = Bucket(pace, float(pace.burst), self.time())
        return found

    @asynccontextmanager
    async def turn(self, key: Key, latest: float) -> AsyncIterator[Bucket]:
        """Stand in a bucket's queue and hold its head as soon as a call may be made; nothing is taken yet.

        Raises ``TryLater`` if that would be after ``latest``.
        """
        bucket, now = self.bucket(key), self.time()
        _in_time(bucket.ready(now, bucket.waiting), now, latest)
        bucket.waiting += 1
        try:
            async with bucket.turn:
                while (ready := bucket.ready(now := self.time())) > now + NO_TIME_S:
                    _in_time(ready, now, latest)
                    await self._sleep(ready - now)
                yield bucket
        finally:
            bucket.waiting -= 1

    def sweep(self) -> None:
        """Drop the buckets at rest, whenever there are twice as many as the last time."""
        if len(self._buckets) < self._sweep_at:
            return
        now = self.time()
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.idle(now)}
        self._sweep_at = max(ROOM, 2 * len(self._buckets))


def _in_time(ready: float, now: float, latest: float) -> None:
    if ready > latest:
        raise TryLater("ratelimited", ready - now)
