"""How fairly a report's figures came about: what was withheld, who was asked how much, what read the comments.

These figures stand beside the others and are never added to them. Numbers of people and of withheld figures are said
only roughly: a small one could point at somebody, and so could a small change of one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from analytics.months import shift

STEP = 5
"""Width of the classes in which numbers are said."""

AUDIT_LASTS = 12
"""Months after which an audit is out of date."""

NOT_USED = ("chats", "single_answers", "pay", "performance", "senses")
"""Keys of what no figure is made from."""


class AuditState(StrEnum):
    """What is known of a model's bias audit; anything but ``passed`` is a warning."""

    PASSED = "passed"
    FAILED = "failed"
    OLD = "old"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Coarse:
    """A number said roughly: at least ``low``, at most ``high``; without a ``high`` up to all of them."""

    low: int
    high: int | None


@dataclass(frozen=True, slots=True)
class Model:
    """A version of a model that read comments, its bias audit if there is one, and the share it gets wrong if known."""

    version: str
    audited_on: date | None = None
    passed: bool = False
    wrong: float | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """Something that a person decided, by its key, and the last time that somebody did."""

    key: str
    on: date


@dataclass(frozen=True, slots=True)
class Practice:
    """What the records tell of how figures come about, as counted; only `released` may be shown.

    Attributes
    ----------
    shown, in_words, withheld
        Figures of our own surveys, by what became of them; imported ones are not among them.
    people
        Who is at work in the whole organisation; None where nobody is recorded.
    away
        Of them, who paused surveys or opted out.
    untold
        Of them, who has not been shown yet what is stored; they are not asked.
    surveys, minutes
        How often one person was asked in the last twelve months, and about how long that took altogether.
    models
        What read the tone of comments in these months.
    decided
        What people decided.
    """

    shown: int = 0
    in_words: int = 0
    withheld: int = 0
    people: int | None = None
    away: int = 0
    untold: int = 0
    surveys: int = 0
    minutes: float = 0.0
    models: tuple[Model, ...] = ()
    decided: tuple[Decided, ...] = ()

    @property
    def figures(self) -> int:
        return self.shown + self.in_words + self.withheld

    @property
    def without_people(self) -> Practice:
        """The same without any number of people, in which each of them could watch the others come and go."""
        return replace(self, people=None, away=0, untold=0)


@dataclass(frozen=True, slots=True)
class Reader:
    """What read the tone of comments, and what is known of its audit on the day of the report.

    ``wrong`` is the share of the texts it decides that it gets wrong, where that is known.
    """

    version: str
    audited_on: date | None
    audit: AuditState
    wrong: float | None = None


@dataclass(frozen=True, slots=True)
class Ethics:
    """How fairly figures came about, as it may be shown.

    Attributes
    ----------
    figures
        How many figures there were to show.
    withheld, in_words
        How many of them are not shown, or said in words only.
    people
        Who is at work in the whole organisation.
    away, untold
        How many of them paused or opted out, and how many have not been shown yet what is stored; None: not known.
    surveys, minutes
        What one person was asked in the last twelve months.
    readers
        What read comments.
    decided, not_used
        What people decided, and keys of what no figure is made from.
    """

    figures: int
    withheld: Coarse
    in_words: Coarse
    people: int | None
    away: Coarse | None
    untold: Coarse | None
    surveys: int
    minutes: float
    readers: tuple[Reader, ...]
    decided: tuple[Decided, ...]
    not_used: tuple[str, ...] = NOT_USED

    @property
    def warnings(self) -> tuple[Reader, ...]:
        """What read comments without an audit that was passed within the last year."""
        return tuple(one for one in self.readers if one.audit is not AuditState.PASSED)


def coarse(n: int, of: int) -> Coarse:
    """Return a number in steps of five; the last step reaches up to all of them.

    So each class stands for at least five numbers, and neither that nobody is meant nor that nearly all are can be
    told. Of fewer than ten nothing is said.
    """
    top = max(of // STEP - 1, 0) * STEP
    low = min(n // STEP * STEP, top)
    return Coarse(low, None if low == top else low + STEP - 1)


def released(practice: Practice, today: date) -> Ethics:
    """Return what may be shown of a practice."""
    people = practice.people
    return Ethics(
        figures=practice.figures,
        withheld=coarse(practice.withheld, practice.figures),
        in_words=coarse(practice.in_words, practice.figures),
        people=people,
        away=None if people is None else coarse(practice.away, people),
        untold=None if people is None else coarse(practice.untold, people),
        surveys=practice.surveys,
        minutes=practice.minutes,
        readers=tuple(
            Reader(one.version, one.audited_on, audited(one, today), one.wrong) for one in practice.models
        ),
        decided=practice.decided,
    )


def audited(model: Model, today: date) -> AuditState:
    """Tell what is known of a model's audit on a day."""
    if model.audited_on is None:
        return AuditState.MISSING
    if not model.passed:
        return AuditState.FAILED
    lasts_until = shift(model.audited_on.replace(day=1), AUDIT_LASTS)
    return AuditState.OLD if today.replace(day=1) > lasts_until else AuditState.PASSED
