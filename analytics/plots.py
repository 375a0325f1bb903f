"""Charts in a terminal. The one module that knows plotext (5.3.2; 6.x has another interface)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import ceil, floor, log10
from textwrap import wrap
from threading import Lock
from types import ModuleType
from typing import Self

from analytics.chart import Chart, Point, Series

_LEFT = -0.5  # air between the axis and the first point, in steps of x
_LEAST_WIDTH, _LEAST_HEIGHT, _LEAST_ROWS = 40, 12, 6
_LINE, _OTHER_LINE, _POINT, _OTHER_POINT, _BAND = "braille", "-", "●", "○", "·"
# Okabe & Ito's blue, and a grey: they differ in lightness too.
_BLUE, _GREY = (0, 114, 178), (128, 128, 128)

# plotext keeps one figure for the whole process.
_figure = Lock()


def terminal_chart(
    chart: Chart,
    width: int = 80,
    height: int = 20,
    *,
    colour: bool = False,
    number: Callable[[float], str] = "{:g}".format,
) -> str:
    """Return the chart as lines of text, at most ``width`` wide and (but for long texts) ``height`` high.

    The question on top, then the unit; intervals as dotted lines above and below the emphasised series (all, if none
    is), gaps left empty, the marker as a labelled vertical rule, each line labelled at its end; the notes below.
    No escape codes unless ``colour``. ``number`` words the ticks of the y axis in the reader's language.
    """
    width, height = max(width, _LEAST_WIDTH), max(height, _LEAST_HEIGHT)
    above = [line for text in (chart.question, chart.unit) for line in _wrapped(text, width)]
    below = [line for note in chart.notes for line in _wrapped(note, width)]
    rows = max(height - len(above) - len(below), _LEAST_ROWS)
    picture = _picture(chart, width, rows, number, colour=colour) if chart.levels else []
    return "\n".join([*above, *picture, *below])


def _picture(
    chart: Chart, width: int, rows: int, number: Callable[[float], str], *, colour: bool
) -> list[str]:
    # Only drawing needs plotext: a server that shows no terminal never loads it.
    import plotext  # noqa: PLC0415 - a second to import, paid at the first chart

    with _figure:
        try:
            _draw(plotext, chart, _Frame.of(chart, width, rows, number))
            drawn: str = plotext.build()
            if not colour:
                drawn = plotext.uncolorize(drawn)
        finally:
            plotext.clear_figure()
    return [line.rstrip() for line in drawn.rstrip("\n").split("\n")]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Where things stand: the y axis with its ticks, the x axis with room for labels at its right end."""

    width: int
    rows: int
    ticks: tuple[float, ...]
    tick_labels: tuple[str, ...]
    top: float
    right: float
    per_step: float
    """Columns from one x label to the next."""

    @classmethod
    def of(cls, chart: Chart, width: int, rows: int, number: Callable[[float], str]) -> Self:
        ticks = _ticks(min(chart.levels), max(chart.levels), most=max(2, rows // 3))
        labels = tuple(_inert(number(tick)).replace("-", "−") for tick in ticks)
        columns = width - max(map(len, labels)) - 2
        room = max((len(_label(series, width)) for series in chart.series), default=0) + 3
        per_step = (columns - room) / (max(1, len(chart.x_labels) - 1) - _LEFT)
        right = _LEFT + columns / per_step
        headroom = (ticks[-1] - ticks[0]) / max(1, rows - 4) if chart.marker else 0.0
        return cls(width, rows, ticks, labels, ticks[-1] + headroom, right, per_step)

    @property
    def row_height(self) -> float:
        return (self.top - self.ticks[0]) / max(1, self.rows - 3)


def _draw(plotext: ModuleType, chart: Chart, frame: _Frame) -> None:
    _set_up(plotext, chart, frame)
    if chart.zero_line:
        plotext.hline(0)
    if chart.marker:
        plotext.vline(chart.marker.index)
    any_emphasised = any(series.emphasised for series in chart.series)
    for series in sorted(chart.series, key=lambda series: series.emphasised):
        _draw_series(plotext, series, leading=series.emphasised or not any_emphasised)
    _label_series(plotext, chart, frame)
    _label_marker(plotext, chart, frame)


def _set_up(plotext: ModuleType, chart: Chart, frame: _Frame) -> None:
    plotext.clear_figure()
    plotext.limit_size(False, False)
    plotext.plot_size(frame.width, frame.rows)
    plotext.theme("clear")
    plotext.xaxes(True, False)
    plotext.yaxes(True, False)
    plotext.xlim(_LEFT, frame.right)
    plotext.ylim(frame.ticks[0], frame.top)
    plotext.yticks(list(frame.ticks), list(frame.tick_labels))
    labels = [_inert(label) for label in chart.x_labels]
    step = ceil((max(map(len, labels)) + 1.4) / frame.per_step)
    plotext.xticks(list(range(0, len(labels), step)), labels[::step])


def _draw_series(plotext: ModuleType, series: Series, *, leading: bool) -> None:
    colour = _BLUE if leading else _GREY
    for start, points in _runs(series.points):
        xs = list(range(start, start + len(points)))
        values = [point.value for point in points]
        if leading:
            _draw_band(plotext, xs, points)
        plotext.plot(xs, values, marker=_LINE if leading else _OTHER_LINE, color=colour)
        plotext.scatter(xs, values, marker=_POINT if leading else _OTHER_POINT, color=colour)


def _draw_band(plotext: ModuleType, xs: list[int], points: Sequence[Point]) -> None:
    for ends in zip(*(point.interval for point in points if point.interval), strict=True):
        known = [x for x, point in zip(xs, points, strict=True) if point.interval]
        plotext.plot(known, list(ends), marker=_BAND, color=_BLUE)


def _runs(points: Sequence[Point | None]) -> Iterator[tuple[int, list[Point]]]:
    """Yield each stretch without a gap, with the index of its first point."""
    numbered = ((index, point) for index, point in enumerate(points))
    for shown, stretch in groupby(numbered, key=lambda pair: pair[1] is not None):
        if shown:
            run = list(stretch)
            yield run[0][0], [point for _, point in run if point is not None]


def _label_series(plotext: ModuleType, chart: Chart, frame: _Frame) -> None:
    """Write each series' label beside its last point, never two in one row."""
    ends = [
        (points[-1].value, series) for series in chart.series for _, points in [*_runs(series.points)][-1:]
    ]
    x, y = len(chart.x_labels) - 1 + 2 / frame.per_step, float("inf")
    for value, series in sorted(ends, key=lambda end: -end[0]):
        y = min(value, y - frame.row_height)
        plotext.text(_label(series, frame.width), x, y, alignment="left")


def _label_marker(plotext: ModuleType, chart: Chart, frame: _Frame) -> None:
    """Write the marker's label on top, on the side of the rule that has more room."""
    if chart.marker is None:
        return
    left, right = chart.marker.index - _LEFT, frame.right - chart.marker.index
    room, side, alignment = (right, 1, "left") if right >= left else (left, -1, "right")
    label = _shortened(_inert(chart.marker.label), int(room * frame.per_step) - 3)
    plotext.text(label, chart.marker.index + side * 2 / frame.per_step, frame.top, alignment=alignment)


def _ticks(low: float, high: float, most: int) -> tuple[float, ...]:
    """Return round numbers (steps of 1, 2 or 5 times a power of ten) that span low to high, at most about ``most``."""
    scale = max(abs(low), abs(high))
    span = high - low if high - low > 1e-9 * max(scale, 1.0) else scale if scale > 1e-9 else 1.0
    rough = span / most
    power = 10.0 ** floor(log10(rough))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power >= rough * 0.999)
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    return tuple(round(index * step, 12) for index in range(first, max(last, first + 1) + 1))


def _label(series: Series, width: int) -> str:
    return _shortened(_inert(series.label), width // 3)


def _shortened(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: max(0, most - 1)]}…"


def _wrapped(text: str, width: int) -> list[str]:
    return wrap(_inert(text), width)


def _inert(text: str) -> str:
    """Return the text without escape codes, line ends and marks that turn writing around."""
    return "".join(character if character.isprintable() else " " for character in text)
