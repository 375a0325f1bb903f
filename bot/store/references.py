"""References: how users of a platform without a directory are written to; only the cases of references read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, select

from bot.store.deleting import delete_own
from bot.store.tables import Reference

_TABLE = Reference.metadata.tables["reference"]


@dataclass(frozen=True, slots=True)
class References:
    """The references in one organisation's workspaces."""

    session: Session
    organisation_id: int

    def get(self, workspace_id: int, user: str) -> Mapping[str, Any] | None:
        row = self.session.get(Reference, (self.organisation_id, workspace_id, user))
        return dict(row.data) if row else None

    def all(self, workspace_id: int) -> list[Mapping[str, Any]]:
        """Return every reference of a workspace, by user."""
        query = select(Reference).where(
            Reference.organisation_id == self.organisation_id, Reference.workspace_id == workspace_id
        )
        return [dict(row.data) for row in self.session.exec(query.order_by(col(Reference.user)))]

    def put(self, workspace_id: int, user: str, data: Mapping[str, Any]) -> None:
        """Keep a reference in place of an earlier one."""
        row = Reference(
            organisation_id=self.organisation_id, workspace_id=workspace_id, user=user, data=dict(data)
        )
        self.session.merge(row)
        self.session.flush()

    def forget(self, workspace_id: int, user: str) -> bool:
        """Forget a reference; False if there was none."""
        return self._delete(_TABLE.c.workspace_id == workspace_id, _TABLE.c.user == user) > 0

    def forget_all(self, workspace_id: int) -> int:
        """Forget everybody of a workspace, because the app is not there any more."""
        return self._delete(_TABLE.c.workspace_id == workspace_id)

    def _delete(self, *which: ColumnElement[bool]) -> int:
        return delete_own(self.session, _TABLE, self.organisation_id, *which)
