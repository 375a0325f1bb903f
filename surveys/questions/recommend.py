"""The recommend score: 0 to 10, read in three groups (Reichheld 2003, Harvard Business Review 81(12), 46-54).

Net Promoter, NPS and eNPS are marks of their owners; this project says *recommend score*.
"""

from typing import Literal

from surveys.errors import InvalidAnswer, QuestionError
from surveys.formats import Option, Scale
from surveys.questions import checks
from surveys.questions.question import Question, picked

LOW, HIGH = 0, 10
_VALUES = tuple(str(point) for point in range(LOW, HIGH + 1))

Group = Literal["promoter", "passive", "detractor"]


class Recommend:
    """Eleven points from 0 to 10; ``labels`` name the two ends."""

    fields = frozenset({"labels"})

    def check(self, question: Question) -> None:
        checks.stems(question)
        checks.absent(question, "options", "limit")
        if question.direction != "higher":
            raise QuestionError("direction", "of a recommend question is always 'higher'")
        checks.labels(question, 2)

    def format(self, question: Question, language: str) -> Scale:
        low, high = question.labels_in(language)
        return Scale(tuple(Option(value, value) for value in _VALUES), low, high)

    def read(self, question: Question, raw: object) -> str | None:  # noqa: ARG002 - one scale for all questions
        value = picked(raw)
        return None if value is None else _on_scale(value)

    def score(self, question: Question, value: str) -> float:  # noqa: ARG002 - one scale for all questions
        return float(_on_scale(value))

    def favourable(self, question: Question, value: str) -> bool | None:  # noqa: ARG002 - the names are the protocol's
        """Promoters are favourable, detractors are not; passives are neither and belong in the denominator."""
        return {"promoter": True, "passive": None, "detractor": False}[group(value)]


def group(value: str) -> Group:
    """Return who answers so: 9-10 promoter, 7-8 passive, 0-6 detractor."""
    point = int(_on_scale(value))
    if point >= 9:
        return "promoter"
    return "passive" if point >= 7 else "detractor"


def _on_scale(value: str) -> str:
    if value not in _VALUES:
        raise InvalidAnswer("answer.out_of_range", low=LOW, high=HIGH)
    return value
