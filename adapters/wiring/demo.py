"""The demo: where it lives, how it is made, and the process that serves it."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, Protocol, TypeVar

from adapters.demo.build import build
from adapters.demo.chats import talk_through
from adapters.demo.clock import DemoClock
from adapters.demo.company import BEGINS, MONTHS, PEOPLE, SEED, company
from adapters.demo.controls import DemoControls
from adapters.demo.crowd import Crowd
from adapters.demo.own import OwnFiles, build_from
from adapters.engine.embedded import EmbeddedEngine, Tuning
from adapters.engine.limits import Limits
from adapters.engine.rosters import Rosters
from adapters.http import Mounting, Server
from adapters.local.send import ELSEWHERE, IMPORTED, MADE_UP, LocalPlatform
from adapters.page import PageControls, as_slack, as_teams
from adapters.settings import Settings
from adapters.wiring import teams
from adapters.wiring.platforms import announce_paces, slack_limits, slack_platform
from adapters.wiring.serving import Ready, Service, connect
from bot import dispatch
from bot.clock import SystemClock
from bot.errors import StoreError
from bot.store.locks import ServerLock
from bot.store.store import open_store
from bot.store.unit import Store
from bot.talk.platform import Platform

MEETING_S = 40.0
"""How long an imitated chat may take to tell who its people are."""

Imitated = Literal["slack", "teams"]
"""A chat that is imitated on this machine."""

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


@dataclass(frozen=True, slots=True)
class DemoRun:
    """How the demo is served: the page's port, the seed of its crowd, and which chat it talks through.

    An imitated chat that comes over HTTP, as Teams always does, is served at the port after the page's.
    """

    port: int
    seed: int
    settings: Settings
    chat: Imitated | None = None
    """None: the page itself."""

    @property
    def grace(self) -> timedelta:
        return timedelta(seconds=self.settings.grace_seconds)


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


def demo_service(place: DemoPlace, run: DemoRun) -> Service:
    """Open the demo database with the page, and the chat that is imitated if there is one; any other database is refused."""
    clock = DemoClock(SystemClock().now())
    store = open_store(place.url, keys_dir=place.keys_dir, clock=clock, role="server")
    if not clock.resume(store):
        store.close()
        raise StoreError(
            f"{place.database} is not a demo database, so its clock cannot be moved. Nothing was changed."
        )
    opened = {None: _on_the_page, "slack": _on_slack, "teams": _on_teams}
    try:
        return opened[run.chat](store, clock, place, run)
    except BaseException:
        store.close()
        raise


def _on_the_page(store: Store, clock: DemoClock, place: DemoPlace, run: DemoRun) -> Service:
    controls, page = _page(store, place, run)
    store.write(lambda unit: talk_through(unit, page.name))
    engine = EmbeddedEngine(store, {page.name: page})
    controls.inner = DemoControls(store, clock, engine, _crowd(store, run))
    return Service(store, engine, {page.name: page}, run.grace)


def _on_slack(store: Store, clock: DemoClock, place: DemoPlace, run: DemoRun) -> Service:
    """Serve Slack for what is said, and the page for the clock and the look behind the curtain."""
    settings = run.settings
    asyncio.run(_met(store, slack_platform(settings), settings.slack_api_url, people=True))
    chat = slack_platform(settings)
    return _beside_the_page(
        store, clock, place, run, Spoken(chat, slack_limits(settings), web=settings.slack_mode == "http")
    )


def _on_teams(store: Store, clock: DemoClock, place: DemoPlace, run: DemoRun) -> Service:
    """Serve Teams for what is said; people are known once they have the app, and written to from then on."""
    settings = run.settings
    asyncio.run(_met(store, teams.platform(settings, store), settings.teams_login_url, people=False))
    return _beside_the_page(
        store, clock, place, run, Spoken(teams.platform(settings, store), teams.LIMITS, web=True)
    )


class Chat(Platform, Protocol):
    """A platform that is imitated: it can be waited for until all is shown."""

    async def shown(self) -> None: ...

    async def aclose(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Spoken:
    """What the demo talks through: the platform, what the engine keeps to with it, and whether it comes over HTTP."""

    chat: Chat
    limits: Limits
    web: bool


def _beside_the_page(
    store: Store, clock: DemoClock, place: DemoPlace, run: DemoRun, spoken: Spoken
) -> Service:
    controls, page = _page(store, place, run)
    chat = spoken.chat
    announce_paces(store, {chat.name: chat})
    engine = EmbeddedEngine(store, {chat.name: chat}, tuning=Tuning(limits={chat.name: spoken.limits}))
    controls.inner = DemoControls(store, clock, Resting(engine, chat), _crowd(store, run))
    server = (
        Server("127.0.0.1", run.port + 1, Ready(store), [chat])
        if spoken.web and isinstance(chat, Mounting)
        else None
    )
    return Service(store, engine, {chat.name: chat, page.name: page}, run.grace, server)


async def _met(store: Store, chat: Chat, address: str, *, people: bool) -> None:
    """Connect the workspace and learn who of its people is who, before anything falls due that is to be sent there.

    Without ``people`` each of them is met when they come, and known from then on.
    """
    try:
        async with asyncio.timeout(MEETING_S):
            await connect(store, chat)
            if people:
                await Rosters(store, {chat.name: chat}, SystemClock()).read_due()
    except TimeoutError:
        raise StoreError(f"Nothing that behaves like {chat.name.title()} answers at {address}.") from None
    finally:
        await chat.aclose()
    store.write(lambda unit: talk_through(unit, chat.name))


@dataclass(frozen=True, slots=True)
class Resting:
    """Comes to rest with the engine once every reply is shown too."""

    engine: EmbeddedEngine
    chat: Chat

    async def settle(self) -> None:
        await self.engine.settle()
        await self.chat.shown()


def _page(store: Store, place: DemoPlace, run: DemoRun) -> tuple[PageControls, LocalPlatform]:
    controls = PageControls()
    made_up = store.read(lambda unit: unit.organisations.get().made_up)
    banner = (
        IMPORTED if not made_up else MADE_UP if run.chat is None else ELSEWHERE.format(chat=run.chat.title())
    )
    page = LocalPlatform(
        place.chat,
        controls,
        Ready(store),
        port=run.port,
        banner=banner,
        previews={"slack": as_slack, "teams": as_teams},
    )
    return controls, page


def _crowd(store: Store, run: DemoRun) -> Crowd | None:
    """Return the simulated people of the made-up company; nobody acts for people of an operator's own file."""
    made_up = store.read(lambda unit: unit.organisations.get().made_up)
    return Crowd(store, lambda event: dispatch.handle(store, event), run.seed) if made_up else None
