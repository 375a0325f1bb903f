"""Item standing: whether people rate one question above or below the rest of their own answers.

Unit: points, -100 to 100: share of people above their own mean minus share below, times 100; at it count in n.
Source: the interval of a difference of two shares of one sample, as for a recommend score (Rocks 2016,
doi:10.1080/00031305.2016.1198279); centring within the person: Fischer 2004, J. of Cross-Cultural Psychology 35(3).
Assumes: at least five answers of each person, to the same questions. Standings of one group's questions lean on each
other (each person's centred answers add up to zero): they rank questions, they say nothing of how content people are.
"""

from __future__ import annotations

from analytics.intervals import ADJUSTED_SCORE, recommend_interval
from analytics.metrics.counts import Moments
from analytics.metrics.metric import Direction, Metric
from analytics.results import Figure, Withheld

MINIMUM = 5


def item_standing(moments: Moments) -> Figure:
    """Return the standing in points; those above their own mean are the favourable, those below the unfavourable."""
    if moments.n < MINIMUM:
        return Withheld("too_few")
    return recommend_interval(moments.favourable, moments.unfavourable, moments.n)


METRIC = Metric(
    key="item_standing",
    unit="points",
    lowest=-100.0,
    highest=100.0,
    direction=Direction.NEITHER,
    source=ADJUSTED_SCORE,
    minimum=MINIMUM,
    counts=Moments,
    figure=item_standing,
)
