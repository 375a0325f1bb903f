"""SQLite connections: how they are opened, and what its errors mean to whoever runs Rapport."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.pool import NullPool, QueuePool
from typing_extensions import override

from bot.errors import StoreError

BUSY_MS = 5000
READERS = 8
JOURNAL_LIMIT = 64 * 1024 * 1024
ALL_TAKEN = "The database is too busy: no connection came free for 30 seconds. Nothing was saved. Try again."
NO_WRITE = "A read may not write: hand this work to `store.write`."

_EVERYWHERE = (
    f"PRAGMA busy_timeout={BUSY_MS}",
    "PRAGMA wal_autocheckpoint=0",  # only the server's writer thread checkpoints
    "PRAGMA mmap_size=0",
    "PRAGMA foreign_keys=ON",
    "PRAGMA trusted_schema=OFF",
    "PRAGMA temp_store=MEMORY",
)
_WRITER = (
    *_EVERYWHERE,
    "PRAGMA auto_vacuum=INCREMENTAL",  # takes effect while the file is still empty
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    f"PRAGMA journal_size_limit={JOURNAL_LIMIT}",
    "PRAGMA secure_delete=ON",
)
_READER = (*_EVERYWHERE, "PRAGMA query_only=ON")


def path_of(url: str) -> Path:
    """Return the file that a ``sqlite:///`` URL names."""
    try:
        name = make_url(url).database
    except ArgumentError as error:
        raise StoreError(
            f"The database URL {url!r} cannot be read. Example: sqlite:///var/rapport.db"
        ) from error
    if not name or name == ":memory:":
        raise StoreError(
            "Rapport keeps its data in a file. Example of a database URL: sqlite:///var/rapport.db"
        )
    if Path(name).suffix == ".lock":
        raise StoreError("A database cannot be named .lock: Rapport's own locks are called so.")
    return Path(name)


def make_file(path: Path) -> None:
    """Make an empty file that only this user may read, where there is none."""
    try:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(
            f"The database {path} cannot be made ({error.strerror}). "
            f"Make the folder {path.parent}, or give it to this user."
        ) from error


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open an existing database with the settings that Rapport relies on."""
    if not path.is_file():
        raise StoreError(
            f"There is no database at {path}. Make one with `rapport init`, or `rapport demo` to try."
        )
    uri = f"file:{quote(str(path))}?mode={'ro' if read_only else 'rw'}"
    connection: sqlite3.Connection | None = None
    try:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)
        for pragma in _READER if read_only else _WRITER:
            connection.execute(pragma).close()
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        raise explain(error, path) or error from error
    return connection


def writer_engine(path: Path) -> Engine:
    """Return an engine whose transactions begin IMMEDIATE, so that none fails half-way for want of the lock."""
    engine = _engine(lambda: connect(path), poolclass=NullPool)
    event.listen(engine, "begin", _begin_immediate)
    return engine


def reader_engine(path: Path) -> Engine:
    """Return an engine with a few read-only connections; each transaction sees one unchanging view."""
    engine = _engine(
        lambda: connect(path, read_only=True), poolclass=QueuePool, pool_size=READERS, max_overflow=0
    )
    event.listen(engine, "begin", _begin)
    return engine


class Dialect(SQLiteDialect_pysqlite):
    """SQLite's own, but for savepoints, which go to the driver as they are: each unit has one, with a name of its own.

    SQLAlchemy would compile the statement anew for each name, and then do what it does for any statement.
    """

    supports_statement_cache = True

    @override
    def do_savepoint(self, connection: Connection, name: str) -> None:
        raw_of(connection).execute(f"SAVEPOINT {name}").close()

    @override
    def do_release_savepoint(self, connection: Connection, name: str) -> None:
        raw_of(connection).execute(f"RELEASE SAVEPOINT {name}").close()


registry.register("sqlite.rapport", __name__, Dialect.__name__)


def _engine(creator: Callable[[], sqlite3.Connection], **options: Any) -> Engine:
    # parameters may be answers: they must never reach an error's text
    return create_engine("sqlite+rapport://", creator=creator, hide_parameters=True, **options)


def raw_of(connection: Connection) -> sqlite3.Connection:
    """Return the driver's own connection."""
    raw: Any = connection.connection.driver_connection
    if not isinstance(raw, sqlite3.Connection):
        raise StoreError("The connection to the database was lost. Nothing was saved.")
    return raw


def _begin_immediate(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE").close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN").close()


_MEANINGS = {
    "SQLITE_FULL": "The disk is full. Nothing was saved. Free some space; Rapport goes on by itself.",
    "SQLITE_READONLY": (
        "The database {path} or its folder is read-only. Nothing was saved. "
        "Make the disk writable, and let this user own the folder."
    ),
    "SQLITE_CANTOPEN": "The database {path} cannot be opened. Check that the folder exists and belongs to this user.",
    "SQLITE_NOTADB": "The file {path} is not a Rapport database. Check the database URL, or run `rapport restore`.",
    "SQLITE_CORRUPT": (
        "The database {path} is damaged. Stop Rapport, keep the file, and run `rapport restore` with a backup."
    ),
    "SQLITE_IOERR": (
        "The disk reported an error while Rapport used {path}. Nothing was saved. Check the disk and its space."
    ),
    "SQLITE_BUSY": (
        "Another program has held the database {path} for too long. Nothing was saved. "
        "Close it (a database browser, a backup tool), then try again."
    ),
}


def explain(error: BaseException, path: Path) -> StoreError | None:
    """Say what to do about a failure of the file or the disk; None for an error of our own making."""
    for cause in _causes(error):
        if isinstance(cause, StoreError):
            return cause
        name = getattr(cause, "sqlite_errorname", None) or ""
        sentence = _MEANINGS.get("_".join(name.split("_")[:2]))
        if sentence:
            return StoreError(sentence.format(path=path))
    return None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Go back to what began it: after a full disk, even the way back to the savepoint fails."""
    cause: BaseException | None = error
    while isinstance(cause, DBAPIError | sqlite3.Error | StoreError):
        yield cause.orig if isinstance(cause, DBAPIError) and cause.orig else cause
        cause = cause.__cause__ if isinstance(cause.__cause__, DBAPIError | StoreError) else cause.__context__
