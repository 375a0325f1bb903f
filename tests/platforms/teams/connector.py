"""What the connector's routes do: pure but for the world they change."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.teams.errors import (
    BLOCKED,
    NO_ACTIVITY,
    NO_CONVERSATION,
    NOT_INSTALLED,
    TOO_BIG,
    Refusal,
    bad,
)
from tests.platforms.teams.people import Conversation, Json, Post, User
from tests.platforms.teams.world import World, refused

MOST_BYTES = 100 * 1024
"""Of a message, counted as UTF-16 (``format-your-bot-messages``)."""

PAGE, LARGEST_PAGE = 200, 500

TYPES = frozenset({"message", "typing", "event", "trace"})
CARD = "application/vnd.microsoft.card.adaptive"


@dataclass
class Asked:
    """A call on its way: where it goes and what it carries."""

    name: str
    conversation: str = ""
    of: str = ""
    """The activity or the member that it is about."""
    body: Json = field(default_factory=dict)
    query: Json = field(default_factory=dict)
    made: str = ""
    """The id of the message that came of it."""

    @property
    def targeted(self) -> bool:
        return str(self.query.get("isTargetedActivity", "")).lower() == "true"


Answer = tuple[int, Any]


def act(world: World, asked: Asked) -> Answer:
    """Do what is asked and return status and body; ``Refusal`` if it cannot be done."""
    match asked.name:
        case "create":
            return _create(world, asked)
        case "post":
            return _post(world, asked)
        case "update":
            return _update(world, asked)
        case "delete":
            return _delete(world, asked)
        case "member":
            return 200, _member(world, _open(world, asked), asked.of).shape()
        case _:
            return _members(world, asked)


def size(activity: Json) -> int:
    return len(json.dumps(activity, ensure_ascii=False).encode("utf-16-le", "surrogatepass"))


def _create(world: World, asked: Asked) -> Answer:
    members = asked.body.get("members")
    if not isinstance(members, list) or len(members) != 1 or not isinstance(members[0], dict):
        raise bad("a personal conversation has one member")
    if asked.body.get("isGroup"):
        raise bad("groups can't be created by bots")
    tenant = asked.body.get("tenantId") or asked.body.get("tenantID") or _tenant(asked.body)  # either is read
    if tenant not in world.tenants:
        raise Refusal(403, "InvalidTenant", "The tenant doesn't have this bot.")
    user = world.user(str(members[0].get("id")))
    if user is None or user.gone or user.tenant != tenant:
        raise bad("Bad format of member id")
    if not user.installed:
        raise NOT_INSTALLED
    opened = world.personal(user)
    asked.conversation = opened.id
    answer = {"id": opened.id}
    if isinstance(asked.body.get("activity"), dict):
        first = Asked("post", opened.id, body=asked.body["activity"])
        answer["activityId"] = _post(world, first)[1]["id"]
    return 201, answer


def _post(world: World, asked: Asked) -> Answer:
    conversation = _open(world, asked)
    activity = _checked(world, asked.body)
    asked.made = world.new_id()
    if activity["type"] != "message":
        return 201, {"id": asked.made}
    only_for = _recipient(world, conversation, activity) if asked.targeted else ""
    thread = asked.of if asked.of in conversation.posts else ""
    body = activity | {"id": asked.made, "replyToId": thread}
    world.put(conversation, Post(body, "", only_for))
    return 201, {"id": asked.made}


def _update(world: World, asked: Asked) -> Answer:
    conversation = _open(world, asked)
    post = _ours(conversation, asked.of)
    post.body = _checked(world, asked.body) | {"id": post.id, "replyToId": post.body.get("replyToId", "")}
    post.views.clear()
    asked.made = post.id
    world.touch()
    return 200, {"id": post.id}


def _delete(world: World, asked: Asked) -> Answer:
    post = _ours(_open(world, asked), asked.of)
    post.body = {"id": post.id, "type": "message", "deleted": True}
    asked.made = post.id
    world.touch()
    return 200, None


def _members(world: World, asked: Asked) -> Answer:
    conversation = _open(world, asked)
    everybody = [u for m in conversation.members if (u := world.users.get(m)) and not u.gone]
    if asked.name == "all_members":
        return 200, [user.shape() for user in everybody]
    try:
        most = int(asked.query.get("pageSize") or PAGE)
        start = int(asked.query.get("continuationToken") or 0)
    except ValueError as error:
        raise bad("pageSize and continuationToken") from error
    most = max(1, min(most, LARGEST_PAGE))
    answer: Json = {"members": [user.shape() for user in everybody[start : start + most]]}
    if start + most < len(everybody):
        answer["continuationToken"] = str(start + most)
    return 200, answer


def _open(world: World, asked: Asked) -> Conversation:
    """Return the conversation if the bot may use it."""
    conversation = world.conversation(asked.conversation)
    user = world.users.get(conversation.user)
    if user is None:
        return conversation
    if user.gone:
        raise NO_CONVERSATION
    if asked.name in {"post", "update", "delete"} and (user.blocked or not user.installed):
        raise BLOCKED
    return conversation


def _member(world: World, conversation: Conversation, named: str) -> User:
    user = world.user(named)
    if user is None or user.gone or user.id not in conversation.members:
        raise Refusal(404, "MemberNotFoundInConversation", "The member isn't in the conversation.")
    return user


def _ours(conversation: Conversation, named: str) -> Post:
    post = conversation.posts.get(named)
    if post is None or post.deleted:
        raise NO_ACTIVITY
    if post.by:
        raise Refusal(403, "ForbiddenOperationException", "The message is somebody else's.")
    return post


def _recipient(world: World, conversation: Conversation, activity: Json) -> str:
    """Return whom a targeted message is for: its recipient, who must be a member."""
    if not world.targeting:
        raise bad("Targeted messages are not supported here")
    recipient = activity.get("recipient")
    if not isinstance(recipient, dict):
        raise bad("A targeted message needs a recipient")
    return _member(world, conversation, str(recipient.get("id"))).id


def _checked(world: World, activity: Json) -> Json:
    if activity.get("type") not in TYPES:
        raise bad("Unknown activity type")
    if size(activity) > MOST_BYTES:
        raise TOO_BIG
    wrong = [*_shape(activity)] or world.wrong(activity)
    if wrong:
        raise refused(wrong)
    return activity


def _shape(activity: Json) -> Iterator[str]:
    """Say what is wrong with a message before its cards are looked into."""
    attachments = activity.get("attachments", [])
    if not isinstance(attachments, list) or not all(isinstance(one, dict) for one in attachments):
        yield "attachments are no list of objects"
        return
    text = activity.get("text", "")
    if not isinstance(text, str) or not isinstance(activity.get("summary", ""), str):
        yield "text and summary are texts"
    elif activity["type"] == "message" and not text and not attachments:
        yield "a message with neither text nor attachments"
    for one in attachments:
        content = one.get("content")
        if one.get("contentType") == CARD and not (
            isinstance(content, dict) and content.get("type") == "AdaptiveCard" and content.get("version")
        ):
            yield "an adaptive card without type or version"


def _tenant(body: Json) -> Any:
    data = body.get("channelData")
    tenant = data.get("tenant") if isinstance(data, dict) else None
    return tenant.get("id") if isinstance(tenant, dict) else None
