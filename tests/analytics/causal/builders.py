"""Small panels for tests."""

from __future__ import annotations

from datetime import date

from analytics.causal.cells import Cell, Panel, panel
from analytics.months import shift

ADOPTED = date(2025, 7, 1)


def months(*offsets: int) -> tuple[date, ...]:
    """Months counted from the adoption."""
    return tuple(shift(ADOPTED, offset) for offset in offsets)


def figures(rows: dict[str, dict[int, float]], variance: float = 1.0, n: int = 10) -> Panel:
    """A panel from values by department and month, the month counted from the adoption."""
    return panel(
        Cell(department, shift(ADOPTED, offset), value, n, variance)
        for department, row in rows.items()
        for offset, value in row.items()
    )
