"""Reading an operator's own files: results by department and month, and automations. Every problem names its row."""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from math import isfinite
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS = 200_000
MOST_SHOWN = 20
MOST_CELL = 8 * 1024
LONGEST_PATH = 200

HISTORY = ("department", "month", "item", "n")
ROLLOUTS = ("department", "name", "purpose", "start")
ROLLOUT_FIGURES = ("one_off_cost", "monthly_cost", "hours_saved", "hourly_rate", "salary")


class FileProblems(ValueError):
    """What is wrong with a file, row by row; nothing of it was used."""

    def __init__(self, file: Path, problems: Sequence[str]) -> None:
        shown = [f"  {problem}" for problem in problems[:MOST_SHOWN]]
        more = [f"  … and {len(problems) - MOST_SHOWN} more."] if len(problems) > MOST_SHOWN else []
        super().__init__(
            "\n".join([f"{file.name} has {len(problems)} problem(s). Nothing was changed.", *shown, *more])
        )


@dataclass(frozen=True, slots=True)
class Result:
    """One figure of a department in a month: a favourable share (0 to 1), or a mean with its variance and scale."""

    department: str
    month: date
    item: str
    n: int
    share: float | None = None
    mean: float | None = None
    variance: float | None = None
    scale: tuple[float, float] = (1.0, 5.0)


@dataclass(frozen=True, slots=True)
class Started:
    """An automation as a file has it."""

    department: str
    name: str
    purpose: str
    start: date
    figures: Mapping[str, float] = field(default_factory=dict)


def results(file: Path) -> list[Result]:
    """Return the rows of a history file; raises ``FileProblems``."""
    seen: dict[tuple[str, date, str], int] = {}

    def read(row: Mapping[str, str], number: int) -> Result:
        found = _result(row)
        first = seen.setdefault((found.department, found.month, found.item), number)
        if first != number:
            raise ValueError(f"the same department, month and item as row {first}; keep one of them")
        return found

    return _read(file, HISTORY, read)


def rollouts(file: Path) -> list[Started]:
    """Return the rows of a file of automations; raises ``FileProblems``."""
    return _read(file, ROLLOUTS, lambda row, _: _started(row))


def _read(file: Path, needed: Sequence[str], read: Callable[[Mapping[str, str], int], T]) -> list[T]:
    found: list[T] = []
    problems: list[str] = []
    for number, row in _rows(file, needed):
        try:
            found.append(read(row, number))
        except ValueError as error:
            problems.append(f"Row {number}: {error}.")
    if problems:
        raise FileProblems(file, problems)
    if not found:
        raise FileProblems(file, ["There is no row below the header."])
    return found


def _rows(file: Path, needed: Sequence[str]) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield rows by their column names, counted as a spreadsheet does: the header is row 1."""
    text = _text(file)
    delimiter = max(",;\t", key=text.partition("\n")[0].count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    header = [name.strip().casefold().replace(" ", "_").replace("-", "_") for name in next(reader, [])]
    missing = [name for name in needed if name not in header]
    if missing:
        raise FileProblems(file, [f"The header lacks {', '.join(missing)}. It needs {', '.join(needed)}."])
    empty = dict.fromkeys(header, "")
    for number, cells in enumerate(reader, start=2):
        if number > MOST_ROWS + 1:
            raise FileProblems(file, [f"More than {MOST_ROWS:,} rows."])
        if any(len(cell) > MOST_CELL for cell in cells):
            raise FileProblems(file, [f"Row {number}: a cell holds more than 8 KB."])
        if any(cell.strip() for cell in cells):
            yield number, empty | {name: cell.strip() for name, cell in zip(header, cells, strict=False)}


def _text(file: Path) -> str:
    if file.stat().st_size > MOST_BYTES:
        raise FileProblems(file, ["The file is larger than 20 MB."])
    try:
        text = file.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise FileProblems(file, [f"Row {line}: this is not UTF-8. Save the file as CSV UTF-8."]) from error
    if "\0" in text:
        raise FileProblems(
            file, ["The file holds a NUL character; is it a spreadsheet? Save it as CSV UTF-8."]
        )
    return text


def _result(row: Mapping[str, str]) -> Result:
    path, month, item, n = _path(row), _month(row["month"]), row["item"], _count(row["n"])
    if not item or len(item) > LONGEST_PATH:
        raise ValueError("the item needs a name")
    if row.get("favourable"):
        return Result(path, month, item, n, share=_share(row["favourable"]))
    if row.get("mean"):
        return _mean(row, Result(path, month, item, n))
    raise ValueError("neither favourable nor mean is given")


def _mean(row: Mapping[str, str], result: Result) -> Result:
    if not row.get("variance"):
        raise ValueError("a mean needs its variance (of single answers)")
    low, high = (
        _number(row.get(name) or default, name) for name, default in (("scale_low", "1"), ("scale_high", "5"))
    )
    mean, variance = _number(row["mean"], "mean"), _number(row["variance"], "variance")
    if not low < high or not low <= mean <= high:
        raise ValueError(f"the mean {mean:g} is not on a scale from {low:g} to {high:g}")
    if not 0 <= variance <= (high - low) ** 2 / 4 * result.n / max(result.n - 1, 1):
        raise ValueError(f"the variance {variance:g} is impossible on a scale from {low:g} to {high:g}")
    return Result(
        result.department,
        result.month,
        result.item,
        result.n,
        mean=mean,
        variance=variance,
        scale=(low, high),
    )


def _started(row: Mapping[str, str]) -> Started:
    if not row["name"] or not row["purpose"]:
        raise ValueError("an automation needs a name and a purpose")
    figures = {name: _number(row[name], name) for name in ROLLOUT_FIGURES if row.get(name)}
    negative = [name for name, value in figures.items() if value < 0]
    if negative:
        raise ValueError(f"{negative[0]} is below zero")
    return Started(_path(row), row["name"], row["purpose"], _day(row["start"]), figures)


def _path(row: Mapping[str, str]) -> str:
    path = row["department"].strip("/")
    if not path or len(path) > LONGEST_PATH or any(not part.strip() for part in path.split("/")):
        raise ValueError("the department needs a path such as Operations/Support")
    return "/".join(part.strip() for part in path.split("/"))


def _month(text: str) -> date:
    try:
        return datetime.strptime(text[:7], "%Y-%m").replace(day=1).date()  # noqa: DTZ007 - a month has no zone
    except ValueError:
        raise ValueError(f"the month “{text[:20]}” is not of the form 2026-11") from None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"the start “{text[:20]}” is not of the form 2026-11-23") from None


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise ValueError(f"n is “{text[:20]}”, not a whole number")
    return int(text)


def _share(text: str) -> float:
    value = _number(text.rstrip("% "), "favourable")
    share = value / 100 if "%" in text or value > 1 else value
    if not 0 <= share <= 1:
        raise ValueError(f"the favourable share {text[:20]} is not between 0 and 1 (or 0 and 100 %)")
    return share


def _number(text: str, name: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise ValueError(f"{name} is “{text[:20]}”, not a number") from None
    if not isfinite(value) or abs(value) > 1e12:
        raise ValueError(f"{name} is “{text[:20]}”, not a usable number")
    return value
