"""Reading the rosters of all workspaces: at the start, once a day and when wanted, each from the platform into the case."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.cases import roster, roster_times
from bot.cases.roster import Taken
from bot.cases.roster_times import Wanted
from bot.clock import Clock
from bot.errors import PlatformError
from bot.logs import get_logger
from bot.store.tables import Workspace
from bot.store.unit import Store, Unit
from bot.talk.platform import Platform

EVERY = timedelta(hours=24)
AGAIN = timedelta(minutes=15)
"""When a platform did not give its roster, it is asked again."""

log = get_logger()


@dataclass(frozen=True, slots=True)
class Due:
    """A roster that is to be read now, and whether somebody wants it before its time."""

    organisation: int
    workspace: Workspace
    wanted: Wanted | None

    @property
    def key(self) -> tuple[int, int]:
        return self.organisation, self.workspace.id


class Rosters:
    """Which rosters are due, by the real clock; half a roster is never handed on."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], real: Clock) -> None:
        self._store, self._platforms, self._real = store, platforms, real
        self._next: dict[tuple[int, int], datetime] = {}
        self._heard: dict[tuple[int, int], Wanted | None] = {}
        """What was wanted when a roster was last asked for: only a new wish is heard before its time."""

    async def read_due(self) -> int:
        """Read every roster that is due, one after the other; return how many were taken over."""
        due = await asyncio.to_thread(self._due)
        return sum([await self._read(each) for each in due])

    def _due(self) -> list[Due]:
        now = self._real.now()
        known = [
            Due(organisation, workspace, wanted)
            for organisation in self._store.organisations()
            for workspace, wanted in self._store.read(_wishes, organisation)
            if workspace.platform in self._platforms
        ]
        return [each for each in known if self._next.get(each.key, now) <= now or self._is_new(each)]

    def _is_new(self, each: Due) -> bool:
        return each.wanted is not None and self._heard.get(each.key) != each.wanted

    async def _read(self, due: Due) -> bool:
        platform = due.workspace.platform
        self._next[due.key], self._heard[due.key] = self._real.now() + AGAIN, due.wanted
        try:
            taken = await self._take(due)
        except (PlatformError, OSError, TimeoutError) as error:
            log.warning("workspace.roster_failed", platform=platform, reason=type(error).__name__.lower())
            return False
        self._next[due.key] = self._real.now() + EVERY
        self._heard.pop(due.key, None)
        log.info("workspace.roster_read", platform=platform, people=taken.members, count=taken.linked)
        return True

    async def _take(self, due: Due) -> Taken:
        organisation, workspace, order = due.organisation, due.workspace, due.wanted
        before = await asyncio.to_thread(
            self._store.read, lambda unit: unit.accounts.users(workspace.id), organisation
        )
        platform = self._platforms[workspace.platform]
        profiles = [profile async for profile in platform.members(workspace.external)]
        taken = await asyncio.to_thread(
            roster.take,
            self._store,
            organisation,
            workspace.platform,
            workspace.external,
            profiles,
            before=before,
            fewer=order is not None and order.fewer,
        )
        if order is not None:
            await asyncio.to_thread(
                self._store.write, lambda unit: roster_times.was_read(unit, workspace.id, order), organisation
            )
        return taken


def _wishes(unit: Unit) -> list[tuple[Workspace, Wanted | None]]:
    return [(row, roster_times.wanted(unit, row.id)) for row in unit.organisations.workspaces()]
