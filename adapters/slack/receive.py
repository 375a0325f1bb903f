"""What Slack sends, as events in our words: pure functions over payloads that the guard let through.

Whatever has not the shape that Slack documents, or comes from a bot, a guest or a stranger, is no event.
Identities of acts rest on Slack's random ids, never on what was pressed or written: the inbox keeps their
digests for a day, and a digest over a known person, a time and five possible answers could be guessed.
"""

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal

from adapters import inbound
from adapters.slack import roster
from adapters.slack.render import action_token, fields
from adapters.slack.roster import SLACKBOT
from bot.talk.cards import Action
from bot.talk.commands import BY_NAME, parse
from bot.talk.events import (
    AccessChanged,
    ButtonPressed,
    CommandUsed,
    Event,
    FormSent,
    HomeOpened,
    MemberJoined,
    MemberLeft,
    MessageWritten,
    ProfileChanged,
    Source,
    Uninstalled,
)

Json = Mapping[str, Any]
Surface = Literal["message", "modal", "home", "command", "typed", "shortcut"]

NAME = "slack"

AGAIN = "slack.command"
"""The action of a button that we add under a typed command whose answer is a form: it uses the command again."""

_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LABELLED = re.compile(r"<[^<>|]*\|([^<>]*)>")
_BARE = re.compile(r"<(?:mailto:|tel:)?([^<>|@#!][^<>|]*)>")


@dataclass(frozen=True, slots=True)
class Origin:
    """The message from which a modal was opened; it travels with the modal, as ids only."""

    channel: str = ""
    ts: str = ""
    response_url: str = ""

    def encode(self) -> str:
        """Return the origin as one short text; the inverse of ``decode``."""
        parts = (self.channel, self.ts, self.response_url)
        return json.dumps(parts, separators=(",", ":")) if any(parts) else ""

    @classmethod
    def decode(cls, text: str) -> "Origin":
        """Read what ``encode`` wrote; anything else is no origin."""
        parts = _read(text)
        known = isinstance(parts, list) and len(parts) == 3 and all(isinstance(part, str) for part in parts)
        return cls(*parts) if known else cls()


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where an act came from, and so where its reply is to be shown.

    ``asks`` are the fields of a modal that was submitted, in their order; ``again`` is the typed command.
    """

    workspace: str
    user: str
    surface: Surface
    channel: str = ""
    ts: str = ""
    thread: str = ""
    response_url: str = ""
    trigger: str = ""
    view: str = ""
    origin: Origin = Origin()
    submitted: bool = False
    asks: tuple[str, ...] = ()
    again: tuple[str, str] | None = None


Received = tuple[Event, Spot | None]
"""An event and its spot; what happens to a membership has none, for there is nobody to show a reply to."""


def received(body: Json) -> Received | None:
    """Return what a payload means, or ``None`` where it means nothing to us."""
    match body.get("type"):
        case "event_callback":
            return _event(body)
        case "block_actions":
            return _pressed(body)
        case "view_submission":
            return _submitted(body)
        case "shortcut" | "message_action":
            return _shortcut(body)
        case None if "command" in body:
            return _command(body)
        case _:
            return None


def workspace(body: Json) -> str:
    """Return the id of the team that a payload concerns, or of the organisation that installed us as a whole."""
    installed, organisation = _installed(body)
    if installed.get("is_enterprise_install") in (True, "true"):
        return organisation
    places = (
        (installed, "team_id"),
        (body, "view", "app_installed_team_id"),
        (body, "team", "id"),
        (body, "user", "team_id"),
        (body, "view", "team_id"),
    )
    return next(filter(None, (_id(node, *path) for node, *path in places)), organisation)


def _installed(body: Json) -> tuple[Json, str]:
    """Return the part of a payload that says where we are installed, and the organisation it names, if any."""
    listed = body.get("authorizations")
    first = listed[0] if isinstance(listed, list) and listed else None
    installed = first if isinstance(first, dict) else body
    paths = ((installed, "enterprise_id"), (body, "enterprise", "id"), (body, "enterprise_id"))
    return installed, next(filter(None, (_id(node, *path) for node, *path in paths)), "")


# --- the Events API ----------------------------------------------------------------------------------------


def _event(body: Json) -> Received | None:
    event = body.get("event")
    if not isinstance(event, dict) or not inbound.text(body, "event_id") or not workspace(body):
        return None
    found: Received | None = None
    match event.get("type"):
        case "app_home_opened":
            found = _opened(body, event)
        case "message":
            found = _written(body, event)
        case "team_join" | "user_change":
            found = _member(body, event)
        case "app_uninstalled" | "tokens_revoked":
            found = _uninstalled(body, event)
        case "team_access_granted" | "team_access_revoked" as kind:
            found = _access_changed(body, event, lost=kind == "team_access_revoked")
        case _:
            pass
    return found


def _uninstalled(body: Json, event: Json) -> Received | None:
    """Take that we were removed; tokens of users, of which we have none, may be revoked without our being."""
    if event["type"] == "tokens_revoked" and not inbound.at(event, "tokens", "bot"):
        return None
    return Uninstalled(_source(body, "", f"E:{body['event_id']}"), _moment(body.get("event_time"))), None


def _access_changed(body: Json, event: Json, *, lost: bool) -> Received | None:
    """Take that an organisation that installed us as a whole changed which of its workspaces let us in."""
    listed = event.get("team_ids")
    named = listed if isinstance(listed, list) else []
    teams = tuple(team for team in named if isinstance(team, str) and _ID.fullmatch(team))
    source = _source(body, "", f"E:{body['event_id']}")
    source = replace(source, workspace=_installed(body)[1] or source.workspace)
    changed = AccessChanged(source, teams if lost else (), _moment(body.get("event_time")))
    return (changed, None) if teams else None


def _moment(seconds: object) -> datetime | None:
    """Read when something happened; a late retry of a removal must not undo a new installation."""
    if isinstance(seconds, int) and 0 < seconds < 2**33:
        return datetime.fromtimestamp(seconds, UTC)
    return None


def _opened(body: Json, event: Json) -> Received | None:
    user = _id(event, "user")
    if event.get("tab") != "home" or not user:
        return None
    spot = Spot(workspace=workspace(body), user=user, surface="home")
    return HomeOpened(_source(body, user, f"E:{body['event_id']}")), spot


def _written(body: Json, event: Json) -> Received | None:
    """Take what a person types to us in private; edits, files, joins and the talk of bots are none of it."""
    user, channel = _id(event, "user"), _id(event, "channel")
    if event.get("channel_type") != "im" or not user or not channel or user == SLACKBOT:
        return None
    if event.get("subtype") or event.get("bot_id") or event.get("hidden"):
        return None
    text, thread = _plain(inbound.text(event, "text")), inbound.text(event, "thread_ts")
    source = _source(body, user, f"E:{body['event_id']}", channel, thread)
    name, rest = parse(text)
    spot = Spot(
        workspace=source.workspace,
        user=user,
        surface="typed",
        channel=channel,
        ts=inbound.text(event, "ts"),
        thread=thread,
        again=(name, rest) if name else None,
    )
    return _typed(source, text), spot


def _member(body: Json, event: Json) -> Received | None:
    member = event.get("user")
    if not isinstance(member, dict) or not _id(member, "id"):
        return None
    source = _source(body, _id(member, "id"), f"E:{body['event_id']}")
    if member.get("deleted") and event["type"] == "user_change" and not member.get("is_bot"):
        return MemberLeft(source), None
    if not roster.somebody(member):
        return None
    kind = MemberJoined if event["type"] == "team_join" else ProfileChanged
    return kind(source, roster.profile(member)), None


# --- buttons, forms, commands, shortcuts -------------------------------------------------------------------


def _pressed(body: Json) -> Received | None:
    actions, user = body.get("actions"), _id(body, "user", "id")
    pressed = actions[0] if isinstance(actions, list) and actions else None
    if not isinstance(pressed, dict) or not user or not workspace(body):
        return None
    action, spot = _action(action_token(pressed)), _spot_of_button(body, user)
    if action is None or spot is None:
        return None
    at = _identity("A", user, inbound.text(pressed, "action_ts"), spot.trigger)
    source = _source(body, user, at, spot.channel or spot.origin.channel, spot.ts or spot.origin.ts)
    if action.name != AGAIN:
        return ButtonPressed(source, action), spot
    return (CommandUsed(source, action.ref, action.value), spot) if action.ref in BY_NAME else None


def _spot_of_button(body: Json, user: str) -> Spot | None:
    view, trigger = body.get("view"), inbound.text(body, "trigger_id")
    if isinstance(view, dict):
        return Spot(
            workspace=workspace(body),
            user=user,
            surface="home" if view.get("type") == "home" else "modal",
            trigger=trigger,
            view=_id(view, "id"),
            origin=_metadata(view)[0],
        )
    channel = _id(body, "channel", "id") or _id(body, "container", "channel_id")
    ts = inbound.text(body, "message", "ts") or inbound.text(body, "container", "message_ts")
    if not channel or not ts:
        return None
    return Spot(
        workspace=workspace(body),
        user=user,
        surface="message",
        channel=channel,
        ts=ts,
        thread=inbound.text(body, "message", "thread_ts") or inbound.text(body, "container", "thread_ts"),
        response_url=inbound.text(body, "response_url"),
        trigger=trigger,
    )


def _submitted(body: Json) -> Received | None:
    view, user = body.get("view"), _id(body, "user", "id")
    if not isinstance(view, dict) or not user or not _id(view, "id") or not workspace(body):
        return None
    origin, token = _metadata(view)
    action = _action(token)
    if action is None:
        return None
    state = view.get("state")
    spot = Spot(
        workspace=workspace(body),
        user=user,
        surface="modal",
        trigger=inbound.text(body, "trigger_id"),
        view=_id(view, "id"),
        origin=origin,
        submitted=True,
        asks=_asks(view),
    )
    sent = _identity("V", spot.view, spot.trigger or inbound.text(view, "hash"))
    source = _source(body, user, sent, origin.channel, origin.ts)
    return FormSent(source, action, fields(state if isinstance(state, dict) else {})), spot


def _asks(view: Json) -> tuple[str, ...]:
    """Return the names of a modal's fields: errors may be shown under these and no others."""
    blocks = view.get("blocks")
    listed = blocks if isinstance(blocks, list) else []
    inputs = [b for b in listed if isinstance(b, dict) and b.get("type") == "input"]
    return tuple(inbound.text(block, "block_id") for block in inputs if inbound.text(block, "block_id"))


def _command(body: Json) -> Received | None:
    user, trigger, channel = _id(body, "user_id"), inbound.text(body, "trigger_id"), _id(body, "channel_id")
    if not user or not trigger or not workspace(body):
        return None
    text = f"{inbound.text(body, 'command')} {_plain(inbound.text(body, 'text'))}".strip()
    spot = Spot(
        workspace=workspace(body),
        user=user,
        surface="command",
        channel=channel,
        response_url=inbound.text(body, "response_url"),
        trigger=trigger,
    )
    return _typed(_source(body, user, _identity("C", trigger), channel), text), spot


def _shortcut(body: Json) -> Received | None:
    """Take a shortcut for the command that it is named after, and any other for the help.

    Where it was used is left out: what it brings is shown in the person's own conversation with us.
    """
    user, trigger = _id(body, "user", "id"), inbound.text(body, "trigger_id")
    if not user or not trigger or not workspace(body):
        return None
    name, _ = parse(f"/{inbound.text(body, 'callback_id')}")
    spot = Spot(workspace=workspace(body), user=user, surface="shortcut", trigger=trigger)
    return CommandUsed(_source(body, user, _identity("S", trigger)), name or "help"), spot


# --- parts -------------------------------------------------------------------------------------------------


def _source(body: Json, user: str, event: str, conversation: str = "", message: str = "") -> Source:
    return Source(
        platform=NAME,
        workspace=workspace(body),
        user=user,
        event=event,
        conversation=conversation,
        message=message,
    )


def _typed(source: Source, text: str) -> Event:
    name, rest = parse(text)
    return CommandUsed(source, name, rest) if name else MessageWritten(source, text)


def _identity(kind: str, *parts: str) -> str:
    return f"{kind}:{hashlib.sha256('|'.join(parts).encode()).hexdigest()}"


def _action(token: str) -> Action | None:
    try:
        action = Action.decode(token)
    except ValueError:
        return None
    return action if action.name else None


def _metadata(view: Json) -> tuple[Origin, str]:
    """Return what a modal of ours carries: where it was opened, and what submitting it does."""
    carried = _read(inbound.text(view, "private_metadata"))
    return Origin.decode(inbound.text(carried, "o")), inbound.text(carried, "a")


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _plain(text: str) -> str:
    """Return a typed line as it was typed: without the mark-up that Slack puts around links, and unescaped."""
    bare = _BARE.sub(r"\1", _LABELLED.sub(r"\1", text))
    return bare.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def _id(node: object, *path: str) -> str:
    found = inbound.text(node, *path)
    return found if _ID.fullmatch(found) else ""
