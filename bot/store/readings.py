"""Readings: the figures that passed the gate."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, select

from bot.store.tables import Reading


@dataclass(frozen=True, slots=True)
class Readings:
    """What may be shown, and what was."""

    session: Session
    organisation_id: int

    def add(self, readings: Sequence[Reading]) -> None:
        self.session.add_all(readings)
        self.session.flush()

    def of_wave(self, wave_id: int, path: str | None = None) -> list[Reading]:
        query = select(Reading).where(
            Reading.organisation_id == self.organisation_id, Reading.wave_id == wave_id
        )
        if path is not None:
            query = query.where(Reading.path == path)
        return list(
            self.session.exec(query.order_by(col(Reading.path), col(Reading.item), col(Reading.metric)))
        )

    def series(
        self, item: str, metric: str, path: str | None = None, until: date | None = None
    ) -> list[Reading]:
        """Return a metric's readings over time, oldest first, of one department or of all."""
        query = select(Reading).where(
            Reading.organisation_id == self.organisation_id, Reading.item == item, Reading.metric == metric
        )
        if path is not None:
            query = query.where(Reading.path == path)
        if until is not None:
            query = query.where(col(Reading.period) <= until)
        return list(self.session.exec(query.order_by(col(Reading.path), col(Reading.period))))

    def items(self) -> list[tuple[str, str]]:
        """Return which items and metrics have readings at all."""
        query = (
            select(Reading.item, Reading.metric)
            .where(Reading.organisation_id == self.organisation_id)
            .distinct()
        )
        return sorted((item, metric) for item, metric in self.session.exec(query))
