"""The Home tabs people have looked at, drawn anew after an act of theirs that changes what stands on them.

A convenience, so it never gets in the way: one tab at a time, at the most one a second, each person's at most every
few seconds, and a tab that could not be drawn stands until its person acts again or opens it, which draws it anyway.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NamedTuple

from bot import dispatch
from bot.errors import PlatformError
from bot.logs import get_logger
from bot.store.unit import Store
from bot.talk.cards import Card
from bot.talk.events import ButtonPressed, CommandUsed, Event, FormSent, HomeOpened, Private, Reply, Source
from bot.talk.platform import Address, Handle, Platform

SOON_S = 0.5
"""Acts that come close together are one."""

EVERY_S = 5.0
"""At most once per person in so many seconds."""

APART_S = 1.0
"""Between any two tabs: opening Home counts for the same published limit, and comes first."""

MOST = 10_000
"""Tabs that are remembered; of more, those opened longest ago are forgotten."""

log = get_logger()


class Owner(NamedTuple):
    """Whose tab it is."""

    platform: str
    workspace: str
    user: str


@dataclass(slots=True)
class Tab:
    """What stands on a tab, as a digest, because it may be figures that nobody else should find in memory; and since when."""

    digest: bytes
    drawn_at: float


def loop_time() -> float:
    return asyncio.get_running_loop().time()


@dataclass
class Homes:
    """Watches events for those that change a tab, and draws it anew a little later."""

    store: Store
    platforms: Mapping[str, Platform]
    time: Callable[[], float] = loop_time
    sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    _tabs: dict[Owner, Tab] = field(default_factory=dict, init=False)
    _due: dict[Owner, float] = field(default_factory=dict, init=False)
    _work: asyncio.Task[None] | None = field(default=None, init=False)

    def watching(self, handle: Handle) -> Handle:
        """Return a handle that also keeps the tabs; what it answers is the same, and no later."""

        async def handled(event: Event) -> Reply:
            reply = await handle(event)
            self.saw(event, reply)
            return reply

        return handled

    def saw(self, event: Event, reply: Reply) -> None:
        """Remember a tab that was opened; after an act of its owner, have it drawn anew."""
        owner = Owner(event.source.platform, event.source.workspace, event.source.user)
        match event, reply:
            case HomeOpened(), Private(card):
                self._remember(owner, card)
            case ((CommandUsed() | ButtonPressed() | FormSent()), _) if owner in self._tabs:
                self._due.setdefault(owner, max(self.time() + SOON_S, self._tabs[owner].drawn_at + EVERY_S))
                if self._work is None or self._work.done():
                    self._work = asyncio.create_task(self._draw_all())

    async def aclose(self) -> None:
        """Draw nothing more."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    def _remember(self, owner: Owner, card: Card) -> None:
        self._tabs.pop(owner, None)
        self._tabs[owner] = Tab(_digest(card), self.time())
        if len(self._tabs) > MOST:
            del self._tabs[next(iter(self._tabs))]

    async def _draw_all(self) -> None:
        while self._due:
            owner = min(self._due, key=lambda each: self._due[each])
            if (wait := self._due[owner] - self.time()) > 0:
                await self.sleep(wait)
                continue
            del self._due[owner]
            if await self._drawn(owner):
                await self.sleep(APART_S)

    async def _drawn(self, owner: Owner) -> bool:
        """Draw a tab if something else should stand on it; say whether the platform was asked to."""
        tab, platform = self._tabs.get(owner), self.platforms.get(owner.platform)
        if tab is None or platform is None:
            return False
        source = Source(platform=owner.platform, workspace=owner.workspace, user=owner.user, event="")
        try:
            card = await asyncio.to_thread(dispatch.home, self.store, source)
            if card is None or _digest(card) == tab.digest:
                return False
            tab.drawn_at = self.time()
            await platform.home(Address(*owner), card)
        except (PlatformError, OSError, TimeoutError) as error:
            log.info("platform.home_not_drawn", platform=owner.platform, reason=type(error).__name__.lower())
        except Exception:
            log.exception("platform.home_not_drawn", platform=owner.platform)
        else:
            tab.digest = _digest(card)
        return True


def _digest(card: Card) -> bytes:
    return sha256(repr(card).encode("utf-8", "surrogatepass")).digest()
