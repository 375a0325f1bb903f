"""Favourability: how many answered in the two top boxes.

Unit: share, 0 to 1.
Source: Wilson 1927, doi:10.1080/01621459.1927.10502953; Brown, Cai & DasGupta 2001, doi:10.1214/ss/1009213286.
Assumes: respondents stand for the group. Answers are ordinal, so the share is shown rather than a mean alone.
"""

from __future__ import annotations

from analytics.intervals import WILSON, wilson
from analytics.metrics.counts import Moments
from analytics.metrics.metric import Direction, Metric
from analytics.results import Figure, Withheld

MINIMUM = 5


def favourability(moments: Moments) -> Figure:
    """Return the share of favourable answers."""
    if moments.n < MINIMUM:
        return Withheld("too_few")
    return wilson(moments.favourable, moments.n)


METRIC = Metric(
    key="favourability",
    unit="share",
    lowest=0.0,
    highest=1.0,
    direction=Direction.HIGHER_IS_BETTER,
    source=WILSON,
    minimum=MINIMUM,
    counts=Moments,
    figure=favourability,
)
