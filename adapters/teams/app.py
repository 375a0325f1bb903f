"""The one way in for everything that Teams sends: verify, commit, answer, and show the reply beside that.

The route is ours, not the SDK's, which answers invokes by 500 (trap T1). A turn is awaited: what is answered by 200
is committed. Teams delivers again what took more than 15 seconds, and the inbox knows it (T11); an invoke is not
delivered again and has to be answered sooner (T12).
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar

from aiohttp import web

from adapters.inbound import Json, Turned
from adapters.teams.guard import Guard
from adapters.teams.sdk import Answer, Sdk
from bot.logs import get_logger

PATH = "/api/messages"

SETTLE_S = 20.0
"""How long replies that are being shown may take at the end."""

INVOKE_S = 8.0
"""When an invoke is answered even though its turn is not done; Teams gives up after 10 to 15 seconds."""

INVOKE, EXECUTE = "invoke", "adaptiveCard/action"

ERROR = "application/vnd.microsoft.error"

T = TypeVar("T")

Showing = Coroutine[Any, Any, None]

Take = Callable[[Json], Awaitable[tuple[Answer | None, Showing | None]]]
"""Commits what an activity asks for; returns what an invoke is answered with, and what is shown beside that."""

log = get_logger()


@dataclass
class Front:
    """Takes activities that are proven to be from Teams, and answers each by what became of it."""

    sdk: Sdk
    guard: Guard
    take: Take
    invoke_s: float = INVOKE_S
    _running: set[asyncio.Task[Any]] = field(default_factory=set, init=False, repr=False)

    async def handle(self, request: web.Request) -> web.Response:
        """Answer a request: 200 once it is committed, 4xx if it is nothing for us, 500 only if we failed."""
        try:
            authorization, activity = await self.guard.read(request)
            return _answered(activity, await self._processed(authorization, activity))
        except Turned as turned:
            log.warning("teams.turned_away", reason=turned.code, status=turned.status)
            return web.json_response({"error": turned.code}, status=turned.status)

    async def shown(self) -> None:
        """Wait until every reply that is being shown now is shown, or has failed to be."""
        while self._running:
            await asyncio.wait(set(self._running))

    async def settle(self, within_s: float = SETTLE_S) -> None:
        """Wait until every turn is done and its reply shown; what takes too long is given up and counted in the log."""
        try:
            async with asyncio.timeout(within_s):
                await self.shown()
        except TimeoutError:
            late = set(self._running)
            for task in late:
                task.cancel()
            log.warning("teams.not_settled", count=len(late))
            await asyncio.wait(late)

    async def _processed(self, authorization: str, activity: Json) -> Answer | None:
        try:
            return await self.sdk.process(authorization, activity, self._turn)
        except Turned:
            raise
        except Exception:
            log.exception("teams.not_handled")
            return _failed(activity, 500)

    async def _turn(self, activity: Json) -> Answer | None:
        """Run a turn to its end; an invoke does not wait longer for it than Teams does for us."""
        self.guard.admit(activity)
        if activity["type"] != INVOKE:
            return await self._taken(activity)
        turn = self._begin(self._taken(activity))
        await asyncio.wait([turn], timeout=self.invoke_s)
        if turn.done():
            return turn.result()
        log.warning("teams.slow_turn")
        turn.add_done_callback(_ended)
        return _failed(activity, 504)

    async def _taken(self, activity: Json) -> Answer | None:
        answer, showing = await self.take(activity)
        if showing is not None:
            self._begin(_told(showing))
        return answer

    def _begin(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        task = asyncio.create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return task


def mount(app: web.Application, front: Front) -> None:
    """Add the door for Teams; the application loads the keys at the start and settles at the end."""

    async def warmed(_app: web.Application) -> None:
        await front.sdk.warm()

    async def settled(_app: web.Application) -> None:
        await front.settle()
        await front.sdk.aclose()

    app.router.add_post(PATH, front.handle)
    app.on_startup.append(warmed)
    app.on_cleanup.append(settled)


def _answered(activity: Json, answer: Answer | None) -> web.Response:
    """Answer an invoke by a body, whatever happens: without one people read that the app can't be reached (T12)."""
    if answer is not None:
        return web.json_response(answer.body, status=answer.status)
    if activity["type"] != INVOKE:
        return web.Response(status=200)
    if activity.get("name") == EXECUTE:
        return _answered(activity, _failed(activity, 400))
    return web.json_response({})


def _failed(activity: Json, status: int) -> Answer:
    """Return the answer to what had no effect; that to a card's button has a form of its own, and is well received."""
    if activity["type"] == INVOKE and activity.get("name") == EXECUTE:
        value = {"code": "failed", "message": ""}
        return Answer({"statusCode": status, "type": ERROR, "value": value})
    return Answer({"error": "failed"}, status)


def _ended(turn: "asyncio.Task[Any]") -> None:
    """Log how a turn failed for which nobody waits any more."""
    if not turn.cancelled() and (error := turn.exception()) is not None:
        log.error("teams.not_handled", exc_info=error)


async def _told(showing: Showing) -> None:
    """Show, and log what fails by the kind of failure, never by its words."""
    try:
        await showing
    except Exception:
        log.exception("teams.not_shown")
