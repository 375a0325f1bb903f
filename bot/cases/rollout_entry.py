"""An automation as it is entered: checked before it is kept, each problem with the field that it is about."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches
from math import isfinite, isnan, nan

from babel.numbers import NumberFormatError, get_currency_symbol, get_decimal_symbol, parse_decimal

from bot.cases.report_inputs import today_of
from bot.errors import Value
from bot.store.unit import Unit
from bot.talk.language import Words

LONGEST_NAME, LONGEST_PURPOSE, LONGEST_NUMBER = 80, 300, 30
YEARS_BACK, YEARS_AHEAD = 10, 5

MOST: Mapping[str, float] = {
    "one_off_cost": 1e10,
    "monthly_cost": 1e9,
    "hours_saved": 1e6,
    "hourly_rate": 1e5,
    "salary": 1e8,
}
"""The figures of an entry, with the most that each may be."""

GERMAN_DAY = re.compile(r"(\d{1,2})\.\s*(\d{1,2})\.\s*(\d{4})")
LETTER = re.compile(r"[^\W\d_]")
ISO_DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a field can't be kept: a sentence's key and its values."""

    name: str
    key: str
    values: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """An automation as somebody entered it; figures are in the organisation's currency.

    ``hours_saved`` is per month, all people together; ``hourly_rate`` the loaded cost of one hour of work;
    ``salary`` a mean yearly one. None: not known.
    """

    path: str
    name: str
    purpose: str
    starts_on: date
    one_off_cost: float = 0.0
    monthly_cost: float = 0.0
    hours_saved: float | None = None
    hourly_rate: float | None = None
    salary: float | None = None


def problems(unit: Unit, entry: Entry) -> Iterator[Problem]:
    """Yield what keeps an entry from being kept; the department is judged by ``department_in``."""
    limits = {"path": 200, "name": LONGEST_NAME, "purpose": LONGEST_PURPOSE}
    for name, limit in limits.items():
        text = str(getattr(entry, name)).strip()
        if not text:
            yield Problem(name, "rollouts.problem.required")
        elif len(text) > limit:
            yield Problem(name, "rollouts.problem.too_long", {"limit": limit})
    yield from _day_problem(unit, entry.starts_on)
    for name, most in MOST.items():
        yield from figure_problem(name, getattr(entry, name), most)


def _day_problem(unit: Unit, day: date) -> Iterator[Problem]:
    today = today_of(unit)
    first, last = date(today.year - YEARS_BACK, 1, 1), date(today.year + YEARS_AHEAD, 12, 31)
    if not first <= day <= last:
        ends = {"first": first.isoformat(), "last": last.isoformat()}
        yield Problem("starts_on", "rollouts.problem.date_range", ends)


def figure_problem(name: str, value: float | None, most: float) -> Iterator[Problem]:
    if value is None:
        return
    if not isfinite(value) or value > most:
        yield Problem(name, "rollouts.problem.too_large", {"limit": int(most)})
    elif value < 0:
        yield Problem(name, "rollouts.problem.negative")


def departments(unit: Unit) -> list[str]:
    """Return where an automation can start: departments of HR records and of imported results."""
    return sorted({*unit.placements.paths(unit.now.date()), *unit.reports.measured_paths()})


def department_in(unit: Unit, text: str) -> str | Problem:
    """Return the department that a name or path means, in any case of letters, or what stands against it."""
    wanted, known = text.strip().strip("/").casefold(), departments(unit)
    found = [path for path in known if path.casefold() == wanted] or [
        path for path in known if path.casefold().rpartition("/")[2] == wanted
    ]
    if len(found) == 1:
        return found[0]
    if found:
        choices = ", ".join(found)
        return Problem("path", "rollouts.problem.department_unclear", {"choices": choices})
    names = {path.casefold().rpartition("/")[2]: path for path in known}
    close = get_close_matches(wanted.rpartition("/")[2], names, n=4, cutoff=0.4)
    similar = ", ".join(names[name] for name in close) or ", ".join(known[:8])
    if not similar:
        return Problem("path", "rollouts.problem.no_department", {})
    return Problem("path", "rollouts.problem.department", {"choices": similar})


# --- what people type -------------------------------------------------------------------------------------


def day_in(text: str) -> date | None:
    """Read a date that cannot be mistaken: 2027-03-01 or 1.3.2027."""
    iso, german = ISO_DAY.fullmatch(text.strip()), GERMAN_DAY.fullmatch(text.strip())
    try:
        if iso:
            return date(int(iso[1]), int(iso[2]), int(iso[3]))
        return date(int(german[3]), int(german[2]), int(german[1])) if german else None
    except ValueError:
        return None


def figure_in(w: Words, name: str, text: str, currency: str) -> float | Problem | None:
    """Read a figure as the person's language writes it; None for an empty field.

    "6.000" means six thousand in German and six in English: three digits after the decimal sign are asked about.
    """
    plain = _bare(w, text, currency)
    if not plain:
        return None
    sign = re.escape(get_decimal_symbol(w.locale))
    if re.fullmatch(rf"\d{{1,3}}{sign}\d{{3}}", plain):
        whole, _, rest = plain.partition(get_decimal_symbol(w.locale))
        return Problem(name, "rollouts.problem.unclear", {"a": f"{whole}{rest}", "b": whole})
    try:
        value = nan if LETTER.search(plain) else float(parse_decimal(plain, locale=w.locale, strict=True))
    except NumberFormatError:
        value = nan
    if isnan(value):
        return Problem(name, "rollouts.problem.number", {"example": w.number(1500)})
    return next(figure_problem(name, value, MOST[name]), value)


def _bare(w: Words, text: str, currency: str) -> str:
    """Take away what only says which currency it is, and blanks between the digits."""
    short = text[:LONGEST_NUMBER].strip().replace("\u2212", "-")
    for mark in (currency, currency.lower(), get_currency_symbol(currency, locale=w.locale)):
        short = short.removeprefix(mark).removesuffix(mark).strip()
    return re.sub(r"(?<=\d)\s(?=\d)", "", short)
