"""PostgreSQL: a pooled transaction for each unit."""

from collections.abc import Callable
from typing import Any, TypeVar

from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import DBAPIError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlmodel import Session

from bot.errors import StoreError
from bot.store.connections import ALL_TAKEN, NO_WRITE
from bot.store.schema import check_version

T = TypeVar("T")

POOL = 32
"""One connection for each thread of dispatch."""
STATEMENT_MS = 5000
IDLE_MS = 15000
TRIES = 4
_AGAIN = frozenset({"40001", "40P01"})  # serialisation failure, deadlock
READ_ONLY = "25006"
_MEANINGS = {
    "53100": "The disk of the database server is full. Nothing was saved. Free some space there.",
    "53300": "The database server has no free connection. Nothing was saved. Raise max_connections there.",
    "57014": "The database server took longer than 5 seconds and was stopped. Nothing was saved. Try again.",
    READ_ONLY: "The database server is read-only (a standby?). Nothing was saved. Point Rapport at the primary.",
    "40001": "Other changes to the same rows came first, again and again. Nothing was saved. Try again.",
    "40P01": "Other changes to the same rows blocked this one, again and again. Nothing was saved. Try again.",
    "42501": "The database user may not do this. Nothing was saved. Grant it the tables of Rapport.",
}


def engine_for(url: str, pool: int = POOL) -> Engine:
    """Return an engine that finds dead connections, ends stuck statements and speaks UTC."""
    options = f"-c statement_timeout={STATEMENT_MS} -c idle_in_transaction_session_timeout={IDLE_MS} -c timezone=UTC"
    try:
        return create_engine(
            url,
            pool_size=pool,
            max_overflow=0,
            pool_pre_ping=True,
            pool_recycle=1800,
            hide_parameters=True,  # parameters may be answers: they must never reach an error's text
            connect_args={"options": options, "connect_timeout": 10},
        )
    except (ImportError, NoSuchModuleError) as error:
        raise StoreError("PostgreSQL needs its driver: pip install 'rapport-bot[postgres]'.") from error


class Postgres:
    """A database server, which several processes of ours may share."""

    def __init__(self, url: str) -> None:
        self._engine = engine_for(url)
        try:
            with self._engine.connect() as connection:
                check_version(connection)
        except BaseException as error:
            self._engine.dispose()
            raise explain(error) or error from error

    def write(self, work: Callable[[Session], T], tries: int = TRIES) -> T:
        """Run a unit, again if the server ended it to break a deadlock."""
        try:
            return self._once(work)
        except (DBAPIError, PoolTimeout) as error:
            if tries > 1 and _state(error) in _AGAIN:
                return self.write(work, tries - 1)
            raise explain(error) or error from error

    def read(self, work: Callable[[Session], T]) -> T:
        options: dict[str, Any] = {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        try:
            with (
                self._engine.connect() as connection,
                Session(
                    connection.execution_options(**options), autoflush=False, close_resets_only=False
                ) as session,
            ):
                return work(session)
        except (DBAPIError, PoolTimeout) as error:
            if _state(error) == READ_ONLY:
                raise RuntimeError(NO_WRITE) from error
            raise explain(error) or error from error

    def empty_log(self) -> bool:
        """Return True: the log is the server's own, and so is the removal of its old segments."""
        return True

    def close(self) -> None:
        self._engine.dispose()

    def _once(self, work: Callable[[Session], T]) -> T:
        with Session(self._engine, expire_on_commit=False, close_resets_only=False) as session:
            result = work(session)
            session.commit()
            return result


def _state(error: BaseException) -> str:
    cause = error.orig if isinstance(error, DBAPIError) else error
    return str(getattr(cause, "sqlstate", None) or "")


def explain(error: BaseException) -> StoreError | None:
    """Say what to do about a failure of the server; None for an error of our own making."""
    state = _state(error)
    if isinstance(error, PoolTimeout):
        return StoreError(ALL_TAKEN)
    if state in _MEANINGS:
        return StoreError(_MEANINGS[state])
    if (isinstance(error, DBAPIError) and error.connection_invalidated) or state.startswith(("08", "57P")):
        return StoreError(
            "The connection to the database server was lost. Nothing was saved. Rapport tries again."
        )
    if type(getattr(error, "orig", None)).__name__ == "OperationalError" and not state:
        return StoreError(
            "The database server cannot be reached. Nothing was saved. Check that it runs, and the database URL."
        )
    return None
