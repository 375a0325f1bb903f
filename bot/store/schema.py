"""Which revision of the tables a database has; without loading the migration tools, which take a while."""

from pathlib import Path

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, insert, inspect, select

from bot.errors import StoreError
from bot.store import tables
from bot.store.connections import make_file, path_of, writer_engine

MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
NONE_YET = "0000"

_stamp = Table("alembic_version", MetaData(), Column("version_num", String(32), primary_key=True))


def known() -> list[str]:
    """Return the revisions that this release knows, oldest first; they are numbered, and files begin with it."""
    return sorted(file.name[:4] for file in (MIGRATIONS / "versions").glob("[0-9][0-9][0-9][0-9]_*.py"))


def newest() -> str:
    """Return the revision that this release works with."""
    return (known() or [NONE_YET])[-1]


def revision_of(connection: Connection) -> str | None:
    """Return the revision of a database; None: it holds no tables of ours."""
    if not inspect(connection).has_table(_stamp.name):
        return None
    return connection.execute(select(_stamp.c.version_num)).scalar()


def refuse_newer(revision: str | None) -> None:
    """Raise ``StoreError`` for a database of a later release: this one could damage what it doesn't know."""
    if revision is not None and revision != newest() and revision not in known():
        raise StoreError(
            f"This database comes from a newer Rapport (revision {revision}; this one knows {newest()}). "
            "Nothing was changed. Install that version, or restore a backup made with this one."
        )


def check_version(connection: Connection) -> None:
    """Raise ``StoreError`` unless the tables are those that this release works with."""
    revision = revision_of(connection)
    refuse_newer(revision)
    if revision is None:
        raise StoreError("This database has no tables of Rapport yet. Run `rapport migrate`.")
    if revision != newest():
        raise StoreError(
            f"This database is at revision {revision}, this Rapport needs {newest()}. "
            "Run `rapport migrate`; it makes a safety copy first."
        )


def create(url: str) -> None:
    """Make a SQLite database with all tables as they are declared now, without going through the history."""
    path = path_of(url)
    make_file(path)
    engine: Engine = writer_engine(path)
    with engine.begin() as connection:
        tables.metadata.create_all(connection)
        _stamp.create(connection)
        connection.execute(insert(_stamp).values(version_num=newest()))
    engine.dispose()
