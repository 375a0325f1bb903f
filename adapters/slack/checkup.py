"""What can be found out about a connection to Slack by asking, and what to do about it; nothing is changed.

No finding holds a token or a secret, nor a part of one.
"""

import hashlib
import hmac
import re
from collections.abc import Awaitable, Callable, Iterator, Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from adapters.findings import Finding
from adapters.outbound import is_loopback
from adapters.slack.guard import WINDOW_S, Guard
from adapters.slack.limiter import Limiter
from adapters.slack.manifest import SCOPES
from adapters.slack.send import Connection
from adapters.slack.tokens import OneToken
from adapters.slack.web import Answer, Web, Wire
from bot.clock import Clock, SystemClock
from bot.errors import Disconnected, PlatformError
from bot.talk.inert import inert

Explain = Callable[[str], str]
"""Says in a sentence what one of Slack's words for "no" means."""

TIMEOUT_S = 5.0
"""Of each call: somebody sits there and waits."""

SKEWED_S = 60
"""Clocks that differ by more are worth a word; by more than the guard's window nothing gets in any more."""

NAME = 80
_SECRET = re.compile(r"[0-9a-f]{32}")

MESSAGES_TAB = (
    "Slack can't be asked. Open the app in Slack: where “Sending messages to this app has been turned off” stands "
    "under Messages, switch on App Home → Messages Tab, and that people may write there, at api.slack.com/apps."
)

EACH_ITS_OWN = "Each workspace brings its own when the app is installed there. A token that is shut out stands under workspaces."


async def checked(
    connection: Connection, explain: Explain, *, public_url: str = "", clock: Clock | None = None
) -> list[Finding]:
    """Ask Slack and ourselves, and return every finding; whatever is wrong is a finding and never raised."""
    times = clock or SystemClock()
    found = [*_addresses(connection, public_url), *_secrets(connection, times)]
    try:
        wire = Wire(connection.api_url, TIMEOUT_S)
    except ValueError as error:
        return [Finding("Slack address", "problem", f"RAPPORT_SLACK_API_URL: {error}"), *found]
    try:
        return [*await _asked(connection, wire, explain, times), *found, _messages_tab()]
    finally:
        await wire.aclose()


async def _asked(connection: Connection, wire: Wire, explain: Explain, clock: Clock) -> list[Finding]:
    if not connection.bot_token:
        return [Finding("Slack token", "note", EACH_ITS_OWN)]
    web = Web(OneToken(connection.bot_token), wire, Limiter())
    answer = await _answer(web.ask("", "auth.test"))
    if not isinstance(answer, Answer):
        return [Finding("Slack token", "problem", _why(answer, "RAPPORT_SLACK_BOT_TOKEN", explain))]
    found = [_whose(answer), _scopes(answer.headers), *_skew(answer.headers, clock.now())]
    if connection.mode == "socket":
        found.append(await _socket(connection, wire))
    return found


async def _answer(asking: Awaitable[Answer]) -> Answer | PlatformError:
    try:
        return await asking
    except PlatformError as error:
        return error


def _why(error: PlatformError, setting: str, explain: Explain) -> str:
    match error:
        case Disconnected(reason=reason):
            return f"{setting}: {explain(reason)} ({reason})"
        case _:
            return (
                f"Slack gave no answer ({error}). Is there a way out from here to slack.com, port 443? "
                "Behind a proxy set HTTPS_PROXY."
            )


# --- what Slack says --------------------------------------------------------------------------------------


def _whose(answer: Answer) -> Finding:
    said = {name: inert(str(answer.data.get(name, "")), NAME) for name in ("team", "team_id", "user")}
    if not answer.data.get("bot_id"):
        text = "This token is a person's. Take the bot's, under Install App at api.slack.com/apps (xoxb-…)."
        return Finding("Slack token", "problem", text)
    text = f"It opens the workspace {said['team']} ({said['team_id']}) for the bot user @{said['user']}."
    return Finding("Slack token", "ok", text)


def _scopes(headers: Mapping[str, str]) -> Finding:
    """Compare what the token may do with what we need; each lack with what does not work without it."""
    held = {scope.strip() for scope in headers.get("X-OAuth-Scopes", "").split(",")} - {""}
    if not held:
        return Finding("Slack scopes", "note", "Slack did not say which permissions the token has.")
    lacking = [f"{scope} ({reason.rstrip('.')})" for scope, reason in SCOPES.items() if scope not in held]
    if lacking:
        text = (
            f"Missing: {'; '.join(lacking)}. Paste the current manifest (rapport manifest slack) at "
            "api.slack.com/apps and install the app again."
        )
        return Finding("Slack scopes", "problem", text)
    more = sorted(held - {*SCOPES})
    if more:
        return Finding(
            "Slack scopes", "note", f"All {len(SCOPES)}, and more than we need: {', '.join(more)}."
        )
    return Finding("Slack scopes", "ok", f"All {len(SCOPES)} that are needed, and no other.")


def _skew(headers: Mapping[str, str], now: datetime) -> Iterator[Finding]:
    try:
        theirs = parsedate_to_datetime(headers.get("Date", ""))
        off = (now - theirs).total_seconds()
    except (TypeError, ValueError):
        yield Finding("clock", "note", "Slack did not say what time it is.")
        return
    way = "ahead of" if off > 0 else "behind"
    if abs(off) > WINDOW_S:
        text = (
            f"This machine is {abs(off):.0f} s {way} Slack. Set its time (timedatectl set-ntp true): beyond {WINDOW_S} s "
            "Slack's requests are refused, and surveys open at the wrong time."
        )
        yield Finding("clock", "problem", text)
    elif abs(off) > SKEWED_S:
        yield Finding("clock", "note", f"This machine is {abs(off):.0f} s {way} Slack. Set its time.")
    else:
        yield Finding("clock", "ok", f"This machine and Slack agree within {SKEWED_S} s.")


async def _socket(connection: Connection, wire: Wire) -> Finding:
    asking = wire.ask("apps.connections.open", {}, f"Bearer {connection.app_token}")
    answer = await _answer(asking)
    if isinstance(answer, Answer):
        return Finding("Socket Mode", "ok", "The app token opens a connection; no public address is needed.")
    if isinstance(answer, Disconnected):
        text = (
            f"RAPPORT_SLACK_APP_TOKEN is not accepted ({answer.reason}). Make one with the scope connections:write "
            "under Basic Information → App-Level Tokens (xapp-…), and switch on Socket Mode."
        )
        return Finding("Socket Mode", "problem", text)
    return Finding(
        "Socket Mode", "problem", f"No connection could be opened ({answer}). Try again in a minute."
    )


def _messages_tab() -> Finding:
    return Finding("messages tab", "note", MESSAGES_TAB)


# --- what we can see for ourselves ------------------------------------------------------------------------


def _addresses(connection: Connection, public_url: str) -> Iterator[Finding]:
    api = urlsplit(connection.api_url)
    if is_loopback(connection.api_url):
        yield Finding("Slack address", "note", "Slack is imitated on this machine: for tests only.")
    elif (
        api.scheme == "https"
        and api.hostname != "slack.com"
        and not (api.hostname or "").endswith(".slack.com")
    ):
        yield Finding("Slack address", "note", f"{api.hostname} is not Slack itself. Is that meant?")
    if connection.mode == "http":
        yield _public(public_url)


def _public(public_url: str) -> Finding:
    if not public_url:
        text = "RAPPORT_PUBLIC_URL is not set, so the https address under which Slack reaches us is not known here."
        return Finding("public address", "note", text)
    if urlsplit(public_url).scheme != "https":
        text = f"{public_url} stays on this machine: Slack can't reach it. For tests only."
        return Finding("public address", "note", text)
    return Finding("public address", "ok", f"Slack sends its requests to {public_url}/slack/events.")


def _secrets(connection: Connection, clock: Clock) -> Iterator[Finding]:
    """Show that our guard takes what is signed with each secret, and nothing that was changed by one byte."""
    if not connection.signing_secrets:
        return
    guard, stamp, body = (
        Guard(connection.signing_secrets, clock),
        str(int(clock.now().timestamp())),
        b"rapport",
    )
    for secret in connection.signing_secrets:
        signature = hmac.digest(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
        if not guard.signed(stamp, body, signature) or guard.signed(stamp, b"rapporu", signature):
            yield Finding(
                "signing secret", "problem", "Our guard does not tell signed from changed. Please report it."
            )
            return
    if all(_SECRET.fullmatch(secret) for secret in connection.signing_secrets):
        text = f"{len(connection.signing_secrets)} in use. What is signed gets in, what is changed by a byte does not."
        yield Finding("signing secret", "ok", text)
    else:
        text = "It works, but Slack's are 32 characters from 0-9 and a-f. Compare it under Basic Information."
        yield Finding("signing secret", "note", text)
