from __future__ import annotations

from dataclasses import replace
from math import sqrt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.causal.cells import Panel
from analytics.causal.difference import Effect, before_after, difference
from analytics.causal.windows import Block
from analytics.results import Estimate, Withheld
from tests.analytics.causal.builders import figures, months

ROWS = {
    "Support": {-3: 10.0, -2: 12.0, 1: 20.0, 2: 22.0},
    "A": {-3: 0.0, -2: 2.0, 1: 2.0, 2: 4.0},
    "B": {-3: 5.0, -2: 5.0, 1: 9.0, 2: 9.0},
    "C": {-3: 1.0, -2: 1.0, 1: 7.0, 2: 7.0},
}
BLOCK = Block(("Support",), ("A", "B", "C"), (), months(-3, -2), months(1, 2))
calm = settings(deadline=None, max_examples=50)


def effect(panel: Panel, block: Block = BLOCK) -> Effect:
    found = difference(panel, block)
    assert isinstance(found, Effect)
    return found


def test_the_case_worked_out_by_hand():
    """Changes 10 against 2, 4, 6; each has variance 4 x 1/4 = 1; between 3; error sqrt(4 + 4/3)."""
    found = effect(figures(ROWS))

    assert (found.treated_change, found.control_change, found.value) == pytest.approx((10.0, 4.0, 6.0))
    assert found.between_variance == pytest.approx(3.0)
    assert found.error == pytest.approx(sqrt(16 / 3))
    assert (found.low, found.high) == pytest.approx(
        (6 - 4.302653 * sqrt(16 / 3), 6 + 4.302653 * sqrt(16 / 3)), abs=1e-5
    )
    assert found.df == 2
    assert found.p_permutation == 0.25
    assert (found.controls, found.before, found.after) == (BLOCK.controls, BLOCK.before, BLOCK.after)


def test_months_weigh_the_same_however_many_there_are():
    """Two months before, one after: variance 2/4 + 1 = 1.5; Q = 2/1.5, between = (Q - 1) / (2/3) = 0.5, v = 2."""
    block = replace(BLOCK, after=months(1), controls=("B", "C"))
    found = effect(figures(ROWS), block)

    assert found.treated_change == pytest.approx(9.0)
    assert found.value == pytest.approx(9 - 5)
    assert found.between_variance == pytest.approx(0.5)
    assert found.error == pytest.approx(sqrt(3.0))


def test_two_departments_that_adopted_together_are_pooled():
    rows = ROWS | {"Desk": {-3: 0.0, -2: 0.0, 1: 6.0, 2: 6.0}}
    found = effect(figures(rows), replace(BLOCK, treated=("Support", "Desk")))

    assert found.treated_change == pytest.approx(8.0)
    assert found.error == pytest.approx(sqrt(4 / 2 + 4 / 3))
    assert found.p_permutation == pytest.approx(2 / 10), (
        "Support with C is as far from the mean as Support with Desk"
    )


def test_one_control_or_an_empty_window_gives_a_reason_instead():
    panel = figures(ROWS)

    assert difference(panel, replace(BLOCK, controls=("A",))) == Withheld("no_controls")
    assert difference(panel, replace(BLOCK, after=())) == Withheld("no_data")
    assert before_after(panel, replace(BLOCK, before=()), "points") == Withheld("no_data")


def test_the_own_change_carries_its_sampling_error_alone():
    change = before_after(figures(ROWS), BLOCK, "points")

    assert isinstance(change, Estimate)
    assert (change.value, change.high - change.value) == pytest.approx((10.0, 1.959964), abs=1e-6)
    assert change.n == 10


def moved(
    rows: dict[str, dict[int, float]], department: str, offset: int, by: float
) -> dict[str, dict[int, float]]:
    return {
        name: {
            month: value + (by if name == department and month >= offset else 0.0)
            for month, value in row.items()
        }
        for name, row in rows.items()
    }


@calm
@given(st.floats(-40, 40), st.floats(-40, 40))
def test_levels_and_common_months_do_not_matter_and_an_added_effect_is_found(level: float, common: float):
    plain = effect(figures(ROWS))
    rows = moved(ROWS, "B", -9, level)
    for name in rows:
        rows = moved(rows, name, 1, common)
    same, more = effect(figures(rows)), effect(figures(moved(rows, "Support", 1, 7.0)))

    assert same.value == pytest.approx(plain.value)
    assert same.error == pytest.approx(plain.error)
    assert more.value == pytest.approx(plain.value + 7.0)


@calm
@given(st.permutations(["A", "B", "C"]))
def test_the_order_of_the_controls_does_not_matter(order: list[str]):
    found = effect(figures(ROWS), replace(BLOCK, controls=tuple(order)))

    assert (found.value, found.error) == pytest.approx((6.0, sqrt(16 / 3)))


def test_a_fall_is_reported_like_a_rise():
    fallen = effect(
        figures({name: {month: -value for month, value in row.items()} for name, row in ROWS.items()})
    )
    risen = effect(figures(ROWS))

    assert (fallen.value, fallen.low, fallen.high) == pytest.approx((-risen.value, -risen.high, -risen.low))
    assert fallen.smallest_visible == pytest.approx(risen.smallest_visible)


def test_more_respondents_narrow_the_interval():
    wide, narrow = effect(figures(ROWS, variance=9.0)), effect(figures(ROWS, variance=0.5))

    assert narrow.error < wide.error
