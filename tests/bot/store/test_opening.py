"""What whoever runs Rapport is told when its database cannot be used."""

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from bot.errors import StoreError
from bot.store import schema
from bot.store.migrate import migrate
from bot.store.store import Store, open_store
from tests import builders
from tests.fakes import FakeClock


def opening(url: str, tmp_path: Path, role: str = "server") -> Store:
    return open_store(url, keys_dir=tmp_path, clock=FakeClock(), role=role)


def stamp(path: Path, revision: str) -> None:
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("UPDATE alembic_version SET version_num = ?", (revision,))
        raw.commit()


@pytest.mark.parametrize("role", ["server", "command"])
def test_a_missing_database_is_not_made_in_passing(tmp_path: Path, role: str):
    with pytest.raises(StoreError, match=r"no database at .* `rapport init`"):
        opening(f"sqlite:///{tmp_path / 'none.db'}", tmp_path, role)

    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_named(tmp_path: Path):
    with pytest.raises(StoreError, match="Make the folder"):
        migrate(f"sqlite:///{tmp_path / 'nowhere' / 'rapport.db'}")


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "not a url"])
def test_a_database_that_is_no_file_is_refused(url: str, tmp_path: Path):
    with pytest.raises(StoreError, match=r"sqlite:///var/rapport\.db"):
        opening(url, tmp_path)


def test_a_database_is_not_taken_for_a_lock(tmp_path: Path):
    with pytest.raises(StoreError, match="own locks"):
        migrate(f"sqlite:///{tmp_path / 'rapport.lock'}")


def test_a_file_that_is_no_database_is_left_alone(tmp_path: Path):
    path = tmp_path / "letter.db"
    path.write_bytes(b"Dear Sir or Madam, " * 100)

    with pytest.raises(StoreError, match="not a Rapport database"):
        opening(f"sqlite:///{path}", tmp_path)
    with pytest.raises(StoreError, match="not a Rapport database"):
        migrate(f"sqlite:///{path}")

    assert path.read_bytes() == b"Dear Sir or Madam, " * 100


def test_a_database_of_another_program_is_left_alone(tmp_path: Path):
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as raw:
        raw.execute("CREATE TABLE invoice (id)")

    with pytest.raises(StoreError, match="rapport migrate"):
        opening(f"sqlite:///{path}", tmp_path)
    with pytest.raises(StoreError, match="a database of its own"):
        migrate(f"sqlite:///{path}")


@pytest.mark.parametrize("role", ["server", "command"])
def test_a_database_of_a_newer_rapport_is_refused(database: str, tmp_path: Path, role: str):
    stamp(tmp_path / "rapport.db", "9999")

    with pytest.raises(StoreError, match="newer Rapport"):
        opening(database, tmp_path, role)
    with pytest.raises(StoreError, match="newer Rapport"):
        migrate(database)


def test_an_older_database_is_to_be_migrated_first(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(schema, "newest", lambda: "8888")
    stamp(tmp_path / "rapport.db", schema.known()[0])

    with pytest.raises(StoreError, match="Run `rapport migrate`"):
        opening(database, tmp_path)


def test_an_opening_that_was_refused_leaves_no_lock_behind(database: str, tmp_path: Path):
    stamp(tmp_path / "rapport.db", "9999")
    with pytest.raises(StoreError):
        opening(database, tmp_path)
    stamp(tmp_path / "rapport.db", schema.newest())

    opening(database, tmp_path).close()


@pytest.fixture
def stranger() -> Iterator[Path]:
    """A folder of somebody else's, seen by a user without rights there."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        builders.a_store(builders.a_database(folder), folder, FakeClock()).close()
        (folder / "rapport.db").chmod(0o444)
        folder.chmod(0o555)
        is_root = os.geteuid() == 0
        if is_root:
            os.seteuid(65534)
        yield folder
        if is_root:
            os.seteuid(0)
        folder.chmod(0o755)


@pytest.mark.parametrize("role", ["server", "command"])
def test_a_read_only_folder_is_named(stranger: Path, role: str):
    with pytest.raises(StoreError, match=str(stranger)):
        opening(f"sqlite:///{stranger / 'rapport.db'}", stranger, role)


def test_nobody_can_make_a_database_in_a_read_only_folder(stranger: Path):
    with pytest.raises(StoreError, match=str(stranger)):
        migrate(f"sqlite:///{stranger / 'new.db'}")


def test_a_read_only_file_says_that_nothing_was_saved(stranger: Path):
    if os.getuid() == 0:
        os.seteuid(0)
    stranger.chmod(0o777)
    for lock in stranger.glob("*.lock"):
        lock.chmod(0o666)
    if os.getuid() == 0:
        os.seteuid(65534)
    store = opening(f"sqlite:///{stranger / 'rapport.db'}", stranger, "command")
    with pytest.raises(StoreError, match=r"read-only\. Nothing was saved"):
        store.write(lambda unit: unit.number("thing"))
    store.close()


def test_a_damaged_database_is_reported_as_damaged(database: str, tmp_path: Path):
    path = tmp_path / "rapport.db"
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(path.stat().st_size - 4096))

    with pytest.raises(StoreError, match=r"damaged|not a Rapport database"):
        look_inside(database, tmp_path)


def look_inside(url: str, tmp_path: Path) -> None:
    store = opening(url, tmp_path)
    try:
        store.read(lambda unit: unit.organisations.find())
    finally:
        store.close()


def migrating(url: str, _: Path) -> None:
    migrate(url)


@pytest.mark.parametrize("call", [opening, migrating])
def test_a_database_server_that_does_not_answer_is_reported(
    call: Callable[[str, Path], object], tmp_path: Path
):
    with pytest.raises(StoreError, match="cannot be reached"):
        call(f"postgresql+psycopg://rapport@/rapport?host={tmp_path}", tmp_path)
