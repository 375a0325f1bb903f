"""Terms: words and topics of comments that passed the gate."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlmodel import Session, col, select

from bot.store.tables import Term


@dataclass(frozen=True, slots=True)
class Terms:
    """What was found in the comments of whole waves and may be shown."""

    session: Session
    organisation_id: int

    def add(self, rows: Sequence[Term]) -> None:
        self.session.add_all(rows)
        self.session.flush()

    def of_wave(self, wave_id: int, kind: str) -> list[Term]:
        query = select(Term).where(
            Term.organisation_id == self.organisation_id, Term.wave_id == wave_id, Term.kind == kind
        )
        return list(self.session.exec(query.order_by(col(Term.question), col(Term.place))))
