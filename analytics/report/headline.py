"""The first line of the report: good and bad news weigh the same, and a refusal says what it lacks."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from statistics import median

from analytics.causal.difference import Effect
from analytics.causal.refusals import FEWEST_AFTER, FEWEST_BEFORE, Refusal, leading
from analytics.months import month_of, months_from, shift
from analytics.report.model import Direction, Headline, Kind, Satisfaction
from analytics.report.satisfaction import Comparison
from analytics.report.setting import Setting
from analytics.results import Estimate, Withheld

WEAK = {
    Refusal.NO_CONTROLS: Kind.BEFORE_AFTER_ONLY,
    Refusal.FEW_CONTROLS: Kind.DIRECTIONAL,
    Refusal.PRE_TREND: Kind.DIVERGING,
    Refusal.RESPONSE: Kind.RESPONSE,
}
REFUSED = {
    "privacy": Kind.TOO_SMALL,
    "too_late": Kind.TOO_LATE,
    "too_short": Kind.TOO_SHORT,
    "too_early": Kind.TOO_EARLY,
}
CLEAR = {
    Direction.BETTER: Kind.BETTER,
    Direction.WORSE: Kind.WORSE,
    Direction.UNCLEAR: Kind.NOT_TOLD_FROM_CHANCE,
}


def headline(placed: Setting, laid: Comparison, outcome: Satisfaction) -> Headline:
    """Choose the headline for the satisfaction outcome."""
    if placed.planned:
        return _planned(placed, laid)
    if isinstance(outcome.before_after, Withheld):
        return _refused(placed, laid, outcome.before_after.reason)
    figure: Effect | Estimate = outcome.before_after
    if isinstance(outcome.effect, Effect):
        figure = outcome.effect
    points = direction(figure.low, figure.high)
    weakness = leading(hit.code for hit in outcome.refusals)
    return Headline(
        kind=CLEAR[points] if weakness is None else WEAK[weakness],
        direction=points,
        unit=placed.inputs.scale.unit,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        controls=len(outcome.controls),
    )


def direction(low: float, high: float) -> Direction:
    """Tell which way an interval points; one that holds zero points nowhere."""
    if low > 0:
        return Direction.BETTER
    return Direction.WORSE if high < 0 else Direction.UNCLEAR


def _planned(placed: Setting, laid: Comparison) -> Headline:
    return Headline(
        kind=Kind.PLANNED,
        direction=Direction.UNCLEAR,
        unit=placed.inputs.scale.unit,
        months=laid.months_before,
        need=FEWEST_BEFORE,
        earliest=shift(placed.focus.month, -FEWEST_BEFORE),
    )


def _refused(placed: Setting, laid: Comparison, reason: str) -> Headline:
    kind = REFUSED[reason]
    months: int | None = None
    need: int | None = None
    if kind in {Kind.TOO_LATE, Kind.TOO_SHORT}:
        months, need = laid.months_before, FEWEST_BEFORE
    elif kind is Kind.TOO_EARLY:
        months, need = laid.months_after, FEWEST_AFTER
    return Headline(
        kind=kind,
        direction=Direction.UNCLEAR,
        unit=placed.inputs.scale.unit,
        months=months,
        need=need,
        earliest=_earliest(placed, laid) if kind is Kind.TOO_EARLY else None,
    )


def _earliest(placed: Setting, laid: Comparison) -> date:
    """Return the first day on which enough months can have been measured, if measuring goes on at its usual pace."""
    measured = sorted(laid.panel.months(placed.inputs.department))
    steps = [months_from(one, other) for one, other in pairwise(measured)]
    pace = max(1, round(median(steps))) if steps else 1
    following = shift(max(measured[-1], placed.focus.month), pace)
    next_measured = max(following, month_of(placed.inputs.today))
    return shift(next_measured, pace * (FEWEST_AFTER - laid.months_after - 1) + 1)
