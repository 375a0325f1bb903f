"""Which months and which departments are compared."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from analytics.causal.cells import Panel
from analytics.months import shift, span
from analytics.retention import covers

MONTHS_BEFORE = 12
ANTICIPATION = 1
FEWEST_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Windows:
    """The months compared around an adoption.

    Attributes
    ----------
    adopted
        Month of the adoption, itself in no window.
    before
        ``[adopted - 12, adopted - 1 - anticipation]``.
    after
        ``[adopted + 1, last]``.
    near
        The months of anticipation between ``before`` and the adoption: measured before it, but not compared.
    """

    adopted: date
    before: tuple[date, ...]
    after: tuple[date, ...]
    near: tuple[date, ...]


def windows(
    adopted: date,
    last: date,
    anticipation: int = ANTICIPATION,
    previous: date | None = None,
    following: date | None = None,
) -> Windows:
    """Return the windows around ``adopted``, never across another rollout of the same department.

    Parameters
    ----------
    adopted, last
        First days of the adoption's month and of the last month with data.
    anticipation
        Months before the adoption in which people already act on it.
    previous, following
        Adoption months of the department's rollouts before and after this one; ``before`` starts after the one and
        ``after`` ends before the other.
    """
    first = shift(adopted, -MONTHS_BEFORE)
    if previous is not None:
        first = max(first, shift(previous, 1))
    end = last if following is None else min(last, shift(following, -1))
    return Windows(
        adopted=adopted,
        before=span(first, shift(adopted, -1 - anticipation)),
        after=span(shift(adopted, 1), end),
        near=span(max(first, shift(adopted, -anticipation)), shift(adopted, -1)),
    )


def clean_controls(
    departments: Iterable[str], treated: Iterable[str], adoptions: Mapping[str, date], last_after: date
) -> tuple[str, ...]:
    """Return the departments that may serve as controls, sorted.

    A control never adopted anything, or adopts later than one month after ``last_after``; that counts rollouts of the
    department itself, of one above it and of one below it. It neither contains nor lies within a treated department,
    and where one candidate contains another only the contained ones stay: nobody is counted twice.

    Parameters
    ----------
    departments, treated
        Paths of all departments with data and of the treated ones.
    adoptions
        First adoption month by path; paths without a rollout are absent.
    last_after
        Last month of the after window.
    """
    chosen = tuple(treated)
    horizon = shift(last_after, 1)
    touched = [path for path, month in adoptions.items() if month <= horizon]
    candidates = [
        one for one in departments if not any(_overlap(one, other) for other in (*chosen, *touched))
    ]
    return tuple(
        sorted(
            one for one in candidates if not any(covers(one, other) and one != other for other in candidates)
        )
    )


def _overlap(one: str, other: str) -> bool:
    return covers(one, other) or covers(other, one)


@dataclass(frozen=True, slots=True)
class Block:
    """Departments and months without a gap: what a difference is really computed from.

    Attributes
    ----------
    treated, controls
        Paths; every one has a cell in every month of ``before`` and ``after``.
    left_out
        Clean controls that have too many gaps.
    before, after
        Months, in order.
    """

    treated: tuple[str, ...]
    controls: tuple[str, ...]
    left_out: tuple[str, ...]
    before: tuple[date, ...]
    after: tuple[date, ...]


def complete_block(
    panel: Panel, treated: tuple[str, ...], controls: tuple[str, ...], around: Windows
) -> Block:
    """Return the same months for every department, by one stated rule for missing and withheld months.

    1. Months are those of the windows in which every treated department has a value.
    2. A control stays if it has values in at least half of these months of each window.
    3. While a gap is left, the control or the month with the largest share of gaps goes; on a tie the control goes,
       and among equals the last in order.
    """
    known = frozenset[date].intersection(*(panel.months(department) for department in treated))
    before = [month for month in around.before if month in known]
    after = [month for month in around.after if month in known]
    steady = [
        one for one in controls if _often_enough(panel, one, before) and _often_enough(panel, one, after)
    ]
    kept, months = _without_gaps(panel, steady, [*before, *after])
    return Block(
        treated=treated,
        controls=tuple(kept),
        left_out=tuple(one for one in controls if one not in kept),
        before=tuple(month for month in months if month < around.adopted),
        after=tuple(month for month in months if month > around.adopted),
    )


def _often_enough(panel: Panel, department: str, months: list[date]) -> bool:
    present = len(panel.months(department).intersection(months))
    return present > 0 and present >= FEWEST_SHARE * len(months)


def _without_gaps(panel: Panel, departments: list[str], months: list[date]) -> tuple[list[str], list[date]]:
    """Drop the emptiest department or month until none has a gap."""
    rows, columns = list(departments), list(months)
    gaps = np.array([[month not in panel.months(row) for month in columns] for row in rows], dtype=np.bool_)
    while gaps.size and gaps.any():
        worst_row, row_share = _last_worst(gaps, axis=1)
        worst_column, column_share = _last_worst(gaps, axis=0)
        if row_share >= column_share:
            del rows[worst_row]
            gaps = np.delete(gaps, worst_row, axis=0)
        else:
            del columns[worst_column]
            gaps = np.delete(gaps, worst_column, axis=1)
    return rows, columns


def _last_worst(gaps: npt.NDArray[np.bool_], axis: int) -> tuple[int, float]:
    shares = gaps.mean(axis=axis)
    worst = float(shares.max())
    return int(np.flatnonzero(shares == worst)[-1]), worst
