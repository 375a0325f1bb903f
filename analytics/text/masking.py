"""Personal data out of replies: addresses, numbers and the names of colleagues become tokens.

Patterns of our own plus a match against the directory and the short forms of its first names. What it can't
promise: a nickname that nobody else has, a name misspelt, a person described ("the only woman in Lyon").
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

from analytics.text.common_names import COMMON_WORDS, PARTICLES
from analytics.text.nicknames import short_forms
from analytics.text.normalise import composed

NAME, EMAIL, PHONE, PERSON, LINK, NUMBER = "‹name›", "‹e-mail›", "‹phone›", "‹person›", "‹link›", "‹number›"
ACCOUNT, CARD, AMOUNT = "‹account›", "‹card›", "‹amount›"
TOKENS = frozenset({NAME, EMAIL, PHONE, PERSON, LINK, NUMBER, ACCOUNT, CARD, AMOUNT})

_KINDS = "name|e-mail|phone|person|link|number|account|card|amount"
_MONEY = r"(?:[€$£¥₹]|(?:EUR|USD|GBP|CHF|PLN|SEK|NOK|DKK|euros?|dollars?|pounds?|francs?|Franken)\b)"
_FIGURE = r"\d{1,12}(?:[.,'’\ ]\d{2,3}){0,4}[kK]?"

# Each pattern starts where its kind of run starts (lookbehind) or has bounded repeats, so that no text makes
# the search quadratic. The first alternative keeps what was masked before.
_PERSONAL = re.compile(
    rf"""
      (?P<kept>‹(?:{_KINDS})›)
    | (?P<slack_mail><mailto:[^<>]{{0,500}}>)
    | (?P<slack_person><[@!\#][^<>]{{1,200}}>|<at\b[^<>]{{0,100}}>[^<>]{{0,200}}</at>)
    | (?P<slack_link><(?:https?|ftp|file)://[^<>]{{0,3000}}>)
    | (?P<link>(?:https?|ftp|file)://\S+|\bwww\.\S+)
    | (?P<file>(?<![\w\\])(?:[A-Za-z]:\\|\\\\)[^\s"<>|]{{3,300}}|(?<!\S)(?:~|/home|/Users|/mnt)/[^\s"<>|]{{2,300}})
    | (?P<ip>(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){{3}}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?!\w|\.\w))
    | (?P<amount>(?<![\w.,]){_MONEY}\ ?{_FIGURE}(?![\d])|(?<![\w.,]){_FIGURE}\ ?{_MONEY})
    | (?P<email>(?<![\w.%+-])[\w.%+-]+@[\w-]+(?:\.[\w-]+)*)
    | (?P<mention>(?<![\w@])@+\w[\w.-]*)
    | (?P<member>\b[UW](?=[A-Z]{{0,10}}\d)[A-Z0-9]{{8,11}}\b)
    | (?P<iban>\b[A-Za-z]{{2}}\d{{2}}(?:[ -]?[A-Za-z]{{4}})?(?:[ -]?(?=[A-Za-z]{{0,3}}\d)[A-Za-z0-9]{{4}}){{2,7}}(?:[ -]?\d{{1,4}})?\b)
    | (?P<card>(?<![\d-])\d{{4}}(?:[ -]?\d{{4,6}}){{2}}[ -]?\d{{1,7}}(?!\d))
    | (?P<us_phone>(?<!\w)\(?\d{{3}}\)?[ .-]{{1,2}}\d{{3}}[ .-]\d{{4}}\b)
    | (?P<phone>(?<![\w.,])(?!\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}}(?!\d))(?:\+|\(?0)[\d ()./-]{{5,40}}\d)
    | (?P<number>(?<!\d)(?:\d{{6,}}|\d{{2,4}}(?:[ -]\d{{2,4}}){{3,}}))
    """,
    re.VERBOSE,
)
_TOKEN_OF: Mapping[str, str] = {
    "slack_mail": EMAIL,
    "slack_person": PERSON,
    "slack_link": LINK,
    "link": LINK,
    "file": LINK,
    "ip": NUMBER,
    "amount": AMOUNT,
    "email": EMAIL,
    "mention": PERSON,
    "member": PERSON,
    "us_phone": PHONE,
    "phone": PHONE,
    "number": NUMBER,
}
_FEWEST_PHONE_DIGITS = 7
_ORDINARY = COMMON_WORDS | PARTICLES

_WORD = re.compile(rf"‹(?:{_KINDS})›|[^\W_]+")
_NEAR = 8
"""Characters back in which the end of a sentence is looked for."""
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
        """Index full names and their short forms; the parts of a full name count on their own, its particles don't."""
        words: set[str] = set()
        phrases: dict[str, set[tuple[str, ...]]] = {}
        for spelled in (_WORD.findall(composed(name)) for name in names):
            words.update(fold(word) for word in _telling(spelled) for fold in _FOLDS)
            words.update(short for word in spelled[:-1] or spelled for short in short_forms(_fold(word)))
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
    """Return what stands in the place of a finding; what its check digits deny is some other number."""
    kind, found = match.lastgroup or "kept", match[0]
    match kind:
        case "phone":
            return PHONE if sum(map(str.isdigit, found)) >= _FEWEST_PHONE_DIGITS else found
        case "iban":
            return ACCOUNT if _is_iban(found) else NUMBER
        case "card":
            return CARD if _passes_luhn(found) else NUMBER
        case _:
            return _TOKEN_OF.get(kind, found)


def _is_iban(found: str) -> bool:
    """Check an account number by its two digits (ISO 13616, ISO 7064 MOD 97-10)."""
    plain = re.sub(r"[ -]", "", found).upper()
    return int("".join(str(int(c, 36)) for c in plain[4:] + plain[:4])) % 97 == 1


def _passes_luhn(found: str) -> bool:
    """Check a card's number by its last digit (ISO/IEC 7812-1, annex B)."""
    digits = [int(c) for c in found if c.isdigit()]
    doubled = (sum(divmod(2 * digit, 10)) for digit in digits[-2::-2])
    return 13 <= len(digits) <= 19 and (sum(digits[-1::-2]) + sum(doubled)) % 10 == 0


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
    return int(_is_name(first, directory, begins=_begins(text, words[index].start())))


def _begins(text: str, at: int) -> bool:
    """Tell whether a sentence begins here."""
    before = text[max(0, at - _NEAR) : at].rstrip(" \t\"'“„«»(-")
    return not before or before[-1] in ".!?:;…\n"


def _continues(text: str, words: list[re.Match[str]], phrase: tuple[str, ...]) -> bool:
    """Tell whether these neighbouring words spell the phrase, with no more than a few blanks or hyphens between."""
    if tuple(_fold(word[0]) for word in words) != phrase:
        return False
    gaps = (text[left.end() : right.start()] for left, right in pairwise(words))
    return all(_GAP.fullmatch(gap) for gap in gaps)


def _is_name(word: str, directory: Directory, *, begins: bool) -> bool:
    """Tell whether a word by itself is a name: one that is a common word too must be capitalised.

    Where a sentence ``begins``, a particle is none ("Le virement", though somebody is called Lê).
    """
    forms = (_fold(word), *_without_genitive(_fold(word)))
    spelled = (word.casefold(), *_without_genitive(word.casefold()))
    return any(
        form in directory.words
        and (spelling not in _ORDINARY or (word[0].isupper() and not (begins and spelling in PARTICLES)))
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
