"""Recommend score (eNPS).

Unit: points, -100 to 100: share of promoters (9-10) minus share of detractors (0-6), times 100.
Source: Rocks 2016, Interval Estimation for the Net Promoter Score, doi:10.1080/00031305.2016.1198279.
Assumes: respondents stand for the group. The interval is that of a sample from a larger stream of months, so no finite
population factor is applied: a small team that answers in full still differs from itself next month.
"""

from __future__ import annotations

from analytics.intervals import ADJUSTED_SCORE, recommend_interval
from analytics.metrics.counts import Moments
from analytics.metrics.metric import Direction, Metric
from analytics.results import Figure, Withheld

MINIMUM = 5


def recommend_score(moments: Moments) -> Figure:
    """Return the score in points; promoters are the favourable, detractors the unfavourable answers."""
    if moments.n < MINIMUM:
        return Withheld("too_few")
    return recommend_interval(moments.favourable, moments.unfavourable, moments.n)


METRIC = Metric(
    key="recommend_score",
    unit="points",
    lowest=-100.0,
    highest=100.0,
    direction=Direction.HIGHER_IS_BETTER,
    source=ADJUSTED_SCORE,
    minimum=MINIMUM,
    counts=Moments,
    figure=recommend_score,
)
