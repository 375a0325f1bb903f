"""Response rate: how many of those invited answered, in steps of five points.

Unit: share, 0 to 1.
Source: response rate RR1 of the AAPOR Standard Definitions (answers / invited); Wilson 1927,
doi:10.1080/01621459.1927.10502953, for the interval, which tells what another wave might bring.
Assumes: each invited person decides alone. The share is rounded to five points here and not at display, and its interval
is computed from the rounded share, so that two rates next to each other can never tell who was missing.
"""

from __future__ import annotations

from math import ceil, floor

from analytics.intervals import WILSON, wilson_bounds
from analytics.metrics.counts import Participation
from analytics.metrics.metric import Direction, Metric
from analytics.results import Estimate, Figure, Withheld

MINIMUM = 5
STEPS = 20


def response_rate(participation: Participation) -> Figure:
    """Return the rounded share of those invited who answered."""
    if participation.invited < MINIMUM:
        return Withheld("too_few")
    share = round(participation.answered / participation.invited * STEPS) / STEPS
    low, high = wilson_bounds(share, participation.invited)
    return Estimate(
        share, floor(low * STEPS) / STEPS, ceil(high * STEPS) / STEPS, participation.invited, "share", WILSON
    )


METRIC = Metric(
    key="response_rate",
    unit="share",
    lowest=0.0,
    highest=1.0,
    direction=Direction.HIGHER_IS_BETTER,
    source=WILSON,
    minimum=MINIMUM,
    counts=Participation,
    figure=response_rate,
)
