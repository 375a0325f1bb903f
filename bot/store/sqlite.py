"""SQLite: one file, one writer thread, a few read-only connections."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from bot.errors import StoreError
from bot.store.connections import ALL_TAKEN, NO_WRITE, explain, reader_engine
from bot.store.locks import ServerLock
from bot.store.schema import check_version
from bot.store.writer import Writer

T = TypeVar("T")

EMPTY_TRIES = 100
EMPTY_PAUSE_S = 0.05


class Sqlite:
    """A database file on a local disk; ``server`` for the one process that serves people."""

    def __init__(self, path: Path, *, server: bool) -> None:
        self._path = path.resolve()
        self._readers = reader_engine(self._path)
        self._server: ServerLock | None = None
        try:
            self._check()
            if server:
                self._server = ServerLock(self._path)
            self._writer = Writer(self._path, checkpoints=server)
        except BaseException:
            self._let_go()
            raise

    def write(self, work: Callable[[Session], T]) -> T:
        return self._writer.do(work)

    def read(self, work: Callable[[Session], T]) -> T:
        try:
            with Session(self._readers, autoflush=False, close_resets_only=False) as session:
                return work(session)
        except DBAPIError as error:
            if getattr(error.orig, "sqlite_errorname", "") == "SQLITE_READONLY":
                raise RuntimeError(NO_WRITE) from error
            raise explain(error, self._path) or error from error
        except PoolTimeout as error:
            raise StoreError(ALL_TAKEN) from error

    def empty_log(self) -> bool:
        """Wait up to five seconds for readers to end, then truncate the log.

        A command stands in for the server where none runs; else checkpoints are the server's own business.
        """
        if self._server is not None:
            return self._empty_log()
        try:
            stand_in = ServerLock(self._path)
        except StoreError:
            return False
        try:
            return self._empty_log()
        finally:
            stand_in.close()

    def close(self) -> None:
        self._readers.dispose()  # before the writer, whose end then settles the log
        self._writer.close()
        self._let_go()

    def _empty_log(self) -> bool:
        pause = threading.Event()
        for _ in range(EMPTY_TRIES):
            if self._writer.empty_log():
                return True
            pause.wait(EMPTY_PAUSE_S)
        return False

    def _check(self) -> None:
        try:
            with self._readers.connect() as connection:
                check_version(connection)
        except DBAPIError as error:
            raise explain(error, self._path) or error from error

    def _let_go(self) -> None:
        self._readers.dispose()
        if self._server is not None:
            self._server.close()
            self._server = None
