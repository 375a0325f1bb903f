"""Socket Mode: Slack's payloads over a connection that we open, and a watch that does not believe in silence.

Our own client, since the SDK's keeps a broken connection after a reconnect that failed (python-slack-sdk 1110, 1446)
and cannot be told to give up. Here a connection counts once Slack has said hello; it is left when Slack asks, when it
has been silent although we pinged, and after an hour in any case; the next one is open before the last is closed.
When connecting fails again and again the run ends with an error, so that a supervisor starts the process anew.
"""

import asyncio
import json
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from random import SystemRandom
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_bolt.response import BoltResponse

from adapters.inbound import Json, Malformed
from adapters.slack.app import SlackApp
from adapters.slack.guard import parsed
from adapters.slack.web import Rejected, Wire
from bot.errors import Disconnected, PlatformError
from bot.logs import get_logger

MOST_AT_ONCE = 200
"""Envelopes handled at the same time; more wait in the connection."""

SERVER_ERROR = 500

log = get_logger()


class Unreachable(PlatformError):
    """Slack could not be reached by Socket Mode in many attempts; whoever supervises the process may start it anew."""


@dataclass(frozen=True, slots=True)
class Timing:
    """How patient we are, in seconds; ``attempts`` fail in a row before we give up (about two minutes)."""

    hello_s: float = 10.0
    ping_s: float = 10.0
    silent_s: float = 30.0
    refresh_s: float = 3600.0
    linger_s: float = 15.0
    """How long a connection that is to be left is still listened to: Slack closes it about 10 s after its warning."""
    steady_s: float = 30.0
    """A connection that lasts so long was a good one."""
    pause_s: float = 0.5
    longest_pause_s: float = 30.0
    attempts: int = 10
    drain_s: float = 10.0
    farewell_s: float = 1.0

    def pause(self, failures: int, chance: float) -> float:
        """Return how long to wait after so many failures in a row, spread by ``chance`` between 0 and 1."""
        return min(self.longest_pause_s, self.pause_s * 2.0 ** (failures - 1)) * (0.5 + chance / 2)


@dataclass(eq=False)
class SocketMode:
    """Listens to Slack by Socket Mode for as long as ``run`` runs; ``chance`` spreads the pauses between attempts."""

    app: SlackApp
    app_token: str = field(repr=False)
    api_url: str
    timing: Timing = field(default_factory=Timing)
    chance: Callable[[], float] = field(default_factory=lambda: SystemRandom().random)
    _listening: set[asyncio.Task[None]] = field(default_factory=set, init=False, repr=False)

    async def run(self) -> None:
        """Listen until cancelled, then finish what has begun; raises ``Unreachable`` or ``Disconnected`` if it cannot."""
        wire = Wire(self.api_url)
        async with aiohttp.ClientSession(trust_env=not self._imitated) as session:
            try:
                await self._keep_connected(wire, session)
            finally:
                await self._end()
                await wire.aclose()

    @property
    def _imitated(self) -> bool:
        """Whether Slack is imitated on this machine, for only there may its address be plain."""
        return urlsplit(self.api_url).scheme == "http"

    async def _keep_connected(self, wire: Wire, session: aiohttp.ClientSession) -> None:
        failures, now = 0, asyncio.get_running_loop().time
        while failures < self.timing.attempts:
            if failures:
                await asyncio.sleep(self.timing.pause(failures, self.chance()))
            failures += 1
            try:
                line = await self._connected(wire, session)
            except Disconnected:
                raise  # no further attempt mends a token that Slack does not take
            except (PlatformError, aiohttp.ClientError, OSError) as error:  # a TimeoutError is an OSError
                log.warning("slack.not_connected", error=type(error).__name__, attempt=failures)
            else:
                connected = now()
                await line.left.wait()
                failures = 0 if now() - connected >= self.timing.steady_s else failures
        raise Unreachable(f"no lasting connection in {failures} attempts")

    async def _connected(self, wire: Wire, session: aiohttp.ClientSession) -> "_Line":
        """Open a connection and wait until Slack says hello on it."""
        answer = await wire.post("apps.connections.open", {}, f"Bearer {self.app_token}")
        patience = aiohttp.ClientWSTimeout(ws_close=self.timing.farewell_s)
        async with asyncio.timeout(self.timing.hello_s):
            ws = await session.ws_connect(self._url(answer), autoping=False, timeout=patience)
        line = _Line(ws, self.app, self.timing)
        listening = asyncio.create_task(line.listen())
        self._listening.add(listening)
        listening.add_done_callback(self._listening.discard)
        try:
            async with asyncio.timeout(self.timing.hello_s):
                await line.greeted.wait()
        except TimeoutError:
            listening.cancel()
            raise
        if line.left.is_set():
            raise Rejected("no_hello")
        log.info("slack.connected")
        return line

    def _url(self, answer: Json) -> str:
        url = answer.get("url")
        to = urlsplit(url if isinstance(url, str) else "")
        here = self._imitated and to.scheme == "ws" and to.hostname == urlsplit(self.api_url).hostname
        if to.scheme != "wss" and not here:
            raise Rejected("invalid_url")
        return to.geturl()

    async def _end(self) -> None:
        """Read no further; each connection still acknowledges what it has begun, and what it has not Slack sends again."""
        ending = list(self._listening)
        for listening in ending:
            listening.cancel()
        if ending:
            await asyncio.wait(ending)


@dataclass(eq=False)
class _Line:
    """One connection: ``greeted`` once Slack said hello, ``left`` once another one is needed (or it is closed)."""

    ws: aiohttp.ClientWebSocketResponse
    app: SlackApp
    timing: Timing
    greeted: asyncio.Event = field(default_factory=asyncio.Event)
    left: asyncio.Event = field(default_factory=asyncio.Event)
    _until: asyncio.Timeout = field(default_factory=lambda: asyncio.timeout(None))
    _handling: set[asyncio.Task[None]] = field(default_factory=set)

    async def listen(self) -> None:
        """Take what comes until the connection is closed, silent or no longer wanted; then end in order."""
        loop = asyncio.get_running_loop()
        pinging = loop.create_task(self._ping())
        refresh = loop.call_later(self.timing.refresh_s, self._leave)
        try:
            async with self._until:
                await self._read()
        except TimeoutError:
            log.info("slack.connection_left")
        except Exception:
            log.exception("slack.connection_failed")
        finally:
            refresh.cancel()
            pinging.cancel()
            self.left.set()
            self.greeted.set()  # nobody need wait for it any longer
            if self._handling:
                await asyncio.wait(self._handling, timeout=self.timing.drain_s)
            await self.ws.close()

    def _leave(self) -> None:
        """Have the next connection opened, and listen to this one only for as long as that takes."""
        if not self.left.is_set():
            self.left.set()
            self._until.reschedule(asyncio.get_running_loop().time() + self.timing.linger_s)

    async def _ping(self) -> None:
        with suppress(ConnectionError, aiohttp.ClientError):  # the reader sees that it is closed
            while True:
                await asyncio.sleep(self.timing.ping_s)
                await self.ws.ping()

    async def _read(self) -> None:
        while True:
            try:
                message = await self.ws.receive(timeout=self.timing.silent_s)
            except TimeoutError:
                log.warning("slack.silent")
                return
            match message.type:
                case aiohttp.WSMsgType.TEXT:
                    await self._take(message.data)
                case aiohttp.WSMsgType.PING:
                    await self.ws.pong(message.data)
                case aiohttp.WSMsgType.PONG:
                    pass
                case _:
                    return

    async def _take(self, text: str) -> None:
        try:
            said = parsed(text.encode(errors="surrogatepass"), "application/json")
        except Malformed as error:
            log.warning("slack.turned_away", reason=str(error))
            return
        match said:
            case {"type": "hello"}:
                self.greeted.set()
            case {"type": "disconnect"}:
                self._leave()
            case {"envelope_id": str(envelope), "payload": dict(payload)}:
                await self._begin(self._handle(envelope, payload))
            case _:
                pass  # a kind of message that we do not know

    async def _begin(self, handling: Coroutine[Any, Any, None]) -> None:
        """Handle an envelope beside the others; when there are too many, read on only when one is done."""
        task = asyncio.create_task(handling)
        self._handling.add(task)
        task.add_done_callback(self._handling.discard)
        if len(self._handling) >= MOST_AT_ONCE:
            await asyncio.wait(self._handling, return_when=asyncio.FIRST_COMPLETED)

    async def _handle(self, envelope: str, payload: Json) -> None:
        """Acknowledge what was committed or is of no form; what we failed to handle Slack brings again."""
        response = await self.app.dispatch(payload)
        if response.status >= SERVER_ERROR:
            return
        try:
            await self.ws.send_json({"envelope_id": envelope} | _payload(response))
        except (ConnectionError, aiohttp.ClientError):
            log.warning(
                "slack.not_acknowledged"
            )  # it comes again over the next connection, and changes nothing


def _payload(response: BoltResponse) -> Json:
    """Return what an acknowledgement carries, as it would stand in the body of an HTTP response."""
    if not response.body:
        return {}
    try:
        said = json.loads(response.body)
    except ValueError:
        said = None
    return {"payload": said if isinstance(said, dict) else {"text": response.body}}
