"""Writing the made-up company into its database: HR records and released readings, never through the vault."""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import TypeVar

from adapters.demo import history, names, truth
from adapters.demo.clock import DemoClock
from adapters.demo.company import HOME, NAME, ROLES, Automation, Company
from adapters.demo.staffing import Staff, Worker, staff
from analytics.months import shift
from bot.cases import release, waves
from bot.cases.purposes import DISCLOSURE_VERSION
from bot.store.migrate import migrate
from bot.store.store import Store, open_store
from bot.store.tables import Account, Headship, Person, Placement, Rollout, Separation
from bot.store.unit import Unit
from surveys.anonymity.cells import lineage

PLATFORM, WORKSPACE = "local", "local"
TRUTH, CHANCES = "demo.truth", "demo.chances"
SOURCE = "demo.source"
MADE_UP, IMPORTED = "made up", "imported"
CHUNK = 150
"""People per unit: each has a few rows."""

Progress = Callable[[str], None]
T = TypeVar("T")


def build(url: str, keys_dir: Path, company: Company, progress: Progress) -> None:
    """Make the demo database of a company; the file must not exist yet."""
    migrate(url, progress=progress)
    clock = DemoClock(company.begins)
    store = open_store(url, keys_dir=keys_dir, clock=clock)
    try:
        people = staff(company)
        progress(f"Hiring {len(people.workers):,} people over the years")
        store.write(_organisation)
        for chunk in _chunks(list(enumerate(people.workers, start=1)), CHUNK):
            store.write(lambda unit, chunk=chunk: _hire(unit, chunk, people, company))  # type: ignore[misc]  # mypy can't infer a lambda with a default
        store.write(lambda unit: _settle(unit, people, company))
        _write_history(store, company, people, progress)
        store.write(clock.keep)
    finally:
        store.close()


def _organisation(unit: Unit) -> None:
    unit.organisations.create(
        NAME,
        unit.now,
        made_up=True,
        sentiment="aggregate",
        rehearsal=False,
        live_at=unit.now,
        time_zone=HOME,
        works_council="Not needed, because this is a demonstration",
        contact_hours="Monday to Friday, 9 to 16",
    )
    unit.organisations.connect(PLATFORM, WORKSPACE)
    unit.settings.put(SOURCE, MADE_UP, unit.now)


def _hire(unit: Unit, numbered: Sequence[tuple[int, Worker]], people: Staff, company: Company) -> None:
    numbers = {worker.external: number for number, worker in enumerate(people.workers, start=1)}
    workspace = unit.organisations.connect(PLATFORM, WORKSPACE)
    unit.people.add(*(_person(unit, number, worker, company) for number, worker in numbered))
    unit.placements.add(
        *(
            placement
            for number, worker in numbered
            for placement in _placements(unit, number, worker, people, numbers)
        )
    )
    unit.people.record_separations(
        *(_separation(unit, number, worker) for number, worker in numbered if worker.ends_on is not None)
    )
    unit.accounts.add(
        *(
            Account(
                organisation_id=unit.organisation_id,
                workspace_id=workspace.id,
                user=worker.external,
                person_id=number,
            )
            for number, worker in numbered
            if worker.ends_on is None or worker.ends_on >= company.monday
        )
    )


def _person(unit: Unit, number: int, worker: Worker, company: Company) -> Person:
    """Return a person; everybody knows the bot but those who start in the walk or later, who meet it there."""
    known = worker.starts_on < company.monday
    return Person(
        organisation_id=unit.organisation_id,
        id=number,
        external=worker.external,
        name=worker.name,
        email=names.address(worker.name, worker.external),
        locale=worker.locale,
        time_zone=worker.zone,
        starts_on=worker.starts_on,
        ends_on=worker.ends_on,
        disclosed_at=unit.now if known else None,
        disclosure_version=DISCLOSURE_VERSION if known else 0,
    )


def _placements(
    unit: Unit, number: int, worker: Worker, people: Staff, numbers: dict[str, int]
) -> Iterator[Placement]:
    ends = [stay.starts_on for stay in worker.stays[1:]]
    last = worker.ends_on + timedelta(days=1) if worker.ends_on else None
    for stay, until in zip(worker.stays, (*ends, last), strict=True):
        yield Placement(
            organisation_id=unit.organisation_id,
            person_id=number,
            starts_on=stay.starts_on,
            until=until,
            path=stay.path,
            manager_id=_manager(worker.external, stay.path, people, numbers),
            site={HOME: "Berlin"}.get(worker.zone, worker.zone.rpartition("/")[2].replace("_", " ")),
        )


def _manager(external: str, path: str, people: Staff, numbers: dict[str, int]) -> int | None:
    """Return the nearest head above who is somebody else."""
    heads = (people.heads.get(above) for above in lineage(path))
    return next((numbers[head] for head in heads if head is not None and head != external), None)


def _separation(unit: Unit, number: int, worker: Worker) -> Separation:
    if worker.ends_on is None:
        raise ValueError("who is still here has no separation")
    return Separation(
        organisation_id=unit.organisation_id,
        person_id=number,
        on=worker.ends_on,
        kind=worker.kind or "other",
        path=worker.path(worker.ends_on),
    )


def _settle(unit: Unit, people: Staff, company: Company) -> None:
    """Say who leads, who may what, what is automated, and what is asked."""
    numbers = {worker.external: number for number, worker in enumerate(people.workers, start=1)}
    unit.number("person", len(people.workers))
    for path, external in people.heads.items():
        number = numbers[external]
        since = people.workers[number - 1].starts_on
        unit.placements.add(
            Headship(organisation_id=unit.organisation_id, path=path, person_id=number, starts_on=since)
        )
    granted = {role.grant: numbers[role.external] for role in ROLES if role.grant}
    for role, number in granted.items():
        unit.people.grant(number, role, unit.now)
    unit.organisations.get().contact_id = granted["hr_admin"]
    for department in company.departments:
        if department.automation is not None:
            unit.rollouts.add(_rollout(unit, department.path, department.automation, company.monday))
    for key in ("pulse", "feedback"):
        waves.set_up(unit, key, granted["hr_admin"], company.monday)


def _rollout(unit: Unit, path: str, automation: Automation, monday: date) -> Rollout:
    return Rollout(
        organisation_id=unit.organisation_id,
        id=unit.number("rollout"),
        path=path,
        name=automation.name,
        purpose=automation.purpose,
        starts_on=shift(monday.replace(day=1), -automation.months_ago),
        one_off_cost=automation.one_off,
        monthly_cost=automation.monthly,
        hours_saved=automation.hours_saved,
        hourly_rate=automation.hourly_rate,
        salary=automation.salary,
        source=MADE_UP,
    )


def _write_history(store: Store, company: Company, people: Staff, progress: Progress) -> None:
    """Keep what the gate lets through of each made-up month; the answers themselves are kept nowhere."""
    true = truth.truth(company)
    for done, month in enumerate(history.months(company, people, true), start=1):
        progress(f"Asking month {done} of {company.months}")
        store.write(lambda unit, month=month: _keep(unit, month))  # type: ignore[misc]  # mypy can't infer a lambda with a default
    store.write(lambda unit: _remember(unit, true))


def _remember(unit: Unit, true: truth.Truth) -> None:
    """Keep what is true, to compare a report with, and how people go on to answer from here."""
    unit.settings.put(TRUTH, truth.as_json(true.effects), unit.now)
    unit.settings.put(CHANCES, json.dumps(true.latest()), unit.now)


def _keep(unit: Unit, month: history.Month) -> None:
    for decided in month.decided:
        rows = release.readings(unit, month.wave, decided)
        for row in rows:
            row.wave_id = 0
        unit.readings.add(rows)


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    left = iter(items)
    return iter(lambda: list(islice(left, size)), [])
