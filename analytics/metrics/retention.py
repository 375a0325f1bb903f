"""Twelve-month retention: the chance to be still there a year later, as far as people's own leaving goes.

Unit: share, 0 to 1: the product over twelve months of one minus the month's hazard (separations / people at risk).
Source: product-limit estimate, Kaplan & Meier 1958, doi:10.1080/01621459.1958.10501452; bounds of the cumulative hazard
after Dobson, Kuulasmaa, Eberle & Scherer 1991, doi:10.1002/sim.4780100317.
Assumes: other endings and transfers are independent of leaving by choice (they are censored), and people in a month
share one hazard.
"""

from __future__ import annotations

from math import exp, fsum, log, prod

from analytics.intervals import cumulative_hazard_bounds
from analytics.metrics.counts import Turnover
from analytics.metrics.metric import Direction, Metric
from analytics.results import Estimate, Figure, Withheld

MINIMUM = 10
MONTHS = 12
SOURCE = "product-limit retention with scaled Poisson bounds (Dobson et al. 1991, doi:10.1002/sim.4780100317)"


def retention(turnover: Turnover) -> Figure:
    """Return the retention over the last twelve of the months given.

    Withheld as ``no_data`` with fewer months, as ``too_few`` below an average of 10 people at risk or when a month
    starts with nobody.
    """
    at_risk, left = turnover.at_risk[-MONTHS:], turnover.separations[-MONTHS:]
    if len(at_risk) < MONTHS:
        return Withheld("no_data")
    people = sum(at_risk) // MONTHS
    if people < MINIMUM or not all(at_risk):
        return Withheld("too_few")
    value = prod(1 - gone / risk for gone, risk in zip(left, at_risk, strict=True))
    low, high = _bounds(value, left, at_risk)
    return Estimate(value, low, high, people, "share", SOURCE)


def _bounds(value: float, left: tuple[int, ...], at_risk: tuple[int, ...]) -> tuple[float, float]:
    """Turn bounds of the cumulative hazard into bounds of the product, on the log scale where it has one."""
    least, most = cumulative_hazard_bounds(left, at_risk)
    hazard = fsum(gone / risk for gone, risk in zip(left, at_risk, strict=True))
    if hazard == 0 or value == 0:
        return min(value, exp(-most)), max(value, exp(-least))
    return exp(log(value) * most / hazard), exp(log(value) * least / hazard)


METRIC = Metric(
    key="retention",
    unit="share",
    lowest=0.0,
    highest=1.0,
    direction=Direction.HIGHER_IS_BETTER,
    source=SOURCE,
    minimum=MINIMUM,
    counts=Turnover,
    figure=retention,
)
