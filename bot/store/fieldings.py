"""Waves as those who answer them need them: read past the object mapper, because many answer in the same minutes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from sqlalchemy import Select, Text, and_, bindparam, cast, select
from sqlmodel import Session

from bot.store.tables import Wave
from surveys.questions import Question, from_dict

WORDINGS = 64
"""How many surveys' frozen wordings are kept as read; each wave has one of questions and one of its title."""

Keys = tuple[str, ...]

_WAVES, _SURVEYS, _INVITATIONS = (Wave.metadata.tables[name] for name in ("wave", "survey", "invitation"))

_AS_THEY_ARE = ("id", "state", "opens_at", "closes_at", "results_on", "mode", "owner")
_RULES = ("k_scores", "k_comments", "blind_reminders", "sentiment")
_FIELDED = (
    select(
        *(_WAVES.c[name] for name in (*_AS_THEY_ARE, *_RULES)),
        _SURVEYS.c.key.label("survey"),
        cast(_WAVES.c.title, Text).label("title"),
        cast(_WAVES.c.questions, Text).label("questions"),
    )
    .join(
        _SURVEYS,
        and_(_SURVEYS.c.organisation_id == _WAVES.c.organisation_id, _SURVEYS.c.id == _WAVES.c.survey_id),
    )
    .where(_WAVES.c.organisation_id == bindparam("organisation"), _WAVES.c.id == bindparam("wave"))
)
_INVITED = (
    _INVITATIONS.c.organisation_id == bindparam("organisation"),
    _INVITATIONS.c.wave_id == bindparam("wave"),
    _INVITATIONS.c.person_id == bindparam("person"),
)
_ASKED = select(_INVITATIONS.c["items"]).where(*_INVITED)
_MET = _FIELDED.add_columns(_INVITATIONS.c["items"]).outerjoin(_INVITATIONS, and_(*_INVITED))
"""Put together once, as are those above: every answer needs them."""


@dataclass(frozen=True, slots=True)
class Fielding:
    """A wave as it stands now, with what was frozen at its launch."""

    id: int
    state: str
    opens_at: datetime
    closes_at: datetime
    results_on: date
    mode: str
    owner: str
    k_scores: int
    k_comments: int
    blind_reminders: bool
    sentiment: str
    survey: str
    """The survey's key."""
    title: Mapping[str, str] = field(hash=False)
    questions: tuple[Question, ...] = field(hash=False)


@dataclass(frozen=True, slots=True)
class Fieldings:
    """The waves of one organisation, for reading only."""

    session: Session
    organisation_id: int
    _held: dict[int, Fielding] = field(default_factory=dict)
    """Every card of a batch asks for its wave."""
    _asked: dict[tuple[int, int], Keys | None] = field(default_factory=dict)

    def find(self, wave_id: int) -> Fielding | None:
        """Return a wave as it stood when the unit first asked for it."""
        if wave_id not in self._held:
            row = self._row(_FIELDED, wave=wave_id)
            if row is None:
                return None
            self._held[wave_id] = _fielding(row)
        return self._held[wave_id]

    def get(self, wave_id: int) -> Fielding:
        """Return a wave that is known to be there."""
        found = self.find(wave_id)
        if found is None:
            raise LookupError(f"wave {wave_id}")
        return found

    def met(self, wave_id: int, person_id: int) -> Fielding | None:
        """Return a wave as ``find`` does for a person who acts in it; what ``asked`` will say of them comes with it."""
        row = self._row(_MET, wave=wave_id, person=person_id)
        if row is None:
            return None
        items = row.pop("items")
        self._held[wave_id] = _fielding(row)
        self._asked[wave_id, person_id] = None if items is None else tuple(items)
        return self._held[wave_id]

    def asked(self, wave_id: int, person_id: int) -> Keys | None:
        """Return the keys of the questions that a person is asked in a wave; None: nobody invited them."""
        if (wave_id, person_id) not in self._asked:
            row = self._row(_ASKED, wave=wave_id, person=person_id)
            self._asked[wave_id, person_id] = None if row is None else tuple(row["items"])
        return self._asked[wave_id, person_id]

    def _row(self, query: Select[Any], **which: int) -> dict[str, Any] | None:
        which["organisation"] = self.organisation_id
        row = self.session.connection().execute(query, which).first()
        return None if row is None else row._asdict()


def _fielding(row: Mapping[str, Any]) -> Fielding:
    recorded = {"title": _title(row["title"]), "questions": _questions(row["questions"])}
    return Fielding(**{**row, **recorded})


@lru_cache(WORDINGS)
def _title(recorded: str) -> Mapping[str, str]:
    return MappingProxyType(json.loads(recorded))


@lru_cache(WORDINGS)
def _questions(recorded: str) -> tuple[Question, ...]:
    """Read the questions of a wave once for all who answer it: their text, which is the key here, never changes."""
    return tuple(from_dict(record) for record in json.loads(recorded))
