"""Style share: how many of those who answered several scales use them in a certain way.

Unit: share, 0 to 1, of the people with at least two answers on scales: those who chose an end in more than half of
them, or agreed with more than half of the statements.
Source: Wilson 1927, doi:10.1080/01621459.1927.10502953; Brown, Cai & DasGupta 2001, doi:10.1214/ss/1009213286.
Assumes: people answer independently of each other. A style can carry meaning; it is no fault of anybody.
"""

from __future__ import annotations

from analytics.intervals import WILSON, wilson
from analytics.metrics.counts import Moments
from analytics.metrics.metric import Direction, Metric
from analytics.results import Figure, Withheld

MINIMUM = 5


def style_share(moments: Moments) -> Figure:
    """Return the share of people with the style, who are the favourable ones here."""
    if moments.n < MINIMUM:
        return Withheld("too_few")
    return wilson(moments.favourable, moments.n)


METRIC = Metric(
    key="style_share",
    unit="share",
    lowest=0.0,
    highest=1.0,
    direction=Direction.NEITHER,
    source=WILSON,
    minimum=MINIMUM,
    counts=Moments,
    figure=style_share,
)
