"""Two organisations in one database, each a tenant of the same Teams, behind one door: who lives there and what was shown to them.

People are called by the word of the canary and their code, ``A03`` or ``B11``: a letter for the tenant and their
number, so that whatever is found somewhere tells whose it is.
"""

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from aiohttp import web

from adapters.engine import Place
from adapters.engine.drain import Drain
from adapters.references import StoredReferences
from adapters.teams.app import Front
from adapters.teams.connect import Door, connect
from adapters.teams.send import TeamsPlatform
from adapters.wiring.serving import handler
from adapters.wiring.teams import LIMITS
from bot.store.store import Store
from bot.store.unit import Unit
from bot.talk.commands import COMMANDS, Role
from tests.adapters.teams.front import connection
from tests.benchmarks.traffic import NINE
from tests.canary import WORD
from tests.fakes import FakeClock
from tests.platforms.teams import FakeTeams, Person, widgets
from tests.platforms.teams.cards import problems
from tests.platforms.teams.people import Conversation, Json, User
from tests.town import Town

THREADS = 8

PATIENT_S = 60.0
"""How long an invoke may take here: how long Teams waits for one is tested elsewhere, and this machine may be busy."""

PEOPLE = 11
STRANGER = 99
"""A colleague in Teams whom HR has not named."""

EVERY_COMMAND = tuple(command.name for command in COMMANDS)

SILENT = frozenset({4, 8, 11})
"""People who have the app and never do anything."""


@dataclass(frozen=True)
class House:
    """One organisation, its tenant, and who of it is in Teams, by their number."""

    organisation: int
    letter: str
    tenant: str
    users: Mapping[int, User]

    def code(self, number: int) -> str:
        return f"{self.letter}{number:02}"


@dataclass(frozen=True)
class Offer:
    """A button as Rapport showed it to somebody, with what there is to fill in beside it."""

    owner: User
    place: Conversation
    message: str
    data: Json
    inputs: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True)
class Street:
    """Both houses, and the door that both use."""

    fake: FakeTeams
    store: Store
    platform: TeamsPlatform
    app: web.Application
    houses: tuple[House, House]

    @property
    def front(self) -> Front:
        door = self.platform._open
        assert isinstance(door, Door)
        door.front.invoke_s = PATIENT_S
        return door.front

    def everybody(self) -> Iterator[tuple[House, int, User]]:
        for house in self.houses:
            yield from ((house, number, user) for number, user in house.users.items())

    async def walk(self, commands: Iterable[str] = EVERY_COMMAND) -> list[Offer]:
        """Let everybody get the app and what is due, and somebody of HR and a colleague see all there is; return the buttons."""
        for _, _, user in self.everybody():
            await self.fake.person(user.id).installs()
            await self.platform.shown()
        for house in self.houses:
            await Drain(store=self.store, platform=self.platform, limits=LIMITS).run(
                Place(house.organisation, 1)
            )
            for number in (1, 2):
                await self._looks_round(self.fake.person(house.users[number].id), commands)
        assert self.fake.troubles == []
        return [offer for _, _, user in self.everybody() for offer in self._offers(user)]

    async def _looks_round(self, person: Person, commands: Iterable[str]) -> None:
        """Type each command, and press one button of each kind that is shown for it."""
        for command in commands:
            await person.says(f"/{command}")
            await self.platform.shown()
        pressed = set[str]()
        for offer in self._offers(person.user):
            token = str(offer.data["rapport"])
            kind = token.partition(":")[0]
            if kind not in pressed and not offer.inputs:
                pressed.add(kind)
                await self._presses(person, offer.message, token)

    async def _presses(self, person: Person, message: str, token: str) -> None:
        """Press a button if it still stands."""
        seen = next(seen for seen in person.sees() if seen.id == message)
        if any(carried(action) == token for card in seen.cards for action in widgets.actions(card)):
            await person.presses(seen, token)
            await self.platform.shown()

    def _offers(self, user: User) -> list[Offer]:
        place = self.fake.personal(user)
        return [
            Offer(user, place, seen.id, action["data"], widgets.inputs(card))
            for seen in self.fake.person(user.id).sees()
            for card in seen.cards
            for action in widgets.actions(card)
            if carried(action)
        ]


def carried(action: Json) -> str:
    """Return what a button does, as it carries it; empty: nothing."""
    data = action.get("data")
    return str(data.get("rapport", "")) if isinstance(data, dict) else ""


@asynccontextmanager
async def street(store: Store) -> AsyncIterator[Street]:
    """Build both houses, and mount their door in an application that somebody serves."""
    async with FakeTeams(limits=False, clock=FakeClock(NINE), validate=problems) as fake:
        store.write(lambda unit: unit.organisations.create("Birch", unit.now), 2)
        houses = (_moved_in(store, fake, 1, "A", fake.tenant), _moved_in(store, fake, 2, "B", fake.guid()))
        known = connection(fake, tenants=tuple(house.tenant for house in houses))
        platform = connect(known, StoredReferences(store), fake.clock, paced=False)
        app = web.Application()
        with ThreadPoolExecutor(THREADS) as pool:
            platform.mount(app, handler(store, pool, {"teams": platform}))
            try:
                yield Street(fake, store, platform, app, houses)
            finally:
                await platform.aclose()


def _moved_in(store: Store, fake: FakeTeams, organisation: int, letter: str, tenant: str) -> House:
    """Let a company with an open survey be in Teams; its first person may do everything, one is nobody to us."""
    town = Town(store, FakeClock(NINE), organisation=organisation)
    for path, people in (("Support", 4), ("Support/Nights", 4), ("Finance", 3)):
        town.has(path, people, head=True)
    town.runs()
    town.opens()
    users = {
        number: fake.add_user(
            tenant=tenant, name=f"{WORD}{letter}{number:02}", email=f"{letter}{number}@{WORD}.example"
        )
        for number in (*range(1, PEOPLE + 1), STRANGER)
    }
    house = House(organisation, letter, tenant, users)

    def move_in(unit: Unit) -> None:
        workspace = unit.organisations.workspaces()[0]
        workspace.platform, workspace.external = "teams", tenant
        for user in unit.accounts.users(workspace.id):
            account = unit.accounts.find(workspace.id, user)
            assert account is not None
            account.user = users[account.person_id].id
        for number in range(1, PEOPLE + 1):
            person = unit.people.get(number)
            person.name, person.email = users[number].name, users[number].email
        for role in Role:
            unit.people.grant(1, role, unit.now)

    store.write(move_in, organisation)
    return house
