"""Placements: who belonged to which department, and who headed it, on any date."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, or_, select

from bot.store.tables import Headship, Placement
from surveys.anonymity.cells import lineage


@dataclass(frozen=True, slots=True)
class Placements:
    """Effective-dated departments: each row holds from its start until before another date."""

    session: Session
    organisation_id: int

    def at(self, on: date) -> dict[int, Placement]:
        """Return everyone's placement that holds on a date, by person."""
        query = select(Placement).where(Placement.organisation_id == self.organisation_id, _placed(on))
        return {row.person_id: row for row in self.session.exec(query)}

    def departments(self, on: date) -> dict[int, str]:
        """Return everyone's department on a date, by person."""
        query = select(Placement.person_id, Placement.path).where(
            Placement.organisation_id == self.organisation_id, _placed(on)
        )
        return dict(self.session.exec(query).all())

    def of(self, person_id: int, on: date) -> Placement | None:
        query = select(Placement).where(
            Placement.organisation_id == self.organisation_id, Placement.person_id == person_id, _placed(on)
        )
        return self.session.exec(query).first()

    def history(self) -> list[Placement]:
        """Return every placement there ever was, by person and date."""
        query = select(Placement).where(Placement.organisation_id == self.organisation_id)
        return list(self.session.exec(query.order_by(col(Placement.person_id), col(Placement.starts_on))))

    def heads(self, on: date) -> dict[str, frozenset[int]]:
        """Return the heads of each department that has some, on a date."""
        found: dict[str, set[int]] = defaultdict(set)
        for row in self._headships(on):
            found[row.path].add(row.person_id)
        return {path: frozenset(people) for path, people in found.items()}

    def headed_by(self, person_id: int, on: date) -> list[str]:
        """Return the departments that a person heads, the topmost first."""
        paths = {row.path for row in self._headships(on) if row.person_id == person_id}
        return sorted(paths, key=lambda path: (path.count("/"), path))

    def leads(self, person_id: int, on: date) -> bool:
        """Say whether somebody heads a department or is a manager on record on a date."""
        if self.headed_by(person_id, on):
            return True
        query = select(Placement.person_id).where(
            Placement.organisation_id == self.organisation_id, Placement.manager_id == person_id, _placed(on)
        )
        return self.session.exec(query).first() is not None

    def paths(self, on: date) -> list[str]:
        """Return every department on a date, those above others included, the organisation left out."""
        query = select(Placement.path).where(Placement.organisation_id == self.organisation_id, _placed(on))
        leaves = {*self.session.exec(query.distinct()), *self.heads(on)}
        return sorted({above for leaf in leaves for above in lineage(leaf) if above})

    def add(self, *rows: Placement | Headship) -> None:
        self.session.add_all(rows)
        self.session.flush()

    def headships(self) -> list[Headship]:
        """Return every headship there ever was."""
        query = select(Headship).where(Headship.organisation_id == self.organisation_id)
        return list(self.session.exec(query.order_by(col(Headship.path), col(Headship.starts_on))))

    def _headships(self, on: date) -> list[Headship]:
        query = select(Headship).where(
            Headship.organisation_id == self.organisation_id,
            col(Headship.starts_on) <= on,
            or_(col(Headship.until).is_(None), col(Headship.until) > on),
        )
        return list(self.session.exec(query))


def _placed(on: date) -> ColumnElement[bool]:
    return and_(
        col(Placement.starts_on) <= on, or_(col(Placement.until).is_(None), col(Placement.until) > on)
    )
