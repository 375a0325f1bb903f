"""Strangers, homes and zones on both databases."""

from datetime import UTC, date, datetime

from bot.store.store import Store
from bot.store.tables import Person, Stranger
from bot.store.unit import Unit

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def a_stranger(user: str, why: str = "unknown", workspace: int = 1, organisation: int = 1) -> Stranger:
    return Stranger(
        organisation_id=organisation,
        workspace_id=workspace,
        user=user,
        name=f"Name {user}",
        email=f"{user.lower()}@b.example",
        why=why,
    )


def settle(unit: Unit) -> None:
    unit.organisations.connect("fake", f"T{unit.organisation_id}")
    unit.organisations.connect("fake", f"X{unit.organisation_id}")
    mine = unit.organisation_id
    unit.strangers.add(
        a_stranger("U1", organisation=mine),
        a_stranger("U2", "left_out", organisation=mine),
        a_stranger("U1", "twice", workspace=2, organisation=mine),
    )


def test_strangers_are_counted_found_and_forgotten_within_their_organisation(any_store: Store):
    for organisation in (1, 2):
        any_store.write(settle, organisation)

    def look(unit: Unit) -> tuple[object, ...]:
        strangers = unit.strangers
        return (
            strangers.counts(),
            strangers.users(1),
            strangers.left_out(1),
            [row.workspace_id for row in strangers.called("u1@b.example")],
            [row.user for row in strangers.because("unknown", 5)],
        )

    seen = ({"unknown": 1, "left_out": 1, "twice": 1}, {"U1", "U2"}, {"U2"}, [1, 2], ["U1"])
    assert any_store.read(look) == seen

    assert any_store.write(lambda unit: unit.strangers.forget(1, ["U1", "U9"])) == 1
    assert any_store.write(lambda unit: unit.strangers.forget_all(2)) == 1
    assert any_store.read(lambda unit: unit.strangers.counts()) == {"left_out": 1}
    assert any_store.read(look, 2) == seen


def test_a_workspace_has_one_owner_over_all_organisations(any_store: Store):
    any_store.write(settle, 2)

    assert any_store.read(lambda unit: unit.workspaces.owner_of("fake", "T2")) == 2
    assert any_store.read(lambda unit: unit.workspaces.owner_of("fake", "T1")) is None


def people(unit: Unit) -> None:
    about: list[dict[str, object]] = [
        {"time_zone": "Europe/Berlin", "seen_zone": "Asia/Tokyo"},
        {"seen_zone": "Asia/Tokyo", "prefers": 2},
        {"prefers": 9},
    ]
    for number, fields in enumerate(about, start=1):
        unit.people.add(
            Person(
                organisation_id=1,
                id=number,
                external=f"E{number}",
                name="N",
                starts_on=date(2020, 1, 1),
                **fields,
            )
        )
        for workspace in (1, 2):
            unit.accounts.link(number, workspace, f"U{number}")


def test_people_are_written_to_where_they_chose_as_long_as_they_have_an_account_there(any_store: Store):
    any_store.write(settle)
    any_store.write(people)

    assert any_store.read(lambda unit: unit.outbox.homes([1, 2, 3, 4])) == {1: 1, 2: 2, 3: 1}
    any_store.write(lambda unit: unit.accounts.leave(2, "U2"))
    assert any_store.read(lambda unit: unit.outbox.homes([1, 2, 3])) == {1: 1, 2: 1, 3: 1}
    assert any_store.read(lambda unit: unit.accounts.silent()) == frozenset()


def test_the_zones_of_people_are_hrs_or_else_what_their_platform_says(any_store: Store):
    any_store.write(settle)
    any_store.write(people)

    assert any_store.read(lambda unit: unit.people.zones()) == ["Asia/Tokyo", "Europe/Berlin"]
