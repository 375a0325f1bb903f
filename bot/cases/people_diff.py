"""What a people file would change, said before anything is changed."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from bot.cases.people_entries import Entry, PeopleFile, Problem, Problems
from bot.cases.people_records import gone, updated
from bot.store.personnel import Change, Record
from bot.store.unit import Unit

MOST_SAMPLES = 5
MOST_GONE = 0.10
"""More than this share of the employed people missing from a file looks like the wrong file."""

KINDS = ("identify", "join", "former", "rehire", "return", "leave", "vanish", "withdraw", "move")
FIELDS = (
    "name",
    "email",
    "locale",
    "time_zone",
    "start_date",
    "end_date",
    "end_reason",
    "manager",
    "site",
    "share",
    "band",
    "heads",
)
"""What can change about somebody who was known before; the department is a move."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One person a change would touch; ``before`` and ``after`` are empty where the kind says it all."""

    external: str
    name: str
    before: str = ""
    after: str = ""


@dataclass(slots=True)
class Part:
    """How many people one kind of change touches, and the first few of them."""

    n: int = 0
    samples: list[Sample] = field(default_factory=list)

    def add(self, sample: Sample) -> None:
        self.n += 1
        if len(self.samples) < MOST_SAMPLES:
            self.samples.append(sample)


@dataclass(frozen=True, slots=True)
class Diff:
    """The changes by kind and field (``KINDS``, ``FIELDS``); parts without people are left out."""

    on: date
    rows: int
    employed: int
    """People at work on the date, as recorded so far."""
    unchanged: int
    parts: Mapping[str, Part]
    conflicts: tuple[Problem, ...] = ()
    """Rows that contradict what is recorded; nothing is applied while there are some."""
    conflict_count: int = 0

    def count(self, kind: str) -> int:
        return self.parts[kind].n if kind in self.parts else 0

    @property
    def empty(self) -> bool:
        return not self.parts

    @property
    def too_many_gone(self) -> bool:
        """Whether more than 10 % of those at work would count as having left, only because no row names them."""
        return self.count("vanish") > MOST_GONE * self.employed


@dataclass(frozen=True, slots=True)
class Step:
    """One person to be changed: by an entry, or by having none; ``new`` people were never known."""

    external: str
    entry: Entry | None
    writes: int
    new: bool = False


@dataclass(frozen=True, slots=True)
class Plan:
    """A diff, and the steps that make it so: newcomers first, each after the manager, then everybody else.

    ``identified`` comes before them: people who were taken from a chat, by the id they had, and HR's id for them.
    """

    diff: Diff
    steps: Sequence[Step]
    identified: Mapping[str, str] = field(default_factory=dict)


def diff(unit: Unit, file: PeopleFile, on: date) -> Diff:
    """Say what applying a file with the date ``on`` would change; changes nothing."""
    return plan(unit, file, on).diff


def plan(unit: Unit, file: PeopleFile, on: date) -> Plan:
    """Compare a file with all that is recorded."""
    numbers, records = unit.personnel.numbers(), unit.personnel.records()
    identified = _identified(unit, file, numbers, records, on)
    numbers = {identified.get(external, external): number for external, number in numbers.items()}
    provisional = {entry.external: -row for row, entry in enumerate(file.entries, start=1)} | numbers
    comparison = _Comparison(records, on)
    for before, after in identified.items():
        comparison.identify(records[numbers[after]].name, before, after)
    for entry in file.entries:
        number = provisional[entry.external]
        comparison.entry(number, entry, provisional.get(entry.manager))
    present = {entry.external for entry in file.entries}
    for external, number in numbers.items():
        if external not in present and (file.complete or external in file.leaving):
            comparison.absent(number, external)
    found = comparison.finish(len(file.entries))
    return replace(found, identified=identified)


def _identified(
    unit: Unit, file: PeopleFile, numbers: Mapping[str, int], records: Mapping[int, Record], on: date
) -> dict[str, str]:
    """Find who was taken from a chat and is in the file under HR's id, told by the address that only they have.

    Without this whoever set Rapport up before there was a file would count as having left with the first one.
    """
    if not file.complete:
        return {}
    listed = {entry.external for entry in file.entries}
    fresh = [entry for entry in file.entries if entry.email and entry.external not in numbers]
    uses = Counter(entry.email.casefold() for entry in fresh)
    ids = {entry.email.casefold(): entry.external for entry in fresh if uses[entry.email.casefold()] == 1}
    found: dict[str, str] = {}
    for external in from_chat(unit, numbers, records, on):
        email = records[numbers[external]].email.casefold()
        if external not in listed and email in ids:
            found[external] = ids.pop(email)
    return found


def from_chat(unit: Unit, numbers: Mapping[str, int], records: Mapping[int, Record], on: date) -> list[str]:
    """Return who at work was taken from a chat: known there by address, or by platform and user."""
    platforms = {workspace.platform for workspace in unit.workspaces.all()}

    def taken(external: str, record: Record) -> bool:
        return record.employed(on) and (external == record.email or external.partition(":")[0] in platforms)

    return [external for external, number in numbers.items() if taken(external, records[number])]


class _Comparison:
    """Collects what differs, person by person."""

    def __init__(self, records: Mapping[int, Record], on: date) -> None:
        self.records, self.on = records, on
        self.parts: dict[str, Part] = {}
        self.problems = Problems()
        self.steps: list[Step] = []
        self.unchanged = 0

    def entry(self, number: int, entry: Entry, manager_id: int | None) -> None:
        before = self.records.get(number)
        conflict = contradiction(before, entry, self.on) if before else None
        if conflict:
            self.problems.add(entry.row, conflict, id=entry.external, start=entry.starts_on.isoformat())
            return
        self._take(Change(number, entry.external, before, updated(before, entry, manager_id, self.on)), entry)

    def absent(self, number: int, external: str) -> None:
        before = self.records[number]
        self._take(Change(number, external, before, gone(before, self.on)), None)

    def identify(self, name: str, before: str, after: str) -> None:
        self.parts.setdefault("identify", Part()).add(Sample(after, name, before, after))

    def _take(self, change: Change, entry: Entry | None) -> None:
        if change.writes == 0:
            self.unchanged += entry is not None
            return
        self.steps.append(Step(change.external, entry, change.writes, change.before is None))
        for kind, before, after in _kinds(change, self.on, missing=entry is None):
            sample = Sample(change.external, change.after.name, before, after)
            self.parts.setdefault(kind, Part()).add(sample)

    def finish(self, rows: int) -> Plan:
        employed = sum(record.employed(self.on) for record in self.records.values())
        order = (*KINDS, *(f"field.{name}" for name in FIELDS))
        found = Diff(
            on=self.on,
            rows=rows,
            employed=employed,
            unchanged=self.unchanged,
            parts={kind: self.parts[kind] for kind in order if kind in self.parts},
            conflicts=tuple(self.problems.first),
            conflict_count=self.problems.count,
        )
        return Plan(found, _managers_first(self.steps))


def contradiction(record: Record, entry: Entry, on: date) -> str | None:
    """Return the sentence key of what makes a row contradict the record, if anything does."""
    if any(end.on < record.starts_on and entry.starts_on <= end.on for end in record.ends):
        return "problem.people.start_in_earlier"
    still_here = record.ends_on is not None and record.ends_on >= max(on, record.starts_on)
    if still_here and record.ends_on is not None and entry.starts_on > record.ends_on:
        return "problem.people.start_before_end"
    return None


Kind = tuple[str, str, str]


def _kinds(change: Change, on: date, *, missing: bool) -> Iterator[Kind]:
    before, after = change.before, change.after
    if before is None:
        past = after.ends_on is not None and after.ends_on < on
        yield ("former" if past else "join", "", after.stays[-1].post.path)
    elif missing:
        never = before.starts_on >= on
        yield ("withdraw" if never else "vanish", "", "" if never else str(after.ends_on))
    else:
        yield from _status(before, after, on)
        yield from _moves(before, after)
        for name, read in _READERS.items():
            if read(before) != read(after):
                yield (f"field.{name}", read(before), read(after))


def _status(before: Record, after: Record, on: date) -> Iterator[Kind]:
    new_ends = [end for end in after.ends if end.on not in {known.on for known in before.ends}]
    if before.ends_on is not None and after.starts_on > before.ends_on >= before.starts_on:
        yield ("rehire", str(before.ends_on), str(after.starts_on))
    elif (
        before.ends_on is not None and before.ends_on < on and (after.ends_on is None or after.ends_on >= on)
    ):
        yield ("return", str(before.ends_on), "")
    if new_ends:
        yield ("leave", "", f"{new_ends[-1].on} {new_ends[-1].kind}")


def _moves(before: Record, after: Record) -> Iterator[Kind]:
    old, new = _last_path(before), _last_path(after)
    if old != new:
        yield ("move", old, new)


def _last_path(record: Record) -> str:
    return record.stays[-1].post.path if record.stays else ""


def _share(record: Record) -> str:
    return f"{record.stays[-1].post.share:.0%}" if record.stays else ""


def _heads(record: Record) -> str:
    until = record.stays[-1].until if record.stays else None
    return "; ".join(lead.path for lead in record.leads if lead.until is None or lead.until == until)


_READERS: Mapping[str, Callable[[Record], str]] = {
    "name": lambda record: record.name,
    "email": lambda record: record.email,
    "locale": lambda record: record.locale,
    "time_zone": lambda record: record.time_zone,
    "start_date": lambda record: str(record.starts_on),
    "end_date": lambda record: str(record.ends_on or ""),
    "end_reason": lambda record: record.ends[-1].kind if record.ends and record.ends_on else "",
    "manager": lambda record: str(record.stays[-1].post.manager_id or "") if record.stays else "",
    "site": lambda record: record.stays[-1].post.site if record.stays else "",
    "share": _share,
    "band": lambda record: record.stays[-1].post.band if record.stays else "",
    "heads": _heads,
}


def _managers_first(steps: Sequence[Step]) -> list[Step]:
    """Put newcomers before everybody else, and each newcomer after a manager who is new as well."""
    new = {step.external: step for step in steps if step.new}
    depths: dict[str, int] = {}
    for external in new:
        trail = []
        person = external
        while person in new and person not in depths:
            trail.append(person)
            entry = new[person].entry
            person = entry.manager if entry else ""
        above = depths.get(person, -1)
        for height, under in enumerate(reversed(trail), start=1):
            depths[under] = above + height
    return sorted(steps, key=lambda step: depths.get(step.external, len(steps)))
