"""What the page needs beyond the chat port: someone to be, a clock to move, a look behind the curtain.

The local platform sees words, never data. Whoever holds the data implements ``Controls`` and is injected.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol

from bot.talk.cards import Card

Role = Literal["employee", "manager", "hr_admin", "owner"]

Progress = Callable[[str], None]
"""Told in a few words what a move of the clock is doing; may be called from any thread."""


Surface = Literal["message", "modal", "home"]
"""Where a card can stand on a chat platform."""

Preview = Callable[[Card, Surface], dict[str, Any]]
"""How another platform would show a card: its ``text`` (what notifications and screen readers get), and its own JSON."""


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody one can be on the page; ``id`` is the HR id and the platform's user id."""

    id: str
    name: str
    role: Role
    department: str
    locale: str
    headline: str = ""
    """Why this person is worth being, in a few words: "New hire · starts today"."""
    featured: bool = False
    language: str = ""
    """The language's own name: "Deutsch"."""
    zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Row:
    """One line behind the curtain: what it is and what is there."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Move:
    """A place in time worth going to: "Pulse closes"."""

    label: str
    to: datetime


@dataclass(frozen=True, slots=True)
class Curtain:
    """What lies behind one person's conversation."""

    stored: tuple[Row, ...]
    deliveries: tuple[Row, ...]
    wave: tuple[Row, ...]
    gate: tuple[Row, ...]
    """What the gate will show or withhold, in words."""
    lock: str
    moves: tuple[Move, ...] = ()
    """Instants that lie ahead, nearest first: the next invitation, the close."""
    hint: str = ""
    """What to do when nothing waits for this person: "No pulse is open for Lena. Move the clock to …".

    The button beside it makes the first of ``moves``, or goes to the next Monday 09:00 if there is none.
    """


class Controls(Protocol):
    """Everything that the demo can do and a chat platform cannot."""

    async def now(self) -> datetime: ...

    async def people(self) -> Sequence[PersonView]: ...

    async def advance(self, to: datetime, progress: Progress) -> datetime:
        """Move the clock forward and settle: stop at each due instant, run jobs, drain until quiet.

        Raises ``ValueError`` with a sentence for the reader when ``to`` lies in the past or too far ahead.
        """
        ...

    async def curtain(self, person: str) -> Curtain: ...
