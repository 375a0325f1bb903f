"""The satisfaction outcome: what the comparison says, or why it must not say it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from math import fsum

from analytics.causal.cells import Cell, Panel, combined, panel
from analytics.causal.checks import in_time_placebo, leave_one_out, manski_bounds, pre_trend
from analytics.causal.difference import before_after, difference
from analytics.causal.gaps import balanced
from analytics.causal.refusals import (
    FEWEST_AFTER,
    FEWEST_BEFORE,
    Evidence,
    Grade,
    Refusal,
    grade,
    refusals,
    short_window,
)
from analytics.causal.truncation import EXACT_FROM, restored
from analytics.causal.windows import Block, Windows, complete_block
from analytics.months import month_of
from analytics.report.inputs import RoiInputs
from analytics.report.model import Bounds, Checks, Hit, Satisfaction
from analytics.report.setting import Setting
from analytics.results import Withheld

FEWEST_COMPARED = 2
"""Fewer comparison departments than this make no comparison; their gaps then cost the department no month."""
FEWEST_RESPONDENTS = 5
"""Floor of respondents behind any figure; the gate before may have set a higher one."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The months and departments compared, and how much of the department's own data there is.

    ``panel`` holds the figures as released; ``filled`` is what is compared: the pull of months of near-agreement taken
    off and the controls' gaps filled. ``hidden_before`` and ``hidden_after`` count months in which the figure was
    withheld for privacy. ``screened`` tells that there was such a pull on the department's own figures, ``mostly_few``
    that it could be taken off only in part, because in half of the months or more fewer than ten answered.
    """

    panel: Panel
    filled: Panel
    around: Windows
    block: Block
    candidates: tuple[str, ...]
    months_before: int
    months_after: int
    hidden_before: int
    hidden_after: int
    screened: bool
    mostly_few: bool


def usable(inputs: RoiInputs) -> tuple[Cell, ...]:
    """Return the released figures up to today that rest on enough respondents.

    Months that led to the choice of the department are left out for it.
    """
    ahead = month_of(inputs.today)
    chosen = {(inputs.department, month_of(month)) for month in inputs.context.selection_months}
    kept = [one for one in inputs.satisfaction if one.n >= FEWEST_RESPONDENTS and one.month <= ahead]
    return tuple(one for one in kept if (one.department, one.month) not in chosen)


def hidden_months(inputs: RoiInputs) -> frozenset[date]:
    """Return the months up to today in which the department's figure is withheld for privacy."""
    department, ahead = inputs.department, month_of(inputs.today)
    gaps = {gap.month for gap in inputs.withheld if gap.department == department and gap.reason == "privacy"}
    cells = (cell for cell in inputs.satisfaction if cell.department == department)
    small = {cell.month for cell in cells if cell.n < FEWEST_RESPONDENTS}
    return frozenset(month for month in gaps | small if month <= ahead)


def comparison(placed: Setting, cells: tuple[Cell, ...]) -> Comparison:
    """Lay out windows, controls and the block without gaps; fewer than two controls are none."""
    department, figures = placed.inputs.department, panel(combined(cells))
    measured, hidden = figures.months(department), hidden_months(placed.inputs)
    today = month_of(placed.inputs.today)
    around = placed.windows(max(measured | hidden, default=today))
    candidates = placed.controls(figures.departments, around)
    even = panel(combined(restored(cells, around)))
    filled, block = balanced(even, (department,), candidates, around)
    if len(block.controls) < FEWEST_COMPARED:
        filled, block = even, complete_block(even, (department,), (), around)
    hidden = hidden - measured
    compared = {*block.before, *block.after}
    own = [one for one in cells if one.screened and one.department == department and one.month in compared]
    few = sum(one.n < EXACT_FROM for one in own)
    return Comparison(
        panel=figures,
        filled=filled,
        around=around,
        block=block,
        candidates=candidates,
        months_before=len(block.before) + len(measured.intersection(around.near)),
        months_after=len(block.after),
        hidden_before=len(hidden.intersection((*around.before, *around.near))),
        hidden_after=len(hidden.intersection(around.after)),
        screened=bool(own),
        mostly_few=bool(own) and 2 * few >= len(own),
    )


def satisfaction(placed: Setting, laid: Comparison) -> Satisfaction:
    """Return the outcome with its grade; a refused one keeps its reason and its counts of months."""
    checks = _checks(placed.inputs, laid)
    seen = _evidence(placed, laid, checks)
    hits = refusals(seen)
    reason = _refused(seen, hits)
    dominant = () if isinstance(checks.leave_one_out, Withheld) else checks.leave_one_out.flips
    about = {Refusal.BUNDLED: placed.bundled, Refusal.DOMINANCE: dominant}
    own = before_after(laid.filled, laid.block, placed.inputs.scale.unit)
    return Satisfaction(
        effect=reason or difference(laid.filled, laid.block),
        before_after=reason or own,
        grade=grade(seen),
        refusals=tuple(Hit(code, about.get(code, ())) for code in hits),
        checks=checks,
        bounds=_bounds(placed.inputs, laid) if Refusal.RESPONSE in hits and reason is None else None,
        controls=laid.block.controls,
        months_before=laid.months_before,
        months_after=laid.months_after,
    )


def _checks(inputs: RoiInputs, laid: Comparison) -> Checks:
    rates = panel(combined(inputs.context.responses))
    shift: Withheld | None = None
    if inputs.department not in rates.departments:
        shift = Withheld("no_data")
    even, around = balanced(rates, laid.block.treated, laid.candidates, laid.around)
    return Checks(
        pre_trend=pre_trend(laid.filled, laid.block),
        placebo=in_time_placebo(laid.filled, laid.block.treated, laid.candidates, laid.around),
        leave_one_out=leave_one_out(laid.filled, laid.block),
        response_shift=shift or difference(even, around),
        response_rate=_lowest_rate(rates, around),
    )


def _lowest_rate(rates: Panel, block: Block) -> float | None:
    means = [_mean(rates, block.treated[0], months) for months in (block.before, block.after) if months]
    return min(means, default=None)


def _mean(figures: Panel, department: str, months: tuple[date, ...]) -> float:
    return fsum(figures.value(department, month) for month in months) / len(months)


def _evidence(placed: Setting, laid: Comparison, checks: Checks) -> Evidence:
    context = placed.inputs.context
    shift, placebo, trend, single = (
        checks.response_shift,
        checks.placebo,
        checks.pre_trend,
        checks.leave_one_out,
    )
    return Evidence(
        private=_private(placed.inputs, laid),
        controls=len(laid.block.controls) if laid.block.before and laid.block.after else len(laid.candidates),
        months_before=laid.months_before,
        months_after=laid.months_after,
        slope_p=None if isinstance(trend, Withheld) else trend.p_value,
        placebo_found=None if isinstance(placebo, Withheld) else not placebo.low <= 0 <= placebo.high,
        response_rate=checks.response_rate,
        response_shift=None if isinstance(shift, Withheld) else shift.value,
        shift_found=None if isinstance(shift, Withheld) else not shift.low <= 0 <= shift.high,
        interventions=placed.bundled,
        selected=bool(context.selection_months),
        contaminated=context.contaminated,
        moved=context.moved,
        dominant=() if isinstance(single, Withheld) else single.flips,
    )


def _private(inputs: RoiInputs, laid: Comparison) -> bool:
    """Tell whether it is privacy, rather than time, that keeps the department from having enough months."""
    if inputs.headcount is not None and inputs.headcount < FEWEST_RESPONDENTS:
        return True
    hidden = laid.hidden_before + laid.hidden_after
    if not hidden:
        return False
    enough = laid.months_before >= FEWEST_BEFORE and laid.months_after >= FEWEST_AFTER
    with_hidden = (
        laid.months_before + laid.hidden_before >= FEWEST_BEFORE
        and laid.months_after + laid.hidden_after >= FEWEST_AFTER
    )
    nothing_shown = not laid.panel.months(inputs.department)
    return not enough and (with_hidden or nothing_shown)


def _refused(seen: Evidence, hits: tuple[Refusal, ...]) -> Withheld | None:
    """Return the reason when the outcome may not be shown at all (grade D)."""
    if grade(seen) is not Grade.D:
        return None
    if Refusal.PRIVACY in hits:
        return Withheld("privacy")
    return Withheld(short_window(seen))


def _bounds(inputs: RoiInputs, laid: Comparison) -> Bounds | None:
    """Bound the department's means before and after when too many did not answer; needs the rates of both windows."""
    rates = panel(combined(inputs.context.responses))
    block = complete_block(rates, laid.block.treated, (), laid.around)
    if not (block.before and block.after and laid.block.before and laid.block.after):
        return None
    department = inputs.department
    ends = (inputs.scale.lowest, inputs.scale.highest)
    before, after = (
        manski_bounds(_mean(laid.filled, department, months), _mean(rates, department, answered), *ends)
        for months, answered in ((laid.block.before, block.before), (laid.block.after, block.after))
    )
    return Bounds(*before, *after)
