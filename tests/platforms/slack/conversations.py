"""``conversations.*``: opened and read back."""

from collections.abc import Sequence
from typing import Any, TypeVar

from tests.platforms.slack.errors import Refusal, flag, needed
from tests.platforms.slack.people import Channel, Grant, Json, Post
from tests.platforms.slack.world import World

T = TypeVar("T")


def open_dm(world: World, grant: Grant, arguments: Json) -> Json:
    if arguments.get("channel"):
        found = world.channel(str(arguments["channel"]), grant)
        return {"no_op": True, "already_open": True, "channel": {"id": found.id}}
    users = str(needed(arguments, "users")).split(",")
    if len(users) > 1:
        raise Refusal("invalid_user_combination")
    user = world.user(users[0], grant)
    if user.deleted:
        raise Refusal("user_disabled")
    if user.is_bot:
        raise Refusal("cannot_dm_bot")
    known = world.open_for(user.id) is not None
    channel = world.dm(user)
    shown: Json = {"id": channel.id}
    if flag(arguments.get("return_im")):
        shown |= {"is_im": True, "user": user.id, "is_org_shared": False, "created": int(world.now())}
    return {"no_op": known, "already_open": known, "channel": shown}


def history(world: World, grant: Grant, arguments: Json) -> Json:
    """Return messages, the newest first; metadata only if asked for."""
    channel = world.channel(str(needed(arguments, "channel")), grant)
    tops = [p for p in channel.history() if p.body.get("thread_ts", p.ts) == p.ts]
    found = [p for p in reversed(tops) if _within(p, arguments)]
    return _page(channel, found, arguments)


def replies(world: World, grant: Grant, arguments: Json) -> Json:
    """Return a thread, its parent first."""
    channel = world.channel(str(needed(arguments, "channel")), grant)
    ts = str(needed(arguments, "ts"))
    posts = channel.history()
    top = next((p.body.get("thread_ts", p.ts) for p in posts if p.ts == ts), None)
    if top is None:
        raise Refusal("thread_not_found")
    thread = [p for p in posts if p.ts == top or p.body.get("thread_ts") == top]
    return _page(channel, [p for p in thread if p.ts == top or _within(p, arguments)], arguments)


def slice_of(items: Sequence[T], arguments: Json, usual: int, most: int) -> tuple[list[T], str]:
    """Return one page and the cursor of the next."""
    limit = _number(arguments.get("limit"), usual)
    if limit > most or limit < 0:
        raise Refusal("invalid_limit")
    cursor = str(arguments.get("cursor") or "")
    if cursor and not cursor.removeprefix("page:").isdigit():
        raise Refusal("invalid_cursor")
    start = int(cursor.removeprefix("page:")) if cursor else 0
    end = start + (limit or usual)
    return list(items[start:end]), f"page:{end}" if end < len(items) else ""


def _page(channel: Channel, found: list[Post], arguments: Json) -> Json:
    page, cursor = slice_of(found, arguments, 100, 999)
    metadata = flag(arguments.get("include_all_metadata"))
    messages = [_shown(channel, post, metadata) for post in page]
    return {
        "messages": messages,
        "has_more": bool(cursor),
        "pin_count": 0,
        "response_metadata": {"next_cursor": cursor},
    }


def _shown(channel: Channel, post: Post, metadata: bool) -> Json:
    body = {name: value for name, value in post.body.items() if metadata or name != "metadata"}
    answers = [p for p in channel.history() if p.body.get("thread_ts") == post.ts != p.ts]
    if answers:
        body |= {"thread_ts": post.ts, "reply_count": len(answers), "latest_reply": answers[-1].ts}
    return body


def _within(post: Post, arguments: Json) -> bool:
    ts, inclusive = float(post.ts), flag(arguments.get("inclusive"))
    oldest, latest = _moment(arguments.get("oldest"), 0.0), _moment(arguments.get("latest"), float("inf"))
    return oldest < ts < latest or (inclusive and ts in {oldest, latest})


def _moment(value: Any, usual: float) -> float:
    try:
        return float(value) if value not in {None, ""} else usual
    except (TypeError, ValueError) as wrong:
        raise Refusal("invalid_ts_oldest") from wrong


def _number(value: Any, usual: int) -> int:
    try:
        return int(value) if value not in {None, ""} else usual
    except (TypeError, ValueError) as wrong:
        raise Refusal("invalid_limit") from wrong
