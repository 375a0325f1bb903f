"""The words in the cells of a chart's table, the same on every platform."""

from analytics.chart import Point
from bot.talk.language import Words


def cell(point: Point | None, words: Words) -> str:
    """Return a figure with its range, or that it is not shown, in the reader's language."""
    if point is None:
        return words("chart.gap")
    digits = 0 if all(level == int(level) for level in (point.value, *point.interval)) else 1
    value, *ends = (words.number(level, digits) for level in (point.value, *point.interval))
    return words("chart.range", value=value, low=ends[0], high=ends[1]) if ends else value
