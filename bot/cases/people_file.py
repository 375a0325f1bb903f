"""People files: a list of everybody, as HR exports it, read and checked before anything is changed.

The columns are described in ``docs/people-file.md``. A formula in a cell is text like any other.
"""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO

from bot.cases import people_fields as fields
from bot.cases.people_checks import CHECKS
from bot.cases.people_entries import Entry, PeopleFile, Problem, Problems
from bot.cases.people_fields import CellProblem, clean
from bot.errors import Value

MOST_BYTES = 20 * 1024 * 1024
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 200_000, 64, 8 * 1024

_BOM = b"\xef\xbb\xbf"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_DELIMITERS = ",;\t"


Reader = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field it fills, the headers it goes by, how a cell is read, whether it must be there."""

    field: str
    headers: tuple[str, ...]
    read: Reader
    needed: bool = False


COLUMNS = (
    Column(
        "external",
        ("id", "personalnummer", "mitarbeiternummer", "employeeid"),
        fields.identifier,
        needed=True,
    ),
    Column("name", ("name", "fullname", "vollername"), fields.name, needed=True),
    Column("email", ("email", "mail", "emailaddress", "emailadresse"), fields.email),
    Column(
        "manager", ("manager", "managerid", "führungskraft", "fuehrungskraft", "vorgesetzte"), fields.manager
    ),
    Column("path", ("department", "departmentpath", "abteilung", "bereich"), fields.path, needed=True),
    Column("heads", ("heads", "leitet", "leitung"), fields.heads),
    Column("site", ("site", "location", "standort"), fields.short("site")),
    Column("time_zone", ("timezone", "zeitzone"), fields.zone),
    Column("locale", ("locale", "language", "sprache"), fields.locale),
    Column(
        "starts_on",
        ("startdate", "start", "eintritt", "eintrittsdatum", "hiredate"),
        fields.first_day,
        needed=True,
    ),
    Column("ends_on", ("enddate", "end", "austritt", "austrittsdatum"), fields.last_day),
    Column("reason", ("endreason", "reason", "austrittsgrund"), fields.reason),
    Column("share", ("share", "employmentshare", "fte", "beschäftigungsgrad", "stellenanteil"), fields.share),
    Column("band", ("band", "salaryband", "gehaltsband", "entgeltgruppe"), fields.band),
)
"""The first header of each is the documented one, less its underscores."""

BY_HEADER = {header: column for column in COLUMNS for header in column.headers}


class Unusable(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, key: str, row: int = 0, **values: Value) -> None:
        super().__init__(key)
        self.problem = Problem(row, key, values)


def read(source: bytes | BinaryIO) -> PeopleFile:
    """Read a people file and check it, row by row and as a whole; nothing is looked up and nothing is kept.

    What is wrong comes back as problems, each with its row and what to do about it.
    """
    try:
        return _read(source)
    except Unusable as error:
        return PeopleFile((), (error.problem,), 1)


def _read(source: bytes | BinaryIO) -> PeopleFile:
    data = source if isinstance(source, bytes) else source.read(MOST_BYTES + 1)
    lines = list(_lines(data))
    rows = _rows(lines, _delimiter(lines))
    columns, ignored = _header(next(rows, (0, []))[1])
    problems = Problems()
    entries = [entry for row, cells in rows if (entry := _entry(row, cells, columns, problems))]
    if not entries and not problems.count:
        raise Unusable("problem.people.nobody")
    for check in () if problems.count else CHECKS:  # a row left out would make others look wrong
        check(entries, problems)
    shown = tuple(sorted(problems.first, key=lambda problem: problem.row))
    blank = sum(entry.ends_on is not None and not entry.reason for entry in entries)
    return PeopleFile(() if problems.count else tuple(entries), shown, problems.count, tuple(ignored), blank)


# --- bytes to rows ----------------------------------------------------------------------------------------


def _lines(data: bytes) -> Iterator[str]:
    """Yield the lines of a UTF-8 text; a line that is not says which one it is."""
    if len(data) > MOST_BYTES:
        raise Unusable("problem.people.too_big", limit=MOST_BYTES // (1024 * 1024))
    if data.startswith(_UTF_16):
        raise Unusable("problem.people.utf16")
    for number, line in enumerate(BytesIO(data.removeprefix(_BOM)), start=1):
        if b"\0" in line:
            raise Unusable("problem.people.nul", row=number)
        try:
            yield line.decode("utf-8")
        except UnicodeDecodeError:
            raise Unusable("problem.people.encoding", row=number) from None


def _delimiter(lines: Sequence[str]) -> str:
    """Return the delimiter with which the first line names most columns that we know."""
    first = next((line for line in lines if line.strip()), "")
    return max(_DELIMITERS, key=lambda mark: sum(_known(cell) is not None for cell in first.split(mark)))


def _rows(lines: Sequence[str], delimiter: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row that is not blank, with its number."""
    reader = csv.reader(lines, delimiter=delimiter, strict=True, skipinitialspace=True)
    number = 0
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise Unusable("problem.people.malformed", row=number) from None
        if number > MOST_ROWS + 1:
            raise Unusable("problem.people.too_many_rows", limit=MOST_ROWS)
        if any(cell and not cell.isspace() for cell in cells):
            _check_size(number, cells)
            yield number, cells


def _check_size(row: int, cells: Sequence[str]) -> None:
    if len(cells) > MOST_COLUMNS:
        raise Unusable("problem.people.too_many_columns", row=row, limit=MOST_COLUMNS)
    if any(len(cell) * 4 > LONGEST_CELL and len(cell.encode()) > LONGEST_CELL for cell in cells):
        raise Unusable("problem.people.cell_too_big", row=row, limit=LONGEST_CELL // 1024)


# --- rows to entries --------------------------------------------------------------------------------------


def _known(header: str) -> Column | None:
    return BY_HEADER.get(re.sub(r"[\W_]", "", clean(header)).casefold())


def _header(cells: Sequence[str]) -> tuple[list[Column | None], list[str]]:
    columns = [_known(cell) for cell in cells]
    found = [column.field for column in columns if column]
    missing = [column.headers[0] for column in COLUMNS if column.needed and column.field not in found]
    twice = sorted({column.headers[0] for column in columns if column and found.count(column.field) > 1})
    if not cells:
        raise Unusable("problem.people.empty")
    if missing:
        raise Unusable("problem.people.columns_missing", row=1, columns=", ".join(map(documented, missing)))
    if twice:
        raise Unusable("problem.people.columns_twice", row=1, columns=", ".join(map(documented, twice)))
    ignored = [
        clean(cell) for cell, column in zip(cells, columns, strict=True) if column is None and cell.strip()
    ]
    return columns, ignored


def documented(header: str) -> str:
    """Return a header as the documentation spells it."""
    return {
        "startdate": "start_date",
        "enddate": "end_date",
        "endreason": "end_reason",
        "timezone": "time_zone",
    }.get(header, header)


def _entry(
    row: int, cells: Sequence[str], columns: Sequence[Column | None], problems: Problems
) -> Entry | None:
    before = problems.count
    values: dict[str, Any] = {column.field: "" for column in COLUMNS}
    if any(cell.strip() for cell in cells[len(columns) :]):
        problems.add(row, "problem.people.cells_beyond", n=len(cells), columns=len(columns))
    texts = {column.field: clean(cell) for cell, column in zip(cells, columns, strict=False) if column}
    for column in COLUMNS:
        try:
            values[column.field] = column.read(texts.get(column.field, ""))
        except CellProblem as problem:
            problems.add(row, problem.key, **problem.values)
    if problems.count > before:
        return None
    entry = Entry(row=row, **values)
    _check_end(entry, problems)
    return entry


def _check_end(entry: Entry, problems: Problems) -> None:
    if entry.ends_on is not None and entry.ends_on < entry.starts_on:
        problems.add(
            entry.row,
            "problem.people.end_before_start",
            start=entry.starts_on.isoformat(),
            end=entry.ends_on.isoformat(),
        )
    if entry.reason and entry.ends_on is None:
        problems.add(entry.row, "problem.people.reason_without_end")
