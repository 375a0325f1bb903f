"""The keys that Teams signs with: loaded beforehand, renewed beside the turns, and looked up at once if one is new."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from jwt.algorithms import RSAAlgorithm

from adapters.inbound import Turned
from adapters.teams.connection import is_loopback
from adapters.teams.guard import CHANNEL
from bot.clock import Clock, SystemClock
from bot.logs import get_logger

FRESH = timedelta(days=1)
"""After that the keys are loaded anew, while the old ones are still used."""

STALE = timedelta(days=3)
"""After that none of the old ones is believed any more."""

REST = timedelta(minutes=5)
"""How long unknown keys are only refused after one was looked up."""

RETRY = timedelta(seconds=10)
"""How long we leave alone whom we have asked in vain."""

FETCH_S = 5.0
"""How long each of the two documents may take."""

LARGEST = 1024 * 1024

log = get_logger()


@dataclass(frozen=True, slots=True)
class Key:
    """A public key, and the channels for which it may sign."""

    public_key: RSAPublicKey
    endorsements: tuple[str, ...]


@dataclass(slots=True)
class Keys:
    """The keys announced at ``url``; one that was loaded is given without waiting for anything.

    Takes the place of the SDK's own metadata, which blocks the loop without a time-out, and locks out whoever
    signs with a new key for a day (traps T4 and T5).
    """

    url: str
    clock: Clock = field(default_factory=SystemClock)
    timeout_s: float = FETCH_S
    _keys: Mapping[str, Key] = field(default_factory=dict)
    _loaded_at: datetime | None = None
    _tried_at: datetime | None = None
    _looked_up_at: datetime | None = None
    _loading: asyncio.Task[None] | None = None

    async def get(self, kid: str | None) -> Key:
        """Return the key of this name, for the channel that we serve; raises ``Turned``."""
        if self._age() >= STALE:
            if self._rested(self._tried_at, RETRY):
                await self.load()
        elif kid not in self._keys:
            await self._look_up()
        elif self._age() >= FRESH and self._rested(self._tried_at, RETRY):
            self._begin()
        if self._age() >= STALE:
            raise Turned(503, "no_keys")
        key = self._keys.get(kid or "")
        if key is None:
            raise Turned(401, "unknown_key")
        if CHANNEL not in key.endorsements:
            raise Turned(403, "endorsement")
        return key

    async def load(self) -> None:
        """Load the keys, together with whoever else wants them; a failure is logged and leaves those that we have."""
        await asyncio.shield(self._begin())

    async def aclose(self) -> None:
        if self._loading is not None:
            self._loading.cancel()
            await asyncio.wait([self._loading])

    def _begin(self) -> "asyncio.Task[None]":
        if self._loading is None:
            self._loading = asyncio.create_task(self._renew())
        return self._loading

    async def _renew(self) -> None:
        self._tried_at = self.clock.now()
        try:
            self._keys = await _announced(self.url, self.timeout_s)
        except (
            aiohttp.ClientError,
            TimeoutError,
            ValueError,
            LookupError,
            TypeError,
            RecursionError,
        ) as error:
            log.warning("teams.keys_not_loaded", exc_info=error)
        else:
            self._loaded_at = self._tried_at
            log.info("teams.keys_loaded", count=len(self._keys))
        finally:
            self._loading = None

    def _age(self) -> timedelta:
        return timedelta.max if self._loaded_at is None else self.clock.now() - self._loaded_at

    async def _look_up(self) -> None:
        """Load the keys for one that is not among them: at once, but not for every name that somebody invents."""
        rest = REST if self._tried_at == self._loaded_at else RETRY
        if self._rested(self._looked_up_at, rest):
            self._looked_up_at = self.clock.now()
            await self.load()

    def _rested(self, since: datetime | None, rest: timedelta) -> bool:
        """Say whether it is time to ask again; one who is asking already may be joined."""
        return self._loading is not None or since is None or self.clock.now() - since >= rest


async def _announced(url: str, timeout_s: float) -> Mapping[str, Key]:
    timeout = aiohttp.ClientTimeout(total=timeout_s)
    local = is_loopback(urlsplit(url).hostname or "")
    async with aiohttp.ClientSession(timeout=timeout, trust_env=not local) as session:
        document = await _document(session, url)
        where = document["jwks_uri"]
        if not isinstance(where, str) or not (where.startswith("https://") or _origin(where) == _origin(url)):
            raise ValueError("the keys must be announced at an encrypted address")
        published = (await _document(session, where))["keys"]
    found = dict(filter(None, map(_key, published)))
    if not found:
        raise ValueError("no key was announced")
    return found


async def _document(session: aiohttp.ClientSession, url: str) -> dict[str, Any]:
    async with session.get(url, allow_redirects=False, raise_for_status=True) as answer:
        if answer.status != 200:
            raise ValueError("not the document itself")
        raw = await answer.content.read(LARGEST + 1)
        while len(raw) <= LARGEST and (more := await answer.content.read(LARGEST)):
            raw += more
    if len(raw) > LARGEST:
        raise ValueError("too large")
    read = json.loads(raw)
    if not isinstance(read, dict):
        raise TypeError("not an object")
    return read


def _key(published: Any) -> tuple[str, Key] | None:
    """Read one key; another kind than ours, or a broken one, is left out."""
    try:
        name, read = published["kid"], RSAAlgorithm.from_jwk(published)
        endorsements = tuple(one for one in published.get("endorsements", []) if isinstance(one, str))
    except Exception:  # noqa: BLE001 -- whatever is wrong with one key, the others are good
        return None
    if not isinstance(read, RSAPublicKey) or not isinstance(name, str):
        return None
    return name, Key(read, endorsements)


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
