"""A report in a terminal: the same card as text, with its picture, its reasons and its limits."""

from collections.abc import Iterator, Sequence
from textwrap import wrap

from analytics.plots import terminal_chart
from bot.cases import report_card, report_details, report_ethics
from bot.cases.report_words import View
from bot.talk.cards import Buttons, Card, Chart, Element, Fact, Facts, Note, Table, Text
from bot.talk.language import Words

LEAST_WIDTH = 40
CHART_HEIGHT = 18
GAP = 2
NARROWEST = 6
LABELS = 0.4
"""Share of the width that the labels of facts may take."""


def drawn(view: View, width: int) -> str:
    """Return the report as lines of at most ``width`` characters: its card, then reasons, limits and fairness."""
    width = max(width, LEAST_WIDTH)
    card = report_card.card(view)
    w = view.words
    why = w("report.terminal.why", grade=view.report.grade.value)
    parts = [
        _card(card, w, width),
        [why, *_facts(tuple(report_details.reasons(view)), width)],
        *([*_table(table, width)] for table in report_details.scenarios(view)),
        *([*_table(table, width)] for table in report_details.limit_lists(view)),
    ]
    drawn_parts = ["\n".join(lines) for lines in parts if lines]
    fairly = listed(w("report.ethics.title"), tuple(report_ethics.facts(view)), width)
    return "\n\n".join([*drawn_parts, fairly])


def listed(title: str, items: Sequence[Fact], width: int) -> str:
    """Return facts under a title as lines of at most ``width`` characters."""
    return "\n".join([*wrap(title, width), *_facts(items, width)])


def _card(card: Card, w: Words, width: int) -> list[str]:
    lines = [card.title, "=" * min(len(card.title), width)]
    for element in card.elements:
        found = list(_element(element, w, width))
        if found:
            lines += ["", *found]
    return lines


def _element(element: Element, w: Words, width: int) -> Iterator[str]:
    match element:
        case Text(body) | Note(body):
            yield from wrap(body, width)
        case Facts(items):
            yield from _facts(items, width)
        case Table():
            yield from _table(element, width)
        case Chart(data):
            yield from terminal_chart(data, width, CHART_HEIGHT, number=w.number).split("\n")
        case Buttons():
            yield from ()
        case _:
            raise TypeError(f"a report has no {type(element).__name__}")


def _facts(items: Sequence[Fact], width: int) -> list[str]:
    """Return facts in two columns: what it is, then its value with its doubt below."""
    column = min(max(len(fact.label) for fact in items), int(LABELS * width))
    lines: list[str] = []
    for fact in items:
        label = wrap(fact.label, column)
        beside = wrap(fact.value, width - column - GAP) + wrap(fact.detail, width - column - GAP)
        for row in range(max(len(label), len(beside))):
            left = label[row] if row < len(label) else ""
            right = beside[row] if row < len(beside) else ""
            lines.append(f"{left:<{column + GAP}}{right}".rstrip())
    return lines


def _table(table: Table, width: int) -> Iterator[str]:
    """Yield a table whose columns share the width; long cells go on below themselves."""
    widths = _widths((table.header, *table.rows), width)
    yield from wrap(table.caption, width)
    if len(table.header) > 1:
        yield from _row(table.header, widths)
    yield "-" * min(width, sum(widths) + GAP * (len(widths) - 1))
    for row in table.rows:
        yield from _row(row, widths)


def _row(cells: Sequence[str], widths: Sequence[int]) -> list[str]:
    wrapped = [wrap(cell, width) or [""] for cell, width in zip(cells, widths, strict=True)]
    height = max(len(lines) for lines in wrapped)
    gap = " " * GAP
    return [
        gap.join(
            f"{lines[row] if row < len(lines) else '':<{width}}"
            for lines, width in zip(wrapped, widths, strict=True)
        ).rstrip()
        for row in range(height)
    ]


def _widths(rows: Sequence[Sequence[str]], width: int) -> list[int]:
    """Return the columns' widths: what they need, the widest giving way until all fit."""
    needed = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    room = width - GAP * (len(needed) - 1)
    while sum(needed) > room and max(needed) > NARROWEST:
        needed[needed.index(max(needed))] -= 1
    return needed
