"""Bad input, and what the default scorer does with it: a defined class, no exception, and always the same."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.results import Withheld
from analytics.text.english import EnglishScorer
from analytics.text.model import english
from analytics.text.normalise import LIMIT
from analytics.text.rules import Finding
from analytics.text.tone import Heard, Scored, Scorer, Tone, hear

SCORER: Scorer = EnglishScorer()


def outcome(text: str) -> str:
    heard = hear(text, "en", SCORER).tone
    return heard.reason if isinstance(heard, Withheld) else heard.tone.value


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("", {"no_content"}),
        (" \t\n ", {"no_content"}),
        ("N/A", {"no_content"}),
        ("\u200b\u200d\ufeff", {"no_content"}),
        ("\x00\x01\x02\x7f", {"no_content"}),
        ("👍👍👍", {"positive"}),
        ("🫥", {"neutral", "unclear", "no_content"}),
        ("terrible", {"negative"}),
        ("qwertz", {"neutral", "unclear"}),
        (
            "This was gut but leider nicht so schön",
            {"language", "unclear", "neutral", "negative", "positive"},
        ),
        ("It isnâ€™t great", {"negative", "unclear"}),
        ("It isn\ufffdt great", {"negative", "unclear", "positive"}),
        ("g\u200bo\u200bo\u200bd", {"positive"}),
        ("\u202egreat team\u202c", {"positive"}),
        ("הצוות נהדר", {"language"}),
        ("<p>The team is <b>great</b></p>", {"positive"}),
        ("<script>alert('x')</script>", {"neutral", "unclear", "positive", "negative", "language"}),
        ("\ud800 great", {"positive"}),
        ("=1+1", {"no_content"}),
        ("%PDF-1.7 \x93\x8c\x0b", {"neutral", "unclear", "no_content", "language"}),
        ("good\x00 team", {"positive"}),
        ("G O O D", {"neutral", "unclear", "positive", "language"}),
    ],
)
def test_bad_input_has_a_defined_outcome(text: str, allowed: set[str]):
    assert outcome(text) in allowed


@pytest.mark.parametrize(
    "piece",
    ["a", "good ", "👍", "😡 ", "not ", "e\u0301", "<b>", ":+1:", "\u200b", "no, ", "…", "é", "'", "\ud83d"],
)
def test_a_megabyte_is_read_no_further_than_its_first_characters(piece: str):
    """So the work is bounded whatever the length: what lies beyond changes nothing."""
    endless = piece * (1_000_000 // len(piece))
    assert hear(endless, "en", SCORER, language="en") == hear(
        endless[: 2 * LIMIT], "en", SCORER, language="en"
    )


def test_a_hundred_thousand_emoji_are_praise():
    assert outcome("👍" * 100_000) == "positive"


@given(st.text(st.characters(), max_size=200))
def test_any_text_at_all_is_heard_and_heard_the_same_again(text: str):
    heard = hear(text, "en", SCORER, language="en")
    assert heard == hear(text, "en", EnglishScorer(), language="en")
    assert isinstance(heard, Heard)
    assert isinstance(heard.tone, Scored)
    if heard.tone.probabilities:
        assert sum(heard.tone.probabilities) == pytest.approx(1)
        assert heard.tone.polarity == heard.tone.probabilities[2] - heard.tone.probabilities[0]


def test_below_the_threshold_there_is_no_answer():
    model = english()
    for text in ("good", "terrible", "The door is blue", "The plan was fair but slow"):
        scored = EnglishScorer(model).score(text)
        assert scored.probabilities is not None
        assert (max(scored.probabilities) < model.threshold) <= (scored.tone is Tone.UNCLEAR)


PRAISE, COMPLAINT = Finding("gratitude", "thanks", 0.4), Finding("too-many", "too many", -0.5)


@pytest.mark.parametrize(
    ("text", "findings", "tone"),
    [
        ("‹said›", [PRAISE], Tone.POSITIVE),
        ("‹said› tools", [COMPLAINT], Tone.NEGATIVE),
        ("‹said› and ‹said›", [PRAISE, COMPLAINT], Tone.UNCLEAR),
        ("awful awful awful terrible ‹said›", [PRAISE], Tone.UNCLEAR),
        ("awesome great excellent wonderful perfect ‹said›", [COMPLAINT], Tone.UNCLEAR),
    ],
)
def test_a_rule_decides_or_leaves_unclear_and_is_never_overruled(
    text: str, findings: list[Finding], tone: Tone
):
    assert SCORER.score(text, findings).tone is tone


def test_the_text_ring_needs_no_library_that_takes_long_to_load():
    program = """
import sys
from analytics.text.english import EnglishScorer
from analytics.text.tone import hear
hear("The team is great and the tools are fine", "en", EnglishScorer())
print(sorted({"textblob", "nltk", "scipy", "sklearn", "numpy", "py3langid"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
