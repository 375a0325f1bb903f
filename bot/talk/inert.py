"""Making text that others wrote harmless inside a sentence of ours."""

import unicodedata
from collections.abc import Collection

CUT = "…"
ISOLATE, END_ISOLATE = "\u2068", "\u2069"

BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that can turn the direction of the text after them (Unicode UAX 9)."""

_OWN = frozenset({"\n", ISOLATE, END_ISOLATE})

SPACES = frozenset("\t\n\v\f\r\x1c\x1d\x1e\x1f\x85\u2028\u2029")


def inert(text: str, limit: int) -> str:
    """Return ``text`` on one line, at most ``limit`` characters, unable to act on what stands around it.

    Control characters and direction overrides are removed; text with a right-to-left script is isolated, so
    that it cannot reorder the sentence (Unicode UAX 9, section 6.3).
    """
    seen = "".join(_seen(character) for character in text[: 4 * limit + 64])
    short = cut(seen.strip(), limit)
    return f"{ISOLATE}{short}{END_ISOLATE}" if _right_to_left(short) else short


def visible(text: str, limit: int) -> str:
    """Return the beginning of a text, enough of it for ``limit``, without what can't be seen; empty if nothing can be.

    Lines stay lines, and what ``inert`` isolated stays isolated.
    """
    beginning = text[: 4 * limit + 64]
    if beginning.replace("\n", "").isprintable():  # nothing to take out, as in nearly every text
        return beginning.strip()
    shown = "".join(_seen(character, kept=_OWN) for character in beginning).strip()
    return shown if any(c.isprintable() and not c.isspace() for c in shown) else ""


def _seen(character: str, *, kept: Collection[str] = ()) -> str:
    if character in kept:
        return character
    if character in SPACES:
        return " "
    dropped = character in BIDI_CONTROLS or unicodedata.category(character) in {"Cc", "Cs"}
    return "" if dropped else character


def cut(text: str, limit: int) -> str:
    """Return the text, or its beginning and "…", at most ``limit`` characters; no letter is cut from its accent."""
    if len(text) <= limit:
        return text
    end = limit - 1
    while end and (unicodedata.combining(text[end]) or "\u200d" in text[end - 1 : end + 1]):
        end -= 1  # never between a letter and its accent, or inside a joined emoji
    return text[:end].rstrip() + CUT


def _right_to_left(text: str) -> bool:
    return any(unicodedata.bidirectional(character) in {"R", "AL"} for character in text)
