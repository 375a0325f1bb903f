"""Workspaces that no longer let us in: what is known of it, and when they are tried again.

It goes by the real clock, as everything does that the platform decides.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.store.unit import Store, Unit

PREFIX = "workspace.trouble:"

FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=15), timedelta(hours=1)
"""Somebody has to act, so it is asked seldom, and often enough to notice that they have."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a workspace takes nothing from us: the platform's word, since when, and how often it was tried."""

    workspace_id: int
    reason: str
    since: datetime
    tries: int

    @property
    def pause(self) -> timedelta:
        doubled: int = 2 ** min(self.tries - 1, 10)
        return min(FIRST_PAUSE * doubled, LONGEST_PAUSE)


def note(unit: Unit, workspace_id: int, reason: str, at: datetime) -> Trouble:
    """Keep why a workspace did not let us in, and hold all its messages back for a while, longer each time."""
    before = _read(unit, workspace_id)
    since, tries = (before.since, before.tries + 1) if before else (at, 1)
    trouble = Trouble(workspace_id, reason, since, tries)
    kept = {"reason": reason, "since": since.isoformat(), "tries": tries}
    unit.settings.put(_key(workspace_id), json.dumps(kept), unit.now)
    unit.workspaces.block(workspace_id, at + trouble.pause)
    return trouble


def over(unit: Unit, workspace_id: int) -> bool:
    """Forget a trouble, because the workspace took something or was connected anew; tell whether there was one."""
    if _read(unit, workspace_id) is None:
        return False
    unit.settings.drop(_key(workspace_id))
    unit.workspaces.unblock(workspace_id)
    return True


def known(unit: Unit) -> list[Trouble]:
    """Return the troubles of an organisation's active workspaces."""
    read = (_read(unit, workspace.id) for workspace in unit.workspaces.active())
    return [trouble for trouble in read if trouble]


def try_again(unit: Unit) -> int:
    """Let troubled workspaces be tried at once: at a start somebody may have put things right."""
    troubles = known(unit)
    for trouble in troubles:
        unit.workspaces.unblock(trouble.workspace_id)
    return len(troubles)


def everywhere(store: Store) -> list[Trouble]:
    """Return the troubles of all workspaces if not one is without; else none, for the others are served."""
    troubles = list(_all(store))
    return [trouble for trouble in troubles if trouble] if all(troubles) else []


def _all(store: Store) -> Iterator[Trouble | None]:
    def each(unit: Unit) -> list[Trouble | None]:
        return [_read(unit, workspace.id) for workspace in unit.workspaces.active()]

    for organisation in store.organisations():
        yield from store.read(each, organisation)


def _read(unit: Unit, workspace_id: int) -> Trouble | None:
    text = unit.settings.get(_key(workspace_id))
    if text is None:
        return None
    kept = json.loads(text)
    return Trouble(workspace_id, kept["reason"], datetime.fromisoformat(kept["since"]), kept["tries"])


def _key(workspace_id: int) -> str:
    return f"{PREFIX}{workspace_id}"
