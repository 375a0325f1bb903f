from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any

import pytest

from analytics.causal.cells import Cell
from analytics.causal.checks import Trend
from analytics.causal.difference import Effect
from analytics.causal.refusals import Grade, Refusal
from analytics.money import Amount, Line, Sourced
from analytics.months import shift, span
from analytics.report import (
    DECISION_SHEETS,
    Context,
    Direction,
    Gap,
    Intervention,
    Kind,
    NoRollout,
    RoiInputs,
    RoiReport,
    Rollout,
    build,
)
from analytics.report import model as report_model
from analytics.report.model import Part, Separations, State, Strength
from analytics.results import Estimate, Withheld
from analytics.retention import PersonMonths
from tests.analytics.made_up import MONEY, POINTS, ROUTING

START = ROUTING.month
OTHERS = ("A", "B", "C", "D", "E")
TODAY = date(2026, 8, 3)


def company(
    months: range, step: float = 10.0, others: tuple[str, ...] = OTHERS, drift: float = 0.0, **changes: Any
) -> RoiInputs:
    """Flat departments, measured in the months counted from the start; Support rises by ``step`` after it."""
    cells = []
    for number, department in enumerate(("Support", *others)):
        for offset in months:
            wobble = ((number * 7 + offset * 3) % 5 - 2) * 0.5
            rise = (step if offset >= 0 else 0.0) + drift * offset if department == "Support" else 0.0
            cells.append(Cell(department, shift(START, offset), 20.0 + number + wobble + rise, 12, 9.0))
    base = RoiInputs("Support", TODAY, (ROUTING,), MONEY, POINTS, satisfaction=tuple(cells), headcount=18)
    return replace(base, **changes)


def codes(report: RoiReport) -> list[Refusal]:
    return [hit.code for hit in report.satisfaction.refusals]


FULL = range(-12, 9)


def test_a_good_comparison_gives_the_figure_with_its_interval_first():
    report = build(company(FULL))
    line = report.headline

    assert (line.kind, line.direction, line.controls) == (Kind.BETTER, Direction.BETTER, 5)
    assert line.value == pytest.approx(10.0, abs=1.0)
    assert line.low is not None
    assert line.low > 0
    assert (report.grade, report.strength, report.rung) == (Grade.B, Strength.QUASI_EXPERIMENTAL, 2)
    assert report.about.estimator == "weighted-t-did/4"
    assert report.about.data_cut == shift(START, 8)
    assert "changed_like_the_others" in report.assumptions
    assert "why_it_changed" in report.not_shown
    assert set(report.not_checked) == {"response_shift", "response_rate"}


def test_a_change_within_chance_is_not_called_no_change():
    report = build(company(FULL, step=0.0))

    assert report.headline.kind is Kind.NOT_TOLD_FROM_CHANCE
    assert report.smallest_visible_change is not None
    assert report.smallest_visible_change > 0
    assert "changes_below_the_smallest_visible" in report.not_shown


def test_no_control_leaves_a_change_before_and_after_without_a_claim():
    report = build(company(FULL, others=("A",)))

    assert report.headline.kind is Kind.BEFORE_AFTER_ONLY
    assert report.headline.value == pytest.approx(10.0, abs=1.0)
    assert report.headline.controls == 0
    assert report.satisfaction.effect == Withheld("no_controls")
    assert isinstance(report.satisfaction.before_after, Estimate)
    assert (report.grade, report.strength, report.rung) == (Grade.C, Strength.DESCRIPTIVE, 0)
    assert "changed_like_the_others" not in report.assumptions


@pytest.mark.parametrize("others", [("A", "B"), ("A", "B", "C")])
def test_two_or_three_controls_are_directional_and_no_evidence(others: tuple[str, ...]):
    report = build(company(FULL, step=-10.0, others=others))

    assert report.headline.kind is Kind.DIRECTIONAL
    assert report.headline.value == pytest.approx(-10.0, abs=1.0)
    assert isinstance(report.satisfaction.effect, Effect)
    assert report.grade is Grade.C


def test_a_drift_before_the_start_withdraws_the_claim_and_keeps_the_figure():
    report = build(company(FULL, drift=3.0))

    assert report.headline.kind is Kind.DIVERGING
    assert report.headline.direction is Direction.BETTER
    assert codes(report) == [Refusal.PRE_TREND]
    assert report.grade is Grade.C


def test_a_placebo_that_finds_something_withdraws_the_claim_without_any_slope():
    """Two months lift the placebo's difference and cancel in the slope: 60 at lever 2, 24 at lever -5."""
    flat = company(FULL)
    lifted = {shift(START, -5): 60.0, shift(START, -12): 24.0}
    cells = tuple(
        replace(cell, value=cell.value + lifted.get(cell.month, 0.0))
        if cell.department == "Support"
        else cell
        for cell in flat.satisfaction
    )
    report = build(replace(flat, satisfaction=cells))

    assert isinstance(report.satisfaction.checks.pre_trend, Trend)
    assert report.satisfaction.checks.pre_trend.p_value > 0.10
    assert codes(report) == [Refusal.PRE_TREND]


def test_too_early_names_the_first_day_of_an_honest_answer():
    report = build(company(range(-12, 2), today=date(2026, 1, 8)))
    line = report.headline

    assert (line.kind, line.months, line.need) == (Kind.TOO_EARLY, 1, 3)
    assert line.earliest == date(2026, 3, 1)
    assert report.satisfaction.effect == Withheld("too_early")
    assert report.grade is Grade.D


def test_right_after_the_start_the_answer_is_four_months_away():
    assert build(company(range(-12, 0), today=date(2025, 11, 20))).headline.earliest == date(2026, 3, 1)


def test_a_slower_pulse_makes_the_wait_longer():
    every_second = company(range(-12, 1, 2), today=date(2025, 11, 20))
    needed = (date(2026, 1, 1), date(2026, 3, 1), date(2026, 5, 1))

    assert build(every_second).headline.earliest == shift(needed[-1], 1)


def test_nothing_measured_before_is_too_late_and_no_date_is_promised():
    line = build(company(range(9))).headline

    assert (line.kind, line.months, line.need, line.earliest) == (Kind.TOO_LATE, 0, 6, None)


def test_too_few_months_before_is_neither_early_nor_late():
    line = build(company(range(-4, 9))).headline

    assert (line.kind, line.months, line.need, line.earliest) == (Kind.TOO_SHORT, 4, 6, None)


def hidden(months: range) -> tuple[Gap, ...]:
    return tuple(Gap("Support", shift(START, offset)) for offset in months)


def test_withheld_months_that_cost_the_answer_make_it_too_small_not_too_early():
    measured = company(FULL)
    shown = tuple(
        cell for cell in measured.satisfaction if cell.department != "Support" or cell.month > START
    )
    report = build(replace(measured, satisfaction=shown, withheld=hidden(range(-12, 0))))

    assert report.headline.kind is Kind.TOO_SMALL
    assert codes(report)[0] is Refusal.PRIVACY
    assert report.satisfaction.before_after == Withheld("privacy")


def test_a_few_withheld_months_are_gaps_in_a_report_that_still_answers():
    measured = company(FULL)
    gone = {shift(START, offset) for offset in (-4, 3)}
    shown = tuple(
        cell for cell in measured.satisfaction if cell.department != "Support" or cell.month not in gone
    )
    report = build(
        replace(measured, satisfaction=shown, withheld=tuple(Gap("Support", month) for month in gone))
    )

    assert report.headline.kind is Kind.BETTER
    assert {row.month for row in report.chart.rows if row.state is State.WITHHELD} == gone
    assert isinstance(report.satisfaction.effect, Effect)
    assert gone.isdisjoint({*report.satisfaction.effect.before, *report.satisfaction.effect.after})


def screened(n: int, step: float) -> RoiInputs:
    """The company with shares that passed the gate; everybody around 55, Support a step higher afterwards."""
    measured = company(FULL, step=step)
    shares = (replace(cell, value=cell.value + 35, n=n, screened=True) for cell in measured.satisfaction)
    return replace(measured, satisfaction=tuple(shares))


def test_months_of_near_agreement_are_estimated_in_the_figure_and_never_drawn():
    given = screened(n=12, step=10.0)
    unscreened = tuple(replace(cell, screened=False) for cell in given.satisfaction)
    report, plain = build(given), build(replace(given, satisfaction=unscreened))

    for one, other in (
        (report.satisfaction.effect, plain.satisfaction.effect),
        (report.satisfaction.before_after, plain.satisfaction.before_after),
    ):
        assert isinstance(one, Effect | Estimate)
        assert isinstance(other, Effect | Estimate)
        assert 0.5 < one.value - other.value < 3.0
    assert report.chart == plain.chart
    assert "months_of_near_agreement_are_estimated" in report.assumptions
    assert "months_of_near_agreement_are_estimated" not in plain.assumptions


@pytest.mark.parametrize(("n", "said"), [(7, True), (12, False)])
def test_below_ten_answers_the_report_says_that_a_change_is_larger_than_it_looks(n: int, said: bool):
    report = build(screened(n=n, step=10.0))

    assert ("all_of_a_change_below_ten_answers" in report.not_shown) is said


def test_a_cell_of_four_that_should_never_come_is_not_used_and_not_shown():
    measured = company(FULL)
    month = shift(START, 3)
    cells = tuple(
        replace(c, n=4) if (c.department, c.month) == ("Support", month) else c for c in measured.satisfaction
    )
    report = build(replace(measured, satisfaction=cells))
    row = next(row for row in report.chart.rows if row.month == month)

    assert (row.state, row.value, row.n) == (State.WITHHELD, None, None)


def test_what_lies_after_the_day_of_asking_is_not_looked_at():
    earlier = replace(company(FULL), today=date(2026, 4, 20), withheld=hidden(range(6, 9)))
    report = build(earlier)

    assert isinstance(report.satisfaction.effect, Effect)
    assert max(report.satisfaction.effect.after) == date(2026, 4, 1)
    assert report.chart.rows[-1].month == date(2026, 4, 1)


def test_a_team_of_four_gets_no_figure_whatever_comes_in():
    assert build(company(FULL, headcount=4)).headline.kind is Kind.TOO_SMALL


def rates(before: float, after: float) -> tuple[Cell, ...]:
    return tuple(
        Cell(
            department,
            shift(START, offset),
            after if department == "Support" and offset >= 0 else before,
            20,
            0.002,
        )
        for department in ("Support", *OTHERS)
        for offset in FULL
    )


def test_few_answers_or_a_changed_willingness_to_answer_leave_bounds():
    low = build(company(FULL, context=Context(responses=rates(0.3, 0.3))))
    moved = build(company(FULL, context=Context(responses=rates(0.8, 0.7))))
    steady = build(company(FULL, context=Context(responses=rates(0.8, 0.8))))

    assert low.headline.kind is moved.headline.kind is Kind.RESPONSE
    assert low.satisfaction.bounds is not None
    assert low.satisfaction.bounds.after_low < -60
    assert moved.satisfaction.checks.response_rate == pytest.approx(0.7)
    assert steady.headline.kind is Kind.BETTER
    assert steady.satisfaction.bounds is None


def test_another_change_nearby_cannot_be_told_apart_and_is_named():
    near = Intervention("new manager", "Support", shift(START, 2))
    far = Intervention("office move", "Support", shift(START, 3))
    elsewhere = Intervention("layoff", "A", START)
    report = build(company(FULL, context=Context(interventions=(near, far, elsewhere))))

    hit = next(hit for hit in report.satisfaction.refusals if hit.code is Refusal.BUNDLED)
    assert hit.about == ("new manager",)
    assert report.grade is Grade.B


def test_what_is_known_of_selection_and_spillover_is_said():
    context = Context(selection_months=(shift(START, -3),), contaminated=True)
    report = build(company(FULL, context=context))

    assert codes(report) == [Refusal.SELECTION, Refusal.SPILLOVER]
    assert {"return_to_the_mean", "spillover_to_the_others"} <= set(report.not_shown)
    assert isinstance(report.satisfaction.effect, Effect)
    assert shift(START, -3) not in report.satisfaction.effect.before


def test_a_planned_rollout_says_how_much_is_measured_and_when_to_begin():
    report = build(company(range(-16, -11), today=date(2025, 1, 1)))
    line = report.headline

    assert (line.kind, line.months, line.need) == (Kind.PLANNED, 1, 6)
    assert line.earliest == date(2025, 5, 1)
    assert isinstance(report.money.lines[Line.BREAK_EVEN_HOURS], Amount)


LATER = Rollout("bot", "Support", "answer bot", "faster answers", date(2026, 4, 7))


def test_the_latest_started_rollout_is_meant_unless_another_is_named():
    both = company(FULL, rollouts=(ROUTING, LATER))

    assert build(both).about.rollout == "answer bot"
    assert build(both).about.other_rollouts == ("ticket routing",)
    first = build(replace(both, focus="routing"))
    assert first.about.rollout == "ticket routing"
    assert isinstance(first.satisfaction.effect, Effect)
    assert max(first.satisfaction.effect.after) < LATER.month
    with pytest.raises(NoRollout):
        build(replace(both, focus="nonsense"))


@pytest.mark.parametrize("start", [date(2025, 10, 7), date(2025, 12, 7)])
def test_a_rollout_too_near_to_be_told_apart_is_named_and_cuts_no_window(start: date):
    near = replace(LATER, start=start)
    report = build(company(FULL, rollouts=(ROUTING, near), focus="routing"))
    effect = report.satisfaction.effect

    assert isinstance(effect, Effect)
    assert (len(effect.before), len(effect.after)) == (11, 8)
    assert [hit.about for hit in report.satisfaction.refusals] == [("answer bot",)]


def test_a_rollout_above_counts_as_the_departments_own_and_one_elsewhere_does_not():
    with pytest.raises(NoRollout):
        build(company(FULL, rollouts=(replace(ROUTING, department="A"),)))
    above = company(FULL, rollouts=(replace(ROUTING, department="Care"),), department="Care/Support")
    assert build(above).about.rollout == "ticket routing"


def test_departments_that_automate_soon_are_left_out_of_the_comparison():
    others = (
        replace(LATER, key="a", department="A"),
        replace(LATER, key="b", department="B", start=date(2027, 1, 1)),
    )
    report = build(company(FULL, rollouts=(ROUTING, *others)))

    assert report.satisfaction.controls == ("B", "C", "D", "E")


def test_the_table_says_what_the_chart_draws():
    report = build(company(FULL))
    rows = {row.month: row for row in report.chart.rows}

    assert tuple(rows) == span(shift(START, -12), shift(START, 8))
    assert (rows[START].part, rows[shift(START, -1)].part, rows[shift(START, 1)].part) == (
        Part.START,
        Part.NEAR,
        Part.AFTER,
    )
    for row in rows.values():
        assert row.low is not None
        assert row.high is not None
        assert row.value is not None
        assert POINTS.lowest <= row.low <= row.value <= row.high <= POINTS.highest
        assert row.compared == 5


def test_the_mean_of_one_other_department_is_not_drawn():
    report = build(company(FULL, others=("A",)))

    assert all(row.comparison is None for row in report.chart.rows)


def hr(hazard_after: int = 1, at_risk: int = 18) -> tuple[PersonMonths, ...]:
    return tuple(
        PersonMonths(department, month, at_risk, hazard_after if month.month % 6 == 0 else 0)
        for department in ("Support", *OTHERS)
        for month in span(shift(START, -12), date(2026, 8, 1))
    )


def separations(report: RoiReport) -> Separations:
    assert isinstance(report.separations, Separations)
    return report.separations


def test_resignations_are_counted_on_both_sides_and_the_running_month_is_left_out():
    found = separations(build(company(FULL, hr=hr())))

    assert (found.before.months, found.before.person_months, found.before.voluntary) == (11, 198, 2)
    assert (found.after.months, found.after.person_months, found.after.voluntary) == (8, 144, 2)
    assert found.expected_after == pytest.approx(2 / 198 * 144)
    assert isinstance(found.ratio, Estimate)
    assert found.ratio.value == pytest.approx(2 / found.expected_after)
    assert found.ratio.low < 1 < found.ratio.high
    assert (found.others_before.person_months, found.others_after.voluntary) == (5 * 198, 10)
    assert found.effect == Withheld("rare")
    assert isinstance(found.retention, Estimate)


def test_headcounts_below_ten_show_no_resignations():
    assert build(company(FULL, hr=hr(at_risk=9))).separations == Withheld("privacy")
    assert build(company(FULL)).separations == Withheld("no_data")


def test_resignations_stand_where_satisfaction_was_never_measured():
    report = build(company(range(9), hr=hr()))

    assert report.headline.kind is Kind.TOO_LATE
    assert separations(report).before.voluntary == 2


def test_money_comes_from_the_rollout_and_survives_every_refusal():
    cases = (
        company(FULL),
        company(FULL, others=()),
        company(range(9)),
        company(range(0)),
        company(range(-12, 0), today=date(2025, 11, 20)),
        company(FULL, headcount=3),
    )
    statements = [build(case).money for case in cases]

    assert all(money.lines == statements[0].lines for money in statements)
    assert statements[0].lines[Line.COST] == Amount(
        6000.0, 6000.0, 6000.0, "EUR per year", Sourced(1.0).source
    )


def test_no_money_line_moves_with_satisfaction():
    assert build(company(FULL, step=30.0)).money == build(company(FULL, step=-30.0)).money


def test_a_department_without_any_data_still_gets_its_sheet():
    report = build(company(range(0)))

    assert report.headline.kind in DECISION_SHEETS
    assert report.about.data_cut is None
    assert [row.state for row in report.chart.rows] == [State.NOT_MEASURED]


def keys(value: Any) -> list[str]:
    if isinstance(value, StrEnum):
        return [value.value]
    if isinstance(value, tuple):
        return [key for item in value for key in keys(item)]
    if is_dataclass(value):
        return [key for field in fields(value) for key in keys(getattr(value, field.name))]
    return [value] if isinstance(value, str) else []


@pytest.mark.parametrize("step", [20.0, 0.0, -20.0])
def test_a_report_holds_no_word_of_cause_and_never_says_no_effect(step: float):
    words = " ".join(keys(build(company(FULL, step=step, hr=hr())))).lower()
    every_key = " ".join(kind.value for enum in (report_model.Kind, report_model.Strength) for kind in enum)

    assert "caus" not in words + every_key
    assert "no_effect" not in words + every_key
    assert "no effect" not in words + every_key
