import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text import features
from analytics.text.features import NAMES, entries
from analytics.text.lexicon import Lexicon, values
from analytics.text.rules import Finding
from analytics.text.words import read

LEXICON = Lexicon(
    {"good": 0.5, "bad": -0.5, "great": 0.75, ":)": 0.5},
    {"good": (0.7, 0.6), "bad": (-0.7, 0.66)},
    {"very": 0.3, "slightly": -0.3},
)


def figures(text: str, *findings: Finding) -> dict[str, float]:
    tokens = read(text)
    told = [value for _, value in values(tokens, LEXICON)]
    return dict(zip(NAMES, features.figures(tokens, told, LEXICON, findings), strict=True))


def test_the_figures_of_a_reply_worked_out_by_hand():
    found = figures(
        "Good day, but not very good! Why?",
        Finding("gratitude", "thanks", 0.4),
        Finding("wish", "wish", -0.3),
    )

    praise, complaint, words = 0.5, 0.39, 7
    total = praise - complaint
    assert found == pytest.approx(
        {
            "balance": total / math.sqrt(total**2 + 0.8),
            "praise": praise / math.sqrt(words),
            "complaint": complaint / math.sqrt(words),
            "mean": total / 2,
            "last": -complaint,
            "first": praise,
            "highest": praise,
            "lowest": -complaint,
            "silent": 0,
            "mixed": complaint / (praise + 0.1),
            "tone": praise + complaint,
            "polarity": (0.7 + min(1, 0.7 * 1.3) * -0.5) / 2,
            "subjectivity": 0.6,
            "known": 1,
            "too": 0,
            "negations": 1 / 3,
            "negated_share": 3 / words,
            "negated": 1,
            "but": 1,
            "length": words / 60,
            "log_length": math.log(1 + words) / 5,
            "exclaims": 1,
            "asks": 1,
            "short": 0,
            "rules_praise": 0.4,
            "rules_complaint": 0.3,
        }
    )


def test_nothing_said_is_nothing_but_silence():
    found = figures("")
    assert {name for name, value in found.items() if value} == {"silent", "short", "length", "log_length"}


def test_too_is_a_complaint_except_before_praise():
    assert figures("too slow")["too"] == 1
    assert figures("too funny")["too"] == 0


def test_entries_are_words_and_neighbours_once_each_with_what_a_not_reaches():
    assert entries(read("not a good good idea")) == [
        "not", "a_N", "not a_N", "good_N", "a_N good_N", "good_N good_N", "idea_N", "good_N idea_N",
    ]  # fmt: skip


def test_a_hole_parts_its_neighbours():
    assert entries(read("thank ‹name› much")) == ["thank", "much"]


@given(
    st.lists(
        st.sampled_from(["good", "bad", "not", "very", "but", "!", "?", ".", ":)", "too", "‹name›", "x"]),
        max_size=80,
    )
)
def test_every_figure_is_finite_and_of_a_size_that_one_word_cannot_blow_up(pieces: list[str]):
    found = figures(" ".join(pieces))
    assert all(math.isfinite(value) for value in found.values())
    assert all(abs(value) <= 8 for value in found.values())
