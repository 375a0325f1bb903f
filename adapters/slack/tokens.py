"""Which token a call is made with: the one that was set up, or that of an installation, renewed in time.

No token ever stands in a ``repr`` or in the text of an error.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from bot.clock import Clock, SystemClock
from bot.errors import Disconnected, TryLater
from bot.logs import get_logger
from bot.talk.events import AccessChanged, Event, Reply, Uninstalled
from bot.talk.platform import Handle

log = get_logger()

DUE = timedelta(hours=2)
"""A token of 12 hours is renewed when less than this is left; so a quiet night never lets one run out unnoticed."""

KEPT = timedelta(seconds=30)
"""How long an installation is remembered before it is looked up again: an uninstalled workspace gets nothing after that."""

REST = timedelta(minutes=1)
"""How long nobody tries again to renew a token that is still good, so that a Slack in trouble slows nobody down."""


class Tokens(Protocol):
    """Who knows the token of a workspace; raises ``Disconnected`` where there is none."""

    async def token(self, workspace: str) -> str: ...

    def forget(self, workspace: str) -> None:
        """Remember nothing of a workspace: the app was removed there, or installed anew."""


@dataclass(frozen=True, slots=True)
class OneToken:
    """The one workspace whose token stands in the settings."""

    value: str = field(repr=False)

    async def token(self, workspace: str) -> str:
        del workspace  # there is one
        if not self.value:
            raise Disconnected("not_installed")
        return self.value

    def forget(self, workspace: str) -> None:
        """Keep the token all the same: it is in the settings, and Slack decides what it is worth."""


@dataclass(frozen=True, slots=True)
class Grant:
    """What an installation lets us in with; a token without ``expires_at`` stays good until it is revoked."""

    token: str = field(repr=False)
    refresh_token: str = field(default="", repr=False)
    expires_at: datetime | None = None

    def due(self, now: datetime) -> bool:
        return bool(self.refresh_token) and self.expires_at is not None and self.expires_at - now < DUE

    def good(self, now: datetime) -> bool:
        return self.expires_at is None or now < self.expires_at


class Installations(Protocol):
    """Where grants are kept, encrypted; keyed by team, or by enterprise for an org-wide install."""

    async def load(self, workspace: str) -> Grant | None: ...

    async def save(self, workspace: str, grant: Grant, spent: str) -> bool:
        """Keep a grant in place of that with the refresh token ``spent``; False if that one is not kept any more."""


Renew = Callable[[str], Awaitable[Grant]]
"""Exchanges a refresh token, which is worth nothing afterwards, for a new grant."""


@dataclass(slots=True)
class _Seat:
    """What is remembered of one installation, and the renewal that is under way."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    grant: Grant | None = None
    looked_up: datetime | None = None
    kept: str = field(default="", repr=False)
    """The refresh token that stands in the installation; a renewed grant takes its place."""
    unsaved: bool = False
    rests_until: datetime | None = None
    renewal: asyncio.Task[None] | None = None


@dataclass(frozen=True, slots=True)
class InstalledTokens:
    """The tokens of many workspaces, each renewed once however many callers need it.

    A renewal outlives the caller who began it: the old refresh token may be spent by then. Only one process may
    renew, for the same reason.
    """

    installations: Installations
    renew: Renew
    clock: Clock = field(default_factory=SystemClock)
    _seats: dict[str, _Seat] = field(default_factory=dict)

    async def token(self, workspace: str) -> str:
        seat = self._seats.setdefault(workspace, _Seat())
        async with seat.turn:
            grant = await self._grant(workspace, seat)
            if grant is None:
                self._seats.pop(workspace, None)
                raise Disconnected("not_installed")
            if grant.due(self.clock.now()) and not self._rests(seat, grant):
                grant = await self._renewed(workspace, seat, grant)
            return grant.token

    def forget(self, workspace: str) -> None:
        """Remember nothing of an installation, nor of its renewal under way: it was removed, or made anew."""
        self._seats.pop(workspace, None)

    async def _grant(self, workspace: str, seat: _Seat) -> Grant | None:
        now = self.clock.now()
        if seat.grant is not None and seat.unsaved:
            await self._keep(workspace, seat, seat.grant)
        elif seat.grant is None or seat.looked_up is None or now - seat.looked_up >= KEPT:
            await self._look_up(workspace, seat)
        return seat.grant

    async def _look_up(self, workspace: str, seat: _Seat) -> None:
        try:
            grant = await self.installations.load(workspace)
        except Exception as error:
            log.exception("slack.token_not_looked_up")
            raise TryLater("token_not_looked_up") from error
        seat.grant, seat.looked_up = grant, self.clock.now()
        seat.kept = grant.refresh_token if grant else ""

    def _rests(self, seat: _Seat, grant: Grant) -> bool:
        now = self.clock.now()
        return grant.good(now) and seat.rests_until is not None and now < seat.rests_until

    async def _renewed(self, workspace: str, seat: _Seat, grant: Grant) -> Grant:
        """Return a grant for the next hours; while the old one is good, a failure to renew it stops nobody."""
        if seat.renewal is None or seat.renewal.done():
            seat.renewal = asyncio.create_task(self._exchange(workspace, seat, grant))
        try:
            await asyncio.shield(seat.renewal)
        except Exception as error:
            log.warning("slack.token_not_renewed", exc_info=error)
            seat.rests_until = self.clock.now() + REST
            if grant.good(self.clock.now()):
                return grant
            if isinstance(error, Disconnected):
                raise
            raise TryLater("token_not_renewed") from None
        if seat.grant is None:
            raise Disconnected("not_installed")
        return seat.grant

    async def _exchange(self, workspace: str, seat: _Seat, old: Grant) -> None:
        fresh = await self.renew(old.refresh_token)
        if self._seats.get(workspace) is not seat:
            return  # forgotten meanwhile: what was uninstalled must not come back
        seat.grant, seat.unsaved, seat.looked_up = fresh, True, self.clock.now()
        await self._keep(workspace, seat, fresh)
        log.info("slack.token_renewed")

    async def _keep(self, workspace: str, seat: _Seat, grant: Grant) -> None:
        """Save a grant; if that fails it is good all the same, and saved with the next call."""
        try:
            if await self.installations.save(workspace, grant, seat.kept):
                seat.kept, seat.unsaved = grant.refresh_token, False
                return
        except Exception:
            log.exception("slack.token_not_saved")
            return
        log.warning("slack.token_replaced")
        seat.unsaved = False
        await self._look_up(workspace, seat)  # removed or installed anew meanwhile: that is what counts


def forgetting(handle: Handle, tokens: Tokens) -> Handle:
    """Return a handle that also forgets the token of a workspace from which the app was removed, once that is known."""

    async def handled(event: Event) -> Reply:
        reply = await handle(event)
        match event:
            case Uninstalled(source):
                tokens.forget(source.workspace)
            case AccessChanged(lost=lost):
                for workspace in lost:
                    tokens.forget(workspace)
            case _:
                pass
        return reply

    return handled
