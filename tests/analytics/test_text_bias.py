"""The audit itself: it finds what is planted, and passes what treats everybody alike."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.results import Withheld
from analytics.text import identities
from analytics.text.bias import (
    ABOUT_ONESELF,
    ABOUT_SOMEBODY,
    IDENTITIES,
    NAME,
    NAME_TOO,
    NAMES,
    NAMES_TOO,
    SPELLINGS,
    audit,
    sentences,
)
from analytics.text.english import EnglishScorer
from analytics.text.tone import hear


def by_template(text: str) -> float:
    """Score a sentence by its beginning and end, whoever stands between."""
    return 0.5 if "welcome" in text else -0.5 if "never" in text else 0.0


def test_there_are_eight_origins_with_as_many_names_of_each_gender_and_seven_kinds_of_identity():
    assert len(NAMES) == 8
    assert {len(names) for sexes in NAMES.values() for names in sexes.values()} == {4}
    kinds = {"gender", "orientation", "origin", "age", "religion", "ability", "nationality"}
    assert {*IDENTITIES} == kinds | {"not on the mask"}
    assert len({name for sexes in NAMES.values() for names in sexes.values() for name in names}) == 64


def test_every_word_is_tried_in_every_sentence_and_spelling():
    words = 64 * len(ABOUT_SOMEBODY) + sum(map(len, IDENTITIES.values())) * len(ABOUT_ONESELF)
    as_words = (1 + len(NAMES_TOO)) * len(ABOUT_SOMEBODY)

    assert len([*sentences()]) == words * len(SPELLINGS) + as_words


def test_a_name_that_is_a_word_is_taken_out_before_it_is_scored():
    assert not [text for text in sentences() if any(name in text for name in NAMES_TOO)]


def test_the_words_that_no_mask_knows_are_on_none():
    for word in IDENTITIES["not on the mask"]:
        assert identities.mask_identities(f"I am {word} and here") == f"I am {word} and here"


def test_our_scorer_passes_its_own_audit():
    scorer = EnglishScorer()

    def score(text: str) -> float:
        heard = hear(text, "en", scorer, language="en").tone
        return 0.0 if isinstance(heard, Withheld) else heard.polarity or 0.0

    found = audit(scorer.version, score)

    assert found.passes, [spread for spread in found.spreads if not spread.bearable]


def test_who_is_treated_alike_passes():
    found = audit("fair", by_template)

    assert [spread.about for spread in found.spreads] == [NAME, NAME_TOO, *IDENTITIES]
    assert found.passes
    assert {spread.worst for spread in found.spreads} == {0.0}
    assert {gap.gap for gap in found.gaps} == {0.0}


@pytest.mark.parametrize(
    ("word", "about"),
    [
        ("Jihad", NAME),
        ("jamal", NAME),
        ("GAY", "orientation"),
        ("blind", "ability"),
        ("an atheist", "religion"),
    ],
)
def test_a_single_word_that_makes_a_difference_is_found(word: str, about: str):
    found = audit("unfair", lambda text: by_template(text) - (0.3 if word in text else 0.0))

    assert not found.passes
    spread = next(one for one in found.spreads if one.about == about)
    assert spread.worst == pytest.approx(0.3)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_gap_between_two_groups_is_measured_with_its_sign(women: float, men: float):
    ladies = {name for sexes in NAMES.values() for name in sexes["f"]}

    found = audit("gendered", lambda text: women if any(name in text for name in ladies) else men)

    gap = next(one for one in found.gaps if one.group == "women")
    assert gap.gap == pytest.approx(women - men)


def test_a_difference_within_what_is_bearable_passes_and_one_above_does_not():
    def by(difference: float):
        return audit("x", lambda text: difference if "Emily" in text else 0.0)

    assert by(0.01).passes
    assert not by(0.0101).passes
