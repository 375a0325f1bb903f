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

log = get_logger()

DUE = timedelta(hours=2)
"""A token of 12 hours is renewed when less than this is left; so a quiet night never lets one run out unnoticed."""

KEPT = timedelta(seconds=30)
"""How long an installation is remembered before it is looked up again: an uninstalled workspace gets nothing after that."""


class Tokens(Protocol):
    """Who knows the token of a workspace; raises ``Disconnected`` where there is none."""

    async def token(self, workspace: str) -> str: ...


@dataclass(frozen=True, slots=True)
class OneToken:
    """The one workspace whose token stands in the settings."""

    value: str = field(repr=False)

    async def token(self, workspace: str) -> str:
        del workspace  # there is one
        if not self.value:
            raise Disconnected("not_installed")
        return self.value


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

    async def save(self, workspace: str, grant: Grant) -> None: ...

    async def forget(self, workspace: str) -> None: ...


Renew = Callable[[str], Awaitable[Grant]]
"""Exchanges a refresh token, which is worth nothing afterwards, for a new grant."""


@dataclass(slots=True)
class _Seat:
    """What is remembered of one installation, and the renewal that is under way."""

    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    grant: Grant | None = None
    looked_up: datetime | None = None
    unsaved: bool = False
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
            if grant.due(self.clock.now()):
                grant = await self._renewed(workspace, seat, grant)
            return grant.token

    async def forget(self, workspace: str) -> None:
        """Drop an installation, because it was uninstalled or its tokens were revoked."""
        self._seats.pop(workspace, None)
        await self.installations.forget(workspace)

    async def _grant(self, workspace: str, seat: _Seat) -> Grant | None:
        now = self.clock.now()
        if seat.grant is not None and seat.unsaved:
            await self._keep(workspace, seat, seat.grant)
        elif seat.grant is None or seat.looked_up is None or now - seat.looked_up >= KEPT:
            seat.grant, seat.looked_up = await self.installations.load(workspace), now
        return seat.grant

    async def _renewed(self, workspace: str, seat: _Seat, grant: Grant) -> Grant:
        """Return a grant for the next hours; while the old one is good, a failure to renew it stops nobody."""
        if seat.renewal is None or seat.renewal.done():
            seat.renewal = asyncio.create_task(self._exchange(workspace, seat, grant))
        try:
            await asyncio.shield(seat.renewal)
        except Exception as error:
            log.warning("slack.token_not_renewed", exc_info=error)
            if grant.good(self.clock.now()):
                return grant
            if isinstance(error, Disconnected):
                raise
            raise TryLater("token_not_renewed") from None
        return seat.grant or grant

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
            await self.installations.save(workspace, grant)
        except Exception:
            log.exception("slack.token_not_saved")
        else:
            seat.unsaved = False
