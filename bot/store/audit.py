"""The record of acts that need an account: append-only, without gaps, each entry chained to the one before."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import func
from sqlmodel import Session, col, select

from bot.store.counters import next_number
from bot.store.tables import Audit, Counter

NOUN = "audit"
_KEY = re.compile(r"[\w.:/@+=-]{0,128}")


class Tally(NamedTuple):
    """An act, how often it is on record, and the last time."""

    act: str
    times: int
    last: datetime


@dataclass(frozen=True, slots=True)
class AuditLog:
    """An organisation's chain.

    Each digest is SHA-256 over the digest before it and the canonical JSON of the entry, so a changed, added
    or missing entry breaks the chain from there on. Whoever may write the database could compute a whole new
    chain: keep ``head()`` somewhere else (a message to the owner, a file) to notice that as well.
    """

    session: Session
    organisation_id: int

    def record(
        self, now: datetime, actor: str, act: str, object_: str = "", details: Mapping[str, Any] | None = None
    ) -> Audit:
        """Append an act; a text in ``details`` that is no key or hash is kept as its SHA-256 only."""
        number = next_number(self.session, self.organisation_id, NOUN)
        before = self.session.get(Audit, (self.organisation_id, number - 1))
        row = Audit(
            organisation_id=self.organisation_id,
            number=number,
            at=now,
            actor=actor,
            act=act,
            object=object_,
            details=_without_free_text(dict(details or {})),
            digest="",
        )
        row.digest = _digest(before.digest if before else "", row)
        self.session.add(row)
        self.session.flush()
        return row

    def head(self) -> tuple[int, str]:
        """Return the number and digest of the newest entry; ``(0, "")`` where there is none."""
        query = (
            select(Audit)
            .where(col(Audit.organisation_id) == self.organisation_id)
            .order_by(col(Audit.number).desc())
        )
        newest = self.session.exec(query.limit(1)).first()
        return (newest.number, newest.digest) if newest else (0, "")

    def entries(self, after: int = 0, limit: int = 100) -> list[Audit]:
        """Return up to ``limit`` entries after a number, oldest first."""
        query = (
            select(Audit)
            .where(col(Audit.organisation_id) == self.organisation_id, col(Audit.number) > after)
            .order_by(col(Audit.number))
        )
        return list(self.session.exec(query.limit(limit)))

    def tally(self, acts: Collection[str] | None = None, since: datetime | None = None) -> list[Tally]:
        """Return how often each act is on record, by its name; of some acts only, and since a time, if given."""
        times, last = func.count(), func.max(col(Audit.at))
        query = select(Audit.act, times, last).where(col(Audit.organisation_id) == self.organisation_id)
        if acts is not None:
            query = query.where(col(Audit.act).in_(acts))
        if since is not None:
            query = query.where(col(Audit.at) >= since)
        rows = self.session.exec(query.group_by(col(Audit.act)).order_by(col(Audit.act)))
        return [Tally(*row) for row in rows]

    def verify(self) -> int | None:
        """Return the number of the first entry that is missing or does not fit the one before; None: whole."""
        number, digest = 0, ""
        while page := self.entries(after=number):
            for row in page:
                if row.number != number + 1 or row.digest != _digest(digest, row):
                    return number + 1
                number, digest = row.number, row.digest
        counter = self.session.get(Counter, (self.organisation_id, NOUN))
        return number + 1 if counter and counter.last > number else None


def _digest(before: str, row: Audit) -> str:
    entry = row.model_dump(exclude={"digest", "at"}) | {"at": row.at.isoformat()}
    canonical = json.dumps(entry, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(f"{before}\n{canonical}".encode()).hexdigest()


def _without_free_text(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(_without_free_text(str(key))): _without_free_text(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_free_text(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    text = str(value)
    return (
        text
        if _KEY.fullmatch(text)
        else "sha256:" + hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
    )
