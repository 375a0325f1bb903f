"""Strangers: users of a workspace whom the roster names and who are nobody's account yet."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func
from sqlmodel import Session, col, or_, select

from bot.store.deleting import delete_own
from bot.store.tables import Stranger

_TABLE = Stranger.metadata.tables["stranger"]


@dataclass(frozen=True, slots=True)
class Strangers:
    """The strangers in one organisation's workspaces."""

    session: Session
    organisation_id: int

    def get(self, workspace_id: int, user: str) -> Stranger | None:
        return self.session.get(Stranger, (self.organisation_id, workspace_id, user))

    def among(self, workspace_id: int, users: Collection[str]) -> dict[str, Stranger]:
        """Return those of some users of a workspace, by user."""
        query = select(Stranger).where(
            Stranger.organisation_id == self.organisation_id,
            Stranger.workspace_id == workspace_id,
            col(Stranger.user).in_(users),
        )
        return {row.user: row for row in self.session.exec(query)}

    def with_address(self, workspace_id: int, email: str) -> list[Stranger]:
        """Return those of a workspace who have an address."""
        query = select(Stranger).where(
            Stranger.organisation_id == self.organisation_id,
            Stranger.workspace_id == workspace_id,
            Stranger.email == email,
        )
        return list(self.session.exec(query))

    def called(self, text: str) -> list[Stranger]:
        """Return those with a user id or an address, in any workspace."""
        query = select(Stranger).where(
            Stranger.organisation_id == self.organisation_id,
            or_(col(Stranger.user) == text, col(Stranger.email) == text.lower()),
        )
        return list(self.session.exec(query))

    def users(self, workspace_id: int) -> frozenset[str]:
        query = select(Stranger.user).where(
            Stranger.organisation_id == self.organisation_id, Stranger.workspace_id == workspace_id
        )
        return frozenset(self.session.exec(query))

    def left_out(self, workspace_id: int) -> frozenset[str]:
        """Return the users of a workspace who HR said are nobody."""
        query = select(Stranger.user).where(
            Stranger.organisation_id == self.organisation_id,
            Stranger.workspace_id == workspace_id,
            Stranger.why == "left_out",
        )
        return frozenset(self.session.exec(query))

    def counts(self) -> dict[str, int]:
        """Return how many there are for each reason, those of none left out."""
        query = (
            select(Stranger.why, func.count())
            .where(Stranger.organisation_id == self.organisation_id)
            .group_by(col(Stranger.why))
        )
        return dict(self.session.exec(query).all())

    def because(self, why: str, limit: int) -> list[Stranger]:
        """Return up to ``limit`` of those with a reason, by name."""
        query = select(Stranger).where(Stranger.organisation_id == self.organisation_id, Stranger.why == why)
        named = query.order_by(col(Stranger.name), col(Stranger.workspace_id), col(Stranger.user))
        return list(self.session.exec(named.limit(limit)))

    def add(self, *rows: Stranger) -> None:
        self.session.add_all(rows)
        self.session.flush()

    def forget(self, workspace_id: int, users: Collection[str]) -> int:
        """Forget some users of a workspace; return how many were kept."""
        return self._delete(_TABLE.c.workspace_id == workspace_id, _TABLE.c.user.in_(users))

    def forget_all(self, workspace_id: int) -> int:
        """Forget everybody of a workspace."""
        return self._delete(_TABLE.c.workspace_id == workspace_id)

    def _delete(self, *which: ColumnElement[bool]) -> int:
        return delete_own(self.session, _TABLE, self.organisation_id, *which)
