"""The report's picture: the department month by month with its range, beside the mean of the others."""

from analytics.chart import Chart as ChartData
from analytics.chart import Marker, Point, Series
from analytics.report.model import MonthRow, Part, State
from bot.cases.report_words import View, capital, month
from bot.talk.cards import Chart

FEWEST_POINTS = 2


def chart(view: View) -> tuple[Chart, ...]:
    """Return the picture, or nothing where fewer than two months may be shown."""
    rows = _drawn(view.report.chart.rows)
    if sum(row.state is State.MEASURED for row in rows) < FEWEST_POINTS:
        return ()
    w = view.words
    summary = w("report.chart.summary", department=view.department, name=view.rollout)
    return (Chart(_data(view, rows), summary),)


def _drawn(rows: tuple[MonthRow, ...]) -> tuple[MonthRow, ...]:
    """Leave out the months in which nobody was asked where most are like that, as with a yearly survey."""
    asked = [row for row in rows if row.state is not State.NOT_MEASURED or row.comparison is not None]
    if 2 * len(asked) >= len(rows):
        return rows
    return tuple(row for row in rows if row in asked or row.part is Part.START)


def _data(view: View, rows: tuple[MonthRow, ...]) -> ChartData:
    w = view.words
    others = tuple(None if row.comparison is None else Point(row.comparison) for row in rows)
    series = [Series(view.department, tuple(_point(row) for row in rows), emphasised=True)]
    if any(others):
        series.append(Series(w("report.chart.others"), others))
    hidden = any(row.state is State.WITHHELD for row in rows)
    start = next((index for index, row in enumerate(rows) if row.part is Part.START), None)
    return ChartData(
        question=capital(w("report.chart.question", measure=view.measure, department=view.department)),
        x_labels=tuple(month(w, row.month) for row in rows),
        series=tuple(series),
        unit=_unit(view),
        marker=None if start is None else Marker(start, view.rollout),
        notes=(w("report.chart.withheld"),) if hidden else (),
    )


def _point(row: MonthRow) -> Point | None:
    return None if row.value is None else Point(row.value, row.low, row.high)


def _unit(view: View) -> str:
    """Name the unit: a share of people where the scale runs from 0 to 100, else plain points."""
    shares = (view.report.chart.lowest, view.report.chart.highest) == (0.0, 100.0)
    return view.words("report.chart.unit" if shares else "report.chart.unit.points")
