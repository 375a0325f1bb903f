"""A connector that answers by a script: one answer after the other, whatever is asked; the last one again and again."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from adapters.teams.connector import Connector
from adapters.teams.limiter import Limiter
from adapters.teams.references import Reference

Json = dict[str, Any]
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]

FIRST = "t1"
"""The token at the beginning."""

TENANT = "7b1f2a64-0000-4000-8000-000000000001"
USER = "0d5c9f12-0000-4000-8000-0000000000a1"
ANA = Reference(
    tenant=TENANT,
    user=USER,
    service_url="https://smba.example/emea/",
    conversation="a:1-ana",
    bot="28:bot",
    member="29:ana",
    time_zone="Europe/Madrid",
    locale="es-ES",
)


@dataclass(frozen=True)
class Call:
    """What was asked: how, the raw path behind the service's address, the query, the body, the headers."""

    method: str
    path: str
    query: Mapping[str, str]
    body: Any
    headers: Mapping[str, str]

    @property
    def token(self) -> str:
        return self.headers.get("Authorization", "").removeprefix("Bearer ")


def ok(status: int = 201, **data: Any) -> Answer:
    return body(status, json.dumps(data))


def no(status: int, code: str = "", **headers: str) -> Answer:
    return body(status, json.dumps({"error": {"code": code, "message": f"{code}."}}), **headers)


def body(status: int, text: str, **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, text=text, content_type="application/json", headers=named)

    return answer


async def reset(request: web.Request) -> web.StreamResponse:
    """Lose the connection after the request was read."""
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def hang(_: web.Request) -> web.StreamResponse:
    await asyncio.Event().wait()
    return web.Response()


class Scripted:
    """Listens on this machine while it is entered; ``calls`` is what it was asked."""

    def __init__(self, *answers: Answer) -> None:
        self.answers = list(answers)
        self.calls: list[Call] = []
        self.connections: set[object] = set()
        self.base = ""

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=2**22)
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.base = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    @property
    def service_url(self) -> str:
        return f"{self.base}/emea/"

    def here(self, reference: Reference = ANA, **changes: Any) -> Reference:
        """Return a reference whose service this is."""
        return replace(reference, service_url=self.service_url, **changes)

    def connector(self, token: str = FIRST, **options: Any) -> Connector:
        async def given() -> str:
            return token

        return Connector(given, self.service_url.__eq__, options.pop("limiter", Limiter()), **options)

    def asked(self) -> list[str]:
        return [f"{call.method} {call.path}" for call in self.calls]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.connections.add(request.transport)
        text = await request.text()
        path = request.raw_path.partition("?")[0].removeprefix("/emea/")
        read = json.loads(text) if text else None
        self.calls.append(Call(request.method, path, dict(request.query), read, request.headers))
        return await (self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])(request)
