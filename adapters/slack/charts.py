"""Charts in Slack: its own picture beside the same figures as a table, or a drawing in text where it has none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from adapters.slack import limits
from adapters.slack.controls import Json, Page
from adapters.slack.tables import note, table
from adapters.slack.text import BLANK, plain, plain_text, rich
from analytics import chart as data
from analytics.plots import terminal_chart
from bot.talk.cards import Chart
from bot.talk.chart_cells import cell

DRAWING_WIDTH, DRAWING_HEIGHT = 64, 16
"""Characters and lines of a drawing in text: what a narrow window shows without breaking its lines."""


def chart(page: Page, element: Chart) -> list[Json]:
    """Return a chart: what it shows in words, its picture where there can be one, its figures, its notes."""
    shown = element.data
    summary = plain(element.summary, limits.SECTION)
    said = [_paragraph(summary)] if summary else []
    drawing, notes = _picture(page, shown)
    remarks = "\n".join(text for text in (*notes, *shown.notes) if text.strip())
    return [*said, *drawing, *_figures(page, shown), *([note(remarks)] if remarks else [])]


def _paragraph(text: str) -> Json:
    return {"type": "section", "text": plain_text(text, limits.SECTION)}


def _figures(page: Page, shown: data.Chart) -> list[Json]:
    header, *rows = data.table(shown, lambda point: cell(point, page.words))
    caption = f"{shown.question} ({shown.unit})" if shown.unit.strip() else shown.question
    return table(page, caption, (shown.unit, *header[1:]), rows)


def _picture(page: Page, shown: data.Chart) -> tuple[list[Json], list[str]]:
    """Return the picture, and what has to be said of it."""
    if page.surface == "modal":
        return [], []
    if not page.native:
        return _drawn(page, shown), []
    frame = _frame(shown)
    if frame is None or not page.charts_left:
        return [], []
    page.charts_left -= 1
    heading = {"type": "rich_text_section", "elements": [rich(shown.question, bold=True)]}
    long = limits.length(plain(shown.question, limits.SECTION)) > limits.CHART_TITLE
    above: list[Json] = [{"type": "rich_text", "elements": [heading]}] if long else []
    return [*above, _native(shown, frame)], _said(page, shown, frame)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What fits into Slack's picture, which knows no gaps: for each series and category one value."""

    series: tuple[data.Series, ...]
    columns: tuple[int, ...]

    @property
    def unbroken(self) -> bool:
        """Whether nothing is missing between the first and the last category."""
        return self.columns[-1] - self.columns[0] == len(self.columns) - 1


def _frame(shown: data.Chart) -> _Frame | None:
    """Choose series and categories that are complete: those that matter first, others if they don't cost much."""
    order = sorted(shown.series, key=lambda series: not series.emphasised)
    kept: list[data.Series] = []
    columns: tuple[int, ...] = tuple(range(len(shown.x_labels)))
    for series in order:
        left = tuple(index for index in columns if series.points[index] is not None)
        if left and (not kept or 2 * len(left) >= len(columns)) and len(kept) < limits.CHART_SERIES:
            kept.append(series)
            columns = left
    return _Frame(tuple(kept), columns[-limits.CHART_CATEGORIES :]) if kept else None


def _said(page: Page, shown: data.Chart, frame: _Frame) -> list[str]:
    """Say what is in the table but not in the picture."""
    w, labels = page.words, shown.x_labels
    first = frame.columns[0]
    early = any(series.points[index] for index in range(first) for series in frame.series)
    inside = [labels[i] for i in range(first if early else 0, len(labels)) if i not in frame.columns]
    dropped = [series.label for series in shown.series if series not in frame.series]
    return [
        *([w("slack.chart.start", label=labels[first])] if early else []),
        *([w("slack.chart.skipped", labels=w.join(inside))] if inside else []),
        *([w("slack.chart.dropped", series=w.join(dropped))] if dropped else []),
    ]


def _native(shown: data.Chart, frame: _Frame) -> Json:
    labels = [shown.x_labels[index] for index in frame.columns]
    categories = _distinct(labels)
    names = _distinct([series.label for series in frame.series])
    # A line would claim a way through what is left out; bars claim nothing.
    kind = "line" if len(categories) > 1 and frame.unbroken else "bar"
    series = [
        {"name": name, "data": _points(one, frame, categories)}
        for name, one in zip(names, frame.series, strict=True)
    ]
    return {
        "type": "data_visualization",
        "title": plain(shown.question, limits.CHART_TITLE) or BLANK,
        "chart": {"type": kind, "series": series, "axis_config": {"categories": categories} | _axes(shown)},
    }


def _points(series: data.Series, frame: _Frame, categories: Sequence[str]) -> list[Json]:
    values = (series.points[index] for index in frame.columns)
    return [
        {"label": label, "value": _number(point.value)}
        for label, point in zip(categories, values, strict=True)
        if point is not None
    ]


def _number(value: float) -> float:
    short = round(value, 2)
    return int(short) if short == int(short) else short


def _axes(shown: data.Chart) -> Json:
    """Name the axes: the unit, and what happened where, for which Slack's picture has no place of its own."""
    marker = shown.marker
    happened = f"{shown.x_labels[marker.index]}: {marker.label}" if marker else ""
    axes = {"x_label": plain(happened, limits.CHART_AXIS), "y_label": plain(shown.unit, limits.CHART_AXIS)}
    return {name: text for name, text in axes.items() if text}


def _distinct(labels: Sequence[str]) -> list[str]:
    """Return the labels as short as Slack wants them, and still different."""
    short: list[str] = []
    for label in labels:
        wanted, number = plain(label, limits.CHART_LABEL) or BLANK, 1
        while wanted in short:
            number += 1
            end = f" {number}"
            wanted = plain(label, limits.CHART_LABEL - len(end)) + end
        short.append(wanted)
    return short


def _drawn(page: Page, shown: data.Chart) -> list[Json]:
    if not any(point for series in shown.series for point in series.points):
        return []
    drawing = terminal_chart(
        replace(shown, question="", notes=()),
        DRAWING_WIDTH,
        DRAWING_HEIGHT,
        number=lambda value: page.words.number(value, 0 if value == int(value) else 1),
    )
    body = {"type": "text", "text": limits.cut(drawing, limits.SECTION)}
    return [{"type": "rich_text", "elements": [{"type": "rich_text_preformatted", "elements": [body]}]}]
