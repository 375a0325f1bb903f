"""Copies of a SQLite database that can be trusted, and the way back.

A backup holds rows only. Wave keys are files elsewhere, so a backup that was taken while a wave was open holds
sealed sheets that nobody can read without the key of that wave. PostgreSQL brings its own tools (``pg_dump``,
base backups).
"""

import contextlib
import hashlib
import json
import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, NullPool, create_engine, func, inspect, select, table, text
from sqlalchemy.exc import DBAPIError
from sqlmodel import col

from bot.clock import Clock, SystemClock
from bot.errors import StoreError
from bot.store.connections import connect, explain, path_of
from bot.store.locks import ServerLock, WriteLock
from bot.store.schema import refuse_newer, revision_of
from bot.store.tables import Wave

HasKey = Callable[[int, int], bool]
"""Whether the key of a wave is there: (organisation, wave)."""

UNCLOSED = ("opening", "open", "closing")
SIDES = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds; kept beside it as ``<backup>.json``."""

    made_at: str
    revision: str
    sha256: str
    rows: dict[str, int]
    open_waves: tuple[tuple[int, int], ...]
    """(organisation, wave): their sealed sheets cannot be read without keys, which no backup holds."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What came back."""

    manifest: Manifest
    unreadable: tuple[tuple[int, int], ...]
    """(organisation, wave): open in the backup while their key is gone; they will close as unreadable."""
    kept: Path | None
    """Where the database that was there before is kept."""


def backup(url: str, target: Path, *, clock: Clock | None = None) -> Manifest:
    """Copy a database as it is at this moment, while a server may run, and write its manifest.

    The copy appears under its name only when it is complete and on disk; only this user may read it.
    """
    path = _sqlite_path(url)
    _refuse_existing(target)
    partial = target.with_name(target.name + ".partial")
    partial.unlink(missing_ok=True)
    vacuum_into(path, partial)
    try:
        manifest = _describe(partial, (clock or SystemClock()).now().isoformat())
        _write_manifest(target, manifest)
        partial.replace(target)
        _sync(target.parent)
    except OSError as error:
        raise StoreError(f"The backup {target} could not be written ({error.strerror}).") from error
    finally:
        partial.unlink(missing_ok=True)
    return manifest


def verify(source: Path) -> Manifest:
    """Check a backup against its manifest and its own rules, and return the manifest.

    Raises ``StoreError`` for a file that was changed or damaged, whose rows point to nothing, whose rows are
    not as many as were saved, or that a newer release made.
    """
    manifest = _read_manifest(source)
    _verify(source, manifest)
    return manifest


def restore(
    source: Path,
    url: str,
    *,
    overwrite: bool = False,
    has_key: HasKey = lambda _organisation, _wave: False,
    clock: Clock | None = None,
) -> Restored:
    """Put a verified backup in place of a database, and keep what was there as ``….before-restore-<when>``.

    Refuses while a server runs, and where a database is unless ``overwrite``. ``has_key`` tells whose sealed
    sheets can still be read. A backup of an older release comes back as it is: migrate it next.
    """
    path = _sqlite_path(url)
    if path.exists() and not overwrite:
        raise StoreError(
            f"There is a database at {path}. To replace it, add --replace; it will be kept under another name."
        )
    with _locked(path):
        manifest = _read_manifest(source)
        copy = _copy(source, path.with_name(path.name + ".restoring"))
        try:
            _verify(copy, manifest)
            kept = _set_aside(path, stamp(clock or SystemClock()))
            copy.replace(path)
            _sync(path.parent)
        finally:
            copy.unlink(missing_ok=True)
    lost = tuple(wave for wave in manifest.open_waves if not has_key(*wave))
    return Restored(manifest, lost, kept)


def vacuum_into(path: Path, target: Path) -> None:
    """Copy what a database holds now, without what was deleted, to a new file for this user only."""
    _refuse_existing(target)
    try:
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600))
        with contextlib.closing(connect(path, read_only=True)) as raw:
            raw.execute("PRAGMA query_only=OFF").close()  # or it could not even write elsewhere
            raw.execute("VACUUM INTO ?", (str(target),)).close()
        _sync(target)
    except StoreError:
        target.unlink(missing_ok=True)
        raise
    except (OSError, sqlite3.Error) as error:
        target.unlink(missing_ok=True)
        why = (error.strerror if isinstance(error, OSError) else None) or error
        raise explain(error, path) or StoreError(
            f"The copy {target} could not be written ({why}). Check the folder and its free space."
        ) from error


def stamp(clock: Clock) -> str:
    """Return the time as part of a file's name."""
    return clock.now().strftime("%Y%m%dT%H%M%SZ")


def _sqlite_path(url: str) -> Path:
    if url.startswith("postgresql"):
        raise StoreError(
            "PostgreSQL has its own backups: `pg_dump -Fc` for a copy, `pg_restore` for the way back. "
            "Wave keys are in neither; they stay in RAPPORT_KEYS_DIR."
        )
    return path_of(url)


def _refuse_existing(target: Path) -> None:
    if target.exists():
        raise StoreError(f"{target} exists already. Choose another name; a backup is never overwritten.")


@contextlib.contextmanager
def _locked(path: Path) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        server = ServerLock(path)
        stack.callback(server.close)
        lock = WriteLock(path)
        stack.callback(lock.close)
        lock.acquire()
        yield


@contextlib.contextmanager
def _still(path: Path) -> Iterator[Connection]:
    """Open a file that nobody writes to, without leaving traces beside it."""
    uri = f"file:{quote(str(path))}?mode=ro&immutable=1"
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(uri, uri=True), poolclass=NullPool)
    try:
        with engine.connect() as connection:
            yield connection
    except DBAPIError as error:
        raise StoreError(f"The file {path} is damaged or no database. Use another backup.") from error
    finally:
        engine.dispose()


def _describe(path: Path, made_at: str) -> Manifest:
    with _still(path) as connection:
        names = sorted(inspect(connection).get_table_names())
        rows = {
            name: connection.execute(select(func.count()).select_from(table(name))).scalar_one()
            for name in names
        }
        waves = connection.execute(
            select(col(Wave.organisation_id), col(Wave.id))
            .where(col(Wave.state).in_(UNCLOSED))
            .order_by(col(Wave.organisation_id), col(Wave.id))
        )
        open_waves = tuple((organisation, wave) for organisation, wave in waves)
        revision = revision_of(connection) or ""
    return Manifest(made_at, revision, _digest(path), rows, open_waves)


def _verify(path: Path, manifest: Manifest) -> None:
    refuse_newer(manifest.revision)
    if not path.is_file():
        raise StoreError(f"There is no backup at {path}.")
    if _digest(path) != manifest.sha256:
        raise StoreError("The backup was changed or damaged since it was made. Use another one.")
    with _still(path) as connection:
        _check_integrity(connection)
    if _describe(path, manifest.made_at) != manifest:
        raise StoreError("The backup does not hold the rows that its manifest names. Use another one.")


def _check_integrity(connection: Connection) -> None:
    verdict = connection.execute(text("PRAGMA integrity_check")).scalar_one()
    if verdict != "ok":
        raise StoreError(f"The backup is damaged ({verdict}). Use another one.")
    dangling = connection.execute(text("PRAGMA foreign_key_check")).first()
    if dangling is not None:
        raise StoreError(f"In the backup, rows of {dangling[0]} point to nothing. Use another one.")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _manifest_path(backup_path: Path) -> Path:
    return backup_path.with_name(backup_path.name + ".json")


def _write_manifest(target: Path, manifest: Manifest) -> None:
    path = _manifest_path(target)
    with open(os.open(path, os.O_CREAT | os.O_TRUNC | os.O_WRONLY | os.O_CLOEXEC, 0o600), "w") as file:  # noqa: PTH123 - an open descriptor, which Path.open can't take
        json.dump(asdict(manifest), file, indent=2)
        file.flush()
        os.fsync(file.fileno())


def _read_manifest(source: Path) -> Manifest:
    path = _manifest_path(source)
    try:
        read: dict[str, Any] = json.loads(path.read_bytes())
        read["open_waves"] = tuple(
            (int(organisation), int(wave)) for organisation, wave in read["open_waves"]
        )
        return Manifest(**read)
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise StoreError(
            f"The manifest {path} of the backup is missing or cannot be read. Keep both files together."
        ) from error


def _copy(source: Path, target: Path) -> Path:
    try:
        target.unlink(missing_ok=True)
        descriptor = os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        with source.open("rb") as read, os.fdopen(descriptor, "wb") as written:
            shutil.copyfileobj(read, written, 1 << 20)
            written.flush()
            os.fsync(written.fileno())
    except OSError as error:
        target.unlink(missing_ok=True)
        raise StoreError(
            f"The backup {source} could not be copied ({error.strerror}). Nothing was changed."
        ) from error
    return target


def _set_aside(path: Path, when: str) -> Path | None:
    """Rename what is there, its log first: a log must never lie beside a database that it does not belong to."""
    had_one = path.exists()
    kept = path.with_name(f"{path.name}.before-restore-{when}")
    _refuse_existing(kept)
    for side in (*SIDES, ""):
        with contextlib.suppress(FileNotFoundError):
            path.with_name(path.name + side).rename(kept.with_name(kept.name + side))
    return kept if had_one else None


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
