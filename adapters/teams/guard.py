"""What a request must be before anybody looks at its token, and what a verified activity must be before it is handled."""

import re
from dataclasses import dataclass
from typing import Any

from aiohttp import web

from adapters.inbound import Json, Malformed, Turned, body, decoded, head, json_object
from adapters.teams.connection import Connection

CHANNEL = "msteams"

LONGEST_TOKEN = 8_000
"""Characters of a token; Microsoft's have about 1,200."""

_TOKEN = re.compile(r"Bearer [A-Za-z0-9_-]{1,8000}\.[A-Za-z0-9_-]{1,8000}\.[A-Za-z0-9_-]{1,8000}")
_TYPE = re.compile(r"[A-Za-z]{1,40}(/[A-Za-z]{1,40})?")


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets through activities that could be from Teams, and once they are verified those that are for us."""

    connection: Connection

    async def read(self, request: web.Request) -> tuple[str, Json]:
        """Return a request's authorization and its activity, neither of them verified; raises ``Turned``."""
        head(request, ("application/json",))
        authorization = self._authorization(request)
        try:
            activity = json_object(decoded(await body(request)))
            _shaped(activity)
        except Malformed as error:
            raise Turned(400, str(error)) from error
        return authorization, activity

    def admit(self, activity: Json) -> None:
        """Turn away what is verified but not from Teams, from a tenant that is not served, or to be answered elsewhere."""
        if activity["channelId"] != CHANNEL:
            raise Turned(403, "channel")
        if not self.connection.serves(activity["serviceUrl"]):
            raise Turned(403, "service_url")
        named = tenants(activity)
        if len(named) != 1 or not named <= set(self.connection.tenants):
            raise Turned(403, "tenant")

    def _authorization(self, request: web.Request) -> str:
        values = request.headers.getall("Authorization", [])
        if not values and not self.connection.app_id:
            return ""
        if len(values) != 1 or len(values[0]) > LONGEST_TOKEN or not _TOKEN.fullmatch(values[0]):
            raise Turned(401, "authorization")
        return values[0]


def tenants(activity: Json) -> set[str]:
    """Return the tenants that an activity names; Teams does so in the conversation, the channel data, or both."""
    data = activity.get("channelData")
    tenant = data.get("tenant") if isinstance(data, dict) else None
    named = (activity["conversation"].get("tenantId"), tenant.get("id") if isinstance(tenant, dict) else None)
    return {one.lower() if isinstance(one, str) else "" for one in named if one is not None}


def _shaped(activity: Json) -> None:
    """Refuse what lacks the fields that every activity has; all others are the reader's affair."""
    kind = activity.get("type")
    if not isinstance(kind, str) or not _TYPE.fullmatch(kind):
        raise Malformed("type")
    for name in ("channelId", "serviceUrl"):
        _text(activity, name, name)
    conversation = activity.get("conversation")
    if not isinstance(conversation, dict):
        raise Malformed("conversation")
    _text(conversation, "id", "conversation")


def _text(part: dict[str, Any], name: str, code: str) -> None:
    value = part.get(name)
    if not isinstance(value, str) or not value:
        raise Malformed(code.lower())
