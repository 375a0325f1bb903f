"""A demo database, built once for all stories, and a running demo on a copy of it."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.stories.house import House, command, rapport


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo database, built once."""
    folder = tmp_path_factory.mktemp("built")
    command([*rapport(), "demo", "--build-only"], folder)
    return folder


@pytest.fixture
def house(built: Path, tmp_path: Path) -> Iterator[House]:
    """A running demo; nothing that it printed may hold what its people are called or wrote."""
    folder = tmp_path / "house"
    shutil.copytree(built, folder)
    opened = House(folder).start()
    yield opened
    if opened.process is not None and opened.process.poll() is None:
        opened.stop()
    assert any('"engine.started"' in line for line in opened.said())
    assert opened.leaks() == []
