"""The one way in which Slack is called: one session, one pace, one reading of what went wrong.

Nothing is ever sent twice from here. No error raised here holds a token, a text or a name, nor refers to one that does.
"""

import json
import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from typing_extensions import override

from adapters import outbound
from adapters.outbound import is_loopback
from adapters.slack.limiter import Limiter
from adapters.slack.tokens import Tokens
from bot.clock import SystemClock
from bot.errors import Disconnected, PlatformError, TryLater, Unsure

Json = dict[str, Any]

API_URL = "https://slack.com/api/"

TIMEOUT_S = 7.5
"""Of one call, its wait for a turn not counted: together less than the engine's ten seconds."""

CONNECT_S = 3.0

UNREACHABLE_S = 5.0
"""When to come back if Slack could not be reached at all."""

RETRY_AFTER_S = 30.0
"""When to come back if Slack does not say, or says something absurd."""

LONGEST_ANSWER = 65536
"""Bytes of an answer to a ``response_url`` that are read."""

LATER = frozenset({"ratelimited", "rate_limited", "team_added_to_org"})
"""Nothing was done, and the same call may succeed soon."""

NOBODY_KNOWS = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout"})
"""Slack failed while it worked on the call, which may have been carried out."""

SHUT = frozenset(
    {
        "access_denied",
        "account_inactive",
        "accesslimited",
        "app_not_installed",
        "ekm_access_denied",
        "enterprise_is_restricted",
        "invalid_auth",
        "invalid_refresh_token",
        "messages_tab_disabled",
        "missing_scope",
        "no_permission",
        "not_allowed_token_type",
        "not_authed",
        "org_login_required",
        "restricted_action",
        "team_access_not_granted",
        "token_expired",
        "token_revoked",
        "two_factor_setup_required",
    }
)
"""The workspace as a whole does not let us; docs.slack.dev/reference/methods/chat.postMessage, "Errors"."""

TOO_MUCH = frozenset({"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"})
"""Slack took nothing of the message: it may be sent again in a simpler form."""

NOW_OR_NEVER = frozenset({"views.open", "views.push"})
"""Bound to a trigger of three seconds: no turn is waited for. Slack takes more than it publishes, and may itself say no."""

_CODE = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+){0,9}")
_HOOKS = "hooks.slack.com"


class Rejected(PlatformError):
    """Slack did not do what was asked, because of what was asked or of whom; ``code`` is its word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Answer:
    """A success: what Slack says, and the headers that came with it."""

    data: Json
    headers: Mapping[str, str]


class _Client(AsyncWebClient):
    """The SDK's client, without its retries and without following anybody elsewhere."""

    @override
    async def _request(self, *, http_verb: str, api_url: str, req_args: Json) -> Json:
        answer: Json = await super()._request(
            http_verb=http_verb, api_url=api_url, req_args=req_args | {"allow_redirects": False}
        )
        return answer


class Wire:
    """One HTTP session to Slack, opened when it is first needed; it belongs to that event loop until it is closed."""

    def __init__(self, api_url: str = API_URL, timeout_s: float = TIMEOUT_S) -> None:
        self._api = urlsplit(api_url)
        if self._api.scheme != "https" and not is_loopback(self._api.geturl()):
            raise ValueError("The token would travel in clear: Slack's address must begin with https.")
        self._timeout = aiohttp.ClientTimeout(total=timeout_s, connect=CONNECT_S)
        self._open: tuple[aiohttp.ClientSession, _Client] | None = None

    async def post(self, method: str, arguments: Mapping[str, Any], authorization: str = "") -> Json:
        """Call a method of the Web API once and return what it says."""
        return (await self.ask(method, arguments, authorization)).data

    async def ask(self, method: str, arguments: Mapping[str, Any], authorization: str = "") -> Answer:
        """Do the same, and return the headers too."""
        outcome = await self._posted(method, form(arguments), authorization)
        if isinstance(outcome, PlatformError):
            raise outcome
        return outcome

    async def respond(self, url: str, body: Json) -> None:
        """Send an answer to the address that came with an interaction, if it is one of Slack's."""
        if not self._may_respond(url):
            raise Rejected("invalid_url")
        failure = await self._responded(url, body)
        if failure is not None:
            raise failure

    async def aclose(self) -> None:
        """Close the session; a later call opens another one."""
        if self._open is not None:
            session, _ = self._open
            self._open = None
            await session.close()

    async def _posted(self, method: str, data: Json, authorization: str) -> Answer | PlatformError:
        _, client = self._opened()
        headers = {"Authorization": authorization} if authorization else {}
        try:
            response = await client.api_call(method, data=data, headers=headers)
        except SlackApiError as error:
            return _refusal(error.response)
        except Exception as error:  # noqa: BLE001 - whatever the client stumbled over, its text may hold ours
            return _broken(error)
        if not isinstance(response.data, dict):
            return Unsure("malformed")
        return Answer(response.data, response.headers)

    async def _responded(self, url: str, body: Json) -> PlatformError | None:
        session, client = self._opened()
        try:
            async with session.post(url, json=body, allow_redirects=False, proxy=client.proxy) as response:
                answer = await response.content.read(LONGEST_ANSWER)
                return _response_refusal(response.status, response.headers, answer)
        except Exception as error:  # noqa: BLE001 - its text may hold the address, which is a secret
            return _broken(error)

    def _opened(self) -> tuple[aiohttp.ClientSession, _Client]:
        if self._open is None:
            session = aiohttp.ClientSession(timeout=self._timeout, cookie_jar=aiohttp.DummyCookieJar())
            client = _Client(
                base_url=self._api.geturl(), session=session, retry_handlers=[], logger=_silent()
            )
            if is_loopback(self._api.geturl()):
                client.proxy = None
            self._open = (session, client)
        return self._open

    def _may_respond(self, url: str) -> bool:
        """Let answers go to Slack only; to this machine only if Slack itself is imitated there."""
        try:
            to = urlsplit(url)
            plain = to.username is None and to.password is None
            same_machine = (to.scheme, to.hostname, to.port) == (
                self._api.scheme,
                self._api.hostname,
                self._api.port,
            )
            usual_port = to.port in {None, 443}
        except ValueError:
            return False
        if is_loopback(self._api.geturl()):
            return plain and same_machine
        host = to.hostname or ""
        ours = host == _HOOKS or host.endswith(".slack.com")
        return plain and to.scheme == "https" and ours and usual_port


class Web:
    """Calls Slack for a workspace: with its token, at its pace."""

    def __init__(self, tokens: Tokens, wire: Wire | None = None, limiter: Limiter | None = None) -> None:
        self.tokens = tokens
        self._wire = wire or Wire()
        self._limiter = limiter or Limiter()

    async def call(self, workspace: str, method: str, **arguments: Any) -> Json:
        """Return what Slack says to one call of one method; raises as ``ask`` does."""
        return (await self.ask(workspace, method, **arguments)).data

    async def ask(self, workspace: str, method: str, **arguments: Any) -> Answer:
        """Return the answer to one call of one method, with its headers.

        Raises ``TryLater`` (nothing was done), ``Disconnected`` (the workspace does not let us), ``Rejected``
        (Slack said no to this call) or ``Unsure`` (nobody can tell what was done).
        """
        token = await self.tokens.token(workspace)
        if method not in NOW_OR_NEVER:
            await self._limiter.admit(workspace, method, str(arguments.get("channel", "")))
        try:
            return await self._wire.ask(method, arguments, f"Bearer {token}")
        except TryLater as later:
            if str(later) in LATER:
                self._limiter.refused(
                    workspace, method, RETRY_AFTER_S if later.retry_after_s is None else later.retry_after_s
                )
            raise

    async def respond(self, url: str, body: Json) -> None:
        """Answer an interaction at its ``response_url``; the same errors as ``call``."""
        await self._wire.respond(url, body)

    async def aclose(self) -> None:
        await self._wire.aclose()


def form(arguments: Mapping[str, Any]) -> Json:
    """Return the arguments as Slack reads them in a form, which every method takes: structures as JSON."""
    return {name: _field(value) for name, value in arguments.items() if value is not None}


def _field(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _silent() -> logging.Logger:
    """Return a logger that drops everything: the SDK writes out what it sends and gets."""
    logger = logging.Logger("slack_sdk", logging.CRITICAL + 1)  # noqa: LOG001 - nobody may turn this one up
    logger.addHandler(logging.NullHandler())
    return logger


# --- what went wrong --------------------------------------------------------------------------------------


def _broken(error: Exception) -> PlatformError:
    """Read an error of the connection: only one that was never made has surely carried nothing."""
    if isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError):
        return TryLater("unreachable", UNREACHABLE_S)
    return Unsure(type(error).__name__)


def _refusal(response: Any) -> PlatformError:
    """Read an answer that is no success: the SDK's own object, or the raw one if its body was no JSON."""
    status: int = response.status_code if hasattr(response, "status_code") else response.status
    data = getattr(response, "data", None)
    code = data.get("error") if isinstance(data, dict) else None
    return refusal(status, response.headers, code)


def _response_refusal(status: int, headers: Mapping[str, str], answer: bytes) -> PlatformError | None:
    """Read the answer of a ``response_url``, which is JSON, or a word."""
    text = answer.decode("utf-8", "replace").strip()
    try:
        data = json.loads(text)
    except ValueError:
        data = {"ok": text == "ok", "error": text}
    if not isinstance(data, dict):
        data = {}
    if status == 200 and data.get("ok") is True:
        return None
    return refusal(status, headers, data.get("error"))


def refusal(status: int, headers: Mapping[str, str], code: object) -> PlatformError:
    """Return what an unsuccessful answer means for us."""
    word = code if isinstance(code, str) and len(code) <= 60 and _CODE.fullmatch(code) else ""
    if status == 429 or word in LATER:
        return TryLater("ratelimited", retry_after(headers.get("Retry-After", "")))
    if status >= 500 or word in NOBODY_KNOWS:
        return Unsure(word or f"http_{status}")
    if word in SHUT:
        return Disconnected(word)
    return Rejected(word) if word else Unsure("malformed")


def retry_after(header: str) -> float:
    """Return the seconds of a ``Retry-After``; a careful guess where it makes no sense."""
    said = outbound.retry_after(header, SystemClock().now())
    return RETRY_AFTER_S if said is None else said
