"""The one way in which messages leave: claim, send, mark; and ask, where nobody can tell what arrived.

A claimed message is *sending* before the platform is called and stays so until its mark is durable. If the
process dies in between, the platform is asked; nothing is ever sent again blindly.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import groupby
from operator import attrgetter
from typing import TypeVar

from adapters.engine import Place
from adapters.engine.limits import Limits
from bot.cases import delivery, undelivered
from bot.cases.context import CardBuilder
from bot.cases.delivery import Broken, Decision, Hold, Inquiry, Send, Shut
from bot.cases.guards import Later
from bot.clock import Clock, SystemClock
from bot.errors import Disconnected, StoreError, TryLater, Undeliverable
from bot.logs import get_logger
from bot.store.states import Lease, Outcome, Ticket
from bot.store.unit import Store, Unit
from bot.talk.platform import DeliveryId, Platform, Receipt, Unknown

T = TypeVar("T")

log = get_logger()

MARK_PAUSES_S = (0.2, 1.0, 5.0)
"""A mark that the disk refused is tried again after these: the platform has the message, so it must be known."""

CRASH_POINTS = (
    "before_claim",
    "after_claim",
    "after_prepare",
    "before_send",
    "after_send",
    "before_mark",
    "after_mark",
    "before_inquire",
    "after_inquire",
    "before_find",
    "after_find",
    "before_answer",
    "after_answer",
)
"""The steps between which a process may die; tests kill it at each."""


def go_on(_point: str) -> None:
    """Pass a crash point, as everybody does outside the tests."""


def never() -> bool:
    """Say that nobody wants the drain to stop."""
    return False


@dataclass(frozen=True, slots=True)
class Drained:
    """What one drain did: how many messages it took up, and how many went into which state."""

    taken: int = 0
    states: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: "Drained") -> "Drained":
        return Drained(self.taken + other.taken, Counter(self.states) + Counter(other.states))


@dataclass(slots=True)
class Batch:
    """Messages claimed together, and what the platform has said about all of them so far."""

    lease: Lease
    last_start: datetime
    """By the real clock: a call begun later might outlive the lease."""
    blocked_until: datetime | None = None
    shut: Shut | None = None
    """The workspace lets nothing in; the rest of the batch is not tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drain:
    """Delivers the messages of one platform's workspaces; ``real`` is the clock of leases, time-outs and limits."""

    store: Store
    platform: Platform
    limits: Limits = field(default_factory=Limits)
    real: Clock = field(default_factory=SystemClock)
    cards: Mapping[str, CardBuilder] = field(default_factory=lambda: delivery.CARDS)
    crash: Callable[[str], None] = go_on
    halted: Callable[[], bool] = never

    async def run(self, place: Place) -> Drained:
        """Ask about what is uncertain, then send what is due, until nothing is left or the turn is over.

        Only one drain may run in a place at a time.
        """
        ends = self.real.now() + timedelta(seconds=self.limits.turn_s)
        done = Drained()
        for step in (self.inquire, self.deliver):
            taken = 1
            while taken and not self.halted() and self.real.now() < ends:
                batch = await step(place)
                done, taken = done + batch, batch.taken
        if done.taken:
            log.info("outbox.drained", platform=self.platform.name, count=done.taken, **_counts(done.states))
        return done

    # --- sending ---

    async def deliver(self, place: Place) -> Drained:
        """Claim one batch, send what may go out and mark it."""
        self.crash("before_claim")
        lease = Lease.starting(self.real.now(), self.limits.lease)
        claim = partial(delivery.claim, workspace_id=place.workspace, limit=self.limits.batch, lease=lease)
        tickets = await self._write(place, partial(claim, rate=self.limits.rate))
        self.crash("after_claim")
        if not tickets:
            return Drained()
        decisions = await self._prepare(place, lease, tickets)
        self.crash("after_prepare")
        batch = self._batch(lease)
        outcomes = await self._all(decisions, batch)
        self.crash("before_mark")
        await self._record(place, outcomes, decisions, batch)
        self.crash("after_mark")
        return _drained(outcomes)

    def _batch(self, lease: Lease) -> Batch:
        slack = timedelta(seconds=self.limits.timeout_s) + self.limits.margin
        return Batch(lease, lease.until - slack)

    async def _prepare(self, place: Place, lease: Lease, tickets: Sequence[Ticket]) -> list[Decision]:
        decide = partial(delivery.prepare, workspace_id=place.workspace, lease=lease, cards=self.cards)
        try:
            return await asyncio.to_thread(self.store.read, decide, place.organisation)
        except Exception as error:
            log.exception("outbox.prepare_failed", platform=self.platform.name)
            return [Broken(ticket, error) for ticket in tickets]

    async def _all(self, decisions: Sequence[Decision], batch: Batch) -> list[Outcome]:
        """Send to many people at once, to each one message after the other."""
        turns = asyncio.Semaphore(self.limits.at_once)
        in_order = sorted(decisions, key=lambda decision: decision.ticket.person_id)  # stable: urgency stays
        groups = [list(group) for _, group in groupby(in_order, key=lambda one: one.ticket.person_id)]
        done = await asyncio.gather(*(self._to_one_person(group, batch, turns) for group in groups))
        return [outcome for outcomes in done for outcome in outcomes]

    async def _to_one_person(
        self, decisions: Sequence[Decision], batch: Batch, turns: asyncio.Semaphore
    ) -> list[Outcome]:
        async with turns:
            return [await self._one(decision, batch) for decision in decisions]

    async def _one(self, decision: Decision, batch: Batch) -> Outcome:
        match decision:
            case Hold():
                return delivery.held(decision)
            case Broken(ticket, error):
                log.error("delivery.card_failed", purpose=ticket.purpose, exc_info=error)
                return self._retry(ticket, f"card: {type(error).__name__}")
            case Send():
                return await self._send(decision, batch)

    async def _send(self, send: Send, batch: Batch) -> Outcome:
        ticket = send.ticket
        if batch.blocked_until or batch.shut or self.halted() or self.real.now() > batch.last_start:
            return Outcome(ticket, "pending", untried=True)
        self.crash("before_send")
        try:
            async with asyncio.timeout(self.limits.timeout_s):
                receipt = await self.platform.send(send.address, send.card, DeliveryId(ticket.id))
        except TryLater as error:
            return self._put_off(ticket, error, batch)
        except Disconnected as error:
            self._shut(error, batch)
            return Outcome(ticket, "pending", untried=True)
        except Undeliverable as error:
            log.warning("delivery.refused", purpose=ticket.purpose, reason=error.reason)
            return Outcome(ticket, "dead", error=undelivered.code(error.reason))
        except Exception as error:  # noqa: BLE001 - whatever else happened, nobody can tell whether it arrived
            return self._unsure(ticket, error)
        self.crash("after_send")
        return Outcome(ticket, "sent", receipt)

    def _put_off(self, ticket: Ticket, error: TryLater, batch: Batch) -> Outcome:
        if error.retry_after_s is None:
            return self._retry(ticket, "TryLater")
        until = self.real.now() + timedelta(seconds=error.retry_after_s)
        batch.blocked_until = max(until, batch.blocked_until or until)
        return Outcome(ticket, "retry", until=until, error="TryLater")

    def _shut(self, error: Disconnected, batch: Batch) -> None:
        """Note that the workspace lets nothing in; no row tells that it was tried, which it might be alone."""
        if batch.shut is None:
            log.error("workspace.disconnected", platform=self.platform.name, reason=error.reason)
            batch.shut = Shut(undelivered.code(error.reason), self.real.now())

    def _retry(self, ticket: Ticket, error: str) -> Outcome:
        if ticket.attempts >= self.limits.attempts:
            return Outcome(ticket, "dead", error=error)
        spread = int(ticket.id[:8], 16) / 0xFFFFFFFF
        return Outcome(
            ticket, "retry", until=self.real.now() + self.limits.pause(ticket.attempts, spread), error=error
        )

    def _unsure(self, ticket: Ticket, error: Exception) -> Outcome:
        log.warning("delivery.unsure", purpose=ticket.purpose, exc_info=error)
        return Outcome(
            ticket, "uncertain", until=self.real.now() + self.limits.doubt, error=type(error).__name__
        )

    async def _record(
        self, place: Place, outcomes: Sequence[Outcome], decisions: Sequence[Decision], batch: Batch
    ) -> None:
        strangers = [
            decision.ticket.person_id
            for decision in decisions
            if isinstance(decision, Hold)
            and isinstance(decision.verdict, Later)
            and decision.verdict.wants_first_contact
        ]
        await self._surely(
            place,
            partial(
                delivery.record,
                workspace_id=place.workspace,
                outcomes=outcomes,
                introduce=strangers,
                blocked_until=batch.blocked_until,
                shut=batch.shut,
            ),
        )

    # --- asking ---

    async def inquire(self, place: Place) -> Drained:
        """Ask the platform about one batch of uncertain messages and act on its answers."""
        self.crash("before_inquire")
        lease = Lease.starting(self.real.now(), self.limits.lease)
        inquiries = await self._write(
            place,
            partial(delivery.inquire, workspace_id=place.workspace, limit=self.limits.batch, lease=lease),
        )
        self.crash("after_inquire")
        if not inquiries:
            return Drained()
        turns, batch = asyncio.Semaphore(self.limits.at_once), self._batch(lease)
        outcomes = await asyncio.gather(*(self._ask(inquiry, batch, turns) for inquiry in inquiries))
        self.crash("before_answer")
        record = partial(delivery.record, workspace_id=place.workspace, outcomes=outcomes, shut=batch.shut)
        await self._surely(place, record)
        self.crash("after_answer")
        return _drained(outcomes)

    async def _ask(self, inquiry: Inquiry, batch: Batch, turns: asyncio.Semaphore) -> Outcome:
        async with turns:
            if batch.shut:
                return self._no_answer(inquiry, batch.shut.reason)
            self.crash("before_find")
            try:
                async with asyncio.timeout(self.limits.timeout_s):
                    found = await self._find(inquiry)
            except Disconnected as error:
                self._shut(error, batch)
                return self._no_answer(inquiry, undelivered.code(error.reason))
            except Exception as error:  # noqa: BLE001 - no answer is no answer, whatever the reason
                return self._no_answer(inquiry, type(error).__name__)
            self.crash("after_find")
            return delivery.answered(inquiry.ticket, found, self.limits.resends)

    def _no_answer(self, inquiry: Inquiry, error: str) -> Outcome:
        return Outcome(
            inquiry.ticket, "uncertain", until=self.real.now() + self.limits.ask_again, error=error
        )

    async def _find(self, inquiry: Inquiry) -> Receipt | Unknown | None:
        ticket, address = inquiry.ticket, inquiry.address
        if address is None:
            return Unknown()
        return await self.platform.find(address, DeliveryId(ticket.id), ticket.due_at)

    # --- the store ---

    async def _write(self, place: Place, work: Callable[[Unit], T]) -> T:
        return await asyncio.to_thread(self.store.write, work, place.organisation)

    async def _surely(self, place: Place, work: Callable[[Unit], int]) -> None:
        """Write down what the platform said; if the disk refuses for long, the lease ends and it is asked again."""
        for pause in MARK_PAUSES_S:
            try:
                await self._write(place, work)
            except StoreError:
                log.warning("outbox.mark_refused", platform=self.platform.name)
                await asyncio.sleep(pause)
            else:
                return
        await self._write(place, work)


def _drained(outcomes: Sequence[Outcome]) -> Drained:
    return Drained(len(outcomes), Counter(map(attrgetter("state"), outcomes)))


def _counts(states: Mapping[str, int]) -> dict[str, int]:
    """Return the counts that the log may hold; how many reminders were not needed is not among them."""
    return {state: states.get(state, 0) for state in ("sent", "uncertain", "dead")}
