"""From inputs to the report."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from analytics.causal.difference import ESTIMATOR, Effect
from analytics.causal.refusals import Grade, Refusal
from analytics.money import MoneyInputs, statement
from analytics.report.ethics import released
from analytics.report.headline import headline
from analytics.report.inputs import RoiInputs
from analytics.report.model import About, RoiReport, Satisfaction, Separations, Strength
from analytics.report.satisfaction import Comparison, comparison, satisfaction, usable
from analytics.report.separations import separations
from analytics.report.setting import Setting, setting
from analytics.report.timeline import timeline
from analytics.results import Withheld

ASSUMPTIONS = (
    "changed_like_the_others",
    "nothing_else_hit_it_alone",
    "departments_are_independent",
    "months_weigh_the_same",
    "one_month_of_anticipation",
    "respondents_stand_for_the_department",
)
CHANGE_ASSUMPTIONS = (
    "months_weigh_the_same",
    "one_month_of_anticipation",
    "respondents_stand_for_the_department",
)
NOT_SHOWN = (
    "single_people",
    "why_it_changed",
    "those_who_did_not_answer",
    "later_than_the_data",
    "money_from_satisfaction",
)


def build(inputs: RoiInputs) -> RoiReport:
    """Build the report about one rollout of one department.

    A part that must be refused says why and leaves the others standing: costs and break-evens use no outcome and are
    there whenever a cost is known.

    Raises
    ------
    NoRollout
        When the department has no rollout, or not the one asked for.
    """
    placed = setting(inputs)
    laid = comparison(placed, usable(inputs))
    outcome = satisfaction(placed, laid)
    effect = outcome.effect if isinstance(outcome.effect, Effect) else None
    leavers = separations(placed)
    return RoiReport(
        about=_about(placed, laid),
        headline=headline(placed, laid, outcome),
        grade=outcome.grade,
        strength=_strength(outcome),
        rung=None if isinstance(outcome.before_after, Withheld) else (2 if effect else 0),
        satisfaction=outcome,
        separations=leavers,
        money=statement(_money(placed)),
        smallest_visible_change=effect.smallest_visible if effect else None,
        assumptions=_assumptions(laid, outcome),
        not_shown=_not_shown(laid, outcome, leavers),
        not_checked=_not_checked(outcome),
        chart=timeline(placed, laid),
        ethics=released(inputs.practice, inputs.today),
        voiced=inputs.voiced,
    )


def _about(placed: Setting, laid: Comparison) -> About:
    inputs, focus = placed.inputs, placed.focus
    return About(
        department=inputs.department,
        headcount=inputs.headcount,
        rollout=focus.name,
        rollout_key=focus.key,
        purpose=focus.purpose,
        start=focus.start,
        other_rollouts=tuple(one.name for one in inputs.own if one.key != focus.key),
        made_on=inputs.today,
        data_cut=_data_cut(placed, laid),
        source=inputs.source,
        estimator=ESTIMATOR,
    )


def _data_cut(placed: Setting, laid: Comparison) -> date | None:
    months = set(laid.panel.months(placed.inputs.department))
    running = placed.inputs.today.replace(day=1)
    months |= {cell.month for cell in placed.inputs.hr if cell.month < running}
    return max(months, default=None)


def _strength(outcome: Satisfaction) -> Strength:
    strong = outcome.grade in {Grade.A, Grade.B}
    return Strength.QUASI_EXPERIMENTAL if strong else Strength.DESCRIPTIVE


def _money(placed: Setting) -> MoneyInputs:
    """Take costs and hours from the rollout where it has them, the rest from finance."""
    given, focus = placed.inputs.money, placed.focus
    return replace(
        given,
        one_off=focus.one_off or given.one_off,
        run_per_year=focus.run_per_year or given.run_per_year,
        hours_saved_per_month=focus.hours_saved_per_month or given.hours_saved_per_month,
        people=given.people or placed.inputs.headcount or 0,
    )


def _assumptions(laid: Comparison, outcome: Satisfaction) -> tuple[str, ...]:
    if isinstance(outcome.before_after, Withheld):
        return ()
    keys = ASSUMPTIONS if isinstance(outcome.effect, Effect) else CHANGE_ASSUMPTIONS
    return (*keys, "months_of_near_agreement_are_estimated") if laid.screened else keys


def _not_shown(laid: Comparison, outcome: Satisfaction, leavers: Separations | Withheld) -> tuple[str, ...]:
    """Return what the report does not show: the limits that always hold, then those of this one."""
    hits = {hit.code for hit in outcome.refusals}
    keys = list(NOT_SHOWN)
    if isinstance(outcome.effect, Effect):
        keys.append("changes_below_the_smallest_visible")
    if laid.mostly_few and not isinstance(outcome.before_after, Withheld):
        keys.append("all_of_a_change_below_ten_answers")
    if not isinstance(outcome.checks.pre_trend, Withheld) and Refusal.PRE_TREND not in hits:
        keys.append("drift_not_detected_is_not_none")
    if Refusal.SELECTION in hits:
        keys.append("return_to_the_mean")
    if Refusal.SPILLOVER in hits:
        keys.append("spillover_to_the_others")
    if not isinstance(leavers, Withheld) and isinstance(leavers.effect, Withheld):
        keys.append("effect_on_resignations")
    return tuple(keys)


def _not_checked(outcome: Satisfaction) -> tuple[str, ...]:
    """Return the checks that could not be made; spillover and selection rest on what was entered."""
    checks = outcome.checks
    made = {
        "pre_trend": checks.pre_trend,
        "placebo": checks.placebo,
        "leave_one_out": checks.leave_one_out,
        "response_shift": checks.response_shift,
    }
    missing = [name for name, result in made.items() if isinstance(result, Withheld)]
    if checks.response_rate is None:
        missing.append("response_rate")
    return tuple(missing)
