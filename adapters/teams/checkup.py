"""What can be found out about a connection to Teams by asking, and what to do about it; nothing is changed.

No finding holds a token or a secret, nor a part of one.
"""

import asyncio
from collections.abc import Iterator
from urllib.parse import urlsplit
from uuid import UUID

from adapters.findings import Finding
from adapters.inbound import Turned
from adapters.teams.app import PATH
from adapters.teams.connection import LOGIN_URL, Connection, is_loopback
from adapters.teams.keys import Keys
from adapters.teams.tokens import Tokens
from bot.clock import SystemClock
from bot.errors import Disconnected, TryLater

TIMEOUT_S = 5.0
"""Of each question: somebody sits there and waits."""

REFUSED = {
    "invalid_client": "the secret is wrong or has ended. Make a new one in Entra under Certificates & secrets, "
    "and take its value, not its id.",
    "unauthorized_client": "this tenant does not know the app. Compare the app id with Overview in Entra, and name the "
    "tenant in which it is registered first in RAPPORT_TEAMS_TENANTS.",
}
"""What Microsoft's words for "no" mean."""


async def checked(connection: Connection, *, public_url: str = "") -> list[Finding]:
    """Ask Microsoft and ourselves, and return every finding; whatever is wrong is a finding and never raised."""
    token, keys = await asyncio.gather(_token(connection), _keys(connection))
    return [*_ids(connection), token, keys, *_addresses(connection), _endpoint(public_url)]


async def _token(connection: Connection) -> Finding:
    """Get a token, as sending would."""
    check, secret = "Teams token", connection.kind == "secret"
    tokens = Tokens(connection, timeout_s=TIMEOUT_S)
    try:
        await tokens.token()
    except Disconnected as shut:
        why = REFUSED.get(shut.reason, "ask whoever registered the app, and show them this word.")
        return Finding(check, "problem", f"Microsoft gives none ({shut.reason}): {why}")
    except TryLater:
        return Finding(check, "problem", _unanswered(connection))
    finally:
        await tokens.aclose()
    by = "The secret is accepted" if secret else "The managed identity is accepted"
    return Finding(check, "ok", f"{by}. Whether the bot has the channel Teams can't be asked.")


def _unanswered(connection: Connection) -> str:
    if connection.kind == "managed_identity":
        return (
            "This machine knows no such identity. A managed identity works only in Azure, and only if it is assigned "
            "to this machine; elsewhere use a secret."
        )
    return (
        "Microsoft gave no answer. Is there a way out from here to login.microsoftonline.com, port 443? "
        "Behind a proxy set HTTPS_PROXY."
    )


async def _keys(connection: Connection) -> Finding:
    """Get the keys that Teams signs with: without them nobody is believed."""
    check, keys = "Teams keys", Keys(connection.openid_url, SystemClock(), TIMEOUT_S)
    try:
        await keys.get("whichever")
    except Turned as turned:
        if turned.status == 503:
            text = (
                "The keys that Teams signs with could not be read, so nothing it sends would be believed. Is there a "
                "way out from here to login.botframework.com, port 443?"
            )
            return Finding(check, "problem", text)
    finally:
        await keys.aclose()
    return Finding(check, "ok", "What Teams signs can be told from what others send.")


def _ids(connection: Connection) -> Iterator[Finding]:
    if _is_guid(connection.app_id):
        yield Finding("Teams app id", "ok", f"{connection.app_id}.")
    else:
        text = "RAPPORT_TEAMS_APP_ID is no app id: a GUID, under Overview in Entra (Application ID)."
        yield Finding("Teams app id", "problem", text)
    wrong = [tenant for tenant in connection.tenants if not _is_guid(tenant)]
    if wrong:
        text = (
            f"RAPPORT_TEAMS_TENANTS holds {', '.join(wrong)}. A tenant is named by its GUID (Directory ID)."
        )
        yield Finding("Teams tenants", "problem", text)
    else:
        n = len(connection.tenants)
        yield Finding("Teams tenants", "ok", f"{n} named; people of any other are turned away.")


def _addresses(connection: Connection) -> Iterator[Finding]:
    login = urlsplit(connection.login_url)
    if is_loopback(login.hostname or ""):
        yield Finding("Teams address", "note", "Teams is imitated on this machine: for tests only.")
    elif connection.login_url != LOGIN_URL:
        yield Finding(
            "Teams address", "note", f"{login.hostname} is not Microsoft's public cloud. Is that meant?"
        )


def _endpoint(public_url: str) -> Finding:
    check = "Teams endpoint"
    if urlsplit(public_url).scheme != "https":
        text = (
            "RAPPORT_PUBLIC_URL must be the https address of this server: Teams calls it, and its page /about is named "
            "in the package."
        )
        return Finding(check, "note" if public_url else "problem", text)
    text = f"The bot's messaging endpoint in Azure must be {public_url}{PATH}; whether it is can't be asked."
    return Finding(check, "ok", text)


def _is_guid(text: str) -> bool:
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False
