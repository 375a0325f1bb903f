"""Department by month cells: all that the causal estimators ever read.

A cell is a mean with its known sampling variance. Unit of ``value``: whatever the caller chose (points, shares, scale
points), the same in every cell of a panel; ``variance`` is in that unit squared.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from math import fsum, isfinite

from analytics.intervals import recommend_error
from analytics.metrics.counts import Moments
from analytics.retention import PersonMonths


@dataclass(frozen=True, slots=True)
class Cell:
    """One department in one month.

    Attributes
    ----------
    department, month
        Path of the department; first day of the month.
    value
        Mean of the outcome.
    n
        Respondents, or people at risk.
    variance
        Sampling variance of ``value``, at least 0.
    screened
        ``value`` is a share in percentage points that the anonymity gate would not have shown as a number had fewer than
        two people answered on either side; see ``truncation``.
    """

    department: str
    month: date
    value: float
    n: int
    variance: float
    screened: bool = False

    def __post_init__(self) -> None:
        if self.month.day != 1:
            raise ValueError(f"a month is named by its first day, not by {self.month}")
        if not (isfinite(self.value) and isfinite(self.variance)) or self.variance < 0 or self.n < 1:
            raise ValueError(
                f"{self.department}, {self.month}: a cell has a finite mean, a variance >= 0 and n >= 1"
            )


def mean_cell(department: str, month: date, moments: Moments, population: int | None = None) -> Cell:
    """Return the cell of a mean, in the unit of the answers; ``1 - n / N`` narrows its variance when N is known.

    Needs at least two answers.
    """
    variance = moments.variance / moments.n * _unseen(moments.n, population)
    return Cell(department, month, moments.mean, moments.n, variance)


def favourable_cell(
    department: str, month: date, share: float, n: int, population: int | None = None
) -> Cell:
    """Return the cell of a favourable share (0..1), in percentage points; variance ``p (1 - p) / n * (1 - n / N)``."""
    variance = 1e4 * share * (1 - share) / n * _unseen(n, population)
    return Cell(department, month, 100.0 * share, n, variance)


def recommend_cell(department: str, month: date, moments: Moments, population: int | None = None) -> Cell:
    """Return the cell of a recommend score, in points (-100..100)."""
    error = recommend_error(moments.favourable, moments.unfavourable, moments.n)
    score = 100.0 * (moments.favourable - moments.unfavourable) / moments.n
    return Cell(department, month, score, moments.n, error**2 * _unseen(moments.n, population))


def _unseen(n: int, population: int | None) -> float:
    """Return the finite population factor for variances of cells, ``1 - n / N``."""
    return 1.0 if population is None else max(0.0, 1.0 - n / population)


def combined(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Return one cell per department and month where several waves fell into a month.

    Values are weighted by respondents, waves taken as independent; n is the fewest respondents of any of the waves,
    so that a combined cell never looks safer than its parts.
    """
    groups: dict[tuple[str, date], list[Cell]] = {}
    for cell in cells:
        groups.setdefault((cell.department, cell.month), []).append(cell)
    return tuple(_combine(group) for _, group in sorted(groups.items()))


def _combine(group: list[Cell]) -> Cell:
    total = sum(cell.n for cell in group)
    value = fsum(cell.n * cell.value for cell in group) / total
    variance = fsum(cell.n**2 * cell.variance for cell in group) / total**2
    return Cell(group[0].department, group[0].month, value, min(cell.n for cell in group), variance)


def hazard_cells(cells: Iterable[PersonMonths], months: Iterable[date]) -> tuple[Cell, ...]:
    """Return monthly hazards of voluntary separation (share of the people at risk) as cells.

    Variance ``h (1 - h) / N`` with h pooled over the department and the months given: a month without a separation is
    no proof of a zero hazard.
    """
    window = frozenset(months)
    kept = [cell for cell in cells if cell.month in window and cell.at_risk]
    risk: dict[str, int] = {}
    left: dict[str, int] = {}
    for cell in kept:
        risk[cell.department] = risk.get(cell.department, 0) + cell.at_risk
        left[cell.department] = left.get(cell.department, 0) + cell.voluntary
    pooled = {department: left[department] / risk[department] for department in risk}
    return tuple(_hazard_cell(cell, pooled[cell.department]) for cell in kept)


def _hazard_cell(cell: PersonMonths, pooled: float) -> Cell:
    return Cell(cell.department, cell.month, cell.hazard, cell.at_risk, pooled * (1 - pooled) / cell.at_risk)


@dataclass(frozen=True, slots=True)
class Panel:
    """Cells by department and month.

    Attributes
    ----------
    cells
        Department to month to cell.
    unit_variance
        Variance of one single answer, pooled over all cells with weights n - 1. It stands in where a cell's own
        variance is zero (five equal answers are no certainty), so that no department gets infinite weight.
    """

    cells: Mapping[str, Mapping[date, Cell]]
    unit_variance: float = field(default=0.0)

    @property
    def departments(self) -> tuple[str, ...]:
        """Departments with at least one cell, sorted."""
        return tuple(sorted(self.cells))

    def months(self, department: str) -> frozenset[date]:
        """Months in which the department has a cell."""
        return frozenset(self.cells.get(department, {}))

    def variance(self, department: str, month: date) -> float:
        """Return the sampling variance of a cell, the pooled one where its own is zero."""
        cell = self.cells[department][month]
        return cell.variance if cell.variance > 0 else self.unit_variance / cell.n

    def value(self, department: str, month: date) -> float:
        """Return the value of a cell."""
        return self.cells[department][month].value


def panel(cells: Iterable[Cell]) -> Panel:
    """Arrange cells; a department may have one cell a month only (see ``combined``)."""
    arranged: dict[str, dict[date, Cell]] = {}
    kept = tuple(cells)
    for cell in kept:
        row = arranged.setdefault(cell.department, {})
        if cell.month in row:
            raise ValueError(f"{cell.department} has two cells in {cell.month}")
        row[cell.month] = cell
    weight = sum(cell.n - 1 for cell in kept)
    single = fsum((cell.n - 1) * cell.n * cell.variance for cell in kept)
    return Panel(arranged, single / weight if weight else 0.0)
