"""The Bot Framework connector's REST routes: one session, one pace, one reading of what went wrong.

Nothing is ever sent twice from here, but for one call that was refused because its token had ended. A token goes to
services that are known alone, and nobody is followed elsewhere. No error raised here holds a token, a text or a name.
"""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote, urlsplit

import aiohttp
from yarl import URL

from adapters.outbound import is_loopback
from adapters.teams.limiter import Limiter
from adapters.teams.references import Reference
from adapters.teams.refusals import refusal
from bot.clock import SystemClock
from bot.errors import Disconnected, PlatformError, TryLater, Unsure
from bot.logs import get_logger

Json = dict[str, Any]
Token = Callable[[], Awaitable[str]]
Renew = Callable[[str], Awaitable[str]]
Allowed = Callable[[str], bool]

TIMEOUT_S = 10.0
"""Of one call, its wait for a turn not counted."""

CONNECT_S = 3.0

UNREACHABLE_S = 5.0
"""When to come back if Teams could not be reached at all."""

THROTTLED_S = 2.0
"""How long we leave a tenant alone that is throttled if Teams does not say how long."""

LONGEST_ANSWER = 1024 * 1024
"""Bytes of an answer that are read: a page of members is the longest."""

PAGE = 200
"""Members asked for at once; 500 are allowed."""

log = get_logger()


@dataclass(frozen=True, slots=True)
class _Call:
    """One request: how, where in a service, for whom it counts, and what it carries."""

    method: str
    service_url: str
    path: str
    tenant: str
    conversation: str = ""
    """Empty: it counts for the tenant alone."""
    body: Json | None = None
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Answer:
    data: Any


class Connector:
    """Calls the connector with our token. ``allowed`` knows the services that may see it.

    Every method raises ``TryLater`` (nothing was done), ``Undeliverable`` (it lies with the person), ``Disconnected``
    (the tenant does not let us), ``Rejected`` (it lies with what was asked) or ``Unsure`` (nobody can tell).
    """

    def __init__(
        self,
        token: Token,
        allowed: Allowed,
        limiter: Limiter | None = None,
        *,
        renew: Renew | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        self._token, self._renew, self._allowed = token, renew, allowed
        self._limiter = limiter or Limiter()
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=min(CONNECT_S, timeout_s))
        self._session: aiohttp.ClientSession | None = None

    # --- messages ---

    async def post(self, to: Reference, activity: Json, *, reply_to: str = "", targeted: bool = False) -> str:
        """Send an activity and return its id, empty where Teams gives it none.

        ``targeted``: only the person of the reference sees it, in whichever conversation it stands.
        """
        body = activity | {"from": {"id": to.bot}, "conversation": {"id": to.conversation}}
        if targeted:
            body |= {"recipient": {"id": to.member, "aadObjectId": to.user, "isTargeted": True}}
        if reply_to:
            body |= {"replyToId": reply_to}
        path = _path(to.conversation, "activities", *filter(None, [reply_to]))
        return _id(await self._asked(self._about("POST", to, path, body, targeted=targeted)))

    async def update(
        self, to: Reference, activity_id: str, activity: Json, *, targeted: bool = False
    ) -> None:
        """Put an activity in the place of one that was sent."""
        path = _path(to.conversation, "activities", activity_id)
        await self._asked(self._about("PUT", to, path, activity | {"id": activity_id}, targeted=targeted))

    async def delete(self, to: Reference, activity_id: str) -> None:
        path = _path(to.conversation, "activities", activity_id)
        await self._asked(self._about("DELETE", to, path))

    def _about(
        self, method: str, to: Reference, path: str, body: Json | None = None, *, targeted: bool = False
    ) -> _Call:
        query = (("isTargetedActivity", "true"),) if targeted else ()
        return _Call(method, to.service_url, path, to.tenant, to.conversation, body, query)

    # --- conversations and people ---

    async def create(self, service_url: str, tenant: str, bot: str, member: str) -> str:
        """Return the id of a person's own conversation with the bot, which is made if there is none yet."""
        body = {
            "isGroup": False,
            "bot": {"id": bot},
            "members": [{"id": member}],
            "tenantId": tenant,
            "channelData": {"tenant": {"id": tenant}},
        }
        found = _id(await self._asked(_Call("POST", service_url, "v3/conversations", tenant, body=body)))
        if not found:
            raise TryLater("malformed")
        return found

    async def member(self, to: Reference, user: str) -> Json:
        """Return what Teams says of a member of a conversation, by ``29:…`` or by Entra object id."""
        answer = await self._asked(
            _Call("GET", to.service_url, _path(to.conversation, "members", user), to.tenant)
        )
        return _object(answer)

    async def page(self, to: Reference, token: str = "") -> tuple[list[Json], str]:
        """Return some members of a conversation, and by which token to go on; an empty one: these were the last."""
        more = (("continuationToken", token),) if token else ()
        path = _path(to.conversation, "pagedmembers")
        call = _Call("GET", to.service_url, path, to.tenant, query=(("pageSize", str(PAGE)), *more))
        page = _object(await self._asked(call))
        listed, following = page.get("members"), page.get("continuationToken")
        members = (
            [member for member in listed if isinstance(member, dict)] if isinstance(listed, list) else []
        )
        return members, following if isinstance(following, str) else ""

    async def members(self, to: Reference) -> AsyncIterator[Json]:
        """Yield every member of a conversation, page by page."""
        token, used = "", {""}
        while True:
            page, token = await self.page(to, token)
            for member in page:
                yield member
            if token in used:
                return
            used.add(token)

    async def warm(self) -> None:
        """Get a token, so that the first message need not wait for it; raises as every call does."""
        await self._a_token()

    async def aclose(self) -> None:
        """Close the session; a later call opens another one."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    # --- one call ---

    async def _asked(self, call: _Call) -> Any:
        """Return what Teams answers; where the token is refused, ask once more with a fresh one."""
        self._check(call.service_url)
        token = await self._a_token()
        await self._limiter.admit(call.tenant, call.conversation)
        outcome = await self._once(call, token)
        if isinstance(outcome, Disconnected) and (fresh := await self._another(token)):
            outcome = await self._once(call, fresh)
        if isinstance(outcome, _Answer):
            return outcome.data
        if isinstance(outcome, TryLater) and str(outcome) == "ratelimited":
            self._limiter.refused(call.tenant, outcome.retry_after_s or THROTTLED_S)
        raise outcome

    def _check(self, service_url: str) -> None:
        """Let the token out to a known address only, and never in clear; one strange address holds up nobody else."""
        known = self._allowed(service_url)
        if not known or not (urlsplit(service_url).scheme == "https" or is_loopback(service_url)):
            log.warning("teams.unknown_service")
            raise TryLater("unknown_service")

    async def _a_token(self) -> str:
        try:
            return await self._token()
        except PlatformError:
            raise
        except (OSError, TimeoutError):
            raise TryLater("no_token", UNREACHABLE_S) from None

    async def _another(self, refused: str) -> str:
        """Return a token in place of one that was refused; empty: there is no other."""
        try:
            fresh = await (self._renew(refused) if self._renew else self._token())
        except (PlatformError, OSError, TimeoutError):
            return ""
        return fresh if fresh != refused else ""

    async def _once(self, call: _Call, token: str) -> _Answer | PlatformError:
        written = SimpleNamespace(yet=False)
        try:
            async with self._opened(call.service_url).request(
                call.method,
                _url(call),
                json=call.body,
                headers={"Authorization": f"Bearer {token}"},
                allow_redirects=False,
                trace_request_ctx=written,
            ) as response:
                body = await _body(response)
                if 200 <= response.status < 300:
                    return _Answer(_read(body))
                return refusal(response.status, response.headers, body, SystemClock().now())
        except Exception as error:  # noqa: BLE001 - whatever the client stumbled over, its text may hold ours
            return Unsure(type(error).__name__) if written.yet else TryLater("unreachable", UNREACHABLE_S)

    def _opened(self, service_url: str) -> aiohttp.ClientSession:
        if self._session is None:
            watch = aiohttp.TraceConfig()
            watch.on_request_headers_sent.append(_noted)
            self._session = aiohttp.ClientSession(
                timeout=self._timeout,
                cookie_jar=aiohttp.DummyCookieJar(),
                trace_configs=[watch],
                trust_env=not is_loopback(service_url),
            )
        return self._session


async def _noted(_session: object, context: Any, _sent: object) -> None:
    """Note that a request has begun to be written: from here on nobody can tell what becomes of it."""
    context.trace_request_ctx.yet = True


async def _body(response: aiohttp.ClientResponse) -> bytes:
    """Return an answer's body, or as much of it as we care to read."""
    body = b""
    while len(body) < LONGEST_ANSWER and (more := await response.content.read(LONGEST_ANSWER - len(body))):
        body += more
    return body


def _url(call: _Call) -> URL:
    query = "&".join(f"{name}={quote(value, safe='')}" for name, value in call.query)
    address = f"{call.service_url.rstrip('/')}/{call.path}" + (f"?{query}" if query else "")
    return URL(address, encoded=True)


def _path(conversation: str, *parts: str) -> str:
    """Return a path whose parts stay within their places, whatever they hold."""
    return "/".join(["v3/conversations", *(_part(part) for part in (conversation, *parts))])


def _part(part: str) -> str:
    return quote(part, safe="").replace(".", "%2E") if set(part) <= {"."} else quote(part, safe="")


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _object(data: Any) -> Json:
    if not isinstance(data, dict):
        raise TryLater("malformed")
    return data


def _id(data: Any) -> str:
    found = data.get("id") if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""
