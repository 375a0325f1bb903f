"""What a question is, and what every type of question must be able to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar, get_args

from surveys.errors import InvalidAnswer
from surveys.formats import ResponseFormat

Direction = Literal["higher", "lower", "none"]
"""Which end of the scale is the good one; ``none`` where the answer has no order (choice, text)."""

DIRECTIONS: tuple[Direction, ...] = get_args(Direction)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One worded item of a survey, in all its languages.

    Changing any wording makes a new ``version``: answers to different wordings are not one series.
    ``labels`` are the points of a likert scale, the two ends of a recommend scale or the options of a
    choice, per language; ``options`` are the stored values of a choice; ``limit`` is the longest text.
    """

    key: str
    version: int
    type: str
    stem: Mapping[str, str] = field(hash=False)
    construct: str
    direction: Direction
    source: str
    licence: str
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict, hash=False)
    options: tuple[str, ...] = ()
    limit: int | None = None

    def stem_in(self, language: str) -> str:
        return in_language(self.stem, language)

    def labels_in(self, language: str) -> tuple[str, ...]:
        return in_language(self.labels, language)


class QuestionType(Protocol):
    """A way of asking: one module of this package, registered in its ``TYPES``."""

    fields: frozenset[str]
    """Which keys beside the common ones a template may set for this type."""

    def check(self, question: Question) -> None:
        """Raise `QuestionError` if the question cannot be asked as this type."""

    def format(self, question: Question, language: str) -> ResponseFormat:
        """Say how the question is answered, in words of one language."""

    def read(self, question: Question, raw: object) -> str | None:
        """Return the value to store, None if skipped; raise `InvalidAnswer` if it does not fit."""

    def score(self, question: Question, value: str) -> float | None:
        """Return the position on the scale as it was shown (not reversed), None if there is no scale."""

    def favourable(self, question: Question, value: str) -> bool | None:
        """Say whether the answer lies on the good side, None where the question does not apply."""


def in_language(texts: Mapping[str, T], language: str) -> T:
    """Return the text for a language, else its parent (``de-formal`` → ``de``), else English."""
    wanted = language.replace("_", "-")
    while wanted:
        if wanted in texts:
            return texts[wanted]
        wanted = wanted.rpartition("-")[0]
    return texts["en"]


def picked(raw: object) -> str | None:
    """Return what was picked, without surrounding space; None if nothing was."""
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise InvalidAnswer("answer.wrong_type")
    return raw.strip() or None
