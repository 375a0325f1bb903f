"""A wave as those who answer it need it is the wave that is stored."""

from datetime import date, timedelta

import pytest

from bot.store.fieldings import Fielding
from bot.store.store import Store
from bot.store.tables import Invitation, Person, Survey, Wave
from bot.store.unit import Unit
from surveys.loader import builtin
from surveys.questions import to_dict
from tests.fakes import MONDAY

PULSE = builtin()["pulse"]
ITEMS = (PULSE.questions[0].key, PULSE.questions[2].key)


@pytest.fixture
def fielded(any_store: Store) -> Store:
    """A wave of the pulse, to which the first of two people is invited."""
    any_store.write(_field)
    return any_store


def _field(unit: Unit) -> None:
    for rows in (
        [
            Person(organisation_id=1, id=n, external=f"P{n}", name="P", starts_on=date(2024, 1, 1))
            for n in (1, 2)
        ],
        [Survey(organisation_id=1, id=3, key="pulse", version=1, owner_id=1, first_on=MONDAY.date())],
        [_wave()],
        [
            Invitation(
                organisation_id=1, wave_id=7, person_id=1, cell="Support", items=list(ITEMS), due_at=MONDAY
            )
        ],
    ):
        unit.session.add_all(rows)
        unit.session.flush()


def _wave() -> Wave:
    return Wave(
        organisation_id=1,
        id=7,
        survey_id=3,
        local_date=MONDAY.date(),
        state="open",
        opens_at=MONDAY,
        closes_at=MONDAY + timedelta(days=4),
        results_on=MONDAY.date() + timedelta(days=11),
        k_scores=5,
        k_comments=12,
        mode=PULSE.mode,
        blind_reminders=True,
        sentiment="aggregate",
        owner="Ömer",
        title=dict(PULSE.title),
        questions=[to_dict(question) for question in PULSE.questions],
    )


def test_a_fielding_is_the_wave_with_its_questions_as_they_were_frozen(fielded: Store) -> None:
    found = fielded.read(lambda unit: unit.fieldings.find(7))

    assert found == Fielding(
        id=7,
        state="open",
        opens_at=MONDAY,
        closes_at=MONDAY + timedelta(days=4),
        results_on=MONDAY.date() + timedelta(days=11),
        mode=PULSE.mode,
        owner="Ömer",
        k_scores=5,
        k_comments=12,
        blind_reminders=True,
        sentiment="aggregate",
        survey="pulse",
        title=PULSE.title,
        questions=tuple(PULSE.questions),
    )


def test_a_fielding_shows_at_once_that_its_wave_closes_or_asks_otherwise(fielded: Store) -> None:
    def change(unit: Unit) -> None:
        wave = unit.waves.get(7)
        assert wave is not None
        wave.state, wave.questions = "closing", wave.questions[:1]

    before = fielded.read(lambda unit: unit.fieldings.get(7))
    fielded.write(change)
    after = fielded.read(lambda unit: unit.fieldings.get(7))

    assert (before.state, len(before.questions)) == ("open", len(PULSE.questions))
    assert (after.state, after.questions) == ("closing", tuple(PULSE.questions[:1]))


def test_who_is_invited_is_asked_their_questions_and_nobody_else_any(fielded: Store) -> None:
    asked = fielded.read(lambda unit: [unit.fieldings.asked(7, person) for person in (1, 2)])

    assert asked == [ITEMS, None]


@pytest.mark.parametrize(("person", "items"), [(1, ITEMS), (2, None)])
def test_whoever_meets_a_wave_sees_what_all_see_and_is_asked_the_same_as_otherwise(
    fielded: Store, person: int, items: tuple[str, ...] | None
) -> None:
    met, asked = fielded.read(lambda unit: (unit.fieldings.met(7, person), unit.fieldings.asked(7, person)))

    assert met == fielded.read(lambda unit: unit.fieldings.find(7))
    assert asked == items


def test_nothing_is_found_of_another_organisation_or_of_no_wave(fielded: Store) -> None:
    assert fielded.read(lambda unit: unit.fieldings.met(7, 1), organisation=2) is None
    assert fielded.read(lambda unit: unit.fieldings.find(7), organisation=2) is None
    assert fielded.read(lambda unit: unit.fieldings.asked(7, 1), organisation=2) is None
    with pytest.raises(LookupError):
        fielded.read(lambda unit: unit.fieldings.get(8))
