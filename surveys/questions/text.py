"""The person's own words, made harmless to show but otherwise left as they are."""

import re
import unicodedata

from surveys.errors import InvalidAnswer, QuestionError
from surveys.formats import FreeText
from surveys.questions import checks
from surveys.questions.question import Question

LONGEST = 2000
"""Characters; fits every platform's message beside the question."""

_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
# C0 and C1 controls but tab and newline; embeddings, overrides and isolates, which can make text read
# differently from what is stored (CVE-2021-42574); lone surrogates, which no encoder accepts.
# The plain direction marks U+200E, U+200F and U+061C stay: Arabic and Hebrew need them.
_UNSAFE = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


class Text:
    """Free text of at most ``limit`` characters, `LONGEST` if not said otherwise."""

    fields = frozenset({"limit"})

    def check(self, question: Question) -> None:
        checks.stems(question)
        checks.absent(question, "labels", "options")
        checks.unordered(question)
        if question.limit is not None and not 1 <= question.limit <= LONGEST:
            raise QuestionError("limit", f"must lie between 1 and {LONGEST}")

    def format(self, question: Question, language: str) -> FreeText:  # noqa: ARG002 - no words of its own
        return FreeText(_limit(question))

    def read(self, question: Question, raw: object) -> str | None:
        if raw is None:
            return None
        if not isinstance(raw, str):
            raise InvalidAnswer("answer.wrong_type")
        text = clean(raw)
        if len(text) > _limit(question):
            raise InvalidAnswer("answer.too_long", limit=_limit(question))
        return text if _visible(text) else None

    def score(self, question: Question, value: str) -> None:  # noqa: ARG002 - words are scored elsewhere
        return None

    def favourable(self, question: Question, value: str) -> None:  # noqa: ARG002 - the names are the protocol's
        return None


def clean(text: str) -> str:
    """Return the text without characters that could damage storage or mislead a reader.

    Every line end becomes a newline; outer space goes; cleaning twice changes nothing more.
    """
    return _UNSAFE.sub("", _LINE_ENDS.sub("\n", text)).strip()


def _visible(text: str) -> bool:
    """Say whether anything would be seen: space and format characters alone are no answer."""
    return any(not character.isspace() and unicodedata.category(character) != "Cf" for character in text)


def _limit(question: Question) -> int:
    return LONGEST if question.limit is None else question.limit
