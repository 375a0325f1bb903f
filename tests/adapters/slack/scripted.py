"""A Slack that answers by a script: one answer after the other, whatever is asked; the last one again and again."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

Json = dict[str, Any]
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Call:
    """What was asked: the path's last part, the form's or the body's fields (structures read), the headers."""

    method: str
    fields: Json
    headers: Mapping[str, str]


def ok(**data: Any) -> Answer:
    return body(200, json.dumps({"ok": True, **data}))


def no(code: str, **headers: str) -> Answer:
    return body(200, json.dumps({"ok": False, "error": code}), **headers)


def body(status: int, text: str, content_type: str = "application/json", **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=status, text=text, content_type=content_type, headers=named)

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

    def __init__(self, *answers: Answer, port: int = 0) -> None:
        self.answers = list(answers)
        self.by_method: dict[str, list[Answer]] = {}
        """Scripts of their own for some methods."""
        self.calls: list[Call] = []
        self.connections: set[object] = set()
        self.url = ""
        self._port = port

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}/api/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    def methods(self) -> list[str]:
        return [call.method for call in self.calls]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        self.connections.add(request.transport)
        method = request.path.rpartition("/")[2]
        self.calls.append(Call(method, await _fields(request), request.headers))
        script = self.by_method.get(method, self.answers)
        return await (script.pop(0) if len(script) > 1 else script[0])(request)


async def _fields(request: web.Request) -> Json:
    if request.content_type == "application/json":
        read: Json = await request.json()
        return read
    return {name: _structure(str(value)) for name, value in (await request.post()).items()}


def _structure(value: str) -> Any:
    return json.loads(value) if value[:1] in {"{", "["} else value
