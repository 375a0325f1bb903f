"""Installing by OAuth: GET /slack/install leads to Slack, GET /slack/oauth_redirect brings back what was agreed to.

An installation belongs to the server's one organisation, unless its workspace belongs to another one already, in
which case it is refused. The first workspace is welcome; more have to be named by whoever runs the server. Both is
the installer's to decide (``Installer``). docs.slack.dev/authentication/installing-with-oauth.
"""

import hmac
import re
import secrets
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Protocol
from urllib.parse import urlencode, urlsplit

from aiohttp import encode_basic_auth, web

from adapters.slack.manifest import REDIRECT, SCOPES
from adapters.slack.oauth_pages import HEADERS, Link, page
from adapters.slack.tokens import Grant, Tokens
from adapters.slack.web import API_URL, Json, Wire
from bot.clock import Clock, SystemClock
from bot.errors import PlatformError, Refused, Unsure
from bot.logs import get_logger
from bot.talk.language import Words

INSTALL = "/slack/install"

COOKIE = "__Host-rapport-install"
"""The prefix makes browsers refuse it from anybody but this very host, over TLS."""

LIFE = timedelta(minutes=10)

MOST = 10_000
"""Installations that can be under way; the oldest is given up for one more, so nobody can fill the memory."""

LONGEST_CODE = 512

_ID = re.compile(r"[A-Z0-9]{2,32}")

log = get_logger()


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What Slack granted; ``workspace`` is the team, or the enterprise if it installed as a whole."""

    workspace: str
    name: str
    enterprise: str
    whole: bool
    """For a whole Enterprise organisation; somebody still chooses the workspaces in which the app can be used."""
    app: str
    bot_user: str
    scopes: Sequence[str]
    grant: Grant


class Installer(Protocol):
    """Keeps installations, and knows the organisation's language."""

    async def install(self, new: Installed) -> None:
        """Connect a workspace and keep its tokens, durably; raises ``Refused`` for one that may not be connected."""

    async def words(self) -> Words: ...


@dataclass(frozen=True, slots=True)
class States:
    """Installations under way: hashes of what the link and the browser's cookie must bring back, once."""

    clock: Clock
    _waiting: OrderedDict[bytes, tuple[bytes, datetime]] = field(default_factory=OrderedDict)

    def begin(self) -> tuple[str, str]:
        """Return a fresh state for the link and a fresh value for the cookie."""
        state, browser = secrets.token_urlsafe(32), secrets.token_urlsafe(32)
        while len(self._waiting) >= MOST:
            self._waiting.popitem(last=False)
        self._waiting[_hash(state)] = (_hash(browser), self.clock.now() + LIFE)
        return state, browser

    def redeem(self, state: str, browser: str) -> bool:
        """Tell whether this browser began with this state not too long ago; nobody can use the state again."""
        wanted, ends = self._waiting.pop(_hash(state), (b"", self.clock.now()))
        return hmac.compare_digest(wanted, _hash(browser)) and self.clock.now() < ends


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuth:
    """The two doors of an installation; ``base_url`` is where people reach this server, as the app's settings have it."""

    wire: Wire
    client_id: str
    client_secret: str = field(repr=False)
    base_url: str
    installer: Installer
    tokens: Tokens
    api_url: str = API_URL
    clock: Clock = field(default_factory=SystemClock)
    states: States = field(init=False, repr=False)

    def __post_init__(self) -> None:
        imitated = urlsplit(self.api_url).scheme == "http"  # which the wire allows on this machine only
        if not self.base_url.startswith("https://") and not imitated:
            raise ValueError("Slack leads administrators back to an https:// address only")
        object.__setattr__(self, "states", States(self.clock))

    @property
    def redirect_uri(self) -> str:
        """The exact address that the app's settings must name."""
        return self.base_url.rstrip("/") + REDIRECT

    async def begin(self, _request: web.Request) -> web.Response:
        """Lead the administrator to Slack's page of consent, and mark the browser."""
        state, browser = self.states.begin()
        query = {
            "client_id": self.client_id,
            "scope": ",".join(SCOPES),
            "redirect_uri": self.redirect_uri,
            "state": state,
        }
        slack = urlsplit(self.api_url)
        consent = f"{slack.scheme}://{slack.netloc}/oauth/v2/authorize?{urlencode(query)}"
        response = web.Response(status=302, headers=HEADERS | {"Location": consent})
        response.set_cookie(
            COOKIE,
            browser,
            max_age=int(LIFE.total_seconds()),
            path="/",
            secure=True,
            httponly=True,
            samesite="Lax",
        )
        return response

    async def finish(self, request: web.Request) -> web.Response:
        """Take the administrator back: exchange the code, keep the installation, say what became of it."""
        try:
            response = await self._finished(request)
        except Exception:
            log.exception("slack.install_failed")
            response = await self._told("erred", 500)
        response.del_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="Lax")
        return response

    async def _finished(self, request: web.Request) -> web.Response:
        if not self.states.redeem(request.query.get("state", ""), request.cookies.get(COOKIE, "")):
            log.warning("slack.install_stale")
            return await self._told("stale", 400)
        if "error" in request.query:
            log.warning("slack.install_denied")
            return await self._told("denied", 403)
        try:
            new = await self._exchanged(request.query.get("code", ""))
        except PlatformError as error:
            log.warning("slack.install_not_granted", reason=str(error))
            return await self._told("failed", 502)
        try:
            await self.installer.install(new)
        except Refused as refused:
            log.warning("slack.install_refused", reason=refused.key)
            w = await self.installer.words()
            return page(w, 403, w("slack.install.refused.title"), [w(refused.key, **refused.values)])
        self.tokens.forget(new.workspace)
        log.info("slack.installed", mode="organisation" if new.whole else "workspace")
        return _done(await self.installer.words(), new)

    async def _exchanged(self, code: str) -> Installed:
        if not 0 < len(code) <= LONGEST_CODE:
            raise Unsure("malformed")
        asked = self.clock.now()
        answer = await self.wire.post(
            "oauth.v2.access",
            {"code": code, "redirect_uri": self.redirect_uri},
            encode_basic_auth(self.client_id, self.client_secret),
        )
        return granted(answer, asked)

    async def _told(self, what: str, status: int) -> web.Response:
        w = await self.installer.words()
        title, sentence = w(f"slack.install.{what}.title"), w(f"slack.install.{what}.body")
        again = self.base_url.rstrip("/") + INSTALL
        return page(w, status, title, [sentence], Link(w("slack.install.again"), again))


def mount(app: web.Application, oauth: OAuth) -> None:
    """Add the two doors; looking at a link without opening it (HEAD) uses up nothing."""
    app.router.add_get(INSTALL, oauth.begin, allow_head=False)
    app.router.add_get(REDIRECT, oauth.finish, allow_head=False)


def granted(answer: Json, asked: datetime) -> Installed:
    """Read the answer to a code that was exchanged when ``asked``; raises ``Unsure`` if it is none of Slack's."""
    whole = answer.get("is_enterprise_install") is True
    enterprise, team = _named(answer.get("enterprise")), _named(answer.get("team"))
    workspace, name = enterprise if whole else team
    token, bot_user = answer.get("access_token"), answer.get("bot_user_id")
    if not (_ID.fullmatch(workspace) and isinstance(token, str) and token and isinstance(bot_user, str)):
        raise Unsure("malformed")
    scopes = answer.get("scope")
    return Installed(
        workspace=workspace,
        name=name or workspace,
        enterprise=enterprise[0],
        whole=whole,
        app=_id(answer.get("app_id")),
        bot_user=bot_user,
        scopes=tuple(filter(None, scopes.split(","))) if isinstance(scopes, str) else (),
        grant=_grant(token, answer, asked),
    )


def _grant(token: str, answer: Json, asked: datetime) -> Grant:
    refresh, seconds = answer.get("refresh_token"), answer.get("expires_in")
    if refresh is None and seconds is None:
        return Grant(token)
    if not (isinstance(refresh, str) and refresh and isinstance(seconds, int) and 0 < seconds < 10**9):
        raise Unsure("malformed")
    return Grant(token, refresh, asked + timedelta(seconds=seconds))


def _done(w: Words, new: Installed) -> web.Response:
    title, first = w("slack.install.done.title", name=new.name), w("slack.install.done.body")
    if not new.whole:
        opened = Link(
            w("slack.install.open"), f"https://slack.com/app_redirect?app={new.app}&team={new.workspace}"
        )
        return page(w, 200, title, [first], opened if new.app else None)
    # api.slack.com/enterprise/apps/reference: where workspaces are chosen once the organisation has installed
    chosen = f"https://app.slack.com/manage/{new.workspace}/integrations/profile/{new.app}/workspaces/add"
    choose = Link(w("slack.install.add"), chosen)
    return page(w, 200, title, [w("slack.install.done.whole"), first], choose if new.app else None)


def _named(node: object) -> tuple[str, str]:
    """Return the id and the name of a team or an enterprise; empty where there is none."""
    if not isinstance(node, dict):
        return "", ""
    name = node.get("name")
    return _id(node.get("id")), name if isinstance(name, str) else ""


def _id(value: object) -> str:
    return value if isinstance(value, str) and _ID.fullmatch(value) else ""


def _hash(value: str) -> bytes:
    return sha256(value.encode("utf-8", "surrogatepass")).digest()
