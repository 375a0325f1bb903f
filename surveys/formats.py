"""How a question can be answered: the closed set that every platform must be able to draw.

All strings are already in one language. Add a format here only together with its drawing on every platform;
mypy names each renderer that lacks one.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to pick: ``value`` is stored, ``label`` is shown."""

    value: str
    label: str


@dataclass(frozen=True, slots=True)
class Scale:
    """Ordered points from low to high whose ends are also named in words."""

    options: tuple[Option, ...]
    low_label: str
    high_label: str


@dataclass(frozen=True, slots=True)
class Choice:
    """Exactly one of several options, in the order to show, none preselected."""

    options: tuple[Option, ...]


@dataclass(frozen=True, slots=True)
class FreeText:
    """The person's own words, at most ``limit`` characters."""

    limit: int


ResponseFormat = Scale | Choice | FreeText
