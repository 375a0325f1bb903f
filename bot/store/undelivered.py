"""What did not arrive, as far as it may be told.

Reminders are never among it, because who gets one has not answered; nor is what tells of a wish to talk.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from bot.store.states import UNTOLD
from bot.store.tables import Delivery, Person

UNCERTAIN = "uncertain"

_REASON = case((col(Delivery.state) == "dead", col(Delivery.error)), else_=UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Undelivered:
    """The deliveries of one organisation that ended without arriving, or of which nobody can tell for good."""

    session: Session
    organisation_id: int

    def counts(self, since: datetime) -> list[tuple[str, str, int]]:
        """Return reason, purpose and number of what was due since then, by reason and then the most first."""
        number = func.count()
        query = (
            select(_REASON, Delivery.purpose, number)
            .where(*self._lost(since))
            .group_by(_REASON, col(Delivery.purpose))
            .order_by(_REASON, number.desc(), col(Delivery.purpose))
        )
        return list(self.session.exec(query).all())

    def unreached(self, since: datetime, reasons: Collection[str]) -> list[tuple[str, str]]:
        """Return reason and name of each person who was not reached for such a reason, and by nothing after that."""
        about_them = and_(
            col(Person.organisation_id) == col(Delivery.organisation_id),
            col(Person.id) == col(Delivery.person_id),
        )
        query = (
            select(Delivery.error, Person.name)
            .join(Person, about_them)
            .where(*self._lost(since), col(Delivery.state) == "dead", col(Delivery.error).in_(reasons))
            .where(~_reached_later())
            .group_by(col(Delivery.error), col(Person.id), col(Person.name))
            .order_by(col(Person.name), col(Person.id))
        )
        return list(self.session.exec(query).all())

    def _lost(self, since: datetime) -> tuple[ColumnElement[bool], ...]:
        for_good = and_(col(Delivery.state) == "uncertain", col(Delivery.lease_until).is_(None))
        return (
            col(Delivery.organisation_id) == self.organisation_id,
            or_(col(Delivery.state) == "dead", for_good),
            col(Delivery.purpose).not_in(UNTOLD),
            col(Delivery.due_at) >= since,
        )


def _reached_later() -> ColumnElement[bool]:
    later = aliased(Delivery)
    query = select(later.id).where(
        col(later.organisation_id) == col(Delivery.organisation_id),
        col(later.person_id) == col(Delivery.person_id),
        col(later.state) == "sent",
        col(later.due_at) > col(Delivery.due_at),
    )
    return query.exists()
