"""What a benchmark says: figures with their spread, each beside a baseline of the same run, in one table."""

import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

WIDTHS = (46, 11, 11, 11, 10, 11, 8, 20)
HEADER = ("figure", "median", "least", "most", "unit", "baseline", "ratio", "goal")


@dataclass(frozen=True, slots=True)
class Figure:
    """Repeated measurements of one thing; ``baseline`` are those of the plain way to do it."""

    what: str
    unit: str
    values: Sequence[float]
    baseline: Sequence[float] = ()
    goal: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the baseline's median this median is."""
        return median(self.values) / median(self.baseline) if self.baseline else None

    def cells(self) -> tuple[str, ...]:
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        plain = _short(median(self.baseline)) if self.baseline else ""
        middle, least, most = median(self.values), min(self.values), max(self.values)
        return (self.what, *map(_short, (middle, least, most)), self.unit, plain, ratio, self.goal)


def show(figures: Iterable[Figure]) -> None:
    """Print one table."""
    for cells in (HEADER, *(figure.cells() for figure in figures)):
        first, *rest = zip(cells, WIDTHS, strict=True)
        line = f"{first[0]:<{first[1]}}" + "".join(f"{cell:>{width}}" for cell, width in rest)
        sys.stdout.write(line.rstrip() + "\n")
    sys.stdout.flush()


def percentile(values: Sequence[float], share: float) -> float:
    """Return the nearest-rank percentile."""
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def _short(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"
