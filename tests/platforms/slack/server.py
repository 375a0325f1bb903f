"""A Slack of our own on loopback: the Web API, events, Socket Mode, OAuth, and people who use it.

It behaves like Slack as far as an app like ours can tell. What it does **not** imitate:

- messages: no mrkdwn is parsed, nothing is linked or unfurled, no files, reactions, scheduled messages, mentions
  or notifications; ``client_msg_id`` is kept but protects against nothing (Slack's behaviour is undocumented);
- blocks: what is valid says the ``validate`` that it is given; without one everything passes;
- errors of content at a response_url: Slack's status and body are not documented, here 400 with the usual JSON;
- conversations: one app, its direct messages and public channels that it is in; no private channels, no Slack
  Connect; posting to somebody deactivated succeeds, as reported of the real one (python-slack-sdk 1156);
- limits: bursts are ours (see ``limits``); the disabling of subscriptions below 5 % and ``app_rate_limited``
  are missing, and so are the history limits of 2025 for unlisted commercial apps;
- organisations: tokens for all teams of an enterprise and their payloads, but no moving of users between teams;
- TLS: everything is plain HTTP and ``ws:`` on this machine.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self, TypeVar

from aiohttp import web

from tests.platforms.slack import hooks, oauth, web_api
from tests.platforms.slack.errors import Refusal
from tests.platforms.slack.events import Events
from tests.platforms.slack.faults import Fault
from tests.platforms.slack.history import Call
from tests.platforms.slack.people import Json
from tests.platforms.slack.person import Person
from tests.platforms.slack.reach import Reach
from tests.platforms.slack.socket_mode import SocketMode
from tests.platforms.slack.world import World

T = TypeVar("T")

GONE = {"used_url", "expired_url", "no_service", "message_not_found"}

RESPONSE_URL = "response_url"
"""The name under which calls of a response URL stand in the history and can be given faults."""


def no_time() -> float:
    return 0.0


class FakeSlack(World):
    """A running Slack; ``url`` is what the app's client takes as its base."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.socket = SocketMode(self)
        self.reach = Reach(self, self.socket)
        self.events = Events(self, self.reach)
        self.emit = self.events.soon
        self._persons: dict[str, Person] = {}
        self.peers: set[tuple[str, int]] = set()
        """Every connection that the Web API was called over."""
        self.travel: Callable[[], float] = no_time
        """How many seconds each call is on its way; one whose caller has gone meanwhile is carried out all the same."""
        self.doors: Callable[[web.Application], None] = lambda _app: None
        """Adds more routes before the server starts."""
        self._runner: web.AppRunner | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = asyncio.Event()

    @property
    def url(self) -> str:
        return f"{self.base}/api/"

    @property
    def events_url(self) -> str:
        """Where the app takes signed requests; empty for Socket Mode."""
        return self.reach.url

    @events_url.setter
    def events_url(self, url: str) -> None:
        self.reach.url = url

    def person(self, user: str) -> Person:
        """Return the human being behind an account, always the same one."""
        if user not in self._persons:
            self._persons[user] = Person(self, self.reach, self.events, user)
        return self._persons[user]

    async def start(self, port: int = 0) -> Self:
        self._loop = asyncio.get_running_loop()
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/{kind:actions|commands}/{team}/{number}/{token}", self._respond)
        app.router.add_get("/oauth/v2/authorize", self._authorize)
        app.router.add_get("/link/", self.socket.accept)
        self.doors(app)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.reach.open()
        return self

    async def stop(self) -> None:
        self._closing.set()
        await self.events.stop()
        self.socket.drop()
        if self._runner is not None:
            await self._runner.cleanup()
        await self.reach.close()
        self.history_of_calls.close()

    async def __aenter__(self) -> Self:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @classmethod
    @contextmanager
    def in_thread(cls, **more: Any) -> Iterator[Self]:
        """Run in a thread of its own; ``do`` lets anybody await something there."""
        loop = asyncio.new_event_loop()
        thread = threading.Thread(target=loop.run_forever, name="fake-slack", daemon=True)
        thread.start()
        fake = cls(**more)
        try:
            asyncio.run_coroutine_threadsafe(fake.start(), loop).result(10)
            yield fake
        finally:
            asyncio.run_coroutine_threadsafe(fake.stop(), loop).result(10)
            loop.call_soon_threadsafe(loop.stop)
            thread.join(10)
            loop.close()

    def do(self, call: Coroutine[Any, Any, T], within_s: float = 30.0) -> T:
        """Await something where the fake runs, from any other thread."""
        return self.begin(call).result(within_s)

    def begin(self, call: Coroutine[Any, Any, T]) -> Future[T]:
        """Begin something where the fake runs, from any other thread."""
        if self._loop is None:
            raise RuntimeError("the fake is not running")
        return asyncio.run_coroutine_threadsafe(call, self._loop)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        peer = request.transport.get_extra_info("peername") if request.transport else None
        if peer:
            self.peers.add(peer[:2])
        fault = self.faults.take(method)
        noted = Noted(self, method)
        try:
            noted.arguments = await web_api.read(request)
            await asyncio.sleep(self.travel())
            grant = web_api.caller(self, method, str(noted.arguments.pop("token", "")))
            noted.team = grant.team
            if fault is not None and not fault.accepted:
                noted.down(fault.name)
                return await self._fails(request, fault)
            if wait := self.limits.wait(method, grant.team, noted.place):
                raise TooFast(wait)
            answer = web_api.METHODS[method].act(self, grant, noted.arguments)
        except Refusal as no:
            noted.down(no.code)
            return _refused(no)
        noted.down(fault.name if fault else "ok", answer)
        if fault is not None:
            return await self._fails(request, fault)
        scopes = ",".join(sorted(grant.scopes or ()))
        return web.json_response({"ok": True, **answer}, headers={"X-OAuth-Scopes": scopes})

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        """Serve a response URL: it asks for no token and knows no tier, but its uses are counted."""
        fault = self.faults.take(RESPONSE_URL)
        noted = Noted(self, RESPONSE_URL, request.match_info["team"])
        try:
            noted.arguments = await web_api.read(request)
            await asyncio.sleep(self.travel())
            if fault is not None and not fault.accepted:
                noted.down(fault.name)
                return await self._fails(request, fault)
            hook = self.tickets.use(request.match_info["token"])
            public = hooks.respond(self, hook, noted.arguments)
        except Refusal as no:
            noted.down(no.code)
            return _refused(no, 404 if no.code in GONE else 400)
        noted.down(fault.name if fault else "ok", {"channel": hook.channel}, public=public)
        if fault is not None:
            return await self._fails(request, fault)
        return web.json_response({"ok": True})

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        try:
            target = oauth.authorize(self, dict(request.query))
        except Refusal as no:
            return web.Response(status=400, text=no.code)
        return web.Response(status=302, headers={"Location": target})

    async def _fails(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        """End a call the way the fault says."""
        match fault.kind:
            case "refuse":
                return web.json_response({"ok": False, "error": fault.code})
            case "answer" | "answer_after":
                return _said(fault)
            case "hang" | "hang_after":
                await self._closing.wait()
            case "reset" | "reset_after":
                pass
        _cut(request)
        return web.Response(status=500)


@dataclass
class Noted:
    """A call on its way into the history."""

    world: World
    method: str
    team: str = ""
    arguments: Json = field(default_factory=dict)

    @property
    def place(self) -> str:
        return self.world.place(_channel(self.arguments))

    def down(self, outcome: str, answer: Json | None = None, *, public: bool | None = None) -> None:
        """Write it down; with an ``answer`` it was accepted."""
        said = answer or {}
        place = self.world.place(_channel(said) or _channel(self.arguments))
        if public is None:
            public = place.startswith("C") and self.method != "chat.postEphemeral"
        kept: Json = {name: value for name, value in said.items() if name in {"ts", "message_ts"}}
        call = Call(
            self.world.now(),
            self.team,
            self.method,
            self.arguments,
            outcome,
            accepted=answer is not None,
            channel=place,
            public=public,
            result=kept,
        )
        self.world.history_of_calls.add(call)
        self.world.touch()


class TooFast(Refusal):
    def __init__(self, wait: int) -> None:
        super().__init__("ratelimited")
        self.wait = wait


def _channel(values: Json) -> str:
    channel = values.get("channel")
    return str(channel.get("id", "") if isinstance(channel, dict) else channel or "")


def _refused(no: Refusal, status: int = 200) -> web.Response:
    body = {"ok": False, "error": no.code, **no.more}
    if isinstance(no, TooFast):
        return web.json_response(body, status=429, headers={"Retry-After": str(no.wait)})
    return web.json_response(body, status=status)


def _said(fault: Fault) -> web.Response:
    kinds = {"<": "text/html", "{": "application/json"}
    content_type = fault.content_type or kinds.get(fault.body[:1], "text/plain")
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    return web.Response(status=fault.status, text=fault.body, content_type=content_type, headers=headers)


def _cut(request: web.Request) -> None:
    """Reset the connection: the other side reads ``ECONNRESET``, no orderly end."""
    if request.transport is None:
        return
    plug = request.transport.get_extra_info("socket")
    if plug is not None:
        plug.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    request.transport.abort()
