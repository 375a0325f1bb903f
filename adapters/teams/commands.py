"""What people type in Teams, as they meant it: without the mention of us, without what they quote, without mark-up."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from adapters import inbound
from bot.talk.commands import parse

Json = Mapping[str, Any]

READ = 4000
"""Characters of a line that are looked at; nothing of it is kept."""

REPLY = "http://schema.skype.com/Reply"
"""How Teams marks the quotation in front of a reply."""

_OPEN, _CLOSE = "<blockquote", "</blockquote>"
_ITEM = re.compile(r'\bitemid="([\w:.@;=+~%-]{1,200})"', re.ASCII)
ID = re.compile(r"[\w:.@;=+~%-]{1,512}", re.ASCII)
"""What ids of conversations, messages and members look like."""
_MENTIONED = re.compile(
    r'<span\b[^>]{0,500}schema\.skype\.com/Mention[^>]{0,500}\bitemid="(\d{1,4})"[^>]{0,500}>[^<]{0,200}</span>',
    re.IGNORECASE,
)
_STANDS_FOR = re.compile(r"<quoted\s[^>]{0,500}/>")
_BREAK = re.compile(r"<(?:br|/p|/div|/li)\b[^>]{0,200}>", re.IGNORECASE)
_MARK = re.compile(
    r"</?(?:a|at|attachment|b|code|div|em|emoji|i|img|li|ol|p|pre|readonly|s|span|strong|u|ul)\b[^<>]{0,500}>",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Line:
    """What somebody wrote: ``quoted`` is the message they quote, ``to_us`` that they mean us and no one else."""

    text: str
    quoted: str = ""
    to_us: bool = False

    def command(self) -> tuple[str, str]:
        """Return the command that the line is and what follows it; an empty name for a plain message."""
        return parse(self.text)


def line(activity: Json) -> Line:
    """Read the line of a message.

    A slash command comes as its title without the slash, in a message that is addressed to us alone. In a shared
    conversation a mention that says nothing more asks what we can do.
    """
    ours = [entity for entity in _entities(activity, "mention") if _names_us(entity, activity)]
    targeted = inbound.at(activity, "recipient", "isTargeted") is True
    quoted, text = _read(activity)
    for named in {inbound.text(entity, "text") for entity in ours} - {""}:
        text = text.replace(named, " ")
    said = _plain(text).strip()
    if targeted and said and not said.startswith("/"):
        said = f"/{said}"
    if not said and (ours or targeted):
        said = "/help"
    return Line(said, quoted, bool(ours) or targeted)


def _read(activity: Json) -> tuple[str, str]:
    """Return which message is quoted, and the text without the quotation."""
    text = inbound.text(activity, "text")[:READ]
    for entity in _entities(activity, "quotedReply"):
        named = inbound.text(entity, "quotedReply", "messageId")
        return (named if ID.fullmatch(named) else ""), _STANDS_FOR.sub(" ", text)
    content = _rich(activity)
    start, end = content.find(_OPEN), content.find(_CLOSE)
    quotation = content[start : content.find(">", start)] if 0 <= start < end else ""
    if REPLY not in quotation:
        return "", text
    item = _ITEM.search(quotation)
    beside = _beside(content[:start] + content[end + len(_CLOSE) :], activity)
    return (item[1] if item else ""), beside


def _beside(content: str, activity: Json) -> str:
    """Return what stands beside a quotation in a rich text, in which mentions are numbered, without those of us."""
    mentions = enumerate(_entities(activity, "mention"))
    ours = {str(number) for number, entity in mentions if _names_us(entity, activity)}
    return _MENTIONED.sub(lambda found: " " if found[1] in ours else found[0], content)


def _plain(text: str) -> str:
    return html.unescape(_MARK.sub("", _BREAK.sub("\n", text)))


def _rich(activity: Json) -> str:
    """Return the message as rich text, which Teams attaches where it has any."""
    attached = activity.get("attachments")
    for attachment in attached if isinstance(attached, list) else []:
        if isinstance(attachment, dict) and attachment.get("contentType") == "text/html":
            return inbound.text(attachment, "content")[: 2 * READ]
    return ""


def _names_us(entity: Json, activity: Json) -> bool:
    us = inbound.text(activity, "recipient", "id")
    return bool(us) and inbound.text(entity, "mentioned", "id") == us


def _entities(activity: Json, kind: str) -> Iterator[Json]:
    listed = activity.get("entities")
    for entity in listed if isinstance(listed, list) else []:
        if isinstance(entity, dict) and entity.get("type") == kind:
            yield entity
