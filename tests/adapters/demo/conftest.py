"""A demo database, built once for all tests of the folder and copied for each that changes it."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.demo.build import build
from adapters.demo.clock import DemoClock
from adapters.demo.company import BEGINS, Company
from adapters.demo.company import company as made_up
from bot.store.store import Store, open_store


@dataclass(frozen=True)
class Stage:
    """An open demo database with its clock."""

    store: Store
    clock: DemoClock
    folder: Path


@pytest.fixture(scope="session")
def company() -> Company:
    return made_up(BEGINS)


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory, company: Company) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    (folder / "keys").mkdir(mode=0o700)
    build(f"sqlite:///{folder / 'demo.db'}", folder / "keys", company, lambda _: None)
    return folder


@pytest.fixture
def stage(built: Path, tmp_path: Path) -> Iterator[Stage]:
    folder = tmp_path / "demo"
    shutil.copytree(built, folder)
    yield from opened(folder)


@pytest.fixture(scope="module")
def looked_at(built: Path) -> Iterator[Stage]:
    """The demo as built, for tests that change nothing."""
    yield from opened(built)


def opened(folder: Path) -> Iterator[Stage]:
    clock = DemoClock(made_up(BEGINS).begins)
    store = open_store(f"sqlite:///{folder / 'demo.db'}", keys_dir=folder / "keys", clock=clock)
    assert clock.resume(store)
    yield Stage(store, clock, folder)
    store.close()
