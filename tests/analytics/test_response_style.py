"""Response styles: cases worked by hand, what centring may and may not say, and how often groups are told apart."""

from math import asin, isclose, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chi2

from analytics.response_style import (
    Difference,
    Item,
    Share,
    agreement_share,
    balanced_pairs,
    centred,
    difference,
    extreme_share,
    standings,
    yes_saying,
)
from analytics.results import Withheld

LIKED = Item(5, agreement=True, construct="pace", reversed=False)
OPPOSITE = Item(5, agreement=True, construct="pace", reversed=True)
RATED = Item(5, agreement=False, construct="pay", reversed=False)
COARSE = Item(3, agreement=True, construct="x", reversed=False)

FIVE = {f"q{i}": Item(5, agreement=True, construct=f"c{i}", reversed=False) for i in range(5)}

answers_to_five = st.fixed_dictionaries({key: st.integers(1, 5) for key in FIVE})


@pytest.mark.parametrize(
    ("answers", "share"),
    [
        ({"q0": 1, "q1": 5}, 1.0),
        ({"q0": 1, "q1": 4}, 0.5),
        ({"q0": 2, "q1": 3, "q2": 4}, 0.0),
        ({"q0": 1}, None),
        ({}, None),
    ],
)
def test_the_ends_of_a_scale_are_counted_from_two_answers_on(answers: dict[str, int], share: float | None):
    assert extreme_share(answers, FIVE) == share


@pytest.mark.parametrize(
    ("answers", "share"),
    [({"q0": 4, "q1": 5}, 1.0), ({"q0": 3, "q1": 5}, 0.5), ({"q0": 1, "q1": 2}, 0.0), ({"q0": 5}, None)],
)
def test_the_middle_is_no_agreement(answers: dict[str, int], share: float | None):
    assert agreement_share(answers, FIVE) == share


def test_a_scale_of_three_points_has_no_ends_to_count_and_a_rating_is_no_agreement():
    assert extreme_share({"a": 1, "b": 3}, {"a": COARSE, "b": COARSE}) is None
    assert agreement_share({"a": 5, "b": 5}, {"a": RATED, "b": RATED}) is None


def test_who_agrees_with_a_statement_and_its_opposite_says_yes_to_anything():
    items = {"fast": LIKED, "slow": OPPOSITE, "pay": RATED}

    assert balanced_pairs(items) == [("fast", "slow")]
    assert yes_saying({"fast": 5, "slow": 5}, items) == 1
    assert yes_saying({"fast": 5, "slow": 1}, items) == 0
    assert yes_saying({"fast": 4, "slow": 3}, items) == pytest.approx(0.25)
    assert yes_saying({"fast": 1, "slow": 1}, items) == -1
    assert yes_saying({"fast": 5, "pay": 5}, items) is None


@given(answers_to_five)
def test_centred_answers_add_up_to_nothing_and_keep_their_order(answers: dict[str, int]):
    own = centred(answers, FIVE)

    assert not isinstance(own, Withheld)
    assert isclose(sum(own.values()), 0, abs_tol=1e-9)
    assert all((own[a] < own[b]) == (answers[a] < answers[b]) for a in FIVE for b in FIVE)


@given(st.fixed_dictionaries({key: st.integers(1, 4) for key in FIVE}))
def test_centring_takes_off_what_somebody_does_with_all_items_alike(answers: dict[str, int]):
    one_higher = {key: value + 1 for key, value in answers.items()}

    assert centred(answers, FIVE) == pytest.approx(centred(one_higher, FIVE))


@pytest.mark.parametrize("n", range(5))
def test_fewer_than_five_answers_of_a_person_are_not_centred(n: int):
    few = dict.fromkeys(list(FIVE)[:n], 5)

    assert centred(few, FIVE) == Withheld("too_few_items")
    assert standings([few] * 20, FIVE) == Withheld("too_few_items")


def test_standings_worked_by_hand():
    """Answers 5 4 3 2 1 are 1, .75, .5, .25, 0 of the scale, less their mean .5; 4 4 4 4 4 are five zeros.

    The ten centred values have the mean square (.25 + .0625 + 0 + .0625 + .25) / 10 = .0625, so the deviation .25.
    """
    people = [dict(zip(FIVE, (5, 4, 3, 2, 1), strict=True)), dict.fromkeys(FIVE, 4)]

    assert standings(people, FIVE) == pytest.approx({"q0": 1.0, "q1": 0.5, "q2": 0.0, "q3": -0.5, "q4": -1.0})


@given(
    st.lists(
        st.fixed_dictionaries({key: st.sampled_from([2, 3, 4]) for key in FIVE}), min_size=2, max_size=20
    )
)
def test_a_group_that_uses_the_ends_where_another_does_not_has_the_same_standings(
    people: list[dict[str, int]],
):
    wider = [{key: 2 * value - 3 for key, value in answers.items()} for answers in people]

    assert standings(wider, FIVE) == pytest.approx(standings(people, FIVE))


def test_groups_are_compared_as_by_hand():
    """Shares .2 and .6 with variances .01 and .04: weights 100 and 25, mean .28; Q = 100·.0064 + 25·.1024 = 3.2."""
    found = difference([Share(0.2, 0.01), Share(0.6, 0.04)])

    assert found is not None
    assert found.q == pytest.approx(3.2)
    assert found.p == pytest.approx(chi2.sf(3.2, 1))
    assert found.h == pytest.approx(2 * asin(sqrt(0.6)) - 2 * asin(sqrt(0.2)))
    assert not found.beyond_chance


@pytest.mark.parametrize("groups", [[], [Share(0.3, 0.01)]])
def test_one_group_is_compared_with_nobody(groups: list[Share]):
    assert difference(groups) is None


@given(st.lists(st.builds(Share, st.floats(0.05, 0.95), st.floats(0.001, 0.1)), min_size=2, max_size=8))
def test_the_order_of_groups_does_not_matter_and_equal_groups_do_not_differ(groups: list[Share]):
    forth, back = difference(groups), difference(groups[::-1])
    alike = difference([groups[0]] * len(groups))

    assert forth is not None
    assert back is not None
    assert alike is not None
    assert isclose(forth.q, back.q, rel_tol=1e-6, abs_tol=1e-9)
    assert isclose(alike.q, 0, abs_tol=1e-9)
    assert not alike.beyond_chance


def test_a_difference_that_is_sure_but_tiny_is_none_to_act_upon():
    assert not Difference(q=20, p=0.0001, h=0.1).beyond_chance
    assert not Difference(q=1, p=0.3, h=0.9).beyond_chance
    assert Difference(q=20, p=0.0001, h=0.4).beyond_chance


def test_departments_alike_are_told_apart_about_as_rarely_as_promised_and_unlike_ones_found():
    """Seeded: five departments of 40 people; 30 % choose the ends in all of them, or 60 % in one. Values as released."""
    rng = np.random.default_rng(20261126)

    def told_apart(shares: list[float]) -> bool:
        drawn = np.clip(rng.binomial(40, shares), 2, 38) / 40
        found = difference([Share(p, p * (1 - p) / 40 + 0.01**2 / 12) for p in np.round(drawn, 2)])
        return found is not None and found.beyond_chance

    wrong = sum(told_apart([0.3] * 5) for _ in range(2000)) / 2000
    right = sum(told_apart([0.3] * 4 + [0.6]) for _ in range(500)) / 500

    assert wrong < 0.08
    assert right > 0.8
