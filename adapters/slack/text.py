"""Words of others, made harmless for Slack: nothing in them pings, links, formats or turns the text around.

``plain_text``, ``raw_text`` and the texts inside ``rich_text`` are not parsed by Slack, so ``plain`` is enough there; a
``mrkdwn`` object and a message's top-level ``text`` are, and need ``mrkdwn``.
"""

import re
from typing import Any

from adapters.slack.limits import SECTION, cut
from bot.talk.inert import visible

Json = dict[str, Any]

BLANK = "–"
"""Stands where Slack demands a text and there is none."""

_WORD_JOINER = "\u2060"

# Slack knows no escape for its marks, so each becomes a character that looks like it and formats nothing.
_MARKS = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ"})
_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_QUOTE = re.compile(r"^(\s*)>", re.MULTILINE)
_MENTION = re.compile(r"@(?=(?:here|channel|everyone|group)\b)|(?<![A-Za-z0-9])@(?=\w)", re.IGNORECASE)
_EMOJI = re.compile(r":(?=[a-z0-9_+'-]+:)", re.IGNORECASE)
_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


def plain(text: str, limit: int) -> str:
    """Return the text as it may stand where Slack does not parse it; empty if nothing of it can be seen."""
    seen = visible(text, limit)
    return cut(seen, limit)


def mrkdwn(text: str, limit: int = SECTION) -> str:
    """Return the text so that Slack, parsing it, shows what was written; ``limit`` counts the escapes."""
    seen = _QUOTE.sub(r"\1›", visible(text, limit)).translate(_MARKS)
    seen = _UNDERSCORE.sub("ˍ", seen)
    for sign in (_MENTION, _EMOJI):
        seen = sign.sub(lambda found: found[0] + _WORD_JOINER, seen)
    return cut(seen.translate(_ESCAPES), limit)


def plain_text(text: str, limit: int) -> Json:
    """Return a text object that Slack shows as it is written."""
    return {"type": "plain_text", "text": plain(text, limit) or BLANK, "emoji": False}


def rich(text: str, limit: int = SECTION, *, bold: bool = False) -> Json:
    """Return a piece of rich text, which has its looks beside it instead of in it."""
    piece: Json = {"type": "text", "text": plain(text, limit) or BLANK}
    return piece | {"style": {"bold": True}} if bold else piece
