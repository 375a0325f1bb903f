"""Group commit on SQLite: many units, one durable commit, and no caller who is told too much."""

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import event

from bot.errors import Refused, StoreError
from bot.store import locks, writer
from bot.store.store import Store, open_store
from bot.store.tables import Setting
from bot.store.unit import Unit
from tests.fakes import FakeClock


class Gate:
    """Holds the writer inside a unit, so that others gather behind it."""

    def __init__(self, store: Store) -> None:
        self.inside, self.open = threading.Event(), threading.Event()
        self._pool = ThreadPoolExecutor(40)
        self._store = store
        self.first = self.hand_in(self._hold)
        assert self.inside.wait(10)

    def hand_in(self, work: Any) -> "Future[Any]":
        return self._pool.submit(self._store.write, work)

    def gather(self, works: list[Any]) -> "list[Future[Any]]":
        """Hand in and wait until all of them stand in the queue, in this order."""
        waiting = self._store._backend._writer._jobs
        handed = []
        for work in works:
            before = len(waiting)
            handed.append(self.hand_in(work))
            while len(waiting) == before:
                threading.Event().wait(0.001)
        return handed

    def _hold(self, unit: Unit) -> str:
        unit.settings.put("first", "1", unit.now)
        self.inside.set()
        self.open.wait(10)
        return "first"


@pytest.fixture
def commits(store: Store) -> list[int]:
    seen: list[int] = []
    event.listen(store._backend._writer._engine, "commit", lambda _: seen.append(1))
    return seen


@pytest.fixture
def gate(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    monkeypatch.setattr(writer, "MOST_SECONDS", 30.0)
    made = Gate(store)
    yield made
    made.open.set()


def put(key: str) -> Any:
    return lambda unit: unit.settings.put(key, "1", unit.now)


def keys(store: Store) -> set[str]:
    return store.read(
        lambda unit: {row.key for row in unit.session.exec(sqlalchemy.select(Setting)).scalars()}
    )


def refuse(unit: Unit) -> None:
    unit.settings.put("refused", "1", unit.now)
    raise Refused("refused.example")


def break_the_commit(unit: Unit) -> None:
    """Point to an organisation that isn't there, and have that noticed only by COMMIT."""
    unit.session.execute(sqlalchemy.text("PRAGMA defer_foreign_keys=ON"))
    unit.session.add(Setting(organisation_id=77, key="broken", value="", at=unit.now))


@pytest.mark.parametrize("callers", [8, 32])
def test_all_that_callers_were_told_is_there(store: Store, callers: int):
    with ThreadPoolExecutor(callers) as pool:
        list(pool.map(lambda i: store.write(put(f"k{i}")), range(200)))

    assert keys(store) == {f"k{i}" for i in range(200)}


def test_units_that_wait_share_one_commit(store: Store, gate: Gate, commits: list[int]):
    waiting = gate.gather([put(f"k{i}") for i in range(20)])
    gate.open.set()

    assert [each.result() for each in (gate.first, *waiting)] == ["first", *[None] * 20]
    assert len(commits) == 1
    assert len(keys(store)) == 21


def test_a_batch_is_limited_so_that_nobody_waits_long(
    store: Store, gate: Gate, commits: list[int], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writer, "MOST_UNITS", 10)
    waiting = gate.gather([put(f"k{i}") for i in range(29)])
    gate.open.set()

    for each in waiting:
        each.result()
    assert len(commits) == 3


def test_one_failure_undoes_only_itself(store: Store, gate: Gate, commits: list[int]):
    before, failing, after = gate.gather([put("before"), refuse, put("after")])
    gate.open.set()

    with pytest.raises(Refused):
        failing.result()
    before.result()
    after.result()
    assert keys(store) == {"first", "before", "after"}
    assert len(commits) == 1


def test_a_commit_that_fails_is_reported_to_everyone_and_saves_nothing(store: Store, gate: Gate):
    handed = gate.gather([put("before"), break_the_commit, refuse, put("after")])
    gate.open.set()

    for each in (gate.first, handed[0], handed[1], handed[3]):
        with pytest.raises(StoreError, match="Nothing was saved"):
            each.result()
    with pytest.raises(Refused):
        handed[2].result()
    assert keys(store) == set()


def test_the_writer_goes_on_after_a_failed_commit(store: Store):
    with pytest.raises(StoreError):
        store.write(break_the_commit)

    store.write(put("next"))

    assert keys(store) == {"next"}


def test_an_error_no_one_expects_does_not_end_the_writer(store: Store):
    class Odd(BaseException):
        pass

    def fail(_: Unit) -> None:
        raise Odd

    with pytest.raises(Odd):
        store.write(fail)

    store.write(put("next"))
    assert keys(store) == {"next"}


def test_a_full_disk_says_so_and_rapport_goes_on_by_itself(store: Store):
    def limit(pages: int) -> Any:
        return lambda unit: unit.session.execute(sqlalchemy.text(f"PRAGMA max_page_count={pages}"))

    def too_much(unit: Unit) -> None:
        unit.settings.put("big", "x" * 10_000_000, unit.now)
        unit.session.flush()

    store.write(limit(1))
    with pytest.raises(StoreError, match=r"disk is full\. Nothing was saved"):
        store.write(too_much)

    store.write(limit(1_000_000))
    store.write(too_much)
    assert keys(store) == {"big"}


def test_a_full_disk_tells_those_whose_work_it_took_along(store: Store, gate: Gate):
    def too_much(unit: Unit) -> None:
        unit.session.execute(sqlalchemy.text("PRAGMA max_page_count=1"))
        unit.settings.put("big", "x" * 10_000_000, unit.now)

    before, big = gate.gather([put("before"), too_much])
    gate.open.set()

    for each in (gate.first, before, big):
        with pytest.raises(StoreError, match="disk is full"):
            each.result()
    store.write(put("next"))
    assert keys(store) == {"next"}


def test_a_unit_of_five_hundred_rows_is_one_unit(store: Store):
    def many(unit: Unit) -> None:
        for i in range(500):
            unit.settings.put(f"k{i}", "1", unit.now)

    store.write(many)

    assert len(keys(store)) == 500


def test_a_closed_store_takes_nothing_more(database: str, tmp_path: Path, clock: FakeClock):
    store = open_store(database, keys_dir=tmp_path, clock=clock)
    store.close()

    with pytest.raises(StoreError, match="closed"):
        store.write(put("late"))


def test_closing_finishes_what_was_handed_in(store: Store, gate: Gate, database: str, tmp_path: Path):
    waiting = gate.gather([put(f"k{i}") for i in range(5)])
    closing_thread = threading.Thread(target=store.close)
    closing_thread.start()
    gate.open.set()
    closing_thread.join()

    for each in waiting:
        each.result()
    again = open_store(database, keys_dir=tmp_path, clock=store.clock)
    assert len(keys(again)) == 6
    again.close()


def test_a_writer_who_holds_the_lock_for_too_long_is_named_as_the_cause(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(locks, "PATIENCE_S", 0.05)
    other = locks.WriteLock(tmp_path / "rapport.db")
    other.acquire()
    try:
        with pytest.raises(StoreError, match="Another program has been writing"):
            store.write(put("late"))
    finally:
        other.release()
        other.close()

    store.write(put("next"))
    assert keys(store) == {"next"}


def test_every_connection_keeps_to_the_rules_of_the_house(store: Store):
    def pragmas(unit: Unit) -> dict[str, Any]:
        names = (
            "journal_mode",
            "synchronous",
            "foreign_keys",
            "trusted_schema",
            "temp_store",
            "secure_delete",
            "busy_timeout",
            "wal_autocheckpoint",
            "auto_vacuum",
            "mmap_size",
            "journal_size_limit",
            "query_only",
        )
        return {name: unit.session.execute(sqlalchemy.text(f"PRAGMA {name}")).scalar() for name in names}

    written, read = store.write(pragmas), store.read(pragmas)

    assert written == {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "temp_store": 2,
        "secure_delete": 1,
        "busy_timeout": 5000,
        "wal_autocheckpoint": 0,
        "auto_vacuum": 2,
        "mmap_size": 0,
        "journal_size_limit": 64 * 1024 * 1024,
        "query_only": 0,
    }
    assert (read["query_only"], read["wal_autocheckpoint"], read["mmap_size"]) == (1, 0, 0)


def in_log(path: Path) -> int:
    return path.with_name(path.name + "-wal").stat().st_size


def test_an_emptied_log_keeps_nothing_of_what_was_deleted(store: Store, tmp_path: Path):
    store.write(lambda unit: unit.settings.put("note", "CANARY", unit.now))
    store.write(lambda unit: unit.session.execute(sqlalchemy.delete(Setting)))

    assert store.truncate_wal()

    left = b"".join(file.read_bytes() for file in tmp_path.glob("rapport.db*"))
    assert in_log(tmp_path / "rapport.db") == 0
    assert b"CANARY" not in left


def test_a_log_that_is_being_read_is_not_emptied(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("bot.store.sqlite.EMPTY_TRIES", 2)
    store.write(put("a"))
    with closing(sqlite3.connect(tmp_path / "rapport.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM setting").fetchone()

        assert not store.truncate_wal()

        reader.execute("ROLLBACK")
        assert store.truncate_wal()


def test_a_command_leaves_the_log_to_the_server(store: Store, database: str, tmp_path: Path):
    server = open_store(database, keys_dir=tmp_path, clock=store.clock, role="server")
    store.write(put("a"))

    assert not store.truncate_wal()
    assert in_log(tmp_path / "rapport.db") > 0

    assert server.truncate_wal()
    assert in_log(tmp_path / "rapport.db") == 0
    server.close()


def test_an_idle_server_gives_free_pages_back_to_the_disk(
    database: str, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writer, "IDLE_S", 0.01)
    server = open_store(database, keys_dir=tmp_path, clock=clock, role="server")
    server.write(lambda unit: unit.organisations.create("Example", unit.now))
    server.write(lambda unit: unit.settings.put("big", "x" * 800_000, unit.now))
    settle(server)
    full = (tmp_path / "rapport.db").stat().st_size
    server.write(lambda unit: unit.session.execute(sqlalchemy.delete(Setting)))
    settle(server)

    assert full > 800_000
    assert (tmp_path / "rapport.db").stat().st_size < full - 700_000
    server.close()


def settle(server: Store) -> None:
    """Wait until the idle server has moved its log into the database."""
    pause = threading.Event()
    while server._backend._writer._unsettled_since is not None:
        pause.wait(0.01)


def test_a_server_settles_the_log_when_it_is_idle(
    database: str, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writer, "IDLE_S", 0.01)
    server = open_store(database, keys_dir=tmp_path, clock=clock, role="server")
    server.write(lambda unit: unit.organisations.create("Example", unit.now))
    settle(server)

    copy = tmp_path / "without-log.db"
    copy.write_bytes((tmp_path / "rapport.db").read_bytes())
    with closing(sqlite3.connect(copy)) as settled:
        assert settled.execute("SELECT name FROM organisation").fetchall() == [("Example",)]
    server.close()
