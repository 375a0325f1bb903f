"""Labelled points in order, usually five. The answers are ordinal: distances between points are not known."""

from surveys.errors import InvalidAnswer, QuestionError
from surveys.formats import Option, Scale
from surveys.questions import checks
from surveys.questions.question import Question, picked

FEWEST, MOST = 2, 11


class Likert:
    """Points 1 to n, each with a label; n is the number of labels."""

    fields = frozenset({"scale", "labels"})

    def check(self, question: Question) -> None:
        checks.stems(question)
        checks.absent(question, "options", "limit")
        checks.ordered(question)
        points = _points(question)
        if not FEWEST <= points <= MOST:
            raise QuestionError("labels", f"a likert scale has {FEWEST} to {MOST} points, not {points}")
        checks.labels(question, points)

    def format(self, question: Question, language: str) -> Scale:
        labels = question.labels_in(language)
        options = tuple(Option(str(point), label) for point, label in enumerate(labels, start=1))
        return Scale(options, labels[0], labels[-1])

    def read(self, question: Question, raw: object) -> str | None:
        value = picked(raw)
        return None if value is None else _on_scale(question, value)

    def score(self, question: Question, value: str) -> float:
        return float(_on_scale(question, value))

    def favourable(self, question: Question, value: str) -> bool:
        """Say whether the answer lies beyond the middle on the good side: the top two of five points.

        The middle point of an odd scale is not favourable. Where lower is better, the low side counts.
        """
        middle = (1 + _points(question)) / 2
        point = self.score(question, value)
        return point > middle if question.direction == "higher" else point < middle


def _points(question: Question) -> int:
    return len(question.labels.get("en", ()))


def _on_scale(question: Question, value: str) -> str:
    points = _points(question)
    if value not in {str(point) for point in range(1, points + 1)}:
        raise InvalidAnswer("answer.out_of_range", low=1, high=points)
    return value
