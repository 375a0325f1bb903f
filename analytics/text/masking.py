"""Personal data out of replies: addresses, numbers and the names of colleagues become tokens.

Patterns of our own plus a match against the directory. What it can't promise: a nickname that the directory
doesn't know, a name misspelt, a person described ("the only woman in Lyon").
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from analytics.text.common_names import COMMON_WORDS, PARTICLES
from analytics.text.normalise import composed

NAME, EMAIL, PHONE, PERSON, LINK, NUMBER = "‹name›", "‹e-mail›", "‹phone›", "‹person›", "‹link›", "‹number›"
TOKENS = frozenset({NAME, EMAIL, PHONE, PERSON, LINK, NUMBER})

# Each pattern starts where its kind of run starts (lookbehind) or has bounded repeats, so that no text makes
# the search quadratic. The first alternative keeps what was masked before.
_PERSONAL = re.compile(
    r"""
      (?P<kept>‹(?:name|e-mail|phone|person|link|number)›)
    | (?P<slack_mail><mailto:[^<>]{0,500}>)
    | (?P<slack_person><[@!\#][^<>]{1,200}>|<at\b[^<>]{0,100}>[^<>]{0,200}</at>)
    | (?P<slack_link><(?:https?|ftp|file)://[^<>]{0,3000}>)
    | (?P<link>(?:https?|ftp|file)://\S+|\bwww\.\S+)
    | (?P<email>(?<![\w.%+-])[\w.%+-]+@[\w-]+(?:\.[\w-]+)*)
    | (?P<mention>(?<![\w@])@+\w[\w.-]*)
    | (?P<member>\b[UW](?=[A-Z]{0,10}\d)[A-Z0-9]{8,11}\b)
    | (?P<iban>\b[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z]{4})?(?:[ -]?(?=[A-Za-z]{0,3}\d)[A-Za-z0-9]{4}){2,7}(?:[ -]?\d{1,4})?\b)
    | (?P<us_phone>(?<!\w)\(?\d{3}\)?[ .-]{1,2}\d{3}[ .-]\d{4}\b)
    | (?P<phone>(?<![\w.,])(?!\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?!\d))(?:\+|\(?0)[\d ()./-]{5,40}\d)
    | (?P<number>(?<!\d)(?:\d{6,}|\d{2,4}(?:[ -]\d{2,4}){3,}))
    """,
    re.VERBOSE,
)
_TOKEN_OF: Mapping[str, str] = {
    "slack_mail": EMAIL,
    "slack_person": PERSON,
    "slack_link": LINK,
    "link": LINK,
    "email": EMAIL,
    "mention": PERSON,
    "member": PERSON,
    "iban": NUMBER,
    "us_phone": PHONE,
    "phone": PHONE,
    "number": NUMBER,
}
_FEWEST_PHONE_DIGITS = 7
_ORDINARY = COMMON_WORDS | PARTICLES

_WORD = re.compile(r"‹(?:name|e-mail|phone|person|link|number)›|[^\W_]+")
_GAP = re.compile(r"[\W_]{1,3}")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
_STROKED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})


@dataclass(frozen=True, slots=True)
class Directory:
    """The names to look for, made ready once for many replies."""

    words: frozenset[str]
    """Single names, folded."""
    phrases: Mapping[str, tuple[tuple[str, ...], ...]]
    """Names of several words, folded, by their first word, longest first."""

    @classmethod
    def of(cls, names: Iterable[str]) -> Self:
        """Index full names and nicknames; the parts of a full name count on their own, its particles don't."""
        words: set[str] = set()
        phrases: dict[str, set[tuple[str, ...]]] = {}
        for spelled in (_WORD.findall(composed(name)) for name in names):
            words.update(fold(word) for word in _telling(spelled) for fold in _FOLDS)
            for phrase in {tuple(map(fold, spelled)) for fold in _FOLDS if len(spelled) > 1}:
                phrases.setdefault(phrase[0], set()).add(phrase)
        by_length = {first: tuple(sorted(found, key=len, reverse=True)) for first, found in phrases.items()}
        return cls(frozenset(words), by_length)


def mask(text: str, directory: Directory) -> str:
    """Return the text with personal data as tokens such as ‹name› and ‹e-mail›.

    Names match as whole words, whatever their case and accents ("MÜLLER", "Mueller's"). A name that is also a
    common word ("Will", "Mark") matches when it is capitalised or part of a full name. Masking twice changes
    nothing more. Linear in the length of the text; control and invisible characters are lost.
    """
    return _without_names(_PERSONAL.sub(_token, composed(text)), directory)


def _token(match: re.Match[str]) -> str:
    kind = match.lastgroup or "kept"
    if kind == "phone" and sum(map(str.isdigit, match[0])) < _FEWEST_PHONE_DIGITS:
        return match[0]
    return _TOKEN_OF.get(kind, match[0])


def _without_names(text: str, directory: Directory) -> str:
    """Replace names, longest first, in one pass over the words."""
    words = list(_WORD.finditer(text))
    pieces: list[str] = []
    at = index = 0
    while index < len(words):
        length = _name_length(text, words, index, directory)
        if length:
            pieces += text[at : words[index].start()], NAME
            at = words[index + length - 1].end()
        index += length or 1
    return "".join([*pieces, text[at:]])


def _name_length(text: str, words: list[re.Match[str]], index: int, directory: Directory) -> int:
    """Return how many words from here on make up a name; 0 if none does."""
    first = words[index][0]
    if first in TOKENS:
        return 0
    for phrase in directory.phrases.get(_fold(first), ()):
        if _continues(text, words[index : index + len(phrase)], phrase):
            return len(phrase)
    return int(_is_name(first, directory))


def _continues(text: str, words: list[re.Match[str]], phrase: tuple[str, ...]) -> bool:
    """Tell whether these neighbouring words spell the phrase, with no more than a few blanks or hyphens between."""
    if tuple(_fold(word[0]) for word in words) != phrase:
        return False
    gaps = (text[left.end() : right.start()] for left, right in pairwise(words))
    return all(_GAP.fullmatch(gap) for gap in gaps)


def _is_name(word: str, directory: Directory) -> bool:
    forms = (_fold(word), *_without_genitive(_fold(word)))
    spelled = (word.casefold(), *_without_genitive(word.casefold()))
    return any(
        form in directory.words and (spelling not in _ORDINARY or word[0].isupper())
        for form, spelling in zip(forms, spelled, strict=False)
    )


def _without_genitive(folded: str) -> tuple[str, ...]:
    """Return the German genitive's stem: "annas" is of "anna"."""
    return (folded[:-1],) if folded.endswith("s") and len(folded) > 3 else ()


def _telling(spelled: list[str]) -> list[str]:
    """Return the words that name someone on their own; all of them if the name is a single word."""
    if len(spelled) == 1:
        return spelled
    return [word for word in spelled if len(_fold(word)) > 1 and word.casefold() not in PARTICLES]


def _fold(word: str) -> str:
    return _bare(word.casefold().translate(_STROKED))


def _fold_german(word: str) -> str:
    return _bare(word.casefold().translate(_GERMAN))


def _bare(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


# Once without accents, once with "ue" for "ü": people write both.
_FOLDS = (_fold, _fold_german)
