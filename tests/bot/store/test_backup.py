"""A backup that was never restored is none: the drill, and everything that must be refused."""

import hashlib
import json
import os
import sqlite3
from contextlib import closing
from dataclasses import asdict
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy

from bot.errors import StoreError
from bot.store import schema, tables
from bot.store.backup import backup, restore, verify
from bot.store.store import Store, open_store
from bot.store.tables import Person, Setting, Survey, Wave
from bot.store.unit import Unit
from bot.store.vault import Sheet
from tests.bot.store.conftest import connected
from tests.fakes import FakeClock

Rows = dict[str, list[tuple[Any, ...]]]


@pytest.fixture
def filled(store: Store) -> Store:
    """A company with an open wave and a sealed sheet, and a closed wave."""
    store.write(fill)
    return store


def fill(unit: Unit) -> None:
    for n in range(1, 4):
        unit.session.add(
            Person(organisation_id=1, id=n, external=f"e{n}", name="Ada", starts_on=date(2026, 1, 1))
        )
    unit.session.flush()
    unit.session.add(
        Survey(organisation_id=1, id=1, key="pulse", version=1, owner_id=1, first_on=date(2026, 1, 5))
    )
    unit.session.flush()
    for number, state in ((1, "closed"), (2, "open"), (3, "closing")):
        unit.session.add(a_wave(unit, number, state))
    unit.session.flush()
    unit.session.add(Sheet(organisation_id=1, wave_id=2, token="t", sealed=b"\x00sealed\xff"))
    unit.audit.record(unit.now, "person:1", "wave.open", "wave:2")


def a_wave(unit: Unit, number: int, state: str) -> Wave:
    day = date(2026, 11, number)
    return Wave(
        organisation_id=1, id=number, survey_id=1, local_date=day, state=state, opens_at=unit.now,
        closes_at=unit.now + timedelta(days=5), results_on=day + timedelta(days=7), k_scores=5, k_comments=10,
        mode="all", blind_reminders=False, owner="Ada", title={"en": "Pulse"}, questions=[],
    )  # fmt: skip


def all_rows(path: Path) -> Rows:
    with connected(f"sqlite:///{path}") as connection:
        return {
            table.name: sorted((tuple(row) for row in connection.execute(table.select())), key=repr)
            for table in tables.metadata.sorted_tables
        }


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rapport.db"


@pytest.fixture
def saved(filled: Store, database: str, tmp_path: Path, clock: FakeClock) -> Path:
    target = tmp_path / "backup.db"
    backup(database, target, clock=clock)
    filled.close()
    return target


def test_the_drill_brings_back_every_row(
    filled: Store, database: str, path: Path, tmp_path: Path, clock: FakeClock
):
    server = open_store(database, keys_dir=tmp_path, clock=clock, role="server")
    before = all_rows(path)
    taken = backup(database, tmp_path / "backup.db", clock=clock)
    server.write(lambda unit: unit.settings.put("after", "the backup", unit.now))
    server.close()
    filled.close()
    path.write_bytes(os.urandom(path.stat().st_size))

    restored = restore(tmp_path / "backup.db", database, overwrite=True, clock=clock)

    assert all_rows(path) == before
    assert restored.manifest == taken
    assert sum(taken.rows.values()) > 10
    again = open_store(database, keys_dir=tmp_path, clock=clock, role="server")
    assert again.write(lambda unit: unit.organisations.get().name) == "Example"
    assert again.read(lambda unit: unit.audit.verify()) is None
    again.close()


def test_a_backup_and_what_is_restored_are_for_this_user_only(saved: Path, database: str, path: Path):
    restore(saved, database, overwrite=True)

    for file in (saved, saved.with_name("backup.db.json"), path):
        assert file.stat().st_mode & 0o777 == 0o600


def test_a_backup_names_its_revision_rows_and_open_waves(saved: Path):
    manifest = verify(saved)

    assert manifest.revision == schema.newest()
    assert manifest.rows["person"] == 3
    assert manifest.rows["sheet"] == 1
    assert manifest.open_waves == ((1, 2), (1, 3))


def test_no_backup_holds_a_wave_key(filled: Store, database: str, tmp_path: Path):
    key = os.urandom(32)
    (tmp_path / "keys" / "wave-1-2.key").write_bytes(key)

    backup(database, tmp_path / "backup.db")

    kept = b"".join(file.read_bytes() for file in tmp_path.glob("backup.db*"))
    assert key not in kept
    assert key.hex().encode() not in kept


def test_a_backup_does_not_bring_back_what_was_deleted(filled: Store, database: str, tmp_path: Path):
    filled.write(lambda unit: unit.settings.put("note", "CANARY", unit.now))
    filled.write(lambda unit: unit.session.execute(sqlalchemy.delete(Setting)))

    backup(database, tmp_path / "backup.db")

    assert b"CANARY" not in (tmp_path / "backup.db").read_bytes()


def test_waves_whose_key_is_gone_are_reported(saved: Path, database: str):
    restored = restore(
        saved, database, overwrite=True, has_key=lambda organisation, wave: (organisation, wave) == (1, 3)
    )

    assert restored.unreadable == ((1, 2),)


def test_what_was_there_before_is_kept_with_its_log(
    filled: Store, database: str, path: Path, tmp_path: Path, clock: FakeClock
):
    backup(database, tmp_path / "backup.db", clock=clock)
    filled.write(lambda unit: unit.settings.put("late", "1", unit.now))
    log = path.with_name("rapport.db-wal")
    left_by_a_crash = {file: file.read_bytes() for file in (path, log)}
    filled.close()
    for file, content in left_by_a_crash.items():
        file.write_bytes(content)

    restored = restore(tmp_path / "backup.db", database, overwrite=True, clock=clock)

    assert restored.kept is not None
    assert not log.exists()
    assert len(all_rows(restored.kept)["setting"]) == 1
    assert all_rows(path)["setting"] == []


def test_a_database_is_not_replaced_unless_that_was_said(saved: Path, database: str, path: Path):
    before = path.read_bytes()

    with pytest.raises(StoreError, match="To replace it, add --replace"):
        restore(saved, database)

    assert path.read_bytes() == before


def test_a_database_that_is_gone_comes_back_without_a_word(saved: Path, database: str, path: Path):
    path.unlink()

    assert restore(saved, database).kept is None
    assert len(all_rows(path)["person"]) == 3


def test_a_log_that_was_left_alone_is_not_mixed_into_what_comes_back(
    filled: Store, database: str, path: Path, tmp_path: Path
):
    backup(database, tmp_path / "backup.db")
    filled.write(lambda unit: unit.settings.put("late", "1", unit.now))
    log = path.with_name("rapport.db-wal")
    left = log.read_bytes()
    filled.close()
    path.unlink()
    log.write_bytes(left)

    restore(tmp_path / "backup.db", database)

    assert all_rows(path)["setting"] == []


def test_nothing_is_restored_under_a_running_server(
    saved: Path, database: str, path: Path, tmp_path: Path, clock: FakeClock
):
    server = open_store(database, keys_dir=tmp_path, clock=clock, role="server")

    with pytest.raises(StoreError, match="already runs"):
        restore(saved, database, overwrite=True)

    server.close()
    assert len(all_rows(path)["person"]) == 3


def without_locks(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix != ".lock")


def flip_a_byte(backup_path: Path) -> None:
    content = bytearray(backup_path.read_bytes())
    content[len(content) // 2] ^= 1
    backup_path.write_bytes(content)


def cut(backup_path: Path) -> None:
    backup_path.write_bytes(backup_path.read_bytes()[:-4096])


def lose_the_manifest(backup_path: Path) -> None:
    backup_path.with_name("backup.db.json").unlink()


def spoil_the_manifest(backup_path: Path) -> None:
    backup_path.with_name("backup.db.json").write_text('{"rows": 3}')


def edit_manifest(backup_path: Path, **changes: Any) -> None:
    file = backup_path.with_name("backup.db.json")
    file.write_text(json.dumps(json.loads(file.read_text()) | changes))


def come_from_the_future(backup_path: Path) -> None:
    edit_manifest(backup_path, revision="9999")


def claim_more_rows(backup_path: Path) -> None:
    edit_manifest(backup_path, rows=asdict(verify(backup_path))["rows"] | {"person": 4})


def point_to_nothing(backup_path: Path) -> None:
    change_inside(backup_path, "DELETE FROM person WHERE id = 1")


def change_inside(backup_path: Path, statement: str) -> None:
    """Change the rows and make the digest fit, as a careful hand would."""
    with closing(sqlite3.connect(backup_path)) as raw:
        raw.execute(statement)
        raw.commit()
    edit_manifest(backup_path, sha256=hashlib.sha256(backup_path.read_bytes()).hexdigest())


DAMAGES = {
    flip_a_byte: "changed or damaged",
    cut: "changed or damaged",
    lose_the_manifest: "Keep both files together",
    spoil_the_manifest: "Keep both files together",
    come_from_the_future: "newer Rapport",
    claim_more_rows: "rows that its manifest names",
    point_to_nothing: "point to nothing",
    Path.unlink: "could not be copied|no backup at",
}


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_backup_that_cannot_be_trusted_replaces_nothing(
    saved: Path, database: str, path: Path, damage: Any
):
    damage(saved)
    before = path.read_bytes()
    files = without_locks(path.parent)

    with pytest.raises(StoreError, match=DAMAGES[damage]):
        verify(saved)
    with pytest.raises(StoreError, match=DAMAGES[damage]):
        restore(saved, database, overwrite=True)

    assert path.read_bytes() == before
    assert without_locks(path.parent) == files


def test_a_backup_is_never_overwritten(saved: Path, database: str):
    before = saved.read_bytes()

    with pytest.raises(StoreError, match="never overwritten"):
        backup(database, saved)

    assert saved.read_bytes() == before


def test_a_backup_that_fails_leaves_nothing_that_looks_like_one(filled: Store, database: str, tmp_path: Path):
    with pytest.raises(StoreError, match="could not be written"):
        backup(database, tmp_path / "nowhere" / "backup.db")

    with pytest.raises(StoreError, match="no database"):
        backup(f"sqlite:///{tmp_path / 'none.db'}", tmp_path / "backup.db")

    assert not list(tmp_path.glob("**/backup*"))


def test_postgresql_is_left_to_its_own_tools(tmp_path: Path):
    with pytest.raises(StoreError, match="pg_dump"):
        backup("postgresql+psycopg://localhost/rapport", tmp_path / "backup.db")
