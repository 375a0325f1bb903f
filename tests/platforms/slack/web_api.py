"""The methods, what each asks of a token, and how a request becomes an answer."""

import json
from base64 import b64decode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from aiohttp import web

from tests.platforms.slack import chat, conversations, directory, oauth, views
from tests.platforms.slack.errors import Refusal
from tests.platforms.slack.people import Grant, Json
from tests.platforms.slack.world import World

OF_JSON = ("blocks", "attachments", "metadata", "view")
"""Arguments that forms and queries carry as JSON."""


@dataclass(frozen=True)
class Method:
    act: Callable[[World, Grant, Json], Json]
    scope: str = ""
    asks: Literal["bot", "app", "nothing"] = "bot"


def _connect(world: World, grant: Grant, arguments: Json) -> Json:
    ticket = world.random.randbytes(16).hex()
    world.links.append(ticket)
    host = world.base.replace("http://", "ws://")
    return {"url": f"{host}/link/?ticket={ticket}&app_id={world.app_id}"}


METHODS: Mapping[str, Method] = {
    "auth.test": Method(directory.auth_test),
    "auth.teams.list": Method(directory.teams),
    "auth.revoke": Method(oauth.revoke),
    "apps.uninstall": Method(oauth.uninstall),
    "apps.connections.open": Method(_connect, "connections:write", "app"),
    "chat.postMessage": Method(chat.post_message, "chat:write"),
    "chat.postEphemeral": Method(chat.post_ephemeral, "chat:write"),
    "chat.update": Method(chat.update, "chat:write"),
    "chat.delete": Method(chat.delete, "chat:write"),
    "conversations.open": Method(conversations.open_dm, "im:write"),
    "conversations.history": Method(conversations.history, "im:history"),
    "conversations.replies": Method(conversations.replies, "im:history"),
    "oauth.v2.access": Method(oauth.access, asks="nothing"),
    "team.info": Method(directory.team, "team:read"),
    "users.info": Method(directory.info, "users:read"),
    "users.list": Method(directory.listed, "users:read"),
    "users.lookupByEmail": Method(directory.by_email, "users:read.email"),
    "views.open": Method(views.opened),
    "views.push": Method(views.pushed),
    "views.update": Method(views.updated),
    "views.publish": Method(views.published),
}

NOBODY = Grant("", "", "", "")


async def read(request: web.Request) -> Json:
    """Return the arguments of a request, from query, form or JSON; a token in the header is among them."""
    arguments: Json = dict(request.query)
    if request.content_type == "application/json":
        arguments |= _object(await request.text())
    elif request.method == "POST":
        arguments |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    for name in OF_JSON:
        if isinstance(arguments.get(name), str):
            arguments[name] = _value(name, arguments[name])
    header = request.headers.get("Authorization", "")
    if header.startswith("Bearer "):
        arguments["token"] = header.removeprefix("Bearer ").strip()
    elif header.startswith("Basic "):
        client, _, secret = b64decode(header.removeprefix("Basic ")).decode().partition(":")
        arguments |= {"client_id": client, "client_secret": secret}
    return arguments


def caller(world: World, method: str, token: str) -> Grant:
    """Return whose token it is, if it may call the method."""
    known = METHODS.get(method)
    if known is None:
        raise Refusal("unknown_method", req_method=method)
    if known.asks == "nothing":
        return NOBODY
    if not token:
        raise Refusal("not_authed")
    if known.asks == "app" or token == world.app_token:
        return _app(world, known, token)
    return _bot(world, known, token)


def _bot(world: World, known: Method, token: str) -> Grant:
    grant = world.grants.get(token)
    if grant is None:
        raise Refusal("invalid_auth")
    if grant.revoked:
        raise Refusal("token_revoked")
    if grant.expires_at is not None and world.now() >= grant.expires_at:
        raise Refusal("token_expired")
    if known.scope and grant.scopes is not None and known.scope not in grant.scopes:
        provided = ",".join(sorted(grant.scopes))
        raise Refusal("missing_scope", needed=known.scope, provided=provided)
    return grant


def _app(world: World, method: Method, token: str) -> Grant:
    if method.asks != "app" or token in world.grants:
        raise Refusal("not_allowed_token_type")
    if token != world.app_token:
        raise Refusal("invalid_auth")
    return Grant(token, world.team, "", "")


def _object(text: str) -> Json:
    try:
        read_value = json.loads(text or "{}")
    except ValueError as wrong:
        raise Refusal("invalid_json") from wrong
    if not isinstance(read_value, dict):
        raise Refusal("json_not_object")
    return read_value


def _value(name: str, text: str) -> Any:
    try:
        return json.loads(text) if text else None
    except ValueError as wrong:
        raise Refusal("invalid_blocks_format" if name == "blocks" else "invalid_arguments") from wrong
