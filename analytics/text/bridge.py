"""Rapport's tone for anyone who works with TextBlob. The one module that knows textblob."""

from typing import NamedTuple

from textblob import TextBlob
from textblob.base import CONTINUOUS, BaseSentimentAnalyzer
from typing_extensions import override

from analytics.results import Withheld
from analytics.text.english import EnglishScorer
from analytics.text.tone import hear


class RapportSentiment(NamedTuple):
    """What ``TextBlob(text, analyzer=RapportAnalyzer()).sentiment`` gives.

    ``polarity`` is the probability of praise less that of complaint, from -1 to +1; ``subjectivity`` that of either,
    from 0 to 1. ``classification`` is negative, neutral, positive, unclear or no_content; after the last all figures
    are 0. ``assessments`` are the words that carried it, if they were asked for (``.sentiment_assessments``).
    """

    polarity: float
    subjectivity: float
    classification: str
    p_negative: float
    p_neutral: float
    p_positive: float
    assessments: tuple[str, ...] = ()


class RapportAnalyzer(BaseSentimentAnalyzer):  # type: ignore[misc]  # textblob ships no types
    """Takes every text as English, as TextBlob's own analyzers do. Ready at once: nothing is trained or fetched."""

    kind = CONTINUOUS
    RETURN_TYPE = RapportSentiment

    @override
    def analyze(self, text: str, keep_assessments: bool = False) -> RapportSentiment:
        """Return the tone of one text; what ``rapport score --language en`` says of it."""
        scored = hear(text, "en", EnglishScorer(), language="en").tone
        if isinstance(scored, Withheld) or scored.probabilities is None:
            return RapportSentiment(0.0, 0.0, "no_content", 0.0, 0.0, 0.0)
        negative, neutral, positive = scored.probabilities
        words = scored.evidence if keep_assessments else ()
        return RapportSentiment(
            positive - negative, 1 - neutral, scored.tone.value, negative, neutral, positive, words
        )


def polarity_by_textblob(text: str) -> float:
    """Return what TextBlob's own analyzer says, from -1 to +1, to be compared with."""
    return float(TextBlob(text).sentiment.polarity)
