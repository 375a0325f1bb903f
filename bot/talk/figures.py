"""Figures, amounts, days and hours as a locale writes them."""

import re
from collections.abc import Sequence
from datetime import date, datetime, tzinfo
from decimal import ROUND_HALF_EVEN, Decimal
from functools import lru_cache

from babel import Locale
from babel.dates import format_date, format_skeleton, format_time
from babel.lists import format_list
from babel.numbers import format_currency, format_decimal, format_percent

MINUS = "\u2212"

KEPT = 1024
"""How many days and hours are kept as written: a wave's close, for one, is told to everybody who answers."""


def number(value: float, digits: int, locale: Locale, *, signed: bool = False) -> str:
    rounded = _rounded(value, digits)
    return _sign(
        format_decimal(rounded, format=_pattern("#,##0", digits), locale=locale), rounded, signed=signed
    )


def percent(share: float, digits: int, locale: Locale, *, signed: bool = False) -> str:
    rounded = _rounded(share, digits + 2)
    pattern = _with_digits(locale.percent_formats[None].pattern, digits)
    return _sign(format_percent(rounded, format=pattern, locale=locale), rounded, signed=signed)


def money(amount: float, currency: str, digits: int, locale: Locale, *, signed: bool = False) -> str:
    rounded = _rounded(amount, digits)
    pattern = _with_digits(locale.currency_formats["standard"].pattern, digits)
    text = format_currency(rounded, currency, format=pattern, locale=locale, currency_digits=False)
    return _sign(text, rounded, signed=signed)


def plain(value: float, locale: Locale) -> str:
    """Return a figure with as many decimals as it has, at most three."""
    rounded = _rounded(value, 3)
    return _sign(format_decimal(rounded, locale=locale), rounded, signed=False)


def day(value: date, locale: Locale, *, year: bool = False) -> str:
    plain_day = datetime(value.year, value.month, value.day)  # noqa: DTZ001 - a day, no moment
    return _long(plain_day, locale) if year else _day(plain_day, locale)


def hour(moment: datetime, locale: Locale, zone: tzinfo) -> str:
    return _hour(_wall(moment, zone), locale)


def weekday(moment: datetime, locale: Locale, zone: tzinfo) -> str:
    return _weekday(_wall(moment, zone), locale)


def join(items: Sequence[str], locale: Locale) -> str:
    return format_list(items, style="standard", locale=locale)


def _wall(moment: datetime, zone: tzinfo) -> datetime:
    """Return what clock and calendar show in a zone.

    Without the zone, for these are the keys of what is kept below, and two moments with zones are equal where they
    are the same instant, however differently they are written.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone cannot be shown")
    return moment.astimezone(zone).replace(tzinfo=None)


@lru_cache(KEPT)
def _day(wall: datetime, locale: Locale) -> str:
    return format_skeleton("MMMMd", wall, locale=locale)


@lru_cache(KEPT)
def _long(wall: datetime, locale: Locale) -> str:
    return format_date(wall, "long", locale=locale)


@lru_cache(KEPT)
def _hour(wall: datetime, locale: Locale) -> str:
    return format_time(wall, "short", locale=locale)


@lru_cache(KEPT)
def _weekday(wall: datetime, locale: Locale) -> str:
    return format_date(wall, "EEEE", locale=locale)


def _rounded(value: float, digits: int) -> Decimal:
    """Round once, half to even, so that a figure and its sign agree: −0.2 at no digits is 0, not −0."""
    exact = Decimal(str(value))
    if not exact.is_finite():
        raise ValueError("a figure that is not finite cannot be shown")
    return exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_EVEN) + 0


def _pattern(whole: str, digits: int) -> str:
    return f"{whole}.{'0' * digits}" if digits else whole


def _with_digits(pattern: str, digits: int) -> str:
    return re.sub(r"0(\.[0#]+)?(?=[^0#.]|$)", lambda _: _pattern("0", digits), pattern, count=1)


def _sign(text: str, value: Decimal, *, signed: bool) -> str:
    """Write a true minus sign and, where asked, the plus of a gain."""
    return "+" + text if signed and value > 0 else text.replace("-", MINUS)
