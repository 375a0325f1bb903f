"""Joins Teams' references to the store: what a platform may not know, wiring hands it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from adapters.teams.references import Reference
from bot.cases import references
from bot.store.unit import Store

TEAMS = "teams"


@dataclass(frozen=True, slots=True)
class StoredReferences:
    """Keeps how people are written to in Teams, each within the organisation that their tenant is connected to."""

    store: Store

    async def find(self, tenant: str, user: str) -> Reference | None:
        kept = await asyncio.to_thread(references.find, self.store, TEAMS, tenant, user)
        return Reference.read(kept) if kept else None

    async def keep(self, reference: Reference) -> None:
        await asyncio.to_thread(
            references.keep, self.store, TEAMS, reference.tenant, reference.user, reference.json()
        )

    async def forget(self, tenant: str, user: str) -> None:
        await asyncio.to_thread(references.forget, self.store, TEAMS, tenant, user)

    async def all(self, tenant: str) -> Sequence[Reference]:
        kept = await asyncio.to_thread(references.every, self.store, TEAMS, tenant)
        return [Reference.read(each) for each in kept]
