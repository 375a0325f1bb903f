"""Puts the parts together: settings → store, clock, platforms, engine. It knows all rings and holds no rule."""

import asyncio
import signal
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TypeVar, assert_never, runtime_checkable

from adapters.demo.build import build
from adapters.demo.clock import DemoClock
from adapters.demo.company import BEGINS, MONTHS, PEOPLE, SEED, company
from adapters.demo.controls import DemoControls
from adapters.demo.crowd import Crowd
from adapters.demo.own import OwnFiles, build_from
from adapters.engine.embedded import EmbeddedEngine, Tuning
from adapters.engine.limits import Limits
from adapters.http import Mounting, Server
from adapters.local.behind import Surface
from adapters.local.send import IMPORTED, MADE_UP, LocalPlatform
from adapters.page import PageControls
from adapters.process import answer_quickly, give_memory_back
from adapters.settings import Settings
from bot import dispatch, jobs
from bot.cases import troubles, undelivered, visitors, workspaces
from bot.clock import SystemClock
from bot.errors import Disconnected, PlatformError, StoreError
from bot.logs import get_logger
from bot.store.locks import ServerLock
from bot.store.store import open_store
from bot.store.unit import Store
from bot.store.workspaces import Rate
from bot.talk.cards import Card
from bot.talk.events import CommandUsed, Event, FormSent, Reply
from bot.talk.language import words
from bot.talk.platform import Address, Handle, Platform

DISPATCH_THREADS = 32
"""Dispatch has its own pool: the default one has six threads on two cores."""

WHOIS_S = 1.5
"""How long a platform may take to say who a user is; the user waits for the answer meanwhile."""

log = get_logger()

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Service:
    """Everything that runs in the one process."""

    store: Store
    engine: EmbeddedEngine
    platforms: Mapping[str, Platform]
    grace: timedelta = timedelta(seconds=20)
    server: Server | None = None
    """Answers supervisors and what platforms mount; None: the local page brings its own."""

    def listeners(self, handle: Handle) -> list[Coroutine[Any, Any, None]]:
        """Return what waits for events on each platform."""
        return [self._listened(platform, handle) for platform in self.platforms.values()]

    async def _listened(self, platform: Platform, handle: Handle) -> None:
        await connect(self.store, platform)
        self.engine.read_rosters()
        await platform.run(handle)


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
        doors = [asyncio.create_task(service.server.run(handle))] if service.server else []
        listeners = [asyncio.create_task(each) for each in service.listeners(handle)]
        ended = asyncio.create_task(stopping.wait())
        try:
            done, _ = await asyncio.wait(
                {engine, ended, *doors, *listeners}, return_when=asyncio.FIRST_COMPLETED
            )
            for task in done:
                task.result()
        finally:
            ended.cancel()
            await _ended([*doors, *listeners])
            await service.engine.stop(service.grace)
            await asyncio.gather(engine, return_exceptions=True)
            for platform in service.platforms.values():
                if isinstance(platform, Closing):
                    await platform.aclose()  # only now: what was being sent needed its connections
    log.info("process.stopped")


async def _ended(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _on_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def asked(number: int) -> None:
        log.info("process.stopping", count=number)
        stopping.set()
        loop.remove_signal_handler(number)  # the next one of the same kind means now

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked, number)


# --- real platforms ---------------------------------------------------------------------------------------

SLACK_RATE = Rate(per_second=400 / 60, burst=20)
"""What Slack takes from one workspace; each method's own limit is kept by the adapter."""

CONNECT_AGAIN_S = 15.0

NOTHING_CONFIGURED = (
    "No chat platform is configured. For Slack set RAPPORT_SLACK_BOT_TOKEN (xoxb-…) and, for Socket Mode, "
    "RAPPORT_SLACK_APP_TOKEN (xapp-…). To see Rapport at work now, run: rapport demo"
)


@runtime_checkable
class Closing(Protocol):
    """A platform that holds connections until it is told that nothing more is sent."""

    async def aclose(self) -> None: ...


@runtime_checkable
class OneWorkspace(Protocol):
    """A platform that is connected to one workspace by a token of its own, and knows which."""

    async def workspace(self) -> str: ...


def missing(settings: Settings) -> list[str]:
    """Say in words what must still be set before people can be served; empty: nothing."""
    if not settings.slack_bot_token.get_secret_value():
        return [NOTHING_CONFIGURED]
    if settings.slack_mode == "socket" and not settings.slack_app_token.get_secret_value():
        return ["RAPPORT_SLACK_APP_TOKEN (xapp-…) is missing: Socket Mode connects with it."]
    if settings.slack_mode == "http" and not settings.slack_signing_secret.get_secret_value():
        return [
            "RAPPORT_SLACK_SIGNING_SECRET is missing: without it nobody can tell Slack's requests from others."
        ]
    return []


def configured(settings: Settings) -> Mapping[str, Platform]:
    """Make the platforms that are configured; no other is even imported."""
    if not settings.slack_bot_token.get_secret_value():
        return {}
    from adapters import slack  # noqa: PLC0415 - only who uses Slack pays for it

    secrets = (settings.slack_signing_secret, settings.slack_signing_secret_old)
    platform = slack.connect(
        slack.Connection(
            bot_token=settings.slack_bot_token.get_secret_value(),
            app_token=settings.slack_app_token.get_secret_value(),
            signing_secrets=tuple(filter(None, (secret.get_secret_value() for secret in secrets))),
            api_url=settings.slack_api_url,
            mode=settings.slack_mode,
            reconcile=settings.slack_reconcile,
        )
    )
    return {platform.name: platform}


def service(settings: Settings, platforms: Mapping[str, Platform] | None = None) -> Service:
    """Open the store as the one server, with the platforms that are configured or given."""
    served = configured(settings) if platforms is None else platforms
    url, grace = settings.database_url.get_secret_value(), timedelta(seconds=settings.grace_seconds)
    store = open_store(url, keys_dir=settings.keys_dir, clock=SystemClock(), role="server")
    if not store.organisations():
        store.close()
        raise StoreError("There is no organisation in this database yet. Make it with: rapport init")
    limits = {"slack": Limits(rate=SLACK_RATE, batch=50 if settings.slack_reconcile else 10)}
    engine = EmbeddedEngine(store, served, tuning=Tuning(limits=limits, rosters=True))
    http = settings.slack_mode == "http"
    mounted = [platform for platform in served.values() if http and isinstance(platform, Mounting)]
    return Service(store, engine, served, grace, Server(settings.host, settings.port, Ready(store), mounted))


async def connect(store: Store, platform: Platform) -> None:
    """Learn which workspace a platform's token opens, and connect it; asked again while the platform is out of reach.

    Raises ``StoreError`` with what to do where the platform does not let us in.
    """
    while isinstance(platform, OneWorkspace):
        try:
            external = await platform.workspace()
        except Disconnected as shut:
            raise StoreError(undelivered.of_workspace(words("en"), shut.reason)) from None
        except PlatformError as error:
            log.warning("platform.unreachable", platform=platform.name, reason=type(error).__name__.lower())
            await asyncio.sleep(CONNECT_AGAIN_S)
            continue
        first = (await asyncio.to_thread(store.organisations))[0]
        work = partial(workspaces.connect, platform=platform.name, external=external)
        await asyncio.to_thread(store.write, work, first)
        return


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
        if age > jobs.LATEST_BEAT:
            return [f"The engine gave no sign of life for {age.seconds} s."]
        return [undelivered.of_workspace(words("en"), trouble.reason) for trouble in shut]
