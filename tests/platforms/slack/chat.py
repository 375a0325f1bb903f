"""``chat.*``: messages are posted, changed and deleted."""

from typing import Any

from tests.platforms.slack.errors import Refusal, needed
from tests.platforms.slack.people import Channel, Grant, Json, Post, User
from tests.platforms.slack.screens import with_ids
from tests.platforms.slack.world import World

LONGEST_POST, LONGEST_UPDATE = 40_000, 4_000


def post_message(world: World, grant: Grant, arguments: Json) -> Json:
    """Post; to a user's id it opens the conversation on the way. No key protects against doubles."""
    channel = conversation(world, grant, str(needed(arguments, "channel")))
    text, blocks = content(world, arguments)
    body: Json = authored(world, grant, channel) | {"ts": world.stamp(), "text": text[:LONGEST_POST]}
    if blocks:
        body["blocks"] = blocks
    if thread := arguments.get("thread_ts"):
        body["thread_ts"] = _parent(channel, str(thread)).ts
    if "client_msg_id" in arguments:
        body["client_msg_id"] = arguments["client_msg_id"]
    if metadata := _metadata(arguments.get("metadata")):
        body["metadata"] = metadata
    world.put(channel, Post(body))
    _echo(world, channel, {**body, "channel": channel.id})
    return {"channel": channel.id, "ts": body["ts"], "message": body}


def post_ephemeral(world: World, grant: Grant, arguments: Json) -> Json:
    channel = conversation(world, grant, str(needed(arguments, "channel")))
    user = world.user(str(needed(arguments, "user")), grant, "user_not_in_channel")
    if user.id not in channel.members:
        raise Refusal("user_not_in_channel")
    text, blocks = content(world, arguments)
    body: Json = authored(world, grant, channel) | {"ts": world.stamp(), "text": text}
    if blocks:
        body["blocks"] = blocks
    if thread := arguments.get("thread_ts"):
        body["thread_ts"] = str(thread)
    world.put(channel, Post(body, only_for=user.id))
    return {"message_ts": body["ts"]}


def update(world: World, grant: Grant, arguments: Json) -> Json:
    """Change a message of our own; what is not given stays as it is."""
    channel = world.channel(str(needed(arguments, "channel")), grant)
    post = _ours(channel, grant, str(needed(arguments, "ts")), "cant_update_message")
    if len(str(arguments.get("text") or "")) > LONGEST_UPDATE:
        raise Refusal("msg_too_long")
    text, blocks = content(world, arguments)
    was = dict(post.body)
    post.body["text"] = text
    if "blocks" in arguments:
        post.body["blocks"] = blocks
    if metadata := _metadata(arguments.get("metadata")):
        post.body["metadata"] = metadata
    post.body["edited"] = {"user": grant.bot_user, "ts": world.stamp()}
    world.touch()
    _echo(world, channel, _changed(channel, post.body, was, world.stamp()))
    return {"channel": channel.id, "ts": post.ts, "text": text, "message": post.body}


def delete(world: World, grant: Grant, arguments: Json) -> Json:
    channel = world.channel(str(needed(arguments, "channel")), grant)
    post = _ours(channel, grant, str(needed(arguments, "ts")), "cant_delete_message")
    del channel.posts[post.ts]
    world.touch()
    gone = {"type": "message", "subtype": "message_deleted", "channel": channel.id, "deleted_ts": post.ts}
    _echo(world, channel, gone | {"hidden": True, "ts": world.stamp(), "previous_message": post.body})
    return {"channel": channel.id, "ts": post.ts}


def conversation(world: World, grant: Grant, channel: str) -> Channel:
    """Return where a message to ``channel`` goes, or say why none may be sent there."""
    if channel[:1] in {"U", "W"}:
        found = world.dm(_reachable(world.user(channel, grant, "channel_not_found")))
    else:
        found = world.channel(channel, grant)
    if found.archived:
        raise Refusal("is_archived")
    if found.is_dm and not world.messages_tab:
        raise Refusal("messages_tab_disabled")
    return found


def content(world: World, arguments: Json) -> tuple[str, list[Json]]:
    """Return text and blocks of a message, or say what is wrong with them."""
    text, blocks = str(arguments.get("text") or ""), arguments.get("blocks") or []
    if not text and not blocks and not arguments.get("attachments"):
        raise Refusal("no_text")
    if not isinstance(blocks, list) or not all(isinstance(block, dict) for block in blocks):
        raise Refusal("invalid_blocks_format")
    wrong = problems(world, {"text": text, "blocks": blocks}, "message") if blocks else []
    if wrong:
        raise Refusal("invalid_blocks", response_metadata={"messages": [f"[ERROR] {one}" for one in wrong]})
    return text, with_ids(blocks, world.random)


def problems(world: World, shown: Json, surface: str) -> list[str]:
    """Return what Slack would not show, charts included where the workspace has none."""
    charts = [
        b for b in shown.get("blocks", []) if b.get("type") == "data_visualization" and not world.charts
    ]
    return world.validate(shown, surface) + ["unsupported type: data_visualization"] * len(charts)


def authored(world: World, grant: Grant, channel: Channel) -> Json:
    return {
        "type": "message",
        "user": grant.bot_user,
        "bot_id": grant.bot_id,
        "app_id": world.app_id,
        "team": channel.team,
    }


def _reachable(user: User) -> User:
    """A bot cannot be written to; a deactivated account can, as in Slack (slackapi/python-slack-sdk 1156)."""
    if user.is_bot or user.id == "USLACKBOT":
        raise Refusal("cannot_dm_bot")
    return user


def _parent(channel: Channel, ts: str) -> Post:
    if ts not in channel.posts:
        raise Refusal("thread_not_found")
    return channel.posts[ts]


def _ours(channel: Channel, grant: Grant, ts: str, otherwise: str) -> Post:
    post = channel.posts.get(ts)
    if post is None or post.only_for:
        raise Refusal("message_not_found")
    if post.body.get("bot_id") != grant.bot_id:
        raise Refusal(otherwise)
    return post


def _metadata(metadata: Any) -> Json | None:
    if metadata is None:
        return None
    whole = isinstance(metadata, dict) and isinstance(metadata.get("event_payload"), dict)
    if not whole or not metadata.get("event_type"):
        raise Refusal("invalid_metadata_format")
    return dict(metadata)


def _changed(channel: Channel, body: Json, was: Json, ts: str) -> Json:
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": channel.id,
        "ts": ts,
        "message": body,
        "previous_message": was,
    }


def _echo(world: World, channel: Channel, event: Json) -> None:
    """Tell the app of its own message, as Slack does to whoever subscribed to ``message.im``."""
    if world.echo and channel.is_dm:
        world.emit({**event, "channel_type": "im", "event_ts": event["ts"]}, channel.team)
