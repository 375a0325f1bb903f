"""When a workspace's roster was read, and whether it is to be read again before its time."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime

from bot.store.unit import Unit

LAST, WANTED = "roster.last:", "roster.wanted:"


@dataclass(frozen=True, slots=True)
class Last:
    """The latest roster of a workspace that was read to its end."""

    workspace_id: int
    at: datetime
    members: int
    doubted: int


def last_read(unit: Unit) -> list[Last]:
    """Return when the roster of each connected workspace was last read, those never read left out."""
    found = ((row.id, unit.settings.get(f"{LAST}{row.id}")) for row in unit.organisations.workspaces())
    kept = ((number, json.loads(text)) for number, text in found if text)
    return [
        Last(number, datetime.fromisoformat(told["at"]).astimezone(UTC), told["members"], told["doubted"])
        for number, told in kept
    ]


@dataclass(frozen=True, slots=True)
class Wanted:
    """That a roster is to be read before its time, since when, and whether many are expected to be gone from it."""

    since: str
    fewer: bool


def want(unit: Unit, workspace_id: int, *, fewer: bool = False) -> None:
    """Have a roster read soon, not only the next day: what it says may just have changed as a whole."""
    before = wanted(unit, workspace_id)
    told = {"since": unit.now.isoformat(), "fewer": fewer or (before is not None and before.fewer)}
    unit.settings.put(f"{WANTED}{workspace_id}", json.dumps(told), unit.now)


def wanted(unit: Unit, workspace_id: int) -> Wanted | None:
    """Return whether a roster is to be read before its time."""
    text = unit.settings.get(f"{WANTED}{workspace_id}")
    return Wanted(**json.loads(text)) if text else None


def was_read(unit: Unit, workspace_id: int, order: Wanted) -> None:
    """Note that a roster was read as it was wanted; what was wanted meanwhile still is."""
    if wanted(unit, workspace_id) == order:
        unit.settings.drop(f"{WANTED}{workspace_id}")


def remember(unit: Unit, workspace_id: int, members: int, doubted: int) -> None:
    """Note that a roster was read to its end just now."""
    told = {"at": unit.now.isoformat(), "members": members, "doubted": doubted}
    unit.settings.put(f"{LAST}{workspace_id}", json.dumps(told), unit.now)
