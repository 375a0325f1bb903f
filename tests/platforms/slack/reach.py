"""How Slack reaches the app: signed requests to its URL, or envelopes over Socket Mode."""

import asyncio
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol
from urllib.parse import urlencode

import aiohttp

from tests.platforms.slack.people import Json
from tests.platforms.slack.world import World

Kind = Literal["events_api", "interactive", "slash_commands"]

PATIENCE_S = 3.0


@dataclass(frozen=True)
class Answer:
    """What the app answered: status, body (read as JSON where it is), and how long it took.

    ``failed`` is Slack's own word for what went wrong, as in ``X-Slack-Retry-Reason``; then ``status`` may be 0.
    """

    status: int
    body: Any = None
    ms: float = 0.0
    failed: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        return not self.failed


@dataclass(frozen=True)
class Sent:
    """One thing that Slack told the app."""

    kind: Kind
    payload: Json
    retry: int
    answer: Answer


def never() -> bool:
    return False


class Line(Protocol):
    """A Socket Mode connection pool."""

    @property
    def connected(self) -> bool: ...

    async def send(self, kind: Kind, payload: Json, retry: int, reason: str, patience_s: float) -> Answer: ...


class Reach:
    """Delivers by HTTP if the app gave a ``url``, else by Socket Mode; remembers everything in ``sent``."""

    def __init__(self, world: World, line: Line) -> None:
        self.world = world
        self.line = line
        self.url = ""
        self.patience_s = PATIENCE_S
        self.doubled: Callable[[], bool] = never
        """Says of each thing that is told whether it is told twice at once, as happens when connections change."""
        self.sent: list[Sent] = []
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        self._session = aiohttp.ClientSession()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    @property
    def connected(self) -> bool:
        return bool(self.url) or self.line.connected

    async def deliver(self, kind: Kind, payload: Json, retry: int = 0, reason: str = "") -> Answer:
        """Tell the app, and say what it answered within three seconds; of a doubled one, what the first copy got."""
        copies = 2 if self.doubled() else 1
        told = (self._deliver(kind, payload, retry, reason) for _ in range(copies))
        return (await asyncio.gather(*told))[0]

    async def _deliver(self, kind: Kind, payload: Json, retry: int, reason: str) -> Answer:
        if self.url:
            answer = await self.post(kind, payload, retry, reason)
        else:
            answer = await self.line.send(kind, payload, retry, reason, self.patience_s)
        self.sent.append(Sent(kind, payload, retry, answer))
        return answer

    async def again(self, which: int = -1) -> Answer:
        """Deliver once more what was delivered before, unchanged, as if it were new."""
        sent = self.sent[which]
        return await self.deliver(sent.kind, sent.payload)

    async def post(self, kind: Kind, payload: Json, retry: int = 0, reason: str = "") -> Answer:
        content_type, body = encoded(kind, payload)
        headers = {"Content-Type": content_type, "User-Agent": "Slackbot 1.0"} | self.signed(body)
        if retry:
            headers |= {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": reason}
        return await self.raw(body, headers)

    async def raw(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post these bytes under these headers, signed or not."""
        if self._session is None:
            raise RuntimeError("the fake is not running")
        began = time.perf_counter()
        patience = aiohttp.ClientTimeout(total=self.patience_s)
        try:
            async with self._session.post(
                self.url, data=body, headers=headers, timeout=patience, allow_redirects=False
            ) as response:
                text = await response.text()
                ok = 200 <= response.status < 300
                failed = "" if ok else "http_error"
                return Answer(
                    response.status,
                    _read(text),
                    _ms(began),
                    failed,
                    response.headers,
                )
        except TimeoutError:
            return Answer(0, None, _ms(began), "http_timeout")
        except aiohttp.ClientError:
            return Answer(0, None, _ms(began), "connection_failed")

    def signed(self, body: bytes, *, at: int | None = None, secret: str = "") -> dict[str, str]:
        """Return the headers that prove who sent the body and when."""
        stamp = str(int(self.world.now()) if at is None else at)
        key = (secret or self.world.signing_secret).encode()
        mark = hmac.new(key, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={mark}"}


def encoded(kind: Kind, payload: Json) -> tuple[str, bytes]:
    """Return content type and body: JSON for events, forms for the rest."""
    if kind == "events_api":
        return "application/json", json.dumps(payload).encode()
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return "application/x-www-form-urlencoded", urlencode(fields).encode()


def _read(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def _ms(began: float) -> float:
    return (time.perf_counter() - began) * 1000


async def at_once(_seconds: float) -> None:
    """Wait for nothing but the others' turn: what tests put in place of Slack's minutes."""
    await asyncio.sleep(0)
