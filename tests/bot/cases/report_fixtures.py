"""Firms for tests of reports: made once, then copied, since making one takes longer than most tests."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.store.store import Store, open_store
from tests import builders
from tests.bot.cases.report_firm import Firm
from tests.fakes import FakeClock


@pytest.fixture(scope="module")
def originals(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Path, Firm]]:
    """A firm in which an automation helped, and one in which it harmed."""
    made = {}
    for name, effect in (("better", 0.25), ("worse", -0.25)):
        folder = tmp_path_factory.mktemp(name)
        store = builders.a_store(builders.a_database(folder), folder, FakeClock())
        made[name] = (folder, Firm(store, store.clock, effect=effect))  # type: ignore[arg-type]  # the clock above
        store.close()
    return made


@pytest.fixture
def firm_name() -> str:
    return "better"


@pytest.fixture
def store(
    originals: dict[str, tuple[Path, Firm]], firm_name: str, tmp_path: Path, clock: FakeClock
) -> Iterator[Store]:
    """A copy of a firm's database."""
    folder = tmp_path / "copy"
    shutil.copytree(originals[firm_name][0], folder)
    opened = open_store(f"sqlite:///{folder / 'rapport.db'}", keys_dir=folder / "keys", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def plain_firm(
    originals: dict[str, tuple[Path, Firm]], firm_name: str, store: Store, clock: FakeClock
) -> Firm:
    """The firm before anything is automated."""
    return Firm.moved_to(store, clock, originals[firm_name][1])


@pytest.fixture
def firm(plain_firm: Firm) -> Firm:
    """The firm with an automation in Support."""
    plain_firm.automates()
    return plain_firm
