"""What is stored about one person, counted from the tables themselves, so that no new table is forgotten."""

from dataclasses import dataclass

from sqlalchemy import Table, and_, func, select
from sqlmodel import Session

from bot.store.tables import Account, Enrolment, Person, Reference, StepRun

PERSONAL = tuple(
    sorted(
        (table for table in Person.metadata.tables.values() if "person_id" in table.c),
        key=lambda table: table.name,
    )
)
"""Every table whose rows belong to a person. The vault's hold no person, so they cannot be counted for one."""


@dataclass(frozen=True, slots=True)
class Footprint:
    """The rows about one organisation's people."""

    session: Session
    organisation_id: int

    def of(self, person_id: int) -> dict[str, int]:
        """Return how many rows of each table belong to a person, those without any left out."""
        counts = {table.name: self._rows(table, person_id) for table in PERSONAL}
        counts |= {"steprun": self._steps(person_id), "reference": self._references(person_id)}
        return {name: n for name, n in counts.items() if n}

    def _rows(self, table: Table, person_id: int) -> int:
        mine = and_(table.c.organisation_id == self.organisation_id, table.c.person_id == person_id)
        return self.session.connection().execute(select(func.count()).where(mine)).scalar_one()

    def _steps(self, person_id: int) -> int:
        runs, enrolments = StepRun.metadata.tables["steprun"], Enrolment.metadata.tables["enrolment"]
        mine = and_(
            runs.c.organisation_id == self.organisation_id,
            enrolments.c.organisation_id == self.organisation_id,
            enrolments.c.id == runs.c.enrolment_id,
            enrolments.c.person_id == person_id,
        )
        return self.session.connection().execute(select(func.count()).where(mine)).scalar_one()

    def _references(self, person_id: int) -> int:
        ways, accounts = Reference.metadata.tables["reference"], Account.metadata.tables["account"]
        mine = and_(
            ways.c.organisation_id == self.organisation_id,
            accounts.c.organisation_id == self.organisation_id,
            accounts.c.workspace_id == ways.c.workspace_id,
            accounts.c.user == ways.c.user,
            accounts.c.person_id == person_id,
        )
        return self.session.connection().execute(select(func.count()).where(mine)).scalar_one()
