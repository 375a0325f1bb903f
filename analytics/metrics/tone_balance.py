"""Tone balance of comments: positive minus negative texts.

Unit: points, -100 to 100: share of positive minus share of negative texts, times 100; neutral texts count in n.
Source: the interval of a difference of two shares of one sample, as for a recommend score (Rocks 2016,
doi:10.1080/00031305.2016.1198279).
Assumes: each text is one person's and its tone was scored right. The interval does not hold the scorer's own errors;
texts in a language without a measured scorer are left out before and said so.
"""

from __future__ import annotations

from analytics.intervals import ADJUSTED_SCORE, recommend_interval
from analytics.metrics.counts import Moments
from analytics.metrics.metric import Direction, Metric
from analytics.results import Figure, Withheld

MINIMUM = 10


def tone_balance(moments: Moments) -> Figure:
    """Return the balance in points; positive texts are the favourable, negative ones the unfavourable."""
    if moments.n < MINIMUM:
        return Withheld("too_few")
    return recommend_interval(moments.favourable, moments.unfavourable, moments.n)


METRIC = Metric(
    key="tone_balance",
    unit="points",
    lowest=-100.0,
    highest=100.0,
    direction=Direction.HIGHER_IS_BETTER,
    source=ADJUSTED_SCORE,
    minimum=MINIMUM,
    counts=Moments,
    figure=tone_balance,
)
