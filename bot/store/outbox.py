"""The outbox: what is to be said, to whom and when; the truth about every message."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import uuid4

from sqlalchemy import ColumnElement, CursorResult, and_, bindparam, func, or_, update
from sqlmodel import Session, col, select

from bot.store.inserting import insert_into
from bot.store.states import HANDLED, REMINDERS, Lease, Outcome, State, Ticket, check_move, forgets
from bot.store.tables import Account, Delivery, Person, Workspace

BLOCK = 500
"""Rows per statement."""

_TABLE = Delivery.metadata.tables["delivery"]

_UNTOUCHED: dict[str, Any] = {
    "attempts": 0,
    "claim": "",
    "lease_until": None,
    "sent_at": None,
    "conversation": "",
    "message": "",
    "error": "",
}


@dataclass(frozen=True, slots=True)
class Message:
    """Something that a case wants said; ``key`` is its natural key, so that it can be wanted only once.

    ``args`` holds plain values that the card's builder needs: never text for people, never a name.
    """

    person_id: int
    _: KW_ONLY
    key: str
    purpose: str
    ref: str
    due_at: datetime
    expires_at: datetime | None = None
    args: Mapping[str, Any] = field(default_factory=dict)
    priority: int = 5
    must_arrive: bool = False


@dataclass(frozen=True, slots=True)
class Outbox:
    """The deliveries of one organisation."""

    session: Session
    organisation_id: int

    # --- wanting ---

    def want(self, message: Message) -> bool:
        """Keep a message for sending; False if it was wanted before or the person has no account."""
        return self.want_many([message]) == 1

    def want_many(self, messages: Iterable[Message]) -> int:
        """Keep many messages, a block of them per statement; return how many are new and have somewhere to go."""
        left = iter(messages)
        blocks = iter(lambda: list(islice(left, BLOCK)), [])
        return sum(self._want_block(block) for block in blocks)

    def _want_block(self, block: Sequence[Message]) -> int:
        homes = self.homes({message.person_id for message in block})
        rows = [
            self._row(message, homes[message.person_id]) for message in block if message.person_id in homes
        ]
        if not rows:
            return 0
        insert = insert_into(self.session, _TABLE)
        return self._run(insert.on_conflict_do_nothing(index_elements=["organisation_id", "key"]), rows)

    def _row(self, message: Message, workspace_id: int) -> dict[str, Any]:
        return {
            "organisation_id": self.organisation_id,
            "id": uuid4().hex,
            "workspace_id": workspace_id,
            "person_id": message.person_id,
            "key": message.key,
            "purpose": message.purpose,
            "ref": message.ref,
            "args": dict(message.args),
            "due_at": message.due_at,
            "expires_at": message.expires_at,
            "priority": message.priority,
            "must_arrive": message.must_arrive,
            "state": "pending",
            **_UNTOUCHED,
        }

    def homes(self, people: Collection[int]) -> dict[int, int]:
        """Return the workspace in which each person is written to; those who cannot be reached are left out.

        It is the one they chose, as long as they have an account there, else the one connected first.
        """
        left = iter(people)
        homes: dict[int, int] = {}
        while block := list(islice(left, BLOCK)):
            homes |= self._homes_of(block)
        return homes

    def _homes_of(self, block: Collection[int]) -> dict[int, int]:
        query = (
            select(col(Account.person_id), col(Account.workspace_id), col(Person.prefers))
            .join(Workspace, _same(Workspace, Workspace.id, Account.workspace_id))
            .join(Person, _same(Person, Person.id, Account.person_id))
            .where(Account.organisation_id == self.organisation_id)
            .where(col(Account.person_id).in_(block), col(Account.active), col(Workspace.active))
            .order_by(col(Account.workspace_id).desc())
        )
        homes: dict[int, int] = {}
        for person, workspace, preferred in self.session.exec(query):
            if homes.get(person) != preferred or preferred is None:
                homes[person] = workspace
        return homes

    # --- claiming and marking ---

    def claim(self, workspace_id: int, limit: int, now: datetime, lease: Lease) -> list[Ticket]:
        """Take up to ``limit`` due rows for sending, the most urgent first; the lease's token fences their marks."""
        due = and_(col(Delivery.workspace_id) == workspace_id, claimable(now, lease.at))
        values = {"state": "sending", "attempts": col(Delivery.attempts) + 1}
        return self._take(due, limit, lease, values)

    def claim_uncertain(self, workspace_id: int, limit: int, lease: Lease) -> list[Ticket]:
        """Take up to ``limit`` uncertain rows whose platform may be asked by now; they stay uncertain meanwhile."""
        askable = and_(
            col(Delivery.workspace_id) == workspace_id,
            col(Delivery.state) == "uncertain",
            col(Delivery.lease_until) <= lease.at,
        )
        return self._take(askable, limit, lease, {"state": "uncertain"})

    def _take(
        self, which: ColumnElement[bool], limit: int, lease: Lease, values: Mapping[str, Any]
    ) -> list[Ticket]:
        chosen = (
            select(Delivery.id)
            .where(self._own, which)
            .order_by(col(Delivery.priority), col(Delivery.due_at), col(Delivery.id))
            .limit(limit)
            .with_for_update(skip_locked=True)
            .cte("chosen")
        )
        take = (
            update(Delivery)
            .where(self._own, col(Delivery.id).in_(select(chosen.c.id)))
            .values(claim=lease.token, lease_until=lease.until, **values)
            .returning(Delivery)
            .execution_options(synchronize_session=False, populate_existing=True)
        )
        rows = sorted(self.session.scalars(take), key=lambda row: (row.priority, row.due_at, row.id))
        return [Ticket.of(row, values["state"]) for row in rows]

    def claimed(self, lease: Lease) -> list[Delivery]:
        """Return the rows that are still held under a lease, the most urgent first."""
        query = (
            select(Delivery)
            .where(self._own, col(Delivery.claim) == lease.token)
            .order_by(col(Delivery.priority), col(Delivery.due_at), col(Delivery.id))
        )
        return list(self.session.exec(query))

    def mark(self, outcomes: Collection[Outcome], now: datetime) -> int:
        """Write what became of claimed rows and return how many took it; a row claimed anew since is left alone."""
        for outcome in outcomes:
            check_move(outcome.ticket.was, outcome.state)
        if not outcomes:
            return 0
        held = and_(
            self._own,
            col(Delivery.id) == bindparam("held_id"),
            col(Delivery.claim) == bindparam("held_claim"),
            col(Delivery.state) == bindparam("held_state"),
        )
        marks: dict[str, Any] = {name: bindparam(f"new_{name}") for name in ("state", "due_at", *_UNTOUCHED)}
        rows = [_mark(outcome, now) for outcome in outcomes]
        return self._run(update(_TABLE).where(held).values(marks), rows)

    def doubt(self, ask_at: datetime, *, leases_before: datetime | None = None) -> int:
        """Turn *sending* rows *uncertain*, to be asked about from ``ask_at``.

        Either those whose lease has ended, or, when nobody else can be at work, all of them; then those that
        somebody was asking about are asked about anew as well.
        """
        lost = col(Delivery.state) == "sending"
        asked = and_(col(Delivery.state) == "uncertain", col(Delivery.lease_until).is_not(None))
        which = (
            or_(lost, asked)
            if leases_before is None
            else and_(lost, col(Delivery.lease_until) <= leases_before)
        )
        return self._run(
            update(_TABLE).where(self._own, which).values(state="uncertain", claim="", lease_until=ask_at)
        )

    # --- ending without sending ---

    def cancel(self, purposes: Collection[str], ref: str) -> int:
        """Drop all waiting messages of some purposes about one thing, for instance a wave that was withdrawn."""
        return self._end("cancelled", self._waiting(purposes), col(Delivery.ref) == ref)

    def cancel_for(self, person_id: int, purposes: Collection[str], ref: str | None = None) -> int:
        """Drop one person's waiting messages; reminders stay, because an early end would tell that they answered."""
        about = self._waiting([p for p in purposes if p not in REMINDERS])
        thing = [] if ref is None else [col(Delivery.ref) == ref]
        return self._end("cancelled", about, col(Delivery.person_id) == person_id, *thing)

    def cancel_in(self, workspace_id: int) -> int:
        """Drop all that waits for a workspace, because nothing can be sent there any more."""
        waiting = col(Delivery.state).in_(("pending", "retry"))
        return self._end("cancelled", waiting, col(Delivery.workspace_id) == workspace_id)

    def expire(self, now: datetime) -> int:
        """End the waiting messages that are of no use any more, and forget handled reminders that still tell something."""
        late = and_(col(Delivery.state).in_(("pending", "retry")), col(Delivery.expires_at) <= now)
        return self._end("expired", late) + self.forget_reminders()

    def forget_reminders(self) -> int:
        """Make reminders that ended, or whose fate nobody can tell, look like all handled ones."""
        over = or_(
            col(Delivery.state).in_(("sent", "dead", "cancelled")),
            and_(col(Delivery.state) == "uncertain", col(Delivery.lease_until).is_(None)),
        )
        return self._end(HANDLED, col(Delivery.purpose).in_(REMINDERS), over)

    def _end(self, state: State, *which: ColumnElement[bool]) -> int:
        reminder = col(Delivery.purpose).in_(REMINDERS)
        plain = (
            update(_TABLE).where(self._own, *which, ~reminder).values(state=state, claim="", lease_until=None)
        )
        wiped = update(_TABLE).where(self._own, *which, reminder).values(state=HANDLED, **_UNTOUCHED)
        return self._run(plain) + self._run(wiped)

    def _waiting(self, purposes: Collection[str]) -> ColumnElement[bool]:
        return and_(col(Delivery.purpose).in_(purposes), col(Delivery.state).in_(("pending", "retry")))

    # --- asking ---

    def get(self, delivery: str) -> Delivery | None:
        return self.session.get(Delivery, (self.organisation_id, delivery))

    def by_key(self, key: str) -> Delivery | None:
        return self.session.exec(select(Delivery).where(self._own, col(Delivery.key) == key)).first()

    def by_message(self, conversation: str, message: str) -> Delivery | None:
        """Return the delivery that a message on a platform came from."""
        query = select(Delivery).where(
            self._own, col(Delivery.conversation) == conversation, col(Delivery.message) == message
        )
        return self.session.exec(query).first()

    def of_person(self, person_id: int, limit: int = 100) -> list[Delivery]:
        """Return a person's deliveries, the latest due first."""
        newest = col(Delivery.due_at).desc()
        query = select(Delivery).where(self._own, col(Delivery.person_id) == person_id)
        return list(self.session.exec(query.order_by(newest, col(Delivery.id)).limit(limit)))

    def due_workspaces(self, now: datetime, real: datetime) -> list[Workspace]:
        """Return the workspaces that have something to send or to ask about, and are not told to wait."""
        ready = or_(
            claimable(now, real),
            and_(col(Delivery.state) == "uncertain", col(Delivery.lease_until) <= real),
        )
        query = (
            select(Workspace)
            .where(col(Workspace.organisation_id) == self.organisation_id, col(Workspace.active))
            .where(or_(col(Workspace.blocked_until).is_(None), col(Workspace.blocked_until) <= real))
            .where(
                select(Delivery.id)
                .where(self._own, col(Delivery.workspace_id) == col(Workspace.id), ready)
                .exists()
            )
        )
        return list(self.session.exec(query.order_by(col(Workspace.id))))

    def next_due(self) -> datetime | None:
        """Return the instant, by the rules' clock, at which the next waiting message falls due; it may have passed."""
        waiting = col(Delivery.state).in_(("pending", "retry"))
        return self.session.exec(select(func.min(Delivery.due_at)).where(self._own, waiting)).one()

    def counts(self) -> dict[str, int]:
        """Return how many deliveries are in each state, those of no row left out."""
        query = select(Delivery.state, func.count()).where(self._own).group_by(col(Delivery.state))
        return dict(self.session.exec(query).all())

    def progress(self, purpose: str, ref: str) -> tuple[int, int, datetime | None]:
        """Return how many messages of a kind about one thing are out, how many wait, and when the last of these is due."""
        out, waits = col(Delivery.state).in_(("sent", "uncertain")), ("pending", "sending", "retry")
        waiting = col(Delivery.state).in_(waits)
        query = select(
            func.count().filter(out), func.count().filter(waiting), func.max(Delivery.due_at).filter(waiting)
        ).where(self._own, col(Delivery.purpose) == purpose, col(Delivery.ref) == ref)
        return self.session.exec(query).one()

    @property
    def _own(self) -> ColumnElement[bool]:
        return col(Delivery.organisation_id) == self.organisation_id

    def _run(self, statement: Any, rows: Sequence[Mapping[str, Any]] | None = None) -> int:
        """Execute a statement below the identity map and return how many rows it changed."""
        counted = statement.execution_options(
            preserve_rowcount=True
        )  # psycopg counts inserts only if asked to
        done: CursorResult[Any] = self.session.connection().execute(counted, rows)
        return done.rowcount


def _same(table: type[Person | Workspace], number: Any, pointer: Any) -> ColumnElement[bool]:
    """Join a row to the account that points to it, within the organisation."""
    return and_(col(table.organisation_id) == col(Account.organisation_id), col(number) == col(pointer))


def claimable(now: datetime, real: datetime) -> ColumnElement[bool]:
    """Select the rows that may be sent: due by the rules' clock, and past the platform's own delay by the real one."""
    tried = and_(col(Delivery.state) == "retry", col(Delivery.lease_until) <= real)
    return and_(or_(col(Delivery.state) == "pending", tried), col(Delivery.due_at) <= now)


def _mark(outcome: Outcome, now: datetime) -> dict[str, Any]:
    ticket = outcome.ticket
    marks: dict[str, Any] = {"state": HANDLED, "due_at": ticket.due_at, **_UNTOUCHED}
    if not forgets(outcome):
        marks |= _remembered(outcome, now)
    return {
        "held_id": ticket.id,
        "held_claim": ticket.claim,
        "held_state": ticket.was,
        **{f"new_{name}": value for name, value in marks.items()},
    }


def _remembered(outcome: Outcome, now: datetime) -> dict[str, Any]:
    ticket, until = outcome.ticket, outcome.until
    marks: dict[str, Any] = {
        "state": outcome.state,
        "attempts": ticket.attempts - outcome.untried,
        "error": outcome.error,
    }
    if outcome.state == "pending":
        marks["due_at"] = until or ticket.due_at
    if outcome.state in {"retry", "uncertain"}:
        marks["lease_until"] = until
    if outcome.receipt is not None:
        receipt = outcome.receipt
        marks |= {"sent_at": now, "conversation": receipt.conversation, "message": receipt.message}
    return marks
