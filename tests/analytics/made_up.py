"""A made-up company with a known true effect, for tests of the report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from analytics.causal.cells import Cell
from analytics.money import MoneyInputs, Source, Sourced
from analytics.months import shift, span
from analytics.report import DataSource, Gap, RoiInputs, Rollout, Scale
from analytics.retention import PersonMonths

SIZES = {
    "Legal": 6,
    "Finance": 9,
    "People": 12,
    "Design": 14,
    "Sales": 16,
    "Support": 18,
    "Product": 20,
    "Operations": 25,
}
FIRST = date(2024, 9, 1)
TODAY = date(2026, 9, 10)
ROUTING = Rollout(
    key="routing",
    department="Support",
    name="ticket routing",
    purpose="fewer wrong hand-overs",
    start=date(2025, 11, 10),
    run_per_year=Sourced(6000.0),
)
ROLLOUTS = (
    ROUTING,
    Rollout("planner", "Product", "planner", "fewer meetings", date(2025, 3, 3)),
    Rollout("invoices", "Finance", "invoice reader", "less typing", date(2026, 4, 1)),
)
MONEY = MoneyInputs(currency="EUR", hourly_rate=Sourced(35.0), salary=Sourced(48000.0, Source.ENTERED))
POINTS = Scale("points", -100.0, 100.0)


@dataclass(frozen=True)
class Company:
    """How the made-up company behaves; all spreads are in points."""

    effect: float = 12.0
    sizes: tuple[tuple[str, int], ...] = tuple(SIZES.items())
    months: int = 24
    answering: float = 0.85
    person_sd: float = 30.0
    shock_sd: float = 4.0
    carry: float = 0.6
    monthly_hazard: float = 0.015


def inputs(company: Company, seed: int, rollouts: tuple[Rollout, ...] = ROLLOUTS) -> RoiInputs:
    """Return the inputs of a report about Support, drawn with the seed."""
    random = np.random.default_rng(seed)
    months = span(FIRST, shift(FIRST, company.months - 1))
    common = random.normal(0, 5, len(months))
    cells: list[Cell] = []
    gaps: list[Gap] = []
    hr: list[PersonMonths] = []
    for department, size in company.sizes:
        starts = [one.month for one in rollouts if one.department == department]
        level = random.normal(10, 10) + common + _shocks(random, company, len(months))
        for index, month in enumerate(months):
            mean = level[index] + (company.effect if any(month >= start for start in starts) else 0.0)
            n = int(random.binomial(size, company.answering))
            left = int(random.binomial(size, company.monthly_hazard))
            hr.append(PersonMonths(department, month, size, left))
            if n < 5:
                gaps.append(Gap(department, month))
                continue
            answers = random.normal(mean, company.person_sd, n)
            variance = float(answers.var(ddof=1)) / n
            cells.append(Cell(department, month, float(answers.mean()), n, variance))
    return RoiInputs(
        department="Support",
        today=TODAY,
        rollouts=rollouts,
        money=MONEY,
        scale=POINTS,
        satisfaction=tuple(cells),
        withheld=tuple(gaps),
        hr=tuple(hr),
        source=DataSource.MADE_UP,
        headcount=dict(company.sizes)["Support"],
    )


def _shocks(random: np.random.Generator, company: Company, months: int) -> np.ndarray:
    shock = np.empty(months)
    shock[0] = random.normal(0, company.shock_sd)
    kick = company.shock_sd * (1 - company.carry**2) ** 0.5
    for month in range(1, months):
        shock[month] = company.carry * shock[month - 1] + random.normal(0, kick)
    return shock


def sized(people: int) -> Company:
    """Return the company with ``people`` in Support."""
    return replace(Company(), sizes=tuple((SIZES | {"Support": people}).items()))
