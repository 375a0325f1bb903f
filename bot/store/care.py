"""The organisation's rule for passing on that somebody may want to talk."""

from dataclasses import dataclass

from sqlmodel import Session

from bot.store.tables import CareRouting


@dataclass(frozen=True, slots=True)
class CareRoutings:
    """The one rule of one organisation, if it has one."""

    session: Session
    organisation_id: int

    def get(self) -> CareRouting | None:
        return self.session.get(CareRouting, self.organisation_id)

    def put(self, row: CareRouting) -> None:
        """Let a rule hold in place of what held before."""
        self.session.merge(row)
        self.session.flush()

    def drop(self) -> bool:
        """End the rule; False: there was none."""
        row = self.get()
        if row is None:
            return False
        self.session.delete(row)
        self.session.flush()
        return True
