"""What must be known about people before something is sent to them; each method asks once for many people."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, update
from sqlmodel import Session, col, select

from bot.store.states import HANDLED, REMINDERS
from bot.store.tables import Account, Delivery, Enrolment, Person, Separation, Tester

T = TypeVar("T")

_LOOK_BACK = timedelta(days=8)
"""A week of anybody's local days."""

FIRST_CONTACT = "contact.first"

_LAST_DAYS = (
    select(Separation.person_id, func.max(Separation.on))
    .where(
        col(Separation.organisation_id) == bindparam("organisation"),
        col(Separation.person_id).in_(bindparam("people", expanding=True)),
    )
    .group_by(col(Separation.person_id))
)
"""Asked at every event, so it is put together once."""

_PEOPLE = Person.metadata.tables["person"]


@dataclass(frozen=True, slots=True)
class PastContact:
    """Something that went out to a person, or may have; what it was, about what, and when."""

    purpose: str
    ref: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Recipients:
    """The people of one organisation as recipients."""

    session: Session
    organisation_id: int

    def people(self, ids: Collection[int]) -> dict[int, Person]:
        query = select(Person).where(
            col(Person.organisation_id) == self.organisation_id, col(Person.id).in_(ids)
        )
        return {person.id: person for person in self.session.exec(query)}

    def users(self, workspace_id: int, ids: Collection[int]) -> dict[int, str]:
        """Return each person's active account in a workspace, as the platform calls it."""
        query = select(Account.person_id, func.min(Account.user)).where(
            col(Account.organisation_id) == self.organisation_id,
            col(Account.workspace_id) == workspace_id,
            col(Account.person_id).in_(ids),
            col(Account.active),
        )
        return dict(self.session.exec(query.group_by(col(Account.person_id))).all())

    def testers(self, ids: Collection[int]) -> frozenset[int]:
        """Return who of them is reached during rehearsal."""
        query = select(Tester.person_id).where(
            col(Tester.organisation_id) == self.organisation_id, col(Tester.person_id).in_(ids)
        )
        return frozenset(self.session.exec(query))

    def last_days(self, ids: Collection[int]) -> dict[int, date]:
        """Return the last day of those whose separation is recorded."""
        whose = {"organisation": self.organisation_id, "people": list(ids)}
        return dict(self.session.exec(_LAST_DAYS, params=whose).all())

    def journey_starts(self, ids: Collection[int]) -> dict[int, list[date]]:
        """Return the first days of each person's journeys."""
        query = select(col(Enrolment.person_id), col(Enrolment.anchor)).where(
            col(Enrolment.organisation_id) == self.organisation_id, col(Enrolment.person_id).in_(ids)
        )
        return _grouped(self.session.exec(query))

    def first_contacts(self, ids: Collection[int]) -> dict[int, datetime]:
        """Return since when each person's first contact has been waiting to be sent, where it still may be."""
        query = select(Delivery.person_id, func.max(Delivery.due_at)).where(
            self._to(ids),
            col(Delivery.purpose) == FIRST_CONTACT,
            col(Delivery.state).in_(("pending", "retry", "sending", "uncertain")),
        )
        return dict(self.session.exec(query.group_by(col(Delivery.person_id))).all())

    def unheard(self, ids: Collection[int]) -> dict[int, int]:
        """Return how many first contacts to each person ended without having been sent."""
        query = select(Delivery.person_id, func.count()).where(
            self._to(ids),
            col(Delivery.purpose) == FIRST_CONTACT,
            col(Delivery.state).in_(("dead", "expired", "cancelled")),
        )
        return dict(self.session.exec(query.group_by(col(Delivery.person_id))).all())

    def disclosed(self, ids: Collection[int], version: int, at: datetime) -> int:
        """Note that the first contact with this version of the disclosure was sent to people; once for each version."""
        told = update(_PEOPLE).where(
            _PEOPLE.c.organisation_id == self.organisation_id,
            _PEOPLE.c.id.in_(ids),
            _PEOPLE.c.disclosure_version < version,
        )
        note = told.values(disclosed_at=at, disclosure_version=version)
        return self.session.connection().execute(note).rowcount

    def history(
        self, batch: Sequence[Delivery], purposes: Collection[str], now: datetime
    ) -> dict[int, list[PastContact]]:
        """Return the recent contacts of a batch's recipients, and all reminders of its subjects, the batch left out.

        What is on its way counts as sent. So does each handled reminder, at the instant it was due: its row does
        not tell whether it was sent, and counting only those that were would tell who had not answered.
        """
        out = col(Delivery.state).in_(("sent", "sending", "uncertain"))
        reminder = col(Delivery.purpose).in_(REMINDERS)
        handled = and_(reminder, col(Delivery.state) == HANDLED)
        at = case((handled, col(Delivery.due_at)), else_=func.coalesce(Delivery.sent_at, Delivery.due_at))
        same = and_(reminder, col(Delivery.ref).in_({row.ref for row in batch}))
        query = (
            select(Delivery.person_id, Delivery.purpose, Delivery.ref, at)
            .where(self._to({row.person_id for row in batch}), col(Delivery.purpose).in_(purposes))
            .where(col(Delivery.id).not_in([row.id for row in batch]), or_(out, handled))
            .where(or_(at >= now - _LOOK_BACK, same))
        )
        rows = self.session.exec(query)
        return _grouped((person, PastContact(purpose, ref, when)) for person, purpose, ref, when in rows)

    def _to(self, ids: Collection[int]) -> ColumnElement[bool]:
        return and_(col(Delivery.organisation_id) == self.organisation_id, col(Delivery.person_id).in_(ids))


def _grouped(rows: Iterable[tuple[int, T]]) -> dict[int, list[T]]:
    groups: dict[int, list[T]] = defaultdict(list)
    for key, value in rows:
        groups[key].append(value)
    return groups
