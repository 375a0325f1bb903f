"""What replies are about: themes of work counted by readable patterns, each clause for itself.

A taxonomy is data (``themes.toml``): versioned, with examples that hold it to its word; an organisation can write its
own. Whatever is accepted reads any text in linear time, and no theme lies within another: their difference would be a
count of few.
Counting words of a fixed list is blunt and repeatable; what the list does not know, nobody sees (`uncovered`).
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, TypeVar

from analytics.text.normalise import clean

T = TypeVar("T")

LANGUAGES = ("en", "de")
"""The languages that every theme must have patterns in."""

MOST_THEMES, MOST_PATTERNS, LONGEST_PATTERN, MOST_GAPS = 40, 200, 60, 2
LONGEST_FILE, LONGEST_NAME, LONGEST_ABOUT, MOST_EXAMPLES, LONGEST_EXAMPLE = 200_000, 60, 200, 50, 300
OWN = "own-"
"""Before the number of an organisation's own version, so that no series of theirs is ever one of ours."""

_CLAUSES = re.compile(
    r"[;!?\n]+|\.(?=\s|$)|,?\s+\b(?:but|however|although|though|whereas|yet|aber|jedoch|obwohl|allerdings|dagegen|sondern)\b,?",
    re.IGNORECASE,
)
_KEY = re.compile(r"[a-z][a-z0-9-]{0,29}")
_PART = re.compile(r"\*?[^\W_]+(?:[-'.:][^\W_]+)*\*?")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_NEXT, _BETWEEN = r"\W++", r"\W++(?:\w++\W++){0,2}"
"""What stands between two words, and what "_" stands for: up to two words. Possessive: nothing is tried twice."""

_FIELDS = frozenset({"key", "name", "about", *LANGUAGES, "not", "positive", "negative"})


class TaxonomyError(Exception):
    """A taxonomy that can't be used; the sentence says where and why."""


@dataclass(frozen=True, slots=True)
class Theme:
    """One theme, with what it is called and what finds it, by language."""

    key: str
    name: Mapping[str, str]
    about: Mapping[str, str]
    positive: Mapping[str, tuple[str, ...]]
    negative: Mapping[str, tuple[str, ...]]
    found_by: Mapping[str, re.Pattern[str]] = field(repr=False)
    misled_by: Mapping[str, re.Pattern[str]] = field(repr=False)

    def in_clause(self, folded: str, language: str) -> bool:
        """Tell whether a folded clause speaks of this theme."""
        pattern, misleading = self.found_by.get(language), self.misled_by.get(language)
        if pattern is None or not pattern.search(folded):
            return False
        return misleading is None or bool(pattern.search(misleading.sub(" . ", folded)))


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """The themes, in the order in which they are shown; counts of two versions are not compared."""

    version: str
    themes: tuple[Theme, ...]

    @property
    def series(self) -> str:
        """Under which name its counts stand: "2", or "own-2" for an organisation's own."""
        return series_of(self.version)

    @property
    def languages(self) -> frozenset[str]:
        """The languages it can read."""
        return frozenset(LANGUAGES)


def series_of(version: str) -> str:
    """Return the series of a version: "2" of "themes/2"."""
    return version.rpartition("/")[2]


NONE = Taxonomy("none/0", ())
"""Finds nothing."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a reply that says one thing, and what it is about."""

    text: str
    themes: tuple[str, ...]


def clauses(text: str, language: str, taxonomy: Taxonomy) -> tuple[Clause, ...]:
    """Return the clauses of a reply, split at "but" and its like and at the ends of sentences, with their themes.

    A language without patterns has none. Linear in the length of the text, of which the first 2,000 characters
    are read.
    """
    return tuple(
        Clause(part, _themes_of(part, language, taxonomy))
        for part in (part.strip() for part in _CLAUSES.split(clean(text)))
        if any(map(str.isalnum, part))
    )


def themes_of(text: str, language: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    """Return the keys of the themes that a reply speaks of, in the order of the taxonomy."""
    found = {key for clause in clauses(text, language, taxonomy) for key in clause.themes}
    return tuple(theme.key for theme in taxonomy.themes if theme.key in found)


def uncovered(texts: Iterable[tuple[str, str]], taxonomy: Taxonomy) -> list[str]:
    """Return the replies, given with their language, that no theme covers."""
    return [text for text, language in texts if not themes_of(text, language, taxonomy)]


@cache
def builtin_text() -> str:
    """Return the file of the taxonomy that ships with Rapport: where an own one starts from."""
    return (files("analytics.text") / "themes.toml").read_text("utf-8")


@cache
def builtin() -> Taxonomy:
    """Return the taxonomy that ships with Rapport."""
    return load(builtin_text(), "themes.toml")


@lru_cache(8)
def own(text: str, number: int) -> Taxonomy:
    """Return an organisation's own taxonomy as its version of that number."""
    return replace(load(text, f"themes {OWN}{number}"), version=f"themes/{OWN}{number}")


def load(text: str, file: str) -> Taxonomy:
    """Return the taxonomy that a TOML file describes.

    Raises `TaxonomyError`, in words, for anything unknown, missing or contradictory: so also where one of a theme's
    own examples is not found by its patterns, or where what finds one theme always finds another one too.
    """
    if len(text) > LONGEST_FILE:
        raise TaxonomyError(f"{file} is longer than {LONGEST_FILE} characters")
    try:
        root = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise TaxonomyError(f"{file} is no TOML: {error}") from error
    version, themes = root.get("version"), root.get("theme")
    if type(version) is not int or version < 1 or root.keys() - {"version", "theme"}:
        raise TaxonomyError(f"{file} must hold a version (a whole number from 1) and themes, nothing else")
    if not isinstance(themes, list) or not 1 <= len(themes) <= MOST_THEMES:
        raise TaxonomyError(f"{file} must hold 1 to {MOST_THEMES} themes")
    lines = [n for n, line in enumerate(text.splitlines(), start=1) if line.strip().startswith("[[theme]]")]
    places = lines if len(lines) == len(themes) else [1] * len(themes)
    where = [f"{file}, theme {number} (line {line})" for number, line in enumerate(places, start=1)]
    made = tuple(map(_theme, themes, where))
    for about, taken in (("key", [theme.key for theme in made]), *_names_by_language(made)):
        if len(set(taken)) < len(taken):
            raise TaxonomyError(f"{file}: two themes have the same {about}")
    taxonomy = Taxonomy(f"themes/{version}", made)
    _prove(taxonomy, where)
    _hold_apart(taxonomy, themes, where)
    return taxonomy


def _names_by_language(themes: Sequence[Theme]) -> Iterator[tuple[str, list[str]]]:
    for language in LANGUAGES:
        yield f"name in {language}", [theme.name[language].casefold() for theme in themes]


def _theme(one: object, where: str) -> Theme:
    if not isinstance(one, dict) or set(one) != _FIELDS:
        raise TaxonomyError(f"{where}: it needs {', '.join(sorted(_FIELDS))} and nothing else")
    key = one["key"]
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise TaxonomyError(f"{where}: “{key}” is no key: small letters, digits and hyphens")
    here = f"{where}, {key}"
    examples = {
        kind: _by_language(one[kind], f"{here}, {kind}", _examples) for kind in ("positive", "negative")
    }
    for name in LANGUAGES:
        if not any(said[name] for said in examples.values()):
            raise TaxonomyError(f"{here}: at least one example in {name} is needed")
    return Theme(
        key=key,
        name=_by_language(one["name"], f"{here}, name", lambda said, at: _line(said, at, LONGEST_NAME)),
        about=_by_language(one["about"], f"{here}, about", lambda said, at: _line(said, at, LONGEST_ABOUT)),
        **examples,
        found_by={name: _pattern(one[name], f"{here}, {name}") for name in LANGUAGES},
        misled_by={
            name: pattern
            for name, pattern in _by_language(one["not"], f"{here}, not", _misleading).items()
            if pattern is not None
        },
    )


def _by_language(value: object, where: str, read: Callable[[object, str], T]) -> dict[str, T]:
    """Read an entry for each language."""
    if not isinstance(value, dict) or value.keys() != set(LANGUAGES):
        raise TaxonomyError(f"{where}: it is needed in {' and '.join(LANGUAGES)}, and in nothing else")
    return {name: read(value[name], f"{where}.{name}") for name in LANGUAGES}


def _line(value: object, where: str, longest: int) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable() or len(value) > longest:
        raise TaxonomyError(f"{where}: a text on one line is needed, of at most {longest} characters")
    return value


def _examples(value: object, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or len(value) > MOST_EXAMPLES:
        raise TaxonomyError(f"{where}: a list of at most {MOST_EXAMPLES} examples is needed")
    return tuple(_line(said, where, LONGEST_EXAMPLE) for said in value)


def _misleading(value: object, where: str) -> re.Pattern[str] | None:
    return None if value == [] else _pattern(value, where)


def _pattern(patterns: object, where: str) -> re.Pattern[str]:
    """Compile a list of patterns into one expression over folded text."""
    if not isinstance(patterns, list) or not 1 <= len(patterns) <= MOST_PATTERNS:
        raise TaxonomyError(f"{where}: 1 to {MOST_PATTERNS} patterns are needed")
    return re.compile(r"(?<!\w)(?:" + "|".join(_compiled(one, where) for one in patterns) + r")(?!\w)")


def _compiled(pattern: object, where: str) -> str:
    if not isinstance(pattern, str) or not 0 < len(pattern) <= LONGEST_PATTERN:
        raise TaxonomyError(f"{where}: a pattern is a text of at most {LONGEST_PATTERN} characters")
    compiled, gap, gaps = "", "", 0
    for part in fold(pattern).split():
        if part == "_" and compiled and gap != _BETWEEN:
            gap, gaps = _BETWEEN, gaps + 1
        elif _PART.fullmatch(part):
            compiled += gap + _word(part)
            gap = _NEXT
        else:
            raise TaxonomyError(f"{where}: “{pattern}” is no pattern: words, * for letters, _ for a gap")
    if gap == _BETWEEN or not compiled:
        raise TaxonomyError(f"{where}: “{pattern}” must begin and end with a word")
    if gaps > MOST_GAPS:
        raise TaxonomyError(f"{where}: “{pattern}” has more than {MOST_GAPS} gaps")
    return compiled


def _word(part: str) -> str:
    """Compile one word so that it fits in one way only: else a few stars would let a text be read for ever."""
    letters, tail = re.escape(part.strip("*")), r"\w*+" if part.endswith("*") else r"(?!\w)"
    return rf"(?>\w*?{letters}{tail})" if part.startswith("*") else letters + tail


def _prove(taxonomy: Taxonomy, where: Sequence[str]) -> None:
    """Hold every theme to its own examples."""
    for theme, place in zip(taxonomy.themes, where, strict=True):
        for language in LANGUAGES:
            for said in (*theme.positive[language], *theme.negative[language]):
                if theme.key not in themes_of(said, language, taxonomy):
                    raise TaxonomyError(f"{place}, {theme.key}: no pattern finds its own example “{said}”")


def _hold_apart(taxonomy: Taxonomy, raw: Sequence[Mapping[str, Any]], where: Sequence[str]) -> None:
    """Refuse a pattern that another theme always finds too, and one that its own theme never finds.

    Two themes that differ in a word alone would tell by their difference how many wrote that word, be they fewer than
    a theme may be shown of. If all that a pattern can fit is found by another theme, so is its shortest fit.
    """
    for theme, one, place in zip(taxonomy.themes, raw, where, strict=True):
        for language in LANGUAGES:
            for pattern in one[language]:
                shortest = " ".join(fold(pattern).replace("*", "").replace("_", " ").split())
                found = _themes_of(shortest, language, taxonomy)
                if theme.key not in found:
                    raise TaxonomyError(
                        f"{place}, {language}: “{pattern}” is taken out by the theme's own not"
                    )
                other = next((key for key in found if key != theme.key), None)
                if other is not None:
                    raise TaxonomyError(
                        f"{place}, {language}: “{pattern}” is found by {other} too. Take it out of one of the two, "
                        f"or add it to the not of {other}"
                    )


def fold(text: str) -> str:
    """Return text as patterns are compared: small letters, ae for ä, no accents."""
    spelled = unicodedata.normalize("NFKD", text.casefold().translate(_GERMAN))
    return "".join(c for c in spelled if not unicodedata.combining(c))


def _themes_of(clause: str, language: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    folded = fold(clause)
    return tuple(theme.key for theme in taxonomy.themes if theme.in_clause(folded, language))


def names(taxonomy: Taxonomy, language: str) -> Mapping[str, str]:
    """Return what each theme is called, in a language or a manner of it ("de-formal"); else in English."""
    tongue = language.partition("-")[0]
    return {theme.key: theme.name.get(tongue, theme.name["en"]) for theme in taxonomy.themes}
