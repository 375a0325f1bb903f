"""What must hold between the rows of a people file."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations

from bot.cases.people_entries import Check, Entry, Problems
from surveys.anonymity.cells import lineage

LONGEST_CYCLE_SHOWN = 8


def ids_once(entries: Sequence[Entry], problems: Problems) -> None:
    first: dict[str, Entry] = {}
    for entry in entries:
        known = first.setdefault(entry.external, entry)
        if known is not entry:
            problems.add(entry.row, "problem.people.id_twice", id=entry.external, other=known.row)


def emails_once(entries: Sequence[Entry], problems: Problems) -> None:
    """Refuse one address for two people who work here at the same time; after someone left it may go on."""
    users: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        if entry.email:
            users[entry.email].append(entry)
    for email, sharing in users.items():
        for one, other in combinations(sharing[:10], 2):
            if one.external != other.external and _together(one, other):
                problems.add(other.row, "problem.people.email_twice", value=email, other=one.row)


def _together(one: Entry, other: Entry) -> bool:
    return (one.ends_on is None or other.starts_on <= one.ends_on) and (
        other.ends_on is None or one.starts_on <= other.ends_on
    )


def managers_known(entries: Sequence[Entry], problems: Problems) -> None:
    known = {entry.external for entry in entries}
    for entry in entries:
        if entry.manager and entry.manager not in known:
            problems.add(entry.row, "problem.people.manager_unknown", id=entry.manager)


def managers_in_no_circle(entries: Sequence[Entry], problems: Problems) -> None:
    rows = {entry.external: entry.row for entry in entries}
    for circle in circles({entry.external: entry.manager for entry in entries if entry.manager}):
        shown = circle[:LONGEST_CYCLE_SHOWN] + (["…"] if len(circle) > LONGEST_CYCLE_SHOWN else [])
        named = " → ".join([*shown, circle[0]])
        problems.add(rows[circle[0]], "problem.people.manager_circle", ids=named)


def circles(managers: Mapping[str, str]) -> Iterator[list[str]]:
    """Yield each circle of people who manage one another, once, from the first of them in the file."""
    done: set[str] = set()
    for start in managers:
        trail: dict[str, int] = {}
        person = start
        while person in managers and person not in done and person not in trail:
            trail[person] = len(trail)
            person = managers[person]
        if person in trail:
            yield list(trail)[trail[person] :]
        done.update(trail)


def heads_exist(entries: Sequence[Entry], problems: Problems) -> None:
    known = {above for path in {entry.path for entry in entries} for above in lineage(path)}
    for entry in entries:
        for path in entry.heads:
            if path not in known:
                problems.add(entry.row, "problem.people.heads_unknown", department=path)


def departments_spelled_alike(entries: Sequence[Entry], problems: Problems) -> None:
    """Refuse two spellings of one department that differ in capitals only: they would become two departments."""
    first: dict[str, tuple[str, int]] = {}
    seen: set[str] = set()
    for entry in entries:
        if entry.path in seen:
            continue
        seen.add(entry.path)
        for path in lineage(entry.path):
            spelling, row = first.setdefault(path.casefold(), (path, entry.row))
            if spelling != path:
                problems.add(
                    entry.row,
                    "problem.people.department_spelling",
                    department=path,
                    spelling=spelling,
                    other=row,
                )
                break


CHECKS: tuple[Check, ...] = (
    ids_once,
    emails_once,
    managers_known,
    managers_in_no_circle,
    heads_exist,
    departments_spelled_alike,
)
