"""A cleaned reply in one of the trial languages as words without accents, emoticons, pictures and marks."""

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from analytics.text.emoji import WORDS
from analytics.text.words import Kind

_LATIN = range(0xC0, 0x250)
_PLAIN = {"ß": "ss", "œ": "oe", "æ": "ae", "ø": "o", "đ": "d", "ł": "l"}
# "ueberlastet" is "überlastet"; the "ue" of "teuer" and "quer" is none.
_SPELT_OUT = re.compile(r"(?<![aeiouq])([aou])e")
_UMLAUTS = {"a": "ä", "o": "ö", "u": "ü"}

# As in English, but an apostrophe or a hyphen ends a word: "l'accueil", "sinto-me".
# One identity would lose its "no" by that: "no-binaria". Bounded, so linear.
_TOKEN = re.compile(
    r"""
      (?P<hole>‹[a-z-]{1,12}›|<[@!\#][^<>\s]{1,80}>|(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w.-]{1,64}|[@\#]\w+|[^\W\d_]{0,30}\d\w*)
    | (?P<sign><3+|\^_?\^|[:;=8][-o*']?[()\[\]dp/\\|@]+(?!\w)|:'\()
    | (?P<word>(?:nicht|nao|non?)[ -]bin[aä]i?r[^\W\d_]*|[^\W\d_]+)
    | (?P<mark>[!?]+|[.;,])
    | (?P<pic>[☀-➿←-⇿⬀-⯿\U0001f000-\U0001faff])
    """,
    re.VERBOSE,
)
_KINDS = {"hole": Kind.HOLE, "sign": Kind.SIGN, "word": Kind.WORD, "mark": Kind.MARK, "pic": Kind.SIGN}

_GLAD, _GLUM = frozenset(")]dp3"), frozenset("([/\\|@")
_GLAD_WORDS = frozenset({"good", "great", "happy", "love", "excellent"})
_SIGN_SAYS = 0.6


class Token(NamedTuple):
    text: str
    """In lower case and without accents."""
    kind: Kind


def fold(text: str, language: str) -> str:
    """Return it in lower case and without accents, but for German, where "schön" is not "schon" and "ue" is "ü"."""
    lowered = text.lower()
    if language == "de":
        return _SPELT_OUT.sub(lambda match: _UMLAUTS[match[1]], lowered.translate(_FOLDED_GERMAN))
    return lowered if lowered.isascii() else lowered.translate(_FOLDED)


def read(cleaned: str, language: str) -> Iterator[Token]:
    """Yield the tokens of a cleaned reply; linear in its length."""
    for match in _TOKEN.finditer(fold(cleaned, language)):
        kind = _KINDS[match.lastgroup or "hole"]
        yield Token(match[0][0] if kind is Kind.MARK else match[0].replace(" ", "-"), kind)


def sign_value(sign: str) -> float:
    """Return what an emoticon or a picture says by itself; 0 for one of two meanings."""
    if len(sign) == 1:
        word = WORDS.get(sign)
        return 0.0 if word is None else _SIGN_SAYS if word in _GLAD_WORDS else -_SIGN_SAYS
    last = sign[-1]
    return _SIGN_SAYS if last in _GLAD or last == "^" else -_SIGN_SAYS if last in _GLUM else 0.0


def _base(character: str) -> str:
    """Return a Latin letter without its accent."""
    if character in _PLAIN:
        return _PLAIN[character]
    return "".join(c for c in unicodedata.normalize("NFD", character) if not unicodedata.combining(c))


_FOLDED = {point: _base(chr(point)) for point in _LATIN}
_FOLDED_GERMAN = {point: base for point, base in _FOLDED.items() if chr(point) not in "äöü"}
