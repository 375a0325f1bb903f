"""Where a command works: the database and the keys, from the settings or from an option."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from adapters.cli.console import WRONG_USE, fail, told, warn
from adapters.demo.clock import DemoClock
from adapters.settings import Settings
from bot.clock import SystemClock
from bot.errors import StoreError
from bot.store.store import Store, open_store
from bot.store.tables import Organisation

Demo = Annotated[bool, typer.Option("--demo", help="Work on the demo company instead of your own database.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]

FILE = "sqlite:///"
DEMO_URL = f"{FILE}var/demo.db"
DEMO_KEYS = "demo"


@dataclass(frozen=True, slots=True)
class Place:
    """A database and the folder of its wave keys."""

    url: str
    keys_dir: Path

    @property
    def file(self) -> Path | None:
        """The database, where it is a file; None: a server keeps it."""
        return Path(self.url.removeprefix(FILE)) if self.url.startswith(FILE) else None


def settings() -> Settings:
    """Read the settings; a wrong one ends the command with its name and what is wrong with it."""
    try:
        return Settings()
    except ValidationError as error:
        problems = "\n".join(f"RAPPORT_{str(e['loc'][0]).upper()}: {e['msg']}" for e in error.errors())
        fail(f"A setting is wrong.\n{problems}", WRONG_USE)
    except ValueError as error:
        fail(f"A setting is wrong. {error}", WRONG_USE)


def place(*, demo: bool = False) -> Place:
    """Return the operator's own database, or the demo's."""
    chosen = settings()
    if demo:
        return Place(DEMO_URL, chosen.keys_dir / DEMO_KEYS)
    return Place(chosen.database_url.get_secret_value(), chosen.keys_dir)


def organisation() -> Organisation | None:
    """Return the operator's organisation, if its database is there and opens."""
    where = place()
    try:
        store = open_store(where.url, keys_dir=where.keys_dir, clock=SystemClock())
    except StoreError:
        return None
    try:
        return store.read(lambda unit: unit.organisations.find()) if store.organisations() else None
    finally:
        store.close()


def make_folder(url: str) -> None:
    """Make the folder of a database that is a file; whoever asks for a new database means its folder too."""
    if url.startswith(FILE):
        Path(url.removeprefix(FILE)).parent.mkdir(parents=True, exist_ok=True)


@contextmanager
def opened(*, demo: bool = False) -> Iterator[Store]:
    """Open the store for one command; a server may run meanwhile."""
    where = place(demo=demo)
    with told():
        clock = DemoClock(SystemClock().now()) if demo else SystemClock()
        store = open_store(where.url, keys_dir=where.keys_dir, clock=clock)
        try:
            if isinstance(clock, DemoClock):
                clock.resume(store)
            yield store
        finally:
            store.close()


@contextmanager
def reading(*, demo: bool = False) -> Iterator[Store]:
    """Open the store to look at; without a database of one's own, the demo company is shown and named."""
    own = place(demo=False)
    if not demo and own.url.startswith(FILE) and not Path(own.url.removeprefix(FILE)).exists():
        demo = Path(DEMO_URL.removeprefix(FILE)).exists()
        if demo:
            warn("There is no database of your own yet; this is the made-up demo company.")
    with opened(demo=demo) as store:
        yield store
