"""The life of a wave against a tiny model: whatever order things happen in, every answer counts once and only once."""

import shutil
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.cases import answers
from bot.errors import Refused
from bot.store import keys, vault
from bot.store.unit import Unit
from bot.talk.cards import Action
from tests import builders
from tests.canary import free
from tests.fakes import FakeClock
from tests.town import Town

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
CLOSE = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)
PEOPLE = 12
ANCHOR, COMMENT, CONSENT = "job-satisfaction", "pulse-comment", "pulse-comment-quote"

people = st.integers(1, PEOPLE)
points = st.sampled_from("12345")


class WaveMachine(RuleBasedStateMachine):
    """One wave, twelve people; the model is a dictionary of sheets."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.clock = FakeClock(MONDAY)
        self.store = builders.a_store(builders.a_database(self.folder), self.folder, self.clock)
        self.town = Town(self.store, self.clock)
        self.town.has("Support", PEOPLE)
        self.town.runs()
        self.town.opens()
        self.sheets: dict[int, dict[str, str]] = {}
        self.lost = False

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @property
    def is_open(self) -> bool:
        return self.clock.now() < CLOSE

    @rule(person=people, point=points)
    def answer(self, person: int, point: str) -> None:
        if self.is_open and not self.lost:
            self.town.answers(person, job_satisfaction=point)
            self.sheets.setdefault(person, {})[ANCHOR] = point
        else:
            assert self.town.refusal(person, job_satisfaction=point) in {
                "refused.closed",
                "refused.wave_unreadable",
            }

    @rule(
        person=people,
        text=st.sampled_from([free("good"), free("bad"), free("plain")]),
        choice=st.sampled_from(["", "yes", "no"]),
    )
    def comment(self, person: int, text: str, choice: str) -> None:
        if self.is_open and not self.lost:
            self.town.answers(person, pulse_comment=text, pulse_comment_quote=choice)
            self.sheets.setdefault(person, {}).update({COMMENT: text, CONSENT: choice or "no"})

    @rule(person=people, choice=st.sampled_from(["yes", "no"]))
    def choose_anew(self, person: int, choice: str) -> None:
        """Say whether what was written may be quoted; who wrote nothing says nothing by it."""
        if self.is_open and not self.lost:
            self.town.answers(person, pulse_comment_quote=choice)
            if COMMENT in self.sheets.get(person, {}):
                self.sheets[person][CONSENT] = choice

    @rule(person=people)
    def withdraw(self, person: int) -> None:
        try:
            self.town.presses(person, Action("answer.withdraw", "1"))
        except Refused:
            assert self.lost or not self.is_open
        else:
            self.sheets.pop(person, None)

    @rule(hours=st.integers(1, 40))
    def time_passes(self, hours: int) -> None:
        self.clock.advance(timedelta(hours=hours))

    @rule()
    def the_jobs_run(self) -> None:
        self.town.opens()
        self.town.closes()

    @precondition(lambda self: self.is_open and not self.lost)
    @rule(chance=st.integers(0, 9))
    def the_key_is_lost(self, chance: int) -> None:
        if chance == 0:
            keys.destroy(self.store.keys_dir, 1, 1)
            self.lost = True

    @invariant()
    def the_mailbox_holds_who_answered_and_nobody_else(self) -> None:
        wave = self.store.read(lambda unit: unit.waves.get(1))
        if wave.state in {"opening", "open"} and not self.lost:
            held = {
                person
                for person in range(1, PEOPLE + 1)
                if self.store.read(lambda unit, person=person: answers.has_answered(unit, 1, person))
            }
            assert held == set(self.sheets)
            assert self.store.read(self._opened) == sorted(map(sorted, map(dict.items, self.sheets.values())))

    @staticmethod
    def _opened(unit: Unit) -> list[list[tuple[str, str]]]:
        everybody = dict.fromkeys(range(1, PEOPLE + 1), "")
        opened = vault.unseal(unit, 1, vault.collect(unit, 1), everybody)
        return sorted(sorted(values.items()) for _, values in opened)

    @invariant()
    def after_the_close_every_answer_counts_once_and_no_sheet_is_left(self) -> None:
        wave = self.store.read(lambda unit: unit.waves.get(1))
        if wave.state == "released":
            counts = self.store.read(
                lambda unit: {s.question: s.n for s in vault.sums(unit, 1) if s.cell in {"Support", ""}}
            )
            assert counts.get(ANCHOR, 0) == sum(ANCHOR in sheet for sheet in self.sheets.values())
            assert counts.get("", 0) == len(self.sheets)
        if wave.state in {"released", "unreadable"}:
            assert self.store.read(lambda unit: vault.collect(unit, 1)) == []
            assert not keys.exists(self.store.keys_dir, 1, 1)

    @invariant()
    def a_wave_never_goes_back(self) -> None:
        wave = self.store.read(lambda unit: unit.waves.get(1))
        order = ["opening", "open", "closing", "closed", "released", "unreadable"]
        before = getattr(self, "_state", "opening")
        assert order.index(wave.state) >= order.index(before)
        self._state = wave.state


WaveMachine.TestCase.settings = settings(
    max_examples=12, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
)
TestWave = WaveMachine.TestCase
