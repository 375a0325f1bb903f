"""The doors of a running local platform, knocked on from a test without ``async``."""

import asyncio
import io
import json
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import ClientResponse, ClientSession
from aiohttp.test_utils import TestServer

from adapters.local import LocalPlatform, Preview
from adapters.page import as_slack
from bot.talk.cards import Card
from bot.talk.platform import Address, DeliveryId, Receipt
from tests.adapters.local import fakes

Json = dict[str, Any]
T = TypeVar("T")


def address(user: str) -> Address:
    return Address("local", "local", user)


@dataclass
class Answer:
    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Json:
        return json.loads(self.text)

    @property
    def error(self) -> Json:
        return self.json["error"]

    @property
    def messages(self) -> list[Json]:
        assert self.status == 200, self.text
        return self.json["messages"]


@dataclass
class Doorstep:
    """A platform with its page, people and bot, served on a free port."""

    log: Path
    controls: fakes.FakeControls = field(default_factory=fakes.FakeControls)
    bot: fakes.FakeBot = field(default_factory=fakes.FakeBot)
    reasons: list[str] = field(default_factory=list)
    previews: Mapping[str, Preview] = field(default_factory=lambda: {"slack": as_slack})
    deliveries: int = 0

    def __post_init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.platform = LocalPlatform(self.log, self.controls, self._ready, previews=self.previews)
        self.server = TestServer(self.platform.app(self.bot.handle))
        self.do(self._open())

    async def _ready(self) -> list[str]:
        return self.reasons

    async def _open(self) -> None:
        await self.server.start_server()
        self.session = ClientSession(base_url=self.server.make_url("/"))

    def close(self) -> None:
        self.do(self.session.close())
        self.do(self.server.close())
        self.platform.close()
        self.loop.close()

    def do(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(asyncio.wait_for(coroutine, 10))

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return self.do(self.ask("GET", path, headers=headers))

    def post(self, path: str, body: object, headers: Mapping[str, str] | None = None) -> Answer:
        return self.raw(path, json.dumps(body).encode(), headers)

    def raw(self, path: str, body: bytes, headers: Mapping[str, str] | None = None) -> Answer:
        return self.do(
            self.ask("POST", path, body, {"Content-Type": "application/json"} | dict(headers or {}))
        )

    async def ask(
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> Answer:
        async with self.session.request(
            method, path, data=io.BytesIO(body) if body else None, headers=headers
        ) as response:
            return Answer(response.status, await response.text(), response.headers)

    def send(self, user: str, card: Card, delivery: str = "") -> Receipt:
        self.deliveries += 1
        name = DeliveryId(delivery or f"d{self.deliveries}")
        return self.do(self.platform.send(address(user), card, name))

    def standing(self, user: str) -> list[Json]:
        return self.get(f"/local/messages?as={user}").messages

    def say(self, user: str, text: str) -> list[Json]:
        return self.post("/local/say", {"as": user, "text": text}).messages

    def press(self, user: str, message: str, button: str, **more: str) -> Answer:
        return self.post("/local/press", {"as": user, "message": message, "button": button, **more})

    def preview(self, user: str, message: str, platform: str = "slack") -> Answer:
        return self.get(f"/local/preview?as={user}&message={message}&platform={platform}")

    def submit(self, user: str, message: str, **values: str) -> Answer:
        return self.post("/local/submit", {"as": user, "message": message, "values": values})


async def events(response: ClientResponse, n: int) -> list[tuple[str, str, Any]]:
    """Read the next ``n`` server-sent events as (id, name, data)."""
    found: list[tuple[str, str, Any]] = []
    lines: dict[str, str] = {}
    while len(found) < n:
        line = (await asyncio.wait_for(response.content.readline(), 5)).decode().rstrip("\n")
        if line:
            name, _, value = line.partition(": ")
            lines[name] = value
        else:
            found.append((lines.get("id", ""), lines["event"], json.loads(lines["data"])))
            lines = {}
    return found
