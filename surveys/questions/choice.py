"""One of several options without an order, such as where or when."""

from surveys.errors import InvalidAnswer, QuestionError
from surveys.formats import Choice, Option
from surveys.questions import checks
from surveys.questions.question import Question, picked

DECLINED = "prefer-not-to-say"
"""The stored value of "prefer not to say": a deliberate answer, unlike skipping; count it apart."""

FEWEST, MOST = 2, 20


class SingleChoice:
    """Exactly one of ``options``; a template adds "prefer not to say" as the last one by ``decline = true``."""

    fields = frozenset({"options", "decline"})

    def check(self, question: Question) -> None:
        checks.stems(question)
        checks.absent(question, "limit")
        checks.unordered(question)
        _check_options(question)
        checks.labels(question, len(question.options))

    def format(self, question: Question, language: str) -> Choice:
        labels = question.labels_in(language)
        return Choice(tuple(map(Option, question.options, labels)))

    def read(self, question: Question, raw: object) -> str | None:
        value = picked(raw)
        if value is not None and value not in question.options:
            raise InvalidAnswer("answer.unknown_option")
        return value

    def score(self, question: Question, value: str) -> None:  # noqa: ARG002 - options have no order
        return None

    def favourable(self, question: Question, value: str) -> None:  # noqa: ARG002 - options have no better end
        return None


def _check_options(question: Question) -> None:
    options = question.options
    if not FEWEST <= len(options) <= MOST:
        raise QuestionError("options", f"a choice has {FEWEST} to {MOST} options, not {len(options)}")
    if len(set(options)) != len(options):
        raise QuestionError("options", "the same value stands twice")
    if any(value != value.strip() or not 0 < len(value) <= checks.LONGEST_LABEL for value in options):
        raise QuestionError(
            "options", f"values have 1 to {checks.LONGEST_LABEL} characters and no outer space"
        )
    if DECLINED in options[:-1]:
        raise QuestionError("options", f"'{DECLINED}' must be the last option")
