"""One column of somebody's CSV file, row by row, whatever wrote the file."""

import codecs
import csv
import io
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import cast

LARGEST_FIELD = 64 * 1024 * 1024
"""Characters. A quote that is never closed would else pull the whole rest of the file into memory."""

_DELIMITERS = ",;\t"
_MOST_NAMED = 12
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class NoColumn(ValueError):
    """The file has no such column; the sentence says which it has."""


def _as_windows(error: UnicodeError) -> tuple[str, int]:
    """Read bytes that aren't UTF-8 as Windows-1252, as older spreadsheets write."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("windows-1252", _as_windows)


@contextmanager
def column(file: Path, name: str) -> Iterator[Iterator[str]]:
    """Open a file ("-" is standard input) and give the texts of one column, read as they are asked for.

    A row that ends before the column has "" there; a line without anything is no row. Raises ``NoColumn`` if no
    column has that name, and ``ValueError`` on the way if the rest can't be read.
    """
    lines = _opened(file)
    try:
        first = lines.readline(LARGEST_FIELD)
        csv.field_size_limit(LARGEST_FIELD)
        rows = csv.reader(chain([first], lines), delimiter=_delimiter(first, name))
        header = _header(rows)
        if name not in header:
            raise NoColumn(_no_column(name, header))
        yield _texts(rows, header.index(name))
    finally:
        if str(file) == "-":
            lines.detach()  # standard input isn't ours to close
        else:
            lines.close()


def _opened(file: Path) -> io.TextIOWrapper:
    """Return the file's lines, as its first bytes say that they are written."""
    source = sys.stdin.buffer if str(file) == "-" else file.open("rb")
    buffered = (
        source if isinstance(source, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", source))
    )
    return io.TextIOWrapper(buffered, encoding=_encoding(buffered.peek(4)), errors="windows-1252", newline="")


def _header(rows: Iterator[list[str]]) -> list[str]:
    try:
        return [title.strip() for title in next(rows, [])]
    except csv.Error:
        return []


def _texts(rows: Iterator[list[str]], place: int) -> Iterator[str]:
    try:
        for row in rows:
            if row:
                yield row[place] if place < len(row) else ""
    except csv.Error as error:
        raise ValueError(f"The file could not be read to its end: {error}. Is a quote missing?") from None


def _encoding(start: bytes) -> str:
    return next((encoding for mark, encoding in _MARKS if start.startswith(mark)), "utf-8")


def _delimiter(header: str, name: str) -> str:
    """Return what parts the columns: the one that makes the wanted column appear, else a comma."""
    for delimiter in _DELIMITERS:
        if name in [title.strip() for title in header.rstrip("\r\n").replace('"', "").split(delimiter)]:
            return delimiter
    return ","


def _no_column(name: str, header: list[str]) -> str:
    if not any(header):
        return f'There is no column "{name}": the file has no header line.'
    shown = ", ".join(f'"{title[:40]}"' for title in header[:_MOST_NAMED])
    more = f" and {len(header) - _MOST_NAMED} more" if len(header) > _MOST_NAMED else ""
    return f'There is no column "{name}". The file has: {shown}{more}.'
