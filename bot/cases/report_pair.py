"""What belongs side by side in every report: efficiency and experience, and a figure with what people wrote.

An automation that saves hours and one that people like are two questions; a report answers, or says that it cannot,
both of them.
"""

from collections.abc import Iterator

from analytics.report import DECISION_SHEETS, Kind
from analytics.text.themes import LONGEST_NAME
from bot.cases.report_words import View, capital, count, spelled
from bot.talk.cards import Fact
from bot.talk.inert import inert

SHEETS = DECISION_SHEETS | {Kind.PLANNED}
"""Headlines without a figure."""


def side_by_side(view: View, kind: str) -> tuple[Fact, Fact]:
    """Return what it does to work and what it does to people; ``kind`` names the first line of the report."""
    return _efficiency(view), _experience(view, kind)


def _efficiency(view: View) -> Fact:
    w, hours = view.words, view.report.money.hours_saved_per_month
    label = w("report.pair.efficiency")
    if hours is None:
        return Fact(label, w("report.pair.hours.none"), w("report.pair.hours.none.detail"))
    by = w("report.inputs.hours_by", person=view.hours_by) if view.hours_by else ""
    source = by or w(f"report.source.{hours.source.value}")
    return Fact(label, w("report.pair.hours", hours=count(w, hours.value)), source)


def _experience(view: View, kind: str) -> Fact:
    w = view.words
    key = "report.pair.told" if view.report.headline.kind not in SHEETS else "report.pair.untold"
    return Fact(w("report.pair.experience"), capital(short(view, kind)), w(f"{key}.detail"))


def short(view: View, kind: str) -> str:
    """Return the first line of a report in a few words; a change stands with its range."""
    w, line = view.words, view.report.headline
    if line.kind not in SHEETS:
        value, low, high = (end if end is not None else 0.0 for end in (line.value, line.low, line.high))
        ends = spelled(view, value, low, high)
        figures = {name: ends[name] for name in ("value", "low", "high")}
        return w("report.short.figure", measure=view.measure, **figures)
    if line.kind is Kind.TOO_EARLY:
        earliest = line.earliest or view.report.about.made_on
        return w("report.short.too_early", date=w.day(earliest, year=True))
    return w(f"report.short.{kind}")


def written(view: View) -> Iterator[Fact]:
    """Yield what people wrote about most in the survey of the department's latest figure, as far as it is shown."""
    w, voiced = view.words, view.report.voiced
    if voiced is None:
        return
    tongue = w.language.partition("-")[0]
    named = [(one, one.names.get(tongue, one.names["en"])) for one in voiced.themes if one.names]
    if named:
        said = [
            w("report.pair.theme", theme=inert(name, LONGEST_NAME), share=w.percent(one.share))
            for one, name in named
        ]
        ranges = [w("report.span", low=w.number(100 * t.low), high=w.percent(t.high)) for t, _ in named]
        detail = w("report.pair.themes.detail", date=w.day(voiced.on, year=True), ranges="; ".join(ranges))
        yield Fact(w("report.pair.themes"), "; ".join(said), detail)
