"""The demo: where it lives, how it is made, and the process that serves it."""

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeVar

from adapters.demo.build import build
from adapters.demo.clock import DemoClock
from adapters.demo.company import BEGINS, MONTHS, PEOPLE, SEED, company
from adapters.demo.controls import DemoControls
from adapters.demo.crowd import Crowd
from adapters.demo.own import OwnFiles, build_from
from adapters.engine.embedded import EmbeddedEngine
from adapters.local.send import IMPORTED, MADE_UP, LocalPlatform
from adapters.page import PageControls
from adapters.wiring.platforms import as_slack
from adapters.wiring.serving import Ready, Service
from bot import dispatch
from bot.clock import SystemClock
from bot.errors import StoreError
from bot.store.locks import ServerLock
from bot.store.store import open_store

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class DemoSize:
    """How large the made-up company is."""

    people: int = PEOPLE
    months: int = MONTHS
    seed: int = SEED


@dataclass(frozen=True, slots=True)
class DemoFiles:
    """An operator's own files in place of the made-up company."""

    people: Path | None = None
    history: Path | None = None
    rollouts: Path | None = None

    @property
    def any(self) -> bool:
        return any((self.people, self.history, self.rollouts))


@dataclass(frozen=True, slots=True)
class DemoPlace:
    """Where the demo lives: its database, its keys, the log of its chat."""

    database: Path
    keys_dir: Path
    chat: Path

    @property
    def url(self) -> str:
        return f"sqlite:///{self.database}"

    def forget(self) -> None:
        """Remove the demo and nothing else; its locks stay, because somebody may hold them."""
        for path in (*self.database.parent.glob(f"{self.database.name}*"), self.chat):
            path.unlink(missing_ok=True)
        for key in self.keys_dir.glob("wave-*.key"):
            key.unlink()

    def renew(self, build: "Callable[[DemoPlace], T]") -> T:
        """Make a demo aside and let it take this place once it is whole; refused while one runs here."""
        self.database.parent.mkdir(exist_ok=True)
        self.keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with (
            closing(ServerLock(self.database)),
            TemporaryDirectory(prefix="new-demo-", dir=self.database.parent) as folder,
        ):
            new = DemoPlace(Path(folder) / self.database.name, Path(folder) / "keys", Path(folder) / "chat")
            new.keys_dir.mkdir(mode=0o700)
            built = build(new)
            self.forget()
            for key in new.keys_dir.iterdir():
                key.replace(self.keys_dir / key.name)
            new.database.replace(self.database)
        return built


def demo_place(keys_dir: Path) -> DemoPlace:
    """Return where the demo lives, below the folder one stands in."""
    return DemoPlace(Path("var/demo.db"), keys_dir / "demo", Path("var/demo.chat.jsonl"))


def build_made_up(place: DemoPlace, size: DemoSize, progress: Callable[[str], None]) -> None:
    """Make the made-up company's database."""
    made_up = company(BEGINS, size.people, size.months, size.seed)
    build(place.url, place.keys_dir, made_up, progress)


def build_own(place: DemoPlace, files: DemoFiles, progress: Callable[[str], None]) -> tuple[str, ...]:
    """Make the demo database from an operator's own files; return what they should know about it."""
    return build_from(
        place.url,
        place.keys_dir,
        OwnFiles(files.people, files.history, files.rollouts),
        SystemClock().now().date(),
        progress,
    )


def demo_service(place: DemoPlace, port: int, seed: int, grace: timedelta) -> Service:
    """Open the demo database with the page; any other database is refused."""
    clock = DemoClock(SystemClock().now())
    store = open_store(place.url, keys_dir=place.keys_dir, clock=clock, role="server")
    if not clock.resume(store):
        store.close()
        raise StoreError(
            f"{place.database} is not a demo database, so its clock cannot be moved. Nothing was changed."
        )
    made_up = store.read(lambda unit: unit.organisations.get().made_up)
    controls = PageControls()
    platform = LocalPlatform(
        place.chat,
        controls,
        Ready(store),
        port=port,
        banner=MADE_UP if made_up else IMPORTED,
        previews={"slack": as_slack},
    )
    engine = EmbeddedEngine(store, {platform.name: platform})
    crowd = Crowd(store, lambda event: dispatch.handle(store, event), seed) if made_up else None
    controls.inner = DemoControls(store, clock, engine, crowd)
    return Service(store, engine, {platform.name: platform}, grace)
