"""The months to draw: one row each, for the picture and for the table that says the same."""

from __future__ import annotations

from datetime import date
from math import fsum, sqrt

from analytics.causal.cells import Cell, Panel
from analytics.causal.windows import Windows
from analytics.distributions import t_quantile
from analytics.months import span
from analytics.report.inputs import Scale
from analytics.report.model import MonthRow, Part, State, Timeline
from analytics.report.satisfaction import FEWEST_COMPARED, Comparison, hidden_months
from analytics.report.setting import Setting

CONFIDENCE = 0.95


def timeline(placed: Setting, laid: Comparison) -> Timeline:
    """Return every month from the first to the last that anything is known of, the rollout's month included.

    A month's interval is the t interval of its mean, cut at the ends of the scale.
    """
    inputs, hidden = placed.inputs, hidden_months(placed.inputs)
    known = laid.panel.months(inputs.department) | hidden | {placed.focus.month}
    known = known.union(*(laid.panel.months(one) for one in _compared(laid)))
    rows = [_row(placed, laid, month, withheld=month in hidden) for month in span(min(known), max(known))]
    return Timeline(
        unit=inputs.scale.unit,
        lowest=inputs.scale.lowest,
        highest=inputs.scale.highest,
        confidence=CONFIDENCE,
        start=placed.focus.month,
        rows=tuple(rows),
    )


def _compared(laid: Comparison) -> tuple[str, ...]:
    """Return the departments drawn for comparison, also where the comparison itself is refused."""
    return laid.block.controls or laid.candidates


def _row(placed: Setting, laid: Comparison, month: date, *, withheld: bool) -> MonthRow:
    cell = laid.panel.cells.get(placed.inputs.department, {}).get(month)
    others = [laid.panel.value(one, month) for one in _compared(laid) if month in laid.panel.months(one)]
    mean = fsum(others) / len(others) if len(others) >= FEWEST_COMPARED else None
    part = _part(laid.around, month)
    if cell is None:
        state = State.WITHHELD if withheld else State.NOT_MEASURED
        return MonthRow(month, part, state, comparison=mean, compared=len(others))
    low, high = _interval(laid.panel, cell, placed.inputs.scale)
    return MonthRow(month, part, State.MEASURED, cell.value, low, high, cell.n, mean, len(others))


def _interval(figures: Panel, cell: Cell, scale: Scale) -> tuple[float, float]:
    half = t_quantile((1 + CONFIDENCE) / 2, cell.n - 1) * sqrt(figures.variance(cell.department, cell.month))
    low, high = max(scale.lowest, cell.value - half), min(scale.highest, cell.value + half)
    return min(low, cell.value), max(high, cell.value)


def _part(around: Windows, month: date) -> Part:
    if month == around.adopted:
        return Part.START
    parts = ((Part.BEFORE, around.before), (Part.NEAR, around.near), (Part.AFTER, around.after))
    return next((part for part, months in parts if month in months), Part.OUTSIDE)
