from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.causal.weighted_t import (
    Contrasts,
    between_variance,
    compare,
    permutation_p,
    randomisation_p,
    weighted_mean,
)

calm = settings(deadline=None, max_examples=60)
BEFORE, AFTER, MONTHS = 11, 11, 24

BCG = [
    (4, 119, 11, 128),
    (6, 300, 29, 274),
    (3, 228, 11, 209),
    (62, 13536, 248, 12619),
    (33, 5036, 47, 5761),
    (180, 1361, 372, 1079),
    (8, 2537, 10, 619),
    (505, 87886, 499, 87892),
    (29, 7470, 45, 7232),
    (17, 1699, 65, 1600),
    (186, 50448, 141, 27197),
    (5, 2493, 3, 2338),
    (27, 16886, 29, 17825),
]
"""Thirteen vaccine trials (Colditz et al. 1994): ill and well, vaccinated and not."""


def groups(values: list[float], variances: list[float]) -> Contrasts:
    return Contrasts(np.array(values), np.array(variances))


def test_the_variance_between_vaccine_trials_agrees_with_the_published_meta_analysis():
    """DerSimonian-Laird on log risk ratios, as in the manual of R's metafor: 0.3088, -0.7141 (0.1787)."""
    trials = groups(
        [float(np.log(a / (a + b)) - np.log(c / (c + d))) for a, b, c, d in BCG],
        [1 / a - 1 / (a + b) + 1 / c - 1 / (c + d) for a, b, c, d in BCG],
    )
    between = between_variance(trials)
    mean, variance = weighted_mean(trials, between)

    assert float(between) == pytest.approx(0.3088, abs=5e-5)
    assert float(mean) == pytest.approx(-0.7141, abs=5e-5)
    assert sqrt(float(variance)) == pytest.approx(0.1787, abs=5e-5)


def test_eight_schools_pool_to_the_published_mean():
    schools = groups([28, 8, -3, 7, -1, 1, 18, 12], [15**2, 10**2, 16**2, 11**2, 9**2, 11**2, 10**2, 18**2])
    mean, variance = weighted_mean(schools, between_variance(schools))

    assert float(between_variance(schools)) == 0.0
    assert float(mean) == pytest.approx(7.685617, abs=1e-6)
    assert sqrt(float(variance)) == pytest.approx(4.071919, abs=1e-6)


def test_three_controls_by_hand():
    """Changes 2, 4, 6 with variance 1: Q = 8, between = (8 - 2) / (3 - 1) = 3, so v = 4 everywhere."""
    found = compare(groups([10.0], [1.0]), groups([2.0, 4.0, 6.0], [1.0, 1.0, 1.0]))

    assert float(found.between) == pytest.approx(3.0)
    assert float(found.effect) == pytest.approx(6.0)
    assert float(found.error) == pytest.approx(sqrt(4 + 4 / 3))
    assert found.df == 2
    assert float(found.high - found.effect) == pytest.approx(4.302653 * sqrt(16 / 3), abs=1e-5)
    assert float(found.p) == pytest.approx(1 - sqrt(6.75) / sqrt(8.75), abs=1e-9)
    assert float(found.smallest_visible) == pytest.approx((4.302653 + 1.060660) * sqrt(16 / 3), abs=1e-5)
    assert found.treated_scores == pytest.approx([3.0])
    assert found.control_scores == pytest.approx([-1.0, 0.0, 1.0])


def test_precise_controls_weigh_more():
    """Two controls, no variance between: weights 1 and 1/4, mean (0 + 0.25) / 1.25."""
    found = compare(groups([5.0], [1.0]), groups([0.0, 1.0], [1.0, 4.0]))

    assert float(found.between) == 0.0
    assert float(found.control) == pytest.approx(0.2)
    assert float(found.error) == pytest.approx(sqrt(1 + 1 / 1.25))


def test_equal_precision_without_spread_is_the_plain_difference_of_means():
    found = compare(groups([7.0], [2.0]), groups([1.0, 1.5, 0.5, 1.0], [2.0] * 4))

    assert float(found.effect) == pytest.approx(6.0)
    assert float(found.error) == pytest.approx(sqrt(2 * (1 + 1 / 4)))


def test_without_sampling_error_it_is_the_t_test_of_one_newcomer():
    """All variances zero: weights are equal and the spread is the controls' sample variance."""
    controls = [1.0, 2.0, 4.0, 9.0]
    found = compare(groups([12.0], [0.0]), groups(controls, [0.0] * 4))
    spread = float(np.var(controls, ddof=1))

    assert float(found.effect) == pytest.approx(8.0)
    assert float(found.error) == pytest.approx(sqrt(spread * (1 + 1 / 4)), rel=1e-6)


def test_several_treated_are_pooled_by_precision():
    found = compare(groups([4.0, 8.0], [1.0, 3.0]), groups([0.0, 0.0, 0.0], [1.0] * 3))

    assert float(found.treated) == pytest.approx(5.0)
    assert float(found.error) == pytest.approx(sqrt(0.75 + 1 / 3))


def test_one_control_is_no_comparison():
    with pytest.raises(ValueError, match="two controls"):
        compare(groups([1.0], [1.0]), groups([1.0], [1.0]))


def test_the_exact_randomisation_test_agrees_with_the_enumeration_of_its_textbook():
    """Eight units, four treated (Cunningham, Causal Inference: The Mixtape): 60 of 70 assignments."""
    p = randomisation_p(np.array([10.0, 5.0, 16.0, 3.0]), np.array([5.0, 7.0, 8.0, 10.0]))

    assert p == pytest.approx(0.857142857)


def test_one_treated_department_cannot_be_rarer_than_one_in_all():
    assert permutation_p(np.array([9.0]), np.array([1.0, -2.0, 0.5])) == 0.25
    assert permutation_p(np.array([-1.0]), np.array([1.0, -2.0, 0.5])) == 0.75


def test_very_many_assignments_are_drawn_and_come_near_the_count():
    random = np.random.default_rng(4)
    scores = random.normal(size=24)
    few, many = permutation_p(scores[:3], scores[3:]), permutation_p(scores[:6], scores[6:])
    totals = np.array([scores[random.permutation(24)[:6]].sum() for _ in range(5000)])

    assert 0 < few <= 1
    assert many == pytest.approx(float(np.mean(np.abs(totals) >= abs(scores[:6].sum()))), abs=0.03)


finite = st.floats(-50, 50)
positive = st.floats(0.01, 20)


@st.composite
def departments(draw: st.DrawFn) -> tuple[Contrasts, Contrasts]:
    k, m = draw(st.integers(1, 3)), draw(st.integers(2, 9))
    made = [
        groups([draw(finite) for _ in range(size)], [draw(positive) for _ in range(size)]) for size in (k, m)
    ]
    return made[0], made[1]


@calm
@given(departments(), finite)
def test_a_shock_common_to_all_changes_nothing_and_worse_is_better_mirrored(
    pair: tuple[Contrasts, Contrasts], shock: float
):
    treated, controls = pair
    plain = compare(treated, controls)
    shocked = compare(
        Contrasts(treated.value + shock, treated.variance),
        Contrasts(controls.value + shock, controls.variance),
    )
    mirrored = compare(
        Contrasts(-treated.value, treated.variance), Contrasts(-controls.value, controls.variance)
    )

    assert float(shocked.effect) == pytest.approx(float(plain.effect), abs=1e-6)
    assert float(shocked.error) == pytest.approx(float(plain.error), rel=1e-5)
    assert float(mirrored.effect) == pytest.approx(-float(plain.effect), abs=1e-9)
    assert float(mirrored.low) == pytest.approx(-float(plain.high), abs=1e-9)


def simulated(sizes: list[int], draws: int, effect: float, seed: int) -> tuple[Contrasts, Contrasts]:
    """Changes of departments with AR(1) shocks and surveys of ``sizes`` people; the first one is treated.

    Draws of shape (draws, departments, months), person sd 1, shock sd .15, autocorrelation .6.
    """
    random = np.random.default_rng(seed)
    shape = (draws, len(sizes))
    shocks = np.empty((*shape, MONTHS))
    shocks[..., 0] = random.normal(0, 0.15, shape)
    for month in range(1, MONTHS):
        shocks[..., month] = 0.6 * shocks[..., month - 1] + random.normal(0, 0.15 * 0.8, shape)
    variance = np.array([1 / size for size in sizes])
    means = shocks + random.normal(0, 1, shocks.shape) * np.sqrt(variance)[:, None]
    change = means[..., -AFTER:].mean(axis=-1) - means[..., :BEFORE].mean(axis=-1)
    change[:, 0] += effect
    known = np.broadcast_to(variance * (1 / AFTER + 1 / BEFORE), shape)
    return Contrasts(change[:, :1], known[:, :1]), Contrasts(change[:, 1:], known[:, 1:])


@pytest.mark.parametrize(
    "sizes",
    [[50] * 10, [50] * 6, [8, *np.linspace(10, 150, 19).astype(int).tolist()]],
    ids=["ten equal", "six equal", "the smallest of twenty"],
)
def test_a_true_null_is_rejected_about_once_in_twenty(sizes: list[int]):
    """1,500 seeded draws: the rate's own standard error is .0056, the bounds leave three of them."""
    found = compare(*simulated(sizes, draws=1500, effect=0.0, seed=20))
    rejected = float(np.mean(found.p < 0.05))

    assert rejected == pytest.approx(0.05, abs=0.018)


def test_the_interval_covers_a_known_effect_about_nineteen_times_in_twenty():
    found = compare(*simulated([200] * 6, draws=1500, effect=0.3, seed=21))
    covered = float(np.mean((found.low <= 0.3) & (found.high >= 0.3)))

    assert covered == pytest.approx(0.95, abs=0.018)
    assert float(np.mean(found.effect)) == pytest.approx(0.3, abs=0.02)


def test_with_small_teams_the_interval_is_cautious_but_not_empty():
    """Where sampling error outweighs the spread between departments, the t covers a little more than it claims."""
    found = compare(*simulated([18, 12, 14, 16, 25, 20], draws=1500, effect=0.3, seed=21))
    covered = float(np.mean((found.low <= 0.3) & (found.high >= 0.3)))

    assert 0.945 <= covered <= 0.99


def test_the_smallest_visible_effect_is_seen_four_times_in_five():
    null = compare(*simulated([50] * 12, draws=400, effect=0.0, seed=22))
    visible = float(np.median(null.smallest_visible))
    found = compare(*simulated([50] * 12, draws=1500, effect=visible, seed=23))

    assert float(np.mean(found.low > 0)) == pytest.approx(0.8, abs=0.06)
