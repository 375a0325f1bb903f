"""Which surveys the organisation runs."""

from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.store.tables import Survey


@dataclass(frozen=True, slots=True)
class Surveys:
    """The instruments in use."""

    session: Session
    organisation_id: int

    def get(self, survey_id: int) -> Survey:
        row = self.session.get(Survey, (self.organisation_id, survey_id))
        if row is None:
            raise LookupError(f"survey {survey_id}")
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
