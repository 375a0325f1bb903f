"""Tables in Slack: its own, or a list that reads well on a phone and aloud."""

from collections.abc import Sequence
from itertools import zip_longest

from adapters.slack import limits
from adapters.slack.controls import Json, Page
from adapters.slack.text import BLANK, plain, plain_text, rich

CELL = 1_000
"""Characters of one cell: no single one may use up what a message may hold."""

Row = Sequence[str]


def table(page: Page, caption: str, header: Row, rows: Sequence[Row]) -> list[Json]:
    """Return a table, and how many of its rows did not fit; without rows its caption alone."""
    width = max(map(len, (header, *rows)))
    if page.tables and rows and 0 < width <= limits.TABLE_COLUMNS:
        block, shown = _data_table(page, caption, [header, *rows[: limits.TABLE_ROWS]], width)
        if block is not None:
            return [block, *more(page, len(rows) - shown)]
    block, shown = _list(caption, header, rows)
    return [block, *more(page, len(rows) - shown)]


def more(page: Page, n: int) -> list[Json]:
    """Say how many there are that are not shown, if any."""
    return [note(page.words("slack.more", n=n))] if n else []


def note(text: str) -> Json:
    """Return small print."""
    return {"type": "context", "elements": [plain_text(text, limits.SECTION)]}


def _data_table(page: Page, caption: str, rows: Sequence[Row], width: int) -> tuple[Json | None, int]:
    kept: list[list[str]] = []
    for row in rows:
        cells = _cells(row, width)
        size = sum(map(limits.length, cells))
        if size > page.table_room:
            break
        page.table_room -= size
        kept.append(cells)
    if len(kept) < 2:
        return None, 0
    block: Json = {
        "type": "data_table",
        "caption": plain(caption, limits.SECTION) or BLANK,
        "row_header_column_index": 0,
        "page_size": min(len(kept) - 1, limits.TABLE_PAGE),
        "rows": [[{"type": "raw_text", "text": cell} for cell in cells] for cells in kept],
    }
    return block, len(kept) - 1


def _cells(row: Row, width: int) -> list[str]:
    cells = [plain(cell, CELL) or BLANK for cell in row]
    return cells + [BLANK] * (width - len(cells))


def _list(caption: str, header: Row, rows: Sequence[Row]) -> tuple[Json, int]:
    head = rich(caption, bold=True)
    room = limits.SECTION - limits.length(head["text"])
    lines: list[Json] = []
    for row in rows:
        name, rest = _line(header, row)
        room -= limits.length(name) + limits.length(rest)
        if room < 0:
            break
        pieces = [rich(name, bold=True), *([rich(rest)] if rest else [])]
        lines.append({"type": "rich_text_section", "elements": pieces})
    top: Json = {"type": "rich_text_section", "elements": [head]}
    bullets: list[Json] = [{"type": "rich_text_list", "style": "bullet", "elements": lines}] if lines else []
    return {"type": "rich_text", "elements": [top, *bullets]}, len(lines)


def _line(header: Row, row: Row) -> tuple[str, str]:
    """Return a row as its name and its figures, each with its column where there are several."""
    name, *cells = [plain(cell, CELL) or BLANK for cell in row] or [BLANK]
    if len(cells) < 2:
        return name, "".join(f": {cell}" for cell in cells)
    columns = (plain(column, CELL) for column in header[1:])
    pairs = zip_longest(columns, cells, fillvalue="")
    return name, ": " + " · ".join(f"{column} {cell}".strip() for column, cell in pairs if cell)
