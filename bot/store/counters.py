"""Numbers that are given out once."""

from typing import Any

from sqlmodel import Session, col

from bot.store.inserting import insert_into
from bot.store.tables import Counter


def next_number(session: Session, organisation_id: int, noun: str, n: int = 1) -> int:
    """Take the next ``n`` numbers of a noun and return the first; no number is ever given out twice."""
    fresh = insert_into(session, Counter).values(organisation_id=organisation_id, noun=noun, last=n)
    taken = fresh.on_conflict_do_update(
        index_elements=["organisation_id", "noun"], set_={"last": col(Counter.last) + n}
    ).returning(col(Counter.last))
    last: Any = session.execute(taken).scalar_one()
    return int(last) - n + 1
