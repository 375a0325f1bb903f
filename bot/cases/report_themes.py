"""Themes beside the figure of a report: of the same wave and department, as they were released; nothing is computed."""

from collections.abc import Mapping, Sequence

from analytics.report import Theme, Voiced, most_frequent
from analytics.text.themes import Taxonomy
from bot.cases.theming import UNCLEAR, ThemeItem
from bot.store.reports import ReadingRow


def latest(readings: Sequence[ReadingRow]) -> Mapping[str, int]:
    """Return the wave of each department's latest figure that is shown, by department; imported ones have none."""
    shown = [row for row in readings if row.state in ("shown", "band") and row.wave_id]
    return {row.path: row.wave_id for row in sorted(shown, key=lambda row: row.period)}


def voiced(
    readings: Sequence[ReadingRow], themes: Sequence[ReadingRow], lists: Mapping[str, Taxonomy]
) -> Mapping[str, Voiced]:
    """Return what may be shown of each department's comments in the wave of its latest figure, by department.

    ``lists`` holds the themes of each series, for their names.
    """
    wanted = latest(readings)
    found: dict[str, list[ReadingRow]] = {}
    for row in themes:
        item = ThemeItem.read(row.item)
        if wanted.get(row.path) == row.wave_id and item is not None and item.theme != UNCLEAR:
            found.setdefault(row.path, []).append(row)
    return {
        path: Voiced(rows[0].wave_id, rows[0].period, most_frequent(_theme(row, lists) for row in rows))
        for path, rows in found.items()
    }


def series(themes: Sequence[ReadingRow]) -> set[str]:
    """Return the series that these themes belong to."""
    return {item.version for row in themes if (item := ThemeItem.read(row.item)) is not None}


def _theme(row: ReadingRow, lists: Mapping[str, Taxonomy]) -> Theme:
    item = ThemeItem.read(row.item)
    key, version = (item.theme, item.version) if item else ("", "")
    known = lists[version].themes if version in lists else ()
    names = next((dict(theme.name) for theme in known if theme.key == key), {})
    return Theme(key, row.value or 0.0, row.low or 0.0, row.high or 0.0, names)
