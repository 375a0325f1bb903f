"""One cell of a people file at a time: what may stand in it, and what is said when something else does."""

import re
import unicodedata
from collections.abc import Callable
from datetime import date
from difflib import get_close_matches
from functools import cache
from zoneinfo import available_timezones

from babel import Locale, UnknownLocaleError

from bot.errors import Value
from bot.talk.inert import BIDI_CONTROLS, SPACES
from surveys.cadence import zone_named
from surveys.errors import UnknownZone

Reader = Callable[[str], str]

LONGEST_ID, LONGEST_NAME, LONGEST_EMAIL, LONGEST_PATH, DEEPEST_PATH = 64, 200, 254, 255, 8
MOST_HEADED = 50
EARLIEST, LATEST = 1900, 2100

REASONS = ("voluntary", "involuntary", "retirement", "end_of_contract", "death", "other")
NO_REASON = "other"
"""Kept where an end has no reason: it never counts as a resignation."""

_REASON_WORDS = {
    "resignation": "voluntary",
    "eigenkündigung": "voluntary",
    "freiwillig": "voluntary",
    "dismissal": "involuntary",
    "layoff": "involuntary",
    "arbeitgeberkündigung": "involuntary",
    "unfreiwillig": "involuntary",
    "ruhestand": "retirement",
    "rente": "retirement",
    "pension": "retirement",
    "vertragsende": "end_of_contract",
    "befristung": "end_of_contract",
    "tod": "death",
    "verstorben": "death",
    "sonstiges": "other",
    "andere": "other",
}
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})")
_DOTTED = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\".]+(\.[^@\s,;<>\".]+)+")
_SHARE = re.compile(r"(\d{1,3}(?:[.,]\d{1,4})?)\s*(%?)")
_AMOUNT = re.compile(r"\D{0,4}\d[\d.,' ]{4,}\D{0,4}")
"""One figure of five digits or more: a salary rather than a band."""


class CellProblem(Exception):
    """A cell that cannot be taken; ``key`` names the sentence that says what to do."""

    def __init__(self, key: str, **values: Value) -> None:
        super().__init__(key)
        self.key = key
        self.values = values


def clean(cell: str) -> str:
    """Return a cell on one line, composed (NFC), without characters that act on the text around them."""
    if cell.isascii() and cell.isprintable():
        return " ".join(cell.split())
    return " ".join("".join(map(_visible, unicodedata.normalize("NFC", cell))).split())


def _visible(character: str) -> str:
    if character in SPACES:
        return " "
    return "" if character in BIDI_CONTROLS or unicodedata.category(character) in {"Cc", "Cs"} else character


def identifier(cell: str) -> str:
    if not cell:
        raise CellProblem("problem.people.no_id")
    return _short(cell, "id", LONGEST_ID)


def name(cell: str) -> str:
    if not cell:
        raise CellProblem("problem.people.no_name")
    return _short(cell, "name", LONGEST_NAME)


def manager(cell: str) -> str:
    return _short(cell, "manager", LONGEST_ID)


def short(column: str) -> Callable[[str], str]:
    """Return a reader for a short text of no special form."""
    return lambda cell: _short(cell, column, LONGEST_ID)


def email(cell: str) -> str:
    """Read an address, kept in small letters; empty where there is none."""
    if cell and (len(cell) > LONGEST_EMAIL or not _EMAIL.fullmatch(cell)):
        raise CellProblem("problem.people.email", value=cell[:80])
    return cell.lower()


def path(cell: str) -> str:
    """Read a department, such as ``Operations/Support``; blanks around its parts do not count."""
    parts = [part.strip() for part in cell.split("/")]
    if not cell:
        raise CellProblem("problem.people.no_department")
    if not all(parts):
        raise CellProblem("problem.people.department_gap", value=cell[:80])
    if len(parts) > DEEPEST_PATH:
        raise CellProblem("problem.people.department_deep", value=cell[:80], limit=DEEPEST_PATH)
    return _short("/".join(parts), "department", LONGEST_PATH)


def heads(cell: str) -> tuple[str, ...]:
    """Read the departments that a person heads, separated by semicolons."""
    paths = tuple(dict.fromkeys(path(part.strip()) for part in cell.split(";") if part.strip()))
    if len(paths) > MOST_HEADED:
        raise CellProblem("problem.people.heads_many", limit=MOST_HEADED)
    return paths


@cache
def zone(cell: str) -> str:
    """Read an IANA time zone."""
    if cell:
        try:
            zone_named(cell)
        except UnknownZone:
            raise CellProblem("problem.people.time_zone", value=cell[:80]) from None
    return cell


def zone_meant(text: str) -> str:
    """Return the time zone that a person writes, by its name or its city in any letters; nothing if there is none."""
    plain = unicodedata.normalize("NFKD", text.strip()).encode("ascii", "ignore").decode()
    return _zones_as_written().get(plain.casefold().replace(" ", "_"), "")


@cache
def _zones_as_written() -> dict[str, str]:
    names = sorted(available_timezones() - {"Factory", "localtime"}, reverse=True)
    cities = {each.rpartition("/")[2].casefold(): each for each in names if "/" in each}
    return cities | {each.casefold(): each for each in names}


def near_zone(cell: str) -> str:
    """Return the time zone that was probably meant, or nothing."""
    known = {each.casefold(): each for each in available_timezones()}
    places = {each.rpartition("/")[2]: each for each in sorted(known) if "/" in each}
    wanted = cell.casefold().replace(" ", "_")
    near = get_close_matches(wanted, known, n=1, cutoff=0.75) or [
        places[hit] for hit in get_close_matches(wanted.rpartition("/")[2], places, n=1, cutoff=0.75)
    ]
    return known[near[0]] if near and len(wanted) > 4 else ""  # CEST is no slip for EST


@cache
def locale(cell: str) -> str:
    """Read a language tag such as ``de`` or ``en-GB``."""
    if cell:
        try:
            Locale.parse(cell.replace("-", "_"))
        except (UnknownLocaleError, ValueError, TypeError):
            raise CellProblem("problem.people.locale", value=cell[:80]) from None
    return cell


@cache
def day(cell: str) -> date:
    """Read a date, 2024-03-31 or 31.03.2024; any other form could mean two days."""
    iso, dotted = _ISO.fullmatch(cell), _DOTTED.fullmatch(cell)
    if iso:
        year, month, number = map(int, iso.groups())
    elif dotted:
        number, month, year = map(int, dotted.groups())
    else:
        raise CellProblem("problem.people.date_form", value=cell[:80])
    try:
        found = date(year, month, number)
    except ValueError:
        raise CellProblem("problem.people.date_impossible", value=cell) from None
    if not EARLIEST <= year <= LATEST:
        raise CellProblem("problem.people.date_far", value=cell)
    return found


def first_day(cell: str) -> date:
    if not cell:
        raise CellProblem("problem.people.no_start")
    return day(cell)


def last_day(cell: str) -> date | None:
    return day(cell) if cell else None


@cache
def reason(cell: str) -> str:
    """Read why an employment ended, in English or German."""
    wanted = cell.casefold().replace(" ", "_").replace("-", "_")
    known = wanted if wanted in REASONS else _REASON_WORDS.get(wanted, "")
    if cell and not known:
        raise CellProblem("problem.people.end_reason", value=cell[:80], choices=", ".join(REASONS))
    return known


@cache
def share(cell: str) -> float:
    """Read an employment share: 0.8, 0,8 or 80 %; empty means full time."""
    if not cell:
        return 1.0
    found = _SHARE.fullmatch(cell)
    value = float(found[1].replace(",", ".")) / (100 if found[2] else 1) if found else -1.0
    if not 0 <= value <= 1:
        raise CellProblem("problem.people.share", value=cell[:80])
    return round(value, 6)


def band(cell: str) -> str:
    """Read a salary band; a salary itself is refused, because nobody needs it here."""
    if _AMOUNT.fullmatch(cell) and sum(character.isdigit() for character in cell) >= 5:
        raise CellProblem("problem.people.band_salary")
    return _short(cell, "band", LONGEST_ID)


def _short(cell: str, column: str, limit: int) -> str:
    if len(cell) > limit:
        raise CellProblem("problem.people.too_long", column=column, limit=limit)
    return cell
