"""The life of a delivery: its states, the only moves between them, and what a move writes."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Self
from uuid import uuid4

from bot.store.tables import Delivery
from bot.talk.platform import Receipt

State = Literal["pending", "sending", "sent", "retry", "uncertain", "dead", "expired", "cancelled"]

STATES: tuple[State, ...] = (
    "pending",
    "sending",
    "sent",
    "retry",
    "uncertain",
    "dead",
    "expired",
    "cancelled",
)

MOVES: dict[State, frozenset[State]] = {
    "pending": frozenset({"sending", "expired", "cancelled"}),
    "retry": frozenset({"sending", "expired", "cancelled"}),
    "sending": frozenset({"sent", "pending", "retry", "uncertain", "dead", "expired", "cancelled"}),
    "uncertain": frozenset({"sent", "pending", "uncertain", "expired"}),
    "sent": frozenset(),
    "dead": frozenset(),
    "expired": frozenset(),
    "cancelled": frozenset(),
}
"""``sending`` goes back to ``pending`` only if nothing was sent; ``uncertain`` only if it surely did not arrive,
or if it must arrive and nobody can tell."""

REMINDERS = frozenset({"wave.remind"})
"""Purposes whose rows, once handled, all look the same.

A reminder goes only to those who have not answered, so its outcome would list them. However it ended (sent,
not needed, not wanted, refused, too late), the row becomes ``HANDLED`` without receipt, time, attempts or error.
"""

UNTOLD = REMINDERS | {"care.request"}
"""Purposes of which it is told to nobody that they did not arrive: that one was sent is itself a secret."""

HANDLED: State = "expired"


def check_move(was: State, becomes: State) -> None:
    """Raise ``ValueError`` if a delivery may not go from one state to the other."""
    if becomes not in MOVES[was]:
        raise ValueError(f"a delivery cannot go from {was} to {becomes}")


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to handle the rows marked with ``token``, by the real clock from ``at`` until ``until``."""

    token: str
    at: datetime
    until: datetime

    @classmethod
    def starting(cls, at: datetime, length: timedelta) -> Self:
        return cls(uuid4().hex, at, at + length)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A claimed row, as far as it matters outside the store."""

    id: str
    claim: str
    was: State
    purpose: str
    person_id: int
    due_at: datetime
    attempts: int
    must_arrive: bool

    @classmethod
    def of(cls, row: Delivery, was: State) -> Self:
        return cls(
            id=row.id,
            claim=row.claim,
            was=was,
            purpose=row.purpose,
            person_id=row.person_id,
            due_at=row.due_at,
            attempts=row.attempts,
            must_arrive=row.must_arrive,
        )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a claimed row.

    ``until`` is the earliest next try: by the rules' clock for ``pending`` (a guard said later), by the real
    clock for ``retry`` (the platform said later) and for ``uncertain`` (when to ask; ``None``: nobody can be asked).
    """

    ticket: Ticket
    state: State
    receipt: Receipt | None = None
    until: datetime | None = None
    error: str = ""
    untried: bool = False
    """The platform was not called, so the claim counts as no attempt."""


def forgets(outcome: Outcome) -> bool:
    """Tell whether this is the end of a reminder, however it came, so that all that is kept of it is ``HANDLED``."""
    over = not MOVES[outcome.state] or (outcome.state == "uncertain" and outcome.until is None)
    return over and outcome.ticket.purpose in REMINDERS
