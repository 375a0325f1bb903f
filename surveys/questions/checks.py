"""What every type expects of a well-made question, so that each platform can draw it."""

from collections.abc import Mapping

from surveys.errors import QuestionError
from surveys.questions.question import Question

LONGEST_LABEL = 75
"""Slack shows at most 75 characters of an option."""

LONGEST_STEM = 300
"""A phone shows it without scrolling; far below Slack's 2,000 characters for a label."""


def ordered(question: Question) -> None:
    """Refuse a scale that does not say which of its ends is the good one."""
    if question.direction == "none":
        raise QuestionError("direction", "a scale needs 'higher' or 'lower' as its better end")


def unordered(question: Question) -> None:
    """Refuse a direction where answers have no order."""
    if question.direction != "none":
        raise QuestionError("direction", f"a {question.type} question has no better end; write 'none'")


def stems(question: Question) -> None:
    """Refuse a question without English words, or with a stem that is empty or too long."""
    if "en" not in question.stem:
        raise QuestionError("stem", "lacks the language 'en'")
    for language, stem in question.stem.items():
        if not stem.strip() or len(stem) > LONGEST_STEM:
            raise QuestionError(f"stem.{language}", f"must have 1 to {LONGEST_STEM} characters")


def labels(question: Question, count: int) -> None:
    """Refuse labels that are missing in a language of the stem, not ``count`` many, equal, empty or too long."""
    for language in question.stem:
        if language not in question.labels:
            raise QuestionError("labels", f"lacks the language '{language}' of the stem")
    for language, words in question.labels.items():
        if len(words) != count:
            raise QuestionError(f"labels.{language}", f"has {len(words)} labels; {count} are needed")
        if len(set(words)) != count or not all(0 < len(word.strip()) <= LONGEST_LABEL for word in words):
            raise QuestionError(
                f"labels.{language}", f"labels must differ and have 1 to {LONGEST_LABEL} characters"
            )


def absent(question: Question, *fields: str) -> None:
    """Refuse parts that belong to another type."""
    parts: Mapping[str, object] = {
        "labels": question.labels,
        "options": question.options,
        "limit": question.limit is not None,
    }
    for name in fields:
        if parts[name]:
            raise QuestionError(name, f"does not belong to a {question.type} question")
