"""What our clients of other people's web services share: which addresses are near, and how long they ask us to wait."""

import asyncio
import math
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from urllib.parse import urlsplit

from bot.errors import TryLater

LONGEST_RETRY_AFTER_S = 3600.0
"""Nobody is left alone for longer, whatever a service says."""


PATIENCE_S = 10.0
"""How long a reply waits when we are asked to slow down: as long as a person would."""


async def patiently(act: Callable[[], Awaitable[object]]) -> None:
    """Wait once when a service asks us to slow down, if it asks for a time that a person would wait."""
    try:
        await act()
    except TryLater as busy:
        pause = 1.0 if busy.retry_after_s is None else busy.retry_after_s
        if pause > PATIENCE_S:
            raise
        await asyncio.sleep(pause)
        await act()


def is_loopback(url: str) -> bool:
    """Whether an address is on this machine: a service is imitated there, for it is nowhere near."""
    host = urlsplit(url).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def retry_after(header: str, now: datetime) -> float | None:
    """Return the seconds of a ``Retry-After``, fractions and dates too; None: it does not say, or makes no sense."""
    seconds = _seconds(header)
    if seconds is None:
        with suppress(ValueError, OverflowError):
            at = parsedate_to_datetime(header)
            seconds = (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() - now.timestamp()
            seconds = max(0.0, seconds)
    return None if seconds is None else min(seconds, LONGEST_RETRY_AFTER_S)


def _seconds(header: str) -> float | None:
    try:
        seconds = float(header)
    except ValueError:
        return None
    return seconds if math.isfinite(seconds) and seconds >= 0 else None
