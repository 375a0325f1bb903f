"""Who in a workspace can be a colleague, page by page; docs.slack.dev/reference/methods/users.list."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from typing import Any

from adapters.slack.web import Json, Web
from bot.errors import TryLater, Unsure
from bot.talk.events import Profile

PAGE = 200
"""What Slack advises; without a limit big workspaces answer with an error."""

ATTEMPTS = 5
"""How often one page is asked for: reading twice does no harm."""

PAUSE_S = 2.0

SLACKBOT = "USLACKBOT"

NO_COLLEAGUE = (
    "deleted",
    "is_bot",
    "is_workflow_bot",
    "is_connector_bot",
    "is_restricted",
    "is_ultra_restricted",
    "is_stranger",
)
"""Marks of accounts that are no colleague's. Not ``is_app_user``: that is who has signed in to our app."""

Sleep = Callable[[float], Awaitable[object]]


async def members(web: Web, workspace: str, sleep: Sleep = asyncio.sleep) -> AsyncIterator[Profile]:
    """Yield every colleague of a workspace once, or of all workspaces of an organisation, at the pace Slack allows."""
    seen: set[str] = set()
    async for team in _teams(web, workspace, sleep):
        async for member in _paged(
            web, workspace, "users.list", "members", sleep, team_id=team, include_locale=True
        ):
            if colleague(member, team) and member["id"] not in seen:
                seen.add(member["id"])
                yield profile(member)


def colleague(member: Json, team: str) -> bool:
    """Tell whether an account is a colleague's: no bot, no guest, nobody removed, nobody of another company."""
    if not somebody(member):
        return False
    home, across = _text(member, "team_id"), member.get("enterprise_user")
    teams = across.get("teams") if isinstance(across, dict) else None
    return home in {"", team} or team in (teams or [])


def somebody(member: Mapping[str, Any]) -> bool:
    """Tell whether an account is a person's who belongs here: no bot, no guest, nobody removed."""
    if _text(member, "id") in {"", SLACKBOT}:
        return False
    return not any(member.get(mark) for mark in NO_COLLEAGUE)


def profile(member: Mapping[str, Any]) -> Profile:
    """Return what Slack says of a user; the address only with ``users:read.email``."""
    shown = member.get("profile")
    more: Mapping[str, Any] = shown if isinstance(shown, dict) else {}
    return Profile(
        user=_text(member, "id"),
        name=_text(more, "real_name") or _text(member, "real_name") or _text(member, "name"),
        email=_text(more, "email"),
        locale=_text(member, "locale"),
        time_zone=_text(member, "tz"),
    )


async def _teams(web: Web, workspace: str, sleep: Sleep) -> AsyncIterator[str]:
    """Yield the workspace itself, or those in which an organisation's (``E…``) app is used."""
    if not workspace.startswith("E"):
        yield workspace
        return
    async for team in _paged(web, workspace, "auth.teams.list", "teams", sleep):
        if _text(team, "id"):
            yield team["id"]


async def _paged(
    web: Web, workspace: str, method: str, items: str, sleep: Sleep, **arguments: Any
) -> AsyncIterator[Json]:
    cursor, used = "", {""}
    while True:
        page = await _asked(web, workspace, method, sleep, limit=PAGE, cursor=cursor or None, **arguments)
        for item in page.get(items) or []:
            if isinstance(item, dict):
                yield item
        more = page.get("response_metadata")
        cursor = _text(more, "next_cursor") if isinstance(more, dict) else ""
        if cursor in used:
            return
        used.add(cursor)


async def _asked(web: Web, workspace: str, method: str, sleep: Sleep, **arguments: Any) -> Json:
    """Return a page; wait as long as Slack wants, and ask again where the answer was lost."""
    for _ in range(ATTEMPTS - 1):
        try:
            return await web.call(workspace, method, **arguments)
        except TryLater as later:
            await sleep(PAUSE_S if later.retry_after_s is None else later.retry_after_s)
        except Unsure:
            await sleep(PAUSE_S)
    return await web.call(workspace, method, **arguments)


def _text(node: Mapping[str, Any], name: str) -> str:
    value = node.get(name)
    return value if isinstance(value, str) else ""
