"""Whom people can be led to: somebody who works here today and whom a message reaches."""

from collections.abc import Collection, Iterable
from datetime import date

from bot.store.tables import Person
from bot.store.unit import Unit
from bot.talk.commands import Role

SHORT = 30
"""Letters of a name on a button."""


def at_work(unit: Unit, person: Person, on: date) -> bool:
    """Say whether somebody has started and not left on a date."""
    return person.starts_on <= on and not has_left(unit, person, on)


def has_left(unit: Unit, person: Person, on: date) -> bool:
    """Say whether somebody's last day, by their record or a separation, lies before a date, or before they began."""
    return is_gone(person, unit.recipients.last_days({person.id}).get(person.id), on)


def is_gone(person: Person, last_day: date | None, on: date) -> bool:
    """Say the same of somebody whose last day by a separation is known already; ``None``: no separation is recorded.

    A separation from before the start date belongs to an earlier time here.
    """
    if last_day is not None and person.starts_on <= last_day < on:
        return True
    return person.ends_on is not None and person.ends_on < max(on, person.starts_on)


def reachable(unit: Unit, people: Collection[int]) -> frozenset[int]:
    """Return who of them gets our messages: an active account, and before going live a named tester."""
    homes = frozenset(unit.outbox.homes(people))
    return homes & unit.people.testers() if unit.organisations.get().rehearsal else homes


def contacts(unit: Unit, but: int) -> list[Person]:
    """Return whom to turn to, in order: the named contact, HR, the owners; all here, reachable, and not ``but``."""
    named = unit.organisations.get().contact_id
    numbers = [
        *([] if named is None else [named]),
        *unit.people.granted(Role.HR_ADMIN),
        *unit.people.granted(Role.OWNER),
    ]
    return available(unit, numbers, but)


def available(unit: Unit, numbers: Iterable[int], but: int) -> list[Person]:
    """Return the people with these numbers who are here and reachable, each once, without ``but``."""
    wanted = [number for number in dict.fromkeys(numbers) if number != but]
    reached = reachable(unit, wanted)
    people = (unit.people.get(number) for number in wanted if number in reached)
    return [person for person in people if person is not None and at_work(unit, person, unit.now.date())]


def managers(unit: Unit, person: Person, on: date) -> list[int]:
    """Return who leads a person, nearest first: the manager on record, then the heads of the departments above."""
    placement = unit.placements.of(person.id, on)
    if placement is None:
        return []
    heads = unit.placements.heads(on)
    parts = placement.path.split("/")
    above = ("/".join(parts[:length]) for length in range(len(parts), 0, -1))
    numbers = [
        *([] if placement.manager_id is None else [placement.manager_id]),
        *(head for path in above for head in sorted(heads.get(path, ()))),
    ]
    return [number for number in dict.fromkeys(numbers) if number != person.id]


def called(person: Person) -> dict[str, str]:
    """Return how a person is addressed, with first name or in full; the register picks."""
    return {"first_name": first_name(person), "full_name": person.name}


def first_name(person: Person) -> str:
    return next(iter(person.name.split()), person.name)


def short_name(person: Person) -> str:
    """Return a name that fits a button."""
    return first_name(person)[:SHORT]
