"""Comparing departments some of whose months are not shown.

Small departments lose months to the anonymity gate. To keep only the months that every department has would throw most
of the data away, and to average each over its own months would compare different seasons. So the controls' months are
aligned first: within each window a control's missing month is filled with what its own level and the common movement of
the controls in that month say, and the filled cells get the sampling variance that leaves the variance of the window's
mean as if only the months really shown had been averaged. Without gaps nothing changes.

Source: least squares on department and month effects of an unbalanced table (Yates 1933; Searle, Linear Models for
Unbalanced Data, 1987, chapter 4). Assumes that months are withheld regardless of how a department moved in them, beyond its
own level. Months of near-agreement break this; their pull is taken off before (see ``truncation``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from math import fsum

from analytics.causal.cells import Cell, Panel
from analytics.causal.windows import FEWEST_SHARE, Block, Windows

FEWEST_PRESENT = 2
"""A month in which fewer controls are shown says nothing about the common movement."""
ROUNDS = 200
CLOSE = 1e-10

Months = tuple[date, ...]


def balanced(
    panel: Panel, treated: tuple[str, ...], candidates: tuple[str, ...], around: Windows
) -> tuple[Panel, Block]:
    """Return the panel with the controls' gaps filled within the windows, and the block without gaps.

    Months are those of the treated in which at least two controls are shown. A control needs half of them in each
    window; the others are left out.
    """
    before, after = (_shared(panel, treated, window) for window in (around.before, around.after))
    controls = tuple(one for one in candidates if _enough(panel, one, before) and _enough(panel, one, after))
    before, after = (_carried(panel, controls, window) for window in (before, after))
    left_out = tuple(one for one in candidates if one not in controls)
    filled = {one: dict(row) for one, row in panel.cells.items()}
    for window in (before, after):
        for cell in _filling(panel, controls, window):
            filled[cell.department][cell.month] = cell
    return Panel(filled, panel.unit_variance), Block(treated, controls, left_out, before, after)


def _shared(panel: Panel, departments: Iterable[str], window: Months) -> Months:
    shown = [panel.months(one) for one in departments]
    return tuple(month for month in window if all(month in months for months in shown))


def _enough(panel: Panel, control: str, window: Months) -> bool:
    shown = panel.months(control)
    return bool(window) and sum(month in shown for month in window) >= FEWEST_SHARE * len(window)


def _carried(panel: Panel, controls: tuple[str, ...], window: Months) -> Months:
    present = [panel.months(one) for one in controls]
    return tuple(month for month in window if sum(month in months for months in present) >= FEWEST_PRESENT)


def _filling(panel: Panel, controls: tuple[str, ...], window: Months) -> Iterable[Cell]:
    """Yield a cell for each month that a control lacks in one window."""
    own = {one: tuple(month for month in window if month in panel.months(one)) for one in controls}
    levels, moves = _fitted(panel, own, window)
    for one, months in own.items():
        gaps = [month for month in window if month not in months]
        if not gaps or not months:
            continue
        mean = fsum(panel.variance(one, month) for month in months) / len(months)
        variance = mean * (len(window) + len(months)) / len(months)
        n = min(panel.cells[one][month].n for month in months)
        for month in gaps:
            yield Cell(one, month, levels[one] + moves[month], n, variance)


def _fitted(
    panel: Panel, own: Mapping[str, Months], window: Months
) -> tuple[Mapping[str, float], Mapping[date, float]]:
    """Return department levels and month effects that fit the shown cells best, by alternating means."""
    moves = dict.fromkeys(window, 0.0)
    levels = dict.fromkeys(own, 0.0)
    for _ in range(ROUNDS):
        levels = {
            one: _mean(panel.value(one, month) - moves[month] for month in months)
            for one, months in own.items()
        }
        present = {month: [one for one, months in own.items() if month in months] for month in window}
        fresh = {
            month: _mean(panel.value(one, month) - levels[one] for one in present[month]) for month in window
        }
        centre = _mean(fresh.values())
        fresh = {month: move - centre for month, move in fresh.items()}
        done = max((abs(fresh[month] - moves[month]) for month in window), default=0.0) < CLOSE
        moves = fresh
        if done:
            break
    levels = {
        one: _mean(panel.value(one, month) - moves[month] for month in months) for one, months in own.items()
    }
    return levels, moves


def _mean(values: Iterable[float]) -> float:
    kept = tuple(values)
    return fsum(kept) / len(kept) if kept else 0.0
