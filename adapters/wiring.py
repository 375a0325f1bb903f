"""Puts the parts together: settings → store, clock, platforms, engine. It knows all rings and holds no rule."""

import asyncio
import signal
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar, assert_never, cast

from adapters.demo.build import build
from adapters.demo.clock import DemoClock
from adapters.demo.company import BEGINS, MONTHS, PEOPLE, SEED, company
from adapters.demo.controls import DemoControls
from adapters.demo.crowd import Crowd
from adapters.demo.own import OwnFiles, build_from
from adapters.demo.personas import Persona
from adapters.engine.embedded import EmbeddedEngine
from adapters.local.behind import Curtain, Move, PersonView, Progress, Role, Row, Surface
from adapters.local.send import IMPORTED, MADE_UP, LocalPlatform
from adapters.process import answer_quickly, give_memory_back
from bot import dispatch, jobs
from bot.cases import troubles, undelivered, visitors
from bot.clock import SystemClock
from bot.errors import PlatformError, StoreError
from bot.logs import get_logger
from bot.store.locks import ServerLock
from bot.store.store import open_store
from bot.store.unit import Store
from bot.talk.cards import Card
from bot.talk.events import CommandUsed, Event, FormSent, Reply
from bot.talk.language import words
from bot.talk.platform import Address, Handle, Platform

DISPATCH_THREADS = 32
"""Dispatch has its own pool: the default one has six threads on two cores."""

WHOIS_S = 1.5
"""How long a platform may take to say who a user is; the user waits for the answer meanwhile."""

LATEST_BEAT = timedelta(seconds=10)

log = get_logger()

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that runs in the one process."""

    store: Store
    engine: EmbeddedEngine
    platforms: Mapping[str, Platform]
    grace: timedelta = timedelta(seconds=20)


def handler(
    store: Store, pool: ThreadPoolExecutor, platforms: Mapping[str, Platform] | None = None
) -> Handle:
    """Bridge from the platforms' event loop to the sync middle; the only one there is."""

    async def handle(event: Event) -> Reply:
        event = await introduced(event, platforms or {})
        return await asyncio.get_running_loop().run_in_executor(pool, dispatch.handle, store, event)

    return handle


async def introduced(event: Event, platforms: Mapping[str, Platform]) -> Event:
    """Add who the user is on the platform where somebody tries a one-time code; the middle cannot ask."""
    platform = platforms.get(event.source.platform)
    if platform is None or not isinstance(event, CommandUsed | FormSent) or not visitors.claims(event):
        return event
    who = Address(event.source.platform, event.source.workspace, event.source.user)
    try:
        return replace(event, profile=await asyncio.wait_for(platform.whois(who), WHOIS_S))
    except (PlatformError, TimeoutError) as error:
        log.warning("platform.whois_failed", platform=platform.name, reason=type(error).__name__.lower())
        return event


async def serve(service: Service) -> None:
    """Run until SIGTERM or SIGINT: stop taking events, stop claiming, finish what is in flight, close.

    A second signal ends the process at once; what was being sent is asked about at the next start.
    """
    answer_quickly()
    give_memory_back()
    stopping = asyncio.Event()
    _on_signals(stopping)
    with ThreadPoolExecutor(DISPATCH_THREADS, thread_name_prefix="dispatch") as pool:
        handle = handler(service.store, pool, service.platforms)
        engine = asyncio.create_task(service.engine.run())
        listeners = [asyncio.create_task(platform.run(handle)) for platform in service.platforms.values()]
        ended = asyncio.create_task(stopping.wait())
        try:
            done, _ = await asyncio.wait({engine, ended, *listeners}, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            ended.cancel()
            for listener in listeners:
                listener.cancel()
            await asyncio.gather(*listeners, return_exceptions=True)
            await service.engine.stop(service.grace)
            await asyncio.gather(engine, return_exceptions=True)
    log.info("process.stopped")


def _on_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def asked(number: int) -> None:
        log.info("process.stopping", count=number)
        stopping.set()
        loop.remove_signal_handler(number)  # the next one of the same kind means now

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked, number)


# --- the demo ---------------------------------------------------------------------------------------------


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


def as_slack(card: Card, surface: Surface) -> dict[str, Any]:
    """Show a card as Slack would, without being connected to it: its text, and its blocks or its view."""
    from adapters.slack import render  # noqa: PLC0415 -- only who looks pays for it

    match surface:
        case "message":
            shown = render.message(card)
            return {"text": shown.text, "blocks": shown.blocks}
        case "modal":
            return {"text": card.fallback, "view": render.modal(card)}
        case "home":
            return {"text": card.fallback, "view": render.home(card)}
        case _:
            assert_never(surface)


@dataclass(slots=True)
class PageControls:
    """The demo's controls in the page's own words; filled in once the engine stands."""

    inner: DemoControls | None = None

    async def now(self) -> datetime:
        return await self._demo.now()

    async def people(self) -> Sequence[PersonView]:
        return [_view(persona) for persona in await self._demo.people()]

    async def advance(self, to: datetime, progress: Progress) -> datetime:
        return await self._demo.advance(to, progress)

    async def curtain(self, person: str) -> Curtain:
        behind = await self._demo.curtain(person)
        return Curtain(
            stored=_rows(behind.stored),
            deliveries=_rows(behind.deliveries),
            wave=_rows(behind.wave),
            gate=_rows(behind.gate),
            lock=behind.lock,
            moves=tuple(Move(label, to) for label, to in behind.moves),
            hint=behind.hint,
        )

    @property
    def _demo(self) -> DemoControls:
        if self.inner is None:
            raise RuntimeError("the demo is not open yet")
        return self.inner


def _view(persona: Persona) -> PersonView:
    role = cast("Role", persona.role)
    return PersonView(
        persona.id,
        persona.name,
        role,
        persona.department,
        persona.locale,
        persona.headline,
        persona.featured,
        persona.language,
        persona.zone,
    )


def _rows(pairs: Sequence[tuple[str, str]]) -> tuple[Row, ...]:
    return tuple(Row(label, value) for label, value in pairs)


@dataclass(frozen=True, slots=True)
class Ready:
    """Whether the service is ready, and if not, why: the database answers, the engine is alive, a workspace lets us in."""

    store: Store

    async def __call__(self) -> Sequence[str]:
        return await asyncio.to_thread(self._reasons)

    def _reasons(self) -> list[str]:
        try:
            beat = jobs.last_beat(self.store)
            shut = troubles.everywhere(self.store)
        except StoreError as error:
            return [str(error)]
        if beat is None:
            return ["The engine has not started yet."]
        age = SystemClock().now() - beat
        if age > LATEST_BEAT:
            return [f"The engine gave no sign of life for {age.seconds} s."]
        return [undelivered.of_workspace(words("en"), trouble.reason) for trouble in shut]
