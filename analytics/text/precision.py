"""How often a reading was right: of what was read as something, the share that people say is that."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from analytics.intervals import wilson
from analytics.results import Estimate

FEWEST = 20
"""Below so many judgements the interval is too wide to choose a model by."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One reading and what a person says: who read it, as what, and as what it should have been read."""

    by: str
    read_as: str
    said: str


@dataclass(frozen=True, slots=True)
class Precision:
    """Precision of one reader for one class: unit share (0..1), interval Wilson at 95 %.

    Assumes that the judged are a random draw of all that was read so. What one reader overlooks (its recall) does
    not show here.
    """

    by: str
    read_as: str
    right: int
    share: Estimate

    @property
    def judged(self) -> int:
        return self.share.n or 0

    @property
    def is_thin(self) -> bool:
        """Whether too few were judged to say much."""
        return self.judged < FEWEST


def precision(judgements: Iterable[Judged]) -> tuple[Precision, ...]:
    """Return the precision of each reader for each class that it read, those with most judgements first."""
    judged: Counter[tuple[str, str]] = Counter()
    right: Counter[tuple[str, str]] = Counter()
    for one in judgements:
        judged[one.by, one.read_as] += 1
        right[one.by, one.read_as] += one.read_as == one.said
    found = [Precision(*key, right[key], wilson(right[key], n)) for key, n in judged.items()]
    return tuple(sorted(found, key=lambda each: (each.by, -each.judged, each.read_as)))
