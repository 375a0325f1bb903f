"""How figures come about, counted from the records: for the ethics part of a report, and for the whole organisation."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from analytics.report import Decided, Model, Practice
from analytics.text import audits, reliability
from bot.cases.purposes import DISCLOSURE_VERSION
from bot.store.rollouts import HOURS_COUNTED
from bot.store.unit import Unit

YEAR = timedelta(days=365)

DECISIONS = {
    "golive.live": "golive",
    "surveys.sentiment": "sentiment",
    "surveys.thresholds": "thresholds",
    "surveys.reminders": "reminders",
    HOURS_COUNTED: "hours",
}
"""Acts on record by which somebody decided how figures come about, and the keys of what they decided."""

SEVERAL = re.compile(r"[,\s]+")
"""Stands between the versions where several models have read one wave."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What is counted for every report alike."""

    people: int = 0
    away: int = 0
    untold: int = 0
    models: tuple[str, ...] = ()
    decided: tuple[Decided, ...] = ()


def counted(unit: Unit) -> Counted:
    """Count, in one unit, what the reports of an organisation share."""
    today = unit.now.date()
    people, away, untold = unit.conduct.headcount(today, unit.now, DISCLOSURE_VERSION)
    acts = unit.audit.tally(DECISIONS)
    decided = tuple(Decided(DECISIONS[act.act], act.last.date()) for act in acts)
    return Counted(people, away, untold, tuple(unit.conduct.tone_models(today - YEAR)), decided)


def practice(found: Counted, states: Mapping[str, int], surveys: int, minutes: float) -> Practice:
    """Return a practice; pure.

    Parameters
    ----------
    found
        What all reports share.
    states
        How many figures there are in each state: shown, band or withheld.
    surveys, minutes
        What one person was asked in the last twelve months.
    """
    return Practice(
        shown=states.get("shown", 0),
        in_words=states.get("band", 0),
        withheld=states.get("withheld", 0),
        people=found.people or None,
        away=found.away,
        untold=found.untold,
        surveys=surveys,
        minutes=minutes,
        models=tuple(models(found.models)),
        decided=found.decided,
    )


def models(noted: Sequence[str]) -> list[Model]:
    """Return each model that read something, with its kept audit; one that nobody noted has no name."""
    versions = {version for note in noted for version in SEVERAL.split(note)}
    return [_model(version) for version in sorted(versions)]


def _model(version: str) -> Model:
    kept, errs = audits.of(version), reliability.of(version)
    wrong = errs.wrong if errs else None
    return Model(version, wrong=wrong) if kept is None else Model(version, kept.on, kept.passes, wrong)
