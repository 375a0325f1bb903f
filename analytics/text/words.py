"""A cleaned reply as words, emoticons and marks, each with whether a "not" reaches it."""

import re
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    WORD = "word"
    SIGN = "sign"
    """An emoticon, a picture, a ``:shortcode:``."""
    MARK = "mark"
    HOLE = "hole"
    """A name, a link, a number, a phrase that a rule has read: counts as a word and says nothing."""


class Token(NamedTuple):
    text: str
    """In lower case, except emoticons: ":D" and ":d" are two things."""
    kind: Kind
    negated: bool = False
    """Whether a "not" reaches it."""
    negates: bool = False
    """Whether it is such a "not" itself."""


# The order decides: a hole before an emoticon before a word. Bounded repeats keep the search linear.
_TOKEN = re.compile(
    r"""
      (?P<hole>‹[a-z-]{1,12}›|<[@!\#][^<>\s]{1,80}>|(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w.-]{1,64}|[@\#]\w+|[^\W\d_]{0,30}\d\w*)
    | (?P<sign><3+|</3|\^_?\^|[<>]?[:;=8xX][-o*']?[()\[\]dDpP/\\{}@|]+(?!\w)|[()\[\]]-?[:;=]|:'\(|:[a-z0-9_+-]{2,40}:)
    | (?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)
    | (?P<mark>[!?]+|\.{2,}|[.;,])
    | (?P<pic>[☀-➿←-⇿⬀-⯿\U0001f000-\U0001faff])
    """,
    re.VERBOSE,
)
_KINDS = {
    "hole": Kind.HOLE,
    "sign": Kind.SIGN,
    "word": Kind.WORD,
    "mark": Kind.MARK,
    "pic": Kind.SIGN,
}

_REACH = 5
_NEGATING = """
not no never none nobody nothing neither nor nowhere without cannot hardly barely scarcely rarely seldom lack lacks
lacking dont doesnt didnt cant wont wouldnt isnt arent wasnt werent havent hasnt hadnt couldnt shouldnt aint
"""
_NEGATORS = frozenset(_NEGATING.split())
_TURNING = "but however although though yet except"
_ENDS = frozenset({".", ";", "!", "?", "..", "!!", "??", "!?", "?!"}) | frozenset(_TURNING.split())


def read(text: str) -> list[Token]:
    """Return the tokens of a cleaned text; linear in its length.

    A negator reaches the next five words, up to a full stop or a "but"; a comma doesn't end its reach. The negator
    itself stays unmarked and starts the reach anew.
    """
    tokens: list[Token] = []
    left = 0
    for match in _TOKEN.finditer(text):
        kind = _KINDS[match.lastgroup or "hole"]
        said = match[0][:2] if kind is Kind.MARK else match[0] if kind is Kind.SIGN else match[0].lower()
        if said in _ENDS:
            left = 0
        negates = kind is Kind.WORD and (said in _NEGATORS or said.endswith("n't"))
        negated = left > 0 and kind is not Kind.MARK and not negates
        left = _REACH if negates else left - negated
        tokens.append(Token(said, kind, negated, negates))
    return tokens
