"""A survey: what is asked, how openly, and when."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal, get_args

from surveys.cadence import Cadence, Opening
from surveys.questions import Question
from surveys.questions.question import in_language

Mode = Literal["anonymous", "confidential", "attributed"]
"""``anonymous``: stored without the person. ``confidential``: linked inside, shown in groups. ``attributed``: signed."""

MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """The instrument, versioned; a wave is one fielding of it.

    ``anchor`` is asked in every wave; of ``rotating`` each person gets ``rotating_per_wave``; ``comment`` comes
    last. A wave stays open for ``open_for`` on the wall clock, without one until the next wave opens.
    ``seconds`` is how long answering takes. Without ``invites`` nobody is asked: people come by themselves.
    """

    key: str
    version: int
    title: Mapping[str, str]
    mode: Mode
    anchor: Question | None
    rotating: tuple[Question, ...]
    rotating_per_wave: int
    comment: Question | None
    cadence: Cadence
    open_for: timedelta | None
    seconds: int
    invites: bool

    @property
    def opens(self) -> Opening:
        return self.cadence.opens

    @property
    def questions(self) -> tuple[Question, ...]:
        """Every question that a wave may ask, in the order of asking."""
        return self.sheet({question.key for question in self.rotating})

    def title_in(self, language: str) -> str:
        return in_language(self.title, language)

    def sheet(self, rotating: Collection[str] = ()) -> tuple[Question, ...]:
        """Return one person's questions in order: the anchor, the rotating ones chosen by key, the comment."""
        chosen = tuple(question for question in self.rotating if question.key in rotating)
        return tuple(question for question in (self.anchor, *chosen, self.comment) if question is not None)
