from datetime import date

import pytest

from bot.store.accounts import acting
from bot.store.store import Store
from bot.store.tables import Separation
from bot.store.unit import Unit
from tests import staff


@pytest.fixture
def hired(store: Store) -> Store:
    """Two people in workspace ``T1``; the second one's account is closed."""
    staff.hire(store, 2)

    def close(unit: Unit) -> None:
        account = unit.accounts.find(staff.WORKSPACE, "U2")
        assert account is not None
        account.active = False

    store.write(close)
    return store


@pytest.mark.parametrize(
    ("platform", "workspace", "user", "person"),
    [
        ("fake", "T1", "U1", 1),
        ("fake", "T1", "U2", None),
        ("fake", "T1", "U3", None),
        ("fake", "T2", "U1", None),
        ("slack", "T1", "U1", None),
    ],
)
def test_an_active_account_of_that_workspace_is_its_persons(
    hired: Store, platform: str, workspace: str, user: str, person: int | None
) -> None:
    found = hired.read(lambda unit: acting(unit.session, platform, workspace, user))

    assert (found.person.id if found and found.person else None) == person


def test_a_user_without_an_active_account_acts_for_the_organisation_of_the_workspace(hired: Store) -> None:
    found = hired.read(lambda unit: [acting(unit.session, "fake", "T1", user) for user in ("U2", "U3")])

    assert [(who.organisation.id, who.person) for who in found if who] == [(1, None), (1, None)]


def test_nobody_acts_in_a_workspace_that_is_not_connected_or_no_longer(hired: Store) -> None:
    def disconnect(unit: Unit) -> None:
        unit.workspaces.get(staff.WORKSPACE).active = False

    assert hired.read(lambda unit: acting(unit.session, "fake", "T2", "U1")) is None
    hired.write(disconnect)
    assert hired.read(lambda unit: acting(unit.session, "fake", "T1", "U1")) is None


def test_an_account_of_another_organisation_is_nobodys(hired: Store) -> None:
    """Workspaces count from 1 in each organisation: that of the second one is no way to the users of the first."""
    hired.write(lambda unit: unit.organisations.create("Other", unit.now), organisation=2)
    other = hired.write(lambda unit: unit.organisations.connect("fake", "T9").id, organisation=2)

    found = hired.read(lambda unit: acting(unit.session, "fake", "T9", "U1"))

    assert other == staff.WORKSPACE
    assert found is not None
    assert (found.organisation.id, found.person) == (2, None)


@pytest.mark.parametrize(("days", "last"), [((), None), ((3,), 3), ((3, 9, 5), 9)])
def test_the_last_day_of_who_acts_is_that_of_the_latest_separation(
    hired: Store, days: tuple[int, ...], last: int | None
) -> None:
    hired.write(
        lambda unit: unit.session.add_all(
            Separation(
                organisation_id=1, person_id=1, on=date(2026, 11, day), kind="voluntary", path="Support"
            )
            for day in days
        )
    )

    found = hired.read(lambda unit: acting(unit.session, "fake", "T1", "U1"))

    assert found is not None
    assert found.last_day == (date(2026, 11, last) if last else None)
