"""What every figure is: an estimate with its interval, or the reason why it is not shown."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure that may be shown, never without its interval.

    Attributes
    ----------
    value, low, high
        The figure and its interval, finite, ``low <= value <= high``, all in ``unit``.
    n
        Whatever the figure rests on: respondents, invited people or average headcount.
    unit
        ``share`` (0..1), ``points``, ``per 100 person-years``, ``ratio`` …
    source
        The method, with the paper it comes from.
    confidence
        Coverage the interval aims at, between 0 and 1.
    """

    value: float
    low: float
    high: float
    n: int
    unit: str
    source: str
    confidence: float = 0.95

    def __post_init__(self) -> None:
        if not all(map(isfinite, (self.value, self.low, self.high))):
            raise ValueError("an estimate is finite; a figure without a bound is withheld")
        if not self.low <= self.value <= self.high:
            raise ValueError(f"{self.value} lies outside its interval {self.low} to {self.high}")


@dataclass(frozen=True, slots=True)
class Withheld:
    """A figure that is not shown, and why: a normal value, never an error.

    ``reason`` is a key: ``privacy``, ``language``, ``too_few``, ``no_data``, ``undefined``, ``no_controls``,
    ``too_early``, ``too_late``, ``too_short``, ``rare``, ``headcount_cut``, ``not_estimated``.
    """

    reason: str


Figure = Estimate | Withheld
