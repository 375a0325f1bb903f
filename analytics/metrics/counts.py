"""What metrics are computed from: counts and moments of a group, never persons."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import fsum


@dataclass(frozen=True, slots=True)
class Moments:
    """What is kept of a group's answers to one question.

    Attributes
    ----------
    n
        Answers counted; skipped questions are not.
    total, total_squares
        Sum of the values and of their squares, in the unit of the response format.
    favourable, unfavourable
        Answers in the upper and in the lower box: promoters 9-10 and detractors 0-6 of a recommend question, the two
        top and the two bottom boxes of a five-point scale, positive and negative texts.
    """

    n: int
    total: float
    total_squares: float
    favourable: int
    unfavourable: int

    def __post_init__(self) -> None:
        if (
            min(self.n, self.favourable, self.unfavourable) < 0
            or self.favourable + self.unfavourable > self.n
        ):
            raise ValueError(f"{self.favourable} favourable and {self.unfavourable} unfavourable of {self.n}")

    @property
    def mean(self) -> float:
        """Mean value; needs at least one answer."""
        return self.total / self.n

    @property
    def variance(self) -> float:
        """Sample variance of single answers (divisor n - 1); needs at least two answers."""
        return max(0.0, self.total_squares - self.total**2 / self.n) / (self.n - 1)


def pooled(groups: Iterable[Moments]) -> Moments:
    """Return the moments of several groups of respondents put together; nobody may be in two of them."""
    kept = tuple(groups)
    return Moments(
        n=sum(one.n for one in kept),
        total=fsum(one.total for one in kept),
        total_squares=fsum(one.total_squares for one in kept),
        favourable=sum(one.favourable for one in kept),
        unfavourable=sum(one.unfavourable for one in kept),
    )


@dataclass(frozen=True, slots=True)
class Participation:
    """How many of those invited to a wave answered it."""

    answered: int
    invited: int


@dataclass(frozen=True, slots=True)
class Turnover:
    """Voluntary separations of a group over consecutive months.

    Attributes
    ----------
    at_risk
        Headcount at each month's start, one entry per month in order.
    separations
        Voluntary separations of those at risk, one entry per month.
    headcount
        Average headcount of each month, the mean of its first day's and the next month's first day's.
    all_separations
        All voluntary separations of the window, those who joined and left within one month included.
    """

    at_risk: tuple[int, ...]
    separations: tuple[int, ...]
    headcount: tuple[float, ...]
    all_separations: int

    def __post_init__(self) -> None:
        if not len(self.at_risk) == len(self.separations) == len(self.headcount):
            raise ValueError("every month needs people at risk, separations and a headcount")
        if any(left > risk for left, risk in zip(self.separations, self.at_risk, strict=True)):
            raise ValueError("more people left than were there at the month's start")
        if self.all_separations < sum(self.separations):
            raise ValueError("all separations include those of the people at risk")
