"""What is read from a people file: entries, and what is wrong with it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from bot.errors import Value

MOST_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Problem:
    """Something to put right in a file; ``row`` counts as a spreadsheet does, the header is row 1; 0: the file."""

    row: int
    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """One person as the file has it; ``ends_on`` is the last day."""

    row: int
    external: str
    name: str
    email: str
    manager: str
    path: str
    heads: tuple[str, ...]
    site: str
    time_zone: str
    locale: str
    starts_on: date
    ends_on: date | None
    reason: str
    share: float
    band: str


@dataclass(frozen=True, slots=True)
class PeopleFile:
    """What a file holds. With problems there are no entries: nothing of a faulty file is used."""

    entries: tuple[Entry, ...]
    problems: tuple[Problem, ...] = ()
    """The first 50, in the order of rows."""
    problem_count: int = 0
    ignored: tuple[str, ...] = ()
    """Headers of columns that mean nothing to us and were left out."""
    ends_without_reason: int = 0
    complete: bool = True
    """Whoever is not in it has left; False: only those in ``leaving``."""
    leaving: frozenset[str] = frozenset()


class Problems:
    """What was found so far: the first ones, and how many there are."""

    def __init__(self) -> None:
        self.first: list[Problem] = []
        self.count = 0

    def add(self, row: int, key: str, **values: Value) -> None:
        self.count += 1
        if len(self.first) < MOST_SHOWN:
            self.first.append(Problem(row, key, values))


Check = Callable[[Sequence[Entry], Problems], None]
