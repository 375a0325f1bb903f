"""The one thread that writes to a SQLite database: many units, one durable commit."""

import contextlib
import sqlite3
import threading
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session

from bot.errors import StoreError
from bot.store.connections import BUSY_MS, explain, raw_of, writer_engine
from bot.store.locks import WriteLock

T = TypeVar("T")

MOST_UNITS = 64
MOST_SECONDS = 0.05
"""Together these keep the slowest of 32 callers below 100 ms."""
IDLE_S = 1.0
STEADY_S = 2.0
"""Under steady work the log is moved into the database this often."""
SPARE_PAGES = 256
"""Free pages given back to the disk in one idle moment."""


@dataclass(slots=True)
class Job:
    """Something that a caller waits for: a unit, or (``outside``) an errand between two transactions."""

    work: Callable[[Any], Any]
    outside: bool = False
    done: "Future[Any]" = field(default_factory=Future)
    result: Any = None
    error: BaseException | None = None

    def settle(self) -> None:
        """Let the caller go on with what came of it."""
        if self.error is not None:
            self.done.set_exception(self.error)
        else:
            self.done.set_result(self.result)


class Lost(Exception):
    """SQLite gave up the whole transaction, not just the unit that failed."""


class Writer:
    """Takes units from many threads and commits those that wait together, each in its own savepoint.

    A caller goes on only after the COMMIT has reached the disk. A unit that fails is undone alone. If the
    COMMIT itself fails, every caller of that batch is told so, and the thread takes the next batch. Only the
    server's writer moves the log into the database (``checkpoints``).
    """

    def __init__(self, path: Path, *, checkpoints: bool) -> None:
        self._path = path
        self._checkpoints = checkpoints
        self._engine = writer_engine(path)
        self._lock = WriteLock(path)
        self._jobs: deque[Job] = deque()
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        self._closed = False
        self._connection: Connection | None = None
        self._unsettled_since: float | None = time.monotonic() if checkpoints else None
        """Since when the log may hold what no checkpoint has moved yet."""

    # --- called by any thread -----------------------------------------------------------------------------

    def do(self, work: Callable[[Session], T]) -> T:
        """Run ``work`` in a savepoint of the next batch and return once it is durable."""
        result: T = self._hand_in(Job(work))
        return result

    def empty_log(self) -> bool:
        """Truncate the log if no reader needs it just now."""
        emptied: bool = self._hand_in(Job(_truncate, outside=True))
        return emptied

    def close(self) -> None:
        """Finish what was handed in, then end the thread and let go of the files."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()
        self._lock.close()
        self._engine.dispose()

    def _hand_in(self, job: Job) -> Any:
        with self._changed:
            if self._closed:
                raise StoreError("The database was closed. Nothing was saved.")
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="store-writer", daemon=True)
                self._thread.start()
            self._jobs.append(job)
            self._changed.notify()
        return job.done.result()

    # --- the writer's own thread --------------------------------------------------------------------------

    def _serve(self) -> None:
        while self._jobs or not self._closed:
            idle = self._wait()
            if self._jobs:
                self._serve_batch()
            since = self._unsettled_since
            if since is not None and (idle or time.monotonic() > since + STEADY_S):
                self._tidy()
        self._leave()

    def _wait(self) -> bool:
        """Wait for work; True: nothing came for a while, and the log is not settled yet."""
        with self._changed:
            patience = None if self._unsettled_since is None else IDLE_S
            return not self._changed.wait_for(lambda: self._jobs or self._closed, patience)

    def _serve_batch(self) -> None:
        batch = [self._jobs.popleft()]
        try:
            self._lock.acquire()
        except StoreError as error:
            batch.extend(self._jobs.popleft() for _ in range(len(self._jobs)))
            _fail(batch, error)
        else:
            try:
                self._commit(batch)
            except BaseException as error:  # noqa: BLE001 -- the thread outlives whatever a disk may do
                self._drop_connection()
                _fail(batch, self._explain(error))
            finally:
                self._lock.release()
        for job in batch:
            job.settle()

    def _commit(self, batch: list[Job]) -> None:
        """Run the batch, which grows by the units that come in meanwhile, and commit it."""
        connection = self._connected()
        if batch[0].outside:
            batch[0].result = batch[0].work(raw_of(connection))
            return
        deadline = time.monotonic() + MOST_SECONDS
        with connection.begin():
            self._attempt(connection, batch[0])
            while self._takes_another(batch, deadline):
                batch.append(self._jobs.popleft())
                self._attempt(connection, batch[-1])
        if self._checkpoints and self._unsettled_since is None:
            self._unsettled_since = time.monotonic()

    def _takes_another(self, batch: list[Job], deadline: float) -> bool:
        return (
            bool(self._jobs)
            and not self._jobs[0].outside
            and len(batch) < MOST_UNITS
            and time.monotonic() < deadline
        )

    def _attempt(self, connection: Connection, job: Job) -> None:
        """Run one unit in its savepoint; undo it alone if it fails."""
        session = Session(
            connection,
            join_transaction_mode="create_savepoint",
            expire_on_commit=False,
            close_resets_only=False,
        )
        try:
            job.result = job.work(session)
            session.commit()
        except BaseException as error:  # noqa: BLE001 -- it belongs to the caller, who gets it
            job.error = explain(error, self._path) or error
            with contextlib.suppress(SQLAlchemyError):
                session.rollback()
        finally:
            session.close()
        if not raw_of(connection).in_transaction:
            raise Lost from job.error

    def _connected(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    def _drop_connection(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with contextlib.suppress(SQLAlchemyError, sqlite3.Error):
                connection.invalidate()
                connection.close()

    def _explain(self, error: BaseException) -> BaseException:
        cause = error.__cause__ if isinstance(error, Lost) and error.__cause__ else error
        return explain(cause, self._path) or StoreError(
            f"The database did not take it ({type(cause).__name__}). Nothing was saved."
        )

    def _tidy(self) -> None:
        """Give free pages back and move the log into the database, as far as readers let it."""
        self._unsettled_since = time.monotonic()
        with contextlib.suppress(StoreError, SQLAlchemyError, sqlite3.Error):  # tried again in a moment
            self._lock.acquire()
            try:
                raw = raw_of(self._connected())
                # a script, because `execute` would take one step only, which is one page
                raw.executescript(f"PRAGMA incremental_vacuum({SPARE_PAGES})").close()
                _, in_log, moved = raw.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
            finally:
                self._lock.release()
            if in_log == moved:
                self._unsettled_since = None

    def _leave(self) -> None:
        """Close the connection; if it is the last one, SQLite checkpoints, so this needs the lock as well."""
        if self._connection is None:
            return
        locked = False
        with contextlib.suppress(StoreError):
            self._lock.acquire()
            locked = True
        self._drop_connection()
        if locked:
            self._lock.release()


def _truncate(raw: sqlite3.Connection) -> bool:
    raw.execute("PRAGMA busy_timeout=0").close()
    try:
        busy, _, _ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        raw.execute(f"PRAGMA busy_timeout={BUSY_MS}").close()
    return not busy


def _fail(batch: list[Job], error: BaseException) -> None:
    """Tell the whole batch that nothing was saved; a unit that had failed by itself keeps its own error."""
    for job in batch:
        job.error = job.error or StoreError(str(error))  # one each: a traceback belongs to one thread
