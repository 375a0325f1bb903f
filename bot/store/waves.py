"""Waves and who was asked in them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.store.tables import Invitation, Wave

LIVE = ("opening", "open")


@dataclass(frozen=True, slots=True)
class Waves:
    """Fieldings of surveys, and their invitations."""

    session: Session
    organisation_id: int
    _held: dict[int, Wave] = field(default_factory=dict)
    """The mapper forgets rows that nobody holds, and every card of a batch asks for its wave."""

    def get(self, wave_id: int) -> Wave | None:
        row = self._held.get(wave_id) or self.session.get(Wave, (self.organisation_id, wave_id))
        if row is not None:
            self._held[wave_id] = row
        return row

    def on(self, survey_id: int, local_date: date) -> Wave | None:
        return self.session.exec(
            select(Wave).where(
                Wave.organisation_id == self.organisation_id,
                Wave.survey_id == survey_id,
                Wave.local_date == local_date,
            )
        ).first()

    def add(self, wave: Wave) -> None:
        self.session.add(wave)
        self.session.flush()

    def in_state(self, *states: str) -> list[Wave]:
        """Return the waves in one of these states, oldest first."""
        query = select(Wave).where(Wave.organisation_id == self.organisation_id, col(Wave.state).in_(states))
        return list(self.session.exec(query.order_by(col(Wave.opens_at), col(Wave.id))))

    def to_close(self, now: datetime) -> list[Wave]:
        """Return the waves whose closing time has passed, or whose closing was interrupted; oldest first."""
        return [wave for wave in self.in_state(*LIVE, "closing") if wave.closes_at <= now]

    def recent(self, limit: int = 50, survey_id: int | None = None) -> list[Wave]:
        """Return the latest waves, newest first."""
        query = select(Wave).where(Wave.organisation_id == self.organisation_id)
        if survey_id is not None:
            query = query.where(Wave.survey_id == survey_id)
        return list(self.session.exec(query.order_by(col(Wave.opens_at).desc()).limit(limit)))

    def live(self, survey_id: int, now: datetime) -> Wave | None:
        """Return the survey's wave that takes answers now."""
        query = select(Wave).where(
            Wave.organisation_id == self.organisation_id,
            Wave.survey_id == survey_id,
            col(Wave.state).in_(LIVE),
            col(Wave.opens_at) <= now,
            col(Wave.closes_at) > now,
        )
        return self.session.exec(query.order_by(col(Wave.opens_at).desc())).first()

    # --- invitations --------------------------------------------------------------------------------------

    def invitation(self, wave_id: int, person_id: int) -> Invitation | None:
        return self.session.get(Invitation, (self.organisation_id, wave_id, person_id))

    def invite(self, invitations: Iterable[Invitation]) -> None:
        self.session.add_all(list(invitations))
        self.session.flush()

    def invited(self, wave_id: int) -> list[int]:
        """Return the numbers of everyone who was asked."""
        query = select(Invitation.person_id).where(
            Invitation.organisation_id == self.organisation_id, Invitation.wave_id == wave_id
        )
        return list(self.session.exec(query.order_by(col(Invitation.person_id))))

    def cells(self, wave_id: int) -> dict[int, str]:
        """Return the reporting cell of everyone who was asked, by person."""
        query = select(Invitation.person_id, Invitation.cell).where(
            Invitation.organisation_id == self.organisation_id, Invitation.wave_id == wave_id
        )
        return dict(self.session.exec(query).all())

    def asked(self, wave_id: int) -> dict[int, tuple[str, ...]]:
        """Return which questions each person was asked."""
        query = select(Invitation.person_id, Invitation.items).where(
            Invitation.organisation_id == self.organisation_id, Invitation.wave_id == wave_id
        )
        return {person: tuple(items) for person, items in self.session.exec(query)}

    def count_invited(self, wave_id: int) -> int:
        query = select(func.count()).where(
            Invitation.organisation_id == self.organisation_id, Invitation.wave_id == wave_id
        )
        return self.session.exec(query).one()

    def item_histories(
        self, survey_id: int, since: date, people: Sequence[int], before: date
    ) -> Mapping[int, list[tuple[str, date]]]:
        """Return what each person was asked in the survey's waves since a date and before another."""
        histories: dict[int, list[tuple[str, date]]] = {person: [] for person in people}
        query = (
            select(col(Invitation.person_id), col(Invitation.items), col(Wave.local_date))
            .join(
                Wave,
                (col(Wave.organisation_id) == col(Invitation.organisation_id))
                & (col(Wave.id) == col(Invitation.wave_id)),
            )
            .where(
                Wave.organisation_id == self.organisation_id,
                Wave.survey_id == survey_id,
                col(Wave.local_date) >= since,
                col(Wave.local_date) < before,
            )
        )
        for person, items, day in self.session.exec(query):
            if person in histories:
                histories[person].extend((item, day) for item in items)
        return histories
