"""One history brings every database to the declared tables, or leaves it as it was."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy

from bot.errors import StoreError
from bot.store import migrate as migrating
from bot.store import schema
from bot.store.migrate import current, drift, heads, main, migrate, revise
from bot.store.store import open_store
from tests.bot.store.conftest import connected
from tests.fakes import MONDAY, FakeClock

STEP = '''
"""One more."""
import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{before}"

def upgrade() -> None:
    with op.batch_alter_table("organisation") as batch:
        batch.add_column(sa.Column("motto", sa.String(), nullable=False, server_default="ever on"))
        batch.alter_column("name", existing_type=sa.String(), type_=sa.Text())
    {then}
'''


@pytest.fixture
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the history, to be gone on with."""
    copy = tmp_path / "migrations"
    shutil.copytree(schema.MIGRATIONS, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(schema, "MIGRATIONS", copy)
    monkeypatch.setattr(migrating, "MIGRATIONS", copy)
    return copy / "versions"


def go_on(history: Path, then: str = "") -> str:
    before = schema.newest()
    revision = f"{int(before) + 1:04d}"
    (history / f"{revision}_more.py").write_text(STEP.format(revision=revision, before=before, then=then))
    return revision


@pytest.fixture
def url(any_url: str, tmp_path: Path, clock: FakeClock) -> str:
    """A migrated database of each kind with a workspace in it, which points to its organisation."""
    store = open_store(any_url, keys_dir=tmp_path, clock=clock)
    store.write(lambda unit: unit.organisations.create("Example", unit.now))
    store.write(lambda unit: unit.organisations.connect("slack", "T1"))
    store.close()
    return any_url


def everything(path: Path) -> list[str]:
    with closing(sqlite3.connect(path)) as raw:
        return list(raw.iterdump())


def test_the_history_has_one_end_and_numbers_without_gaps():
    known = schema.known()

    assert heads() == [known[-1]]
    assert known == [f"{n:04d}" for n in range(1, len(known) + 1)]


def test_a_new_sqlite_database_is_made_by_the_history_and_is_as_declared(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'new.db'}"
    said: list[str] = []

    assert migrate(url, progress=said.append) == schema.known()
    assert current(url) == schema.newest()
    assert drift(url) == ""
    assert len(said) == len(schema.known())
    assert (tmp_path / "new.db").stat().st_mode & 0o777 == 0o600


@pytest.mark.postgres
def test_a_new_postgresql_database_is_made_by_the_history_and_is_as_declared(fresh_postgres_url: str):
    assert migrate(fresh_postgres_url) == schema.known()
    assert current(fresh_postgres_url) == schema.newest()
    assert drift(fresh_postgres_url) == ""


def test_history_and_declaration_make_the_same_sqlite_tables(tmp_path: Path):
    ways = {"history": migrate, "declaration": schema.create}
    for name, make in ways.items():
        make(f"sqlite:///{tmp_path / name}.db")

    history, declaration = ({" ".join(line.split()) for line in everything(tmp_path / f"{name}.db")
                             if "WITHOUT ROWID" in line} for name in ways)  # fmt: skip
    assert history == declaration
    assert any("sheet" in line for line in history)


def test_migrating_twice_changes_nothing(url: str):
    assert migrate(url) == []


def test_a_difference_between_tables_and_history_is_named(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'new.db'}"
    migrate(url)
    with connected(url) as connection:
        connection.execute(sqlalchemy.text("ALTER TABLE organisation ADD COLUMN extra INTEGER"))

    assert "extra" in drift(url)


def test_a_step_keeps_the_rows_and_a_copy_from_before(url: str, tmp_path: Path, history: Path):
    before = schema.newest()
    added = go_on(history)

    assert migrate(url, clock=FakeClock()) == [added]

    with connected(url) as connection:
        assert connection.execute(sqlalchemy.text("SELECT name, motto FROM organisation")).all() == [
            ("Example", "ever on")
        ]
        assert connection.execute(sqlalchemy.text("SELECT external FROM workspace")).scalars().all() == ["T1"]
    if url.startswith("sqlite"):
        copy = tmp_path / f"rapport.db.before-{before}-{MONDAY:%Y%m%dT%H%M%SZ}"
        assert copy.stat().st_mode & 0o777 == 0o600
        assert current(f"sqlite:///{copy}") == before
        assert any("'Example'" in line for line in everything(copy))
    else:
        _undo(url, before)


def test_a_step_that_fails_changes_nothing(url: str, history: Path):
    before = schema.newest()
    go_on(history, then="raise RuntimeError('half-way')")

    with pytest.raises(RuntimeError, match="half-way"):
        migrate(url)

    assert current(url) == before
    with connected(url) as connection:
        assert "motto" not in {c["name"] for c in sqlalchemy.inspect(connection).get_columns("organisation")}
        assert connection.execute(sqlalchemy.text("SELECT name FROM organisation")).scalars().all() == [
            "Example"
        ]


def test_a_step_that_would_leave_rows_pointing_to_nothing_is_undone(
    migrated_file: Path, tmp_path: Path, history: Path
):
    path = Path(shutil.copy(migrated_file, tmp_path / "rapport.db"))
    url = f"sqlite:///{path}"
    store = open_store(url, keys_dir=tmp_path, clock=FakeClock())
    store.write(lambda unit: unit.organisations.create("Example", unit.now))
    store.write(lambda unit: unit.organisations.connect("slack", "T1"))
    store.close()
    go_on(history, then='op.execute("DELETE FROM organisation")')

    with pytest.raises(StoreError, match="workspace would point to nothing"):
        migrate(url)

    assert any("'Example'" in line for line in everything(path))


def test_a_database_in_use_is_not_migrated(database: str, tmp_path: Path, clock: FakeClock):
    server = open_store(database, keys_dir=tmp_path, clock=clock, role="server")

    with pytest.raises(StoreError, match="already runs"):
        migrate(database)

    server.close()


@pytest.mark.postgres
def test_a_job_queue_may_share_the_postgresql_database(fresh_postgres_url: str):
    with connected(fresh_postgres_url) as connection:
        connection.execute(sqlalchemy.text("CREATE TABLE procrastinate_jobs (id int)"))

    migrate(fresh_postgres_url)

    assert drift(fresh_postgres_url) == ""


def test_a_developer_writes_the_next_step_with_one_command(
    history: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    number = f"{int(schema.newest()) + 1:04d}"

    assert main(["revision", "no change"]) == 0

    (written,) = history.glob(f"{number}_*.py")
    assert "pass" in written.read_text()
    assert schema.newest() == number
    assert str(written) in capsys.readouterr().out


def test_a_first_step_is_written_from_nothing(history: Path):
    for file in history.glob("*.py"):
        file.unlink()

    written = revise("first tables")

    assert written.name == "0001_first_tables.py"
    assert "sqlite_with_rowid=False" in written.read_text()


@pytest.mark.parametrize("arguments", [[], ["revision"], ["upgrade", "head"]])
def test_a_wrong_call_shows_the_right_one(arguments: list[str], capsys: pytest.CaptureFixture[str]):
    assert main(arguments) == 2
    assert "usage" in capsys.readouterr().err


def _undo(url: str, before: str) -> None:
    with connected(url) as connection:
        connection.execute(sqlalchemy.text("ALTER TABLE organisation DROP COLUMN motto"))
        connection.execute(sqlalchemy.text("ALTER TABLE organisation ALTER COLUMN name TYPE varchar"))
        connection.execute(sqlalchemy.text("UPDATE alembic_version SET version_num = :v"), {"v": before})
