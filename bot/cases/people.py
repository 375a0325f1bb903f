"""People: taking over what HR knows of them from a file, and finding them again on a chat platform."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import islice

from bot.cases.people_diff import Diff, Plan, Step, contradiction, plan
from bot.cases.people_entries import PeopleFile
from bot.cases.people_records import gone, updated
from bot.errors import Refused
from bot.store.personnel import Change, Record
from bot.store.tables import Account, Person
from bot.store.unit import Store, Unit
from surveys.cadence import zone_named

MOST_WRITES = 500
"""Rows per unit, so that a large file never keeps answers waiting."""

JUST_STARTED = timedelta(days=7)
"""Whoever began within the last week is still a newcomer to be welcomed; who began earlier is not."""

WELCOME_WRITES = 10
"""What a welcome may add to a newcomer's unit: the enrolment, its steps, their messages."""

LAST_IMPORT = "people.imported_on"

Welcome = Callable[[Unit, Person], None]
"""What is done for somebody who starts: enrolling them in their journeys, for instance."""

Progress = Callable[[int, int], None]
"""Told how many people are done, of how many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A file to take over: what it says holds from ``on``; ``actor`` is written in the audit log."""

    file: PeopleFile
    on: date
    actor: str
    allow_many: bool = False
    """The person who imports was told that over 10 % would disappear, and means it."""
    organisation: int = 1
    on_join: Sequence[Welcome] = ()


@dataclass(frozen=True, slots=True)
class Applied:
    """What was changed: the diff that was carried out, and in how many units of work."""

    diff: Diff
    units: int


def today(unit: Unit) -> date:
    """Return the date in the organisation's own zone: what a file that is imported now holds from."""
    return unit.now.astimezone(zone_named(unit.organisations.get().time_zone)).date()


def apply(store: Store, order: Import, progress: Progress | None = None) -> Applied:
    """Take a file over, in units of at most 500 rows; raises ``Refused`` before anything is changed.

    A crash in between leaves some people as before; the same file once more does the rest. A file that was
    taken over completely changes nothing the second time.
    """
    found = store.read(lambda unit: _planned(unit, order), order.organisation)
    if found.steps or found.identified:
        store.write(lambda unit: _begin(unit, order, found), order.organisation)
    done = units = 0
    for chunk in _chunks(found.steps, bool(order.on_join)):
        store.write(lambda unit, chunk=chunk: _carry_out(unit, chunk, order), order.organisation)  # type: ignore[misc]  # mypy can't infer a lambda with a default
        done, units = done + len(chunk), units + 1
        if progress is not None:
            progress(done, len(found.steps))
    return Applied(found.diff, units)


def _planned(unit: Unit, order: Import) -> Plan:
    """Compare, and refuse what must not be applied."""
    last = unit.settings.get(LAST_IMPORT)
    if order.file.problem_count:
        raise Refused("refused.people.problems", n=order.file.problem_count)
    if last is not None and order.on < date.fromisoformat(last):
        raise Refused("refused.people.older", day=date.fromisoformat(last))
    found = plan(unit, order.file, order.on)
    if found.diff.conflict_count:
        raise Refused("refused.people.conflicts", n=found.diff.conflict_count)
    if found.diff.too_many_gone and not order.allow_many:
        raise Refused(
            "refused.people.too_many_gone", n=found.diff.count("vanish"), employed=found.diff.employed
        )
    return found


def _begin(unit: Unit, order: Import, found: Plan) -> None:
    """Write down that an import begins, and from when on older files are too old; give HR's ids to whom they are for."""
    counts = {kind: part.n for kind, part in found.diff.parts.items()}
    unit.personnel.rename(found.identified)
    unit.audit.record(unit.now, order.actor, "people.imported", f"people:{order.on}", counts)
    unit.settings.put(LAST_IMPORT, order.on.isoformat(), unit.now)


def _chunks(steps: Sequence[Step], welcoming: bool) -> Iterator[list[Step]]:  # noqa: FBT001 - private, and a plain yes or no
    """Cut the steps so that none of the pieces writes more than 500 rows."""
    chunk: list[Step] = []
    writes = 0
    for step in steps:
        cost = step.writes + (WELCOME_WRITES if welcoming and step.entry is not None else 0)
        if chunk and writes + cost > MOST_WRITES:
            yield chunk
            chunk, writes = [], 0
        chunk.append(step)
        writes += cost
    if chunk:
        yield chunk


def _carry_out(unit: Unit, chunk: Sequence[Step], order: Import) -> None:
    """Change one piece, starting from what is recorded at this moment."""
    managers = {step.entry.manager for step in chunk if step.entry and step.entry.manager}
    numbers = unit.personnel.numbers({step.external for step in chunk} | managers)
    unknown = [step.external for step in chunk if step.external not in numbers]
    first = unit.number("person", len(unknown)) if unknown else 0
    numbers |= {external: first + place for place, external in enumerate(unknown)}
    records = unit.personnel.records([numbers[step.external] for step in chunk])
    changes = [_change(step, numbers, records, order.on) for step in chunk]
    unit.personnel.save([change for change in changes if change.writes])
    for change in changes:
        _welcome(unit, change, order)


def _change(step: Step, numbers: dict[str, int], records: dict[int, Record], on: date) -> Change:
    number = numbers[step.external]
    before = records.get(number)
    if step.entry is None:
        if before is None:
            raise LookupError(f"person {number}")
        return Change(number, step.external, before, gone(before, on))
    if before is not None and contradiction(before, step.entry, on):
        return Change(number, step.external, before, before)  # changed meanwhile; the next import says so
    return Change(
        number, step.external, before, updated(before, step.entry, numbers.get(step.entry.manager), on)
    )


def _welcome(unit: Unit, change: Change, order: Import) -> None:
    if not order.on_join or not starts(change, order.on):
        return
    person = unit.people.get(change.person_id)
    if person is not None:
        for welcome in order.on_join:
            welcome(unit, person)


def starts(change: Change, on: date) -> bool:
    """Say whether somebody is a newcomer: just begun or about to, and not known as such before."""
    before, after = change.before, change.after
    recent = after.starts_on >= on - JUST_STARTED
    here = after.ends_on is None or after.ends_on >= max(on, after.starts_on)
    known = before is not None and before.starts_on == after.starts_on and before.ends_on is None
    return recent and here and not known


# --- on a platform ----------------------------------------------------------------------------------------


def link_by_email(unit: Unit, workspace_id: int, user: str, email: str) -> Person | None:
    """Link a user of a platform to the one person at work, or about to be, who has this address.

    None: nobody has it, several do, or that person has another account there; then HR decides. A link that exists
    stays.
    """
    known = unit.accounts.find(workspace_id, user)
    if known is not None and known.active:
        return unit.people.get(known.person_id)
    found = with_address(unit, email)
    if len(found) != 1 or unit.accounts.linked(workspace_id, [found[0].id]):
        return None
    unit.accounts.link(found[0].id, workspace_id, user)
    return found[0]


def named(unit: Unit, text: str) -> Person | None:
    """Return who is meant by an HR id or an address and is at work, or about to be; None: nobody, or not clear who."""
    wanted = text.strip()
    known = unit.people.by_external(wanted) if wanted else None
    found = [known] if known is not None and present(known, today(unit)) else with_address(unit, wanted)
    return found[0] if len(found) == 1 else None


def with_address(unit: Unit, email: str) -> list[Person]:
    """Return who has an address and is at work, or about to be."""
    day = today(unit)
    return [
        person for person in (unit.people.by_email(email) if email.strip() else []) if present(person, day)
    ]


def present(person: Person, day: date) -> bool:
    """Say whether somebody is at work on a day, or about to be."""
    return person.ends_on is None or person.ends_on >= max(day, person.starts_on)


def link_all(unit: Unit, workspace_id: int, limit: int = MOST_WRITES) -> int:
    """Link up to ``limit`` people who have no account in a workspace yet, as the user named like their HR id.

    For the local page, where everybody is on. Returns how many were linked; 0: all are.
    """
    missing = islice(unit.accounts.without(workspace_id), limit)
    rows = [
        Account(
            organisation_id=unit.organisation_id, workspace_id=workspace_id, user=external, person_id=number
        )
        for number, external in missing
    ]
    unit.accounts.add(*rows)
    return len(rows)
