"""What Teams sends, as events in our words: pure functions over activities that the guard let through.

Who acts is the signed activity's ``from.aadObjectId``, and nothing in ``value``. Whatever has not the shape that
Microsoft documents, or comes from a bot, is no event. Identities of acts rest on Teams' ids of activities, never on
what was pressed or written: a redelivery has the same one, and a digest of it tells nothing.
"""

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from adapters import inbound
from adapters.teams.commands import ID, line
from adapters.teams.controls import ACT, AGAIN, action_token, fields, opens_dialog, origin
from adapters.teams.forms import FORM, OWN, decode
from adapters.teams.references import is_personal
from bot.talk.cards import Action, Card
from bot.talk.commands import BY_NAME
from bot.talk.events import (
    AppAdded,
    ButtonPressed,
    CommandUsed,
    Event,
    FormSent,
    MemberLeft,
    MessageWritten,
    Profile,
    ProfileChanged,
    Source,
)

Json = Mapping[str, Any]
Surface = Literal["typed", "card", "submit", "dialog", "membership"]
"""A line; a button of a card, by an invoke or (older clients) a message; a dialog; that the app came or went."""

NAME, CHANNEL = "teams", "msteams"

EXECUTE, FETCH, SUBMIT = "adaptiveCard/action", "task/fetch", "task/submit"
"""The invokes that are acts of people."""
DIALOGS = frozenset({FETCH, SUBMIT})

_WHO = re.compile(r"[A-Za-z0-9._-]{1,64}")
_LOCALE = re.compile(r"[A-Za-z]{1,8}(?:[-_][A-Za-z0-9]{1,8}){0,3}")
_LONGEST_ZONE = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """Where an act came from, and so where its reply is to be shown.

    ``message`` is the message of ours that was acted upon. ``form`` is the form that was sent, as it travelled with
    what was sent, ``values`` what was filled in, ``own`` that the form is a message of its own.
    """

    workspace: str
    user: str
    surface: Surface
    conversation: str
    message: str = ""
    shared: bool = False
    """Whether others read along."""
    sent: bool = False
    """Whether a form was sent."""
    form: Card | None = field(default=None, repr=False)
    values: Mapping[str, str] = field(default_factory=dict, repr=False)
    own: bool = False
    again: Action | None = None
    """What a button would have to do to come to the same form in a dialog, where this act could not open one."""
    locale: str = ""


Received = tuple[Event, Spot]


def received(activity: Json) -> Received | None:
    """Return what an activity means, or ``None`` where it means nothing to us."""
    if activity.get("channelId") != CHANNEL or not _identified(activity):
        return None
    match activity.get("type"):
        case "message":
            return _message(activity)
        case "invoke":
            return _invoke(activity)
        case "installationUpdate":
            return _installation(activity)
        case "conversationUpdate":
            return _members(activity)
        case _:
            return None


def learned(activity: Json) -> ProfileChanged | None:
    """Return the language and the time zone that an activity tells of whoever sent it, if it tells any."""
    if activity.get("channelId") != CHANNEL or not _identified(activity):
        return None
    told = profile(activity)
    known = told.locale or told.time_zone
    return ProfileChanged(_source(activity, "L"), told) if known else None


def profile(activity: Json) -> Profile:
    """Return what an activity tells of whoever sent it; name and address are not its to tell."""
    entities = activity.get("entities")
    listed = entities if isinstance(entities, list) else []
    client = next((e for e in listed if isinstance(e, dict) and e.get("type") == "clientInfo"), {})
    zone = inbound.text(activity, "localTimezone") or inbound.text(client, "timezone")
    return Profile(
        _id(activity, "from", "aadObjectId"),
        locale=locale(activity) or _tag(inbound.text(client, "locale")),
        time_zone=zone if len(zone) <= _LONGEST_ZONE else "",
    )


def refreshes(activity: Json) -> bool:
    """Tell whether a client draws a card anew of its own accord, which nobody pressed."""
    return inbound.text(activity, "value", "trigger") == "automatic"


def locale(activity: Json) -> str:
    """Return the language in which whoever sent an activity uses Teams, if it says so."""
    return _tag(inbound.text(activity, "locale"))


def tenant(activity: Json) -> str:
    """Return the tenant that an activity belongs to; empty where it names none, or two."""
    named = {
        inbound.text(activity, "conversation", "tenantId").lower(),
        inbound.text(activity, "channelData", "tenant", "id").lower(),
    }
    found = named - {""}
    only = found.pop() if len(found) == 1 else ""
    return only if _WHO.fullmatch(only) else ""


def _identified(activity: Json) -> bool:
    """Whether an activity says what it is, where it belongs and who sent it, and that is no bot."""
    where = inbound.text(activity, "conversation", "id")
    known = ID.fullmatch(inbound.text(activity, "id")) and ID.fullmatch(where) and tenant(activity)
    bot = inbound.text(activity, "from", "role") in {"bot", "skill"} or inbound.text(
        activity, "from", "id"
    ).startswith("28:")
    return bool(known) and not bot and bool(_id(activity, "from", "aadObjectId"))


# --- lines ------------------------------------------------------------------------------------------------


def _message(activity: Json) -> Received | None:
    """Take what a person types to us, or sends with a card where the client is an older one."""
    value = activity.get("value")
    if isinstance(value, dict) and action_token(value):
        return _acted(activity, value, "submit", inbound.text(activity, "replyToId"))
    said = line(activity)
    if _shared(activity) and not said.to_us:
        return None
    source = _source(activity, "M", said.quoted or inbound.text(activity, "replyToId"))
    name, rest = said.command()
    if not name:
        return MessageWritten(source, said.text), _spot(activity, "typed", source)
    again = Action(AGAIN, name, rest if BY_NAME[name].takes_text else "")
    return CommandUsed(source, name, rest), _spot(activity, "typed", source, again=again)


# --- cards and dialogs ------------------------------------------------------------------------------------


def _invoke(activity: Json) -> Received | None:
    value, replied = activity.get("value"), inbound.text(activity, "replyToId")
    match activity.get("name"), value:
        case str(name), {"action": {"data": dict(data)}} if name == EXECUTE and not refreshes(activity):
            return _acted(activity, data, "card", replied)
        case str(name), {"data": dict(data)} if name == FETCH:
            return _acted(activity, {ACT: action_token(data)}, "dialog", replied)
        case str(name), {"data": dict(data)} if name == SUBMIT:
            return _acted(activity, data, "dialog", replied or origin(data))
        case _:
            return None


def _acted(activity: Json, data: Json, surface: Surface, message: str) -> Received | None:
    action = _action(action_token(data))
    if action is None:
        return None
    values = {str(key): spelled for key, value in data.items() if (spelled := _spelled(value))}
    filled = fields(values)
    source = _source(activity, "A", message)
    if action.name == AGAIN:
        command = CommandUsed(source, action.ref, action.value) if action.ref in BY_NAME else None
        return (command, _spot(activity, surface, source)) if command else None
    sent = bool(filled) or FORM in data or OWN in data
    event = FormSent(source, action, filled) if sent else ButtonPressed(source, action)
    form = decode(data.get(FORM)) if sent else None
    again = action if surface == "card" and opens_dialog(action) and not sent else None
    more = {"sent": sent, "form": form, "values": filled, "own": OWN in data, "again": again}
    return event, _spot(activity, surface, source, **more)


def _spelled(value: object) -> str:
    """Return a field's value in our coding, which is text: a toggle as ``true``, several choices with commas between."""
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value) if abs(value) < 2**53 else ""
        case float() if math.isfinite(value):
            return str(int(value)) if value.is_integer() and abs(value) < 2**53 else str(value)
        case list() if value and all(isinstance(each, str) for each in value):
            return ",".join(value)
        case _:
            return ""


# --- who has the app --------------------------------------------------------------------------------------


def _installation(activity: Json) -> Received | None:
    """Take that the app came or went; that it was renewed is neither."""
    match activity.get("action"):
        case "add" if _shared(activity):
            return _introduced(activity)
        case "add":
            return _added(activity)
        case "remove" if not _shared(activity):
            return _removed(activity)
        case _:
            return None


def _members(activity: Json) -> Received | None:
    """Take that a personal conversation began or ended; who is in a team is the roster's to say."""
    if _shared(activity):
        return None
    if _names(activity.get("membersAdded")):
        return _added(activity)
    if inbound.text(activity, "recipient", "id") in _names(activity.get("membersRemoved")):
        return _removed(activity)
    return None


def _names(members: object) -> set[str]:
    return {inbound.text(each, "id") for each in members} - {""} if isinstance(members, list) else set()


def _added(activity: Json) -> Received:
    source = _source(activity, "I")
    return AppAdded(source, profile(activity)), _spot(activity, "membership", source)


def _removed(activity: Json) -> Received:
    source = _source(activity, "R")
    return MemberLeft(source), _spot(activity, "membership", source)


def _introduced(activity: Json) -> Received:
    """Show whoever added the app to a team or a chat what it can do there, and nobody else."""
    source = _source(activity, "I")
    return CommandUsed(source, "help"), _spot(activity, "typed", source)


# --- parts ------------------------------------------------------------------------------------------------


def _source(activity: Json, kind: str, message: str = "") -> Source:
    where = inbound.text(activity, "conversation", "id")
    told = "|".join((inbound.text(activity, "type"), where, inbound.text(activity, "id")))
    return Source(
        platform=NAME,
        workspace=tenant(activity),
        user=_id(activity, "from", "aadObjectId"),
        event=f"{kind}:{hashlib.sha256(told.encode('utf-8', 'replace')).hexdigest()}",
        conversation=where,
        message=message if ID.fullmatch(message) else "",
    )


def _spot(activity: Json, surface: Surface, source: Source, **more: Any) -> Spot:
    return Spot(
        workspace=source.workspace,
        user=source.user,
        surface=surface,
        conversation=source.conversation,
        message=source.message if surface in {"card", "submit", "dialog"} else "",
        shared=_shared(activity),
        locale=locale(activity),
        **more,
    )


def _shared(activity: Json) -> bool:
    """Whether others may read a conversation: every one that is not surely personal."""
    return not is_personal(activity)


def _action(token: str) -> Action | None:
    action = Action.decode(token) if token else None
    return action if action is not None and action.name else None


def _tag(text: str) -> str:
    return text if _LOCALE.fullmatch(text) else ""


def _id(node: object, *path: str) -> str:
    """Return an id of the directory in the spelling that we know people by."""
    found = inbound.text(node, *path).lower()
    return found if _WHO.fullmatch(found) else ""
