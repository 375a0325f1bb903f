"""Small values that the running system keeps, such as the demo's clock or a heartbeat."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from bot.store.tables import Setting


@dataclass(frozen=True, slots=True)
class Settings:
    """An organisation's settings, by key."""

    session: Session
    organisation_id: int

    def get(self, key: str) -> str | None:
        """Return the value under ``key``, or None where nothing was put yet."""
        row = self.session.get(Setting, (self.organisation_id, key))
        return row.value if row else None

    def put(self, key: str, value: str, now: datetime) -> None:
        """Keep ``value`` under ``key`` in place of what was there."""
        self.session.merge(Setting(organisation_id=self.organisation_id, key=key, value=value, at=now))

    def drop(self, key: str) -> None:
        """Forget what is under ``key``, if anything is."""
        row = self.session.get(Setting, (self.organisation_id, key))
        if row is not None:
            self.session.delete(row)
            self.session.flush()
