"""What replies are about: themes of work counted by readable patterns, each clause for itself.

A taxonomy is data (``themes.toml``): versioned, with examples that hold it to its word, editable by an organisation.
Counting words of a fixed list is blunt and repeatable; what the list does not know, nobody sees (`uncovered`).
"""

import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from analytics.text.normalise import clean

LANGUAGES = ("en", "de")
"""The languages that every theme must have patterns in."""

MOST_THEMES, MOST_PATTERNS, LONGEST_PATTERN = 40, 200, 60

_CLAUSES = re.compile(
    r"[;!?\n]+|\.(?=\s|$)|,?\s+\b(?:but|however|although|though|whereas|yet|aber|jedoch|obwohl|allerdings|dagegen|sondern)\b,?",
    re.IGNORECASE,
)
_KEY = re.compile(r"[a-z][a-z0-9-]{0,29}")
_PART = re.compile(r"\*?[^\W_]+(?:[-'.:][^\W_]+)*\*?")
_GERMAN = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
_BETWEEN = r"\W+(?:\w+\W+){0,2}"
"""What "_" stands for: up to two words."""

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
    def languages(self) -> frozenset[str]:
        """The languages it can read."""
        return frozenset(LANGUAGES)


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
def builtin() -> Taxonomy:
    """Return the taxonomy that ships with Rapport."""
    return load((files("analytics.text") / "themes.toml").read_text("utf-8"), "themes.toml")


def load(text: str, file: str) -> Taxonomy:
    """Return the taxonomy that a TOML file describes.

    Raises `TaxonomyError`, in words, for anything unknown, missing or contradictory: so also where one of a theme's
    own examples is not found by its patterns.
    """
    try:
        root = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise TaxonomyError(f"{file} is no TOML: {error}") from error
    version, themes = root.get("version"), root.get("theme")
    if not isinstance(version, int) or version < 1 or root.keys() - {"version", "theme"}:
        raise TaxonomyError(f"{file} must hold a version (a whole number from 1) and themes, nothing else")
    if not isinstance(themes, list) or not 1 <= len(themes) <= MOST_THEMES:
        raise TaxonomyError(f"{file} must hold 1 to {MOST_THEMES} themes")
    made = tuple(_theme(one, file, number) for number, one in enumerate(themes, start=1))
    if len({theme.key for theme in made}) < len(made):
        raise TaxonomyError(f"{file}: two themes have the same key")
    taxonomy = Taxonomy(f"themes/{version}", made)
    _prove(taxonomy, file)
    return taxonomy


def _theme(one: object, file: str, number: int) -> Theme:
    if not isinstance(one, dict) or set(one) != _FIELDS:
        raise TaxonomyError(f"{file}, theme {number}: it needs {', '.join(sorted(_FIELDS))} and nothing else")
    key = one["key"]
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        raise TaxonomyError(f"{file}, theme {number}: “{key}” is no key: small letters, digits and hyphens")
    where = f"{file}, {key}"
    misleading = _by_language(one["not"], where, list)
    return Theme(
        key=key,
        name=_by_language(one["name"], where, str),
        about=_by_language(one["about"], where, str),
        positive={name: tuple(said) for name, said in _by_language(one["positive"], where, list).items()},
        negative={name: tuple(said) for name, said in _by_language(one["negative"], where, list).items()},
        found_by={name: _pattern(one[name], f"{where}, {name}") for name in LANGUAGES},
        misled_by={name: _pattern(said, f"{where}, not.{name}") for name, said in misleading.items() if said},
    )


def _by_language(value: object, where: str, kind: type) -> dict[str, str]:
    """Check that there is an entry of this kind for each language."""
    if not isinstance(value, dict) or value.keys() != set(LANGUAGES):
        raise TaxonomyError(f"{where}: each text is needed in {' and '.join(LANGUAGES)}")
    if not all(isinstance(said, kind) for said in value.values()):
        raise TaxonomyError(f"{where}: a text or a list of texts is expected")
    return value


def _pattern(patterns: object, where: str) -> re.Pattern[str]:
    """Compile a list of patterns into one expression over folded text."""
    if not isinstance(patterns, list) or not 1 <= len(patterns) <= MOST_PATTERNS:
        raise TaxonomyError(f"{where}: 1 to {MOST_PATTERNS} patterns are needed")
    return re.compile(r"(?<!\w)(?:" + "|".join(_compiled(one, where) for one in patterns) + r")(?!\w)")


def _compiled(pattern: object, where: str) -> str:
    if not isinstance(pattern, str) or not 0 < len(pattern) <= LONGEST_PATTERN:
        raise TaxonomyError(f"{where}: a pattern is a text of at most {LONGEST_PATTERN} characters")
    compiled, gap = "", ""
    for part in fold(pattern).split():
        if part == "_" and compiled:
            gap = _BETWEEN
        elif _PART.fullmatch(part):
            compiled += gap + re.escape(part).replace(r"\*", r"\w*")
            gap = r"\W+"
        else:
            raise TaxonomyError(f"{where}: “{pattern}” is no pattern: words, * for letters, _ for a gap")
    if gap == _BETWEEN or not compiled:
        raise TaxonomyError(f"{where}: “{pattern}” must begin and end with a word")
    return compiled


def _prove(taxonomy: Taxonomy, file: str) -> None:
    """Hold every theme to its own examples."""
    for theme in taxonomy.themes:
        for language in LANGUAGES:
            for said in (*theme.positive[language], *theme.negative[language]):
                if theme.key not in themes_of(said, language, taxonomy):
                    raise TaxonomyError(f"{file}, {theme.key}: no pattern finds its own example “{said}”")


def fold(text: str) -> str:
    """Return text as patterns are compared: small letters, ae for ä, no accents."""
    spelled = unicodedata.normalize("NFKD", text.casefold().translate(_GERMAN))
    return "".join(c for c in spelled if not unicodedata.combining(c))


def _themes_of(clause: str, language: str, taxonomy: Taxonomy) -> tuple[str, ...]:
    folded = fold(clause)
    return tuple(theme.key for theme in taxonomy.themes if theme.in_clause(folded, language))


def names(taxonomy: Taxonomy, language: str) -> Mapping[str, str]:
    """Return what each theme is called."""
    return {theme.key: theme.name.get(language, theme.name["en"]) for theme in taxonomy.themes}
