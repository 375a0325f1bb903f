"""Reports that were asked for, and what they are made from: released figures and HR records, never the vault."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Table, func
from sqlalchemy import select as columns_of
from sqlmodel import Session, col, select

from bot.store.tables import Person, Reading, Report, metadata

_PERSON, _PLACEMENT, _READING, _SEPARATION = (
    metadata.tables[name] for name in ("person", "placement", "reading", "separation")
)


class Measured(NamedTuple):
    """A metric of an item, with the number of readings that departments have of it."""

    item: str
    metric: str
    readings: int


class ReadingRow(NamedTuple):
    """A department's reading as a report reads it."""

    path: str
    period: date
    source: str
    state: str
    reason: str
    value: float | None
    variance: float | None
    n: int | None
    asked: int | None
    unit: str
    band: str = ""
    low: float | None = None
    high: float | None = None
    wave_id: int = 0
    item: str = ""


class Employment(NamedTuple):
    """When somebody's present or last employment began, and its last day if known."""

    person_id: int
    starts_on: date
    ends_on: date | None


class Stay(NamedTuple):
    """Where somebody belonged, from a date until before another."""

    person_id: int
    starts_on: date
    until: date | None
    path: str


class Leaving(NamedTuple):
    """Somebody's last day, and how the employment ended."""

    person_id: int
    on: date
    kind: str


@dataclass(frozen=True, slots=True)
class Reports:
    """The reports of one organisation and the rows behind them; plain columns, since there can be many."""

    session: Session
    organisation_id: int

    def get(self, report_id: int) -> Report | None:
        return self.session.get(Report, (self.organisation_id, report_id))

    def add(self, row: Report) -> None:
        self.session.add(row)
        self.session.flush()

    def remove(self, row: Report) -> None:
        self.session.delete(row)
        self.session.flush()

    def by_digest(self, path: str, digest: str) -> Report | None:
        """Return the report of a department that was made from these inputs."""
        query = select(Report).where(
            Report.organisation_id == self.organisation_id, Report.path == path, Report.digest == digest
        )
        return self.session.exec(query).first()

    def queued(self) -> list[Report]:
        """Return the reports that are still to be made, in the order of asking."""
        query = select(Report).where(Report.organisation_id == self.organisation_id, Report.state == "queued")
        return list(self.session.exec(query.order_by(col(Report.id))))

    def latest(self, path: str) -> Report | None:
        """Return the report of a department that was made last."""
        query = select(Report).where(
            Report.organisation_id == self.organisation_id, Report.path == path, Report.state == "ready"
        )
        newest = (col(Report.built_at).desc(), col(Report.id).desc())
        return self.session.exec(query.order_by(*newest)).first()

    # --- what a report is made from -----------------------------------------------------------------------

    def measured(self) -> list[Measured]:
        """Return what departments have readings of, by item and metric."""
        query = (
            select(Reading.item, Reading.metric, func.count())
            .where(Reading.organisation_id == self.organisation_id, Reading.path != "", Reading.item != "")
            .group_by(col(Reading.item), col(Reading.metric))
            .order_by(col(Reading.item), col(Reading.metric))
        )
        return [Measured(*row) for row in self.session.exec(query)]

    def readings(self, item: str, metric: str) -> list[ReadingRow]:
        """Return the departments' readings of one metric, in order of department and time; no totals."""
        wanted = (_READING.c.path != "", _READING.c.item == item, _READING.c.metric == metric)
        order = ("path", "period", "id")
        return [ReadingRow(*row) for row in self._columns(_READING, ReadingRow._fields, *wanted, order=order)]

    def themes(self, waves: Collection[int]) -> list[ReadingRow]:
        """Return what is shown of the themes of comments in these waves, by department."""
        wanted = (
            _READING.c.path != "",
            _READING.c.metric == "theme_share",
            _READING.c.state == "shown",
            _READING.c.wave_id.in_(waves),
        )
        order = ("path", "wave_id", "item")
        return [ReadingRow(*row) for row in self._columns(_READING, ReadingRow._fields, *wanted, order=order)]

    def measured_paths(self) -> frozenset[str]:
        """Return every department that has a reading of any kind."""
        query = (
            select(Reading.path)
            .where(Reading.organisation_id == self.organisation_id, Reading.path != "")
            .distinct()
        )
        return frozenset(self.session.exec(query))

    def people(self) -> int:
        """Return how many people the records hold."""
        query = select(func.count()).where(Person.organisation_id == self.organisation_id)
        return self.session.exec(query).one()

    def employments(self) -> list[Employment]:
        names = ("id", "starts_on", "ends_on")
        return [Employment(*row) for row in self._columns(_PERSON, names, order=("id",))]

    def stays(self) -> list[Stay]:
        rows = self._columns(_PLACEMENT, Stay._fields, order=("person_id", "starts_on"))
        return [Stay(*row) for row in rows]

    def leavings(self) -> list[Leaving]:
        rows = self._columns(_SEPARATION, Leaving._fields, order=("person_id", "on"))
        return [Leaving(*row) for row in rows]

    def _columns(
        self, table: Table, names: Sequence[str], *where: ColumnElement[bool], order: Sequence[str]
    ) -> Iterable[Sequence[Any]]:
        query = (
            columns_of(*(table.c[name] for name in names))
            .where(table.c.organisation_id == self.organisation_id, *where)
            .order_by(*(table.c[name] for name in order))
        )
        return self.session.connection().execute(query)
