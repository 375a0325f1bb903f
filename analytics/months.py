"""Calendar months, each named by its first day."""

from __future__ import annotations

from datetime import date


def month_of(day: date) -> date:
    """Return the first day of the month that holds ``day``."""
    return date(day.year, day.month, 1)


def shift(month: date, months: int) -> date:
    """Return the month ``months`` later (earlier when negative)."""
    year, index = divmod(month.year * 12 + month.month - 1 + months, 12)
    return date(year, index + 1, 1)


def months_from(first: date, last: date) -> int:
    """Return how many months ``last`` lies after ``first``."""
    return (last.year - first.year) * 12 + last.month - first.month


def span(first: date, last: date) -> tuple[date, ...]:
    """Return every month from ``first`` to ``last``, both included; none when ``last`` is earlier."""
    return tuple(shift(first, step) for step in range(months_from(first, last) + 1))
