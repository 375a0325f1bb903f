"""The bot's sentences in one person's language, their figures and dates in that person's locale and zone.

A catalogue is a gettext ``.po`` file in ``locales``, found by its name: adding one file adds a language. Each
``msgid`` is a key, each ``msgstr`` a sentence in plain text with ``{placeholders}``.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from functools import cache, lru_cache
from gettext import c2py
from pathlib import Path
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.messages.pofile import read_po

from bot.errors import Value
from bot.talk import figures
from bot.talk.inert import inert

LOCALES = Path(__file__).parent / "locales"
SOURCE = "en"
"""The language that every other one falls back to, key by key."""

PLACEHOLDER = re.compile(r"\{([a-z][a-z0-9_]*)\}")

NAMES = frozenset(
    {
        "admin",
        "ancestor",
        "buddy",
        "command",
        "contact",
        "department",
        "first_name",
        "full_name",
        "manager",
        "name",
        "new_hire",
        "organisation",
        "owner",
        "person",
        "process_owner",
        "role",
        "site",
        "step",
        "survey",
        "task",
        "title",
    }
)
"""Placeholders filled with names that people or systems chose: cut after 80 characters."""

NAME_LIMIT, TEXT_LIMIT = 80, 1000


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The entries of one ``.po`` file: key → its forms (one, or as many as the language has plurals)."""

    entries: Mapping[str, tuple[str, ...]]
    plural: Callable[[int], int]

    def form(self, key: str, values: Mapping[str, Value]) -> str | None:
        """Return the sentence behind ``key``, in the plural form that the value named ``n`` asks for."""
        forms = self.entries.get(key)
        if forms is None or len(forms) == 1:
            return forms and forms[0]
        n = values["n"]
        if isinstance(n, int):
            return forms[self.plural(abs(n))]
        return forms[-1]


@cache
def catalogue(language: str) -> Catalogue:
    """Read the catalogue of a language once, when it is first needed."""
    with (LOCALES / f"{language}.po").open("rb") as file:
        read = read_po(file, charset="utf-8")
    entries = {
        str(m.id[0] if isinstance(m.id, (list, tuple)) else m.id): _forms(m.string)
        for m in read
        if m.id and m.string
    }
    return Catalogue(entries, c2py(read.plural_expr))


def _forms(string: str | Sequence[str]) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string)


@cache
def languages() -> tuple[str, ...]:
    """Return the names of all catalogues, sorted."""
    return tuple(sorted(path.stem for path in LOCALES.glob("*.po")))


@dataclass(frozen=True, slots=True)
class Words:
    """Sentences for one person: ``w("pulse.invitation.body", n_questions=3, close=moment)``.

    ``language`` is the catalogue in use (``en``, ``de``, ``de-formal``). In placeholders a ``date`` becomes
    "7 December", a ``datetime`` "Friday 17:00" in the person's zone (for moments more than a week away pass
    ``w.moment(…)`` or a date instead), an ``int`` or ``float`` a grouped figure, and a ``str`` stays as it is
    except for characters that could act on the text around it. What came in never acts as a placeholder.
    A key or a value that is missing is a mistake of ours and raises ``KeyError``.
    """

    language: str
    locale: Locale
    zone: tzinfo
    zone_known: bool
    chain: tuple[str, ...]

    def __call__(self, key: str, /, **values: Value) -> str:
        return PLACEHOLDER.sub(lambda found: self._value(found[1], values), self._sentence(key, values))

    def __contains__(self, key: object) -> bool:
        return any(key in catalogue(name).entries for name in self.chain)

    def number(self, value: float, digits: int = 0, *, signed: bool = False) -> str:
        """Return a grouped figure, "31,500" or "31.500"; with ``signed`` a plus stands before a gain."""
        return figures.number(value, digits, self.locale, signed=signed)

    def percent(self, share: float, digits: int = 0, *, signed: bool = False) -> str:
        """Return a share between 0 and 1 as a percentage, "71%" or "71 %"."""
        return figures.percent(share, digits, self.locale, signed=signed)

    def money(self, amount: float, currency: str, digits: int = 0, *, signed: bool = False) -> str:
        """Return an amount, "€6,000" or "6.000 €"; ``currency`` is its ISO 4217 code."""
        return figures.money(amount, currency, digits, self.locale, signed=signed)

    def day(self, value: date, *, year: bool = False) -> str:
        """Return a day, "7 December" or "7. Dezember"; a moment counts as its day in the person's zone."""
        local = value.astimezone(self.zone) if isinstance(value, datetime) else value
        return figures.day(local, self.locale, year=year)

    def hour(self, moment: datetime) -> str:
        """Return the time of day, "17:00"; "17:00 UTC" for a person whose own zone is not known."""
        return figures.hour(moment, self.locale, self.zone) + ("" if self.zone_known else " UTC")

    def weekday(self, moment: datetime) -> str:
        """Return a moment of the coming days, "Friday 17:00"."""
        return f"{figures.weekday(moment, self.locale, self.zone)} {self.hour(moment)}"

    def moment(self, moment: datetime) -> str:
        """Return any moment, "Friday, 27 November, 17:00"."""
        weekday = figures.weekday(moment, self.locale, self.zone)
        return f"{weekday}, {self.day(moment)}, {self.hour(moment)}"

    def join(self, items: Sequence[str]) -> str:
        """Return names or words as a list in a sentence, "tools, pay and noise"."""
        return figures.join([inert(item, NAME_LIMIT) for item in items], self.locale)

    def _sentence(self, key: str, values: Mapping[str, Value]) -> str:
        for name in self.chain:
            sentence = catalogue(name).form(key, values)
            if sentence is not None:
                return sentence
        raise KeyError(key)

    def _value(self, name: str, values: Mapping[str, Value]) -> str:
        value = values[name]
        match value:
            case str():
                return inert(value, NAME_LIMIT if name in NAMES else TEXT_LIMIT)
            case datetime():
                return self.weekday(value)
            case date():
                return self.day(value)
            case bool():
                raise TypeError(f"{name} is a truth value, which has no words")
            case int() | float():
                return figures.plain(value, self.locale)


@lru_cache(maxsize=4096)
def words(locale: str, formality: str = "du", zone: str = "UTC") -> Words:
    """Return the sentences for a person; what is not known of them falls back: language to English, zone to UTC.

    ``locale`` is any tag that a platform sends (``de``, ``de-AT``, ``en_US``); ``formality`` is ``du`` or ``sie``.
    """
    wanted = _locale(locale)
    chain = tuple(name for name in _candidates(wanted, formality == "sie") if name in languages())
    spoken = wanted if chain[0].split("-")[0] == wanted.language else _locale(SOURCE)
    known = _zone(zone)
    return Words(chain[0], spoken, known or UTC, known is not None, chain)


def _locale(tag: str) -> Locale:
    """Read a locale; plain English means the international kind, with the day before the month."""
    try:
        found = Locale.parse(tag.strip().replace("-", "_") or SOURCE)
    except (UnknownLocaleError, ValueError):
        language = re.split("[-_]", tag.strip())[0].lower()
        found = (
            Locale.parse(language)
            if language in {name.split("-")[0] for name in languages()}
            else Locale(SOURCE)
        )
    return Locale("en", "GB") if str(found) == SOURCE else found


def _candidates(locale: Locale, formal: bool) -> Iterator[str]:  # noqa: FBT001 - private; the register is a yes or no
    own = [f"{locale.language}-{locale.territory}", locale.language]
    if formal:
        yield from (f"{name}-formal" for name in own)
    yield from own
    yield SOURCE


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (OSError, ValueError, KeyError):  # what it raises depends on how the name is wrong
        return None
