"""Wanting a message said, under the rules of its purpose."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.cases.purposes import PURPOSES
from bot.store.outbox import Message
from bot.store.unit import Unit


def say(  # noqa: PLR0913 - to whom, what, under which key, about what, when and with which values is what a message is
    unit: Unit,
    to: int,
    purpose: str,
    *,
    key: str,
    ref: str,
    due_at: datetime | None = None,
    args: Mapping[str, Any] | None = None,
) -> bool:
    """Keep a message for sending, now or at ``due_at``; False if it was wanted before or reaches nobody."""
    rules = PURPOSES[purpose]
    return unit.outbox.want(
        Message(
            to,
            key=key,
            purpose=purpose,
            ref=ref,
            due_at=due_at or unit.now,
            args=args or {},
            priority=rules.priority,
            must_arrive=rules.must_arrive,
        )
    )
