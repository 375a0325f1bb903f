"""The doors under ``/local``: each reads a request, asks one thing, answers in JSON."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any
from uuid import uuid4

from aiohttp import ClientConnectionResetError, web

from adapters.http import Readiness, health_routes
from adapters.local.behind import Controls, PersonView
from adapters.local.chat import Chat, lang
from adapters.local.chatlog import Entry
from adapters.local.clockface import ClockFace, iso
from adapters.local.guards import body, clean, text
from adapters.local.preview import Previews
from adapters.local.problems import Problem
from adapters.local.receive import Receiver, Said
from adapters.local.stream import BEAT_S, Listener, encoded
from bot.talk.commands import Role, commands_for
from bot.talk.language import words

LINE_LIMIT = 12_000
"""Characters of a typed line."""

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Doors:
    """What a running server answers with."""

    chat: Chat
    receiver: Receiver
    controls: Controls
    face: ClockFace
    readiness: Readiness
    previews: Previews

    def routes(self) -> list[web.RouteDef]:
        return [
            *health_routes(self.readiness),
            web.get("/local/people", self.people),
            web.get("/local/commands", self.suggest),
            web.get("/local/messages", self.messages),
            web.get("/local/preview", self.preview),
            web.get("/local/stream", self.stream),
            web.get("/local/curtain", self.curtain),
            web.get("/local/clock", self.clock),
            web.post("/local/clock", self.move),
            web.post("/local/say", self.say),
            web.post("/local/press", self.press),
            web.post("/local/submit", self.submit),
            web.post("/local/dismiss", self.dismiss),
        ]

    async def people(self, _: web.Request) -> web.Response:
        """List everybody one can be, and the platforms whose look one can see."""
        unread = self.chat.hub.unread
        people = [_seen(person, unread) for person in await self.chat.people()]
        return web.json_response({"people": people, "previews": [*self.previews.by]})

    async def suggest(self, request: web.Request) -> web.Response:
        """List the commands that this person may type, each with its help in their language."""
        person = await self._asked(request)
        help_in = words(person.locale)
        listed = [
            {"usage": command.usage, "example": command.example, "help": help_in(command.help_key)}
            for command in commands_for([Role(person.role)])
        ]
        return web.json_response({"commands": listed, "lang": lang(str(help_in.locale))})

    async def messages(self, request: web.Request) -> web.Response:
        """List a conversation as it stands, or with ``after`` everything that happened since that message."""
        person = await self._asked(request)
        after = _after(request.query.get("after", ""), "after")
        log = self.chat.log
        return _shown(log.standing(person.id) if after is None else log.since(person.id, after))

    async def preview(self, request: web.Request) -> web.Response:
        """Show the message ``message`` as ``platform`` would: its surface, its text, and its blocks or view."""
        person = await self._asked(request)
        message, platform = request.query.get("message", ""), request.query.get("platform", "")
        return web.json_response(self.previews.show(person.id, message, platform))

    async def curtain(self, request: web.Request) -> web.Response:
        """Show what lies behind a person's conversation."""
        person = await self._asked(request)
        behind = asdict(await self.controls.curtain(person.id))
        return web.json_response(behind | {"moves": await self.face.moves(person)})

    async def clock(self, request: web.Request) -> web.Response:
        """Tell the time; with ``as`` also where one can go from here."""
        reading = await self.face.reading()
        if "as" in request.query:
            person = await self._asked(request)
            reading |= {"zone": person.zone, "moves": await self.face.moves(person)}
        return web.json_response(reading)

    async def move(self, request: web.Request) -> web.Response:
        """Move the clock forward and answer once everything has settled."""
        now = await self.face.move(await body(request))
        return web.json_response({"now": iso(now)})

    async def say(self, request: web.Request) -> web.Response:
        fields = await body(request)
        line = text(fields, "text", limit=LINE_LIMIT)
        return _shown(await self.receiver.say(await self._said(fields), line))

    async def press(self, request: web.Request) -> web.Response:
        fields = await body(request)
        message, button = _message(fields), text(fields, "button")
        return _shown(await self.receiver.press(await self._said(fields), message, button))

    async def submit(self, request: web.Request) -> web.Response:
        fields = await body(request)
        message, values = _message(fields), _values(fields)
        return _shown(await self.receiver.submit(await self._said(fields), message, values))

    async def dismiss(self, request: web.Request) -> web.Response:
        fields = await body(request)
        return _shown(await self.receiver.dismiss(await self._said(fields), _message(fields)))

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Tell a page what happens from now on, or from the event that it saw last."""
        person = await self._asked(request)
        seen = request.headers.get("Last-Event-ID") or request.query.get("after", "")
        after = _after(seen, "Last-Event-ID")
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        reading = encoded("clock", await self.face.reading())
        missed = [] if after is None else self.chat.log.since(person.id, after)
        listener = self.chat.hub.join(person.id, missed)
        listener.tell(reading)
        try:
            await _pump(listener, response)
        finally:
            self.chat.hub.leave(listener)
        return response

    async def _asked(self, request: web.Request) -> PersonView:
        return await self._known(request.query.get("as", ""))

    async def _said(self, fields: Json) -> Said:
        person = await self._known(text(fields, "as", limit=200))
        return Said(person, text(fields, "event", limit=100, default="") or uuid4().hex)

    async def _known(self, user: str) -> PersonView:
        person = await self.chat.person(user) if user else None
        if person is None:
            raise Problem(404, "“as” is nobody here; GET /local/people lists everybody.", "as")
        return person


async def _pump(listener: Listener, response: web.StreamResponse) -> None:
    """Write what the listener is told until the page goes, falls behind or the server stops."""
    try:
        while not listener.lost:
            try:
                event = await asyncio.wait_for(listener.queue.get(), BEAT_S)
            except TimeoutError:
                event = encoded("beat", {})
            if event is None:
                return
            await response.write(event)
    except ClientConnectionResetError:
        return


def _shown(entries: Iterable[Entry]) -> web.Response:
    return web.json_response({"messages": [entry.message() for entry in entries]})


def _seen(person: PersonView, unread: Mapping[str, int]) -> Json:
    return asdict(person) | {"lang": lang(person.locale), "unread": unread.get(person.id, 0)}


def _after(number: str, field: str) -> int | None:
    if not number:
        return None
    if not (number.isascii() and number.isdecimal() and len(number) < 16):
        raise Problem(400, "A message is named by its number.", field)
    return int(number)


def _message(fields: Json) -> str:
    """Read the id of a message, as the string that it is or as a number."""
    message = fields.get("message")
    return text({"message": str(message) if isinstance(message, int) else message}, "message")


def _values(fields: Json) -> dict[str, str]:
    values = fields.get("values")
    if not isinstance(values, dict):
        raise Problem(400, "“values” is missing or not an object of texts.", "values")
    return {clean(key, "values"): text(values, key, default="") for key in values}
