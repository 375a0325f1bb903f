"""How a report's figures are written: never without their range or the reason why there is none."""

from dataclasses import dataclass
from datetime import date
from math import isfinite

from babel.dates import format_skeleton

from analytics.causal.difference import Effect
from analytics.money import Amount, Line, Money
from analytics.report import RoiReport
from analytics.results import Estimate, Withheld
from bot.talk.fallback import TITLE_WORDS
from bot.talk.inert import inert
from bot.talk.language import Words

LONGEST_NAME = 60
CONFIDENCE = 95
MOST_DIGITS = 3


@dataclass(frozen=True, slots=True)
class View:
    """A report and who looks at it.

    Attributes
    ----------
    item
        What was measured: the key of the survey's item, or the name an import gave it.
    ref
        Number of the stored report, which its buttons refer to.
    sees_all, counts_hours
        Whether the reader may see every department, and enter hours for this rollout.
    promised
        Whether a report that comes too early will be sent when its time has come.
    hours_by
        Name of whoever entered the hours saved.
    """

    report: RoiReport
    words: Words
    item: str
    ref: str = ""
    sees_all: bool = False
    counts_hours: bool = False
    promised: bool = False
    hours_by: str = ""

    @property
    def department(self) -> str:
        """The department's own name, without those above it."""
        return inert(self.report.about.department.rpartition("/")[2], LONGEST_NAME)

    @property
    def rollout(self) -> str:
        return inert(self.report.about.rollout, LONGEST_NAME)

    @property
    def measure(self) -> str:
        """What was measured, in words; an imported item that has no word of ours keeps its name."""
        return measured_by(self.words, self.item)


def measured_by(w: Words, item: str) -> str:
    key = f"report.measure.{item or 'satisfaction'}"
    return w(key) if key in w else inert(item, LONGEST_NAME)


def capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def fitted(w: Words, key: str, **names: str) -> str:
    """Return a title of at most six words: long names lose their last words, the longest name first."""
    left = {name: value.split() for name, value in names.items()}
    cut: set[str] = set()
    while True:
        shown = {name: " ".join(parts) + ("…" if name in cut else "") for name, parts in left.items()}
        title = w(key, **shown)
        longest = max(left, key=lambda name: len(left[name]))
        if len(title.split()) <= TITLE_WORDS or len(left[longest]) < 2:
            return title
        left[longest] = left[longest][:-1]
        cut.add(longest)


# --- figures ----------------------------------------------------------------------------------------------


def digits_for(unit: str, *values: float) -> int:
    """Return how many decimals a change needs: few, but no bound that is not zero may look like zero."""
    fewest = 0 if unit == "points" else 2
    for digits in range(fewest, MOST_DIGITS):
        if all(value == 0 or abs(value) > 0.5 * 10**-digits for value in values):
            return digits
    return MOST_DIGITS


def change(view: View, figure: Effect | Estimate) -> dict[str, str]:
    """Return a change with its range as the values of a sentence."""
    return spelled(view, figure.value, figure.low, figure.high)


def spelled(view: View, value: float, low: float, high: float) -> dict[str, str]:
    w, unit = view.words, view.report.headline.unit
    digits = digits_for(unit, low, high)
    ends = {"low": w.number(low, digits, signed=True), "high": w.number(high, digits, signed=True)}
    return {
        "value": w.number(value, digits, signed=True),
        "range": w("report.range", confidence=CONFIDENCE, **ends),
        **ends,
    }


def points(view: View, value: float, *, signed: bool = False) -> str:
    digits = digits_for(view.report.headline.unit, value)
    return view.words("report.points", value=view.words.number(value, digits, signed=signed))


def month(w: Words, day: date) -> str:
    """Return a month as a locale writes it briefly, "Nov 2026"."""
    return format_skeleton("yMMM", day, locale=w.locale)


def count(w: Words, value: float) -> str:
    """Return a count that may be a fraction: enough decimals to say something, no more."""
    if value >= 10:
        return w.number(value)
    return w.number(value, 1 if value >= 0.1 or value == 0 else 2)


# --- money ------------------------------------------------------------------------------------------------


def amount(view: View, line: Line) -> Amount | None:
    """Return a line's figure, or None where it is not shown."""
    found = view.report.money.lines[line]
    return found if isinstance(found, Amount) else None


def reason(view: View, line: Line) -> str:
    """Return why a line has no figure."""
    found = view.report.money.lines[line]
    return view.words(f"report.reason.{found.reason}") if isinstance(found, Withheld) else ""


def money(view: View, value: float, *, signed: bool = False) -> str:
    digits = 2 if 0 < abs(value) < 10 else 0
    return view.words.money(value, view.report.money.currency, digits, signed=signed)


def spread(view: View, found: Amount) -> str:
    """Return the ends of the scenarios behind an amount of money; empty where there is only one."""
    if found.low == found.high:
        return ""
    return view.words("report.span", low=money(view, found.low), high=money(view, found.high))


def source(view: View, found: Amount) -> str:
    return view.words(f"report.source.{found.source.value}")


def counted(view: View) -> str:
    """Return how saved hours count: "counted at half"."""
    share = view.report.money.realisation.value
    if share == 0.5:
        return view.words("report.counted.half")
    return view.words("report.counted.share", share=view.words.percent(share))


def leavers_range(view: View, statement: Money) -> dict[str, str]:
    """Return the ends of the break-even in resignations, with the replacement cost at each end."""
    w = view.words
    found = [one for one in statement.scenarios if isfinite(one.separations_per_year)]
    fewest = min(found, key=lambda one: one.separations_per_year)
    most = max(found, key=lambda one: one.separations_per_year)
    return {
        "low": count(w, fewest.separations_per_year),
        "high": count(w, most.separations_per_year),
        "most": w.percent(fewest.replacement_share),
        "least": w.percent(most.replacement_share),
    }
