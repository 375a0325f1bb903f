"""What leaves the vault: each figure that passes the gate, rounded, or one row that says it is withheld.

Readings hold nothing finer than what may be shown: rounded shares, numbers of respondents as they are written,
and a sampling variance that includes the rounding.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from analytics.metrics import METRICS
from analytics.metrics.counts import Moments
from analytics.results import Estimate
from bot.store.tables import Reading, Wave
from bot.store.unit import Unit
from surveys.anonymity import (
    Across,
    Band,
    Decision,
    Figure,
    Release,
    Shown,
    gate,
    lattice,
    releases,
    response_percent,
    share_percent,
)
from surveys.questions import Question, favourable, response_format
from surveys.questions.recommend import group

ACROSS: Final[Across] = "crowd"
"""What is assumed of somebody who compares waves; see the decision record on releases over time."""

HORIZON = timedelta(days=90)
"""How long an answer is taken to stand unchanged; releases further back are not compared."""

PRIVACY, LANGUAGE = "privacy", "language"
SMALL_GROUP = 7
"""How many respondents are assumed where only "5–9" may be said."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A stored cell of one question: its path, its answers, how they fall, and the launch cells in it."""

    path: str
    n: int
    points: tuple[int, ...]
    leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decided:
    """The gate's word on one item of a wave: its metric, the figures, the decisions, what to remember."""

    item: str
    metric: str
    figures: tuple[Figure, ...]
    decisions: Mapping[str, Decision]
    releases: tuple[Release, ...]
    unread: int
    """Texts in a language whose tone is not read."""


def decide(
    wave: Wave,
    question: Question | None,
    cells: Sequence[Cell],
    placed: Mapping[int, str],
    ledger: Sequence[Release],
) -> Decided:
    """Pass one question of a wave, or (without one) its response, through the gate."""
    metric = metric_of(question)
    if metric is None:
        return Decided(question.key if question else "", "", (), {}, (), 0)
    kept = {cell.path: _classes(question, cell) for cell in cells}
    stored = {leaf: cell.path for cell in cells for leaf in cell.leaves}
    figures = tuple(lattice(placed, stored, kept))
    k = wave.k_comments if metric == "tone_balance" else wave.k_scores
    decisions = gate(figures, ledger, k, wave=wave.id, across=ACROSS)
    unread = sum(cell.n - sum(cell.points) for cell in cells) if metric == "tone_balance" else 0
    key = question.key if question else ""
    return Decided(key, metric, figures, decisions, tuple(releases(figures, decisions, wave.id)), unread)


def metric_of(question: Question | None) -> str | None:
    """Name the one figure that is released of a question; None for a choice, which has none yet."""
    if question is None:
        return "response_rate"
    kinds = {"likert": "favourability", "recommend": "recommend_score", "text": "tone_balance"}
    return kinds.get(question.type)


def readings(unit: Unit, wave: Wave, decided: Decided) -> list[Reading]:
    """Return a reading for each department that was asked, shown or withheld."""
    asked = {figure.path: figure for figure in decided.figures}
    paths = sorted({*asked, *_paths(unit, wave)}) if decided.metric else []
    first = unit.number("reading", len(paths)) if paths else 0
    source = "made up" if unit.organisations.get().made_up else "measured"
    rows = []
    for number, path in enumerate(paths, start=first):
        row = Reading(
            organisation_id=unit.organisation_id,
            id=number,
            source=source,
            wave_id=wave.id,
            period=wave.local_date,
            path=path,
            item=decided.item,
            metric=decided.metric,
            state="withheld",
            reason=PRIVACY,
            unit=METRICS[decided.metric].unit,
        )
        if path in asked:
            _fill(row, asked[path], decided.decisions[path])
        if row.state == "withheld" and path == "" and decided.unread >= wave.k_comments:
            row.reason = LANGUAGE
        rows.append(row)
    return rows


def _paths(unit: Unit, wave: Wave) -> list[str]:
    return ["", *unit.placements.paths(wave.local_date)]


def _fill(row: Reading, figure: Figure, decision: Decision) -> None:
    if not isinstance(decision, Shown):
        return
    row.reason = ""
    if isinstance(decision.form, Band):
        row.state, row.band = "band", decision.form.tone.value
        return
    row.state = "shown"
    if row.metric == "response_rate":
        _fill_rate(row, figure)
    else:
        _fill_estimate(row, figure)


def _fill_rate(row: Reading, figure: Figure) -> None:
    """Write the response rate in steps of five points; it has no interval, being a count of those asked."""
    row.asked = len(figure.invited)
    row.value = row.low = row.high = response_percent(figure.respondents, len(figure.invited)) / 100


def _fill_estimate(row: Reading, figure: Figure) -> None:
    estimate = METRICS[row.metric].figure(_moments(figure))
    if not isinstance(estimate, Estimate):
        row.state, row.reason = "withheld", PRIVACY
        return
    n = figure.respondents
    row.n = n if n >= 10 else None
    row.asked = len(figure.invited)
    scale = 1.0 if row.metric == "favourability" else 100.0
    row.value = _rounded(row.metric, estimate.value, figure)
    shift = row.value - estimate.value
    row.low, row.high = (_whole(bound + shift, scale) for bound in (estimate.low, estimate.high))
    row.low, row.high = min(row.low, row.value), max(row.high, row.value)
    row.variance = _variance(row.metric, figure, row.value, row.n or SMALL_GROUP)


def _rounded(metric: str, value: float, figure: Figure) -> float:
    if metric == "favourability":
        return share_percent(figure.counts[1], figure.respondents) / 100
    step = 5 if figure.respondents < 20 else 1
    return float(round(value / step) * step)


def _whole(bound: float, scale: float) -> float:
    """Round a bound to whole points and keep it within the scale."""
    low = 0.0 if scale == 1.0 else -100.0
    return min(max(round(bound * 100 / scale) * scale / 100, low), scale)


def _variance(metric: str, figure: Figure, value: float, n: int) -> float:
    """Return the sampling variance of what was released, its rounding included."""
    step = 5 if figure.respondents < 20 else 1
    if metric == "favourability":
        rounding = (step / 100) ** 2 / 12
        return value * (1 - value) / n + rounding
    top, bottom = (figure.counts[-1] / figure.respondents, figure.counts[0] / figure.respondents)
    return 10_000 * max(top + bottom - (top - bottom) ** 2, 0.0) / n + step**2 / 12


def _moments(figure: Figure) -> Moments:
    """Return the counts that shares and balances are computed from; no released metric uses a mean."""
    return Moments(figure.respondents, 0.0, 0.0, figure.counts[-1], figure.counts[0])


def _classes(question: Question | None, cell: Cell) -> tuple[int, ...]:
    """Fold the points of the scale into the classes of the released figure, worst first."""
    if question is None:
        return (cell.n,)
    if question.type == "text":
        return cell.points
    values = [option.value for option in getattr(response_format(question, "en"), "options", ())]
    by_value = dict(zip(values, cell.points, strict=True))
    if question.type == "recommend":
        names = ("detractor", "passive", "promoter")
        return tuple(sum(n for value, n in by_value.items() if group(value) == name) for name in names)
    good = sum(n for value, n in by_value.items() if favourable(question, value))
    return (sum(cell.points) - good, good)
