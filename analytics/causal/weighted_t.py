"""The weighted t of few groups: one number per department, known sampling variances, one unknown variance between them.

Source: Donald & Lang 2007, Inference with Difference-in-Differences and Other Panel Data, doi:10.1162/rest.89.2.221
(the t with as many degrees of freedom as comparison groups allow); DerSimonian & Laird 1986,
doi:10.1016/0197-2456(86)90046-2 (the variance between groups).
Assumes: departments are independent of each other, their true changes near normal with one common variance, and their
sampling variances known. Cluster-robust errors and the wild bootstrap are not used: with one treated department the
first reject far too often and the second hardly ever.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb

import numpy as np

from analytics.distributions import FloatArray, t_quantile, t_two_sided

POWER = 0.80
MOST_ASSIGNMENTS = 100_000
DRAWS = 20_000
SEED = 20_070_201
"""Seed of the drawn assignments, used only where there are too many to count out."""
SMALLEST_VARIANCE = 1e-12
"""Stands in for a zero variance: with all of them zero the weights become equal, as they should."""


@dataclass(frozen=True, slots=True)
class Contrasts:
    """One contrast (a change, a slope) per department.

    Attributes
    ----------
    value
        Shape (..., departments): the contrasts, in the outcome's unit.
    variance
        Same shape: their known sampling variances.
    """

    value: FloatArray
    variance: FloatArray

    def weights(self, between: FloatArray | float) -> FloatArray:
        """Return one over the total variance, shape (..., departments)."""
        return np.asarray(1.0 / np.maximum(between + self.variance, SMALLEST_VARIANCE), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Treated departments against controls. All arrays have the leading shape (...) of the contrasts.

    Attributes
    ----------
    effect, error, low, high
        Difference of the weighted means, its standard error and interval; shape (...), in the outcome's unit.
    df
        Degrees of freedom: number of controls minus one.
    p
        Two-sided p of the t, shape (...).
    smallest_visible
        Effect that this design shows in 80 of 100 cases at the interval's level: (t + t of the power) x error.
    between
        Variance between departments, shape (...), in the unit squared.
    treated, control
        The weighted means themselves, shape (...).
    treated_scores, control_scores
        Studentised deviations from the controls' mean, shapes (..., treated) and (..., controls).
    """

    effect: FloatArray
    error: FloatArray
    low: FloatArray
    high: FloatArray
    df: int
    p: FloatArray
    smallest_visible: FloatArray
    between: FloatArray
    treated: FloatArray
    control: FloatArray
    treated_scores: FloatArray
    control_scores: FloatArray


def between_variance(groups: Contrasts) -> FloatArray:
    """Return the DerSimonian-Laird variance between groups, shape (...), at least 0."""
    weight = groups.weights(0.0)
    total = weight.sum(axis=-1)
    centre = (weight * groups.value).sum(axis=-1) / total
    spread = (weight * (groups.value - centre[..., None]) ** 2).sum(axis=-1)
    scale = total - (weight**2).sum(axis=-1) / total
    excess = (spread - (groups.value.shape[-1] - 1)) / scale
    return np.asarray(np.maximum(0.0, excess), dtype=np.float64)


def weighted_mean(groups: Contrasts, between: FloatArray | float) -> tuple[FloatArray, FloatArray]:
    """Return the precision-weighted mean and its variance, both of shape (...)."""
    weight = groups.weights(between)
    total = weight.sum(axis=-1)
    return np.asarray((weight * groups.value).sum(axis=-1) / total), np.asarray(1.0 / total)


def compare(treated: Contrasts, controls: Contrasts, confidence: float = 0.95) -> Comparison:
    """Compare the mean of the treated departments with that of the controls.

    Parameters
    ----------
    treated
        Contrasts of the k >= 1 treated departments.
    controls
        Contrasts of the m >= 2 controls; they alone tell how much departments differ of themselves.
    confidence
        Coverage of the interval, between 0 and 1.

    Raises
    ------
    ValueError
        With fewer than two controls, from which no variance can be learnt.
    """
    df = controls.value.shape[-1] - 1
    if df < 1 or treated.value.shape[-1] < 1:
        raise ValueError("a comparison needs a treated department and two controls")
    between = between_variance(controls)
    spread = between[..., None]
    treated_mean, treated_variance = weighted_mean(treated, spread)
    control_mean, control_variance = weighted_mean(controls, spread)
    effect = treated_mean - control_mean
    error = np.sqrt(treated_variance + control_variance)
    reach = t_quantile((1 + confidence) / 2, df)
    return Comparison(
        effect=effect,
        error=error,
        low=effect - reach * error,
        high=effect + reach * error,
        df=df,
        p=t_two_sided(effect / error, df),
        smallest_visible=(reach + t_quantile(POWER, df)) * error,
        between=between,
        treated=treated_mean,
        control=control_mean,
        treated_scores=_scores(treated, control_mean, spread),
        control_scores=_scores(controls, control_mean, spread),
    )


def _scores(groups: Contrasts, centre: FloatArray, between: FloatArray) -> FloatArray:
    return np.asarray((groups.value - centre[..., None]) * np.sqrt(groups.weights(between)), dtype=np.float64)


def permutation_p(treated: FloatArray, controls: FloatArray) -> float:
    """Return the two-sided p of the treated departments' summed scores among all ways to choose as many departments.

    The smallest p possible with one treated department is 1 / (m + 1). Above 100,000 assignments, 20,000 are drawn
    with a fixed seed and the actual one is counted in.

    Parameters
    ----------
    treated, controls
        Studentised scores, shapes (k,) and (m,), both at least 1.
    """
    everyone = np.concatenate([treated, controls])
    chosen = len(treated)
    actual = abs(float(treated.sum()))
    if comb(len(everyone), chosen) > MOST_ASSIGNMENTS:
        sums = np.append(_drawn_sums(everyone, chosen), actual)
    else:
        sums = np.array([everyone[list(some)].sum() for some in combinations(range(len(everyone)), chosen)])
    return float(np.mean(np.abs(sums) >= actual * (1 - 1e-9) - 1e-12))


def randomisation_p(treated: FloatArray, controls: FloatArray) -> float:
    """Return Fisher's exact two-sided p for the difference of means of single units, shapes (k,) and (m,).

    Source: Fisher 1935, The Design of Experiments. Assumes that units were assigned by lot.
    """
    centre = float(np.concatenate([treated, controls]).mean())
    return permutation_p(treated - centre, controls - centre)


def _drawn_sums(scores: FloatArray, chosen: int) -> FloatArray:
    """Return the sums of randomly chosen groups, shape (DRAWS,)."""
    order = np.random.default_rng(SEED).random((DRAWS, len(scores))).argsort(axis=1)
    return np.asarray(scores[order[:, :chosen]].sum(axis=1), dtype=np.float64)
