"""TextBlob's lexicon as a scorer. The one module that knows textblob."""

import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from threading import Lock, get_ident
from typing import ClassVar, Protocol

from analytics.text.normalise import normalise
from analytics.text.tone import Scored, Tone

Assessment = tuple[list[str], float, float, str | None]

# Counting words, times and positions, which the lexicon scores as if they were praise ("many" +0.5, "first" +0.25).
_COUNTING = """
many more most much own first last new other main whole full early recent able sure certain likely possible available
average normal usual general real actual actually really live far high higher highest low long
"""
_NO_TONE = frozenset(_COUNTING.split())

# TextBlob forgets a "not" at the next word it has no score for ("not been good" is good). Bring it closer.
_UNSCORED = (
    "a|all|always|am|an|any|are|at|be|become|been|being|believe|entirely|exactly|feel|feeling|feels|felt|find|fully|get|"
    "getting|had|has|have|in|is|it|look|looks|me|my|necessarily|our|quite|really|seem|seems|sound|sounds|that|the|their|think|"
    "this|to|very much|was|were|yet|your"
)
_FAR_NEGATION = re.compile(rf"\b(not|never)((?: (?:{_UNSCORED})){{1,6}})(?= )", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class TextBlobScorer:
    """The mean of the lexicon's word scores, read as a tone only where it was seldom wrong.

    Unclear: praise and complaint of like weight in one reply, or a mean inside the bands. The bands were chosen on
    27,000 labelled texts of ten public English sets (tweets, reviews, news, developer talk, subtitles). There, with
    the rules and on average over the sets, it decides 83 % of texts and is right on 62 % of these; 5 % of all texts
    are praise read as complaint or the reverse, against 13 % by the sign of TextBlob's polarity. These figures are
    from the texts it was tuned on, and none of them is workplace text.
    """

    version: ClassVar[str] = "textblob-0.20/1"
    languages: ClassVar[frozenset[str]] = frozenset({"en"})

    negative_from: float = -0.10
    positive_from: float = 0.20
    mixed_beyond: float = 0.3
    """How far from 0 the mean must lie if strong praise and strong complaint both occur."""
    strong: float = 0.3

    def score(self, text: str) -> Scored:
        """Return the tone of one English text, with the words that carried it."""
        told = [(" ".join(words), polarity) for words, polarity, _, _ in _assess(text) if _has_tone(words)]
        telling = [(words, polarity) for words, polarity in told if polarity]
        if not telling:
            return Scored(Tone.NEUTRAL, 0.0, ())
        polarity = sum(value for _, value in told) / len(told)
        tone = self._tone(polarity, [value for _, value in telling])
        return Scored(tone, polarity, tuple(words for words, _ in telling))

    def _tone(self, polarity: float, values: Sequence[float]) -> Tone:
        mixed = min(values) <= -self.strong and max(values) >= self.strong
        if mixed and abs(polarity) < self.mixed_beyond:
            return Tone.UNCLEAR
        if polarity <= self.negative_from:
            return Tone.NEGATIVE
        return Tone.POSITIVE if polarity >= self.positive_from else Tone.UNCLEAR


def _has_tone(words: Sequence[str]) -> bool:
    return not _NO_TONE.issuperset(words)


def _assess(text: str) -> Sequence[Assessment]:
    """Return TextBlob's score of each word or phrase that it knows."""
    blob = _textblob()(_FAR_NEGATION.sub(r"\2 \1", normalise(text)))
    return blob.sentiment_assessments.assessments


class _Sentiment(Protocol):
    assessments: Sequence[Assessment]


class _Blob(Protocol):
    sentiment_assessments: _Sentiment


class _NoScipy:
    """A finder of modules that answers "not installed" for scipy and scikit-learn, to one thread only."""

    def __init__(self) -> None:
        self._thread = get_ident()

    def find_spec(self, fullname: str, _path: object, _target: object = None) -> None:
        if get_ident() == self._thread and fullname.partition(".")[0] in {"scipy", "sklearn"}:
            raise ModuleNotFoundError(f"{fullname} is not needed here", name=fullname)


@contextmanager
def _sparing_scipy() -> Iterator[None]:
    """Let nltk do without what it only wants for collocation tests and parsers: saves 60 MB and over a second."""
    finder = _NoScipy()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


_loading = Lock()


def _textblob() -> Callable[[str], _Blob]:
    """Return the TextBlob class with its lexicon loaded, once, however many threads ask."""
    with _loading:
        return _loaded()


@cache
def _loaded() -> Callable[[str], _Blob]:
    # TextBlob brings nltk: a second and 40 MB, paid at the first score and not at import.
    with _sparing_scipy():
        from textblob import TextBlob  # noqa: PLC0415  lazy, as above

    blob: Callable[[str], _Blob] = TextBlob
    blob("good").sentiment_assessments  # noqa: B018  reads the lexicon file, which isn't thread-safe
    return blob
