"""How people are written to is kept within the workspace's organisation, on both databases, and forgotten with the app."""

from typing import Any

from bot.cases import references, workspaces
from bot.store.store import Store
from tests import staff

ANA: dict[str, Any] = {"user": "u1", "conversation": "a:1", "blocked": False}


def connect(store: Store, external: str = "T1", organisation: int = 1) -> None:
    store.write(lambda unit: workspaces.connect(unit, "teams", external).id, organisation)


def keep(store: Store, user: str = "u1", external: str = "T1", **changes: Any) -> bool:
    return references.keep(store, "teams", external, user, ANA | {"user": user} | changes)


def find(store: Store, user: str = "u1", external: str = "T1") -> Any:
    return references.find(store, "teams", external, user)


def test_a_reference_comes_back_as_it_was_kept_and_the_latest_counts(any_store: Store):
    connect(any_store)
    keep(any_store)
    first = find(any_store)
    keep(any_store, conversation="a:2")

    assert first == ANA
    assert find(any_store) == ANA | {"conversation": "a:2"}
    assert find(any_store, "u2") is None


def test_all_of_a_workspace_are_found_and_of_no_other(any_store: Store):
    connect(any_store)
    connect(any_store, "T2")
    keep(any_store, "u2")
    keep(any_store, "u1")
    keep(any_store, "u3", "T2")

    assert [each["user"] for each in references.every(any_store, "teams", "T1")] == ["u1", "u2"]
    assert references.every(any_store, "teams", "T9") == []


def test_each_organisation_has_its_own(any_store: Store):
    connect(any_store, "T2", organisation=2)
    keep(any_store, external="T2")

    def rows(organisation: int) -> list[Any]:
        return any_store.read(lambda unit: list(unit.references.all(1)), organisation)

    assert (len(rows(1)), len(rows(2))) == (0, 1)
    assert find(any_store, external="T2") == ANA


def test_nothing_is_kept_of_a_workspace_that_nobody_connected(any_store: Store):
    assert not keep(any_store)
    assert find(any_store) is None


def test_what_is_forgotten_is_gone(any_store: Store):
    connect(any_store)
    keep(any_store)

    assert [references.forget(any_store, "teams", "T1", "u1") for _ in range(2)] == [True, False]
    assert find(any_store) is None


def test_when_the_app_is_removed_from_the_workspace_everybody_is_forgotten(any_store: Store):
    connect(any_store)
    keep(any_store)
    any_store.write(lambda unit: workspaces.disconnect(unit, "teams", "T1"))
    connect(any_store)

    assert find(any_store) is None
    assert not references.forget(any_store, "teams", "T1", "u1")


def test_what_is_stored_about_somebody_counts_how_they_are_written_to(store: Store):
    staff.hire(store, 2, platform="teams")
    store.write(lambda unit: unit.references.put(staff.WORKSPACE, "U1", ANA))

    found = store.read(lambda unit: [unit.footprint.of(person).get("reference") for person in (1, 2)])

    assert found == [1, None]
