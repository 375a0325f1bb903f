"""A chat platform that does what a real one may do: take its time, refuse, lose the connection, forget.

It is the other side of the wire: what it accepted stays accepted whatever happens to us. With a ``journal`` it
outlives our process, so that a restarted bot can ask it.
"""

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import datetime
from pathlib import Path
from typing import Literal

from bot.errors import Disconnected, TryLater, Undeliverable, Unsure
from bot.talk.cards import Card
from bot.talk.events import Profile
from bot.talk.platform import Address, DeliveryId, Handle, Receipt, Unknown

Fault = Literal[
    "slow_down",
    "unavailable",
    "rejected",
    "shut",
    "timeout_before",
    "timeout_after",
    "reset_before",
    "reset_after",
    "unsure_after",
    "error_after",
]
"""429 with Retry-After; 5xx; refused for good; shut to us; and connections that end before or after the message was accepted."""

FAULTS: tuple[Fault, ...] = Fault.__args__

RETRY_AFTER_S = 30.0


def healthy(_delivery: str) -> Fault | None:
    return None


class FakePlatform:
    """Accepts messages into ``accepted`` (and ``journal``); ``faults`` says what goes wrong with each call."""

    def __init__(
        self,
        *,
        name: str = "fake",
        findable: bool = True,
        latency_s: float = 0.0,
        journal: Path | None = None,
        faults: Callable[[str], Fault | None] = healthy,
    ) -> None:
        self.name = name
        self.findable = findable
        self.latency_s = latency_s
        self.faults = faults
        self.accepted: list[tuple[Address, Card, str]] = []
        self.calls = 0
        self.asked = 0
        self.in_flight = 0
        self.most_in_flight = 0
        self._journal = journal and os.open(journal, os.O_CREAT | os.O_APPEND | os.O_RDWR, 0o600)
        self._edited: dict[str, Card] = {}

    @property
    def times(self) -> Counter[str]:
        """How often each delivery was accepted."""
        if self._journal is None:
            return Counter(delivery for _, _, delivery in self.accepted)
        size = os.fstat(self._journal).st_size
        return Counter(os.pread(self._journal, size, 0).decode().split())

    async def send(self, to: Address, card: Card, delivery: DeliveryId) -> Receipt:
        self.calls += 1
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        fault = self.faults(delivery)
        try:
            await asyncio.sleep(self.latency_s)
            self._before(fault)
            self._accept(to, card, delivery)
            await self._after(fault)
        finally:
            self.in_flight -= 1
        return self._receipt(delivery)

    async def find(self, to: Address, delivery: DeliveryId, since: datetime) -> Receipt | Unknown | None:
        self.asked += 1
        if not self.findable:
            return Unknown()
        return self._receipt(delivery) if self.times[delivery] else None

    async def edit(self, to: Address, receipt: Receipt, card: Card) -> None:
        self._edited[receipt.message] = card

    async def home(self, to: Address, card: Card) -> None:
        self._edited[f"home of {to.user}"] = card

    async def whois(self, who: Address) -> Profile:
        return Profile(who.user)

    async def members(self, workspace: str) -> AsyncIterator[Profile]:
        for user in sorted({to.user for to, _, _ in self.accepted if to.workspace == workspace}):
            yield Profile(user)

    async def run(self, handle: Handle) -> None:
        await asyncio.Event().wait()

    def _receipt(self, delivery: str) -> Receipt:
        return Receipt("conversation", f"message of {delivery}")

    def _accept(self, to: Address, card: Card, delivery: str) -> None:
        if self._journal is None:
            self.accepted.append((to, card, delivery))
        else:
            os.write(self._journal, f"{delivery}\n".encode())

    def _before(self, fault: Fault | None) -> None:
        match fault:
            case "slow_down":
                raise TryLater("429", RETRY_AFTER_S)
            case "unavailable":
                raise TryLater("503")
            case "rejected":
                raise Undeliverable("account_inactive")
            case "shut":
                raise Disconnected("token_revoked")
            case "timeout_before":
                raise TimeoutError
            case "reset_before":
                raise ConnectionResetError

    async def _after(self, fault: Fault | None) -> None:
        match fault:
            case "timeout_after":
                await asyncio.Event().wait()
            case "reset_after":
                raise ConnectionResetError
            case "unsure_after":
                raise Unsure("no answer")
            case "error_after":
                raise RuntimeError("a mistake in the adapter")
