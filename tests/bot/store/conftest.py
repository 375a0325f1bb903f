"""The same promises, on both databases."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy
from sqlalchemy import NullPool

import bot
from bot.store import tables
from bot.store.migrate import migrate
from bot.store.store import Store, open_store
from tests.fakes import FakeClock

Start = Callable[..., "subprocess.Popen[str]"]


@contextmanager
def connected(url: str, **options: Any) -> Iterator[sqlalchemy.Connection]:
    engine = sqlalchemy.create_engine(url, poolclass=NullPool, **options)
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def make_database(url: str, name: str) -> str:
    with connected(url, isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    return url.replace("/postgres?", f"/{name}?")


@pytest.fixture
def fresh_postgres_url(postgres_url: str) -> Iterator[str]:
    """An empty database on the real PostgreSQL server."""
    yield make_database(postgres_url, "fresh")
    with connected(postgres_url, isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sqlalchemy.text("DROP DATABASE fresh WITH (FORCE)"))


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database as the history makes it, to be copied."""
    path = tmp_path_factory.mktemp("migrated") / "rapport.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def migrated_postgres_url(postgres_url: str) -> str:
    """A PostgreSQL database as the history makes it, to be emptied between tests."""
    url = make_database(postgres_url, "migrated")
    migrate(url)
    return url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty, migrated database of each kind."""
    if request.param == "sqlite":
        copy = shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "rapport.db")
        return f"sqlite:///{copy}"
    url: str = request.getfixturevalue("migrated_postgres_url")
    names = ", ".join(f'"{table.name}"' for table in tables.metadata.sorted_tables)
    with connected(url) as connection:
        connection.execute(sqlalchemy.text(f"TRUNCATE {names} CASCADE"))
    return url


@pytest.fixture
def any_store(any_url: str, tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    """A store with organisations 1 and 2, on each database."""
    store = open_store(any_url, keys_dir=tmp_path, clock=clock)
    for organisation in (1, 2):
        store.write(lambda unit: unit.organisations.create("Example", unit.now), organisation)
    yield store
    store.close()


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a Python program of ours in a process of its own, and end it with the test."""
    running: list[subprocess.Popen[str]] = []

    def start_program(code: str, *arguments: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-c", code, *arguments],
            cwd=Path(bot.__file__).parents[1],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        running.append(process)
        return process

    yield start_program
    for process in running:
        process.kill()
        process.communicate()
