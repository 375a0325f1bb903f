"""The token that the connector is called with: from a client secret or a managed identity, renewed before it ends.

MSAL knows how; it blocks, so it runs in a thread of its own, with a time-out (trap T5). No token and no secret ever
stands in a ``repr`` or in the text of an error.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import msal
import requests

from adapters.teams.connection import Connection, is_loopback
from bot.clock import Clock, SystemClock
from bot.errors import Disconnected, TryLater
from bot.logs import get_logger

SCOPE = "https://api.botframework.com/.default"

RESOURCE = "https://api.botframework.com"

DUE = timedelta(minutes=10)
"""A token is renewed when less than this is left of its hour, while the old one is still used."""

REST = timedelta(minutes=1)
"""How long nobody tries again to renew a token that is still good."""

TIMEOUT_S = 10.0
"""How long we wait for a token; the thread may take as long again to notice."""

SHUT = frozenset(
    {"invalid_client", "unauthorized_client", "invalid_grant", "invalid_scope", "invalid_request"}
)
"""Refusals that only somebody with access to the app registration can end."""

log = get_logger()

Acquire = Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Grant:
    value: str = field(repr=False)
    ends: datetime


class Tokens:
    """One token for all calls; whoever needs it while it is being renewed gets the one that is still good."""

    def __init__(
        self, connection: Connection, clock: Clock | None = None, *, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._clock = clock or SystemClock()
        self._timeout_s = timeout_s
        self._http = _Http(connection, timeout_s)
        self._acquire = _acquiring(connection, self._http)
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="teams-token")
        self._grant: Grant | None = None
        self._rests_until: datetime | None = None
        self._renewal: asyncio.Task[Grant] | None = None

    async def warm(self) -> None:
        """Get a token before the first message needs it; a failure is logged and told to whoever needs it."""
        try:
            await self.token()
        except (TryLater, Disconnected):
            return

    async def token(self) -> str:
        """Return a token; raises ``TryLater`` or, if the app is not let in, ``Disconnected``."""
        now, grant = self._clock.now(), self._grant
        if grant is not None and now < grant.ends:
            if grant.ends - now < DUE and (self._rests_until is None or now >= self._rests_until):
                self._begin()
            return grant.value
        return (await asyncio.shield(self._begin())).value

    async def renew(self, spent: str) -> str:
        """Return another token than the one that was refused."""
        if self._grant is not None and self._grant.value == spent:
            self._grant = None
        return await self.token()

    async def aclose(self) -> None:
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.wait([self._renewal])
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._http.close()

    def _begin(self) -> "asyncio.Task[Grant]":
        if self._renewal is None:
            self._renewal = asyncio.create_task(self._renewed())
            self._renewal.add_done_callback(_heard)
        return self._renewal

    async def _renewed(self) -> Grant:
        asked_at = self._clock.now()
        try:
            loop = asyncio.get_running_loop()
            async with asyncio.timeout(self._timeout_s):
                said = await loop.run_in_executor(self._thread, self._acquire)
            self._grant = _granted(said, asked_at)
        except Disconnected as shut:
            log.warning("teams.no_token", reason=shut.reason)
            raise
        except Exception as error:
            log.warning("teams.no_token", exc_info=error)
            raise TryLater("no_token") from None  # a cause might hold what was asked
        else:
            return self._grant
        finally:
            self._rests_until, self._renewal = asked_at + REST, None


def _granted(said: dict[str, Any], asked_at: datetime) -> Grant:
    token, seconds = said.get("access_token"), said.get("expires_in")
    if isinstance(token, str) and token and isinstance(seconds, int):
        return Grant(token, asked_at + timedelta(seconds=seconds))
    code = str(said.get("error"))
    if code in SHUT:
        raise Disconnected(code)
    raise TryLater("no_token")


def _acquiring(connection: Connection, http: "_Http") -> Acquire:
    """Return what asks for a new token, not one of MSAL's cache: we keep it ourselves."""

    def by_secret() -> dict[str, Any]:
        client = msal.ConfidentialClientApplication(
            connection.app_id,
            client_credential=connection.secret,
            authority=http.encrypted(f"{connection.login_url.rstrip('/')}/{connection.home}"),
            http_client=http,
            instance_discovery=False,
        )
        return dict(client.acquire_token_for_client(scopes=[SCOPE]) or {})

    def by_identity() -> dict[str, Any]:
        identity = msal.UserAssignedManagedIdentity(client_id=connection.app_id)
        client = msal.ManagedIdentityClient(identity, http_client=http)
        return dict(client.acquire_token_for_client(resource=RESOURCE) or {})

    return by_identity if connection.kind == "managed_identity" else by_secret


class _Http:
    """The network for MSAL: with a time-out, following nobody elsewhere.

    MSAL insists on https. A login that is imitated on this machine has none, so its addresses are made plain here.
    """

    def __init__(self, connection: Connection, timeout_s: float) -> None:
        login = urlsplit(connection.login_url)
        self._plain = login.netloc if login.scheme == "http" else ""
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = connection.kind == "secret" and not is_loopback(login.hostname or "")

    def encrypted(self, url: str) -> str:
        return url.replace("http://", "https://", 1)

    def get(self, url: str, **more: Any) -> requests.Response:
        return self._asked("GET", url, **more)

    def post(self, url: str, **more: Any) -> requests.Response:
        return self._asked("POST", url, **more)

    def close(self) -> None:
        self._session.close()

    def _asked(self, method: str, url: str, **more: Any) -> requests.Response:
        if self._plain and url.startswith(f"https://{self._plain}/"):
            url = url.replace("https://", "http://", 1)
        more |= {"timeout": self._timeout_s, "allow_redirects": False}
        return self._session.request(method, url, **more)


def _heard(renewal: "asyncio.Task[Grant]") -> None:
    """Look at how a renewal ended that nobody waits for; it has been logged."""
    if not renewal.cancelled():
        renewal.exception()
