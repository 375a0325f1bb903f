from __future__ import annotations

from math import comb, exp, fsum, log, log1p, sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.intervals import (
    ADJUSTED_SCORE,
    WALD_SCORE,
    clopper_pearson,
    cumulative_hazard_bounds,
    mean_interval,
    poisson_bounds,
    poisson_interval,
    rate_ratio_exact,
    recommend_error,
    recommend_interval,
    wilson,
)
from analytics.results import Estimate, Withheld

calm = settings(deadline=None, max_examples=80)
shares = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))


def shown(figure: Estimate | Withheld) -> Estimate:
    assert isinstance(figure, Estimate)
    return figure


def test_wilson_and_clopper_pearson_agree_with_the_published_fifteen_of_twenty():
    score, exact = wilson(15, 20), clopper_pearson(15, 20)

    assert (score.low, score.high) == pytest.approx((0.5312991, 0.8881383), abs=1e-6)
    assert (exact.low, exact.high) == pytest.approx((0.5089541, 0.9134286), abs=1e-6)


def test_the_recommend_margin_agrees_with_the_formula_with_and_without_a_finite_population():
    plain, finite = recommend_error(45, 20, 100), recommend_error(45, 20, 100, population=250)

    assert plain == pytest.approx(7.664855, abs=1e-6)
    assert 1.96 * plain == pytest.approx(15.023116, abs=1e-5)
    assert 1.96 * finite == pytest.approx(11.660199, abs=1e-5)


def test_a_recommend_score_of_a_hundred_uses_the_plain_interval():
    score = recommend_interval(45, 20, 100)

    assert score.source == WALD_SCORE
    assert score.value == pytest.approx(25.0)
    assert score.high - score.value == pytest.approx(15.0228, abs=1e-3)
    assert score.value - score.low == pytest.approx(15.0228, abs=1e-3)


def test_a_small_recommend_score_is_centred_on_the_adjusted_score():
    score = recommend_interval(4, 2, 10)
    promoters, detractors = 4.75 / 13, 2.75 / 13
    half = 1.959964 * 100 * sqrt((promoters + detractors - (promoters - detractors) ** 2) / 13)

    assert score.source == ADJUSTED_SCORE
    assert score.value == pytest.approx(20.0)
    assert (score.low + score.high) / 2 == pytest.approx(200 / 13)
    assert (score.high - score.low) / 2 == pytest.approx(half, abs=1e-4)


def test_forty_equal_answers_still_leave_doubt():
    score = recommend_interval(40, 0, 40)

    assert score.value == score.high == 100.0
    assert score.low < 95.0


def test_a_fully_asked_group_has_no_sampling_error():
    score = recommend_interval(20, 10, 40, population=40)

    assert score.low == score.high == score.value


def test_more_answers_than_people_are_refused():
    with pytest.raises(ValueError, match="cannot come from"):
        recommend_interval(20, 10, 40, population=39)
    with pytest.raises(ValueError, match="not a share"):
        wilson(3, 2)


def test_a_mean_has_the_t_interval_of_the_textbook():
    mean = shown(mean_interval(3.6, 1.44, 9, "scale points"))

    assert mean.high - mean.value == pytest.approx(2.306004 * 1.2 / 3, abs=1e-5)
    assert isinstance(mean_interval(3.6, 0.0, 1, "scale points"), Withheld)


def test_poisson_bounds_agree_with_garwoods_table():
    assert poisson_bounds(0) == pytest.approx((0.0, 3.6889), abs=1e-4)
    assert poisson_bounds(5) == pytest.approx((1.6235, 11.6683), abs=1e-4)
    assert poisson_bounds(10) == pytest.approx((4.7954, 18.3904), abs=1e-4)


def test_the_exact_rate_ratio_agrees_with_the_r_manuals_malaria_example():
    """Documentation of R's poisson.test: 11 events in 800 against 21 in 3,011."""
    ratio = shown(rate_ratio_exact(11, 800, 21, 3011))

    assert (ratio.value, ratio.low, ratio.high) == pytest.approx((1.971488, 0.8584264, 4.2772659), abs=1e-6)


def test_a_ratio_to_nothing_is_withheld_and_a_ratio_of_nothing_starts_at_zero():
    none = shown(rate_ratio_exact(0, 100, 4, 100))

    assert rate_ratio_exact(4, 100, 0, 100) == Withheld("undefined")
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high > 1.0


def test_a_constant_hazard_makes_the_weighted_sum_plain_garwood():
    low, high = cumulative_hazard_bounds([1, 2, 0, 2], [50, 50, 50, 50])

    assert (low, high) == pytest.approx(tuple(bound / 50 for bound in poisson_bounds(5)))


def test_no_separation_bounds_the_hazard_by_the_rule_of_three_and_more():
    low, high = cumulative_hazard_bounds([0] * 12, [20] * 12)

    assert low == 0.0
    assert high == pytest.approx(3.6889 / 20, abs=1e-4)


@calm
@given(shares)
def test_the_share_of_the_others_mirrors_the_share(count: tuple[int, int]):
    favourable, n = count
    one, other = wilson(favourable, n), wilson(n - favourable, n)

    assert one.low == pytest.approx(1 - other.high, abs=1e-12)
    assert clopper_pearson(favourable, n).low == pytest.approx(
        1 - clopper_pearson(n - favourable, n).high, abs=1e-9
    )


@calm
@given(shares)
def test_the_exact_interval_has_the_tail_it_claims(count: tuple[int, int]):
    """At the upper bound, seeing this few or fewer has probability 2.5 %; brute force over the binomial."""
    favourable, n = count
    high = clopper_pearson(favourable, n).high
    if favourable == n:
        assert high == 1.0
        return
    logs = [log(comb(n, k)) + k * log(high) + (n - k) * log1p(-high) for k in range(favourable + 1)]

    assert fsum(map(exp, logs)) == pytest.approx(0.025, rel=1e-4)


@calm
@given(st.integers(0, 60), st.integers(0, 60), st.floats(1, 1e4), st.floats(1, 1e4))
def test_swapping_the_groups_turns_the_ratio_over(
    events: int, others: int, exposure: float, other_exposure: float
):
    one = rate_ratio_exact(events, exposure, others, other_exposure)
    turned = rate_ratio_exact(others, other_exposure, events, exposure)
    if isinstance(one, Withheld) or isinstance(turned, Withheld):
        assert events * others == 0
        return

    assert one.low * turned.high == pytest.approx(1.0)
    assert one.low <= one.value <= one.high


@calm
@given(st.integers(0, 200), st.floats(0.1, 1e3))
def test_a_rate_lies_in_its_interval_and_more_exposure_narrows_it(events: int, exposure: float):
    one = poisson_interval(events, exposure, "per year")
    four = poisson_interval(4 * events, 4 * exposure, "per year")

    assert one.low <= one.value <= one.high
    assert four.high - four.low < one.high - one.low
