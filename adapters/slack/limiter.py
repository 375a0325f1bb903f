"""How fast each method of the Web API may be called, kept before Slack has to say so.

Slack counts by method and workspace; a message counts for its channel as well. A bucket keeps two promises at
once: never more calls in any minute than are published, and no more at once than its burst.
"""

import asyncio
import math
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from bot.errors import TryLater

MINUTE_S = 61.0
"""A minute as we count it; the second over keeps uneven travel times from crowding the minute that Slack counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """``calls`` in any ``per_s`` seconds, ``burst`` of them at once after a rest."""

    calls: int
    burst: int
    per_s: float = MINUTE_S

    @property
    def per_second(self) -> float:
        return self.calls / self.per_s


def _tier(calls: int) -> Pace:
    """Return the pace of a published tier; no burst smaller than a minute's calls is published for it."""
    return Pace(calls=calls, burst=calls)


TIER_1, TIER_2, TIER_3, TIER_4 = map(_tier, (1, 20, 50, 100))
"""docs.slack.dev/apis/web-api/rate-limits: so many calls and more a minute; we count on no more."""

GENEROUS = _tier(600)
"""auth.test and its like; MethodsRateLimits.java of slackapi/java-slack-sdk (02a29a7a)."""

POSTING = Pace(calls=400, burst=20)
"""docs.slack.dev: several hundred messages a minute for a workspace."""

ONE_CHANNEL = Pace(calls=1, burst=1, per_s=1.05)
"""docs.slack.dev: one message a second for a channel."""

PACES: Mapping[str, Pace] = {
    "chat.postMessage": POSTING,
    "auth.test": GENEROUS,
    "blocks.validate": GENEROUS,
    "chat.getPermalink": GENEROUS,
    "chat.postEphemeral": TIER_4,
    "conversations.members": TIER_4,
    "oauth.v2.access": TIER_4,
    "users.info": TIER_4,
    "users.profile.get": TIER_4,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
    "chat.delete": TIER_3,
    "chat.update": TIER_3,
    "conversations.history": TIER_3,
    "conversations.open": TIER_3,
    "conversations.replies": TIER_3,
    "dnd.info": TIER_3,
    "team.info": TIER_3,
    "users.lookupByEmail": TIER_3,
    "auth.teams.list": TIER_2,
    "conversations.list": TIER_2,
    "users.conversations": TIER_2,
    "users.list": TIER_2,
    "apps.connections.open": TIER_1,
}
"""By method; the same sources. A method that is not listed goes at the pace of tier 2."""

BY_CHANNEL = frozenset({"chat.postMessage"})
"""Methods that Slack also counts for each channel."""

UNPACED = Pace(calls=1_000_000, burst=1_000_000)
"""No pace at all, for an emulator that knows no limits; what it refuses is still waited for."""

PATIENCE_S = 2.0
"""Who would have to wait longer for a turn is told when to come back instead."""

NO_TIME_S = 1e-6
"""A wait that rounding may leave over; far less than the second by which our minute is too long."""

ROOM = 1024
"""Buckets kept before those that nobody needs any more are dropped."""


@dataclass(slots=True)
class Bucket:
    """The calls of one method in one workspace, or the messages to one channel."""

    pace: Pace
    tokens: float
    filled_at: float
    taken: deque[float] = field(default_factory=deque)
    """When the calls of the last minute were made, the oldest first."""
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
        """Let no call through for so long, then begin again slowly: Slack knows better than the table."""
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
        """Return the calls gained a second: half of them for a minute after Slack has complained."""
        return self.pace.per_second / (2 if now < self.slow_until else 1)

    def _room(self, ahead: int) -> float:
        """Return when so many more calls still leave the last minute with as many as are published."""
        over = len(self.taken) + ahead - self.pace.calls
        if over < 0:
            return -math.inf
        return self.taken[min(over, len(self.taken) - 1)] + self.pace.per_s if self.taken else -math.inf


def loop_time() -> float:
    """Return the seconds of the running event loop's own clock, which is never set back."""
    return asyncio.get_running_loop().time()


class Limiter:
    """Lets callers through in the order in which they came; who gives up waiting has taken nothing."""

    def __init__(
        self,
        time: Callable[[], float] = loop_time,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
        patience_s: float = PATIENCE_S,
        *,
        paced: bool = True,
    ) -> None:
        self._time, self._sleep, self._patience_s, self._paced = time, sleep, patience_s, paced
        self._buckets: dict[tuple[str, str, str], Bucket] = {}
        self._sweep_at = ROOM

    async def admit(self, workspace: str, method: str, channel: str = "") -> None:
        """Return when the call may be made; raises ``TryLater`` if that is too far off."""
        self._make_room()
        latest = self._time() + self._patience_s
        if channel and method in BY_CHANNEL:
            one = self._bucket(workspace, method, channel)
            async with self._turn(one, latest):
                await self._through(workspace, method, latest)
                one.take(self._time())
        else:
            await self._through(workspace, method, latest)

    async def _through(self, workspace: str, method: str, latest: float) -> None:
        whole = self._bucket(workspace, method)
        async with self._turn(whole, latest):
            whole.take(self._time())

    def refused(self, workspace: str, method: str, seconds: float) -> None:
        """Learn that Slack wants no such call for so many seconds."""
        self._bucket(workspace, method).block(self._time(), seconds)

    @asynccontextmanager
    async def _turn(self, bucket: Bucket, latest: float) -> AsyncIterator[None]:
        """Stand in a bucket's queue and hold its head as soon as a call may be made; nothing is taken yet."""
        now = self._time()
        _in_time(bucket.ready(now, bucket.waiting), now, latest)
        bucket.waiting += 1
        try:
            async with bucket.turn:
                while (ready := bucket.ready(now := self._time())) > now + NO_TIME_S:
                    _in_time(ready, now, latest)
                    await self._sleep(ready - now)
                yield
        finally:
            bucket.waiting -= 1

    def _bucket(self, workspace: str, method: str, channel: str = "") -> Bucket:
        key = (workspace, method, channel)
        found = self._buckets.get(key)
        if found is None:
            pace = self._pace(method, channel)
            found = self._buckets[key] = Bucket(pace, float(pace.burst), self._time())
        return found

    def _pace(self, method: str, channel: str) -> Pace:
        if not self._paced:
            return UNPACED
        return ONE_CHANNEL if channel else PACES.get(method, TIER_2)

    def _make_room(self) -> None:
        """Drop the buckets at rest, whenever there are twice as many as the last time."""
        if len(self._buckets) < self._sweep_at:
            return
        now = self._time()
        self._buckets = {key: bucket for key, bucket in self._buckets.items() if not bucket.idle(now)}
        self._sweep_at = max(ROOM, 2 * len(self._buckets))


def _in_time(ready: float, now: float, latest: float) -> None:
    if ready > latest:
        raise TryLater("ratelimited", ready - now)
