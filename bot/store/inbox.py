"""The inbox: which events were handled, so that a redelivered one changes nothing."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256

from sqlalchemy import delete
from sqlmodel import Session, col

from bot.store.inserting import Insert, insert_in
from bot.store.tables import InboxEvent

KEPT = timedelta(hours=24)
"""Longer than any platform repeats an event (Slack's last retry comes after about five minutes)."""

_TABLE = InboxEvent.metadata.tables["inboxevent"]


@cache
def _once(dialect: str) -> Insert:
    """Return the insert that every event begins with; it is put together once for each kind of database."""
    once = insert_in(dialect, _TABLE).on_conflict_do_nothing(
        index_elements=["organisation_id", "platform", "digest"]
    )
    return once.execution_options(preserve_rowcount=True)  # psycopg counts inserts only if asked to


@dataclass(frozen=True, slots=True)
class Inbox:
    """The events of one organisation, as digests: an event's own id may name who sent it."""

    session: Session
    organisation_id: int
    now: datetime

    def seen(self, platform: str, event: str) -> bool:
        """Note an event as handled in this unit; True if an earlier unit had handled it.

        Of two units that handle one event at the same time, the database lets one in and holds the other
        until the first has ended.
        """
        row = {
            "organisation_id": self.organisation_id,
            "platform": platform,
            "digest": sha256(f"{platform}\0{event}".encode()).hexdigest(),
            "received_at": self.now.replace(minute=0, second=0, microsecond=0),
        }
        connection = self.session.connection()
        return connection.execute(_once(connection.dialect.name), row).rowcount == 0

    def forget_older(self) -> int:
        """Drop the events of more than a day ago and return how many."""
        old = delete(_TABLE).where(
            col(InboxEvent.organisation_id) == self.organisation_id,
            col(InboxEvent.received_at) < self.now - KEPT,
        )
        return self.session.connection().execute(old).rowcount
