"""Does the report tell the truth about a company whose truth is known? Through the gate and its rounding, as always."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest

from adapters.demo import history, truth
from adapters.demo.company import BEGINS, DEPARTMENTS, Company, company
from adapters.demo.staffing import Staff, history_months, staff, started
from analytics.causal.cells import Cell
from analytics.causal.difference import Effect
from analytics.money import MoneyInputs
from analytics.report import Context, Gap, RoiInputs, RoiReport, Rollout, Scale, build
from bot.cases import release
from bot.store.tables import Reading
from surveys.anonymity.cells import lineage

SUPPORT = "Operations/Support"
SEEDS = 16


@dataclass
class Desk:
    """As much of a unit of work as turning the gate's word into readings needs."""

    paths: list[str]
    organisation_id: int = 1
    last: int = 0
    organisations: Any = field(
        default_factory=lambda: SimpleNamespace(get=lambda: SimpleNamespace(made_up=True))
    )

    @property
    def placements(self) -> Any:
        return SimpleNamespace(paths=lambda _: self.paths)

    def number(self, noun: str, n: int = 1) -> int:
        self.last += n
        return self.last - n + 1


def readings(made: Company, people: Staff, true: truth.Truth) -> Iterator[Reading]:
    desk: Any = Desk(sorted({above for one in DEPARTMENTS for above in lineage(one.path) if above}))
    for month in history.months(made, people, true):
        for decided in month.decided:
            yield from release.readings(desk, month.wave, decided)


def report(seed: int) -> RoiReport:
    made = company(BEGINS, seed=seed)
    rows = [row for row in readings(made, staff(made), truth.truth(made)) if row.path]
    shares = [row for row in rows if row.metric == "favourability"]
    rates = [row for row in rows if row.metric == "response_rate" and row.state == "shown"]
    return build(
        RoiInputs(
            department=SUPPORT,
            today=made.monday,
            rollouts=tuple(
                Rollout(one.path, one.path, one.automation.name, "", started(made, one.automation.months_ago))
                for one in made.departments
                if one.automation is not None
            ),
            money=MoneyInputs(currency="EUR"),
            scale=Scale("points", 0.0, 100.0),
            satisfaction=tuple(cell(row, 100.0) for row in shares if row.state == "shown"),
            withheld=tuple(Gap(row.path, month_of(row)) for row in shares if row.state != "shown"),
            context=Context(responses=tuple(cell(row, 1.0) for row in rates)),
        )
    )


def cell(row: Reading, factor: float) -> Cell:
    assert row.value is not None
    n = row.n or (row.asked or 1 if row.metric == "response_rate" else 7)
    variance = row.value * (1 - row.value) / n if row.variance is None else row.variance
    return Cell(row.path, month_of(row), factor * row.value, n, factor**2 * variance)


def month_of(row: Reading) -> date:
    return row.period.replace(day=1)


@pytest.fixture(scope="module")
def effects() -> list[Effect]:
    found = [report(seed).satisfaction.effect for seed in range(SEEDS)]
    return [effect for effect in found if isinstance(effect, Effect)]


def test_most_companies_of_this_size_can_be_told_about(effects: list[Effect]):
    assert len(effects) >= 0.8 * SEEDS


def test_the_interval_holds_the_true_effect_at_least_nine_times_in_ten(effects: list[Effect]):
    """It should be 95 %; at this size it is more, because the known sampling variance bounds the interval from below."""
    covered = [effect.low <= 16.0 <= effect.high for effect in effects]
    assert sum(covered) >= 0.9 * len(effects)


def test_the_estimates_lie_around_the_truth_and_not_beyond_it(effects: list[Effect]):
    """Months in which nearly everybody agrees are shown as bands and left out, which pulls estimates towards none."""
    mean = sum(effect.value for effect in effects) / len(effects)
    assert 8.0 <= mean <= 18.0


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
    made = company(BEGINS, seed=5)
    once, again = (
        [row.model_dump() for row in readings(made, staff(made), truth.truth(made))] for _ in range(2)
    )
    assert once == again


def test_a_team_of_a_large_department_has_its_departments_truth():
    true = truth.truth(company(BEGINS, people=1_000))
    month = date(2026, 10, 1)
    assert true.chance(f"{SUPPORT}/Team 1", month) == true.chance(f"{SUPPORT}/Team 3", month)
