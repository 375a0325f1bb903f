"""Tables in Teams: its own where a narrow pane can show it, else one paragraph for each row, which also reads well aloud."""

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from math import ceil
from typing import Any

from adapters.teams import limits
from adapters.teams.controls import Page, container, more
from adapters.teams.text import BLANK, Json, block, line

Row = Sequence[str]

_LETTER, _FRAME = 7.6, 16
"""Pixels of a letter in a cell, and around its text."""
_LONG_WORD = 10
"""Letters of a word that has to stay whole."""
_TIGHT = 1.25
"""How much more than the width of a narrow pane a table may want before its rows are read one by one."""


def table(page: Page, caption: str, header: Row, rows: Sequence[Row], *, copies: int = 1) -> list[Json]:
    """Return a caption, a table, and how many of its rows did not fit; without rows its caption alone.

    ``copies`` says how often the result will stand in the card, so that it takes its share of what there is room for.
    """
    width = max(map(len, (header, *rows)))
    heading = [block(caption, weight="bolder")] if line(caption, limits.TEXT) else []
    if not rows or not width:
        return heading
    needs = [_need(_column((header, *rows), place)) for place in range(width)]
    named = any(name.strip() for name in header)  # Teams takes the first row of a table for its header
    native = named and width <= limits.COLUMNS and sum(needs) <= _TIGHT * limits.TABLE
    drawn = [_drawn(row, width) for row in rows] if native else []
    read = [_read(header, row, apart=not native) for row in rows]
    shown = _room(page, list(zip_longest(drawn, read)), copies)
    whole = _native(header, rows, drawn[:shown], read[:shown], needs) if native else _list(read[:shown])
    return [*heading, *([whole] if shown else []), *more(page, len(rows) - shown)]


def _room(page: Page, parts: Sequence[Any], copies: int) -> int:
    """Return how many rows there is room for, and take that room."""
    for shown, part in enumerate(parts):
        needed = copies * limits.size(part)
        if needed > page.table_room:
            return shown
        page.table_room -= needed
    return len(parts)


def _native(header: Row, rows: Sequence[Row], drawn: list[Json], read: list[Json], needs: list[int]) -> Json:
    return {
        "type": "Table",
        "columns": [{"width": weight} for weight in _weights((header, *rows), needs)],
        "rows": [_drawn(header, len(needs), named=True), *drawn],
        "showGridLines": True,
        "fallback": _list(read),
    }


def _column(rows: Sequence[Row], place: int) -> list[str]:
    return [_cell(row[place]) for row in rows if place < len(row)]


def _need(cells: Sequence[str]) -> int:
    """Return the pixels that a column needs for its longest word to stay whole."""
    longest = max((len(word) for cell in cells for word in cell.split()), default=0)
    return ceil(min(longest, _LONG_WORD) * _LETTER) + _FRAME


def _weights(rows: Sequence[Row], needs: Sequence[int]) -> Iterator[int]:
    """Yield how wide each column is beside the others: what it needs, and of the rest what its cells usually fill."""
    usual = []
    for place in range(len(needs)):
        cells = _column(rows, place)
        usual.append(1 + sum(map(len, cells)) // max(1, len(cells)))
    rest = max(0, limits.TABLE - sum(needs))
    yield from (need + rest * share // sum(usual) for need, share in zip(needs, usual, strict=True))


def _drawn(row: Row, width: int, *, named: bool = False) -> Json:
    looks: Json = {"weight": "bolder"} if named else {}
    cells = [*row, *[""] * (width - len(row))]
    return {
        "type": "TableRow",
        "cells": [{"type": "TableCell", "items": [block(_cell(cell), **looks)]} for cell in cells],
    }


def _cell(text: str) -> str:
    return line(text, limits.CELL) or BLANK


def _list(read: Sequence[Json]) -> Json:
    return container(read, spacing="small")


def _read(header: Row, row: Row, *, apart: bool) -> Json:
    """Return a row as its name and its figures, each with its column where there are several."""
    name, *cells = [_cell(cell) for cell in row] or [BLANK]
    if not cells:
        return block(name, spacing="small")
    columns = (line(column, limits.CELL) for column in header[1:]) if len(cells) > 1 else ()
    figures = [
        f"{column} {cell}".strip() for column, cell in zip_longest(columns, cells, fillvalue="") if cell
    ]
    if apart:
        return container(
            [block(name, weight="bolder"), block(" · ".join(figures), spacing="none")], spacing="small"
        )
    return block(f"{name}: {' · '.join(figures)}", spacing="small")
