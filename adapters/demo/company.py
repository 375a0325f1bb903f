"""The made-up company: its departments, its automations and the people the walk begins with."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from surveys.cadence import instant, zone_named

NAME = "Nordlicht Versand"
HOME = "Europe/Berlin"
LISBON, NEW_YORK = "Europe/Lisbon", "America/New_York"
OPENS_AT = time(8, 30)
"""The demo begins half an hour before the first pulse."""

BEGINS = date(2026, 11, 23)
"""The demo's first Monday, always the same, so that the same seed shows the same company in any year."""

PEOPLE, MONTHS, SEED = 120, 24, 54
"""The seed is a typical one, neither lucky nor unlucky: of the first hundred, among those whose report about Support gets a
B with no rule against it and in which nothing is ever shown of Finance, the one with the middle estimate."""
FEWEST_PEOPLE, MOST_PEOPLE = 120, 20_000
FEWEST_MONTHS, MOST_MONTHS = 18, 60
LARGEST_TEAM = 40
"""A department that grows beyond this is divided into teams, each with a head of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Automation:
    """An automation with what it costs and saves, and what it truly changes: the generator's secret.

    ``months_ago`` is negative for one that is planned. ``effect`` is added to the share of favourable answers
    from its start on; ``resignations`` multiplies the monthly hazard of voluntary separation.
    """

    name: str
    purpose: str
    months_ago: int
    one_off: float
    monthly: float
    hours_saved: float | None = None
    hourly_rate: float | None = None
    salary: float | None = None
    effect: float = 0.0
    resignations: float = 1.0


@dataclass(frozen=True, slots=True)
class Department:
    """A department, how many people it has when the demo begins, and where they live (Berlin, Lisbon, New York)."""

    path: str
    size: int
    homes: tuple[float, float, float] = (1.0, 0.0, 0.0)
    automation: Automation | None = None


ROUTING = Automation(
    name="Ticket routing",
    purpose="Fewer wrong hand-overs, shorter waiting",
    months_ago=9,
    one_off=18_000,
    monthly=1_400,
    hours_saved=160,
    hourly_rate=36,
    salary=46_000,
    effect=0.16,
    resignations=0.6,
)
PICKING = Automation(
    name="Picking robots",
    purpose="Less walking and lifting",
    months_ago=13,
    one_off=95_000,
    monthly=3_200,
    hours_saved=310,
    hourly_rate=29,
    salary=37_000,
    effect=-0.08,
    resignations=1.2,
)
INVOICES = Automation(
    name="Invoice reader",
    purpose="Less typing, fewer late payments",
    months_ago=11,
    one_off=6_000,
    monthly=420,
    hours_saved=45,
    hourly_rate=41,
    salary=52_000,
    effect=0.10,
)
QUOTES = Automation(
    name="Quote assistant",
    purpose="Offers on the day they are asked for",
    months_ago=-5,
    one_off=12_000,
    monthly=900,
)

DEPARTMENTS = (
    Department("Operations/Support", 18, (0.6, 0.2, 0.2), ROUTING),
    Department("Operations/Warehouse", 25, (1.0, 0.0, 0.0), PICKING),
    Department("Commercial/Sales", 16, (0.4, 0.1, 0.5), QUOTES),
    Department("Commercial/Product", 20, (0.5, 0.4, 0.1)),
    Department("Logistics", 14, (0.8, 0.2, 0.0)),
    Department("Marketing", 12, (0.5, 0.3, 0.2)),
    Department("People", 9, (0.7, 0.2, 0.1)),
    Department("Finance", 6, (1.0, 0.0, 0.0), INVOICES),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """Somebody the walk needs; nobody with a role is ever simulated."""

    external: str
    name: str
    path: str
    locale: str
    zone: str
    headline: str
    head: bool = False
    new: bool = False
    grant: str = ""


ANA = Role(
    external="E001",
    name="Ana Ruiz",
    path="People",
    locale="en",
    zone=HOME,
    headline="HR lead",
    head=True,
    grant="hr_admin",
)
INGRID = Role(
    external="E002",
    name="Ingrid Solberg",
    path="Finance",
    locale="en",
    zone=HOME,
    headline="Owner · head of Finance",
    head=True,
    grant="owner",
)
MARC = Role(
    external="E003",
    name="Marc Boyer",
    path="Operations/Support",
    locale="en",
    zone=HOME,
    headline="Manager · Support",
    head=True,
)
LENA = Role(
    external="E014",
    name="Lena Krüger",
    path="Operations/Support",
    locale="de",
    zone=HOME,
    headline="Support",
)
TOMAS = Role(
    external="E120",
    name="Tomás Ortiz",
    path="Operations/Support",
    locale="en",
    zone=LISBON,
    headline="New hire · starts today",
    new=True,
)
ROLES = (LENA, TOMAS, MARC, ANA, INGRID)
"""In the order in which the page offers them."""

LEADERS = {"Operations": "Operations/Warehouse", "Commercial": "Commercial/Sales"}
"""Divisions, and the department whose head heads the division as well."""

FUTURE = (("Logistics", 14), ("Marketing", 28))
"""Hires to come: where, and how many days after the demo's first."""


@dataclass(frozen=True, slots=True)
class Company:
    """What the generator makes: as many people, months of history and accidents as the seed gives."""

    monday: date
    """The demo's first day."""
    departments: tuple[Department, ...] = DEPARTMENTS
    months: int = MONTHS
    seed: int = SEED

    @property
    def begins(self) -> datetime:
        """The instant at which the demo's clock starts."""
        return instant(self.monday, OPENS_AT, zone_named(HOME)).astimezone(UTC)

    @property
    def people(self) -> int:
        return sum(department.size for department in self.departments)

    def teams(self) -> tuple[Department, ...]:
        """Return the departments that people are placed in: a large one is divided into teams."""
        return tuple(team for department in self.departments for team in _teams(department))

    def automation(self, path: str) -> Automation | None:
        """Return the automation of a department or of the one it belongs to."""
        return next(
            (
                one.automation
                for one in self.departments
                if path == one.path or path.startswith(one.path + "/")
            ),
            None,
        )


def company(monday: date, people: int = PEOPLE, months: int = MONTHS, seed: int = SEED) -> Company:
    """Return the company of this size; raises ``ValueError`` with a sentence where it cannot be made."""
    if monday.weekday() != 0:
        raise ValueError("The demo begins on a Monday.")
    if not FEWEST_PEOPLE <= people <= MOST_PEOPLE:
        raise ValueError(f"The demo company has {FEWEST_PEOPLE} to {MOST_PEOPLE:,} people, not {people:,}.")
    if not FEWEST_MONTHS <= months <= MOST_MONTHS:
        raise ValueError(f"The demo has {FEWEST_MONTHS} to {MOST_MONTHS} months of history, not {months}.")
    return Company(monday, _scaled(people), months, seed)


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _scaled(people: int) -> tuple[Department, ...]:
    """Share out the people in the proportions of the small company, remainders to the largest first."""
    sizes = [one.size * people // PEOPLE for one in DEPARTMENTS]
    by_size = sorted(range(len(sizes)), key=lambda index: -DEPARTMENTS[index].size)
    for index in by_size[: people - sum(sizes)]:
        sizes[index] += 1
    return tuple(replace(one, size=size) for one, size in zip(DEPARTMENTS, sizes, strict=True))


def _teams(department: Department) -> Iterator[Department]:
    parts = -(-department.size // LARGEST_TEAM)
    if parts == 1:
        yield department
        return
    for number in range(parts):
        size = department.size // parts + (number < department.size % parts)
        yield replace(department, path=f"{department.path}/Team {number + 1}", size=size)
