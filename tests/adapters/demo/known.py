"""A made-up company whose truth is known, seen through the gate and its rounding: what reports are made from."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from types import SimpleNamespace
from typing import Any

from adapters.demo import history, truth
from adapters.demo.company import BEGINS, Company, Department, company
from adapters.demo.staffing import staff, started
from analytics.causal.cells import Cell
from analytics.money import MoneyInputs
from analytics.report import Context, Gap, RoiInputs, Rollout, Scale
from bot.cases import release, report_inputs
from bot.store.reports import ReadingRow
from bot.store.tables import Reading
from surveys.anonymity.cells import lineage

SUPPORT, FINANCE = "Operations/Support", "Finance"
EFFECT = 16.0
"""What the automation truly changed in Support, in points, from its first month on."""


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


@dataclass(frozen=True)
class Known:
    """A company, and what the gate said of each of its made-up months."""

    company: Company
    truth: truth.Truth
    months: tuple[history.Month, ...]


def known(seed: int, effect: float = EFFECT) -> Known:
    """Return the company of a seed; with another effect the same people are there and fall in with it."""
    made = company(BEGINS, seed=seed)
    made = replace(made, departments=tuple(_changed(one, effect) for one in made.departments))
    true = truth.truth(made)
    return Known(made, true, tuple(history.months(made, staff(made), true)))


def _changed(department: Department, effect: float) -> Department:
    if department.path != SUPPORT or department.automation is None:
        return department
    return replace(department, automation=replace(department.automation, effect=effect / 100))


def readings(seen: Known) -> Iterator[Reading]:
    paths = {above for one in seen.company.departments for above in lineage(one.path) if above}
    desk: Any = Desk(sorted(paths))
    for month in seen.months:
        for decided in month.decided:
            yield from release.readings(desk, month.wave, decided)


def inputs(seen: Known, department: str = SUPPORT) -> RoiInputs:
    """Return what a report about the department is built from."""
    rows = [row for row in readings(seen) if row.path]
    shares = [row for row in rows if row.metric == "favourability"]
    rates = [row for row in rows if row.metric == "response_rate" and row.state != "withheld"]
    return RoiInputs(
        department=department,
        today=seen.company.monday,
        rollouts=tuple(_rollouts(seen.company)),
        money=MoneyInputs(currency="EUR"),
        scale=Scale("points", 0.0, 100.0),
        satisfaction=tuple(_cells(row for row in shares if row.state == "shown")),
        withheld=tuple(Gap(row.path, month_of(row)) for row in shares if row.state != "shown"),
        context=Context(responses=tuple(report_inputs.rate(_as_read(row)) for row in rates)),
    )


def month_of(row: Reading) -> date:
    return row.period.replace(day=1)


def _rollouts(made: Company) -> Iterator[Rollout]:
    for one in made.departments:
        if one.automation is not None:
            start = started(made, one.automation.months_ago)
            yield Rollout(one.path, one.path, one.automation.name, "", start)


def _cells(rows: Iterable[Reading]) -> Iterator[Cell]:
    for row in rows:
        assert row.value is not None
        assert row.variance is not None
        n = report_inputs.respondents(_as_read(row))
        yield Cell(row.path, month_of(row), 100 * row.value, n, 100**2 * row.variance, screened=True)


def _as_read(row: Reading) -> ReadingRow:
    return ReadingRow(**{name: getattr(row, name) for name in ReadingRow._fields})
