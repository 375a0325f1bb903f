"""One process that serves people: its platforms and its engine start, stop and are asked for their health together."""

import asyncio
import signal
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any, Protocol, runtime_checkable

from adapters.engine.embedded import EmbeddedEngine
from adapters.http import Server
from adapters.process import answer_quickly, give_memory_back
from adapters.wiring.homes import Homes
from bot import dispatch, jobs
from bot.cases import troubles, undelivered, visitors, workspaces
from bot.clock import SystemClock
from bot.errors import Disconnected, PlatformError, StoreError
from bot.logs import get_logger
from bot.store.unit import Store
from bot.talk.events import AppAdded, CommandUsed, Event, FormSent, MemberJoined, Profile, Reply, Source
from bot.talk.language import words
from bot.talk.platform import Address, Handle, Platform

DISPATCH_THREADS = 32
"""Dispatch has its own pool: the default one has six threads on two cores."""

WHOIS_S = 1.5
"""How long a platform may take to say who a user is; the user waits for the answer meanwhile."""

CONNECT_AGAIN_S = 15.0

log = get_logger()


@runtime_checkable
class Closing(Protocol):
    """A platform that holds connections until it is told that nothing more is sent."""

    async def aclose(self) -> None: ...


@runtime_checkable
class OneWorkspace(Protocol):
    """A platform that is connected to one workspace by a token of its own, and knows which."""

    async def workspace(self) -> str: ...


@runtime_checkable
class NamedWorkspaces(Protocol):
    """A platform whose workspaces were named by whoever runs the server."""

    async def workspaces(self) -> Sequence[str]: ...


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
    """Add who the user is on the platform where somebody tries a one-time code or is new; the middle cannot ask."""
    platform = platforms.get(event.source.platform)
    if platform is None:
        return event
    match event:
        case AppAdded() | MemberJoined() if not (event.profile.name or event.profile.email):
            known = await _asked(platform, event.source)
            return replace(event, profile=_completed(event.profile, known)) if known else event
        case CommandUsed() | FormSent() if visitors.claims(event):
            known = await _asked(platform, event.source)
            return replace(event, profile=known) if known else event
        case _:
            return event


async def _asked(platform: Platform, source: Source) -> Profile | None:
    who = Address(source.platform, source.workspace, source.user)
    try:
        return await asyncio.wait_for(platform.whois(who), WHOIS_S)
    except (PlatformError, TimeoutError) as error:
        log.warning("platform.whois_failed", platform=platform.name, reason=type(error).__name__.lower())
        return None


def _completed(told: Profile, known: Profile) -> Profile:
    """Return what an event told, and what it left out as the platform knows it."""
    return Profile(
        told.user,
        told.name or known.name,
        told.email or known.email,
        told.locale or known.locale,
        told.time_zone or known.time_zone,
    )


async def serve(service: Service) -> None:
    """Run until SIGTERM or SIGINT: stop taking events, stop claiming, finish what is in flight, close.

    All that takes no longer than the grace; half of it is for the replies that are being shown. A second signal ends the process at once; what was being sent is asked about at the next start.
    """
    answer_quickly()
    give_memory_back()
    stopping = asyncio.Event()
    _on_signals(stopping)
    with ThreadPoolExecutor(DISPATCH_THREADS, thread_name_prefix="dispatch") as pool:
        homes = Homes(service.store, service.platforms)
        handle = homes.watching(handler(service.store, pool, service.platforms))
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
            left = await _ended([*doors, *listeners], service.grace)
            await homes.aclose()
            await service.engine.stop(left)
            await asyncio.gather(engine, return_exceptions=True)
            for platform in service.platforms.values():
                if isinstance(platform, Closing):
                    await platform.aclose()  # only now: what was being sent needed its connections
    log.info("process.stopped")


async def _ended(tasks: Sequence[asyncio.Task[None]], grace: timedelta) -> timedelta:
    """End what listens within half of the grace, and return how much of it is left."""
    now = asyncio.get_running_loop().time
    began = now()
    for task in tasks:
        task.cancel()
    if tasks:
        _, late = await asyncio.wait(tasks, timeout=grace.total_seconds() / 2)
        for task in late:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return max(timedelta(), grace - timedelta(seconds=now() - began))


def _on_signals(stopping: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def asked(number: int) -> None:
        log.info("process.stopping", count=number)
        stopping.set()
        loop.remove_signal_handler(number)  # the next one of the same kind means now

    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, asked, number)


async def connect(store: Store, platform: Platform) -> None:
    """Learn which workspaces a platform lets us into, and connect them; asked again while it is out of reach.

    Raises ``StoreError`` with what to do where the platform does not let us in.
    """
    while isinstance(platform, OneWorkspace | NamedWorkspaces):
        try:
            named = (
                [await platform.workspace()]
                if isinstance(platform, OneWorkspace)
                else await platform.workspaces()
            )
        except Disconnected as shut:
            raise StoreError(undelivered.of_workspace(words("en"), shut.reason)) from None
        except PlatformError as error:
            log.warning("platform.unreachable", platform=platform.name, reason=type(error).__name__.lower())
            await asyncio.sleep(CONNECT_AGAIN_S)
            continue
        first = (await asyncio.to_thread(store.organisations))[0]
        for external in named:
            work = partial(workspaces.connect, platform=platform.name, external=external)
            await asyncio.to_thread(store.write, work, first)
        return


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
