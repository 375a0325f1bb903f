"""Socket Mode: envelopes over a WebSocket, and the ways in which it falls silent."""

import asyncio
import json
import time
from random import Random
from typing import Any, Literal
from uuid import UUID

from aiohttp import WSMsgType, web

from tests.platforms.slack.people import Json
from tests.platforms.slack.reach import Answer, Kind
from tests.platforms.slack.world import World


class SocketMode:
    """The app's connections; each envelope goes to one of them.

    ``silence()`` keeps them open while nothing is delivered; ``deaf`` ones do not even answer a ping.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.random = Random(7)
        self.connections: list[web.WebSocketResponse] = []
        self.hellos = 0
        self.acks: list[Json] = []
        self.silent = False
        self.deaf = False
        self._waiting: dict[str, asyncio.Future[Json]] = {}

    @property
    def connected(self) -> bool:
        return bool(self.connections)

    def silence(self, *, deaf: bool = False) -> None:
        """Deliver nothing from now on, over connections that stay open."""
        self.silent, self.deaf = True, deaf

    def speak(self) -> None:
        self.silent = self.deaf = False

    async def disconnect(
        self, reason: Literal["warning", "refresh_requested", "link_disabled"] = "refresh_requested"
    ) -> None:
        """Ask the app to connect anew; after a ``warning`` the connection stays for a while."""
        for connection in list(self.connections):
            await connection.send_json(
                {"type": "disconnect", "reason": reason, "debug_info": {"host": "applink-fake"}}
            )
            if reason != "warning":
                self.connections.remove(connection)
                await connection.close()

    def drop(self) -> None:
        """Cut every connection without a word."""
        for connection in list(self.connections):
            transport = connection._req.transport if connection._req is not None else None
            if transport is not None:
                transport.abort()
        self.connections.clear()

    async def accept(self, request: web.Request) -> web.StreamResponse:
        """Take a connection for a ticket, which is good for one."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.world.links:
            return web.Response(status=401, text="invalid ticket")
        self.world.links.remove(ticket)
        connection = web.WebSocketResponse(autoping=False)
        await connection.prepare(request)
        self.connections.append(connection)
        try:
            await self._hello(connection)
            await self._listen(connection)
        finally:
            if connection in self.connections:
                self.connections.remove(connection)
            self.world.touch()
        return connection

    async def send(self, kind: Kind, payload: Json, retry: int, reason: str, patience_s: float) -> Answer:
        """Send an envelope and wait for its ack."""
        began = time.perf_counter()
        envelope = self.envelope(kind, payload, retry, reason)
        if not self.connections:
            return Answer(0, None, 0.0, "connection_failed")
        waiting = asyncio.get_running_loop().create_future()
        self._waiting[envelope["envelope_id"]] = waiting
        try:
            if not self.silent:
                await self.random.choice(self.connections).send_json(envelope)
            ack = await asyncio.wait_for(waiting, patience_s)
        except TimeoutError:
            return Answer(0, None, _ms(began), "http_timeout")
        except ConnectionError:
            return Answer(0, None, _ms(began), "connection_failed")
        finally:
            del self._waiting[envelope["envelope_id"]]
        return Answer(200, ack.get("payload"), _ms(began))

    def envelope(self, kind: Kind, payload: Json, retry: int, reason: str) -> Json:
        envelope: Json = {
            "envelope_id": str(UUID(bytes=self.random.randbytes(16), version=4)),
            "payload": payload,
            "type": kind,
            "accepts_response_payload": kind != "events_api",
        }
        return envelope | ({"retry_attempt": retry, "retry_reason": reason} if kind == "events_api" else {})

    async def _hello(self, connection: web.WebSocketResponse) -> None:
        self.hellos += 1
        await connection.send_json(
            {
                "type": "hello",
                "num_connections": len(self.connections),
                "debug_info": {
                    "host": "applink-fake",
                    "build_number": 1,
                    "approximate_connection_time": 18060,
                },
                "connection_info": {"app_id": self.world.app_id},
            }
        )
        self.world.touch()

    async def _listen(self, connection: web.WebSocketResponse) -> None:
        async for message in connection:
            if message.type == WSMsgType.PING and not self.deaf:
                await connection.pong(message.data)
            elif message.type == WSMsgType.TEXT:
                self._acked(message.data)

    def _acked(self, text: str) -> None:
        ack = _object(text)
        self.acks.append(ack)
        waiting = self._waiting.get(str(ack.get("envelope_id", "")))
        if waiting is not None and not waiting.done():
            waiting.set_result(ack)
        self.world.touch()


def _object(text: str) -> Json:
    try:
        value: Any = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _ms(began: float) -> float:
    return (time.perf_counter() - began) * 1000
