"""How fast each method of the Web API may be called, kept before Slack has to say so.

Slack counts by method and workspace; a message counts for its channel as well.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from adapters.pacing import PATIENCE_S, UNPACED, Pace, Queues, loop_time

MINUTE_S = 61.0
"""A minute as we count it; the second over keeps uneven travel times from crowding the minute that Slack counts."""


def _tier(calls: int) -> Pace:
    """Return the pace of a published tier; no burst smaller than a minute's calls is published for it."""
    return Pace(calls=calls, burst=calls, per_s=MINUTE_S)


TIER_1, TIER_2, TIER_3, TIER_4 = map(_tier, (1, 20, 50, 100))
"""docs.slack.dev/apis/web-api/rate-limits: so many calls and more a minute; we count on no more."""

GENEROUS = _tier(600)
"""auth.test and its like; MethodsRateLimits.java of slackapi/java-slack-sdk (02a29a7a)."""

POSTING = Pace(calls=400, burst=20, per_s=MINUTE_S)
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

Key = tuple[str, str, str]
"""Workspace, method, and the channel or nothing."""


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

    async def admit(self, workspace: str, method: str, channel: str = "") -> None:
        """Return when the call may be made; raises ``TryLater`` if that is too far off."""
        self._queues.sweep()
        latest = self._queues.time() + self._patience_s
        if channel and method in BY_CHANNEL:
            async with self._queues.turn((workspace, method, channel), latest) as one:
                await self._through(workspace, method, latest)
                one.take(self._queues.time())
        else:
            await self._through(workspace, method, latest)

    async def _through(self, workspace: str, method: str, latest: float) -> None:
        async with self._queues.turn((workspace, method, ""), latest) as whole:
            whole.take(self._queues.time())

    def refused(self, workspace: str, method: str, seconds: float) -> None:
        """Learn that Slack wants no such call for so many seconds."""
        self._queues.bucket((workspace, method, "")).block(self._queues.time(), seconds)


def _pace(key: Key) -> Pace:
    _, method, channel = key
    return ONE_CHANNEL if channel else PACES.get(method, TIER_2)


def _unpaced(_key: Key) -> Pace:
    return UNPACED
