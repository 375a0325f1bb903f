"""A small made-up organisation that a story can fill with people and let answer."""

from collections.abc import Mapping
from datetime import date

from bot.cases import answers, readings, waves
from bot.cases.context import Caller, Recipient, words_of
from bot.errors import Refused
from bot.store.fieldings import Fielding
from bot.store.tables import Headship, Person, Placement, Wave
from bot.store.unit import Store, Unit
from bot.talk.cards import Action
from bot.talk.events import Reply, Source
from tests.canary import WORD
from tests.fakes import FakeClock
from tests.platforms.scorers import PlainScorer

HIRED = date(2024, 1, 1)


class Town:
    """People, their departments and what they do; every act is one unit, as in dispatch."""

    def __init__(self, store: Store, clock: FakeClock, *, organisation: int = 1, **settings: object) -> None:
        self.store, self.clock, self.organisation = store, clock, organisation
        self.store.write(lambda unit: self._settle(unit, settings), organisation)

    @staticmethod
    def _settle(unit: Unit, settings: Mapping[str, object]) -> None:
        organisation = unit.organisations.get()
        organisation.rehearsal, organisation.sentiment = False, "aggregate"
        for name, value in settings.items():
            setattr(organisation, name, value)
        unit.organisations.connect("local", "local")

    def has(self, path: str, people: int, *, head: bool = False, **about: object) -> list[int]:
        """Let so many people work in a department; with ``head`` the first of them heads it."""
        return self.store.write(lambda unit: _hire(unit, path, people, about, head=head), self.organisation)

    def runs(self, key: str = "pulse", owner: int = 1, first_on: date | None = None) -> int:
        """Put a survey into use."""
        start = first_on or self.clock.now().date()
        return self.store.write(lambda unit: waves.set_up(unit, key, owner, start).id, self.organisation)

    def opens(self) -> int:
        return waves.open_due(self.store)

    def closes(self) -> int:
        return readings.close_due(self.store, PlainScorer)

    def wave(self) -> Wave:
        return self.store.read(lambda unit: unit.waves.recent(1)[0], self.organisation)

    @staticmethod
    def wave_in(unit: Unit) -> Wave:
        return unit.waves.recent(1)[0]

    def fielding_in(self, unit: Unit) -> Fielding:
        return unit.fieldings.get(self.wave_in(unit).id)

    def answers(self, person: int, **values: str) -> int:
        """Answer by question key, underscores for dashes."""
        named = {key.replace("_", "-"): value for key, value in values.items()}
        return self.store.write(
            lambda unit: answers.record(unit, self.fielding_in(unit), person, named), self.organisation
        )

    def caller(self, unit: Unit, person: int) -> Caller:
        organisation, row = unit.organisations.get(), unit.people.get(person)
        assert row is not None
        source = Source(platform="local", workspace="local", user=row.external, event="e")
        return Caller(unit, row, words_of(organisation, row), organisation, source)

    def recipient(self, unit: Unit, person: int) -> Recipient:
        return self.caller(unit, person)

    def presses(self, person: int, action: Action, values: Mapping[str, str] | None = None) -> Reply:
        handler = answers.ACTIONS[action.name]
        return self.store.write(
            lambda unit: handler(self.caller(unit, person), action, values or {}), self.organisation
        )

    def refusal(self, person: int, **values: str) -> str:
        """Return the key of the refusal that answering meets."""
        try:
            self.answers(person, **values)
        except Refused as refused:
            return refused.key
        raise AssertionError("was not refused")


def _hire(unit: Unit, path: str, people: int, about: Mapping[str, object], *, head: bool) -> list[int]:
    first = unit.number("person", people)
    workspace = unit.organisations.connect("local", "local")
    numbers = list(range(first, first + people))
    for number in numbers:
        _one(unit, number, path, about)
        unit.accounts.link(number, workspace.id, f"p{number}")
    if head:
        unit.placements.add(
            Headship(organisation_id=unit.organisation_id, path=path, person_id=numbers[0], starts_on=HIRED)
        )
    return numbers


def _one(unit: Unit, number: int, path: str, about: Mapping[str, object]) -> None:
    person = Person(
        organisation_id=unit.organisation_id,
        id=number,
        external=f"p{number}",
        name=f"Person {number}",
        email=f"p{number}@{WORD}.example",
        starts_on=HIRED,
    )
    for name, value in about.items():
        setattr(person, name, value)
    unit.people.add(person)
    unit.placements.add(
        Placement(
            organisation_id=unit.organisation_id, person_id=number, starts_on=person.starts_on, path=path
        )
    )
