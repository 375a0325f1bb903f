"""What goes wrong, on demand: by call and count, or drawn from a seeded plan.

Calls are named ``create``, ``post`` (a message, a reply or typing), ``update``, ``delete``, ``members``, ``member``
(of the connector), ``openid``, ``keys`` (what tokens are verified by) and ``token`` (client credentials).
"""

import json
from collections.abc import Sequence

from tests.platforms.slack.faults import Draw, Fault, FaultPlan, hang, reset, seeded
from tests.platforms.slack.faults import broken_after as broken_after_any
from tests.platforms.slack.faults import unavailable as any_unavailable

__all__ = [
    "CHAOS",
    "Draw",
    "Fault",
    "FaultPlan",
    "blocked",
    "broken_after",
    "hang",
    "lost",
    "refuse",
    "reset",
    "seeded",
    "slow_down",
    "unavailable",
]


def refuse(status: int, code: str, retry_after: str = "") -> Fault:
    """Refuse by a status and an error's code; nothing was done."""
    body = json.dumps({"error": {"code": code, "message": f"{code}."}})
    return Fault("answer", status, body, retry_after, code)


def slow_down(retry_after: str = "1") -> Fault:
    """429 with ``Retry-After``, or without if it is empty, as is seen too."""
    return refuse(429, "TooManyRequests", retry_after)


def blocked(*, nested: bool = False) -> Fault:
    """403 ``MessageWritesBlocked``; ``nested``: as JSON within the message, the way older answers had it."""
    if not nested:
        return refuse(403, "MessageWritesBlocked")
    inner = json.dumps({"subCode": "MessageWritesBlocked", "details": "Thread is in a blocked state."})
    return Fault("answer", 403, json.dumps({"errorCode": 209, "message": inner}), code="MessageWritesBlocked")


def lost() -> Fault:
    """404: the message that should be changed is not found, which happens to some that are there (T13)."""
    return refuse(404, "ActivityNotFoundInConversation")


def unavailable(status: int = 502, body: str = "") -> Fault:
    """412, 500, 502, 503 or 504 before anything was done."""
    return refuse(412, "PreconditionFailed") if status == 412 else any_unavailable(status, body)


def broken_after(status: int = 502, body: str = "") -> Fault:
    """A 5xx although it was done."""
    return broken_after_any(status, body)


CHAOS: Sequence[Fault] = (
    slow_down(),
    slow_down(""),
    unavailable(412),
    unavailable(502),
    unavailable(504),
    broken_after(502),
    broken_after(504),
    reset(),
    reset(after=True),
)
