"""Replies as people type them, made into text that a lexicon can read."""

import re
import unicodedata

from analytics.text.emoji import SHORTCODES, WORDS

LIMIT = 2_000
"""Characters of a reply that are read. People write a paragraph; more is pasted logs or an attack."""

# What is cut off a human reply by cleaning is far less than half, so that LIMIT characters remain to be read.
_RAW_LIMIT = 2 * LIMIT

# Unicode's canonical reordering is quadratic in a run of combining marks; its stream-safe format allows 30
# (UAX 15, section 13), no word of any language needs more than a handful.
_MOST_MARKS = 8

_QUOTES = str.maketrans({**dict.fromkeys("‘’‚‛`´ʼ＇", "'"), **dict.fromkeys("“”„‟«»＂", '"')})
# UTF-8 that some program took for Windows-1252: "isnâ€™t". Else the negation in it would be lost.
_MISREAD = re.compile("â€[™˜œ“”¦\x9d]")
_MARKS = {"™": "'", "˜": "'", "“": "–", "”": "—", "¦": "…"}
_SHORTCODE = re.compile(r":([a-z0-9_+-]{1,40}):")
_SKIN_TONE_CODE = re.compile(r":skin-tone-[1-6]:")
_PAINT = frozenset(map(chr, (*range(0xFE00, 0xFE10), *range(0x1F3FB, 0x1F400))))  # variants, skin tones
_CONTROLS = dict.fromkeys((*range(0x20), 0x7F), " ")
_LONG_RUN = re.compile(r"(\S)\1{3,}")

_IRREGULAR = {"can't": "can", "won't": "will", "shan't": "shall", "ain't": "is"}
_NEGATED = re.compile(r"\b(?P<stem>[a-z]{2,9}n't)\b", re.IGNORECASE)
_CANNOT = re.compile(r"\b(can)not\b", re.IGNORECASE)
_UNQUOTED = re.compile(r"\b(do|does|did|is|are|was|were|have|has|had|could|should|would)nt\b", re.IGNORECASE)


def composed(text: str) -> str:
    """Return the text in NFC, control characters as blanks, without what can't be seen; linear in its length."""
    if text.isascii():
        return text.translate(_CONTROLS)
    marks = 0
    kept: list[str] = []
    for character in text:
        readable = _readable(character)
        marks = marks + 1 if unicodedata.combining(character) else marks if not readable else 0
        if marks <= _MOST_MARKS:
            kept.append(readable)
    return unicodedata.normalize("NFC", "".join(kept))


def clean(text: str) -> str:
    """Return the reply's first characters in one spelling of Unicode, quotes, emoji and blanks.

    Control and format characters are gone (right-to-left marks too), ``:tada:`` is an emoji, a run of four or
    more equal characters is three. Safe on any input: linear time, at most ``LIMIT`` characters, idempotent.
    """
    unified = composed(_MISREAD.sub(_reread, text[:_RAW_LIMIT])).translate(_QUOTES)
    pictured = _SHORTCODE.sub(_picture, _SKIN_TONE_CODE.sub(" ", unified))
    return _cut(_LONG_RUN.sub(r"\1\1\1", pictured))


def spell_out(text: str) -> str:
    """Return cleaned text with emoji as English words and every "n't" as "not".

    TextBlob scores an emoji 0 and doesn't see the negation in "isn't" (sloria/TextBlob issue 181).
    """
    worded = text if text.isascii() else "".join(f" {WORDS[c]} " if c in WORDS else c for c in text)
    return _cut(_UNQUOTED.sub(r"\1 not", _CANNOT.sub(r"\1 not", _NEGATED.sub(_expanded, worded))))


def normalise(text: str) -> str:
    """Return a raw reply as plain English-readable words: ``clean``, then ``spell_out``."""
    return spell_out(clean(text))


def _readable(character: str) -> str:
    """Return the character, a blank for a control character, nothing for a mark that has no shape of its own."""
    if character in _PAINT:
        return ""
    match unicodedata.category(character):
        case "Cc" | "Zl" | "Zp" | "Zs":
            return " "
        case "Cf" | "Cs":
            return ""
        case _:
            return character


def _reread(match: re.Match[str]) -> str:
    return _MARKS.get(match[0][-1], '"')


def _picture(match: re.Match[str]) -> str:
    return SHORTCODES.get(match[1], match[0])


def _expanded(match: re.Match[str]) -> str:
    contraction = match["stem"]
    stem = _IRREGULAR.get(contraction.lower(), contraction[:-3])
    return f"{stem} not"


def _cut(text: str) -> str:
    return " ".join(text.split())[:LIMIT].rstrip()
