"""Which themes comments are looked through for: the built-in ones, or an organisation's own, by version.

A version is never changed, and its number never given twice. A wave is read with the version that was in force at its
launch, and goes on to be shown with the names of that version; each version is a series of its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from analytics.text import theme_checks, themes
from analytics.text.theme_checks import Broad
from analytics.text.themes import NONE, OWN, Taxonomy, TaxonomyError
from bot.cases.context import Recipient
from bot.errors import Refused
from bot.store.tables import Wave
from bot.store.unit import Unit
from bot.talk.inert import inert

BUILTIN = 0
"""Stands where the number of an own version would."""


@dataclass(frozen=True, slots=True)
class Version:
    """A version as history tells it; ``themes`` is None where this release can't read it."""

    number: int
    at: datetime
    themes: int | None
    in_force: bool


def checked(text: str, file: str) -> tuple[Taxonomy, tuple[Broad, ...]]:
    """Return the taxonomy of a file, and what in it is suspiciously broad; raises `TaxonomyError`, in words."""
    taxonomy = themes.load(text, file)
    return taxonomy, theme_checks.broad(taxonomy)


def use(unit: Unit, actor: str, text: str, file: str) -> int:
    """Let waves that open from now on be read with a file's themes, and return the number of their version.

    A file that was used before is that version again. Raises `TaxonomyError`.
    """
    themes.load(text, file)
    number = unit.themes.keep(text, unit.now).number
    _enforce(unit, actor, number, text)
    return number


def use_again(unit: Unit, actor: str, number: int) -> None:
    """Let waves that open from now on be read with an earlier version; its series goes on."""
    row = unit.themes.get(number)
    if row is None:
        raise Refused("refused.themes.no_version", number=number)
    themes.own(row.text, number)
    _enforce(unit, actor, number, row.text)


def reset(unit: Unit, actor: str) -> None:
    """Let waves that open from now on be read with the built-in themes; own versions are kept."""
    _enforce(unit, actor, BUILTIN, themes.builtin_text())


def _enforce(unit: Unit, actor: str, number: int, text: str) -> None:
    organisation = unit.organisations.get()
    if organisation.themes == number:
        return
    details = {
        "version": number,
        "before": organisation.themes,
        "digest": sha256(text.encode()).hexdigest(),
    }
    organisation.themes, organisation.themes_since = number, unit.now
    unit.audit.record(unit.now, actor, "themes.in_force", f"themes:{number}", details)


def text_of(unit: Unit, number: int | None = None) -> str:
    """Return the file of a version, or of the one in force; 0 is the built-in one."""
    wanted = unit.organisations.get().themes if number is None else number
    if wanted == BUILTIN:
        return themes.builtin_text()
    row = unit.themes.get(wanted)
    if row is None:
        raise Refused("refused.themes.no_version", number=wanted)
    return row.text


def history(unit: Unit) -> list[Version]:
    """Return the organisation's own versions, oldest first."""
    held = unit.organisations.get().themes
    found = ((row, _own(unit, row.number)) for row in unit.themes.all())
    return [
        Version(row.number, row.at, len(own.themes) if own else None, row.number == held)
        for row, own in found
    ]


# --- reading with them ------------------------------------------------------------------------------------


def of_wave(unit: Unit, wave: Wave) -> Taxonomy:
    """Return the themes that were in force when a wave was launched.

    A version that this release can't read any more finds nothing (`history` says so): a wave must close all the same.
    """
    return themes.builtin() if wave.themes == BUILTIN else _own(unit, wave.themes) or NONE


def of_series(unit: Unit, series: str) -> Taxonomy:
    """Return the themes of a series; of an own version that is gone, or can't be read any more, none."""
    if not series.startswith(OWN):
        return themes.builtin()
    number = series.removeprefix(OWN)
    return (_own(unit, int(number)) if number.isdecimal() else None) or NONE


def names(to: Recipient, series: str) -> Mapping[str, str]:
    """Return what the themes of a series are called, by key: as its own version named them."""
    found = themes.names(of_series(to.unit, series), to.words.language)
    return {key: inert(name, themes.LONGEST_NAME) for key, name in found.items()}


def is_new_list(unit: Unit, wave_id: int) -> bool:
    """Tell whether a wave was read with other themes than the one of its survey before it, if there was one."""
    wave = unit.waves.get(wave_id)
    if wave is None:
        return False
    before = (one for one in unit.waves.recent(survey_id=wave.survey_id) if one.opens_at < wave.opens_at)
    last = next(before, None)
    return last is not None and last.themes != wave.themes


def beside(to: Recipient) -> str:
    """Say, behind what is said of comments, which themes are in force; nothing where comments are not read."""
    held, w = to.organisation, to.words
    if held.sentiment == "off":
        return ""
    if held.themes == BUILTIN or held.themes_since is None:
        return " " + w("surveys.themes.builtin")
    since = held.themes_since.astimezone(w.zone).date()
    return " " + w("surveys.themes.own", version=held.themes, since=since)


def _own(unit: Unit, number: int) -> Taxonomy | None:
    """Return an own version; None where there is none, or this release can't read it."""
    row = unit.themes.get(number)
    if row is None:
        return None
    try:
        return themes.own(row.text, number)
    except TaxonomyError:
        return None
