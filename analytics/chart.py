"""A chart as data: one question, its series with their intervals, gaps where nothing may be shown.

Each face draws it in its own way: native charts, SVG, text in a terminal, a table. Words come from outside, in the
reader's language.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite


@dataclass(frozen=True, slots=True)
class Point:
    """A shown value with its interval, in the chart's unit; without interval for counts and plans."""

    value: float
    low: float | None = None
    high: float | None = None

    def __post_init__(self) -> None:
        if not all(isfinite(bound) for bound in (self.value, *self.interval)):
            raise ValueError("a point is finite; a figure that can't be shown is None")
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval has both ends or none")
        if self.interval and not self.interval[0] <= self.value <= self.interval[1]:
            raise ValueError(f"{self.value} lies outside its interval {self.low} to {self.high}")

    @property
    def interval(self) -> tuple[float, ...]:
        """Both ends, or nothing."""
        return tuple(bound for bound in (self.low, self.high) if bound is not None)


@dataclass(frozen=True, slots=True)
class Series:
    """One line of the chart; ``None`` is a gap: withheld or not measured, never zero."""

    label: str
    points: tuple[Point | None, ...]
    emphasised: bool = False


@dataclass(frozen=True, slots=True)
class Marker:
    """Something that happened at a place on the x axis, such as a rollout."""

    index: int
    label: str


@dataclass(frozen=True, slots=True)
class Chart:
    """What is asked, along which x labels, and what was found.

    ``zero_line`` says that zero means something here ("no change") and belongs in the picture.
    """

    question: str
    x_labels: tuple[str, ...]
    series: tuple[Series, ...]
    unit: str
    marker: Marker | None = None
    zero_line: bool = False
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for series in self.series:
            if len(series.points) != len(self.x_labels):
                raise ValueError(
                    f"series {series.label!r} has {len(series.points)} points for {len(self.x_labels)} labels"
                )
        if self.marker and not 0 <= self.marker.index < len(self.x_labels):
            raise ValueError(f"the marker stands at {self.marker.index}, outside the x axis")

    @property
    def levels(self) -> tuple[float, ...]:
        """Every value that the y axis has to hold: values, interval ends, zero if it means something."""
        shown = [point for series in self.series for point in series.points if point]
        ends = [level for point in shown for level in (point.value, *point.interval)]
        return (*ends, 0.0) if self.zero_line else tuple(ends)


def table(chart: Chart, cell: Callable[[Point | None], str]) -> tuple[tuple[str, ...], ...]:
    """Return the chart as rows of text for screen readers and export: a header, then one row for each x label.

    ``cell`` words a point with its interval, and a gap. The row of the marker bears its label.
    """
    header = ("", *(series.label for series in chart.series))
    rows = (
        (_row_label(chart, index), *(cell(series.points[index]) for series in chart.series))
        for index in range(len(chart.x_labels))
    )
    return (header, *rows)


def _row_label(chart: Chart, index: int) -> str:
    label = chart.x_labels[index]
    marked = chart.marker is not None and chart.marker.index == index
    return f"{label} · {chart.marker.label}" if chart.marker and marked else label
