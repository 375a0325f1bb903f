"""The bias audits that are kept beside the models: one for each version of each, with the day on which it was made."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from analytics.text.bias import MOST_BY_IDENTITY, MOST_BY_NAME, Audit, Gap, Spread

FORMAT = 1
"""Of the file. Another number means that these lines can't read it."""


FILE = "bias.json"
DIGITS = 4
_INNERMOST, _BREAK = re.compile(r"\{[^{}\[\]]*\}"), re.compile(r"\n *")
"""What stands on one line, so that the file reads as tables, and what must go from it."""


class WrongFormat(ValueError):
    """The file of audits was written for another version of this code."""


@dataclass(frozen=True, slots=True)
class Kept:
    """An audit as it is kept.

    Attributes
    ----------
    audit
        Of one version of a model; its scorer is that version.
    language
        In which the sentences were.
    on
        The day on which it was made.
    sentences
        How many were scored.
    passes
        Whether every spread was bearable, judged before rounding and by the limits of that day.
    beside
        The same audit of other scorers.
    """

    audit: Audit
    language: str
    on: date
    sentences: int
    passes: bool
    beside: tuple[Audit, ...] = ()


def of(version: str) -> Kept | None:
    """Return the audit of one version of a model; None: nobody has made it."""
    return next((one for one in shipped() if one.audit.scorer == version), None)


@cache
def shipped() -> tuple[Kept, ...]:
    """Return the audits that came with this version of Rapport."""
    return parse(files("analytics.text").joinpath(FILE).read_text("utf-8"))


def joined(known: Iterable[Kept], made: Kept) -> tuple[Kept, ...]:
    """Return the audits with a new one in the place of an earlier one of the same version."""
    others = [one for one in known if one.audit.scorer != made.audit.scorer]
    return tuple(sorted([*others, made], key=lambda one: (one.language, one.audit.scorer)))


def kept(made: Audit, beside: Sequence[Audit], language: str, on: date, sentences: int) -> Kept:
    """Return an audit as it will be kept: every scorer with every dimension, rounded."""
    dimensions = [spread.about for spread in made.spreads]
    others = tuple(_rounded(_with_all(one, dimensions)) for one in beside)
    return Kept(_rounded(made), language, on, sentences, made.passes, others)


def parse(text: str) -> tuple[Kept, ...]:
    """Return the audits of a file; raises ``WrongFormat`` for a file of another format."""
    held: dict[str, Any] = json.loads(text)
    if held.get("format") != FORMAT:
        raise WrongFormat(f"This code reads audits of format {FORMAT}; the file has {held.get('format')}.")
    return tuple(
        Kept(
            _read(one),
            one["language"],
            date.fromisoformat(one["on"]),
            one["sentences"],
            one["passes"],
            tuple(_read(other) for other in one["beside"]),
        )
        for one in held["audits"]
    )


def written(audits: Iterable[Kept]) -> str:
    """Return the file of audits; the same audits give the same bytes."""
    text = json.dumps({"format": FORMAT, "audits": [_plain(one) for one in audits]}, indent=1)
    return _INNERMOST.sub(lambda found: _BREAK.sub(" ", found[0]), text) + "\n"


def _plain(one: Kept) -> dict[str, Any]:
    return {
        "model": one.audit.scorer,
        "language": one.language,
        "on": one.on.isoformat(),
        "sentences": one.sentences,
        "limits": {"name": MOST_BY_NAME, "identity": MOST_BY_IDENTITY},
        "passes": one.passes,
        **_table(one.audit),
        "beside": [{"model": other.scorer, **_table(other)} for other in one.beside],
    }


def _table(of_one: Audit) -> dict[str, Any]:
    return {
        "spreads": [{"about": s.about, "mean": s.mean, "worst": s.worst} for s in of_one.spreads],
        "gaps": [{"group": g.group, "reference": g.reference, "gap": g.gap} for g in of_one.gaps],
    }


def _read(held: dict[str, Any]) -> Audit:
    spreads = tuple(Spread(**spread) for spread in held["spreads"])
    return Audit(held["model"], spreads, tuple(Gap(**gap) for gap in held["gaps"]))


def _with_all(one: Audit, dimensions: Sequence[str]) -> Audit:
    """Fill in the dimensions in which nothing was found."""
    found = {spread.about: spread for spread in one.spreads}
    return replace(one, spreads=tuple(found.get(about, Spread(about, 0.0, 0.0)) for about in dimensions))


def _rounded(one: Audit) -> Audit:
    spreads = tuple(Spread(s.about, _round(s.mean), _round(s.worst)) for s in one.spreads)
    return replace(one, spreads=spreads, gaps=tuple(replace(g, gap=_round(g.gap)) for g in one.gaps))


def _round(figure: float) -> float:
    return round(figure, DIGITS) + 0.0  # no negative zero, which would be written with its sign
