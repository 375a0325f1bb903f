"""Enrolments: who is in which journey, how far, and what is due there."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_
from sqlmodel import Session, col, or_, select

from bot.store.tables import Enrolment, Person, Placement, StepRun


@dataclass(frozen=True, slots=True)
class Enrolments:
    """The journeys of one organisation's people."""

    session: Session
    organisation_id: int

    def get(self, enrolment_id: int) -> Enrolment | None:
        return self.session.get(Enrolment, (self.organisation_id, enrolment_id))

    def of(self, person_id: int, journey: str) -> Enrolment | None:
        query = select(Enrolment).where(
            self._own, Enrolment.person_id == person_id, Enrolment.journey == journey
        )
        return self.session.exec(query).first()

    def of_person(self, person_id: int) -> list[Enrolment]:
        """Return a person's enrolments, the latest first."""
        query = select(Enrolment).where(self._own, Enrolment.person_id == person_id)
        return list(self.session.exec(query.order_by(col(Enrolment.anchor).desc(), col(Enrolment.id))))

    def add(self, enrolment: Enrolment, runs: Iterable[StepRun]) -> None:
        self.session.add(enrolment)
        self.session.flush()
        self.session.add_all(list(runs))
        self.session.flush()

    def active(self) -> list[Enrolment]:
        query = select(Enrolment).where(self._own, Enrolment.state == "active")
        return list(self.session.exec(query.order_by(col(Enrolment.id))))

    def since(self, anchor: date) -> list[Enrolment]:
        """Return the enrolments that began on a date or later and were not cancelled, the latest first."""
        query = select(Enrolment).where(
            self._own, col(Enrolment.anchor) >= anchor, Enrolment.state != "cancelled"
        )
        return list(self.session.exec(query.order_by(col(Enrolment.anchor).desc(), col(Enrolment.id))))

    def to_enrol(self, journey: str, since: date) -> list[Person]:
        """Return who starts on a date or later and is not in the journey, or was taken out of it."""
        enrolled = select(Enrolment.person_id).where(
            self._own, Enrolment.journey == journey, Enrolment.state != "cancelled"
        )
        query = select(Person).where(
            Person.organisation_id == self.organisation_id,
            col(Person.starts_on) >= since,
            col(Person.id).not_in(enrolled),
        )
        return list(self.session.exec(query.order_by(col(Person.starts_on), col(Person.id))))

    # --- steps --------------------------------------------------------------------------------------------

    def steps(self, enrolment_id: int) -> list[StepRun]:
        """Return the steps of an enrolment in the order in which they are due."""
        query = select(StepRun).where(
            StepRun.organisation_id == self.organisation_id, StepRun.enrolment_id == enrolment_id
        )
        return list(self.session.exec(query.order_by(col(StepRun.due_at), col(StepRun.step))))

    def step(self, enrolment_id: int, step: str) -> StepRun | None:
        return self.session.get(StepRun, (self.organisation_id, enrolment_id, step))

    def to_advance(self, now: datetime) -> list[int]:
        """Return the active enrolments in which a step is due and not done, or an open task is to be asked about."""
        due = and_(col(StepRun.state) == "due", col(StepRun.due_at) <= now)
        stalled = and_(col(StepRun.state) == "sent", col(StepRun.nudge_at) <= now)
        query = (
            select(Enrolment.id)
            .join(
                StepRun,
                and_(
                    col(StepRun.organisation_id) == col(Enrolment.organisation_id),
                    col(StepRun.enrolment_id) == col(Enrolment.id),
                ),
            )
            .where(self._own, Enrolment.state == "active", or_(due, stalled))
            .distinct()
        )
        return sorted(self.session.exec(query))

    # --- buddies ------------------------------------------------------------------------------------------

    def colleagues(self, path: str, on: date) -> list[Person]:
        """Return who works in exactly this department on a date, the longest-serving first."""
        query = (
            select(Person)
            .join(
                Placement,
                and_(
                    col(Placement.organisation_id) == col(Person.organisation_id),
                    col(Placement.person_id) == col(Person.id),
                ),
            )
            .where(
                Person.organisation_id == self.organisation_id,
                Placement.path == path,
                col(Placement.starts_on) <= on,
                or_(col(Placement.until).is_(None), col(Placement.until) > on),
                col(Person.starts_on) <= on,
                or_(col(Person.ends_on).is_(None), col(Person.ends_on) >= on),
            )
        )
        return list(self.session.exec(query.order_by(col(Person.starts_on), col(Person.id))))

    def buddies(self) -> Counter[int]:
        """Return how many active newcomers each buddy has."""
        query = select(Enrolment.buddy_id).where(self._own, Enrolment.state == "active")
        return Counter(buddy for buddy in self.session.exec(query) if buddy is not None)

    @property
    def _own(self) -> ColumnElement[bool]:
        return col(Enrolment.organisation_id) == self.organisation_id
