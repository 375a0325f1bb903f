"""The one web server of the process: whether it lives, whether it is ready, and what platforms mount beside that."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, runtime_checkable

from aiohttp import web

from bot.talk.platform import Handle

Readiness = Callable[[], Awaitable[Sequence[str]]]
"""Answers with the reasons why the service is not ready; none means ready."""

LIMIT = 1024 * 1024
"""Bytes that a request may have."""

GOODBYE_S = 1.0
"""How long a stop waits for requests that are being served."""


@runtime_checkable
class Mounting(Protocol):
    """A platform that is reached over HTTP."""

    def mount(self, app: web.Application, handle: Handle) -> None: ...


@dataclass(frozen=True, slots=True)
class Server:
    """Where the process answers over HTTP, and for whom."""

    host: str
    port: int
    readiness: Readiness
    mounted: Sequence[Mounting] = field(default=())

    def app(self, handle: Handle) -> web.Application:
        """Return the web application; ``handle`` gets each event."""
        app = web.Application(client_max_size=LIMIT)
        app.add_routes(health_routes(self.readiness))
        for platform in self.mounted:
            platform.mount(app, handle)
        return app

    async def run(self, handle: Handle) -> None:
        """Serve until cancelled; a port that is taken raises ``OSError``."""
        await serve(self.app(handle), self.host, self.port)


def health_routes(readiness: Readiness) -> list[web.RouteDef]:
    """Return the two doors that a supervisor asks: does the process live, and can it serve."""

    async def health(_: web.Request) -> web.Response:
        return web.json_response({"status": "alive"})

    async def ready(_: web.Request) -> web.Response:
        reasons = [*await readiness()]
        told = {"status": "not ready" if reasons else "ready", "reasons": reasons}
        return web.json_response(told, status=503 if reasons else 200)

    return [web.get("/healthz", health), web.get("/readyz", ready)]


async def serve(app: web.Application, host: str, port: int) -> None:
    """Serve until cancelled; a port that is taken raises ``OSError``."""
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=GOODBYE_S)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
        await asyncio.get_running_loop().create_future()
    finally:
        await runner.cleanup()
