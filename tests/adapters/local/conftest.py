from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.adapters.local.doorstep import Doorstep


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "var" / "chat.jsonl"


@pytest.fixture
def door(log: Path) -> Iterator[Doorstep]:
    """A platform served on this machine; ask for it with the marker ``allow_hosts``."""
    opened = Doorstep(log)
    yield opened
    opened.close()
