"""Charts in Teams: its own picture, with the same figures as a table for who wants them and for clients that draw none."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from adapters.teams import limits
from adapters.teams.controls import Page, container, small
from adapters.teams.tables import table
from adapters.teams.text import BLANK, Json, block, line, plain
from analytics import chart as data
from bot.talk.cards import Chart
from bot.talk.chart_cells import cell

EMPHASISED, OTHERS = "categoricalBlue", "neutral"
"""Colours of the one series that matters and of the one beside it; they differ in lightness too."""


def chart(page: Page, element: Chart) -> list[Json]:
    """Return a chart: what it shows in words, its picture where there is one, its figures, its notes."""
    shown = element.data
    said = [block(element.summary)] if plain(element.summary, limits.TEXT) else []
    frame = _frame(shown)
    drawing = _drawn(page, shown, frame) if frame else _figures(page, shown, copies=1)
    remarks = (*(_left_out(page, shown, frame) if frame else ()), *shown.notes)
    notes = small("\n".join(text for text in remarks if text.strip()))
    whole = [*said, *drawing, *notes]
    return [container(whole)] if whole else []


def _drawn(page: Page, shown: data.Chart, frame: "_Frame") -> list[Json]:
    """Return the picture, and its figures behind a button: they hold the ranges, which the picture can't show."""
    figures, name = _figures(page, shown, copies=2), page.name("figures")
    show = {
        "type": "Action.ToggleVisibility",
        "title": page.words("teams.chart.figures"),
        "targetElements": [name],
    }
    return [
        {**_native(shown, frame), "fallback": container(figures)},
        {"type": "ActionSet", "actions": [show]},
        container(figures, id=name, isVisible=False),
    ]


def _figures(page: Page, shown: data.Chart, copies: int) -> list[Json]:
    header, *rows = data.table(shown, lambda point: cell(point, page.words))
    unit = line(shown.unit, limits.LABEL)
    caption = f"{shown.question} ({unit})" if unit else shown.question
    return table(page, caption, (unit, *header[1:]), rows, copies=copies)


@dataclass(frozen=True, slots=True)
class _Frame:
    """What of a chart is in its picture: which series, from which place on the axis."""

    series: tuple[data.Series, ...]
    first: int

    def gaps(self) -> Iterator[int]:
        """Yield the places inside a series at which it has no figure to show."""
        for place in range(self.first, len(self.series[0].points)):
            if any(points[place] is None and _inside(points, place, self.first) for points in self._points):
                yield place

    @property
    def _points(self) -> Iterator[tuple[data.Point | None, ...]]:
        return (series.points for series in self.series)


def _inside(points: Sequence[data.Point | None], place: int, first: int) -> bool:
    return any(points[first:place]) and any(points[place:])


def _frame(shown: data.Chart) -> _Frame | None:
    """Choose what is drawn: the series that matter first, the latest places; nothing if there is no figure."""
    first = max(0, len(shown.x_labels) - limits.CHART_POINTS)
    order = sorted(shown.series, key=lambda series: not series.emphasised)
    kept = [series for series in order if any(series.points[first:])][: limits.CHART_SERIES]
    return _Frame(tuple(kept), first) if kept else None


def _left_out(page: Page, shown: data.Chart, frame: _Frame) -> Iterator[str]:
    """Say what is among the figures but not in the picture."""
    w, labels = page.words, shown.x_labels
    if any(any(series.points[: frame.first]) for series in shown.series):
        yield w("teams.chart.start", label=labels[frame.first])
    gaps = [labels[place] for place in frame.gaps()]
    if gaps:
        yield w("teams.chart.gaps", labels=w.join(gaps))
    dropped = [series.label for series in shown.series if not any(series is kept for kept in frame.series)]
    if dropped:
        yield w("teams.chart.dropped", series=w.join(dropped))


def _native(shown: data.Chart, frame: _Frame) -> Json:
    places = distinct(shown.x_labels[frame.first :])
    # A line would claim a way through what is not shown; bars claim nothing.
    lines = len(places) > 1 and not any(frame.gaps())
    kind = (
        "Chart.Line"
        if lines
        else "Chart.VerticalBar.Grouped"
        if len(frame.series) > 1
        else "Chart.VerticalBar"
    )
    whole = {
        "type": kind,
        "title": line(shown.question, limits.TITLE) or BLANK,
        "showTitle": True,
        **_axes(shown, zero=shown.zero_line or not lines),
    }
    if kind == "Chart.VerticalBar":
        return {**whole, "data": _points(frame.series[0], frame.first, places)}
    names = distinct([series.label for series in frame.series])
    return {
        **whole,
        "showLegend": True,
        "data": [
            {"legend": name, "values": _points(series, frame.first, places), **_colour(series, frame)}
            for name, series in zip(names, frame.series, strict=True)
        ],
    }


def _colour(series: data.Series, frame: _Frame) -> Json:
    if len(frame.series) != 2 or sum(one.emphasised for one in frame.series) != 1:
        return {}
    return {"color": EMPHASISED if series.emphasised else OTHERS}


def _points(series: data.Series, first: int, places: Sequence[str]) -> list[Json]:
    return [
        {"x": place, "y": _number(point.value)}
        for place, point in zip(places, series.points[first:], strict=True)
        if point is not None
    ]


def _number(value: float) -> float:
    short = round(value, 2)
    return int(short) if short == int(short) else short


def _axes(shown: data.Chart, *, zero: bool) -> Json:
    """Name the axes: the unit, and what happened where, for which the picture has no place of its own."""
    marker = shown.marker
    happened = f"{shown.x_labels[marker.index]}: {marker.label}" if marker else ""
    names = {"xAxisTitle": line(happened, limits.TITLE), "yAxisTitle": line(shown.unit, limits.LABEL)}
    levels = [point.value for series in shown.series for point in series.points if point]
    ends = {"yMin": _number(min(0.0, *levels)), "yMax": _number(max(0.0, *levels))} if zero else {}
    return {name: text for name, text in names.items() if text} | ends


def distinct(labels: Sequence[str]) -> list[str]:
    """Return the labels as short as a picture needs them, and still different."""
    short: list[str] = []
    for label in labels:
        wanted, number = line(label, limits.CHART_LABEL) or BLANK, 1
        while wanted in short:
            number += 1
            end = f" {number}"
            wanted = line(label, limits.CHART_LABEL - len(end)) + end
        short.append(wanted)
    return short
