"""Install codes: what makes the first user the first owner; only their hashes are kept."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from bot.store.tables import InstallCode


@dataclass(frozen=True, slots=True)
class InstallCodes:
    """The codes of one organisation; one at the most can be used."""

    session: Session
    organisation_id: int

    def replace(self, digest: str, expires_at: datetime) -> None:
        """Keep a new code, and forget all earlier ones that nobody used."""
        query = select(InstallCode).where(
            InstallCode.organisation_id == self.organisation_id, col(InstallCode.used_by).is_(None)
        )
        for row in self.session.exec(query):
            self.session.delete(row)
        self.session.flush()
        self.session.add(
            InstallCode(organisation_id=self.organisation_id, digest=digest, expires_at=expires_at)
        )
        self.session.flush()

    def usable(self, digest: str, now: datetime) -> InstallCode | None:
        """Return the code with this hash, unless it was used or has expired."""
        row = self.session.get(InstallCode, (self.organisation_id, digest))
        return row if row and row.used_by is None and row.expires_at > now else None
