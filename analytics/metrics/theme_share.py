"""Theme share: how many of those who commented spoke of a theme.

Unit: share, 0 to 1, of the comments in a language whose themes are read.
Source: Wilson 1927, doi:10.1080/01621459.1927.10502953; Brown, Cai & DasGupta 2001, doi:10.1214/ss/1009213286.
Assumes: each comment is one person's, and a theme is spoken of where its patterns find it. The interval does not hold
what the patterns overlook; silence about a theme is no contentment with it.
"""

from __future__ import annotations

from analytics.intervals import WILSON, wilson
from analytics.metrics.counts import Moments
from analytics.metrics.metric import Direction, Metric
from analytics.results import Figure, Withheld

MINIMUM = 10


def theme_share(moments: Moments) -> Figure:
    """Return the share of comments that speak of the theme, which are the favourable ones here."""
    if moments.n < MINIMUM:
        return Withheld("too_few")
    return wilson(moments.favourable, moments.n)


METRIC = Metric(
    key="theme_share",
    unit="share",
    lowest=0.0,
    highest=1.0,
    direction=Direction.NEITHER,
    source=WILSON,
    minimum=MINIMUM,
    counts=Moments,
    figure=theme_share,
)
