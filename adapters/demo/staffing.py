"""Who worked where and when: seats, filled and emptied by lot, full again on the demo's first day."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count
from random import Random

from adapters.demo import names
from adapters.demo.company import FUTURE, HOME, LEADERS, LISBON, NEW_YORK, ROLES, Company, Role
from analytics.months import month_of, shift, span

VOLUNTARY = 0.010
"""Monthly hazard of a voluntary separation, before any automation."""
OTHER_ENDINGS = (("involuntary", 0.0015), ("retirement", 0.0006), ("end_of_contract", 0.0009))
SWAPS = 0.002
"""Share of people who change department in a month."""
GROWN = 0.06
"""Share of seats that did not exist when the history began."""
LEFT_AT_THE_LATEST = timedelta(days=35)
"""Nobody leaves in the last weeks before the demo, so that each seat can be full on its first day."""

STEADY, SELDOM = (0.85, 0.75), 0.2
"""Most people answer nearly always (how often, and what share of people they are); the others seldom."""
MOOD = 0.12
"""How far a person's own chance of a favourable answer lies from the department's, at most."""


@dataclass(frozen=True, slots=True)
class Stay:
    """A department from a day on; it holds until the next stay or the end."""

    starts_on: date
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """One person there ever was in the made-up company, and how they answer."""

    starts_on: date
    stays: tuple[Stay, ...]
    ends_on: date | None = None
    kind: str = ""
    """How it ended."""
    head: bool = False
    role: Role | None = None
    external: str = ""
    name: str = ""
    locale: str = "en"
    zone: str = HOME
    answering: float = 0.0
    """How likely the person answers a wave."""
    mood: float = 0.0
    """Added to the department's chance of a favourable answer."""

    def employed(self, on: date) -> bool:
        return self.starts_on <= on and (self.ends_on is None or self.ends_on >= on)

    def path(self, on: date) -> str:
        return next(stay.path for stay in reversed(self.stays) if stay.starts_on <= on)


@dataclass(frozen=True, slots=True)
class Staff:
    """Everybody, and who heads which department."""

    workers: tuple[Worker, ...]
    heads: dict[str, str]
    """Department path to the HR number of its head, divisions and divided departments included."""


@dataclass(frozen=True, slots=True)
class Seat:
    """A place to work at: where, since when, and whom it is kept for."""

    path: str
    opened: date
    head: bool = False
    role: Role | None = None

    @property
    def kept(self) -> bool:
        """Its holder has been here all along and stays."""
        return self.head or (self.role is not None and not self.role.new)


def staff(company: Company) -> Staff:
    """Return everybody of the company, the same for the same seed."""
    random = Random(f"{company.seed}|staff")
    workers = [worker for seat in _seats(company, random) for worker in _holders(seat, company, random)]
    workers = _swapped(workers, company, random) + list(_to_come(company))
    named = tuple(_named(workers, company, random))
    return Staff(named, _heads(named, company))


# --- seats ------------------------------------------------------------------------------------------------


def _seats(company: Company, random: Random) -> Iterator[Seat]:
    first, growing = history_months(company)[0], company.months - 6
    for team in company.teams():
        roles = [role for role in ROLES if _belongs(role, team.path, company)]
        leaders = [role for role in roles if role.head]
        yield Seat(team.path, first, head=True, role=leaders[0] if leaders else None)
        others = [role for role in roles if not role.head]
        for number in range(team.size - 1):
            role = others[number] if number < len(others) else None
            grown = role is None and random.random() < GROWN
            opened = shift(first, random.randrange(1, growing)) if grown else first
            yield Seat(team.path, opened, role=role)


def _belongs(role: Role, path: str, company: Company) -> bool:
    """Seat a role in the department itself, or in the first of its teams where it is divided."""
    teams = [team.path for team in company.teams()]
    return path == (role.path if role.path in teams else f"{role.path}/Team 1")


def _holders(seat: Seat, company: Company, random: Random) -> Iterator[Worker]:
    """Yield those who held a seat, one after the other; the last holds it on the demo's first day."""
    first = history_months(company)[0]
    starts = seat.opened
    if seat.opened == first:
        longest = 3600 if not seat.kept else 4400
        starts = first - timedelta(days=random.randrange(800 if seat.kept else 30, longest))
    while True:
        end = None if seat.kept else _ending(seat, starts, company, random)
        if end is None:
            break
        yield Worker(starts_on=starts, stays=(Stay(starts, seat.path),), ends_on=end[0], kind=end[1])
        starts = _monday_after(end[0] + timedelta(days=random.randrange(7, 50)), company)
    if seat.role is not None and seat.role.new:
        left = company.monday - LEFT_AT_THE_LATEST
        yield Worker(starts_on=starts, stays=(Stay(starts, seat.path),), ends_on=left, kind="voluntary")
        starts = company.monday
    yield Worker(starts_on=starts, stays=(Stay(starts, seat.path),), head=seat.head, role=seat.role)


def _ending(seat: Seat, starts: date, company: Company, random: Random) -> tuple[date, str] | None:
    """Draw month by month whether the holder leaves, and how; None: still there when the demo begins."""
    latest = company.monday - LEFT_AT_THE_LATEST
    first = max(month_of(starts), history_months(company)[0])
    for month in span(first, month_of(latest)):
        chance = random.random()
        day = max(month + timedelta(days=random.randrange(28)), starts + timedelta(days=20))
        for kind, hazard in (("voluntary", resigning(company, seat.path, month)), *OTHER_ENDINGS):
            if chance < hazard and day < latest:
                return day, kind
            chance -= hazard
    return None


def resigning(company: Company, path: str, month: date) -> float:
    """Return the true hazard of voluntary separation in a department and month."""
    automation = company.automation(path)
    if automation is None or month < started(company, automation.months_ago):
        return VOLUNTARY
    return VOLUNTARY * automation.resignations


def started(company: Company, months_ago: int) -> date:
    """Return the first day of the month in which an automation starts."""
    return shift(month_of(company.monday), -months_ago)


def history_months(company: Company) -> tuple[date, ...]:
    """Return the months of the history: all that ended before the month in which the demo begins."""
    this = month_of(company.monday)
    return span(shift(this, -company.months), shift(this, -1))


def _monday_after(day: date, company: Company) -> date:
    """Return the Monday of the following week, before the demo begins at the latest."""
    return min(day + timedelta(days=7 - day.weekday()), company.monday - timedelta(days=14))


# --- changes of department, hires to come -----------------------------------------------------------------


def _swapped(workers: Sequence[Worker], company: Company, random: Random) -> list[Worker]:
    """Let pairs of people who stay change places, so that departments keep their sizes."""
    moved, months = list(workers), history_months(company)
    settled = [
        index
        for index, worker in enumerate(workers)
        if worker.ends_on is None and not worker.head and worker.role is None and worker.starts_on < months[0]
    ]
    random.shuffle(settled)
    pairs = round(company.people * company.months * SWAPS / 2)
    for one, other in zip(settled[:pairs], settled[pairs : 2 * pairs], strict=False):
        day = random.choice(months[2:-2])
        here, there = moved[one].stays[-1].path, moved[other].stays[-1].path
        moved[one] = replace(moved[one], stays=(*moved[one].stays, Stay(day, there)))
        moved[other] = replace(moved[other], stays=(*moved[other].stays, Stay(day, here)))
    return moved


def _to_come(company: Company) -> Iterator[Worker]:
    teams = [team.path for team in company.teams()]
    for path, days in FUTURE:
        where, day = (
            path if path in teams else f"{path}/Team 1",
            company.monday + timedelta(days=days),
        )
        yield Worker(starts_on=day, stays=(Stay(day, where),))


# --- who they are -----------------------------------------------------------------------------------------


def _named(workers: Sequence[Worker], company: Company, random: Random) -> Iterator[Worker]:
    """Give everybody a number in the order of their first days, a name, a language, a zone and a manner."""
    reserved = {role.external for role in ROLES}
    numbers = (number for number in (f"E{n:03d}" for n in count(1)) if number not in reserved)
    people = names.invented(random, frozenset(role.name for role in ROLES))
    homes = {team.path: team.homes for team in company.teams()}
    for worker in sorted(workers, key=lambda worker: (worker.starts_on, worker.stays[0].path)):
        zone = random.choices((HOME, LISBON, NEW_YORK), homes[worker.stays[0].path])[0]
        answering = STEADY[0] if random.random() < STEADY[1] else SELDOM
        known = replace(worker, zone=zone, answering=answering, mood=random.uniform(-MOOD, MOOD))
        locale = _locale(zone, random)
        role = worker.role
        if role is None:
            yield replace(known, external=next(numbers), name=next(people), locale=locale)
        else:
            named = replace(known, external=role.external, name=role.name, locale=role.locale)
            yield replace(named, zone=role.zone)


def _locale(zone: str, random: Random) -> str:
    german = random.random() < 0.7
    return {HOME: "de" if german else "en", LISBON: "en", NEW_YORK: "en-US"}[zone]


def _heads(workers: Sequence[Worker], company: Company) -> dict[str, str]:
    heads = {worker.stays[0].path: worker.external for worker in workers if worker.head}
    for department in company.departments:
        first = f"{department.path}/Team 1"
        heads.setdefault(department.path, heads.get(first, ""))
    return heads | {division: heads[path] for division, path in LEADERS.items()}
