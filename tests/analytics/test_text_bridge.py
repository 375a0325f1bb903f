import pytest
from textblob import TextBlob
from textblob.base import BaseSentimentAnalyzer

import analytics.text
from analytics.text import RapportAnalyzer
from analytics.text.bridge import RapportSentiment
from analytics.text.english import EnglishScorer
from analytics.text.tone import Scored, hear


def test_textblob_takes_the_analyzer_and_gives_its_answer():
    sentiment = TextBlob("It isn’t great", analyzer=RapportAnalyzer()).sentiment
    scored = hear("It isn’t great", "en", EnglishScorer(), language="en").tone

    assert isinstance(RapportAnalyzer(), BaseSentimentAnalyzer)
    assert isinstance(scored, Scored)
    assert sentiment.classification == scored.tone.value == "negative"
    assert (sentiment.p_negative, sentiment.p_neutral, sentiment.p_positive) == scored.probabilities
    assert sentiment.polarity == scored.polarity


def test_the_words_come_when_textblob_asks_for_assessments():
    blob = TextBlob("Great colleagues", analyzer=RapportAnalyzer())
    assert blob.sentiment.assessments == ()
    assert "great" in blob.sentiment_assessments.assessments


def test_a_reply_that_says_nothing_has_figures_of_nothing():
    assert RapportAnalyzer().analyze("n/a") == RapportSentiment(0.0, 0.0, "no_content", 0.0, 0.0, 0.0)


def test_the_package_has_no_other_name_to_load():
    with pytest.raises(AttributeError, match="Analyser"):
        analytics.text.Analyser  # noqa: B018 - the look-up is what raises
