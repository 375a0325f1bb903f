from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.causal.cells import Cell, Panel, panel
from analytics.causal.difference import Effect, change_weights, contrasts, difference
from analytics.causal.gaps import balanced
from analytics.causal.windows import complete_block, windows
from analytics.months import shift

ADOPTED = date(2026, 1, 1)
AROUND = windows(ADOPTED, last=date(2026, 9, 1))
MONTHS = (*AROUND.before, *AROUND.after)
CONTROLS = ("A", "B", "C", "D", "E", "F")
EVERYBODY = ("S", *CONTROLS)


def table(values, shown, variance=4.0) -> Panel:
    cells = [
        Cell(one, month, float(values[i, j]), 12, variance)
        for i, one in enumerate(EVERYBODY)
        for j, month in enumerate(MONTHS)
        if shown[i, j]
    ]
    return panel(cells)


def full() -> np.ndarray:
    return np.ones((len(EVERYBODY), len(MONTHS)), dtype=bool)


def some_values(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(60, 5, (len(EVERYBODY), len(MONTHS)))


def test_without_gaps_nothing_is_filled_and_nothing_left_out():
    figures = table(some_values(1), full())

    filled, block = balanced(figures, ("S",), CONTROLS, AROUND)

    assert filled.cells == figures.cells
    assert block == complete_block(figures, ("S",), CONTROLS, AROUND)


@given(st.integers(0, 10_000))
def test_a_table_of_levels_and_movements_is_restored_exactly_whatever_is_missing(seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(60, 9, (len(EVERYBODY), 1)) + rng.normal(0, 7, (1, len(MONTHS)))
    shown = rng.random(values.shape) < 0.85
    shown[0] = True
    shown[1] = True

    filled, block = balanced(table(values, shown), ("S",), CONTROLS, AROUND)

    for one in block.controls:
        for month in (*block.before, *block.after):
            expected = values[EVERYBODY.index(one), MONTHS.index(month)]
            assert filled.value(one, month) == pytest.approx(expected, abs=1e-6)


def test_a_filled_window_is_no_surer_than_the_months_really_shown():
    shown = full()
    shown[1, [0, 2, 5]] = False
    n = len(AROUND.before)

    filled, block = balanced(table(some_values(2), shown), ("S",), CONTROLS, AROUND)

    weights = dict.fromkeys(block.before, 1 / n)
    assert contrasts(filled, ("A",), weights).variance[0] == pytest.approx(4.0 / (n - 3))


def test_a_control_shown_in_less_than_half_of_a_window_is_left_out():
    shown = full()
    shown[2, : len(AROUND.before) // 2 + 1] = False

    _, block = balanced(table(some_values(3), shown), ("S",), CONTROLS, AROUND)

    assert block.left_out == ("B",)


def test_the_treated_department_is_never_filled():
    shown = full()
    shown[0, 3] = False

    filled, block = balanced(table(some_values(4), shown), ("S",), CONTROLS, AROUND)

    assert MONTHS[3] not in block.before
    assert MONTHS[3] not in filled.months("S")


def test_a_month_in_which_a_single_control_is_shown_is_dropped():
    shown = full()
    shown[2:, 1] = False

    _, block = balanced(table(some_values(5), shown), ("S",), CONTROLS, AROUND)

    assert MONTHS[1] not in block.before


def simulated(rng: np.random.Generator, effect: float, hidden: float) -> Effect:
    """One company: levels, a common season, own movements, sampling noise, and months hidden by lot."""
    own = rng.normal(0, 3, (len(EVERYBODY), len(MONTHS)))
    values = rng.normal(60, 8, (len(EVERYBODY), 1)) + rng.normal(0, 4, (1, len(MONTHS))) + own
    values += rng.normal(0, 2, values.shape)
    values[0, len(AROUND.before) :] += effect
    shown = rng.random(values.shape) >= hidden
    filled, block = balanced(table(values, shown), ("S",), CONTROLS, AROUND)
    found = difference(filled, block)
    assert isinstance(found, Effect)
    return found


@pytest.mark.parametrize("hidden", [0.0, 0.25])
def test_with_a_quarter_of_the_months_hidden_the_interval_still_covers_as_often_as_it_claims(hidden):
    rng = np.random.default_rng(20261123)
    draws = [simulated(rng, 6.0, hidden) for _ in range(600)]

    covered = np.mean([found.low <= 6.0 <= found.high for found in draws])
    bias = np.mean([found.value - 6.0 for found in draws])

    assert 0.925 <= covered <= 0.985
    assert abs(bias) < 0.3


def test_the_months_weigh_the_same_after_filling():
    shown = full()
    shown[1, 0] = False
    filled, block = balanced(table(some_values(6), shown), ("S",), CONTROLS, AROUND)

    assert set(change_weights(block).values()) == {-1 / len(block.before), 1 / len(block.after)}
    assert shift(ADOPTED, 1) in block.after
    assert filled.departments == tuple(sorted(EVERYBODY))
