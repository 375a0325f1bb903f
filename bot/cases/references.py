"""How users of a platform without a directory are written to: kept for its adapter, within the workspace's organisation.

Nobody else reads what is kept. It is forgotten when the app is removed, from a user or from the workspace as a whole.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from bot.store.unit import Store, Unit

T = TypeVar("T")

Kept = Mapping[str, Any]


def find(store: Store, platform: str, external: str, user: str) -> Kept | None:
    """Return what is kept of a user; None: nothing, or nobody connected the workspace."""

    def work(unit: Unit, workspace_id: int) -> Kept | None:
        return unit.references.get(workspace_id, user)

    return _in_workspace(store, platform, external, work, store.read)


def every(store: Store, platform: str, external: str) -> Sequence[Kept]:
    """Return everything that is kept of a workspace."""

    def work(unit: Unit, workspace_id: int) -> Sequence[Kept]:
        return unit.references.all(workspace_id)

    return _in_workspace(store, platform, external, work, store.read) or []


def keep(store: Store, platform: str, external: str, user: str, data: Kept) -> bool:
    """Keep how a user is written to, in place of what was kept; False: nobody connected the workspace."""

    def work(unit: Unit, workspace_id: int) -> bool:
        unit.references.put(workspace_id, user, data)
        return True

    return bool(_in_workspace(store, platform, external, work, store.write))


def forget(store: Store, platform: str, external: str, user: str) -> bool:
    """Forget how a user is written to; False if nothing was kept."""

    def work(unit: Unit, workspace_id: int) -> bool:
        return unit.references.forget(workspace_id, user)

    return bool(_in_workspace(store, platform, external, work, store.write))


def _in_workspace(
    store: Store,
    platform: str,
    external: str,
    work: Callable[[Unit, int], T],
    run: Callable[[Callable[[Unit], T | None], int], T | None],
) -> T | None:
    """Do something in a connected workspace, inside the organisation that it belongs to; None: there is no such."""
    organisation = store.organisation_of(platform, external)
    if organisation is None:
        return None

    def inside(unit: Unit) -> T | None:
        row = unit.organisations.workspace(platform, external)
        return work(unit, row.id) if row is not None and row.active else None

    return run(inside, organisation)
