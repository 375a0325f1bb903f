"""What PostgreSQL adds: sharing, deadlocks, dead connections, stuck statements."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy

from bot.errors import StoreError
from bot.store import postgres
from bot.store.store import Store, open_store
from bot.store.unit import Unit
from tests.bot.store.conftest import connected
from tests.fakes import FakeClock

pytestmark = pytest.mark.postgres


@pytest.fixture
def store(migrated_postgres_url: str, tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    with connected(migrated_postgres_url) as connection:
        connection.execute(sqlalchemy.text("TRUNCATE organisation CASCADE"))
    opened = open_store(migrated_postgres_url, keys_dir=tmp_path, clock=clock)
    opened.write(lambda unit: unit.organisations.create("Example", unit.now))
    yield opened
    opened.close()


def test_two_units_that_block_each_other_both_end_well(store: Store):
    both_hold_one = threading.Barrier(2, timeout=10)
    tries: list[str] = []

    def take(first: str, second: str) -> None:
        def work(unit: Unit) -> None:
            tries.append(first)
            unit.number(first)
            if tries.count(first) == 1:
                both_hold_one.wait()
            unit.number(second)

        store.write(work)

    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(take, "a", "b"), pool.submit(take, "b", "a")]:
            done.result()

    assert len(tries) >= 3  # at least one of them had to begin again
    assert store.write(lambda unit: (unit.number("a"), unit.number("b"))) == (3, 3)


def test_a_unit_whose_connection_dies_is_not_saved_and_the_next_one_is(store: Store):
    def die(unit: Unit) -> None:
        unit.number("thing")
        unit.session.execute(sqlalchemy.text("SELECT pg_terminate_backend(pg_backend_pid())"))

    with pytest.raises(StoreError, match=r"lost\. Nothing was saved"):
        store.write(die)

    assert store.write(lambda unit: unit.number("thing")) == 1


def test_a_statement_that_hangs_is_ended(
    migrated_postgres_url: str, tmp_path: Path, clock: FakeClock, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(postgres, "STATEMENT_MS", 50)
    hasty = open_store(migrated_postgres_url, keys_dir=tmp_path, clock=clock)

    with pytest.raises(StoreError, match="took longer"):
        hasty.write(lambda unit: unit.session.execute(sqlalchemy.text("SELECT pg_sleep(30)")))

    hasty.close()


def test_entries_of_the_record_that_are_written_at_once_still_form_one_chain(store: Store):
    with ThreadPoolExecutor(6) as pool:
        list(
            pool.map(
                lambda i: store.write(lambda unit: unit.audit.record(unit.now, "cli", f"act{i}")), range(30)
            )
        )

    assert store.read(lambda unit: unit.audit.head())[0] == 30
    assert store.read(lambda unit: unit.audit.verify()) is None
