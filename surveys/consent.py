"""Whether a comment may be quoted: a choice beside it, kept with it, that nobody makes for anybody.

It belongs to the words it was given with. A comment written anew needs it anew.
"""

from collections.abc import Mapping

from surveys.errors import InvalidAnswer
from surveys.questions.question import Question, picked

YES, NO = "yes", "no"


def key_for(question: Question) -> str:
    """Return the name under which the choice beside a comment travels and is kept."""
    return f"{question.key}-quote"


def is_asked(question: Question, sentiment: str) -> bool:
    """Say whether the choice stands beside a question: beside comments, where HR has had them read."""
    return question.type == "text" and sentiment == "aggregate"


def read(raw: object) -> str | None:
    """Return the choice as made, None if none was; raise `InvalidAnswer` for anything else."""
    value = picked(raw)
    if value is not None and value not in (YES, NO):
        raise InvalidAnswer("answer.unknown_option")
    return value


def given(values: Mapping[str, str], question: Question) -> bool:
    """Say whether a sheet allows its comment to be quoted: only by a yes."""
    return question.key in values and values.get(key_for(question)) == YES
