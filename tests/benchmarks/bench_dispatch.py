"""One answer through dispatch, durable commit included, against a commit of its own for each event.

Run it with ``python -m tests.benchmarks dispatch``. *At 50 events/s* the load is open: an event is sent when it is due,
whether or not earlier ones are done, and its wait counts from then; the spread is over windows of five seconds.
*Sustained* is 32 threads without a pause; afterwards every event must be in the database. The baseline handles
as many events through the same cases on a database of its own, each thread with its own connections and each unit
with its own transaction, as a program without a writer thread would; both are durable (``synchronous=FULL``) and
alternate in one run.
"""

import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from adapters.process import answer_quickly
from bot.store.connections import connect
from bot.store.store import Store
from tests.benchmarks.figures import Figure, percentile, show
from tests.benchmarks.traffic import THREADS, Crowd, a_town, kept
from tests.town import Town

T = TypeVar("T")

PEOPLE, RATE = 1500, 50
WARM_UP_S, WINDOWS, WINDOW_S = 2.0, 4, 5.0
BURSTS, EVENTS = 5, 2000
PATIENCE_MS = 60_000
"""SQLite lets callers wait for the lock in no order; with the usual five seconds some would give up."""


class CommitEach:
    """A database whose every unit is a transaction, with a commit, of its own; callers wait for the lock in SQLite."""

    def __init__(self, path: Path) -> None:
        self._readers, self._writers = _engine(path, "BEGIN"), _engine(path, "BEGIN IMMEDIATE")

    def write(self, work: Callable[[Session], T]) -> T:
        with Session(self._writers, expire_on_commit=False) as session:
            result = work(session)
            session.commit()
            return result

    def read(self, work: Callable[[Session], T]) -> T:
        with Session(self._readers, autoflush=False) as session:
            return work(session)

    def empty_log(self) -> bool:
        return False

    def close(self) -> None:
        self._readers.dispose()
        self._writers.dispose()


def _engine(path: Path, begin: str) -> Engine:
    def connection() -> sqlite3.Connection:
        fresh = connect(path)
        fresh.executescript(f"PRAGMA busy_timeout={PATIENCE_MS}; PRAGMA wal_autocheckpoint=1000")
        return fresh

    engine = create_engine("sqlite://", creator=connection, poolclass=QueuePool, pool_size=THREADS)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin).close())
    return engine


@contextmanager
def commit_each(town: Town) -> Iterator[Store]:
    """Open a second store, on a town's database, that commits each unit by itself."""
    backend = CommitEach(town.store.keys_dir.parent / "rapport.db")
    try:
        yield Store(backend, clock=town.clock, keys_dir=town.store.keys_dir)
    finally:
        backend.close()


def figures() -> list[Figure]:
    with (
        ThreadPoolExecutor(THREADS) as pool,
        a_town(PEOPLE) as town,
        a_town(PEOPLE) as other,
        commit_each(other) as naive,
    ):
        answer_quickly()
        crowds = Crowd(town.store, PEOPLE), Crowd(naive, PEOPLE)
        for crowd in crowds:
            crowd.paced(RATE, WARM_UP_S, pool)  # first calls load and compile
        found = [*_steady(*crowds, pool), _sustained(*crowds, pool)]
        _complete(town.store, naive)
    return found


def _steady(crowd: Crowd, plain: Crowd, pool: ThreadPoolExecutor) -> list[Figure]:
    ours, theirs = [], []
    for _ in range(WINDOWS):
        ours.append(crowd.paced(RATE, WINDOW_S, pool))
        theirs.append(plain.paced(RATE, WINDOW_S, pool))
    return [
        Figure(
            f"event at {RATE} events/s, {name}",
            "ms",
            [percentile(window, share) for window in ours],
            [percentile(window, share) for window in theirs],
            goal,
        )
        for name, share, goal in (("p50", 0.5, ""), ("p99", 0.99, "p99 < 100 ms"))
    ]


def _sustained(crowd: Crowd, plain: Crowd, pool: ThreadPoolExecutor) -> Figure:
    ours, theirs = [], []
    for _ in range(BURSTS):
        ours.append(crowd.burst(EVENTS, pool))
        theirs.append(plain.burst(EVENTS, pool))
    return Figure(f"sustained, {THREADS} threads", "events/s", ours, theirs, ">= 400 events/s")


def _complete(*stores: Store) -> None:
    """Make sure that every event is in the database, and every person's answer, before the figures are believed."""
    sent = int((WARM_UP_S + WINDOWS * WINDOW_S) * RATE) + BURSTS * EVENTS
    for store in stores:
        if kept(store) != (sent, PEOPLE):
            raise SystemExit(f"{kept(store)} events and people are there, not {(sent, PEOPLE)}")


def main() -> None:
    """Print the figures; ends with an error if an answered event is missing."""
    show(figures())


if __name__ == "__main__":
    main()
