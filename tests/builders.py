"""Short ways to the state that a story starts from."""

from pathlib import Path

from bot.clock import Clock
from bot.store.schema import create
from bot.store.store import Store, open_store


def a_database(folder: Path) -> str:
    """Make an empty SQLite database with all tables and return its URL."""
    url = f"sqlite:///{folder / 'rapport.db'}"
    create(url)
    return url


def a_store(url: str, folder: Path, clock: Clock, name: str = "Example") -> Store:
    """Open a store and make organisation 1 in it."""
    keys = folder / "keys"
    keys.mkdir(mode=0o700, exist_ok=True)
    store = open_store(url, keys_dir=keys, clock=clock)
    store.write(lambda unit: unit.organisations.create(name, unit.now))
    return store
