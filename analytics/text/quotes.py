"""Which comments may be quoted, and in which form: rules that can be read, each with a name.

A way of writing gives people away, so a quote is a whole comment of plain words with its spelling evened out. What
the rules refuse is never shown to anybody; what they let pass is still the author's own sentence.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any, Self

from analytics.text.identities import mask_identities
from analytics.text.masking import TOKENS
from analytics.text.normalise import clean
from analytics.text.themes import fold
from analytics.text.tone import Tone
from analytics.text.triage import signs

FEWEST_USERS = 3
"""A word that is in no list of ordinary ones must be used in this many people's comments."""

FEWEST_WORDS, MOST_WORDS = 3, 40
MOST_QUOTES = 2
"""Of one theme in one tone."""


class Reason(StrEnum):
    """Why a comment is not quoted."""

    CONSENT = "consent"
    """Its author did not say yes."""
    LANGUAGE = "language"
    """It is not in the language of most comments."""
    LENGTH = "length"
    THEME = "theme"
    """It speaks of no theme, or of several: a part would be out of its context."""
    MASKED = "masked"
    """Something personal was taken out of it."""
    ROLE = "role"
    """It says what somebody is here: "the only one who", "as a trainee"."""
    NUMBER = "number"
    DATE = "date"
    PLACE = "place"
    """It names a department or a site."""
    NAME = "name"
    """A word inside a sentence is written like a name."""
    IDENTITY = "identity"
    """It says who somebody is, or speaks of health, belief, family or a union."""
    OFFENSIVE = "offensive"
    SIGN = "sign"
    """Its author may want help."""
    RARE = "rare"
    """A word in it is used by too few people."""


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as it is looked at: masked, with what was read in it."""

    text: str
    language: str
    """As it was taken for; empty where nothing is said."""
    consented: bool = False
    tones: Mapping[str, Tone] | None = None
    """The tone of each theme that it speaks of; needed of those only whose authors said yes."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A quote with what it was read as."""

    theme: str
    tone: Tone
    text: str


@dataclass(frozen=True, slots=True)
class Fewest:
    """What there must be at least before anything is quoted."""

    comments: int
    consents: int


@dataclass(frozen=True, slots=True)
class Shared:
    """What all comments together say about one: the language of most, the words that several people use.

    ``spellings`` holds how each such word is written, by its folded form.
    """

    language: str
    spellings: Mapping[str, str]
    places: AbstractSet[str]

    @classmethod
    def of(cls, comments: Sequence[Comment], places: Iterable[str]) -> Self:
        """Learn from all comments of a wave, whatever their authors said to being quoted."""
        said = [comment for comment in comments if comment.language]
        languages = Counter(comment.language for comment in said)
        language, most = languages.most_common(1)[0] if languages else ("", 0)
        if 2 * most <= len(said):
            language = ""
        own = [comment.text for comment in said if comment.language == language]
        named = {fold(word) for place in places for word in _WORD.findall(clean(place))}
        spelled = _spellings(own)
        if language == "en":  # what most people write with a capital is somebody's or something's name
            spelled = {key: word for key, word in spelled.items() if not word[0].isupper()}
        return cls(language, spelled | _common(language), named)


def choose(
    comments: Sequence[Comment], places: Iterable[str], fewest: Fewest, chance: Random
) -> tuple[Quote, ...]:
    """Return what may be quoted of a wave: at most two of each theme and tone, any with the same probability.

    Parameters
    ----------
    comments
        One per person: all that say something, in any order.
    places
        Departments and sites by name; none is ever quoted.
    fewest
        Without so many comments, or so many people who said yes, nothing is quoted at all.
    chance
        What draws.
    """
    said = [comment for comment in comments if comment.language]
    willing = [comment for comment in said if comment.consented]
    if len(said) < fewest.comments or len(willing) < fewest.consents:
        return ()
    shared = Shared.of(said, places)
    pools: dict[tuple[str, Tone], set[str]] = {}
    for comment in willing:
        if not reasons_against(comment, shared):
            ((theme, tone),) = (comment.tones or {}).items()
            pools.setdefault((theme, tone), set()).add(evened(comment.text, shared))
    return tuple(
        Quote(theme, tone, text)
        for (theme, tone), texts in sorted(pools.items())
        for text in chance.sample(sorted(texts), min(MOST_QUOTES, len(texts)))
    )


def reasons_against(comment: Comment, shared: Shared) -> tuple[Reason, ...]:
    """Return every rule that forbids to quote a comment; none: it may be quoted."""
    text = clean(comment.text)
    words = _words(text)
    refused = _refused(shared.language)
    found = {
        Reason.CONSENT: not comment.consented,
        Reason.LANGUAGE: not shared.language or comment.language != shared.language,
        Reason.LENGTH: not FEWEST_WORDS <= len(words) <= MOST_WORDS,
        Reason.THEME: len(comment.tones or {}) != 1 or Tone.NO_CONTENT in (comment.tones or {}).values(),
        Reason.MASKED: any(token in comment.text for token in TOKENS),
        Reason.NUMBER: any(map(str.isnumeric, comment.text)),
        Reason.ROLE: bool(_ROLE.search(" ".join(words))),
        Reason.PLACE: not shared.places.isdisjoint(words),
        Reason.NAME: shared.language == "en" and _is_named(text),
        Reason.IDENTITY: shared.language == "en" and mask_identities(text.lower()) != text.lower(),
        Reason.SIGN: bool(signs(text)),
        Reason.RARE: not shared.spellings.keys() >= set(words),
    }
    for reason, pattern in refused.items():
        found[reason] = found.get(reason, False) or any(map(pattern.fullmatch, words))
    return tuple(reason for reason in Reason if found.get(reason))


def evened(text: str, shared: Shared) -> str:
    """Return a text in one way of writing: sentences, commas, no emoji, each word as most people spell it.

    Commas stay, because a sentence can turn into another one without them; a dash between blanks becomes one.
    """
    sentences = []
    for said, mark in _SENTENCE.findall(clean(text)):
        parts = [_WORD.findall(part) for part in _COMMA.split(said)]
        line = ", ".join(" ".join(_shown(word, shared.spellings) for word in part) for part in parts if part)
        if line:
            sentences.append(line[0].upper() + line[1:] + ("?" if "?" in mark else "."))
    return " ".join(sentences)


# --- words ------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")
_SENTENCE = re.compile(r"([^.!?;:…\n]+)([.!?;:…\n]*)")
_COMMA = re.compile(r",|\s[-–—]+\s")
_FIRST_PERSON = frozenset({"I"})

# Over folded words with one blank between. What is refused without need costs a quote, what is let pass a person.
_ROLE = re.compile(
    r"\b(?:"
    r"the only|only (?:i|me|one|person|woman|man)|(?:just|only|nur) (?:me|ich)|i alone"
    r"|(?:i am|i'm|i was) (?:the|a|an|one|your|our|new|now)"
    r"|as (?:the|a|an|your|our|one|someone|somebody|head|lead|new)"
    r"|(?:head|lead|leader|manager|chief|owner|responsible|in charge) (?:of|for)"
    r"|(?:no ?one|nobody) (?:else|but)|(?:except|besides|apart from|other than) (?:me|myself|us)"
    r"|my (?:job|role|position|title) (?:is|as)|(?:new|newest|oldest|longest|latest|last|first) (?:hire|joiner|starter|one)"
    r"|(?:since|when|before|after) (?:i|we) (?:started|joined|came|began|moved|left|return\w*)"
    r"|my (?:first|last|early) (?:day|week|month|year)s?|part time|works council"
    r"|als (?:ein\w*|der|die|das|unser\w*|dein\w*|ich|neu\w*|erste\w*|letzte\w*|leit\w*|fuehrungs\w*)"
    r"|(?:ich|wir) (?:bin|sind|war|waren) (?:der|die|das|ein\w*|unser\w*|neu\w*|erst|hier|seit|als)"
    r"|bin ich (?:der|die|das|ein\w*|neu\w*|erst|hier|seit|als)"
    r"|ausser (?:mir|uns)|niemand (?:sonst|ausser)|seit (?:ich|wir|mein\w*)"
    r"|(?:bevor|nachdem) (?:ich|wir)|mein\w* (?:erst|letzt)\w* (?:tag|woche|monat|jahr)\w*"
    r")\b"
)


def _words(text: str) -> list[str]:
    """Return the words of a cleaned text, folded, without the 's of English."""
    return [_key(word) for word in _WORD.findall(text)]


def _key(word: str) -> str:
    folded = fold(word)
    bare = folded.removesuffix("'s")
    return bare if bare != folded and bare not in _KEEPING else folded


_KEEPING = frozenset({"it", "let", "that", "there", "here", "what", "he", "she"})
"""Before these, 's is a verb."""


def _spellings(texts: Iterable[str]) -> dict[str, str]:
    """Return the words that enough of these texts use, and how most of them spell each."""
    users: Counter[str] = Counter()
    spelled: dict[str, Counter[str]] = {}
    for text in texts:
        words = _WORD.findall(clean(text))
        users.update({_key(word) for word in words})
        for word in words:
            spelled.setdefault(_key(word), Counter())[word.removesuffix("'s")] += 1
    shared = (word for word, n in users.items() if n >= FEWEST_USERS)
    return {word: max(spelled[word].items(), key=lambda each: (each[1], each[0]))[0] for word in shared}


def _shown(word: str, spellings: Mapping[str, str]) -> str:
    key = _key(word)
    owner = "'s" if fold(word) == f"{key}'s" else ""
    return spellings.get(key, word) + owner


def _is_named(text: str) -> bool:
    """Tell whether a word inside an English sentence has a capital: it may be somebody's name."""
    return any(
        word[:1].isupper() and word.partition("'")[0] not in _FIRST_PERSON
        for said, _ in _SENTENCE.findall(text)
        for word in _WORD.findall(said)[1:]
    )


# --- the lists --------------------------------------------------------------------------------------------


@cache
def _lists() -> Mapping[str, Any]:
    return tomllib.loads((files("analytics.text") / "quotes.toml").read_text("utf-8"))


@cache
def _common(language: str) -> dict[str, str]:
    """Return the ordinary words of a language, by their folded form; none of a language without a list."""
    words = _lists()["common"].get(language, "").split()
    return {_key(word): word for word in words}


@cache
def _refused(language: str) -> dict[Reason, re.Pattern[str]]:
    """Return what matches a refused word of a language, by the reason for it."""
    made = {}
    for reason, by_language in _lists()["refused"].items():
        words = [re.escape(fold(word)) for word in by_language.get(language, "").split()]
        if words:
            made[Reason(reason)] = re.compile("|".join(word.replace(r"\*", ".*") for word in words))
    return made
