"""The facts of a report's card: each figure with its range, or the reason why there is none."""

from collections.abc import Iterator

from analytics.causal.difference import Effect
from analytics.causal.refusals import Refusal, leading
from analytics.money import Amount, Line
from analytics.report.model import Count, Hit, Satisfaction, Separations
from analytics.results import Estimate, Withheld
from bot.cases.report_words import (
    View,
    amount,
    change,
    count,
    leavers_range,
    money,
    points,
    reason,
    source,
    spread,
)
from bot.talk.cards import Fact, Table
from bot.talk.inert import inert

PER_HUNDRED = 100.0

STATEMENT = (
    Line.ONE_OFF,
    Line.RUN,
    Line.ANSWERING,
    Line.COST,
    Line.HOURS_VALUE,
    Line.NET_OF_HOURS,
    Line.ROI_OF_HOURS,
    Line.RETENTION_VALUE,
)


# --- satisfaction -----------------------------------------------------------------------------------------


def satisfaction(view: View) -> Iterator[Fact]:
    """Yield what surrounds the first line: the department by itself, the bounds, what could have been seen."""
    w, outcome = view.words, view.report.satisfaction
    if isinstance(outcome.effect, Effect) and isinstance(outcome.before_after, Estimate):
        own = change(view, outcome.before_after)
        label = w("report.fact.alone", department=view.department)
        detail = w("report.detail.alone", range=own["range"])
        yield Fact(label, w("report.points", value=own["value"]), detail)
    yield from _bounds(view, outcome)
    smallest = view.report.smallest_visible_change
    if smallest is not None:
        yield Fact(w("report.fact.smallest"), points(view, smallest), w("report.detail.smallest"))


def _bounds(view: View, outcome: Satisfaction) -> Iterator[Fact]:
    w, bounds = view.words, outcome.bounds
    if bounds is not None:
        ends = {
            "before_low": w.number(bounds.before_low),
            "before_high": w.number(bounds.before_high),
            "after_low": w.number(bounds.after_low),
            "after_high": w.number(bounds.after_high),
        }
        yield Fact(w("report.fact.bounds"), w("report.bounds", **ends), w("report.detail.bounds"))


def caveats(view: View) -> Iterator[Fact]:
    """Yield every rule that weakens the report, but for the one that the first line names."""
    named = leading(hit.code for hit in view.report.satisfaction.refusals)
    for hit in view.report.satisfaction.refusals:
        if hit.code is not named:
            yield Fact(view.words("report.fact.caveat"), rule(view, hit))


def rule(view: View, hit: Hit) -> str:
    """Say what a rule found."""
    others = view.words.join([inert(name, 60) for name in hit.about]) if hit.about else "–"
    return view.words(f"report.caveat.{hit.code.value.lower()}", others=others)


# --- resignations -----------------------------------------------------------------------------------------


def resignations(view: View) -> Fact:
    """Return the resignations since the start beside what was to be expected; counts, never a rate of few."""
    w, found = view.words, view.report.separations
    label = w("report.fact.resignations")
    if isinstance(found, Withheld):
        key = "hidden" if found.reason == "privacy" else "unknown"
        return Fact(label, w(f"report.resignations.{key}"), w(f"report.resignations.{key}.detail"))
    if not found.after.months:
        detail = _before_only(view, found.before)
        return Fact(label, w("report.resignations.none_yet"), detail)
    return Fact(label, _counted(view, found), "; ".join(_judged(view, found)))


def _before_only(view: View, before: Count) -> str:
    w = view.words
    if not before.months:
        return w("report.resignations.unknown.detail")
    return w("report.resignations.none_yet.detail", before=before.voluntary, months=before.months)


def _counted(view: View, found: Separations) -> str:
    w, after = view.words, found.after
    if found.expected_after is None:
        return w("report.resignations.count", after=after.voluntary, months=after.months)
    return w("report.resignations.expected", after=after.voluntary, expected=w.number(found.expected_after))


def _judged(view: View, found: Separations) -> Iterator[str]:
    """Yield what may be said of the count: against before, then against the others or why not."""
    w = view.words
    yield w(f"report.resignations.{_against_before(found)}")
    if isinstance(found.effect, Effect):
        ends = (PER_HUNDRED * end for end in (found.effect.value, found.effect.low, found.effect.high))
        value, low, high = (w.number(end, 1, signed=True) for end in ends)
        span = w("report.range", confidence=round(100 * found.effect.confidence), low=low, high=high)
        yield w("report.resignations.against", value=value, range=span)
    elif Refusal.RARE in [hit.code for hit in found.refusals]:
        yield w("report.resignations.rare")
    else:
        yield w("report.resignations.not_compared")


def _against_before(found: Separations) -> str:
    """Name what the exact interval of the ratio of the two rates allows to say."""
    ratio = found.ratio
    if isinstance(ratio, Withheld):
        return "no_before" if not found.before.person_months else "chance"
    if ratio.low > 1:
        return "more"
    return "fewer" if ratio.high < 1 else "chance"


# --- money ------------------------------------------------------------------------------------------------


def pays(view: View) -> Iterator[Fact]:
    """Yield from where on it pays: in saved hours, and in resignations avoided."""
    w = view.words
    hours = amount(view, Line.BREAK_EVEN_HOURS)
    if hours is not None:
        detail = w("report.detail.hours", low=count(w, hours.low), high=count(w, hours.high))
        yield Fact(w("report.fact.pays_hours"), w("report.pays.hours", hours=count(w, hours.value)), detail)
    leavers = amount(view, Line.BREAK_EVEN_SEPARATIONS)
    if leavers is not None:
        detail = w("report.detail.leavers", **leavers_range(view, view.report.money))
        value = w("report.pays.leavers", leavers=count(w, leavers.value))
        yield Fact(w("report.fact.pays_leavers"), value, detail)


def cost(view: View) -> Fact:
    """Return what it costs a year, or that nobody entered it."""
    found = amount(view, Line.COST)
    label = view.words("report.fact.cost")
    if found is None:
        return Fact(label, reason(view, Line.COST))
    entered = amount(view, Line.RUN)
    answered = amount(view, Line.ANSWERING)
    if entered is None or answered is None or entered.source is answered.source:
        return Fact(label, money(view, found.value), source(view, found))
    parts = {"source": source(view, entered), "share": money(view, answered.value)}
    return Fact(label, money(view, found.value), view.words("report.detail.cost", **parts))


def net(view: View) -> Fact:
    """Return what is left of the hours' value after the costs, with the scenarios it ranges over."""
    found = amount(view, Line.NET_OF_HOURS)
    label = view.words("report.fact.net")
    if found is None:
        return Fact(label, reason(view, Line.NET_OF_HOURS))
    detail = spread(view, found) or source(view, found)
    return Fact(label, money(view, found.value, signed=True), detail)


def statement(view: View) -> Table:
    """Return every line of the money with its range and its source, or the reason why it has no figure."""
    w = view.words
    header = (w("report.money.line"), w("report.money.amount"), w("report.money.source"))
    return Table(w("report.money.caption"), header, tuple(_row(view, line) for line in STATEMENT))


def _row(view: View, line: Line) -> tuple[str, str, str]:
    w, found = view.words, amount(view, line)
    label = w(f"report.money.{line.value}", **_months(view, line))
    if found is None:
        return label, reason(view, line), w("report.source.none")
    return label, _figure(view, line, found), source(view, found)


def _months(view: View, line: Line) -> dict[str, int]:
    return {"months": view.report.money.horizon_months} if line is Line.ONE_OFF else {}


def _figure(view: View, line: Line, found: Amount) -> str:
    w = view.words
    if line is Line.ROI_OF_HOURS:
        value, low, high = (w.percent(end, signed=True) for end in (found.value, found.low, found.high))
        return w("chart.range", value=value, low=low, high=high)
    value = money(view, found.value, signed=line is Line.NET_OF_HOURS)
    if found.low == found.high:
        return value
    return w("chart.range", value=value, low=money(view, found.low), high=money(view, found.high))
