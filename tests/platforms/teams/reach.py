"""How Teams reaches the app: signed activities posted to its endpoint, again if it is too slow."""

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import aiohttp

from tests.platforms.teams.people import Json
from tests.platforms.teams.world import World

PATIENCE_S = 15.0
"""After which Teams gives an answer up, and delivers again what is no invoke."""


@dataclass(frozen=True)
class Answer:
    """What the app answered: status, body (read as JSON where it is), and how long it took."""

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
    """One activity that the app was told."""

    activity: Json
    answer: Answer


class Reach:
    """Delivers to the app's ``url``; remembers everything in ``sent``. ``copies`` delivers each so often at once.

    ``doubled`` says of what is no invoke whether it is delivered once more at the same time, as Teams may do.
    """

    def __init__(self, world: World) -> None:
        self.world = world
        self.url = ""
        self.patience_s = PATIENCE_S
        self.copies = 1
        self.doubled: Callable[[], bool] = lambda: False
        self.sent: list[Sent] = []
        self._session: aiohttp.ClientSession | None = None

    def open(self) -> None:
        self._session = aiohttp.ClientSession()

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def deliver(self, activity: Json) -> Answer:
        """Tell the app and return its (first) answer; what is too slow and no invoke is delivered once more."""
        copies = self.copies + (activity["type"] != "invoke" and self.doubled())
        answer, *_ = await asyncio.gather(*(self._once(activity) for _ in range(copies)))
        if answer.failed == "timeout" and activity["type"] != "invoke":
            answer = await self._once(activity)
        return answer

    async def again(self, which: int = -1) -> Answer:
        """Deliver once more what was delivered before: the same activity, with a token of its own."""
        return await self._once(deepcopy(self.sent[which].activity))

    async def raw(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Post these bytes under these headers, signed or not."""
        if self._session is None:
            raise RuntimeError("the fake is not running")
        began = time.perf_counter()
        patience = aiohttp.ClientTimeout(total=self.patience_s)
        try:
            async with self._session.post(
                self.url, data=BytesIO(body), headers=headers, timeout=patience, allow_redirects=False
            ) as response:
                text = await response.text()
                failed = "" if 200 <= response.status < 300 else "http_error"
                return Answer(response.status, _read(text), _ms(began), failed, response.headers)
        except TimeoutError:
            return Answer(0, None, _ms(began), "timeout")
        except aiohttp.ClientError:
            return Answer(0, None, _ms(began), "connection_failed")

    def signed(self, activity: Json, **claims: Any) -> dict[str, str]:
        """Return the headers that prove who tells this."""
        service_url = str(activity.get("serviceUrl", self.world.service_url))
        token = self.world.signing.token(self.world.app_id, service_url, **claims)
        return {"Authorization": f"Bearer {token}", "Content-Type": "application/json; charset=utf-8"}

    async def _once(self, activity: Json) -> Answer:
        answer = await self.raw(json.dumps(activity).encode(), self.signed(activity))
        self.sent.append(Sent(activity, answer))
        return answer


def _read(text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def _ms(began: float) -> float:
    return (time.perf_counter() - began) * 1000
