"""Does the report tell the truth about a company whose truth is known? Through the gate and its rounding, as always."""

from datetime import date
from random import Random

import pytest

from adapters.demo import truth
from adapters.demo.company import BEGINS, DEPARTMENTS, SEED, company
from adapters.demo.staffing import history_months, started
from analytics.causal.difference import Effect
from analytics.causal.refusals import Grade
from analytics.report import Kind, build
from tests.adapters.demo.known import EFFECT, FINANCE, SUPPORT, inputs, known, readings

SEEDS = 16


@pytest.fixture(scope="module")
def effects() -> list[Effect]:
    found = [build(inputs(known(seed))).satisfaction.effect for seed in range(SEEDS)]
    return [effect for effect in found if isinstance(effect, Effect)]


def test_most_companies_of_this_size_can_be_told_about(effects: list[Effect]):
    assert len(effects) >= 0.8 * SEEDS


def test_the_interval_holds_the_true_effect_at_least_nine_times_in_ten(effects: list[Effect]):
    """It should be 95 %; at this size it is more, because the known sampling variance bounds the interval from below."""
    covered = [effect.low <= EFFECT <= effect.high for effect in effects]
    assert sum(covered) >= 0.9 * len(effects)


def test_the_estimates_lie_around_the_truth_and_not_beyond_it(effects: list[Effect]):
    """Sixteen companies of so few people: the standard error of their mean is nearly three points."""
    mean = sum(effect.value for effect in effects) / len(effects)
    assert EFFECT - 6.0 <= mean <= EFFECT + 6.0


def test_the_company_that_the_demo_shows_gets_a_graded_report_and_a_refusal():
    seen = known(SEED)
    support, finance = build(inputs(seen)), build(inputs(seen, FINANCE))

    assert (support.grade, support.satisfaction.refusals) == (Grade.B, ())
    assert (finance.grade, finance.headline.kind) == (Grade.D, Kind.TOO_SMALL)


def test_the_truth_of_a_department_jumps_by_its_effect_and_nothing_else_jumps():
    """Over many companies all other movements average out: the standard error is about half a point."""
    jumps = {SUPPORT: 0.16, "Operations/Warehouse": -0.08, "Marketing": 0.0}
    found = dict.fromkeys(jumps, 0.0)
    seeds = range(200)
    for seed in seeds:
        made = company(BEGINS, seed=seed)
        true = truth.truth(made)
        for path in jumps:
            ago = next(
                one.automation.months_ago if one.automation else 9 for one in DEPARTMENTS if one.path == path
            )
            months = history_months(made)
            after = [month for month in months if month >= started(made, ago)]
            before = [month for month in months if month < started(made, ago)]
            found[path] += mean(true, path, after) - mean(true, path, before)

    for path, jump in jumps.items():
        assert found[path] / len(seeds) == pytest.approx(jump, abs=0.015)


def mean(true: truth.Truth, path: str, months: list[date]) -> float:
    return sum(true.chance(path, month) for month in months) / len(months)


def test_no_chance_ever_needs_to_be_cut_so_that_the_effect_is_exact():
    for seed in range(30):
        chances = truth.truth(company(BEGINS, seed=seed)).chances.values()
        assert all(0.15 < chance < 0.85 for chance in chances)


def test_answers_are_favourable_as_often_as_they_should_be():
    random = Random(1)
    drawn = [truth.answer(0.62, random) for _ in range(20_000)]
    assert sum(point in "45" for point in drawn) / len(drawn) == pytest.approx(0.62, abs=0.012)
    assert set(drawn) == {"1", "2", "3", "4", "5"}


def test_the_truth_is_kept_and_read_back_whole():
    true = truth.truth(company(BEGINS))
    assert truth.from_json(truth.as_json(true.effects)) == true.effects
    assert {one.path for one in true.effects} == {SUPPORT, "Operations/Warehouse", "Finance"}


def test_a_month_after_the_history_stands_like_its_last():
    true = truth.truth(company(BEGINS))
    assert true.chance(SUPPORT, date(2028, 1, 1)) == true.latest()[SUPPORT]


def test_the_same_seed_gives_the_same_figures():
    once, again = ([row.model_dump() for row in readings(known(5))] for _ in range(2))
    assert once == again


def test_a_team_of_a_large_department_has_its_departments_truth():
    true = truth.truth(company(BEGINS, people=1_000))
    month = date(2026, 10, 1)
    assert true.chance(f"{SUPPORT}/Team 1", month) == true.chance(f"{SUPPORT}/Team 3", month)
