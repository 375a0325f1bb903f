import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text import textblob_scorer
from analytics.text.textblob_scorer import TextBlobScorer
from analytics.text.tone import Scored, Scorer, Tone

SCORER: Scorer = TextBlobScorer()


@pytest.mark.parametrize(
    ("text", "tone", "polarity"),
    [
        ("good", Tone.POSITIVE, 0.7),
        ("not good", Tone.NEGATIVE, -0.35),
        ("isn't good", Tone.NEGATIVE, -0.35),
        ("it has never really been good", Tone.NEGATIVE, -0.35),
        ("not bad", Tone.POSITIVE, 0.35),
        ("the door is blue", Tone.NEUTRAL, 0.0),
        ("fair, but boring", Tone.UNCLEAR, -0.15),
        ("good and terrible", Tone.UNCLEAR, -0.15),
        ("good, great, excellent and sad", Tone.POSITIVE, 0.5),
    ],
)
def test_the_mean_of_the_word_scores_is_read_as_a_tone(text: str, tone: Tone, polarity: float):
    scored = SCORER.score(text)
    assert scored.tone is tone
    assert scored.polarity == pytest.approx(polarity, abs=0.051)


@pytest.mark.parametrize("text", ["many new tools", "my own first desk", "more", "the average is higher"])
def test_counting_words_carry_no_tone(text: str):
    assert SCORER.score(text) == Scored(Tone.NEUTRAL, 0.0, ())


def test_counting_words_do_not_thin_out_a_score():
    assert SCORER.score("many many many good things") == SCORER.score("good things")


@given(
    st.lists(
        st.sampled_from(
            [
                "good",
                "bad",
                "not",
                "never",
                "been",
                "many",
                "terrible",
                "great",
                "the",
                "is",
                "!",
                "boring",
                "love",
            ]
        ),
        max_size=25,
    )
)
def test_tone_and_polarity_agree_and_neutral_means_no_evidence(words: list[str]):
    scored = SCORER.score(" ".join(words))
    assert scored.polarity is not None
    assert -1 <= scored.polarity <= 1
    assert (scored.tone is Tone.NEUTRAL) == (not scored.evidence)
    assert scored.tone is not Tone.POSITIVE or scored.polarity >= 0.2
    assert scored.tone is not Tone.NEGATIVE or scored.polarity <= -0.1


def test_only_english_is_claimed_and_the_version_is_named():
    assert SCORER.languages == {"en"}
    assert SCORER.version.startswith("textblob-0.20")


def test_loading_spares_scipy_s_statistics_and_leaves_them_importable():
    script = (
        "import sys; finders = len(sys.meta_path); from analytics.text.textblob_scorer import TextBlobScorer; TextBlobScorer().score('good');"
        "print('scipy.stats' in sys.modules); import scipy.stats; print(round(scipy.stats.norm.cdf(0), 1), len(sys.meta_path) == finders)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "0.5", "True"]


def test_many_threads_may_ask_first():
    textblob_scorer._loaded.cache_clear()
    with ThreadPoolExecutor(16) as pool:
        scores = list(pool.map(SCORER.score, ["absolutely terribly good"] * 64))
    assert set(scores) == {SCORER.score("absolutely terribly good")}
