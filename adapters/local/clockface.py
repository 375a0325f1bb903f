"""The movable clock as the page sees it: where it stands, where it can go, what a move is doing."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from adapters.local.behind import Controls, PersonView, Progress
from adapters.local.durations import duration, moment
from adapters.local.moves import offered
from adapters.local.problems import Problem
from adapters.local.stream import Hub

TELL_S = 0.1
"""The least time between two reports of what a move is doing; the clock's own steps come faster."""

Json = dict[str, Any]


class ClockFace:
    """Moves the clock, one move at a time, and tells every open page how it goes."""

    def __init__(self, controls: Controls, hub: Hub) -> None:
        self._controls = controls
        self._hub = hub
        self._moving = asyncio.Lock()
        self._doing = ""
        self._told_at = float("-inf")

    async def reading(self) -> Json:
        """Return where the clock stands, whether it moves and what that is busy with."""
        now = await self._controls.now()
        return {"now": iso(now), "moving": self._moving.locked(), "doing": self._doing}

    async def moves(self, person: PersonView) -> list[Json]:
        """Return where one can go from here, on this person's wall clock."""
        ahead = (await self._controls.curtain(person.id)).moves
        return offered(await self._controls.now(), person.zone, ahead)

    async def move(self, fields: Json) -> datetime:
        """Move to ``to`` or by ``advance``; return the time once everything has settled."""
        if self._moving.locked():
            raise Problem(409, "The clock is already moving. Wait until it has settled.")
        try:
            async with self._moving:
                return await self._advance(fields)
        finally:
            self._doing = ""
            self._hub.clock(await self.reading())

    async def _advance(self, fields: Json) -> datetime:
        before = await self._controls.now()
        try:
            to = _target(fields, before)
            self._tell(before, "Moving the clock")
            return await self._controls.advance(to, self._progress(before))
        except ValueError as refusal:
            raise Problem(400, str(refusal), "to" if "to" in fields else "advance") from refusal

    def _progress(self, before: datetime) -> Progress:
        loop = asyncio.get_running_loop()

        def progress(doing: str) -> None:
            loop.call_soon_threadsafe(self._tell, before, doing)

        return progress

    def _tell(self, before: datetime, doing: str) -> None:
        now = asyncio.get_running_loop().time()
        self._doing = doing
        if self._moving.locked() and now >= self._told_at + TELL_S:
            self._told_at = now
            self._hub.clock({"now": iso(before), "moving": True, "doing": doing})


def iso(now: datetime) -> str:
    return now.astimezone(UTC).isoformat()


def _target(fields: Json, now: datetime) -> datetime:
    match fields:
        case {"to": _, "advance": _}:
            raise ValueError("send either “to” or “advance”, not both")
        case {"to": str(to)}:
            return moment(to)
        case {"advance": str(advance)}:
            try:
                return now + duration(advance)
            except OverflowError as error:
                raise ValueError("that is further than the calendar goes") from error
        case _:
            raise ValueError("send “to” with an instant, or “advance” with a duration such as P1D")
