"""Which surveys the organisation runs."""

from dataclasses import dataclass, field

from sqlmodel import Session, col, select

from bot.store.tables import Survey


@dataclass(frozen=True, slots=True)
class Surveys:
    """The instruments in use."""

    session: Session
    organisation_id: int
    _held: dict[int, Survey] = field(default_factory=dict)
    """The mapper forgets rows that nobody holds, and every part of a card asks for its survey."""

    def get(self, survey_id: int) -> Survey:
        row = self._held.get(survey_id) or self.session.get(Survey, (self.organisation_id, survey_id))
        if row is None:
            raise LookupError(f"survey {survey_id}")
        self._held[survey_id] = row
        return row

    def by_key(self, key: str) -> Survey | None:
        query = select(Survey).where(Survey.organisation_id == self.organisation_id, Survey.key == key)
        return self.session.exec(query).first()

    def all(self) -> list[Survey]:
        query = select(Survey).where(Survey.organisation_id == self.organisation_id).order_by(col(Survey.id))
        return list(self.session.exec(query))

    def active(self) -> list[Survey]:
        return [survey for survey in self.all() if survey.active]

    def add(self, survey: Survey) -> None:
        self.session.add(survey)
        self.session.flush()
