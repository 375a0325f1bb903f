"""A demo database from an operator's own files: the same checks, and of the gate what can be applied to sums.

An imported figure is a group's result without the people behind it. So the threshold, the rounding and the bands are
applied, and within each month and item a part is hidden whose figure would follow from the total and the other parts.
What cannot be checked without people, and is said so: who was invited, heads in their own teams, changes of members from
month to month.
"""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from adapters.demo.build import IMPORTED, PLATFORM, SOURCE, WORKSPACE
from adapters.demo.clock import DemoClock
from adapters.demo.company import monday_of
from adapters.demo.own_files import Result, Started, results, rollouts
from adapters.demo.own_gate import Key, hidden, totals
from analytics.intervals import wilson_bounds
from bot.cases import people, people_file, people_words
from bot.cases.people_entries import PeopleFile
from bot.cases.release import PRIVACY
from bot.store.migrate import migrate
from bot.store.store import Store, open_store
from bot.store.tables import Headship, Person, Placement, Reading, Rollout
from bot.store.unit import Unit
from bot.talk.commands import Role
from bot.talk.language import words
from surveys.anonymity import Band, release_form, round_mean, share_percent
from surveys.anonymity.cells import lineage
from surveys.anonymity.figures import FINE_SHARE_FROM

LEAD = "you"
LEAD_NAME, LEAD_PATH = "HR lead (you)", "HR"
NAME = "Your organisation"
CHUNK = 500
MOST_NAMED = 20
Z = 1.96
SMALL_GROUP = 7
"""How many respondents are assumed where fewer than ten answered: of an import nobody knows how many were asked."""

Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """Any of the three; without people, nobody but the HR lead is there to be."""

    people: Path | None = None
    history: Path | None = None
    rollouts: Path | None = None


def build_from(url: str, keys_dir: Path, files: OwnFiles, today: date, progress: Progress) -> tuple[str, ...]:
    """Make the demo database of an operator's own files and return what the operator should know about it.

    All files are read and checked before anything is made; raises ``ValueError`` with every problem by its row.
    """
    progress("Checking the files")
    history = results(files.history) if files.history else []
    started = rollouts(files.rollouts) if files.rollouts else []
    staff = _people(files.people) if files.people else None
    _check_departments(history, started, staff)
    migrate(url, progress=progress)
    clock = DemoClock(datetime.combine(monday_of(today), time(8, 30), UTC))
    store = open_store(url, keys_dir=keys_dir, clock=clock)
    try:
        store.write(_organisation)
        if staff is not None:
            order = people.Import(file=staff, on=clock.now().date(), actor="command")
            people.apply(store, order, lambda done, of: progress(f"People {done:,} of {of:,}"))
        measured = {row.department for row in history} - totals(history)
        departments = measured | {row.department for row in started}
        store.write(lambda unit: _lead(unit, set() if staff else departments, with_people=staff is not None))
        _keep_results(store, history, progress)
        store.write(lambda unit: _keep_rollouts(unit, started))
        store.write(clock.keep)
    finally:
        store.close()
    return tuple(_notes(history))


def _notes(history: Sequence[Result]) -> Iterator[str]:
    everybody = totals(history)
    for path in sorted(everybody):
        yield f"Taken for the total of everybody, not for a department: {path}"
    withheld = sum(path not in everybody for path, _, _ in hidden(history))
    departments = sum(row.department not in everybody for row in history)
    if withheld:
        yield f"Withheld to protect people: {withheld:,} of {departments:,} results"


def _people(file: Path) -> PeopleFile:
    with file.open("rb") as source:
        read = people_file.read(source)
    if read.problem_count:
        lines = "\n".join(f"  {line}" for line in people_words.problem_lines(words("en"), read))
        raise ValueError(f"{file.name} has {read.problem_count} problem(s). Nothing was changed.\n{lines}")
    return read


def _check_departments(
    history: Sequence[Result], started: Sequence[Started], staff: PeopleFile | None
) -> None:
    """Refuse departments that the people's file does not know; without one, automations without results."""
    measured = {row.department for row in history} - totals(history)
    known = {above for entry in staff.entries for above in lineage(entry.path)} if staff else measured
    if not known:
        return
    problems = [
        f"The file of {name} names {len(unknown)} department(s) that {there}: {', '.join(unknown[:MOST_NAMED])}."
        for name, paths, there in (
            ("results", measured, "nobody works in"),
            ("automations", {row.department for row in started}, "no other file knows"),
        )
        if (unknown := sorted(paths - known))
    ]
    if problems:
        raise ValueError("\n".join([*problems, "Nothing was changed."]))


def _organisation(unit: Unit) -> None:
    unit.organisations.create(
        NAME,
        unit.now,
        rehearsal=False,
        live_at=unit.now,
        works_council="Not needed, because nobody is written to: this is a trial on one machine",
    )
    unit.organisations.connect(PLATFORM, WORKSPACE)
    unit.settings.put(SOURCE, IMPORTED, unit.now)


def _lead(unit: Unit, departments: AbstractSet[str], *, with_people: bool) -> None:
    """Add somebody to be on the page who may see everything, and give everybody their account there.

    Departments that nobody is known to work in have the HR lead for a head: that makes them known by name.
    """
    number = unit.number("person")
    start = unit.now.date()
    unit.people.add(
        Person(
            organisation_id=unit.organisation_id,
            id=number,
            external=LEAD,
            name=LEAD_NAME,
            starts_on=start,
            disclosed_at=unit.now,
            disclosure_version=1,
        )
    )
    unit.placements.add(
        Placement(organisation_id=unit.organisation_id, person_id=number, starts_on=start, path=LEAD_PATH)
    )
    unit.placements.add(
        *(
            Headship(organisation_id=unit.organisation_id, path=path, person_id=number, starts_on=start)
            for path in sorted(departments)
        )
    )
    for role in (Role.HR_ADMIN, Role.OWNER):
        unit.people.grant(number, role, unit.now)
    workspace = unit.organisations.connect(PLATFORM, WORKSPACE)
    unit.accounts.link(number, workspace.id, LEAD)
    if with_people:
        while people.link_all(unit, workspace.id):
            pass
    unit.organisations.get().contact_id = number


def _keep_results(store: Store, history: Sequence[Result], progress: Progress) -> None:
    everybody, kept_back = totals(history), hidden(history)
    departments = [row for row in history if row.department not in everybody]
    for start in range(0, len(departments), CHUNK):
        progress(f"Results {start:,} of {len(departments):,}")
        chunk = departments[start : start + CHUNK]
        store.write(lambda unit, chunk=chunk: unit.readings.add(_readings(unit, chunk, kept_back)))  # type: ignore[misc]  # mypy can't infer a lambda with a default


def _readings(unit: Unit, rows: Sequence[Result], kept_back: frozenset[Key]) -> list[Reading]:
    first = unit.number("reading", len(rows))
    return [
        _reading(unit, number, row, (row.department, row.month, row.item) in kept_back)
        for number, row in enumerate(rows, start=first)
    ]


def _reading(unit: Unit, number: int, row: Result, withheld: bool) -> Reading:  # noqa: FBT001 - one plain yes or no
    reading = Reading(
        organisation_id=unit.organisation_id,
        id=number,
        source=IMPORTED,
        period=row.month,
        path=row.department,
        item=row.item,
        metric="favourability" if row.share is not None else "mean",
        state="withheld",
        reason=PRIVACY,
        unit="share" if row.share is not None else f"scale {row.scale[0]:g}-{row.scale[1]:g}",
    )
    if withheld:
        return reading
    reading.reason, reading.state = "", "shown"
    reading.n = row.n if row.n >= 10 else None
    if row.share is not None:
        _fill_share(reading, row, row.share)
    else:
        _fill_mean(reading, row)
    return reading


def _fill_share(reading: Reading, row: Result, share: float) -> None:
    """Round as a reading of our own is rounded; a share that would be true of every person becomes a band."""
    favourable = min(max(round(share * row.n), 0), row.n)
    form = release_form((row.n - favourable, favourable))
    if isinstance(form, Band):
        reading.state, reading.band, reading.n = "band", form.tone.value, None
        return
    assumed = reading.n or SMALL_GROUP
    reading.value = share_percent(favourable, row.n) / 100
    low, high = wilson_bounds(reading.value, assumed)
    reading.low, reading.high = round(low, 2), round(high, 2)
    step = 0.05 if row.n < FINE_SHARE_FROM else 0.01
    reading.variance = reading.value * (1 - reading.value) / assumed + step**2 / 12


def _fill_mean(reading: Reading, row: Result) -> None:
    """Keep a mean to one decimal, with the doubt that the rounding adds."""
    reading.value = round_mean(row.mean or 0.0)
    reading.variance = (row.variance or 0.0) / (reading.n or SMALL_GROUP) + 0.1**2 / 12
    half = Z * reading.variance**0.5
    low, high = row.scale
    reading.low, reading.high = (
        round(max(low, reading.value - half), 1),
        round(min(high, reading.value + half), 1),
    )


def _keep_rollouts(unit: Unit, rows: Sequence[Started]) -> None:
    for row in rows:
        unit.rollouts.add(
            Rollout(
                organisation_id=unit.organisation_id,
                id=unit.number("rollout"),
                path=row.department,
                name=row.name,
                purpose=row.purpose,
                starts_on=row.start,
                one_off_cost=row.figures.get("one_off_cost", 0.0),
                monthly_cost=row.figures.get("monthly_cost", 0.0),
                hours_saved=row.figures.get("hours_saved"),
                hourly_rate=row.figures.get("hourly_rate"),
                salary=row.figures.get("salary"),
            )
        )
