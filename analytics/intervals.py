"""Intervals for shares, scores, means, counts and rate ratios.

Every function takes counts or moments, never persons, and returns an ``Estimate`` that holds its own value.
Assumption common to all: respondents (or events) are independent of each other given the group.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum, sqrt

from analytics.distributions import beta_quantile, gamma_quantile, normal_quantile, t_quantile
from analytics.results import Estimate, Figure, Withheld

WILSON = "Wilson score interval (Wilson 1927, doi:10.1080/01621459.1927.10502953)"
CLOPPER_PEARSON = "exact binomial interval (Clopper & Pearson 1934, doi:10.1093/biomet/26.4.404)"
WALD_SCORE = "Wald interval for promoters minus detractors"
ADJUSTED_SCORE = "adjusted Wald interval (Rocks 2016, doi:10.1080/00031305.2016.1198279)"
STUDENT = "t interval of a mean (Student 1908, doi:10.1093/biomet/6.1.1)"
GARWOOD = "exact Poisson interval (Garwood 1936, doi:10.1093/biomet/28.3-4.437)"
CONDITIONAL = "exact conditional rate ratio (Przyborowski & Wilenski 1940, doi:10.1093/biomet/31.3-4.313)"

SMALL_SAMPLE = 30


def wilson(favourable: int, n: int, confidence: float = 0.95) -> Estimate:
    """Return a share and its Wilson score interval.

    Chosen over the Wald interval because pulses are small: at n = 10 and a share of 0.1 Wald covers far less often
    than it claims (Brown, Cai & DasGupta 2001, doi:10.1214/ss/1009213286).

    Parameters
    ----------
    favourable
        Respondents counted, ``0 <= favourable <= n``.
    n
        Respondents who answered, at least 1.
    confidence
        Coverage aimed at, between 0 and 1.

    Returns
    -------
    Estimate
        In shares (0..1). The bounds never leave 0..1.
    """
    _check_count(favourable, n)
    share = favourable / n
    low, high = wilson_bounds(share, n, confidence)
    return Estimate(share, low, high, n, "share", WILSON, confidence)


def wilson_bounds(share: float, n: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return Wilson's bounds around a share (0..1) of ``n >= 1`` respondents; they hold the share."""
    z = normal_quantile((1 + confidence) / 2)
    centre = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, min(centre - half, share)), min(1.0, max(centre + half, share))


def clopper_pearson(favourable: int, n: int, confidence: float = 0.95) -> Estimate:
    """Return a share (0..1) and its exact interval, which covers at least ``confidence`` whatever the true share."""
    _check_count(favourable, n)
    tail = (1 - confidence) / 2
    low = 0.0 if favourable == 0 else beta_quantile(tail, favourable, n - favourable + 1)
    high = 1.0 if favourable == n else beta_quantile(1 - tail, favourable + 1, n - favourable)
    return Estimate(favourable / n, low, high, n, "share", CLOPPER_PEARSON, confidence)


def recommend_error(promoters: float, detractors: float, n: float, population: int | None = None) -> float:
    """Return the standard error of a recommend score, in points (-100..100).

    ``sqrt((p + d - (p - d)**2) / n)`` with p and d the shares of promoters and detractors. With ``population`` (people
    the group holds) the finite population factor ``(N - n) / (N - 1)`` is applied to the variance; it then describes
    only the sampling of this wave, not the noise of the next month.
    """
    p, d = promoters / n, detractors / n
    variance = max(0.0, p + d - (p - d) ** 2) / n
    if population is not None:
        variance *= _finite_population(n, population)
    return 100.0 * sqrt(variance)


def recommend_interval(
    promoters: int, detractors: int, n: int, population: int | None = None, confidence: float = 0.95
) -> Estimate:
    """Return a recommend score (share of promoters minus share of detractors) with its interval.

    From 30 respondents the Wald interval on ``recommend_error``. Below 30, or when all gave the same kind of answer
    (Wald's error would be zero), the adjusted Wald interval of Rocks 2016: 3/4 is added to promoters and to
    detractors and 3 to n; it is centred on the adjusted score and widened, where needed, to hold the plain one.

    Parameters
    ----------
    promoters, detractors
        Respondents who gave 9-10 and 0-6 on the 0-10 scale.
    n
        Respondents, passives included, at least 1.
    population
        People in the group, at least ``n``; narrows the interval by (N - n) / (N - 1).
    confidence
        Coverage aimed at, between 0 and 1.

    Returns
    -------
    Estimate
        In points (-100..100). The bounds never leave that range.
    """
    _check_count(promoters + detractors, n)
    value = 100.0 * (promoters - detractors) / n
    error = recommend_error(promoters, detractors, n)
    centre, source = value, WALD_SCORE
    if n < SMALL_SAMPLE or error == 0:
        centre = 100.0 * (promoters - detractors) / (n + 3)
        error = recommend_error(promoters + 0.75, detractors + 0.75, n + 3)
        source = ADJUSTED_SCORE
    if population is not None:
        error *= sqrt(_finite_population(n, population))
    half = normal_quantile((1 + confidence) / 2) * error
    low, high = max(-100.0, centre - half), min(100.0, centre + half)
    return Estimate(value, min(low, value), max(high, value), n, "points", source, confidence)


def mean_interval(
    mean: float, variance: float, n: int, unit: str, population: int | None = None, confidence: float = 0.95
) -> Figure:
    """Return a mean with its t interval; fewer than two answers have none.

    Parameters
    ----------
    mean
        In ``unit``.
    variance
        Sample variance of single answers (divisor n - 1), in ``unit`` squared.
    n
        Respondents.
    unit
        Unit of the answers.
    population
        People in the group; the variance of the mean is then multiplied by ``1 - n / N``.
    confidence
        Coverage aimed at, between 0 and 1. Assumes a mean that is near normal.
    """
    if n < 2:
        return Withheld("too_few")
    factor = 1.0 if population is None else 1.0 - n / population
    half = t_quantile((1 + confidence) / 2, n - 1) * sqrt(variance / n * max(0.0, factor))
    return Estimate(mean, mean - half, mean + half, n, unit, STUDENT, confidence)


def poisson_bounds(events: int, confidence: float = 0.95) -> tuple[float, float]:
    """Return Garwood's exact bounds for the mean of a Poisson count."""
    tail = (1 - confidence) / 2
    low = 0.0 if events == 0 else gamma_quantile(tail, events)
    return low, gamma_quantile(1 - tail, events + 1)


def poisson_interval(
    events: int, exposure: float, unit: str, n: int | None = None, confidence: float = 0.95
) -> Estimate:
    """Return events per unit of exposure with Garwood's exact interval.

    Parameters
    ----------
    events
        Events counted, at least 0.
    exposure
        What they are counted against, above 0, already in the unit wanted (100 person-years, say).
    unit
        Unit of the result.
    n
        People behind the figure; the events themselves when not given.
    confidence
        Coverage aimed at. Assumes events independent at a constant rate.
    """
    if events < 0 or exposure <= 0:
        raise ValueError("a rate needs events >= 0 and an exposure > 0")
    low, high = (bound / exposure for bound in poisson_bounds(events, confidence))
    return Estimate(
        events / exposure,
        low,
        high,
        events if n is None else n,
        unit,
        f"{GARWOOD}; events / exposure",
        confidence,
    )


def cumulative_hazard_bounds(
    events: Sequence[int], at_risk: Sequence[int], confidence: float = 0.95
) -> tuple[float, float]:
    """Return bounds for the sum of monthly hazards ``events / at_risk``.

    Garwood's bounds scaled to a weighted sum of Poisson counts (Dobson, Kuulasmaa, Eberle & Scherer 1991,
    doi:10.1002/sim.4780100317). Without any event the weights cannot be learnt; a constant hazard is assumed then.
    """
    total = sum(events)
    low, high = poisson_bounds(total, confidence)
    if total == 0:
        return 0.0, high * len(at_risk) / sum(at_risk)
    hazard = fsum(e / r for e, r in zip(events, at_risk, strict=True))
    scale = sqrt(fsum(e / r**2 for e, r in zip(events, at_risk, strict=True)) / total)
    return max(0.0, hazard + scale * (low - total)), hazard + scale * (high - total)


def rate_ratio_exact(
    events: int, exposure: float, reference_events: int, reference_exposure: float, confidence: float = 0.95
) -> Figure:
    """Return how many times the reference rate a rate is, with the exact conditional interval.

    Given the total, the first count is binomial; Clopper-Pearson bounds on its share turn into bounds on the ratio.
    Withheld as ``undefined`` without a reference event: the ratio then has no finite value, and the counts speak.

    Parameters
    ----------
    events, exposure
        Count and exposure (person-months, say) of the period of interest.
    reference_events, reference_exposure
        The same of the period or group compared with, same unit of exposure.
    confidence
        Coverage aimed at; the true coverage is at least that. Assumes two independent Poisson counts.
    """
    if min(exposure, reference_exposure) <= 0 or min(events, reference_events) < 0:
        raise ValueError("a rate ratio needs counts >= 0 and exposures > 0")
    if reference_events == 0:
        return Withheld("undefined")
    share = clopper_pearson(events, events + reference_events, confidence)
    scale = reference_exposure / exposure
    low, high = (scale * bound / (1 - bound) for bound in (share.low, share.high))
    value = scale * events / reference_events
    return Estimate(value, low, high, events + reference_events, "ratio", CONDITIONAL, confidence)


def _finite_population(n: float, population: int) -> float:
    if population < n:
        raise ValueError(f"{n} respondents cannot come from {population} people")
    return 0.0 if population <= 1 else (population - n) / (population - 1)


def _check_count(counted: int, n: int) -> None:
    if n < 1 or not 0 <= counted <= n:
        raise ValueError(f"{counted} of {n} is not a share")
