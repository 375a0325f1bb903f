"""An organisation's own themes: each version as it was handed in, for good."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.store.counters import next_number
from bot.store.tables import ThemeVersion

NOUN = "themes"


@dataclass(frozen=True, slots=True)
class ThemeVersions:
    """The versions of one organisation."""

    session: Session
    organisation_id: int

    def get(self, number: int) -> ThemeVersion | None:
        return self.session.get(ThemeVersion, (self.organisation_id, number))

    def all(self) -> list[ThemeVersion]:
        """Return every version, oldest first."""
        query = select(ThemeVersion).where(ThemeVersion.organisation_id == self.organisation_id)
        return list(self.session.exec(query.order_by(col(ThemeVersion.number))))

    def keep(self, text: str, now: datetime) -> ThemeVersion:
        """Return the version with this very text, made now if there is none."""
        known = next((row for row in self.all() if row.text == text), None)
        if known is not None:
            return known
        number = next_number(self.session, self.organisation_id, NOUN)
        row = ThemeVersion(organisation_id=self.organisation_id, number=number, text=text, at=now)
        self.session.add(row)
        self.session.flush()
        return row
