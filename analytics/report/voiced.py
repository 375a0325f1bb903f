"""What people wrote about in the very survey that a figure comes from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

MOST_THEMES = 3


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme by its key, the share of comments that speak of it with its interval (0..1), and its name by language.

    The names stand in the report, because an organisation can change its list of themes.
    """

    key: str
    share: float
    low: float
    high: float
    names: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Voiced:
    """The themes shown of one department in one wave, the most frequent first."""

    wave: int
    on: date
    themes: tuple[Theme, ...]


def most_frequent(themes: Iterable[Theme]) -> tuple[Theme, ...]:
    """Return the themes that are spoken of most; one that occurs in several questions counts where it occurs most."""
    ordered = sorted(themes, key=lambda one: (-one.share, one.key))
    first = {one.key: one for one in reversed(ordered)}
    return tuple(one for one in ordered if first[one.key] is one)[:MOST_THEMES]
