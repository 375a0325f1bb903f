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
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
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

RESPONSE_URL = "response_url"
"""The name under which calls of a response URL stand in the history and can be given faults."""


class FakeSlack(World):
    """A running Slack; ``url`` is what the app's client takes as its base."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.socket = SocketMode(self)
        self.reach = Reach(self, self.socket)
        self.events = Events(self, self.reach)
        self.emit = self.events.soon
        self.peers: set[tuple[str, int]] = set()
        """Every connection that the Web API was called over."""
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
        return Person(self, self.reach, self.events, user)

    async def start(self, port: int = 0) -> Self:
        self._loop = asyncio.get_running_loop()
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=16 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/{kind:actions|commands}/{team}/{number}/{token}", self._respond)
        app.router.add_get("/oauth/v2/authorize", self._authorize)
        app.router.add_get("/link/", self.socket.accept)
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
        if self._loop is None:
            raise RuntimeError("the fake is not running")
        return asyncio.run_coroutine_threadsafe(call, self._loop).result(within_s)

    async def _api(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        peer = request.transport.get_extra_info("peername") if request.transport else None
        if peer:
            self.peers.add(peer[:2])
        fault = self.faults.take(method)
        arguments: Json = {}
        team = ""
        try:
            arguments = await web_api.read(request)
            grant = web_api.caller(self, method, str(arguments.pop("token", "")))
            team = grant.team
            if fault is not None and not fault.accepted:
                self._note(team, method, arguments, fault.name)
                return await self._fails(request, fault)
            wait = self.limits.wait(method, team, self.place(str(arguments.get("channel") or "")))
            if wait:
                self._note(team, method, arguments, "ratelimited")
                return _slower(wait)
            answer = web_api.METHODS[method].act(self, grant, arguments)
        except Refusal as no:
            self._note(team, method, arguments, no.code)
            return web.json_response({"ok": False, "error": no.code, **no.more})
        self._note(team, method, arguments, fault.name if fault else "ok", accepted=True, answer=answer)
        if fault is not None:
            return await self._fails(request, fault)
        scopes = ",".join(sorted(grant.scopes or ()))
        return web.json_response({"ok": True, **answer}, headers={"X-OAuth-Scopes": scopes})

    async def _respond(self, request: web.Request) -> web.StreamResponse:
        """Serve a response URL: it asks for no token and knows no tier, but its uses are counted."""
        fault = self.faults.take(RESPONSE_URL)
        body: Json = {}
        team = request.match_info["team"]
        try:
            body = await web_api.read(request)
            if fault is not None and not fault.accepted:
                self._note(team, RESPONSE_URL, body, fault.name)
                return await self._fails(request, fault)
            hook = self.tickets.use(request.match_info["token"])
            hooks.respond(self, hook, body)
        except Refusal as no:
            self._note(team, RESPONSE_URL, body, no.code)
            gone = no.code in {"used_url", "expired_url", "no_service", "message_not_found"}
            return web.json_response({"ok": False, "error": no.code, **no.more}, status=404 if gone else 400)
        place = {"channel": hook.channel}
        outcome = fault.name if fault else "ok"
        self._note(team, RESPONSE_URL, body | place, outcome, accepted=True, answer=place)
        if fault is not None:
            return await self._fails(request, fault)
        return web.json_response({"ok": True})

    async def _authorize(self, request: web.Request) -> web.StreamResponse:
        try:
            target = oauth.authorize(self, dict(request.query))
        except Refusal as no:
            return web.Response(status=400, text=no.code)
        return web.Response(status=302, headers={"Location": target})

    def _note(
        self,
        team: str,
        method: str,
        arguments: Json,
        outcome: str,
        *,
        accepted: bool = False,
        answer: Json | None = None,
    ) -> None:
        channel = str((answer or {}).get("channel") or arguments.get("channel") or "")
        place = self.place(channel)
        dm = place[:1] in {"", "U", "W"} or bool(self._is_dm(channel))
        kept = ("ts", "message_ts", "channel")
        result: Json = {name: value for name, value in (answer or {}).items() if name in kept}
        call = Call(self.now(), team, method, arguments, outcome, accepted, place, dm, result=result)
        self.history_of_calls.add(call)
        self.touch()

    def _is_dm(self, channel: str) -> bool:
        return any(w.channels[channel].is_dm for w in self.workspaces.values() if channel in w.channels)

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


def _slower(wait: int) -> web.Response:
    body = {"ok": False, "error": "ratelimited"}
    return web.json_response(body, status=429, headers={"Retry-After": str(wait)})


def _said(fault: Fault) -> web.Response:
    content_type = "text/html" if fault.body.startswith("<") else "application/json"
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
