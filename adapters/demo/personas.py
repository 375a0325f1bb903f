"""Whom one can be on the page: everybody who works here today and has an account, the people of the walk first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from adapters.demo.company import ROLES, Role
from bot.cases.context import locale_of, zone_name
from bot.store.tables import Person
from bot.store.unit import Unit
from surveys.cadence import zone_named

RANK = ("owner", "hr_admin", "manager", "employee")
LANGUAGES = {"de": "Deutsch", "en": "English"}


@dataclass(frozen=True, slots=True)
class Persona:
    """Somebody one can be."""

    id: str
    name: str
    role: str
    department: str
    locale: str
    headline: str
    featured: bool
    language: str
    zone: str


def today_of(unit: Unit) -> date:
    return unit.now.astimezone(zone_named(unit.organisations.get().time_zone)).date()


def people(unit: Unit) -> list[Persona]:
    """Return everybody one can be, in a few queries, however many they are."""
    organisation, today = unit.organisations.get(), today_of(unit)
    placements, reachable, roles = unit.placements.at(today), unit.accounts.reachable(), _roles(unit, today)
    walkers = {role.external: role for role in ROLES} if organisation.made_up else {}
    found = []
    for person in unit.people.employed(today):
        if person.id not in reachable or person.id not in placements:
            continue
        locale = locale_of(person, organisation.locale)
        walker = walkers.get(person.external)
        one = Persona(
            id=person.external,
            name=person.name,
            role=roles.get(person.id, RANK[-1]),
            department=placements[person.id].path,
            locale=locale,
            headline=_headline(walker, person, today) if walker else "",
            featured=walker is not None,
            language=LANGUAGES.get(locale[:2], locale),
            zone=zone_name(person, organisation.time_zone),
        )
        found.append(one)
    return sorted(found, key=lambda one: _order(one, walkers))


def _roles(unit: Unit, today: date) -> dict[int, str]:
    """Return the highest role of everybody who has one above employee."""
    heads = {person for path in unit.placements.heads(today).values() for person in path}
    found = dict.fromkeys(heads, "manager")
    for role in ("hr_admin", "owner"):
        found |= dict.fromkeys(unit.people.granted(role), role)
    return found


def _headline(role: Role, person: Person, today: date) -> str:
    """Return why this person is worth being; a new hire starts on one day only."""
    return "New hire" if role.new and person.starts_on < today else role.headline


def _order(one: Persona, walkers: Mapping[str, Role]) -> tuple[int, str]:
    """Put the walk first, in its order, then those with a role, then everybody by name."""
    if one.featured:
        return list(walkers).index(one.id), ""
    return len(walkers) + RANK.index(one.role), one.name
