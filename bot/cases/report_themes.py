"""Themes beside the figure of a report: of the same wave and department, as they were released; nothing is computed."""

from collections.abc import Mapping, Sequence

from analytics.report import Theme, Voiced, most_frequent
from bot.cases.theming import UNCLEAR, ThemeItem
from bot.store.reports import ReadingRow


def latest(readings: Sequence[ReadingRow]) -> Mapping[str, int]:
    """Return the wave of each department's latest figure that is shown, by department; imported ones have none."""
    shown = [row for row in readings if row.state in ("shown", "band") and row.wave_id]
    return {row.path: row.wave_id for row in sorted(shown, key=lambda row: row.period)}


def voiced(readings: Sequence[ReadingRow], themes: Sequence[ReadingRow]) -> Mapping[str, Voiced]:
    """Return what may be shown of each department's comments in the wave of its latest figure, by department."""
    wanted = latest(readings)
    found: dict[str, list[ReadingRow]] = {}
    for row in themes:
        item = ThemeItem.read(row.item)
        if wanted.get(row.path) == row.wave_id and item is not None and item.theme != UNCLEAR:
            found.setdefault(row.path, []).append(row)
    return {
        path: Voiced(rows[0].wave_id, rows[0].period, most_frequent(map(_theme, rows)))
        for path, rows in found.items()
    }


def _theme(row: ReadingRow) -> Theme:
    item = ThemeItem.read(row.item)
    return Theme(item.theme if item else "", row.value or 0.0, row.low or 0.0, row.high or 0.0)
