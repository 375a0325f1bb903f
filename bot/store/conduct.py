"""How surveys are conducted, as counts: of people, of figures, and of what read the comments. No row of a person."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from sqlalchemy import case, func
from sqlmodel import Session, and_, col, or_, select

from bot.store.tables import Delivery, Person, Reading, Wave

ENDED = ("closed", "released")


class Headcount(NamedTuple):
    """Who is at work: all of them, those who paused or opted out, and those who were not shown the disclosure."""

    people: int
    away: int
    untold: int


class Outcome(NamedTuple):
    """A state of readings with its reason, and how many readings are in it."""

    state: str
    reason: str
    readings: int


@dataclass(frozen=True, slots=True)
class Conduct:
    """Counts over one organisation."""

    session: Session
    organisation_id: int

    def headcount(self, on: date, now: datetime, version: int) -> Headcount:
        """Count who is at work; ``version`` is that of the disclosure that holds."""
        away = or_(col(Person.opted_out).is_(True), col(Person.paused_until) > now)
        untold = or_(col(Person.disclosed_at).is_(None), col(Person.disclosure_version) < version)
        query = select(
            func.count(),
            func.coalesce(func.sum(case((away, 1), else_=0)), 0),
            func.coalesce(func.sum(case((untold, 1), else_=0)), 0),
        ).where(
            col(Person.organisation_id) == self.organisation_id,
            col(Person.starts_on) <= on,
            or_(col(Person.ends_on).is_(None), col(Person.ends_on) >= on),
        )
        return Headcount(*self.session.exec(query).one())

    def outcomes(self, since: date) -> list[Outcome]:
        """Count the readings of our own surveys by what became of them; of themes only those shown are kept."""
        query = (
            select(Reading.state, Reading.reason, func.count())
            .where(
                col(Reading.organisation_id) == self.organisation_id,
                col(Reading.wave_id) != 0,
                col(Reading.period) >= since,
                col(Reading.item).not_like("%/%"),
            )
            .group_by(col(Reading.state), col(Reading.reason))
            .order_by(col(Reading.state), col(Reading.reason))
        )
        return [Outcome(*row) for row in self.session.exec(query)]

    def tone_models(self, since: date) -> list[str]:
        """Return what read the tone of comments in the waves that ended; empty: it was read, but not noted by what."""
        query = (
            select(Wave.tone_model)
            .where(
                col(Wave.organisation_id) == self.organisation_id,
                col(Wave.local_date) >= since,
                col(Wave.state).in_(ENDED),
                or_(col(Wave.tone_model) != "", col(Wave.sentiment) == "aggregate"),
            )
            .distinct()
        )
        return sorted(self.session.exec(query))

    def waves(self, since: date) -> dict[str, int]:
        """Count the waves by their state."""
        query = (
            select(Wave.state, func.count())
            .where(col(Wave.organisation_id) == self.organisation_id, col(Wave.local_date) >= since)
            .group_by(col(Wave.state))
        )
        return dict(self.session.exec(query).all())

    def delivered(self, purpose: str, since: datetime) -> tuple[int, int]:
        """Count the messages of one kind that were due since a time: all of them, and those that arrived."""
        arrived = case((col(Delivery.state) == "sent", 1), else_=0)
        query = select(func.count(), func.coalesce(func.sum(arrived), 0)).where(
            and_(
                col(Delivery.organisation_id) == self.organisation_id,
                col(Delivery.purpose) == purpose,
                col(Delivery.due_at) >= since,
            )
        )
        wanted, sent = self.session.exec(query).one()
        return wanted, sent
