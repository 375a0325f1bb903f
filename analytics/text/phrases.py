"""The words and pairs of neighbouring words in a comment, as far as they may be shown at all.

Never among them: what was masked (names, addresses, amounts), anything with a digit, who somebody is, first names, the
word after "Mr" or "Frau", and words that say nothing by themselves. What this can't know is a name that is in no
list; in English a word that people write with a capital inside a sentence is therefore left out too (`spellings`). In
German every noun has one, so a nickname that nobody entered can come through there.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from analytics.text import language
from analytics.text.content import has_content
from analytics.text.identities import mask_identities
from analytics.text.normalise import clean
from analytics.text.themes import Taxonomy, fold, themes_of
from analytics.text.unshown import is_silent, is_telling_of_people

SHORTEST, LONGEST = 3, 30
"""Letters of a word."""

# Every alternative starts where its kind of run starts or has bounded repeats, so that no text makes it quadratic.
_TOKEN = re.compile(
    r"""
      (?P<hole>‹[a-z-]{1,12}›|<[@!\#][^<>\s]{1,80}>|(?:https?://|www\.)\S+|[\w.+-]{1,64}@[\w.-]{1,64}|[@\#]\w+|[^\W\d_]{0,30}\d\w*|:[a-z0-9_+-]{2,40}:)
    | (?P<title>\b(?:Mr|Mrs|Ms|Mx|Dr|Prof|Hr|Fr|Herr|Herrn|Frau)\b\.?)
    | (?P<word>[^\W\d_]+(?:['’-][^\W\d_]+)*)
    | (?P<end>[.!?:…"“”„«»(]+)
    | (?P<mark>[^\w\s])
    """,
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Comment:
    """What one person wrote, as terms.

    ``terms`` are single words and pairs with one blank between, in small letters; ``capitals`` says of each word
    that stands inside a sentence whether it has a capital there; ``covered``, whether a theme covers the comment.
    """

    language: str
    covered: bool
    terms: frozenset[str]
    capitals: Mapping[str, bool]


def read(text: str, home: str, taxonomy: Taxonomy) -> Comment | None:
    """Read a masked comment; None where it says nothing, or in a language whose themes are not read.

    ``home`` is the organisation's language, which a comment of one to three words is taken to be in.
    """
    cleaned = clean(text)
    if not has_content(cleaned):
        return None
    found = language.language_of(cleaned, home, language.ENABLED)
    if found not in taxonomy.languages:
        return None
    terms, capitals = _terms(mask_identities(cleaned))
    return Comment(found, bool(themes_of(cleaned, found, taxonomy)), terms, capitals)


def spellings(comments: Iterable[Comment]) -> Mapping[str, str]:
    """Return how each word is written, and leave out those that look like names.

    German nouns keep their capital. In English a word that is mostly written with one inside a sentence is a name,
    of a person or of a thing, and has no spelling here.
    """
    capital: Counter[tuple[str, str]] = Counter()
    small: Counter[tuple[str, str]] = Counter()
    for comment in comments:
        for word, has_capital in comment.capitals.items():
            (capital if has_capital else small)[comment.language, word] += 1
    named = {word for (spoken, word), n in capital.items() if spoken == "en" and n > small[spoken, word]}
    nouns = {word for (spoken, word), n in capital.items() if spoken == "de" and n > small[spoken, word]}
    words = {word for _, word in (*capital, *small)} - named
    return {word: word.capitalize() if word in nouns else word for word in words}


def _terms(text: str) -> tuple[frozenset[str], Mapping[str, bool]]:
    terms: set[str] = set()
    capitals: dict[str, bool] = {}
    before = ""
    for word, inside in _words(text):
        small = word.lower() if _may_be_shown(word) else ""
        if small:
            terms.add(small)
            capitals[small] = capitals.get(small, False) or _has_capital(word, inside=inside)
        if small and before:
            terms.add(f"{before} {small}")
        before = small
    return frozenset(terms), capitals


def _words(text: str) -> Iterator[tuple[str, bool]]:
    """Yield each word with whether it stands inside a sentence; an empty one where a pair may not reach across."""
    inside = after_title = False
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "word":
            yield ("" if after_title else match[0]), inside
            inside, after_title = True, False
        else:
            yield "", inside
            after_title = match.lastgroup == "title"
            inside = match.lastgroup in ("hole", "title") or (inside and match.lastgroup == "mark")


def _may_be_shown(word: str) -> bool:
    latin = (
        SHORTEST <= len(word) <= LONGEST and fold(word).replace("-", "").isalpha() and fold(word).isascii()
    )
    return latin and not is_silent(word) and not is_telling_of_people(word)


def _has_capital(word: str, *, inside: bool) -> bool:
    """Tell whether a word has a capital that the beginning of a sentence does not explain; SHOUTING has none."""
    return inside and word[0].isupper() and not word.isupper()
