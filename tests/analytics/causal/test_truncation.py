"""Months of near-agreement are not shown as numbers. Does the comparison still find what is true?"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from math import comb
from statistics import mean

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.causal.cells import Cell, panel
from analytics.causal.difference import Effect, difference
from analytics.causal.gaps import balanced
from analytics.causal.truncation import restored, shown_share
from analytics.causal.windows import windows
from analytics.months import shift, span

ADOPTED = date(2026, 2, 1)
AROUND = windows(ADOPTED, last=shift(ADOPTED, 8))
MONTHS = span(AROUND.before[0], AROUND.after[-1])
SMALL = (18, 16, 20, 14, 12)
LARGE = (60, 50, 70, 45, 55, 40, 65)
DRAWS = 400


@dataclass(frozen=True)
class World:
    """How departments answer: people asked in each (the first is automated), its level, and how they all move."""

    sizes: tuple[int, ...] = SMALL
    level: float = 0.49
    effect: float = 0.0
    together: float = 0.02
    alone: float = 0.03
    shift: float = 0.0
    """Added to everybody's chance from the adoption on."""


def released(world: World, seed: int) -> Iterator[Cell]:
    """Yield what is released: from five answers up, with two on either side, the share and the number rounded."""
    rng = np.random.default_rng(seed)
    together = movement(rng, world.together)
    for number, size in enumerate(world.sizes):
        level = world.level if number == 0 else rng.uniform(0.42, 0.56)
        chances = level + together + movement(rng, world.alone)
        for index, month in enumerate(MONTHS):
            after = month >= ADOPTED
            raised = world.shift * after + world.effect * (after and number == 0)
            n = int(rng.binomial(size, 0.7))
            k = int(rng.binomial(n, np.clip(chances[index] + raised, 0.02, 0.98)))
            if n >= 5 and 2 <= k <= n - 2:
                yield released_cell(f"D{number}", month, k, n)


def movement(rng: np.random.Generator, spread: float) -> np.ndarray:
    moved = np.empty(len(MONTHS))
    moved[0] = rng.normal(0, spread)
    for index in range(1, len(MONTHS)):
        moved[index] = 0.5 * moved[index - 1] + rng.normal(0, spread * 0.75**0.5)
    return moved


def released_cell(department: str, month: date, k: int, n: int) -> Cell:
    step = 5 if n < 20 else 1
    share, said = np.floor(100 * k / n / step + 0.5) * step / 100, n if n >= 10 else 7
    variance = share * (1 - share) / said + (step / 100) ** 2 / 12
    return Cell(department, month, float(100 * share), said, float(1e4 * variance), screened=True)


def compared(cells: tuple[Cell, ...]) -> Effect:
    figures = panel(cells)
    filled, block = balanced(figures, ("D0",), tuple(figures.departments[1:]), AROUND)
    effect = difference(filled, block)
    assert isinstance(effect, Effect)
    return effect


def effects(world: World, *, draws: int = DRAWS) -> list[Effect]:
    return [compared(restored(released(world, seed), AROUND)) for seed in range(draws)]


def bias(found: list[Effect], world: World) -> float:
    return mean(one.value for one in found) - 100 * world.effect


def coverage(found: list[Effect], world: World) -> float:
    return mean(one.low <= 100 * world.effect <= one.high for one in found)


# --- the cut-off binomial ---------------------------------------------------------------------------------


@given(st.integers(5, 60), st.floats(0.05, 0.95))
def test_mean_and_variance_of_a_shown_share_are_those_counted_out(n: int, chance: float):
    weights = {k: comb(n, k) * chance**k * (1 - chance) ** (n - k) for k in range(2, n - 1)}
    whole = sum(weights.values())
    expected = sum(w * k / n for k, w in weights.items()) / whole
    spread = sum(w * (k / n - expected) ** 2 for k, w in weights.items()) / whole

    found, variance = shown_share(np.array(chance), np.array(float(n)))

    assert float(found) == pytest.approx(expected, abs=1e-9)
    assert float(variance) == pytest.approx(spread, abs=1e-9)


def test_twelve_answers_at_two_thirds_are_shown_a_point_and_a_half_too_low():
    """By hand: (2/3 - .0077 - .0462 x 11/12) / (1 - .0077 - .0462), with (2/3)^12 = .0077 and 4 (2/3)^11 = .0462."""
    found, _ = shown_share(np.array(2 / 3), np.array(12.0))

    assert float(found) == pytest.approx(0.6518, abs=2e-4)


# --- single cells -----------------------------------------------------------------------------------------


def test_figures_that_no_gate_has_screened_stay_as_they_are():
    cells = tuple(replace(cell, screened=False) for cell in released(World(), 1))

    assert restored(cells, AROUND) == cells


def test_large_groups_are_hardly_touched():
    cells = tuple(released(World(sizes=LARGE), 1))
    moved = restored(cells, AROUND)

    assert all(abs(one.value - other.value) < 0.2 for one, other in zip(cells, moved, strict=True))
    assert not any(one.screened for one in moved)


def test_around_one_half_levels_stay_and_movements_and_variances_grow():
    cells = [
        released_cell("D0", month, k, 10) for month, k in zip(AROUND.after, (4, 6, 5, 5, 4, 6), strict=False)
    ]
    moved = restored(cells, AROUND)

    assert mean(one.value for one in moved) == pytest.approx(50.0)
    assert moved[1].value - moved[0].value > cells[1].value - cells[0].value
    assert all(one.variance > 0.9 * other.variance for one, other in zip(moved, cells, strict=True))


@given(st.lists(st.tuples(st.integers(5, 40), st.floats(0, 1)), min_size=1, max_size=12))
def test_the_mean_of_a_window_stays_on_the_scale_and_on_its_side_of_one_half(
    drawn: list[tuple[int, float]],
):
    cells = [
        released_cell("D0", month, 2 + round(place * (n - 4)), n)
        for month, (n, place) in zip(MONTHS, drawn, strict=False)
        if month < ADOPTED
    ]
    before, after = (mean(one.value for one in some) for some in (cells, restored(cells, AROUND)))

    assert 5.0 <= after <= 95.0
    assert abs(after - 50.0) >= min(abs(before - 50.0), 45.0) - 2.0


# --- size, coverage, bias ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "world",
    [
        World(effect=0.16),
        World(effect=-0.16),
        World(effect=0.25),
        World(level=0.7, effect=0.12),
        World(level=0.7, effect=-0.2),
        World(sizes=LARGE, effect=0.16),
    ],
)
def test_an_effect_is_found_in_full_and_its_interval_holds_it(world: World):
    """The standard error of the mean is .4 points. Intervals of small departments hold more than they need, see below."""
    found = effects(world)

    assert bias(found, world) == pytest.approx(0.0, abs=1.5)
    assert coverage(found, world) >= 0.93


def test_as_released_the_same_effect_looks_too_small():
    """What the correction is for: without it a rise of 12 points from 70 shows as 8."""
    world = World(level=0.7, effect=0.12)
    found = [
        compared(tuple(replace(cell, screened=False) for cell in released(world, seed)))
        for seed in range(DRAWS)
    ]

    assert bias(found, world) < -2.5


def test_a_change_that_hits_everybody_is_no_effect_whatever_the_sizes():
    assert bias(effects(World(shift=0.2)), World()) == pytest.approx(0.0, abs=1.5)


def test_without_an_effect_one_comparison_in_twenty_finds_one():
    """Departments that move by themselves by more than sampling does: 800 draws, standard error .008."""
    world = World(sizes=LARGE, alone=0.08)
    found = effects(world, draws=800)

    assert bias(found, world) == pytest.approx(0.0, abs=1.0)
    assert 0.025 <= 1 - coverage(found, world) <= 0.07


def test_without_an_effect_small_departments_find_one_less_often_still():
    """There most of the error is sampling, which is known; but the interval must allow for movements it can't see."""
    found = effects(World())

    assert bias(found, World()) == pytest.approx(0.0, abs=1.5)
    assert 1 - coverage(found, World()) <= 0.07


def test_below_ten_answers_an_effect_is_still_too_small_and_never_too_large():
    """Their number is not said, so the correction takes the one that needs it least."""
    world = World(sizes=(11, *SMALL[1:]), effect=0.16)
    found = effects(world)

    assert -4.5 <= bias(found, world) <= 0.0
    assert coverage(found, world) >= 0.93
