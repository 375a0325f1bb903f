"""Difference of differences on department by month cells.

The estimand is the average effect of an adoption on the adopting departments over the months after it. Months weigh the
same, not by headcount. Assumes that without the adoption the department would have changed like the controls, up to the
variance seen between them; that nothing else hit it alone; and that sampling errors of different months are independent.
Source: Donald & Lang 2007, doi:10.1162/rest.89.2.221, with known sampling variances.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import fsum, sqrt

import numpy as np

from analytics.causal.cells import Panel
from analytics.causal.weighted_t import Comparison, Contrasts, compare, permutation_p
from analytics.causal.windows import Block
from analytics.distributions import normal_quantile
from analytics.results import Estimate, Withheld

ESTIMATOR = "weighted-t-did/4"
"""Name and version of the estimator; it changes whenever a figure could."""
SOURCE = "difference of differences, weighted t (Donald & Lang 2007, doi:10.1162/rest.89.2.221)"
CHANGE = "change of the mean of months, known sampling variances"


@dataclass(frozen=True, slots=True)
class Effect:
    """How much more (or less) the treated departments changed than the controls.

    Attributes
    ----------
    value, low, high
        Difference of the changes and its interval, in the outcome's unit.
    confidence
        Coverage of the interval.
    error, df
        Standard error; degrees of freedom, the number of controls minus one.
    smallest_visible
        Effect this design would show in 80 of 100 cases, in the outcome's unit; below it, no finding says nothing.
    p_value, p_permutation
        Two-sided p of the t; share of ways to choose the treated departments that look at least as unusual.
    between_variance
        Variance of true changes between departments (unit squared).
    treated_change, control_change
        The two changes whose difference ``value`` is.
    treated, controls, left_out
        Departments compared, and clean controls that had too many gaps.
    before, after
        Months compared, the same for every department.
    """

    value: float
    low: float
    high: float
    confidence: float
    error: float
    df: int
    smallest_visible: float
    p_value: float
    p_permutation: float
    between_variance: float
    treated_change: float
    control_change: float
    treated: tuple[str, ...]
    controls: tuple[str, ...]
    left_out: tuple[str, ...]
    before: tuple[date, ...]
    after: tuple[date, ...]


def difference(panel: Panel, block: Block, confidence: float = 0.95) -> Effect | Withheld:
    """Return the effect on a complete block.

    Withheld as ``no_data`` without months on both sides, as ``no_controls`` with fewer than two controls: one control
    has no spread to learn an interval from.
    """
    if not block.before or not block.after:
        return Withheld("no_data")
    if len(block.controls) < 2:
        return Withheld("no_controls")
    found = compare_on(panel, block, change_weights(block), confidence)
    return _effect(block, found, confidence)


def before_after(panel: Panel, block: Block, unit: str, confidence: float = 0.95) -> Estimate | Withheld:
    """Return the treated departments' own change, with an interval of its sampling error alone.

    It tells nothing about why: all else that changed in these months is in it.
    """
    if not block.before or not block.after:
        return Withheld("no_data")
    own = contrasts(panel, block.treated, change_weights(block))
    weight = own.weights(0.0)
    value = float((weight * own.value).sum() / weight.sum())
    half = normal_quantile((1 + confidence) / 2) * sqrt(1 / float(weight.sum()))
    n = min(panel.cells[one][month].n for one in block.treated for month in (*block.before, *block.after))
    return Estimate(value, value - half, value + half, n, unit, CHANGE, confidence)


def change_weights(block: Block) -> dict[date, float]:
    """Return the month weights of a change: the mean after minus the mean before."""
    before = dict.fromkeys(block.before, -1.0 / len(block.before))
    return before | dict.fromkeys(block.after, 1.0 / len(block.after))


def contrasts(panel: Panel, departments: tuple[str, ...], weights: Mapping[date, float]) -> Contrasts:
    """Return the weighted sum of each department's months and its known variance, shape (departments,)."""
    value = [fsum(w * panel.value(one, month) for month, w in weights.items()) for one in departments]
    variance = [
        fsum(w * w * panel.variance(one, month) for month, w in weights.items()) for one in departments
    ]
    return Contrasts(np.array(value), np.array(variance))


def compare_on(
    panel: Panel, block: Block, weights: Mapping[date, float], confidence: float = 0.95
) -> Comparison:
    """Compare treated and controls on any contrast of months; needs two controls."""
    return compare(
        contrasts(panel, block.treated, weights), contrasts(panel, block.controls, weights), confidence
    )


def _effect(block: Block, found: Comparison, confidence: float) -> Effect:
    return Effect(
        value=float(found.effect),
        low=float(found.low),
        high=float(found.high),
        confidence=confidence,
        error=float(found.error),
        df=found.df,
        smallest_visible=float(found.smallest_visible),
        p_value=float(found.p),
        p_permutation=permutation_p(found.treated_scores, found.control_scores),
        between_variance=float(found.between),
        treated_change=float(found.treated),
        control_change=float(found.control),
        treated=block.treated,
        controls=block.controls,
        left_out=block.left_out,
        before=block.before,
        after=block.after,
    )
