"""From HR records to person-month cells: who was at risk of leaving, and who left.

Definitions, the same everywhere:

* A **spell** is one employment from its first to its last day, both worked. A rehired person has two spells; the second
  joins the people at risk at the first month's start after the return.
* **At risk** in a month: employed on its first day. That day's department counts the person for the whole month, so a
  separation is always counted where the person was at risk, whatever transfer came in between.
* A **leave** is no ending: the person stays at risk. A gap between two placements of one spell keeps the last
  department.
* A spell that starts after a month's first day and ends within that month was never at risk; its ending is counted
  apart (``unexposed_voluntary``), in the department of its last day.
* **Voluntary** separations alone are resignations; involuntary and other endings (retirement, end of contract, death)
  and transfers are competing events, counted apart and never mixed in.

Unit: persons and months. Source: the discrete-time hazard of Singer & Willett 1993, doi:10.3102/10769986018002155.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum

from analytics.metrics.counts import Turnover
from analytics.months import month_of, shift, span


class Ending(StrEnum):
    """How a spell ended."""

    VOLUNTARY = "voluntary"
    INVOLUNTARY = "involuntary"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Placement:
    """A person's department from its first to its last day (none: still there)."""

    department: str
    first_day: date
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Spell:
    """One employment of one person, without the person's name.

    ``placements`` are in order of their first day and start with the spell; ``ending`` is given exactly when
    ``last_day`` is.
    """

    first_day: date
    placements: tuple[Placement, ...]
    last_day: date | None = None
    ending: Ending | None = None

    def __post_init__(self) -> None:
        starts = [placement.first_day for placement in self.placements]
        if not starts or starts != sorted(starts) or starts[0] > self.first_day:
            raise ValueError("a spell needs placements in order, from its first day on")
        if (self.last_day is None) != (self.ending is None):
            raise ValueError("a spell that ended has a last day and a way of ending, or neither")
        if self.last_day is not None and self.last_day < self.first_day:
            raise ValueError("a spell cannot end before it starts")

    def holds(self, day: date) -> bool:
        """Tell whether the person was employed on ``day``."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)

    def department_on(self, day: date) -> str:
        """Return the department on a day of the spell; a gap keeps the last one."""
        return [placement for placement in self.placements if placement.first_day <= day][-1].department


@dataclass(frozen=True, slots=True)
class PersonMonths:
    """One department in one month.

    Attributes
    ----------
    department, month
        Path of the department; first day of the month.
    at_risk
        Headcount on that day.
    voluntary, involuntary, other
        Endings within the month of those at risk, by kind.
    transferred
        Of those at risk, still employed at the next month's start but in another department.
    unexposed_voluntary
        Voluntary endings of people who joined after the month's first day.
    """

    department: str
    month: date
    at_risk: int
    voluntary: int
    involuntary: int = 0
    other: int = 0
    transferred: int = 0
    unexposed_voluntary: int = 0

    def __post_init__(self) -> None:
        if min(self.at_risk, self.voluntary, self.involuntary, self.other, self.transferred) < 0:
            raise ValueError("counts of people are not negative")
        if self.voluntary + self.involuntary + self.other + self.transferred > self.at_risk:
            raise ValueError(f"{self.department}, {self.month}: more people left than were at risk")

    @property
    def hazard(self) -> float:
        """Voluntary separations per person at risk; 0 where nobody was."""
        return self.voluntary / self.at_risk if self.at_risk else 0.0

    @property
    def gone(self) -> int:
        """People at risk whose employment ended within the month, in whatever way."""
        return self.voluntary + self.involuntary + self.other


COUNTED = tuple(field.name for field in fields(PersonMonths) if field.name not in {"department", "month"})


def person_months(spells: Iterable[Spell], first: date, last: date) -> tuple[PersonMonths, ...]:
    """Return the cells of all departments for the months ``first`` to ``last``, sorted by department and month.

    The caller leaves out months that are not over: their endings are still unknown. A month in which a department
    neither had people nor lost any has no cell.
    """
    counts: dict[tuple[str, date], Counter[str]] = {}
    for spell in spells:
        for department, month, kind in _events(spell, first, last):
            counts.setdefault((department, month), Counter())[kind] += 1
    return tuple(
        PersonMonths(department=department, month=month, **{field: counter[field] for field in COUNTED})
        for (department, month), counter in sorted(counts.items())
    )


def _events(spell: Spell, first: date, last: date) -> Iterator[tuple[str, date, str]]:
    """Yield what the spell adds: (department, month, field of ``PersonMonths``)."""
    begin = max(first, month_of(spell.first_day))
    end = last if spell.last_day is None else min(last, month_of(spell.last_day))
    for month in span(begin, end):
        if spell.holds(month):
            department = spell.department_on(month)
            yield department, month, "at_risk"
            fate = _fate(spell, month, department)
            if fate is not None:
                yield department, month, fate
        elif (
            spell.ending is Ending.VOLUNTARY
            and spell.last_day is not None
            and month_of(spell.last_day) == month
        ):
            yield spell.department_on(spell.last_day), month, "unexposed_voluntary"


def _fate(spell: Spell, month: date, department: str) -> str | None:
    """Tell what became of a person at risk by the next month's start; None when still there."""
    following = shift(month, 1)
    if not spell.holds(following):
        return None if spell.ending is None else spell.ending.value
    return None if spell.department_on(following) == department else "transferred"


def rolled_up(cells: Iterable[PersonMonths], department: str) -> tuple[PersonMonths, ...]:
    """Return a department's cells by month, its subtree added up; transfers inside the subtree stay counted."""
    months: dict[date, Counter[str]] = {}
    for cell in cells:
        if covers(department, cell.department):
            months.setdefault(cell.month, Counter()).update(
                {field: getattr(cell, field) for field in COUNTED},
            )
    return tuple(PersonMonths(department, month, **counter) for month, counter in sorted(months.items()))


def turnover(cells: Iterable[PersonMonths], department: str) -> Turnover:
    """Return the turnover of a department, its subtree included, from its cells in consecutive months.

    Average headcount of a month is the mean of its start and the next month's start. The last month has no next one
    among the cells: its end is its start less those who left. A month without any cell in between counts as empty.
    """
    by_month = {cell.month: cell for cell in rolled_up(cells, department)}
    if not by_month:
        return Turnover((), (), (), 0)
    empty = PersonMonths(department, min(by_month), at_risk=0, voluntary=0)
    series = [by_month.get(month, empty) for month in span(min(by_month), max(by_month))]
    ends = (*(cell.at_risk for cell in series[1:]), series[-1].at_risk - series[-1].gone)
    return Turnover(
        at_risk=tuple(cell.at_risk for cell in series),
        separations=tuple(cell.voluntary for cell in series),
        headcount=tuple((cell.at_risk + end) / 2 for cell, end in zip(series, ends, strict=True)),
        all_separations=sum(cell.voluntary + cell.unexposed_voluntary for cell in series),
    )


def covers(path: str, department: str) -> bool:
    """Tell whether ``department`` is the path itself or lies below it (``Operations`` covers ``Operations/Support``)."""
    return department == path or department.startswith(f"{path}/")
