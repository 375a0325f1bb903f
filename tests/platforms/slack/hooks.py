"""``response_url``: answer, replace or delete, five times in half an hour."""

from tests.platforms.slack.chat import authored, content
from tests.platforms.slack.errors import Refusal, flag
from tests.platforms.slack.people import Channel, Grant, Json, Post
from tests.platforms.slack.triggers import Hook
from tests.platforms.slack.world import World


def respond(world: World, hook: Hook, body: Json) -> bool:
    """Do what was posted to a response URL, ephemerally unless it says otherwise; return whether all see it."""
    channel = world.channel(hook.channel)
    original = channel.posts.get(hook.message)
    if flag(body.get("delete_original")):
        _gone(world, channel, original)
        return False
    text, blocks = content(world, body)
    shown: Json = {"text": text} | ({"blocks": blocks} if blocks else {})
    if flag(body.get("replace_original")) and hook.message:
        return _replaced(world, original, shown).only_for == "" and not channel.is_dm
    grant = _installed(world, hook)
    post = Post(authored(world, grant, channel) | {"ts": world.stamp()} | shown)
    if thread := body.get("thread_ts"):
        post.body["thread_ts"] = str(thread)
    if body.get("response_type") != "in_channel":
        post.only_for = hook.user
    world.put(channel, post)
    return post.only_for == "" and not channel.is_dm


def _gone(world: World, channel: Channel, original: Post | None) -> None:
    if original is None:
        raise Refusal("message_not_found")
    del channel.posts[original.ts]
    world.touch()


def _replaced(world: World, original: Post | None, shown: Json) -> Post:
    """Put other words into the same message; nothing of what it said stays."""
    if original is None:
        raise Refusal("message_not_found")
    original.body.pop("blocks", None)
    original.body |= shown
    world.touch()
    return original


def _installed(world: World, hook: Hook) -> Grant:
    workspace = world.workspaces[hook.team]
    grant = next((g for g in world.grants.values() if g.reaches(workspace) and not g.revoked), None)
    if grant is None:
        raise Refusal("no_service")
    return grant
