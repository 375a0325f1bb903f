"""A question as JSON, so that a wave can keep exactly what it asked."""

from collections.abc import Mapping

from surveys.errors import QuestionError
from surveys.questions.question import DIRECTIONS, Direction, Question

Json = dict[str, object]

_FIELDS = frozenset(Question.__dataclass_fields__)


def to_dict(question: Question) -> Json:
    """Return plain JSON values from which `from_dict` makes an equal question."""
    return {
        "key": question.key,
        "version": question.version,
        "type": question.type,
        "stem": dict(question.stem),
        "construct": question.construct,
        "direction": question.direction,
        "source": question.source,
        "licence": question.licence,
        "labels": {language: list(words) for language, words in question.labels.items()},
        "options": list(question.options),
        "limit": question.limit,
    }


def parse(record: Mapping[str, object]) -> Question:
    """Return the question a record describes, every part of the right type; its sense is not checked."""
    for name in sorted(record.keys() ^ _FIELDS):
        raise QuestionError(name, "is missing" if name in _FIELDS else "is not a part of a question")
    limit = record["limit"]
    return Question(
        key=_word(record, "key"),
        version=_number("version", record["version"]),
        type=_word(record, "type"),
        stem=_stem(record["stem"]),
        construct=_word(record, "construct"),
        direction=_direction(record["direction"]),
        source=_word(record, "source"),
        licence=_word(record, "licence"),
        labels=_labels(record["labels"]),
        options=_words("options", record["options"]),
        limit=None if limit is None else _number("limit", limit),
    )


def _word(record: Mapping[str, object], name: str) -> str:
    return _text(name, record[name])


def _text(name: str, value: object) -> str:
    if not isinstance(value, str):
        raise QuestionError(name, "must be text")
    return value


def _number(name: str, value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise QuestionError(name, "must be a whole number from 1")
    return value


def _direction(value: object) -> Direction:
    if value not in DIRECTIONS:
        raise QuestionError("direction", f"must be one of {', '.join(DIRECTIONS)}")
    return value


def _words(name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise QuestionError(name, "must be a list of texts")
    return tuple(_text(name, word) for word in value)


def _table(name: str, value: object) -> dict[str, object]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise QuestionError(name, "must be a table of languages")
    return value


def _stem(value: object) -> dict[str, str]:
    return {language: _text(f"stem.{language}", text) for language, text in _table("stem", value).items()}


def _labels(value: object) -> dict[str, tuple[str, ...]]:
    return {
        language: _words(f"labels.{language}", words) for language, words in _table("labels", value).items()
    }
