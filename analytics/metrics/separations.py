"""Voluntary separations against average headcount.

Unit: separations per 100 person-years.
Source: ISO 30414 turnover (separations over average headcount); exact Poisson interval, Garwood 1936,
doi:10.1093/biomet/28.3-4.437.
Assumes: separations come independently at a steady rate. Layoffs, retirements and other endings are not in it.
"""

from __future__ import annotations

from math import fsum, inf

from analytics.intervals import GARWOOD, poisson_interval
from analytics.metrics.counts import Turnover
from analytics.metrics.metric import Direction, Metric
from analytics.results import Figure, Withheld

MINIMUM = 10
UNIT = "per 100 person-years"
PERSON_MONTHS = 1200


def separations(turnover: Turnover) -> Figure:
    """Return voluntary separations per 100 person-years; withheld below an average headcount of 10."""
    months = len(turnover.headcount)
    person_months = fsum(turnover.headcount)
    if not months or person_months / months < MINIMUM:
        return Withheld("too_few")
    people = int(person_months / months)
    return poisson_interval(turnover.all_separations, person_months / PERSON_MONTHS, UNIT, n=people)


METRIC = Metric(
    key="separations",
    unit=UNIT,
    lowest=0.0,
    highest=inf,
    direction=Direction.LOWER_IS_BETTER,
    source=GARWOOD,
    minimum=MINIMUM,
    counts=Turnover,
    figure=separations,
)
