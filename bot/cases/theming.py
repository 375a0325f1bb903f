"""Themes of comments at the close: what is counted of them, and under which names the counts are kept.

For each theme two items are counted beside the question's own: how many comments speak of it, and in which tone they
do. Each passes the gate like a question of its own.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from analytics.results import Withheld
from analytics.text import language
from analytics.text.content import has_content
from analytics.text.normalise import clean
from analytics.text.themes import Taxonomy, clauses
from analytics.text.tone import Scorer, Tone, hear

Part = Literal["share", "tone"]
PARTS: tuple[Part, ...] = ("share", "tone")
TONES = (Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE)

UNCLEAR = "unclear"
"""Stands in the place of a theme for comments whose tone was left unclear; their item carries the model's version."""

SILENT, SPOKEN = 0, 1
"""The classes of a share: comments that do not speak of the theme, and those that do."""


@dataclass(frozen=True, slots=True)
class ThemeItem:
    """What is counted of a theme in the comments of one question; a new version of the taxonomy is a new series."""

    question: str
    theme: str
    version: str
    part: Part

    @property
    def key(self) -> str:
        """Return the name under which counts and readings are kept; `read` is the inverse."""
        return f"{self.question}/{self.theme}/{self.version}/{self.part}"

    @classmethod
    def read(cls, key: str) -> Self | None:
        """Return the item of a name; None if it is a question's or that of a whole wave."""
        match key.split("/"):
            case [question, theme, version, "share" | "tone" as part]:
                return cls(question, theme, version, part)
            case _:
                return None


@dataclass(frozen=True, slots=True)
class Spoken:
    """What a comment says: the tone of each theme that it speaks of."""

    tones: Mapping[str, Tone]


def spoken(text: str, profile_language: str, taxonomy: Taxonomy, scorer: Scorer) -> Spoken | None:
    """Read a comment, masked; None where it says nothing, or in a language whose themes are not read."""
    cleaned = clean(text)
    if not has_content(cleaned):
        return None
    found = language.language_of(cleaned, profile_language, language.ENABLED)
    if found not in taxonomy.languages:
        return None
    heard: dict[str, set[Tone]] = {}
    for clause in clauses(cleaned, found, taxonomy):
        tone = _tone(clause.text, found, scorer) if clause.themes else Tone.UNCLEAR
        for theme in clause.themes:
            heard.setdefault(theme, set()).add(tone)
    return Spoken({theme: _joined(tones) for theme, tones in heard.items()})


def points(
    comments: Iterable[tuple[str, Spoken | None]], question: str, taxonomy: Taxonomy
) -> list[tuple[ThemeItem, Sequence[tuple[str, int | None]], int]]:
    """Return for each item where its comments fall: their cell and class, and how many classes there are.

    Parameters
    ----------
    comments
        The cell of each comment and what it says.
    question
        Key of the question that was commented on.
    taxonomy
        What was looked for.
    """
    heard = [(cell, said) for cell, said in comments if said is not None]
    items: list[tuple[ThemeItem, Sequence[tuple[str, int | None]], int]] = []
    for theme in taxonomy.themes:
        share, tone = (ThemeItem(question, theme.key, taxonomy.series, part) for part in PARTS)
        items.append((share, [(c, SPOKEN if theme.key in s.tones else SILENT) for c, s in heard], 2))
        speaking = [(c, s.tones[theme.key]) for c, s in heard if theme.key in s.tones]
        readable = [(c, TONES.index(t)) for c, t in speaking if t in TONES]
        items.append((tone, readable, len(TONES)))
    return items


def unclear(
    question: str, tones: Iterable[tuple[str, str]], scorer: Scorer
) -> tuple[ThemeItem, list[tuple[str, int]]]:
    """Return how many of the comments that a scorer read it left unclear, as an item of its own: cell and class of each.

    Parameters
    ----------
    question
        Key of the question that was commented on.
    tones
        The cell of each comment and its tone, or why it has none.
    scorer
        What read them.
    """
    read = {*(tone.value for tone in TONES), Tone.UNCLEAR.value}
    found = [(cell, SPOKEN if tone == Tone.UNCLEAR else SILENT) for cell, tone in tones if tone in read]
    return ThemeItem(question, UNCLEAR, scorer.version, "share"), found


def _tone(clause: str, spoken_in: str, scorer: Scorer) -> Tone:
    heard = hear(clause, spoken_in, scorer, language=spoken_in).tone
    return Tone.UNCLEAR if isinstance(heard, Withheld) else heard.tone


def _joined(tones: set[Tone]) -> Tone:
    """Return the one tone of several clauses; praise beside complaint is unclear."""
    telling = tones & {Tone.NEGATIVE, Tone.POSITIVE}
    if len(telling) > 1:
        return Tone.UNCLEAR
    return telling.pop() if telling else Tone.NEUTRAL if Tone.NEUTRAL in tones else Tone.UNCLEAR
