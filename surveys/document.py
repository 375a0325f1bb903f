"""A TOML text read strictly: what is unknown, missing or of the wrong type is named by file, key and line."""

import re
import tomllib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from typing import TypeVar

from surveys.errors import TemplateError
from surveys.positions import Path, Positions

LARGEST = 200_000
"""Characters of a template; the largest built-in has a tenth of it."""

_LINE_IN_MESSAGE = re.compile(r"at line (\d+)")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a document, which knows where it stands."""

    file: str
    positions: Positions
    path: Path
    values: Mapping[str, object]

    def error(self, name: str, problem: str) -> TemplateError:
        """Return the error to raise about a key of this table; ``name`` may be dotted, or empty for the table."""
        path = (*self.path, *name.split(".")) if name else self.path
        return TemplateError(self.file, _written(path), self.positions.line_of(path), problem)

    def only(self, known: Collection[str]) -> None:
        """Refuse a key that is not known."""
        for name in self.values:
            if name not in known:
                raise self.error(name, f"is not known here; known are {', '.join(sorted(known))}")

    def text(self, name: str) -> str:
        value = self._of(name, str, "text in quotes")
        if not value.strip():
            raise self.error(name, "is empty")
        return value.strip()

    def number(self, name: str, low: int = 1, high: int = 1_000_000) -> int:
        value = self._of(name, int, "a whole number")
        if not low <= value <= high:
            raise self.error(name, f"must lie between {low} and {high}")
        return value

    def flag(self, name: str) -> bool:
        return self._of(name, bool, "true or false")

    def wall_time(self, name: str) -> time:
        return self._of(name, time, "a time such as 09:00:00")

    def word(self, name: str, allowed: Collection[str]) -> str:
        value = self.text(name)
        if value not in allowed:
            raise self.error(name, f"must be one of {', '.join(allowed)}")
        return value

    def words(self, name: str) -> tuple[str, ...]:
        value: list[object] = self._of(name, list, "a list of texts")
        if not all(isinstance(word, str) for word in value):
            raise self.error(name, "must be a list of texts")
        return tuple(str(word) for word in value)

    def table(self, name: str) -> "Table":
        value: dict[str, object] = self._of(name, dict, "a table")
        return Table(self.file, self.positions, (*self.path, name), value)

    def tables(self, name: str) -> Iterator["Table"]:
        value: list[object] = self._of(name, list, "an array of tables")
        for place, item in enumerate(value):
            if not isinstance(item, dict):
                raise self.error(name, "must be an array of tables")
            yield Table(self.file, self.positions, (*self.path, name, place), item)

    def _of(self, name: str, kind: type[T], described: str) -> T:
        if name not in self.values:
            raise self.error(name, "is missing")
        value = self.values[name]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.error(name, f"must be {described}")
        return value


def parse(text: str, file: str) -> Table:
    """Return the root table of a TOML text; raise `TemplateError` if it is none."""
    if len(text) > LARGEST:
        raise TemplateError(file, "", 1, f"is longer than {LARGEST} characters")
    try:
        values = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as problem:
        raise TemplateError(file, "", _line(str(problem), text), f"is not TOML: {problem}") from problem
    return Table(file, Positions(text), (), values)


def _line(message: str, text: str) -> int:
    found = _LINE_IN_MESSAGE.search(message)
    return int(found[1]) if found else text.count("\n") + 1


def _written(path: Path) -> str:
    """Return a path as an author would write it, places counted from 1: ``rotating[3].stem.de``."""
    words = [f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path]
    return "".join(words).lstrip(".")
