"""Whom a rehearsal reaches: the named testers and nobody else, whoever joins, moves, is imported or asked for."""

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.cases import delivery, people, people_file, rehearsal
from bot.cases.delivery import Decision, Hold, Send
from bot.cases.guards import Skip
from bot.cases.purposes import DISCLOSURE_VERSION, PURPOSES
from bot.store.outbox import Message
from bot.store.states import Lease, Outcome
from bot.store.store import Unit
from bot.store.tables import Person
from tests import builders, staff
from tests.fakes import FakeClock

IDS = "abcdef"
HEADER = "id,name,email,department,start_date,end_date"

externals = st.sampled_from(IDS)
purposes = st.sampled_from(
    sorted(name for name, rules in PURPOSES.items() if not (rules.asked or rules.always))
)
"""Whatever nobody asked for a moment ago, and is not about what somebody may do."""


@st.composite
def people_files(draw: st.DrawFn) -> bytes:
    listed = draw(st.sets(externals, min_size=1))
    rows = [
        f"{external},Name {external},{external}@b.example,{draw(st.sampled_from(['A', 'A/B']))},2026-11-23,"
        for external in sorted(listed)
    ]
    return "\n".join([HEADER, *rows]).encode()


class RehearsalMachine(RuleBasedStateMachine):
    """One organisation that never goes live; the model is the set of testers."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = FakeClock()
        self.store = builders.a_store(builders.a_database(self.folder), self.folder, self.clock)
        self.store.write(lambda unit: unit.organisations.connect("fake", "T1"))
        self.testers: set[str] = set()
        self.wanted = 0
        self.sent: set[str] = set()
        self.decided = 0

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @initialize()
    def everybody_starts(self) -> None:
        rows = [f"{external},Name {external},,A,2026-11-23," for external in IDS]
        self.take_over("\n".join([HEADER, *rows]).encode())

    @rule(data=people_files())
    def take_over(self, data: bytes) -> None:
        file = people_file.read(data)
        assert file.problem_count == 0
        on = self.store.read(people.today)
        order = people.Import(file=file, on=on, actor="test", allow_many=True, on_join=[self._greet])
        people.apply(self.store, order)

    def _greet(self, unit: Unit, newcomer: Person) -> None:
        unit.accounts.link(newcomer.id, 1, newcomer.external)
        self._want(unit, newcomer, "contact.first")

    @rule(external=externals, purpose=purposes)
    def want(self, external: str, purpose: str) -> None:
        self.store.write(lambda unit: self._want(unit, self._person(unit, external), purpose))

    def _want(self, unit: Unit, person: Person, purpose: str) -> None:
        self.wanted += 1
        key = f"{purpose}:{person.id}:{self.wanted}"
        unit.outbox.want(Message(person.id, key=key, purpose=purpose, ref="1", due_at=unit.now))

    @staticmethod
    def _person(unit: Unit, external: str) -> Person:
        found = unit.people.by_external(external)
        assert found is not None
        return found

    @rule(external=externals)
    def link(self, external: str) -> None:
        def work(unit: Unit) -> None:
            people.link_by_email(unit, 1, external.upper(), f"{external}@b.example")

        self.store.write(work)

    @rule(chosen=st.sets(externals, max_size=2))
    def name(self, chosen: set[str]) -> None:
        self.store.write(lambda unit: rehearsal.name_testers(unit, chosen, "test"))
        self.testers |= chosen

    @rule(external=externals)
    def forget(self, external: str) -> None:
        self.store.write(lambda unit: rehearsal.forget_testers(unit, [external], "test"))
        self.testers.discard(external)

    @rule(external=externals)
    def disclose(self, external: str) -> None:
        def work(unit: Unit) -> None:
            person = self._person(unit, external)
            person.disclosed_at, person.disclosure_version = unit.now, DISCLOSURE_VERSION

        self.store.write(work)

    @rule(hours=st.integers(1, 30))
    def wait(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))

    @invariant()
    def only_testers_are_written_to(self) -> None:
        for decision in self._decide():
            external = self._external(decision)
            if isinstance(decision, Send):
                assert external in self.testers
                self.sent.add(external)
            elif isinstance(decision, Hold) and decision.verdict == Skip("cancelled", "rehearsal"):
                assert external not in self.testers

    def _decide(self) -> list[Decision]:
        now = self.clock.now()
        lease = Lease.starting(now, timedelta(minutes=1))
        self.store.write(lambda unit: delivery.claim(unit, 1, 50, lease, None))
        decisions = self.store.read(lambda unit: delivery.prepare(unit, 1, lease, staff.CARDS))
        outcomes = [
            delivery.held(decision) if isinstance(decision, Hold) else Outcome(decision.ticket, "dead")
            for decision in decisions
        ]
        self.store.write(lambda unit: delivery.record(unit, 1, outcomes))
        self.decided += len(decisions)
        return decisions

    def _external(self, decision: Decision) -> str:
        def work(unit: Unit) -> str:
            person = unit.people.get(decision.ticket.person_id)
            assert person is not None
            return person.external

        return self.store.read(work)


RehearsalMachine.TestCase.settings = settings(
    max_examples=12, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
)
TestWhomARehearsalReaches = RehearsalMachine.TestCase


def test_the_machine_would_notice_a_message_to_somebody_who_is_no_tester() -> None:
    machine = RehearsalMachine()
    try:
        machine.everybody_starts()
        machine.name({"a"})
        machine.want("a", "report.ready")
        machine.want("b", "report.ready")
        machine.only_testers_are_written_to()
        assert machine.sent == {"a"}
        assert machine.decided >= 8

        machine.testers = set()
        machine.want("a", "report.ready")
        noticed = False
        try:
            machine.only_testers_are_written_to()
        except AssertionError:
            noticed = True
        assert noticed
    finally:
        machine.teardown()
