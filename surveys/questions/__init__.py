"""The types of question; a type is one module of this folder and its line in ``TYPES``."""

from collections.abc import Mapping
from types import MappingProxyType

from surveys.errors import QuestionError
from surveys.formats import ResponseFormat
from surveys.questions.choice import SingleChoice
from surveys.questions.likert import Likert
from surveys.questions.question import Direction, Question, QuestionType
from surveys.questions.recommend import Recommend
from surveys.questions.record import parse, to_dict
from surveys.questions.text import Text

__all__ = [
    "TYPES",
    "Direction",
    "Question",
    "QuestionType",
    "check",
    "favourable",
    "from_dict",
    "read",
    "response_format",
    "score",
    "to_dict",
]

TYPES: Mapping[str, QuestionType] = MappingProxyType(
    {
        "choice": SingleChoice(),
        "likert": Likert(),
        "recommend": Recommend(),
        "text": Text(),
    }
)


def check(question: Question) -> None:
    """Raise `QuestionError` if the question cannot be asked."""
    if question.type not in TYPES:
        raise QuestionError("type", f"'{question.type}' is none of {', '.join(sorted(TYPES))}")
    TYPES[question.type].check(question)


def response_format(question: Question, language: str) -> ResponseFormat:
    """Say how the question is answered, in words of one language."""
    return TYPES[question.type].format(question, language)


def read(question: Question, raw: object) -> str | None:
    """Return the value to store, None if the question was skipped; raise `InvalidAnswer` if it does not fit."""
    return TYPES[question.type].read(question, raw)


def score(question: Question, value: str) -> float | None:
    """Return the position on the scale as it was shown (not reversed), None if there is no scale."""
    return TYPES[question.type].score(question, value)


def favourable(question: Question, value: str) -> bool | None:
    """Say whether an answer lies on the good side, None where that does not apply."""
    return TYPES[question.type].favourable(question, value)


def from_dict(record: Mapping[str, object]) -> Question:
    """Return the question that `to_dict` recorded; raise `QuestionError` if the record is damaged."""
    question = parse(record)
    check(question)
    return question
