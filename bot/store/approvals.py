"""Approvals: who consented to what, in which role."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.store.tables import Approval


@dataclass(frozen=True, slots=True)
class Approvals:
    """The consents of one organisation."""

    session: Session
    organisation_id: int

    def of(self, act: str) -> dict[str, Approval]:
        """Return the consents to an act, by role."""
        query = select(Approval).where(Approval.organisation_id == self.organisation_id, Approval.act == act)
        return {row.role: row for row in self.session.exec(query)}

    def give(self, act: str, role: str, person_id: int, at: datetime) -> None:
        """Keep a consent; a second one in the same role takes the place of the first."""
        self.session.merge(
            Approval(organisation_id=self.organisation_id, act=act, role=role, person_id=person_id, at=at)
        )
        self.session.flush()

    def withdraw(self, prefix: str) -> int:
        """Forget the consents to all acts whose names begin like this, and say how many there were."""
        query = select(Approval).where(
            Approval.organisation_id == self.organisation_id,
            col(Approval.act).startswith(prefix, autoescape=True),
        )
        rows = list(self.session.exec(query))
        for row in rows:
            self.session.delete(row)
        self.session.flush()
        return len(rows)
