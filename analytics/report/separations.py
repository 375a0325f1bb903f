"""The separations outcome: counts always, a comparison only where there is enough to compare."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analytics.causal.cells import Panel, hazard_cells, panel
from analytics.causal.checks import in_time_placebo, leave_one_out, pre_trend
from analytics.causal.difference import difference
from analytics.causal.refusals import Evidence, Refusal, grade, refusals, short_window
from analytics.causal.windows import Block, Windows, complete_block
from analytics.intervals import poisson_interval, rate_ratio_exact
from analytics.metrics.retention import retention
from analytics.metrics.separations import MINIMUM, PERSON_MONTHS, UNIT
from analytics.months import month_of, shift
from analytics.report.model import Count, Hit, Separations
from analytics.report.setting import Setting
from analytics.results import Figure, Withheld
from analytics.retention import PersonMonths, covers, rolled_up, turnover


@dataclass(frozen=True, slots=True)
class Records:
    """HR cells of the department (its subtree added up) and of the others, over months that are past."""

    own: tuple[PersonMonths, ...]
    others: tuple[PersonMonths, ...]

    @property
    def last(self) -> date:
        """The last month with a cell of the department."""
        return self.own[-1].month


def separations(placed: Setting) -> Separations | Withheld:
    """Return the outcome; withheld without HR records or below an average headcount of 10 in the windows."""
    records = _records(placed)
    if not records.own:
        return Withheld("no_data")
    around = placed.windows(records.last)
    inside = [cell.at_risk for cell in records.own if cell.month in {*around.before, *around.after}]
    if not inside:
        return Withheld("no_data")
    if sum(inside) < MINIMUM * len(inside):
        return Withheld("privacy")
    return _outcome(placed, records, around)


def _records(placed: Setting) -> Records:
    """Leave out the current month: who leaves in it is not known yet."""
    department, running = placed.inputs.department, month_of(placed.inputs.today)
    past = [cell for cell in placed.inputs.hr if cell.month < running]
    own = rolled_up(past, department)
    return Records(own, tuple(cell for cell in past if not covers(department, cell.department)))


def _outcome(placed: Setting, records: Records, around: Windows) -> Separations:
    controls = placed.controls(tuple(sorted({cell.department for cell in records.others})), around)
    others = tuple(cell for cell in records.others if cell.department in controls)
    before, after = _count(records.own, around.before), _count(records.own, around.after)
    others_before, others_after = _count(others, around.before), _count(others, around.after)
    hazards = panel(hazard_cells((*records.own, *others), (*around.before, *around.after)))
    block = complete_block(hazards, (placed.inputs.department,), controls, around)
    seen = _evidence(
        placed, hazards, block, around, _expected((before, others_before), (after, others_after))
    )
    hits = refusals(seen)
    return Separations(
        before=before,
        after=after,
        expected_after=_gone_on(before, after),
        ratio=_ratio(before, after),
        others_before=others_before,
        others_after=others_after,
        others_ratio=_ratio(others_before, others_after),
        effect=_refused(hits, seen) or difference(hazards, block),
        grade=grade(seen),
        refusals=tuple(Hit(code, _about(code, placed, seen)) for code in hits),
        retention=retention(turnover(records.own, placed.inputs.department)),
    )


def _count(cells: tuple[PersonMonths, ...], months: tuple[date, ...]) -> Count:
    inside = [cell for cell in cells if cell.month in months]
    covered = len({cell.month for cell in inside})
    person_months = sum(cell.at_risk for cell in inside)
    voluntary = sum(cell.voluntary for cell in inside)
    rate: Figure = Withheld("no_data")
    if person_months:
        rate = poisson_interval(voluntary, person_months / PERSON_MONTHS, UNIT, n=person_months // covered)
    return Count(
        months=covered,
        person_months=person_months,
        voluntary=voluntary,
        involuntary=sum(cell.involuntary for cell in inside),
        other=sum(cell.other for cell in inside),
        transferred=sum(cell.transferred for cell in inside),
        rate=rate,
    )


def _expected(before: tuple[Count, Count], after: tuple[Count, Count]) -> tuple[float, float]:
    """Return the department's expected separations before and after, at the hazard pooled over all and both windows."""
    pooled = (*before, *after)
    exposure = sum(one.person_months for one in pooled)
    hazard = sum(one.voluntary for one in pooled) / exposure if exposure else 0.0
    return hazard * before[0].person_months, hazard * after[0].person_months


def _gone_on(before: Count, after: Count) -> float | None:
    if not before.person_months or not after.person_months:
        return None
    return before.voluntary / before.person_months * after.person_months


def _ratio(before: Count, after: Count) -> Figure:
    if not before.person_months or not after.person_months:
        return Withheld("no_data")
    return rate_ratio_exact(after.voluntary, after.person_months, before.voluntary, before.person_months)


def _evidence(
    placed: Setting, hazards: Panel, block: Block, around: Windows, expected: tuple[float, float]
) -> Evidence:
    trend, single = pre_trend(hazards, block), leave_one_out(hazards, block)
    placebo = in_time_placebo(hazards, block.treated, block.controls, around)
    near = shift(around.adopted, -1) in around.near
    return Evidence(
        controls=len(block.controls),
        months_before=len(block.before) + (1 if near and block.before else 0),
        months_after=len(block.after),
        slope_p=None if isinstance(trend, Withheld) else trend.p_value,
        placebo_found=None if isinstance(placebo, Withheld) else not placebo.low <= 0 <= placebo.high,
        expected=expected,
        interventions=placed.bundled,
        selected=bool(placed.inputs.context.selection_months),
        contaminated=placed.inputs.context.contaminated,
        moved=placed.inputs.context.moved,
        dominant=() if isinstance(single, Withheld) else single.flips,
    )


def _refused(hits: tuple[Refusal, ...], seen: Evidence) -> Withheld | None:
    if Refusal.SHORT_WINDOW in hits:
        return Withheld(short_window(seen))
    return Withheld("rare") if Refusal.RARE in hits else None


def _about(code: Refusal, placed: Setting, seen: Evidence) -> tuple[str, ...]:
    if code is Refusal.BUNDLED:
        return placed.bundled
    return seen.dominant if code is Refusal.DOMINANCE else ()
