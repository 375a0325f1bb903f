"""Words that come up more often than before: the arithmetic of the paper, and what must never be named."""

from collections.abc import Sequence
from math import exp, isclose, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import digamma, polygamma

from analytics.text.emerging import Emerging, compare, emerging
from analytics.text.phrases import Comment, read
from analytics.text.themes import builtin


def comment(*words: str, covered: bool = False) -> Comment:
    singles = {word for term in words for word in term.split()}
    return Comment("en", covered, frozenset(words) | singles, dict.fromkeys(singles, False))


def found(now: Sequence[Comment], before: Sequence[Comment], **fewest: int) -> dict[str, Emerging]:
    limits = (fewest.get("people", 5), fewest.get("comments", 10))
    return {one.term: one for one in emerging(now, before, limits)}


def crowd(word: str, people: int, of: int) -> list[Comment]:
    return [comment(word)] * people + [comment("tea")] * (of - people)


# --- the arithmetic ---------------------------------------------------------------------------------------

shares = st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def test_a_case_worked_by_hand():
    """12 of 60 against 9 of 300: the prior weighs 15 + 1 and holds the word in 15 · 21 / 360 + 0.5 = 1.375 of them.

    Now 13.375 with, 62.625 without; before 10.375 and 305.625. ln 0.213573 = -1.543777, ln 0.033947 = -3.382961.
    Variance 0.074766 + 0.015968 + 0.096386 + 0.003272 = 0.190392.
    """
    change = compare((12, 60), (9, 300))

    assert change.log_odds == pytest.approx(1.83918, abs=5e-5)
    assert change.error == pytest.approx(0.43634, abs=5e-5)
    assert change.z == pytest.approx(4.2150, abs=5e-4)
    assert change.interval() == pytest.approx((0.98397, 2.69439), abs=5e-4)


@pytest.mark.parametrize(
    ("now", "before"), [((40, 200), (90, 900)), ((25, 80), (30, 400)), ((300, 500), (200, 500))]
)
def test_it_approximates_the_posterior_that_it_stands_for(now: tuple[int, int], before: tuple[int, int]):
    """A Dirichlet of two classes is a Beta; the moments of its logit are known exactly."""
    pooled = min(now[1], before[1]) / 4
    prior, weight = pooled * (now[0] + before[0]) / (now[1] + before[1]) + 0.5, pooled + 1
    sides = [(held + prior, n + weight - held - prior) for held, n in (now, before)]
    means = [digamma(a) - digamma(b) for a, b in sides]
    variance = sum(polygamma(1, a) + polygamma(1, b) for a, b in sides)

    change = compare(now, before)

    assert change.log_odds == pytest.approx(means[0] - means[1], abs=0.02)
    assert change.error**2 == pytest.approx(variance, rel=0.03)


@given(shares, shares)
def test_what_rises_one_way_falls_the_other_way(now: tuple[int, int], before: tuple[int, int]):
    forth, back = compare(now, before), compare(before, now)

    assert isclose(forth.log_odds, -back.log_odds, rel_tol=1e-9, abs_tol=1e-9)
    assert isclose(forth.error, back.error, rel_tol=1e-9)


@given(shares)
def test_equal_shares_are_no_change(share: tuple[int, int]):
    assert compare(share, share).log_odds == 0


@given(shares, shares)
def test_the_interval_holds_the_estimate_and_the_ratio_said_is_never_more_than_estimated(now, before):
    change = compare(now, before)
    low, high = change.interval()

    assert low <= change.log_odds <= high
    assert change.times() <= exp(change.log_odds) or change.log_odds < 0


@given(shares.filter(lambda share: share[0] < share[1]), shares)
def test_one_more_person_makes_it_likelier(now: tuple[int, int], before: tuple[int, int]):
    assert compare((now[0] + 1, now[1]), before).log_odds > compare(now, before).log_odds


def test_the_ratio_of_rare_words_is_that_of_their_odds_and_of_common_ones_smaller():
    rare, common = compare((30, 3000), (10, 3000)), compare((2000, 3000), (1000, 3000))

    assert log(rare.times()) == pytest.approx(rare.interval()[0], rel=0.05)
    assert common.times() < 2 < exp(common.log_odds)


@pytest.mark.parametrize(
    ("now", "before"), [((3, 2), (0, 5)), ((-1, 2), (0, 5)), ((0, 0), (0, 5)), ((0, 5), (0, 0))]
)
def test_what_is_no_share_is_refused(now: tuple[int, int], before: tuple[int, int]):
    with pytest.raises(ValueError, match="no shares"):
        compare(now, before)


# --- what is named ----------------------------------------------------------------------------------------


def test_a_word_that_many_more_write_than_before_is_named_with_how_many_people():
    one = found(crowd("printer", 20, 60), crowd("printer", 4, 300))["printer"]

    assert (one.spelling, one.people, one.comments) == ("printer", 20, 60)
    assert one.change.z > 3


def test_somebody_who_writes_a_word_often_is_one_person():
    often = read("printer " * 50, "en", builtin())
    assert often is not None

    assert found([often] * 4 + crowd("printer", 0, 60), crowd("printer", 0, 300)) == {}


@pytest.mark.parametrize("people", range(1, 8))
def test_a_word_of_fewer_people_than_the_threshold_is_never_named(people: int):
    now, before = crowd("printer", people, 40), crowd("printer", 0, 5000)

    assert ("printer" in found(now, before, people=7)) == (people >= 7)


@pytest.mark.parametrize("people", [-1, 0, 1, 4])
def test_no_setting_lowers_the_floor_of_five_people(people: int):
    assert found(crowd("printer", 4, 40), crowd("printer", 0, 5000), people=people) == {}


@pytest.mark.parametrize(("n", "n_before"), [(9, 1000), (40, 9), (9, 9), (0, 0)])
def test_fewer_than_ten_comments_on_either_side_are_not_compared(n: int, n_before: int):
    assert found(crowd("printer", n, n), crowd("printer", 0, n_before), comments=1) == {}


def test_comments_that_a_theme_covers_are_not_looked_through():
    covered = [comment("salary", covered=True)] * 50

    assert found([*covered, *crowd("printer", 0, 40)], crowd("printer", 0, 300)) == {}


def test_a_word_that_comes_up_less_often_is_not_named():
    assert "printer" not in found(crowd("printer", 6, 60), crowd("printer", 200, 300))


def test_a_pair_stands_for_its_words_where_they_are_hardly_written_without_it():
    now = [comment("coffee machine")] * 20 + [comment("tea")] * 40

    assert set(found(now, crowd("printer", 0, 300))) & {"coffee", "machine", "coffee machine"} == {
        "coffee machine"
    }


def test_no_two_terms_that_are_named_share_a_word():
    rng = np.random.default_rng(7)
    words = [f"{a}{b}x" for a in "abcdef" for b in "mnop"]
    now = [
        comment(*(f"{words[i]} {words[j]}" for i, j in rng.integers(0, 12, (6, 2)) if i != j))
        for _ in range(300)
    ]
    named = [word for term in found(now, crowd("printer", 0, 900)) for word in term.split()]

    assert named
    assert len(named) == len(set(named))


def test_an_english_word_that_is_written_as_a_name_is_not_named():
    named = Comment("en", covered=False, terms=frozenset({"zwyssig"}), capitals={"zwyssig": True})

    assert found([named] * 30 + crowd("printer", 0, 30), crowd("printer", 0, 300)) == {}


words = st.sampled_from([f"w{letter}" for letter in "abcdefgh"])
bags = st.lists(st.builds(lambda said: comment(*said), st.lists(words, max_size=4)), min_size=10, max_size=60)


@given(bags, bags, st.randoms(use_true_random=False))
def test_the_order_of_comments_does_not_matter(now, before, random):
    shuffled, shuffled_before = list(now), list(before)
    random.shuffle(shuffled)
    random.shuffle(shuffled_before)

    assert emerging(shuffled, shuffled_before) == emerging(now, before)


@given(bags, bags)
def test_whatever_is_written_nothing_below_the_floor_and_nothing_that_fell_is_named(now, before):
    for one in emerging(now, before):
        assert one.people >= 5
        assert one.people == sum(one.term in each.terms for each in now)
        assert one.change.interval()[0] > 0


def test_where_nothing_changed_something_is_named_in_few_of_many_waves():
    """Seeded: 200 waves of 60 comments against 300, 300 words as frequent as words are (Zipf); at most 5 % may err."""
    rng = np.random.default_rng(20261126)
    shares = np.minimum(0.3, 0.4 / np.arange(1, 301) ** 0.8)
    names = [f"{a}{b}{c}" for a in "abcdefghij" for b in "klmnopqrst" for c in "uvw"]

    def wave(n: int, chances: np.ndarray) -> list[Comment]:
        drawn = rng.random((n, len(chances))) < chances
        return [comment(*(names[i] for i in np.flatnonzero(row))) for row in drawn]

    wrong = sum(bool(emerging(wave(60, shares), wave(300, shares))) for _ in range(200))
    raised = shares.copy()
    raised[250] = 0.25
    right = sum(names[250] in found(wave(60, raised), wave(300, shares)) for _ in range(50))

    assert wrong <= 0.05 * 200
    assert right >= 40
