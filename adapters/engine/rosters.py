"""Reading the rosters of all workspaces: at the start and once a day, each from the platform into the case."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta

from bot.cases import roster
from bot.cases.roster import Taken
from bot.clock import Clock
from bot.errors import PlatformError
from bot.logs import get_logger
from bot.store.tables import Workspace
from bot.store.unit import Store
from bot.talk.platform import Platform

EVERY = timedelta(hours=24)
AGAIN = timedelta(minutes=15)
"""When a platform did not give its roster, it is asked again."""

log = get_logger()


class Rosters:
    """Which rosters are due, by the real clock; half a roster is never handed on."""

    def __init__(self, store: Store, platforms: Mapping[str, Platform], real: Clock) -> None:
        self._store, self._platforms, self._real = store, platforms, real
        self._next: dict[tuple[int, int], datetime] = {}

    async def read_due(self) -> int:
        """Read every roster that is due, one after the other; return how many were taken over."""
        due = await asyncio.to_thread(self._due)
        return sum([await self._read(organisation, workspace) for organisation, workspace in due])

    def _due(self) -> list[tuple[int, Workspace]]:
        now = self._real.now()
        return [
            (organisation, workspace)
            for organisation in self._store.organisations()
            for workspace in self._store.read(lambda unit: unit.organisations.workspaces(), organisation)
            if workspace.platform in self._platforms
            and self._next.get((organisation, workspace.id), now) <= now
        ]

    async def _read(self, organisation: int, workspace: Workspace) -> bool:
        key = (organisation, workspace.id)
        self._next[key] = self._real.now() + AGAIN
        try:
            taken = await self._take(organisation, workspace)
        except (PlatformError, OSError, TimeoutError) as error:
            log.warning(
                "workspace.roster_failed", platform=workspace.platform, reason=type(error).__name__.lower()
            )
            return False
        self._next[key] = self._real.now() + EVERY
        log.info(
            "workspace.roster_read", platform=workspace.platform, people=taken.members, count=taken.linked
        )
        return True

    async def _take(self, organisation: int, workspace: Workspace) -> Taken:
        before = await asyncio.to_thread(
            self._store.read, lambda unit: unit.accounts.users(workspace.id), organisation
        )
        platform = self._platforms[workspace.platform]
        profiles = [profile async for profile in platform.members(workspace.external)]
        return await asyncio.to_thread(
            roster.take,
            self._store,
            organisation,
            workspace.platform,
            workspace.external,
            profiles,
            before=before,
        )
