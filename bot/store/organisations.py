"""The tenant and its workspaces."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from bot.errors import StoreError
from bot.store.counters import next_number
from bot.store.tables import Organisation, Workspace

_CALLED = select(Workspace).where(
    col(Workspace.organisation_id) == bindparam("organisation"),
    col(Workspace.platform) == bindparam("platform"),
    col(Workspace.external) == bindparam("external"),
)
"""Asked at every event, so it is put together once."""


@dataclass(frozen=True, slots=True)
class Organisations:
    """The one organisation that a unit is scoped to."""

    session: Session
    organisation_id: int

    def create(self, name: str, now: datetime, **settings: Any) -> Organisation:
        """Make the organisation whose number the unit carries; it starts in rehearsal."""
        row = Organisation(id=self.organisation_id, name=name, created_at=now, **settings)
        self.session.add(row)
        self.session.flush()
        return row

    def find(self) -> Organisation | None:
        """Return the organisation, or None before it was made."""
        return self.session.get(Organisation, self.organisation_id)

    def get(self) -> Organisation:
        """Return the organisation; changes to the row are saved with the unit."""
        row = self.find()
        if row is None:
            raise StoreError(
                f"There is no organisation {self.organisation_id} in this database. Make it with `rapport init`."
            )
        return row

    def connect(self, platform: str, external: str) -> Workspace:
        """Return the workspace of a platform, made and active from now on."""
        row = self.workspace(platform, external)
        if row is None:
            number = next_number(self.session, self.organisation_id, "workspace")
            row = Workspace(
                organisation_id=self.organisation_id, id=number, platform=platform, external=external
            )
        row.active, row.disconnected_at = True, None
        self.session.add(row)
        self.session.flush()
        return row

    def workspace(self, platform: str, external: str) -> Workspace | None:
        """Return the workspace that the platform calls ``external``."""
        which = {"organisation": self.organisation_id, "platform": platform, "external": external}
        return self.session.exec(_CALLED, params=which).first()

    def workspaces(self) -> list[Workspace]:
        """Return the workspaces that are connected, oldest first."""
        query = (
            select(Workspace)
            .where(col(Workspace.organisation_id) == self.organisation_id, col(Workspace.active).is_(True))
            .order_by(col(Workspace.id))
        )
        return list(self.session.exec(query))
