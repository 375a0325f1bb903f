import pytest

from bot.store.store import Store
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
    found = hired.read(lambda unit: unit.accounts.acting(platform, workspace, user))

    assert (found.person.id if found else None) == person


def test_an_account_of_another_organisation_is_nobodys(hired: Store) -> None:
    assert hired.read(lambda unit: unit.accounts.acting("fake", "T1", "U1"), organisation=2) is None
