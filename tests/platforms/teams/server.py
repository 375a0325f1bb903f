"""A Teams of our own on loopback: the connector, the keys it signs by, the place to get tokens, and people who use it.

It behaves like Teams as far as a bot like ours can tell. What it does **not** imitate:

- a live tenant: every field and answer is as documented or seen in samples, none was compared with a real one;
- cards: what is valid says the ``validate`` that it is given; without one everything passes. Nothing is drawn, and
  a person finds every action and input of a card, also those that a client would hide;
- messages: no markdown is parsed, no files, cards of other kinds, message extensions, tabs, meetings, SSO; targeted
  messages do not vanish after 24 hours; ``messageUpdate``, read receipts and reactions tell nobody but the bot;
- limits: those per conversation and tenant, for one app; not those for all bots of a thread together;
- refusals: the codes are documented, their sentences are ours; ``feedLoop`` and ``refresh`` are not acted upon;
- tokens: signed activities go by the machine's own clock, and a token for the connector never runs out by itself;
- conversations: one team with one channel each; no calls, no guests of other tenants, no other clouds;
- TLS: everything is plain HTTP on this machine.
"""

import asyncio
import json
import threading
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import Any, Self, TypeVar

from aiohttp import web

from tests.platforms.slack.server import _cut as cut
from tests.platforms.teams import connector, login
from tests.platforms.teams.connector import Asked
from tests.platforms.teams.errors import Refusal, bad
from tests.platforms.teams.faults import Fault
from tests.platforms.teams.history import Call
from tests.platforms.teams.people import Conversation, Json
from tests.platforms.teams.person import Person
from tests.platforms.teams.reach import Reach
from tests.platforms.teams.world import REGION, World

T = TypeVar("T")

ROUTES = (
    ("POST", "", "create"),
    ("POST", "/{conversation}/activities", "post"),
    ("POST", "/{conversation}/activities/{of}", "post"),
    ("PUT", "/{conversation}/activities/{of}", "update"),
    ("DELETE", "/{conversation}/activities/{of}", "delete"),
    ("GET", "/{conversation}/members", "all_members"),
    ("GET", "/{conversation}/pagedmembers", "members"),
    ("GET", "/{conversation}/members/{of}", "member"),
)
"""A message goes to ``/activities`` and to ``/activities/{id}`` alike, whether that activity exists or not (T17)."""


class FakeTeams(World):
    """A running Teams; the app is told ``openid_url``, ``login_url``, ``app_id``, ``secret`` and ``tenant``."""

    def __init__(self, **more: Any) -> None:
        super().__init__(**more)
        self.reach = Reach(self)
        self.doors: Callable[[web.Application], None] = lambda _app: None
        """Adds more routes before the server starts."""
        self.travel: Callable[[], float] = lambda: 0.0
        """How many seconds each call of the connector is on its way."""
        self.gate: asyncio.Event | None = None
        """While it is there and not set, keys and discovery documents are not answered."""
        self._persons: dict[str, Person] = {}
        self._runner: web.AppRunner | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closing = asyncio.Event()

    @property
    def messages_url(self) -> str:
        """Where the app takes activities."""
        return self.reach.url

    @messages_url.setter
    def messages_url(self, url: str) -> None:
        self.reach.url = url

    def person(self, user: str) -> Person:
        """Return the human being behind an account, always the same one."""
        if user not in self._persons:
            self._persons[user] = Person(self, self.reach, self.users[user])
        return self._persons[user]

    async def start(self, port: int = 0) -> Self:
        self._loop = asyncio.get_running_loop()
        self._closing = asyncio.Event()
        app = web.Application(client_max_size=16 * 1024 * 1024)
        for method, path, name in ROUTES:
            app.router.add_route(method, f"{REGION}/v3/conversations{path}", self._connector(name))
        app.router.add_get("/v1/.well-known/openidconfiguration", self._openid)
        app.router.add_get("/v1/.well-known/keys", self._keys)
        app.router.add_get("/{tenant}/v2.0/.well-known/openid-configuration", self._tenant)
        app.router.add_post("/{tenant}/oauth2/v2.0/token", self._token)
        app.router.add_get("/msi/token", self._managed)
        self.doors(app)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        self.reach.open()
        return self

    async def stop(self) -> None:
        self._closing.set()
        if self.gate is not None:
            self.gate.set()
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
        thread = threading.Thread(target=loop.run_forever, name="fake-teams", daemon=True)
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

    def _connector(self, name: str) -> Callable[[web.Request], Coroutine[Any, Any, web.StreamResponse]]:
        async def answered(request: web.Request) -> web.StreamResponse:
            matched = request.match_info
            asked = Asked(name, matched.get("conversation", ""), matched.get("of", ""), {}, {**request.query})
            try:
                fault = self.faults.take(name.removeprefix("all_"))
                status, body = await self._asked(request, asked, fault)
            except Refusal as no:
                no.__traceback__ = None  # some are constants, and would keep every world that has raised them
                self._note(asked, no.code, accepted=False)
                return web.json_response(no.body, status=no.status, headers=no.headers)
            if fault is not None:
                return await self._fails(request, fault)
            return web.Response(status=status) if body is None else web.json_response(body, status=status)

        return answered

    async def _asked(self, request: web.Request, asked: Asked, fault: Fault | None) -> tuple[int, Any]:
        asked.body = await _read(request)
        await asyncio.sleep(self.travel())
        if not self.allowed(request.headers.get("Authorization", "").removeprefix("Bearer ")):
            raise Refusal(401, "Unauthorized", "Authorization has been denied for this request.")
        if fault is not None and not fault.accepted:
            self._note(asked, fault.name, accepted=False)
            return 0, None
        place = self._place(asked)
        tenant = place.tenant if place else self.tenant
        if wait := self.limits.wait(asked.name, tenant, asked.conversation.partition(";")[0]):
            raise Refusal(429, "TooManyRequests", "API calls quota exceeded!", after=wait)
        status, body = connector.act(self, asked)
        self._note(asked, fault.name if fault else "ok", accepted=True)
        return status, body

    def _place(self, asked: Asked) -> Conversation | None:
        return self.conversations.get(asked.conversation.partition(";")[0])

    def _note(self, asked: Asked, outcome: str, *, accepted: bool) -> None:
        place = self._place(asked)
        name = asked.name.removeprefix("all_")
        call = Call(
            self.now(),
            name,
            outcome,
            accepted,
            place.tenant if place else self.tenant,
            asked.conversation,
            place.user if place else "",
            asked.body if name in {"post", "update"} else {},
            asked.made,
            asked.of,
            asked.targeted,
            public=place is not None and place.kind != "personal" and not asked.targeted,
        )
        self.history_of_calls.add(call)
        self.touch()

    async def _openid(self, request: web.Request) -> web.StreamResponse:
        return await self._published(request, "openid", login.openid(self))

    async def _keys(self, request: web.Request) -> web.StreamResponse:
        return await self._published(request, "keys", self.signing.jwks())

    async def _published(self, request: web.Request, name: str, document: Json) -> web.StreamResponse:
        self.fetched.append(name)
        self.touch()
        if self.gate is not None:
            await self.gate.wait()
        fault = self.faults.take(name)
        return web.json_response(document) if fault is None else await self._fails(request, fault)

    async def _tenant(self, request: web.Request) -> web.StreamResponse:
        return web.json_response(login.tenant(self, request.match_info["tenant"]))

    async def _token(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults.take("token")
        if fault is not None:
            return await self._fails(request, fault)
        asked = {name: str(value) for name, value in (await request.post()).items()}
        return login.credentials(self, request.match_info["tenant"], asked)

    async def _managed(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults.take("token")
        if fault is not None:
            return await self._fails(request, fault)
        return login.managed(self, {**request.query}, request.headers.get("X-IDENTITY-HEADER", ""))

    async def _fails(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        """End a call the way the fault says."""
        match fault.kind:
            case "hang" | "hang_after":
                await self._closing.wait()
            case "reset" | "reset_after":
                pass
            case _:
                return _said(fault)
        cut(request)
        return web.Response(status=500)


async def _read(request: web.Request) -> Json:
    if not request.can_read_body:
        return {}
    try:
        body = json.loads(await request.read())
    except ValueError as error:
        raise bad("no JSON") from error
    if not isinstance(body, dict):
        raise bad("no object")
    return body


def _said(fault: Fault) -> web.Response:
    kinds = {"<": "text/html", "{": "application/json"}
    content_type = fault.content_type or kinds.get(fault.body[:1], "text/plain")
    headers = {"Retry-After": fault.retry_after} if fault.retry_after else {}
    return web.Response(status=fault.status, text=fault.body, content_type=content_type, headers=headers)
