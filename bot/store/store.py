"""Opening the store, on SQLite or on PostgreSQL."""

from pathlib import Path
from typing import Literal

from bot.clock import Clock
from bot.store.connections import path_of
from bot.store.sqlite import Sqlite
from bot.store.unit import Backend, Store, Unit

__all__ = ["Role", "Store", "Unit", "open_store"]

Role = Literal["server", "command"]


def open_store(url: str, *, keys_dir: Path, clock: Clock, role: Role = "command") -> Store:
    """Open a database that ``migrate`` has made; ``role="server"`` for the one process that serves people.

    Raises ``StoreError`` that says what to do: no database, not one, made by a newer Rapport, behind and to
    be migrated, read-only, or served by another process already.
    """
    return Store(_backend(url, role), clock=clock, keys_dir=keys_dir)


def _backend(url: str, role: Role) -> Backend:
    if url.startswith("postgresql"):
        from bot.store.postgres import Postgres  # noqa: PLC0415 -- its driver is an optional extra

        return Postgres(url)
    return Sqlite(path_of(url), server=role == "server")
