"""The shape of a metric."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from analytics.results import Figure

C = TypeVar("C")


class Direction(StrEnum):
    """Which way is good."""

    HIGHER_IS_BETTER = "higher_is_better"
    LOWER_IS_BETTER = "lower_is_better"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Metric(Generic[C]):
    """One figure about a group: what it is computed from, in which unit, and who says so.

    Attributes
    ----------
    key
        The metric's name in tables, cards and commands.
    unit
        Unit of the figure.
    lowest, highest
        Bounds of the figure in that unit; ``highest`` may be infinite.
    direction
        Which way is good.
    source
        The method and the paper it comes from.
    minimum
        Fewest people behind a figure; below it the figure is withheld as ``too_few``.
    counts
        The type the figure is computed from.
    figure
        The computation: pure, from counts to a figure.
    """

    key: str
    unit: str
    lowest: float
    highest: float
    direction: Direction
    source: str
    minimum: int
    counts: type[C]
    figure: Callable[[C], Figure]
