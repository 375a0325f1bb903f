"""Rollouts: which automation starts where and when, and what it costs."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.store.tables import Audit, Rollout

HOURS_COUNTED = "rollout.hours_counted"


@dataclass(frozen=True, slots=True)
class Rollouts:
    """The automations of one organisation, planned ones included."""

    session: Session
    organisation_id: int

    def get(self, rollout_id: int) -> Rollout | None:
        """Return the rollout; changes to the row are saved with the unit."""
        return self.session.get(Rollout, (self.organisation_id, rollout_id))

    def add(self, row: Rollout) -> None:
        self.session.add(row)
        self.session.flush()

    def all(self) -> list[Rollout]:
        """Return every rollout by department and start."""
        query = select(Rollout).where(Rollout.organisation_id == self.organisation_id)
        return list(
            self.session.exec(query.order_by(col(Rollout.path), col(Rollout.starts_on), col(Rollout.id)))
        )

    def at(self, path: str) -> list[Rollout]:
        """Return what was entered for exactly this department, by start."""
        return [row for row in self.all() if row.path == path]

    def hours_by(self, rollout_id: int) -> str:
        """Return who entered the saved hours last, as the record of acts names them; empty: nobody did."""
        query = select(Audit.actor).where(
            Audit.organisation_id == self.organisation_id,
            Audit.act == HOURS_COUNTED,
            Audit.object == f"rollout:{rollout_id}",
        )
        return self.session.exec(query.order_by(col(Audit.number).desc())).first() or ""
