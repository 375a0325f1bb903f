"""How fast Teams may be called, kept before it has to say so: a tenant as a whole, and each conversation in it.

Published for one app (learn.microsoft.com, ``bots/how-to/rate-limit``): 50 calls a second in a tenant; in a
conversation 7 in one second, 8 in two, 60 in thirty, 1,800 in an hour. We stay below all of them.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack

from adapters.pacing import PATIENCE_S, UNPACED, Bucket, Pace, Queues, loop_time
from bot.errors import TryLater

TENANT = Pace(calls=40, burst=12, per_s=1.01)
"""Ten calls a second are left for uneven travel times. The burst makes up for what marking a batch takes."""

CONVERSATION = (
    Pace(calls=5, burst=5, per_s=1.05),
    Pace(calls=8, burst=8, per_s=2.2),
    Pace(calls=60, burst=60, per_s=121.0),
)
"""Sixty in two minutes is no more than sixty in thirty seconds, and no more than 1,800 in an hour."""

TIGHT = "ratelimited"

Key = tuple[str, str, int]
"""Tenant, conversation or nothing, and which of its paces."""


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
        self._queues = Queues(_pace if paced else _unpaced, time, sleep)
        self._patience_s = patience_s

    async def admit(self, tenant: str, conversation: str = "") -> None:
        """Return when the call may be made; raises ``TryLater`` if that is too far off.

        It says when only where the whole tenant has to wait: one busy conversation holds up nobody else.
        """
        self._queues.sweep()
        latest = self._queues.time() + self._patience_s
        async with AsyncExitStack() as turns:
            taken = await self._in_conversation(turns, tenant, conversation, latest)
            taken.append(await turns.enter_async_context(self._queues.turn((tenant, "", 0), latest)))
            for bucket in taken:
                bucket.take(self._queues.time())

    async def _in_conversation(
        self, turns: AsyncExitStack, tenant: str, conversation: str, latest: float
    ) -> list[Bucket]:
        paces = range(len(CONVERSATION)) if conversation else ()
        try:
            return [
                await turns.enter_async_context(self._queues.turn((tenant, conversation, pace), latest))
                for pace in paces
            ]
        except TryLater:
            raise TryLater(TIGHT) from None

    def refused(self, tenant: str, seconds: float) -> None:
        """Learn that Teams wants nothing from this tenant's app for so many seconds."""
        self._queues.bucket((tenant, "", 0)).block(self._queues.time(), seconds)


def _pace(key: Key) -> Pace:
    _, conversation, which = key
    return CONVERSATION[which] if conversation else TENANT


def _unpaced(_key: Key) -> Pace:
    return UNPACED
