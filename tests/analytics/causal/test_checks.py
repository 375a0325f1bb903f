from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.causal.checks import (
    LeaveOneOut,
    Trend,
    in_time_placebo,
    leave_one_out,
    manski_bounds,
    pre_trend,
)
from analytics.causal.difference import Effect, difference
from analytics.causal.windows import Block, complete_block, windows
from analytics.months import shift
from analytics.results import Withheld
from tests.analytics.causal.builders import ADOPTED, figures, months

OFFSETS = range(-18, 7)
CONTROLS = tuple(f"C{index}" for index in range(8))
AROUND = windows(ADOPTED, last=shift(ADOPTED, 6))


def company(drift: float = 0.0, jump_at: int | None = None, seed: int = 5) -> dict[str, dict[int, float]]:
    """Nine flat departments with little noise; Support drifts, or jumps from a month on."""
    random = np.random.default_rng(seed)
    rows = {
        name: {offset: float(random.normal(0, 0.3)) for offset in OFFSETS} for name in ("Support", *CONTROLS)
    }
    for offset in OFFSETS:
        rows["Support"][offset] += drift * offset
        if jump_at is not None and offset >= jump_at:
            rows["Support"][offset] += 5.0
    return rows


def block(rows: dict[str, dict[int, float]]) -> Block:
    return complete_block(figures(rows, variance=0.09), ("Support",), CONTROLS, AROUND)


def test_a_drift_before_the_start_is_found_and_measured_per_month():
    rows = company(drift=0.5)
    trend = pre_trend(figures(rows, variance=0.09), block(rows))

    assert isinstance(trend, Trend)
    assert trend.value == pytest.approx(0.5, abs=0.1)
    assert trend.p_value < 0.10
    assert trend.low > 0


def test_flat_departments_show_no_drift():
    rows = company()
    trend = pre_trend(figures(rows, variance=0.09), block(rows))

    assert isinstance(trend, Trend)
    assert trend.p_value > 0.10
    assert trend.low < 0 < trend.high


def test_the_slope_counts_calendar_months_across_a_gap():
    rows = {name: {-8: 0.0, -4: 0.0, -2: 0.0, 1: 0.0} for name in CONTROLS[:3]}
    rows["Support"] = {offset: 2.0 * offset for offset in (-8, -4, -2)} | {1: 0.0}
    found = pre_trend(
        figures(rows, variance=0.01), Block(("Support",), CONTROLS[:3], (), months(-8, -4, -2), months(1))
    )

    assert isinstance(found, Trend)
    assert found.value == pytest.approx(2.0)


def test_two_months_have_no_slope_worth_testing():
    rows = company()
    short = Block(("Support",), CONTROLS, (), months(-3, -2), months(1))

    assert pre_trend(figures(rows), short) == Withheld("too_few")


def test_a_change_half_a_year_early_is_caught_by_the_placebo():
    rows = company(jump_at=-6)
    placebo = in_time_placebo(figures(rows, variance=0.09), ("Support",), CONTROLS, AROUND)

    assert isinstance(placebo, Effect)
    assert placebo.low > 0
    assert placebo.value == pytest.approx(5.0, abs=0.5)


def test_the_placebo_looks_at_nothing_from_the_start_on():
    rows = company(jump_at=0)
    panel = figures(rows, variance=0.09)
    placebo = in_time_placebo(panel, ("Support",), CONTROLS, AROUND)
    real = difference(panel, block(rows))

    assert isinstance(placebo, Effect)
    assert isinstance(real, Effect)
    assert placebo.low < 0 < placebo.high
    assert max(placebo.after) == months(-2)[0]
    assert min(placebo.before) == months(-18)[0]
    assert real.value == pytest.approx(5.0, abs=0.5)


def test_with_fewer_than_three_months_the_placebo_is_not_made():
    rows = {
        name: {offset: value for offset, value in row.items() if offset >= -9}
        for name, row in company().items()
    }

    assert in_time_placebo(figures(rows), ("Support",), CONTROLS, AROUND) == Withheld("too_few")
    kept = {
        name: {offset: value for offset, value in row.items() if offset >= -10}
        for name, row in company().items()
    }
    assert isinstance(in_time_placebo(figures(kept), ("Support",), CONTROLS, AROUND), Effect)


def test_leaving_one_out_names_the_department_everything_rests_on():
    flat = {-3: 0.0, -2: 0.0, 1: 0.0, 2: 0.0}
    rows = {
        "Support": {-3: 0.0, -2: 0.0, 1: 1.0, 2: 1.0},
        "A": {-3: 0.0, -2: 0.0, 1: 2.0, 2: 2.0},
        "B": {-3: 0.0, -2: 0.0, 1: 2.0, 2: 2.0},
        "C": {-3: 0.0, -2: 0.0, 1: -3.0, 2: -3.0},
    }
    found = leave_one_out(
        figures(rows), Block(("Support",), ("A", "B", "C"), (), months(-3, -2), months(1, 2))
    )

    assert isinstance(found, LeaveOneOut)
    assert found.flips == ("C",)
    assert (found.low, found.high) == pytest.approx((-1.0, 1.5))
    pair = Block(("Support",), ("A", "B"), (), months(-3, -2), months(1, 2))
    assert leave_one_out(figures(rows | {"D": flat}), pair) == Withheld("too_few")


def test_bounds_without_assumptions_by_hand():
    assert manski_bounds(4.0, 0.5, 1.0, 5.0) == (2.5, 4.5)
    assert manski_bounds(4.0, 1.0, 1.0, 5.0) == (4.0, 4.0)


@given(st.floats(1, 5), st.floats(0, 1))
def test_the_bounds_hold_the_mean_and_stay_on_the_scale(mean: float, rate: float):
    low, high = manski_bounds(mean, rate, 1.0, 5.0)

    assert 1 - 1e-9 <= low <= mean + 1e-9
    assert mean - 1e-9 <= high <= 5 + 1e-9
    assert high - low == pytest.approx((1 - rate) * 4, abs=1e-9)
