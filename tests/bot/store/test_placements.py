"""Departments and heads on any date, and personnel records, on both databases."""

from datetime import date, timedelta

import pytest

from bot.store.personnel import Change, End, Lead, Post, Record, Stay
from bot.store.store import Store, Unit
from bot.store.tables import Headship, Person, Placement

FIRST, MOVE, LATER = date(2024, 1, 1), date(2025, 6, 1), date(2026, 1, 1)


def a_person(number: int, organisation: int = 1) -> Person:
    return Person(
        organisation_id=organisation,
        id=number,
        external=f"p{number}",
        name=f"Person {number}",
        starts_on=FIRST,
    )


def fill(unit: Unit) -> None:
    unit.people.add(*(a_person(number) for number in (1, 2, 3)))
    unit.placements.add(
        Placement(organisation_id=1, person_id=1, starts_on=FIRST, until=MOVE, path="Operations/Support"),
        Placement(organisation_id=1, person_id=1, starts_on=MOVE, path="Sales"),
        Placement(organisation_id=1, person_id=2, starts_on=FIRST, path="Operations/Support"),
        Placement(organisation_id=1, person_id=3, starts_on=LATER, path="IT"),
        Headship(organisation_id=1, path="Operations", person_id=2, starts_on=FIRST, until=MOVE),
        Headship(organisation_id=1, path="Operations", person_id=1, starts_on=MOVE),
        Headship(organisation_id=1, path="Operations/Support/Night", person_id=1, starts_on=MOVE),
        Headship(organisation_id=1, path="Sales", person_id=1, starts_on=MOVE),
    )


@pytest.fixture
def filled(any_store: Store) -> Store:
    any_store.write(fill)
    return any_store


def paths(store: Store, on: date) -> dict[int, str]:
    placed = {number: row.path for number, row in store.read(lambda unit: unit.placements.at(on)).items()}
    assert store.read(lambda unit: unit.placements.departments(on)) == placed
    return placed


def test_a_placement_holds_from_its_first_day_until_before_the_next(filled: Store) -> None:
    assert paths(filled, FIRST - timedelta(days=1)) == {}
    assert paths(filled, FIRST) == {1: "Operations/Support", 2: "Operations/Support"}
    assert paths(filled, MOVE - timedelta(days=1))[1] == "Operations/Support"
    assert paths(filled, MOVE)[1] == "Sales"
    assert paths(filled, LATER) == {1: "Sales", 2: "Operations/Support", 3: "IT"}


def test_one_persons_placement_is_found_by_date(filled: Store) -> None:
    def path(number: int, on: date) -> str | None:
        row = filled.read(lambda unit: unit.placements.of(number, on))
        return row.path if row else None

    assert path(1, MOVE) == "Sales"
    assert path(3, MOVE) is None
    assert path(7, MOVE) is None


def test_heads_change_with_the_date(filled: Store) -> None:
    assert filled.read(lambda unit: unit.placements.heads(FIRST)) == {"Operations": frozenset({2})}
    assert filled.read(lambda unit: unit.placements.heads(MOVE))["Operations"] == frozenset({1})


def test_headed_departments_come_topmost_first(filled: Store) -> None:
    headed = filled.read(lambda unit: unit.placements.headed_by(1, MOVE))

    assert headed == ["Operations", "Sales", "Operations/Support/Night"]
    assert filled.read(lambda unit: unit.placements.headed_by(2, MOVE)) == []


def test_departments_include_those_above_and_those_that_only_have_a_head(filled: Store) -> None:
    assert filled.read(lambda unit: unit.placements.paths(MOVE)) == [
        "Operations",
        "Operations/Support",
        "Operations/Support/Night",
        "Sales",
    ]


def test_the_history_keeps_every_placement_in_order(filled: Store) -> None:
    history = filled.read(lambda unit: unit.placements.history())

    assert [(row.person_id, row.starts_on) for row in history] == [
        (1, FIRST),
        (1, MOVE),
        (2, FIRST),
        (3, LATER),
    ]


def test_another_organisation_sees_none_of_it(filled: Store) -> None:
    assert filled.read(lambda unit: unit.placements.at(LATER), 2) == {}
    assert filled.read(lambda unit: unit.placements.heads(LATER), 2) == {}
    assert filled.read(lambda unit: unit.placements.history(), 2) == []
    assert filled.read(lambda unit: unit.personnel.records(), 2) == {}
    assert filled.read(lambda unit: unit.personnel.numbers(), 2) == {}


# --- personnel records ------------------------------------------------------------------------------------

ANA = Record(
    name="Ana <!channel> \u05d0",
    email="ana@example.org",
    locale="de",
    time_zone="Europe/Berlin",
    starts_on=FIRST,
    ends_on=LATER,
    stays=(
        Stay(FIRST, MOVE, Post("Operations/Support", None, "Bonn", 0.8, "B3")),
        Stay(MOVE, LATER + timedelta(days=1), Post("Sales", 7)),
    ),
    leads=(Lead("Sales", MOVE, LATER),),
    ends=(End(LATER, "voluntary", "Sales"),),
)


def saved(store: Store, *changes: Change) -> dict[int, Record]:
    store.write(lambda unit: unit.personnel.save(changes))
    return store.read(lambda unit: unit.personnel.records())


def test_a_record_is_read_back_as_it_was_saved(any_store: Store) -> None:
    assert saved(any_store, Change(7, "p7", None, ANA)) == {7: ANA}
    assert any_store.read(lambda unit: unit.personnel.numbers()) == {"p7": 7}
    assert any_store.read(lambda unit: unit.personnel.records([8])) == {}
    assert any_store.read(lambda unit: unit.personnel.numbers({"p7", "p8"})) == {"p7": 7}


def test_a_changed_record_takes_the_place_of_the_one_before(any_store: Store) -> None:
    saved(any_store, Change(7, "p7", None, ANA))
    here = Record("Ana", "", "", "", FIRST, None, (Stay(FIRST, None, Post("Operations/Support")),))

    assert saved(any_store, Change(7, "p7", ANA, here)) == {7: here}


def test_a_change_counts_the_rows_that_it_writes(any_store: Store) -> None:
    closed = Record(
        "Ana", "", "", "", FIRST, None, (Stay(FIRST, MOVE, Post("A")), Stay(MOVE, None, Post("B")))
    )
    open_ = Record("Ana", "", "", "", FIRST, None, (Stay(FIRST, None, Post("A")),))

    assert Change(1, "p1", None, ANA).writes == 5
    assert Change(1, "p1", open_, open_).writes == 0
    assert Change(1, "p1", open_, closed).writes == 3


def test_saving_leaves_what_is_not_hrs_alone(any_store: Store) -> None:
    saved(any_store, Change(7, "p7", None, ANA))

    def opt_out(unit: Unit) -> None:
        person = unit.people.get(7)
        assert person is not None
        person.opted_out = True

    any_store.write(opt_out)
    renamed = Record("Ana Maria", "", "", "", FIRST, None)
    saved(any_store, Change(7, "p7", ANA, renamed))

    person = any_store.read(lambda unit: unit.people.get(7))
    assert person is not None
    assert (person.name, person.opted_out) == ("Ana Maria", True)


def test_two_organisations_may_use_the_same_ids(any_store: Store) -> None:
    saved(any_store, Change(7, "p7", None, ANA))
    any_store.write(lambda unit: unit.personnel.save([Change(7, "p7", None, ANA)]), 2)
    gone = Record("X", "", "", "", FIRST, FIRST)
    any_store.write(lambda unit: unit.personnel.save([Change(7, "p7", ANA, gone)]), 2)

    assert any_store.read(lambda unit: unit.personnel.records()) == {7: ANA}
    assert any_store.read(lambda unit: unit.personnel.records(), 2) == {7: gone}
