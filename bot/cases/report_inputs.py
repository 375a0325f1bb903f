"""What a report is made from: released readings, HR records, rollouts and what finance entered; never the vault.

``gather`` reads rows in one unit; ``evidence`` and ``inputs_for`` only compute, so that they can run outside any.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from analytics.causal.cells import Cell
from analytics.causal.difference import ESTIMATOR
from analytics.causal.windows import MONTHS_BEFORE
from analytics.money import MoneyInputs, Source, Sourced
from analytics.months import month_of, shift
from analytics.report import Context, DataSource, Gap, RoiInputs, Rollout, Scale, Voiced, focus_of
from analytics.report.model import FORMAT
from analytics.retention import PersonMonths, covers
from analytics.text.themes import Taxonomy
from bot.cases import conduct, report_staff, report_themes, taxonomies
from bot.store.reports import Employment, Leaving, Measured, ReadingRow, Stay
from bot.store.tables import Rollout as RolloutRow
from bot.store.unit import Unit
from surveys.anonymity import Count, count_bounds
from surveys.cadence import zone_named
from surveys.loader import builtin

PULSE = "pulse"
FEW = 7
"""Respondents assumed where only "5–9" may be said, and not of how many asked."""
IMPORTED, MADE_UP = "imported", "made up"
ENOUGH_OF_THE_ANCHOR = 0.5
TOTAL = 0.9
WEEKS = 52
SCALE_ENDS = re.compile(r"(-?\d+(?:\.\d+)?)\s*(?:-|–|to)\s*(-?\d+(?:\.\d+)?)$")


@dataclass(frozen=True, slots=True)
class Measure:
    """The figure by which satisfaction is judged: an item of a survey and its metric; empty: nothing measured."""

    item: str = ""
    metric: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """Everything that reports read, as stored."""

    today: date
    currency: str
    measure: Measure
    readings: Sequence[ReadingRow]
    responses: Sequence[ReadingRow]
    rollouts: Sequence[RolloutRow]
    employments: Sequence[Employment]
    stays: Sequence[Stay]
    leavings: Sequence[Leaving]
    counts: conduct.Counted = field(default_factory=conduct.Counted)
    themes: Sequence[ReadingRow] = ()
    lists: Mapping[str, Taxonomy] = field(default_factory=dict)
    """The lists of themes that these are of, by series."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What all reports of an organisation share, ready for use."""

    today: date
    currency: str
    measure: Measure
    scale: Scale
    satisfaction: tuple[Cell, ...]
    withheld: tuple[Gap, ...]
    responses: tuple[Cell, ...]
    source: DataSource
    rollouts: tuple[Rollout, ...]
    finance: Mapping[str, tuple[Sourced | None, Sourced | None]]
    """Hourly rate and yearly salary, by rollout."""
    hr: tuple[PersonMonths, ...]
    headcount: Mapping[str, int]
    """People by department today, those of departments below left out."""
    counts: conduct.Counted
    states: Mapping[str, int]
    """How many figures of our own are shown, said as a band, or withheld."""
    voiced: Mapping[str, Voiced]
    """What was written about in the wave of a department's latest figure."""


def today_of(unit: Unit) -> date:
    """Return the date at the organisation's home."""
    return unit.now.astimezone(zone_named(unit.organisations.get().time_zone)).date()


def gather(unit: Unit) -> Rows:
    """Read all rows that reports are made from, in one unit."""
    measure = chosen(unit.reports.measured())
    readings = unit.reports.readings(measure.item, measure.metric) if measure.item else []
    themes = unit.reports.themes(set(report_themes.latest(readings).values()))
    return Rows(
        today=today_of(unit),
        currency=unit.organisations.get().currency,
        measure=measure,
        readings=readings,
        responses=unit.reports.readings("", "response_rate"),
        rollouts=unit.rollouts.all(),
        employments=unit.reports.employments(),
        stays=unit.reports.stays(),
        leavings=unit.reports.leavings(),
        counts=conduct.counted(unit),
        themes=themes,
        lists={series: taxonomies.of_series(unit, series) for series in report_themes.series(themes)},
    )


def chosen(measured: Sequence[Measured]) -> Measure:
    """Choose the figure that reports compare: never by its outcome, only by how much there is of it.

    The anchor of the pulse wins as soon as there is half as much of it as of the item most measured (an imported
    history may carry another name); on a tie an item about satisfaction, then the first by name.
    """
    known = [one for one in measured if one.metric in ("favourability", "recommend_score", "mean")]
    if not known:
        return Measure()
    most = max(one.readings for one in known)
    anchor = builtin()[PULSE].anchor
    for one in known:
        if anchor and one.item == anchor.key and one.readings >= ENOUGH_OF_THE_ANCHOR * most:
            return Measure(one.item, one.metric)
    first = min(known, key=lambda one: (-one.readings, not _names_satisfaction(one.item), one.item))
    return Measure(first.item, first.metric)


def _names_satisfaction(item: str) -> bool:
    return any(word in item.casefold() for word in ("satisf", "zufrieden"))


def evidence(rows: Rows) -> Evidence:
    """Turn rows into figures; pure."""
    rollouts = tuple(_rollout(row) for row in rows.rollouts)
    starts = [one.month for one in rollouts] or [month_of(rows.today)]
    totals = _totals(rows)
    kept = _own_first([row for row in rows.readings if row.path not in totals])
    scale, factor = _scale(rows)
    return Evidence(
        today=rows.today,
        currency=rows.currency,
        measure=rows.measure,
        scale=scale,
        satisfaction=tuple(_cell(row, factor) for row in kept if _figure(row)),
        withheld=tuple(_gap(row) for row in kept if not _figure(row)),
        responses=tuple(rate(row) for row in rows.responses if row.state != "withheld" and row.asked),
        source=_source({row.source for row in kept}),
        rollouts=rollouts,
        finance={
            str(row.id): (_entered(row, row.hourly_rate), _entered(row, row.salary)) for row in rows.rollouts
        },
        hr=report_staff.cells(
            rows.employments, rows.stays, rows.leavings, rows.today, shift(min(starts), -MONTHS_BEFORE)
        ),
        headcount=_headcount(rows),
        counts=rows.counts,
        states=Counter(row.state for row in kept if row.source != IMPORTED),
        voiced=report_themes.voiced(rows.readings, rows.themes, rows.lists),
    )


def inputs_for(known: Evidence, path: str, focus: str | None = None) -> RoiInputs:
    """Return the inputs of one report; raises ``NoRollout`` where there is none it could be about."""
    people = sum(n for department, n in known.headcount.items() if covers(path, department))
    given = RoiInputs(
        department=path,
        today=known.today,
        rollouts=known.rollouts,
        money=MoneyInputs(known.currency),
        scale=known.scale,
        satisfaction=known.satisfaction,
        withheld=known.withheld,
        hr=known.hr,
        source=known.source,
        focus=focus,
        context=Context(responses=known.responses),
        headcount=people or None,
    )
    rate, salary = known.finance[focus_of(given).key]
    waves = _waves(known, path)
    minutes = waves * builtin()[PULSE].seconds / 60
    money = replace(
        given.money,
        hourly_rate=rate,
        salary=salary,
        people=people,
        answer_minutes_per_week=Sourced(minutes / WEEKS, Source.ASSUMED) if waves else None,
    )
    practice = conduct.practice(known.counts, known.states, waves, minutes)
    return replace(given, money=money, practice=practice, voiced=known.voiced.get(path))


def digest(known: Evidence, inputs: RoiInputs) -> str:
    """Return the SHA-256 of everything that a report says something from, the version of the method included.

    The day counts only as far as it matters: by its month, and by what has started. So the same inputs give the
    same report all month. Numbers of people who opted out count not at all: with a new report for each change of one,
    somebody could watch them change.
    """
    started = tuple(one.key for one in inputs.rollouts if one.start <= inputs.today)
    frozen = replace(inputs, today=month_of(inputs.today), practice=inputs.practice.without_people)
    canonical = (FORMAT, ESTIMATOR, known.measure, started, frozen)
    return hashlib.sha256(repr(canonical).encode()).hexdigest()


# --- rows to figures --------------------------------------------------------------------------------------


def _figure(row: ReadingRow) -> bool:
    """Tell whether a reading is a number that can be weighed; a band is none."""
    return row.state == "shown" and row.value is not None and (row.variance is not None or _share(row))


def _share(row: ReadingRow) -> bool:
    return row.unit == "share"


def _cell(row: ReadingRow, factor: float) -> Cell:
    """Return the reading in the unit of the report; a share without a variance gets that of its respondents.

    Our own shares have passed the gate's rule for numbers; what was imported has not.
    """
    value, n = row.value or 0.0, respondents(row)
    variance = value * (1 - value) / n if row.variance is None else row.variance
    screened = _share(row) and row.source != IMPORTED
    return Cell(row.path, month_of(row.period), factor * value, n, factor**2 * variance, screened)


def _gap(row: ReadingRow) -> Gap:
    hidden = row.state in ("band", "shown") or row.reason == ""
    return Gap(row.path, month_of(row.period), "privacy" if hidden else row.reason)


def respondents(row: ReadingRow) -> int:
    """Return how many answered; where that may not be said, the number in the middle of what the words stand for."""
    if row.n is not None:
        return row.n
    if row.asked is None or row.band not in (Count.FEW, Count.NEARLY_ALL):
        return FEW
    return sum(count_bounds(Count(row.band), row.asked)) // 2


def rate(row: ReadingRow) -> Cell:
    """Return a response rate as a share; its variance includes the rounding to five points.

    Of a band the middle is taken, and all between its bounds is taken to be as likely.
    """
    asked, width = row.asked or 1, 0.05
    value = row.value or 0.0
    if row.value is None:
        low, high = row.low or 0.0, row.high or 0.0
        value, width = (low + high) / 2, high - low
    return Cell(row.path, month_of(row.period), value, asked, value * (1 - value) / asked + width**2 / 12)


def _scale(rows: Rows) -> tuple[Scale, float]:
    """Return the unit of the figures with its ends, and what a stored value is multiplied by."""
    if rows.measure.metric == "favourability":
        return Scale("points", 0.0, 100.0), 100.0
    if rows.measure.metric == "recommend_score":
        return Scale("points", -100.0, 100.0), 1.0
    ends = next((found for row in rows.readings if (found := SCALE_ENDS.search(row.unit))), None)
    low, high = (float(ends[1]), float(ends[2])) if ends else (1.0, 5.0)
    return Scale("scale points", low, high), 1.0


def _own_first(readings: Sequence[ReadingRow]) -> list[ReadingRow]:
    """Leave out what was imported for a month of which there is a reading of our own."""
    own = {(row.path, month_of(row.period)) for row in readings if row.source != IMPORTED}
    return [row for row in readings if row.source != IMPORTED or (row.path, month_of(row.period)) not in own]


def _totals(rows: Rows) -> frozenset[str]:
    """Return imported "departments" that are the sum of all others: they would be controls of their own parts.

    One that nobody ever belonged to, and that has in its months about as many respondents as all the topmost
    others together.
    """
    places = {stay.path for stay in rows.stays}
    sizes: dict[date, dict[str, int]] = {}
    for row in rows.readings:
        if row.source == IMPORTED and row.n and "/" not in row.path:
            sizes.setdefault(row.period, {})[row.path] = row.n
    found = set()
    for path in {path for month in sizes.values() for path in month}:
        months = [month for month in sizes.values() if path in month and len(month) > 2]
        placed = any(covers(path, place) for place in places)
        if months and not placed and all(month[path] >= TOTAL * _others(month, path) for month in months):
            found.add(path)
    return frozenset(found)


def _others(month: Mapping[str, int], path: str) -> int:
    return sum(n for other, n in month.items() if other != path)


def _source(sources: set[str]) -> DataSource:
    if MADE_UP in sources:
        return DataSource.MADE_UP
    return DataSource.IMPORTED if IMPORTED in sources else DataSource.READING


def _rollout(row: RolloutRow) -> Rollout:
    """Return the rollout; a cost of nothing at all means that nobody entered any."""
    paid = row.one_off_cost > 0 or row.monthly_cost > 0
    return Rollout(
        key=str(row.id),
        department=row.path,
        name=row.name,
        purpose=row.purpose,
        start=row.starts_on,
        one_off=_entered(row, row.one_off_cost) if paid else None,
        run_per_year=_entered(row, 12 * row.monthly_cost) if paid else None,
        hours_saved_per_month=_entered(row, row.hours_saved),
    )


def _entered(row: RolloutRow, value: float | None) -> Sourced | None:
    known = row.source in [source.value for source in Source]
    return None if value is None else Sourced(value, Source(row.source) if known else Source.ENTERED)


def _headcount(rows: Rows) -> dict[str, int]:
    here = {
        one.person_id
        for one in rows.employments
        if one.starts_on <= rows.today and (one.ends_on is None or one.ends_on >= rows.today)
    }
    counts: dict[str, int] = {}
    for stay in rows.stays:
        holds = stay.starts_on <= rows.today and (stay.until is None or stay.until > rows.today)
        if holds and stay.person_id in here:
            counts[stay.path] = counts.get(stay.path, 0) + 1
    return counts


def _waves(known: Evidence, path: str) -> int:
    """Count the waves of the last twelve months in which a department was asked; an imported survey's are not known."""
    if known.source is DataSource.IMPORTED:
        return 0
    since = month_of(known.today - timedelta(days=365))
    waves = sum(cell.department == path and cell.month >= since for cell in known.satisfaction)
    return waves + sum(gap.department == path and gap.month >= since for gap in known.withheld)
