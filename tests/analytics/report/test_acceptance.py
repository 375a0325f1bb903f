"""A made-up company with a known true effect: does the report tell the truth about it?"""

from __future__ import annotations

from dataclasses import replace
from time import perf_counter

import pytest

from analytics.causal.difference import Effect
from analytics.causal.refusals import Grade, Refusal
from analytics.money import Amount, Line
from analytics.report import Kind, RoiReport, build
from analytics.report.model import Separations
from analytics.results import Withheld
from tests.analytics.made_up import ROLLOUTS, Company, inputs, sized

SEEDS = 200


def effect(report: RoiReport) -> Effect:
    found = report.satisfaction.effect
    assert isinstance(found, Effect)
    return found


@pytest.fixture(scope="module")
def reports() -> list[RoiReport]:
    """Reports on companies whose departments have true changes of their own."""
    return [build(inputs(Company(effect=12.0, shock_sd=12.0, person_sd=20.0), seed)) for seed in range(SEEDS)]


def test_the_interval_covers_the_true_effect_about_nineteen_times_in_twenty(reports: list[RoiReport]):
    """200 seeds: the rate's standard error is .015."""
    covered = [effect(report).low <= 12.0 <= effect(report).high for report in reports]

    assert 0.91 <= sum(covered) / SEEDS <= 0.99


def test_the_estimates_centre_on_the_truth(reports: list[RoiReport]):
    mean = sum(effect(report).value for report in reports) / SEEDS

    assert mean == pytest.approx(12.0, abs=2.0)


def test_without_an_effect_good_and_bad_news_are_rare_and_about_as_frequent():
    kinds = [
        build(inputs(Company(effect=0.0, shock_sd=12.0, person_sd=20.0), seed)).headline.kind
        for seed in range(SEEDS)
    ]

    assert kinds.count(Kind.BETTER) + kinds.count(Kind.WORSE) <= 0.09 * SEEDS
    assert kinds.count(Kind.NOT_TOLD_FROM_CHANCE) >= 0.75 * SEEDS


def test_a_large_effect_is_found_and_a_large_harm_gets_the_same_headline():
    better = build(inputs(Company(effect=40.0), seed=3))
    worse = build(inputs(Company(effect=-40.0), seed=3))

    assert better.headline.kind is Kind.BETTER
    assert worse.headline.kind is Kind.WORSE
    assert better.grade is worse.grade is Grade.B
    assert worse.headline.high is not None
    assert worse.headline.high < 0
    assert worse.smallest_visible_change == pytest.approx(better.smallest_visible_change)


def test_at_a_hundred_and_twenty_people_resignations_are_refused_as_rare(reports: list[RoiReport]):
    for report in reports:
        leavers = report.separations
        assert isinstance(leavers, Separations)
        assert Refusal.RARE in [hit.code for hit in leavers.refusals]
        assert leavers.effect == Withheld("rare")
        assert leavers.grade is Grade.C
        assert leavers.before.person_months == 11 * 18


def test_a_department_of_six_gets_a_decision_sheet_with_costs_and_break_evens():
    report = build(inputs(replace(sized(6), answering=0.6), seed=8))

    assert report.headline.kind is Kind.TOO_SMALL
    assert report.grade is Grade.D
    assert report.satisfaction.effect == report.satisfaction.before_after == Withheld("privacy")
    assert report.separations == Withheld("privacy")
    assert report.smallest_visible_change is None
    assert isinstance(report.money.lines[Line.COST], Amount)
    assert isinstance(report.money.lines[Line.BREAK_EVEN_HOURS], Amount)
    assert isinstance(report.money.lines[Line.BREAK_EVEN_SEPARATIONS], Amount)


def test_a_large_company_can_compare_resignations_as_well():
    sizes = (*((f"Site {index}", 300) for index in range(10)), ("Support", 300))
    report = build(inputs(Company(sizes=sizes, monthly_hazard=0.02), seed=1, rollouts=ROLLOUTS[:1]))

    leavers = report.separations
    assert isinstance(leavers, Separations)
    assert isinstance(leavers.effect, Effect)
    assert leavers.effect.low <= 0.0 <= leavers.effect.high
    assert leavers.effect.controls == tuple(sorted(f"Site {index}" for index in range(10)))
    assert report.grade is Grade.A


def test_twenty_departments_and_three_years_take_well_under_a_tenth_of_a_second():
    sizes = (*((f"D{index:02}", 20) for index in range(19)), ("Support", 18))
    given = inputs(Company(sizes=sizes, months=36), seed=2)
    build(given)
    start = perf_counter()
    build(given)

    assert perf_counter() - start < 0.1
