"""Workspaces: connected when the app is there, disconnected when it is removed, and what follows from either."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.cases import roster_times, troubles
from bot.errors import Refused
from bot.store import installations
from bot.store.tables import Workspace
from bot.store.unit import Unit

KEPT = timedelta(days=7)
"""How long what waited for a removed workspace is kept, in case the app is installed again."""


def connect(unit: Unit, platform: str, external: str) -> Workspace:
    """Return the workspace, connected to this organisation from now on; doing it again changes nothing.

    Raises ``Refused`` for one that belongs to another organisation.
    """
    owner = unit.workspaces.owner_of(platform, external)
    if owner not in {None, unit.organisation_id}:
        raise Refused("refused.workspace.taken")
    known = unit.organisations.workspace(platform, external)
    if known is not None and known.active:
        return known
    row = unit.organisations.connect(platform, external)
    troubles.over(unit, row.id)
    roster_times.want(unit, row.id)
    unit.audit.record(unit.now, "platform", "workspace.connected", f"workspace:{row.id}")
    return row


def disconnect(unit: Unit, platform: str, external: str, at: datetime | None = None) -> bool:
    """Note that the app was removed: nothing more is sent there; False if that was known.

    Its tokens are erased, its users who are nobody's account forgotten, and how its users are written to, at once. What waited to be sent is kept for
    seven days and then dropped, so that an app removed by mistake can come back. A removal of before the app was
    installed again (``at``, as the platform says) is old news, which platforms repeat for minutes.
    """
    row = unit.organisations.workspace(platform, external)
    if row is None or not row.active or _old_news(unit, row.id, at):
        return False
    row.active, row.disconnected_at = False, unit.now
    installations.erase(unit, row.id)
    unit.strangers.forget_all(row.id)
    unit.references.forget_all(row.id)
    unit.audit.record(unit.now, "platform", "workspace.uninstalled", f"workspace:{row.id}")
    return True


def reach_changed(unit: Unit, whole: Workspace, lost: Sequence[str], at: datetime | None = None) -> None:
    """Note that a platform's organisation, installed as a whole, lets us into other workspaces of its own than before.

    Those that we are shut out of and know end as with a removal; who else can still be written to, its roster tells,
    which is read at once and believed even if it is much shorter.
    """
    for external in lost:
        disconnect(unit, whole.platform, external, at)
    roster_times.want(unit, whole.id, fewer=bool(lost))
    details = {"lost": list(lost)} if lost else {}
    unit.audit.record(unit.now, "platform", "workspace.reach_changed", f"workspace:{whole.id}", details)


def _old_news(unit: Unit, workspace_id: int, at: datetime | None) -> bool:
    installed = installations.installed_at(unit, workspace_id)
    return at is not None and installed is not None and at < installed.replace(microsecond=0)


def retire(unit: Unit) -> int:
    """Drop what still waits for workspaces that were removed more than seven days ago."""
    return sum(_retire(unit, row) for row in unit.workspaces.gone_since(unit.now - KEPT))


def _retire(unit: Unit, row: Workspace) -> int:
    dropped = unit.outbox.cancel_in(row.id)
    if dropped:
        unit.audit.record(
            unit.now, "system", "workspace.retired", f"workspace:{row.id}", {"dropped": dropped}
        )
    return dropped
