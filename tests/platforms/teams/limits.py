"""The published rate limits, as sliding windows (learn.microsoft.com, ``bots/how-to/rate-limit``)."""

import math
from collections import defaultdict, deque
from collections.abc import Callable, Iterator

Window = tuple[int, float]
"""So many calls within so many seconds."""

SENDING: tuple[Window, ...] = ((7, 1.0), (8, 2.0), (60, 30.0), (1800, 3600.0))
"""To send to a conversation or create one, for each bot and conversation."""

MEMBERS: tuple[Window, ...] = ((14, 1.0), (16, 2.0), (120, 30.0), (3600, 3600.0))

EVERYTHING: tuple[Window, ...] = ((50, 1.0),)
"""All calls of an app in a tenant."""

WINDOWS = {"post": SENDING, "update": SENDING, "create": SENDING, "members": MEMBERS, "member": MEMBERS}


class Limits:
    """Says how long a call must wait, and counts those that need not."""

    def __init__(self, now: Callable[[], float], *, on: bool = True) -> None:
        self.now = now
        self.on = on
        self._past: dict[tuple[str, str], deque[float]] = defaultdict(deque)

    def wait(self, call: str, tenant: str, conversation: str) -> int:
        """Take a permission and return 0, or return the whole seconds after which to ask again."""
        return math.ceil(self.exact(call, tenant, conversation, self.now())) if self.on else 0

    def exact(self, call: str, tenant: str, conversation: str, now: float) -> float:
        """Take a permission at that moment and return 0, or return the seconds that are missing."""
        counted = list(self._counted(call, tenant, conversation))
        wait = max((_missing(past, windows, now) for past, windows in counted), default=0.0)
        if wait == 0.0:
            for past, windows in counted:
                past.append(now)
                while past[0] < now - windows[-1][1]:
                    past.popleft()
        return wait

    def anew(self) -> "Limits":
        """Return the same limits with nothing used up."""
        return Limits(self.now, on=self.on)

    def _counted(
        self, call: str, tenant: str, conversation: str
    ) -> Iterator[tuple[deque[float], tuple[Window, ...]]]:
        yield self._past["tenant", tenant], EVERYTHING
        if call in WINDOWS:
            kind = "members" if call.startswith("member") else "sending"
            yield self._past[kind, conversation], WINDOWS[call]


def _missing(past: deque[float], windows: tuple[Window, ...], now: float) -> float:
    """Return the seconds until the oldest call that is one too many leaves its window."""
    waits = [
        past[-most] + seconds - now
        for most, seconds in windows
        if len(past) >= most and past[-most] + seconds > now
    ]
    return max(waits, default=0.0)
