"""What leaves the vault: each figure that passes the gate, rounded, or one row that says it is withheld.

Readings hold nothing finer than what may be shown: rounded shares, numbers of respondents as they are written,
and a sampling variance that includes the rounding. Where the number of respondents is not said, interval and variance
are worked out from what is said alone, so that it does not follow from them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from analytics.intervals import wilson_bounds
from analytics.metrics import METRICS
from analytics.metrics.counts import Moments
from analytics.results import Estimate
from bot.cases import tongues
from bot.cases.styling import StyleItem
from bot.cases.theming import SPOKEN, ThemeItem
from bot.cases.tongues import TongueItem
from bot.store.tables import Reading, Wave
from bot.store.unit import Unit
from surveys.anonymity import (
    Across,
    Band,
    Count,
    Decision,
    Figure,
    Release,
    Shown,
    Tone,
    balance_points,
    count_bounds,
    count_form,
    gate,
    lattice,
    releases,
    response_percent,
    share_percent,
    value_step,
)
from surveys.anonymity.figures import nearest_tone
from surveys.questions import Question, favourable, response_format
from surveys.questions.recommend import group

ACROSS: Final[Across] = "crowd"
"""What is assumed of somebody who compares waves; see the decision record on releases over time."""

HORIZON = timedelta(days=90)
"""How long an answer is taken to stand unchanged; releases further back are not compared."""

PRIVACY, LANGUAGE, OFF = "privacy", "language", "off"

Subject = Question | ThemeItem | TongueItem | StyleItem | None
"""What a figure is about: a question, a theme or language of its comments, a response style, or (None) the whole response."""

OF_TEXT = frozenset({"tone_balance", "theme_share"})
"""Metrics that need as many respondents as comments do."""

SHARES = frozenset({"favourability", "theme_share", "style_share"})
"""Metrics whose unit is a share; the others that are released here are balances in points."""


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
    subject: Subject,
    cells: Sequence[Cell],
    placed: Mapping[int, str],
    ledger: Sequence[Release],
) -> Decided:
    """Pass one subject of a wave through the gate."""
    metric, key = metric_of(subject), subject.key if subject else ""
    if metric is None:
        return Decided(key, "", (), {}, (), 0)
    kept = {cell.path: _classes(subject, cell) for cell in cells}
    stored = {leaf: cell.path for cell in cells for leaf in cell.leaves}
    figures = tuple(lattice(placed, stored, kept))
    decisions = gate(figures, ledger, threshold(wave, metric), wave=wave.id, across=ACROSS)
    unread = sum(cell.n - sum(cell.points) for cell in cells) if metric == "tone_balance" else 0
    return Decided(key, metric, figures, decisions, tuple(releases(figures, decisions, wave.id)), unread)


def metric_of(subject: Subject) -> str | None:
    """Name the one figure that is released of a subject; None for a choice, which has none yet."""
    match subject:
        case None:
            return "response_rate"
        case ThemeItem(part="share"):
            return "theme_share"
        case ThemeItem() | TongueItem():
            return "tone_balance"
        case StyleItem(part="standing"):
            return "item_standing"
        case StyleItem():
            return "style_share"
        case _:
            kinds = {"likert": "favourability", "recommend": "recommend_score", "text": "tone_balance"}
            return kinds.get(subject.type)


def threshold(wave: Wave, metric: str) -> int:
    """Return the fewest respondents behind a figure of this wave, as frozen at its launch."""
    return wave.k_comments if metric in OF_TEXT else wave.k_scores


def readings(unit: Unit, wave: Wave, decided: Decided) -> list[Reading]:
    """Return a reading for each department that was asked, shown or withheld; of what was found in answers only what is shown."""
    asked = {figure.path: figure for figure in decided.figures}
    paths = sorted({*asked, *_paths(unit, wave)}) if decided.metric else []
    first = unit.number("reading", len(paths)) if paths else 0
    source = "made up" if unit.organisations.get().made_up else "measured"
    k = threshold(wave, decided.metric)
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
            _fill(row, asked[path], decided.decisions[path], k)
        if row.state == "withheld" and path == "" and decided.unread >= wave.k_comments:
            row.reason = LANGUAGE if wave.sentiment == "aggregate" else OFF
        if _is_kept(row, asked.get(path), wave.k_scores):
            tongues.widen(row)
            rows.append(row)
    return rows


def _is_kept(row: Reading, figure: Figure | None, k: int) -> bool:
    """Tell whether there is a row: of questions always, of what was found in the answers only what is shown."""
    if StyleItem.read(row.item) is not None:
        return row.state != "withheld"
    of_texts = ThemeItem.read(row.item) or TongueItem.read(row.item)
    return of_texts is None or _spoken_of(row, figure, k)


def _spoken_of(row: Reading, figure: Figure | None, k: int) -> bool:
    """Tell whether a theme may be named here: no theme is shown that fewer than ``k`` people spoke of."""
    if figure is None or row.state == "withheld":
        return False
    return row.metric != "theme_share" or (row.state == "shown" and figure.counts[SPOKEN] >= k)


def _paths(unit: Unit, wave: Wave) -> list[str]:
    return ["", *unit.placements.paths(wave.local_date)]


def _fill(row: Reading, figure: Figure, decision: Decision, k: int) -> None:
    if not isinstance(decision, Shown):
        return
    row.reason = ""
    if row.metric == "response_rate":
        _fill_rate(row, figure, k)
    elif isinstance(decision.form, Band):
        _fill_band(row, decision.form.tone)
    else:
        _fill_estimate(row, figure, k)


def _fill_band(row: Reading, tone: Tone) -> None:
    row.state, row.band = "band", tone.value


def _fill_rate(row: Reading, figure: Figure, k: int) -> None:
    """Write the response rate in steps of five points, or what may be said instead with the bounds it stands for.

    It has no sampling interval, being a count of those asked.
    """
    n, asked = figure.respondents, len(figure.invited)
    count = count_form(n, asked)
    row.asked = asked
    if count is Count.EXACT:
        row.state = "shown"
        row.value = row.low = row.high = response_percent(n, asked) / 100
    else:
        row.state, row.band = "band", count.value
        row.low, row.high = (bound / asked for bound in count_bounds(count, asked, k))


def _fill_estimate(row: Reading, figure: Figure, k: int) -> None:
    estimate = METRICS[row.metric].figure(_moments(figure))
    if not isinstance(estimate, Estimate):
        row.state, row.reason = "withheld", PRIVACY
        return
    n, asked = figure.respondents, len(figure.invited)
    step = value_step(n, asked, len(figure.counts) - 1)
    if step is None:
        _fill_band(row, nearest_tone(figure.counts))
        return
    count = count_form(n, asked)
    row.state, row.asked = "shown", asked
    row.value = _rounded(row.metric, figure, step)
    if count is Count.EXACT:
        row.n = n
        _fill_range(row, estimate)
        row.variance = _variance(row.metric, figure, row.value) + _rounding(row.metric, step)
    else:
        row.band = count.value
        _fill_widest(row, count_bounds(count, asked, k), step)


def _rounded(metric: str, figure: Figure, step: int) -> float:
    n = figure.respondents
    if metric in SHARES:
        return share_percent(figure.counts[1], n, step) / 100
    return float(balance_points(figure.counts[1] + 2 * figure.counts[2], n, step))


def _fill_range(row: Reading, estimate: Estimate) -> None:
    """Write the interval, moved by as much as the value was rounded."""
    value = row.value or 0.0
    shift = value - estimate.value
    row.low, row.high = (_whole(bound + shift, row.metric) for bound in (estimate.low, estimate.high))
    row.low, row.high = min(row.low, value), max(row.high, value)


def _fill_widest(row: Reading, counts: tuple[int, int], step: int) -> None:
    """Write interval and variance from the value shown and the least and greatest number of respondents.

    The interval is for the fewest, and for all that the rounded value may stand for; the variance for the number in
    the middle. A balance is taken to have nobody between its ends, where it varies most: it is a share then.
    """
    least, most = counts
    lowest, span = (0.0, 1.0) if row.metric in SHARES else (-100.0, 200.0)
    share = ((row.value or 0.0) - lowest) / span
    half = _in_units(row.metric, step) / span / 2
    bounds = wilson_bounds(max(share - half, 0.0), least)[0], wilson_bounds(min(share + half, 1.0), least)[1]
    row.low, row.high = (_whole(lowest + span * bound, row.metric) for bound in bounds)
    row.variance = span**2 * share * (1 - share) / ((least + most) // 2) + _rounding(row.metric, step)


def _whole(bound: float, metric: str) -> float:
    """Round a bound to whole points and keep it within the scale."""
    if metric in SHARES:
        return min(max(round(bound * 100) / 100, 0.0), 1.0)
    return min(max(float(round(bound)), -100.0), 100.0)


def _variance(metric: str, figure: Figure, value: float) -> float:
    """Return the sampling variance of what was released."""
    n = figure.respondents
    if metric in SHARES:
        return value * (1 - value) / n
    top, bottom = figure.counts[-1] / n, figure.counts[0] / n
    return 10_000 * max(top + bottom - (top - bottom) ** 2, 0.0) / n


def _rounding(metric: str, step: int) -> float:
    """Return the variance that rounding adds."""
    return _in_units(metric, step) ** 2 / 12


def _in_units(metric: str, step: int) -> float:
    return step / 100 if metric in SHARES else float(step)


def _moments(figure: Figure) -> Moments:
    """Return the counts that shares and balances are computed from; no released metric uses a mean."""
    return Moments(figure.respondents, 0.0, 0.0, figure.counts[-1], figure.counts[0])


def _classes(subject: Subject, cell: Cell) -> tuple[int, ...]:
    """Fold the points of the scale into the classes of the released figure, worst first."""
    if subject is None:
        return (cell.n,)
    if isinstance(subject, ThemeItem | TongueItem | StyleItem) or subject.type == "text":
        return cell.points
    return _of_scale(subject, cell)


def _of_scale(question: Question, cell: Cell) -> tuple[int, ...]:
    values = [option.value for option in getattr(response_format(question, "en"), "options", ())]
    by_value = dict(zip(values, cell.points, strict=True))
    if question.type == "recommend":
        names = ("detractor", "passive", "promoter")
        return tuple(sum(n for value, n in by_value.items() if group(value) == name) for name in names)
    good = sum(n for value, n in by_value.items() if favourable(question, value))
    return (sum(cell.points) - good, good)
