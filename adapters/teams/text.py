"""Words of others, made harmless for Teams: nothing in them formats, links, mentions or turns the text around.

A ``TextBlock`` is read as Markdown and ``{{DATE(…)}}`` is computed in every text. Teams' clients disagree about the
backslash that should prevent it (some show it), so each sign that could act becomes one that looks like it, or has an
invisible joiner behind it.
"""

import re
from typing import Any

from adapters.teams import limits
from bot.talk.inert import visible

Json = dict[str, Any]

BLANK = "–"
"""Stands where Teams demands a text and there is none."""

_JOINER = "\u2060"

_MARKS = str.maketrans({"*": "∗", "~": "∼", "`": "ˋ", "\\": "∖"})
_UNDERSCORE = re.compile(r"(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")
_LINK = re.compile(r"\](?=[(\[:])")
_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_ENTITY = re.compile(r"&(?=#?[A-Za-z0-9]+;)")
_SIGN = re.compile(r"(?<!\S)[+−](?=[^\w\s])")
_FUNCTION = re.compile(r"\{(?=\{)")
_BULLET = re.compile(r"(?=[-+#>=])(?![-+#]\d)")
_NUMBERED = re.compile(r"(\d+)(?=[.)](?:\s|$))")


def plain(text: str, limit: int) -> str:
    """Return the text as it may stand where Teams reads no Markdown; empty if nothing of it can be seen."""
    return limits.cut(_functionless(visible(text, limit)), limit)


def line(text: str, limit: int) -> str:
    """Return the text on one line, as it may stand where Teams reads no Markdown."""
    return limits.cut(_functionless(" ".join(visible(text, limit).split())), limit)


def literal(text: str, limit: int = limits.TEXT) -> str:
    """Return the text so that Teams, reading Markdown, shows what was written, each line as a paragraph of its own."""
    lines = (inline.strip() for inline in visible(text, limit).split("\n"))
    return limits.cut("\n\n".join(_inert(inline) for inline in lines if inline), limit)


def block(text: str, limit: int = limits.TEXT, **looks: Any) -> Json:
    """Return a paragraph that shows what was written; ``looks`` are properties of a ``TextBlock``."""
    return {"type": "TextBlock", "text": literal(text, limit) or BLANK, "wrap": True, **looks}


def _inert(inline: str) -> str:
    """Return one line without anything that Markdown acts upon; no line ends between a sign and its amount."""
    shown = _UNDERSCORE.sub("ˍ", inline.translate(_MARKS))
    for sign in (_LINK, _TAG, _ENTITY, _SIGN):
        shown = sign.sub(lambda found: found[0] + _JOINER, shown)
    beginning = _NUMBERED.match(shown)
    if beginning:
        shown = beginning[1] + _JOINER + shown[beginning.end() :]
    return _functionless(_JOINER + shown if _BULLET.match(shown) else shown)


def _functionless(text: str) -> str:
    return _FUNCTION.sub("{" + _JOINER, text)
