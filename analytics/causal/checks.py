"""Checks that may take a causal claim away. A passed check says "not detected", never "parallel": power is low.

Each is the estimator of ``difference`` on another contrast or another block, so its assumptions are the same.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from math import fsum

from analytics.causal.cells import Panel
from analytics.causal.difference import Effect, change_weights, compare_on, difference
from analytics.causal.refusals import SLOPE_LEVEL
from analytics.causal.windows import Block, Windows, complete_block, windows
from analytics.months import months_from, shift
from analytics.results import Withheld

FEWEST_SLOPE_MONTHS = 3
PLACEBO_SHIFT = 6
FEWEST_PLACEBO_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Trend:
    """Difference of the slopes before the adoption, treated minus controls, in the unit per month."""

    value: float
    low: float
    high: float
    p_value: float


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """Estimates with each control left out in turn.

    Attributes
    ----------
    low, high
        Smallest and largest of the estimates, in the outcome's unit.
    flips
        Controls without which the sign turns.
    """

    low: float
    high: float
    flips: tuple[str, ...]


def pre_trend(panel: Panel, block: Block) -> Trend | Withheld:
    """Return the slope of the outcome before the adoption, treated against controls.

    Least squares per department over calendar months, then the weighted t with the slope in place of the change; the
    interval is that of the 10 % level at which the check fails. Withheld as ``too_few`` with fewer than three months.
    """
    if len(block.before) < FEWEST_SLOPE_MONTHS or len(block.controls) < 2:
        return Withheld("too_few")
    found = compare_on(panel, block, _slope_weights(block.before), confidence=1 - SLOPE_LEVEL)
    return Trend(float(found.effect), float(found.low), float(found.high), float(found.p))


def _slope_weights(months: tuple[date, ...]) -> Mapping[date, float]:
    times = [months_from(months[0], month) for month in months]
    centre = fsum(times) / len(times)
    scale = fsum((time - centre) ** 2 for time in times)
    return {month: (time - centre) / scale for month, time in zip(months, times, strict=True)}


def in_time_placebo(
    panel: Panel, treated: tuple[str, ...], controls: tuple[str, ...], around: Windows
) -> Effect | Withheld:
    """Return the effect of an adoption that never was: six months earlier, on data from before the real one only.

    The placebo's own windows reach up to twelve months before it and end where the real before window ends. Withheld as
    ``too_few`` when fewer than three months are left on either side or fewer than two controls: the check was then
    not made, which neither helps nor harms the grade.
    """
    if not around.before:
        return Withheld("too_few")
    earlier = windows(shift(around.adopted, -PLACEBO_SHIFT), last=around.before[-1])
    block = complete_block(panel, treated, controls, earlier)
    if min(len(block.before), len(block.after)) < FEWEST_PLACEBO_MONTHS or len(block.controls) < 2:
        return Withheld("too_few")
    return difference(panel, block)


def leave_one_out(panel: Panel, block: Block) -> LeaveOneOut | Withheld:
    """Return the range of estimates with each control left out; withheld with fewer than three controls."""
    if len(block.controls) < 3 or not block.before or not block.after:
        return Withheld("too_few")
    weights = change_weights(block)
    full = float(compare_on(panel, block, weights).effect)
    without = {
        one: float(
            compare_on(
                panel,
                replace(block, controls=tuple(other for other in block.controls if other != one)),
                weights,
            ).effect
        )
        for one in block.controls
    }
    flips = tuple(one for one, value in without.items() if value * full < 0)
    return LeaveOneOut(min(without.values()), max(without.values()), flips)


def manski_bounds(mean: float, response_rate: float, lowest: float, highest: float) -> tuple[float, float]:
    """Return what the mean could be if those who did not answer all gave the lowest, or all the highest value.

    Source: Manski 1989, Anatomy of the Selection Problem, doi:10.2307/145818. No assumption about non-respondents.

    Parameters
    ----------
    mean, lowest, highest
        Mean of the respondents and ends of the scale, in one unit.
    response_rate
        Share of those invited who answered, 0..1.
    """
    silent = 1 - response_rate
    return response_rate * mean + silent * lowest, response_rate * mean + silent * highest
