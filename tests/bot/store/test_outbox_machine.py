"""The life of deliveries under workers that die, come back late, and platforms that can or cannot be asked."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import Engine, Row, StaticPool, create_engine, event
from sqlmodel import Session, col, select

from bot.cases.delivery import answered
from bot.store.outbox import Message, Outbox
from bot.store.states import MOVES, STATES, Lease, Outcome, State, Ticket
from bot.store.tables import Account, Delivery, Organisation, Person, Workspace, metadata
from bot.talk.platform import Receipt, Unknown
from tests.fakes import MONDAY

LEASE = timedelta(seconds=60)
FINAL = {state for state, moves in MOVES.items() if not moves}
COLUMNS = select(
    col(Delivery.id),
    col(Delivery.state),
    col(Delivery.message),
    col(Delivery.attempts),
    col(Delivery.purpose),
)
PURPOSES = ["report.ready", "wave.remind"]


@dataclass
class Worker:
    """Somebody who claimed rows: alive in the machine's eyes as long as it is in the list, however late."""

    lease: Lease
    tickets: list[Ticket]
    asks: bool = False
    accepted: set[str] = field(default_factory=set)


@cache
def prepared() -> Engine:
    """A database in memory with one person who has an account; each story is rolled back."""
    engine = create_engine("sqlite://", poolclass=StaticPool)
    event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    metadata.create_all(engine)
    with Session(engine) as session:
        for row in (
            Organisation(id=1, name="Example", created_at=MONDAY),
            Workspace(organisation_id=1, id=1, platform="fake", external="T1"),
            Person(organisation_id=1, id=1, external="P1", name="A", starts_on=date(2020, 1, 1)),
            Account(organisation_id=1, workspace_id=1, user="U1", person_id=1),
        ):
            session.add(row)
            session.flush()
        session.commit()
    return engine


class OutboxMachine(RuleBasedStateMachine):
    """The model is the other side: which deliveries the platform accepted, and which states were final before."""

    @initialize(findable=st.booleans())
    def begin(self, findable: bool) -> None:
        self.session = Session(prepared())
        self.outbox = Outbox(self.session, 1)
        self.findable = findable
        self.real = MONDAY
        self.workers: list[Worker] = []
        self.holds: dict[str, Worker] = {}
        self.accepted: Counter[str] = Counter()
        self.ended: dict[str, str] = {}
        self.wanted = 0

    def teardown(self) -> None:
        if hasattr(self, "session"):
            try:
                self.finish()
            finally:
                self.session.close()

    # --- what happens ---

    @rule(n=st.integers(1, 2), purpose=st.sampled_from(PURPOSES), again=st.booleans())
    def want(self, n: int, purpose: str, again: bool) -> None:
        start = 0 if again else self.wanted
        messages = [
            Message(1, key=f"m:{number}", purpose=purpose, ref="1", due_at=MONDAY)
            for number in range(start, start + n)
        ]
        new = self.outbox.want_many(messages)
        assert new == max(0, start + n - self.wanted)
        self.wanted = max(self.wanted, start + n)

    @rule(limit=st.integers(1, 3))
    def claim(self, limit: int) -> None:
        lease = Lease.starting(self.real, LEASE)
        tickets = self.outbox.claim(1, limit, MONDAY, lease)
        if tickets:
            self.take(Worker(lease, tickets))

    @rule(limit=st.integers(1, 3))
    def claim_uncertain(self, limit: int) -> None:
        lease = Lease.starting(self.real, LEASE)
        tickets = self.outbox.claim_uncertain(1, limit, lease)
        if tickets:
            self.take(Worker(lease, tickets, asks=True))

    @precondition(lambda self: self.workers)
    @rule(data=st.data())
    def platform_accepts(self, data: st.DataObject) -> None:
        """A call goes through; no worker begins one after its lease, and none begins one twice."""
        worker = data.draw(st.sampled_from(self.workers))
        ready = [ticket for ticket in worker.tickets if ticket.id not in worker.accepted]
        if worker.asks or not ready or self.real >= worker.lease.until:
            return
        ticket = data.draw(st.sampled_from(ready))
        worker.accepted.add(ticket.id)
        self.accepted[ticket.id] += 1

    @precondition(lambda self: self.workers)
    @rule(data=st.data(), bad=st.sampled_from(["retry", "dead", "cancelled", "pending", "uncertain"]))
    def mark(self, data: st.DataObject, bad: State) -> None:
        """A worker writes what it knows, be it ever so late: a receipt, or how it failed before any acceptance."""
        worker = data.draw(st.sampled_from(self.workers))
        self.workers.remove(worker)
        if worker.asks:
            outcomes = [answered(ticket, self.find(ticket), resends=0) for ticket in worker.tickets]
        else:
            outcomes = [self.outcome(worker, ticket, bad) for ticket in worker.tickets]
        self.write(worker, outcomes)

    @precondition(lambda self: self.workers)
    @rule(data=st.data())
    def connection_lost_after_accepting(self, data: st.DataObject) -> None:
        worker = data.draw(st.sampled_from(self.workers))
        if not worker.asks:
            self.workers.remove(worker)
            self.write(worker, [Outcome(ticket, "uncertain", until=self.real) for ticket in worker.tickets])

    @rule(seconds=st.sampled_from([1, 30, 61]))
    def time_passes(self, seconds: int) -> None:
        self.real += timedelta(seconds=seconds)

    @rule()
    def reap(self) -> None:
        late = {i for i, held in self.holds.items() if not held.asks and held.lease.until <= self.real}
        assert self.outbox.doubt(self.real, leases_before=self.real) == len(late)
        for delivery in late:
            del self.holds[delivery]

    @rule(seconds=st.sampled_from([0, 61]))
    def reap_and_ask_while_workers_may_come_back(self, seconds: int) -> None:
        self.real += timedelta(seconds=seconds)
        self.reap()
        self.answer_all()
        self.claim(3)

    @rule()
    def crash_and_restart(self) -> None:
        self.workers.clear()
        self.holds.clear()
        self.outbox.doubt(self.real)

    @rule()
    def sweep(self) -> None:
        self.outbox.expire(MONDAY)

    # --- what must always hold ---

    @invariant()
    def nothing_is_accepted_twice(self) -> None:
        assert all(times == 1 for times in getattr(self, "accepted", {}).values())

    @invariant()
    def what_has_ended_stays_as_it_ended_and_sent_means_accepted(self) -> None:
        for row in self.rows():
            assert row.state in STATES
            assert self.ended.setdefault(row.id, row.state) == row.state
            if row.state not in FINAL:
                del self.ended[row.id]
            if row.state == "sent":
                assert (self.accepted[row.id], row.message) == (1, f"message of {row.id}")

    # --- the end of every story ---

    def finish(self) -> None:
        """After a last restart, everything is delivered or its fate is known, or nobody can be asked."""
        self.crash_and_restart()
        for _ in range(self.wanted + 2):
            self.real += timedelta(hours=1)
            self.answer_all()
            self.send_all()
        for row in self.rows():
            self.check_end(row)

    def check_end(self, row: Row[Any]) -> None:
        assert self.accepted[row.id] <= 1
        if row.state == "uncertain":
            assert not self.findable
        elif row.purpose == "wave.remind":
            assert (row.state, row.message, row.attempts) == ("expired", "", 0)
        else:
            assert row.state in {"sent", "dead", "cancelled"}
            assert self.accepted[row.id] == (row.state == "sent")

    def answer_all(self) -> None:
        lease = Lease.starting(self.real, LEASE)
        worker = Worker(lease, self.outbox.claim_uncertain(1, 100, lease), asks=True)
        self.holds |= {ticket.id: worker for ticket in worker.tickets}
        self.write(worker, [answered(ticket, self.find(ticket), resends=0) for ticket in worker.tickets])

    def send_all(self) -> None:
        tickets = self.outbox.claim(1, 100, MONDAY, Lease.starting(self.real, LEASE))
        self.accepted.update(ticket.id for ticket in tickets)
        self.outbox.mark(
            [Outcome(ticket, "sent", Receipt("c", f"message of {ticket.id}")) for ticket in tickets], MONDAY
        )

    # --- pieces ---

    def take(self, worker: Worker) -> None:
        self.workers.append(worker)
        self.holds |= {ticket.id: worker for ticket in worker.tickets}

    def write(self, worker: Worker, outcomes: list[Outcome]) -> None:
        """A mark counts for exactly the rows that nobody else has been given since."""
        held = [ticket.id for ticket in worker.tickets if self.holds.get(ticket.id) is worker]
        assert self.outbox.mark(outcomes, MONDAY) == len(held)
        for delivery in held:
            del self.holds[delivery]

    def rows(self) -> Sequence[Row[Any]]:
        if not hasattr(self, "session"):
            return []
        return self.session.connection().execute(COLUMNS).all()

    def find(self, ticket: Ticket) -> Receipt | Unknown | None:
        if not self.findable:
            return Unknown()
        return Receipt("c", f"message of {ticket.id}") if self.accepted[ticket.id] else None

    def outcome(self, worker: Worker, ticket: Ticket, bad: State) -> Outcome:
        if ticket.id in worker.accepted:
            return Outcome(ticket, "sent", Receipt("c", f"message of {ticket.id}"))
        return Outcome(ticket, bad, until=self.later(bad))

    def later(self, state: State) -> datetime | None:
        return self.real if state in {"retry", "uncertain"} else None


OutboxMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=30, deadline=None)
TestOutboxMachine = OutboxMachine.TestCase
