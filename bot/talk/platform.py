"""The whole port to a chat platform."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import NewType, Protocol, runtime_checkable

from bot.talk.cards import Card
from bot.talk.events import Event, Profile, Reply

DeliveryId = NewType("DeliveryId", str)
"""The outbox row's own random id; a platform keeps it with the message where it can, so that ``find`` works."""

Handle = Callable[[Event], Awaitable[Reply]]


@dataclass(frozen=True, slots=True)
class Address:
    """A person's private conversation with the bot; the coding belongs to the adapter."""

    platform: str
    workspace: str
    user: str
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that a platform took a message, and how to find that message again."""

    conversation: str
    message: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The platform cannot be asked whether a message arrived."""


class Platform(Protocol):
    """What a chat platform must do; nothing else of it is known inside.

    ``send`` raises ``TryLater`` (nothing was delivered, try again), ``Undeliverable`` (never will be),
    ``Disconnected`` (the whole workspace is shut to us) or ``Unsure`` (nobody can tell); it never sends twice on
    its own. ``find`` answers whether a delivery arrived: its receipt, ``None`` if it surely did not, ``Unknown``
    where the platform cannot be asked. ``members`` yields everybody of a workspace who can be a colleague: no
    bots, no guests, nobody who was removed.
    """

    name: str

    async def send(self, to: Address, card: Card, delivery: DeliveryId) -> Receipt: ...

    async def find(self, to: Address, delivery: DeliveryId, since: datetime) -> Receipt | Unknown | None: ...

    async def edit(self, to: Address, receipt: Receipt, card: Card) -> None: ...

    async def home(self, to: Address, card: Card) -> None: ...

    async def whois(self, who: Address) -> Profile: ...

    def members(self, workspace: str) -> AsyncIterator[Profile]: ...

    async def run(self, handle: Handle) -> None: ...


@runtime_checkable
class Paced(Protocol):
    """A platform that knows how many messages a minute it takes in one workspace; ``None``: as many as there are."""

    @property
    def messages_per_minute(self) -> float | None: ...
