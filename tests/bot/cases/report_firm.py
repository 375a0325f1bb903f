"""A made-up firm with a known true effect: its released readings and HR records, as a store holds them."""

from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

from analytics.months import shift
from bot.cases import rollouts
from bot.cases.context import CardBuilder
from bot.cases.rollouts import Entry
from bot.store.store import Store
from bot.store.tables import Delivery, Person, Placement, Reading, Separation
from bot.store.unit import Unit
from bot.talk.cards import Action, Buttons, Card
from bot.talk.events import Invalid, OpenForm, Private, Reply
from tests.fakes import FakeClock
from tests.town import Town

SIZES = {
    "Legal": 6,
    "Operations/Support": 30,
    "Operations/Logistics": 30,
    "Sales": 32,
    "Product": 34,
    "Marketing": 28,
    "People": 26,
    "Finance": 30,
}
SUPPORT = "Operations/Support"
START = date(2026, 2, 10)
MONTHS = 24
LAST = date(2026, 10, 1)
ITEM = "job-satisfaction"
ROUTING = Entry(
    SUPPORT,
    "ticket routing",
    "fewer wrong hand-overs",
    START,
    one_off_cost=3000.0,
    monthly_cost=400.0,
    hourly_rate=35.0,
    salary=48000.0,
)


class Firm(Town):
    """Departments with heads, an HR admin, 24 months of readings and a few people who left."""

    def __init__(self, store: Store, clock: FakeClock, *, effect: float = 0.25, seed: int = 1) -> None:
        super().__init__(store, clock)
        self.heads = {path: self.has(path, n, head=True)[0] for path, n in SIZES.items()}
        self.hr = self.has("People", 1)[0]
        self.employee = self.has("Sales", 1)[0]
        store.write(lambda unit: unit.people.grant(self.hr, "hr_admin", unit.now))
        store.write(lambda unit: unit.readings.add(_history(unit, effect, seed)))
        store.write(_leavers)

    @classmethod
    def moved_to(cls, store: Store, clock: FakeClock, origin: "Firm") -> "Firm":
        """Return the same people in a copy of the database they were made in."""
        firm = cls.__new__(cls)
        firm.store, firm.clock = store, clock
        firm.heads, firm.hr, firm.employee = origin.heads, origin.hr, origin.employee
        return firm

    def automates(self, entry: Entry = ROUTING) -> int:
        return self.store.write(lambda unit: rollouts.add(unit, entry, "operator").id)

    def does(self, person: int, handler: object, *given: object) -> Reply:
        """Let a person use a command or an action, in one unit as in dispatch."""
        return self.store.write(lambda unit: handler(self.caller(unit, person), *given))  # type: ignore[operator]  # any handler

    def asks(self, person: int, text: str = "") -> Card:
        from bot.cases import reports  # noqa: PLC0415 -- the builder is used by tests that never ask

        return shown(self.does(person, reports.COMMANDS["roi-report"], text))

    def acts(self, person: int, action: Action, values: Mapping[str, str] | None = None) -> Reply:
        from bot.cases import reports  # noqa: PLC0415 - the cases are loaded by whoever builds a firm

        handlers = {**reports.ACTIONS, **rollouts.ACTIONS}
        return self.does(person, handlers[action.name], action, values or {})

    def gets(self, person: int, delivery: Delivery, cards: Mapping[str, CardBuilder]) -> Card | None:
        """Build the card of a delivery, as at sending."""
        return self.store.read(lambda unit: cards[delivery.purpose](self.recipient(unit, person), delivery))

    def deliveries(self, person: int) -> list[Delivery]:
        return self.store.read(lambda unit: unit.outbox.of_person(person))


def shown(reply: Reply) -> Card:
    """Return the card of a reply that only the asker sees."""
    assert isinstance(reply, Private | OpenForm), reply
    return reply.card


def fields(reply: Reply) -> Mapping[str, str]:
    assert isinstance(reply, Invalid), reply
    return reply.fields


def button(card: Card, name: str) -> Action:
    """Return the act behind a card's button."""
    (found,) = [
        one.action
        for element in card.elements
        if isinstance(element, Buttons)
        for one in element.items
        if one.action.name == name
    ]
    return found


def buttons(card: Card) -> list[str]:
    """Return the acts of a card's buttons, in order."""
    rows = [element.items for element in card.elements if isinstance(element, Buttons)]
    return [one.action.name for row in rows for one in row]


def reading(unit: Unit, number: int, path: str, period: date, **about: object) -> Reading:
    values: dict[str, object] = {
        "source": "made up",
        "item": ITEM,
        "metric": "favourability",
        "state": "shown",
        "unit": "share",
    }
    return Reading(organisation_id=1, id=number, path=path, period=period, **(values | about))


def _history(unit: Unit, effect: float, seed: int) -> list[Reading]:
    random = Random(seed)
    first = shift(LAST, 1 - MONTHS)
    months = [shift(first, step) for step in range(MONTHS)]
    number = unit.number("reading", 2 * MONTHS * (len(SIZES) + 1))
    rows: list[Reading] = []
    for path, people in SIZES.items():
        level = random.uniform(0.4, 0.5)
        for month in months:
            rise = effect if path == SUPPORT and month >= START.replace(day=1) else 0.0
            rows.append(_month(unit, number + len(rows), path, month, (people, level + rise, random)))
            rate = {"item": "", "metric": "response_rate", "value": 0.8, "asked": people}
            rows.append(reading(unit, number + len(rows), path, month, **rate))
    return rows


def _month(unit: Unit, number: int, path: str, month: date, truth: tuple[int, float, Random]) -> Reading:
    """Draw one reading; fewer than five answers are withheld."""
    people, chance, random = truth
    n = sum(random.random() < 0.8 for _ in range(people))
    if people < 10:
        return reading(unit, number, path, month, state="withheld", reason="privacy")
    good = sum(random.random() < chance for _ in range(n))
    share = min(max(good / n, 0.05), 0.95)
    variance = share * (1 - share) / n
    return reading(unit, number, path, month, value=share, n=n, asked=people, variance=variance)


def _leavers(unit: Unit) -> None:
    """Let somebody leave each department every seven months."""
    first = date(2024, 11, 12)
    for at, path in enumerate(SIZES):
        for step in range(3):
            last_day = shift(first, 7 * step + at % 3) + timedelta(days=11)
            number = unit.number("person")
            unit.people.add(
                Person(
                    organisation_id=1,
                    id=number,
                    external=f"left{number}",
                    name=f"Left {number}",
                    starts_on=date(2024, 1, 1),
                    ends_on=last_day,
                )
            )
            unit.placements.add(
                Placement(
                    organisation_id=1,
                    person_id=number,
                    starts_on=date(2024, 1, 1),
                    until=last_day + timedelta(days=1),
                    path=path,
                )
            )
            unit.people.record_separations(
                Separation(organisation_id=1, person_id=number, on=last_day, kind="voluntary", path=path)
            )
