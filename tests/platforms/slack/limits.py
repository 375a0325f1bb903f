"""The published rate limits, enforced per method and workspace, and one message a second per conversation."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

TIER_1, TIER_2, TIER_3, TIER_4, SPECIAL = 1, 20, 50, 100, 600

PER_MINUTE: Final[Mapping[str, int]] = {
    "chat.postMessage": 400,  # "several hundred"
    "chat.update": TIER_3,
    "chat.delete": TIER_3,
    "chat.postEphemeral": TIER_4,
    "conversations.open": TIER_3,
    "conversations.history": TIER_3,
    "conversations.replies": TIER_3,
    "users.list": TIER_2,
    "users.info": TIER_4,
    "users.lookupByEmail": TIER_3,
    "auth.teams.list": TIER_2,
    "team.info": TIER_3,
    "views.open": TIER_4,
    "views.publish": TIER_4,
    "views.push": TIER_4,
    "views.update": TIER_4,
    "oauth.v2.access": TIER_4,
    "auth.revoke": TIER_3,
    "apps.uninstall": TIER_1,
    "apps.connections.open": TIER_1,
    "auth.test": SPECIAL,
}
"""docs.slack.dev/apis/web-api/rate-limits and the table of slackapi/java-slack-sdk (MethodsRateLimits.java)."""


@dataclass
class Bucket:
    """Holds up to ``size`` permissions and regains ``rate`` a second."""

    size: float
    rate: float
    at: float
    held: float = field(init=False)

    def __post_init__(self) -> None:
        self.held = self.size

    def missing(self, now: float) -> float:
        """Return the seconds until the next permission, 0 if there is one."""
        self.held = min(self.size, self.held + max(0.0, now - self.at) * self.rate)
        self.at = max(now, self.at)
        return 0.0 if self.held >= 1 - 1e-9 else (1 - self.held) / self.rate

    def take(self) -> None:
        self.held -= 1


class Limits:
    """Says how long a call must wait; a method of no published limit never waits.

    A method's whole minute may come at once (``apps.connections.open``: 1 a minute, so 10 at once are let through
    as Slack lets reconnecting apps through), messages to a workspace in bursts of ``workspace_burst`` and to one
    conversation of ``channel_burst``: Slack publishes no figure for bursts, it only says that they may be refused.
    """

    def __init__(
        self,
        now: Callable[[], float],
        *,
        on: bool = True,
        per_minute: Mapping[str, int] = PER_MINUTE,
        workspace_burst: int = 60,
        channel_burst: int = 5,
        channel_per_second: float = 1.0,
    ) -> None:
        self.now = now
        self.on = on
        self.per_minute = dict(per_minute)
        self.burst = {"chat.postMessage": workspace_burst, "apps.connections.open": 10}
        self.channel_burst = channel_burst
        self.channel_per_second = channel_per_second
        self._buckets: dict[tuple[str, str], Bucket] = {}

    def wait(self, method: str, team: str, channel: str = "") -> int:
        """Take a permission and return 0, or return the whole seconds after which to ask again."""
        if not self.on:
            return 0
        wait = self.exact(method, team, channel, self.now())
        return math.ceil(wait)  # between 0 and 1 it is 1: Slack sends whole seconds

    def exact(self, method: str, team: str, channel: str, now: float) -> float:
        """Take a permission at that moment and return 0, or return the seconds that are missing."""
        buckets = list(self._needed(method, team, channel, now))
        wait = max((bucket.missing(now) for bucket in buckets), default=0.0)
        if wait == 0.0:
            for bucket in buckets:
                bucket.take()
        return wait

    def anew(self) -> "Limits":
        """Return the same limits with nothing used up."""
        fresh = Limits(self.now, per_minute=self.per_minute, channel_burst=self.channel_burst)
        fresh.burst, fresh.channel_per_second = dict(self.burst), self.channel_per_second
        return fresh

    def _needed(self, method: str, team: str, channel: str, now: float) -> list[Bucket]:
        needed = []
        if method in self.per_minute:
            per_minute = self.per_minute[method]
            size = self.burst.get(method, per_minute)
            needed.append(self._bucket((method, team), size, per_minute / 60, now))
        if method == "chat.postMessage" and channel:
            needed.append(
                self._bucket(("in", channel), self.channel_burst, self.channel_per_second, now),
            )
        return needed

    def _bucket(self, key: tuple[str, str], size: float, rate: float, now: float) -> Bucket:
        return self._buckets.setdefault(key, Bucket(size, rate, now))
