"""Teams put together as wiring does it, before a fake Teams: from nobody known to a message, and back."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

import pytest
from aiohttp import web

from adapters.references import StoredReferences
from adapters.teams.connect import connect
from adapters.teams.connection import Connection
from adapters.teams.send import TeamsPlatform
from adapters.wiring.serving import Closing, NamedWorkspaces, OneWorkspace, handler
from adapters.wiring.serving import connect as connected
from bot.cases import roster
from bot.errors import Undeliverable
from bot.store.store import Store
from bot.store.tables import Person
from bot.store.unit import Unit
from bot.talk.cards import Card, Text
from bot.talk.platform import Address, DeliveryId, Unknown
from tests.platforms.teams import FakeTeams
from tests.platforms.teams.checker import check
from tests.platforms.teams.faults import unavailable
from tests.platforms.teams.people import User

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

CARD = Card("Hello", (Text("Hello, in a sentence."),), "Hello, in a sentence.")


@dataclass
class House:
    """Rapport in Teams: the fake on the one side, the store on the other."""

    fake: FakeTeams
    platform: TeamsPlatform
    store: Store

    def to(self, user: User) -> Address:
        return Address("teams", self.fake.tenant, user.id)

    async def sends(self, user: User, n: int = 1) -> str:
        """Send a message; return its conversation, or why it can't be."""
        try:
            return (await self.platform.send(self.to(user), CARD, DeliveryId(f"{n:032}"))).conversation
        except Undeliverable as no:
            return no.reason

    async def reads_roster(self) -> list[str]:
        found = [profile async for profile in self.platform.members(self.fake.tenant)]
        await asyncio.to_thread(roster.take, self.store, 1, "teams", self.fake.tenant, found)
        return sorted(profile.user for profile in found)

    def person_of(self, user: User) -> str:
        def work(unit: Unit) -> str:
            person = unit.accounts.person("teams", self.fake.tenant, user.id)
            return person.name if person else ""

        return self.store.read(work)

    def zone_of(self, number: int) -> str:
        return self.store.read(lambda unit: unit.people.get(number).seen_zone)


@asynccontextmanager
async def house(store: Store) -> AsyncIterator[House]:
    async with FakeTeams() as fake:
        connection = Connection(
            app_id=fake.app_id,
            secret=fake.secret,
            tenants=(fake.tenant,),
            service_urls=(fake.service_url,),
            login_url=fake.login_url,
            openid_url=fake.openid_url,
        )
        platform = connect(connection, StoredReferences(store))
        await connected(store, platform)
        with ThreadPoolExecutor(4) as pool:
            handle = handler(store, pool, {"teams": platform})
            application = web.Application()
            platform.mount(application, handle)
            runner = web.AppRunner(application, shutdown_timeout=1, access_log=None)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", 0).start()
            fake.messages_url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages"
            try:
                yield House(fake, platform, store)
            finally:
                await runner.cleanup()
                await platform.aclose()


def told(store: Store, story: Callable[[House], Awaitable[None]]) -> None:
    def people(unit: Unit) -> None:
        unit.organisations.get().rehearsal = False
        for number in range(1, 4):
            fields = {"name": f"Person {number}", "email": f"p{number}@example.org"}
            unit.people.add(
                Person(
                    organisation_id=1, id=number, external=f"E{number}", starts_on=date(2020, 1, 1), **fields
                )
            )

    async def run() -> None:
        async with house(store) as found:
            await story(found)
            assert check(found.fake) == []

    store.write(people)
    asyncio.run(run())


def test_it_is_served_like_every_platform(store: Store) -> None:
    async def story(here: House) -> None:
        assert isinstance(here.platform, NamedWorkspaces)
        assert isinstance(here.platform, Closing)
        assert not isinstance(here.platform, OneWorkspace)
        assert here.store.organisation_of("teams", here.fake.tenant) == 1

    told(store, story)


def test_who_installs_the_app_is_known_by_their_address_and_can_be_written_to_until_they_remove_it(
    store: Store,
) -> None:
    async def story(here: House) -> None:
        user = here.fake.add_user(email="p1@example.org", name="Ana Ruiz")
        person = here.fake.person(user.id)
        assert await here.sends(user) == "not_reachable_yet"
        await person.installs()
        await here.platform.shown()
        assert here.person_of(user) == "Person 1"
        assert await here.sends(user) == here.fake.personal(user).id
        assert "Hello" in [seen.title for seen in person.messages()]
        assert await here.platform.find(here.to(user), DeliveryId("1"), here.fake.moment()) == Unknown()

        await person.uninstalls()
        assert here.person_of(user) == ""
        assert await here.sends(user, 2) == "not_reachable_yet"

        await person.installs()
        assert here.person_of(user) == "Person 1"
        assert await here.sends(user, 3) == here.fake.personal(user).id

    told(store, story)


def test_the_first_line_tells_the_time_zone_and_the_next_only_what_is_new(store: Store) -> None:
    async def story(here: House) -> None:
        user = here.fake.add_user(email="p1@example.org", tz="America/Lima")
        person = here.fake.person(user.id)
        await person.installs()
        assert here.zone_of(1) == ""
        await person.says("help")
        await here.platform.shown()
        assert here.zone_of(1) == "America/Lima"
        user.tz = "Asia/Tokyo"
        await person.says("help")
        await here.platform.shown()
        assert here.zone_of(1) == "Asia/Tokyo"

    told(store, story)


def test_who_is_in_a_team_is_known_as_soon_as_it_gets_the_app_and_with_every_roster(store: Store) -> None:
    async def story(here: House) -> None:
        users = [here.fake.add_user(email=f"p{n}@example.org", installed=True) for n in (1, 2, 3)]
        guest = here.fake.add_user(email="guest@example.org", role="guest")
        team = here.fake.add_team(*(user.id for user in users), guest.id)
        await here.fake.person(users[0].id).installs(team.id)
        await here.platform.shown()

        assert [here.person_of(user) for user in users] == ["Person 1", "Person 2", "Person 3"]
        assert await here.reads_roster() == sorted(user.id for user in users)
        assert [here.person_of(user) for user in users] == ["Person 1", "Person 2", "Person 3"]
        assert await here.sends(users[2]) == here.fake.personal(users[2]).id
        assert len(here.fake.history_of_calls.of("create")) == 1
        await here.sends(users[2], 2)
        assert len(here.fake.history_of_calls.of("create")) == 1

    told(store, story)


def test_who_blocks_the_app_is_left_alone_until_they_write_again(store: Store) -> None:
    async def story(here: House) -> None:
        user = here.fake.add_user(email="p1@example.org")
        person = here.fake.person(user.id)
        await person.installs()
        await here.platform.shown()
        user.blocked = True
        assert [await here.sends(user, n) for n in (1, 2)] == ["writes_blocked", "writes_blocked"]
        refused = [call for call in here.fake.calls if call.outcome == "MessageWritesBlocked"]
        assert len(refused) == 1
        await here.reads_roster()

        user.blocked = False
        await person.says("help")
        await here.platform.shown()
        assert await here.sends(user, 3) == here.fake.personal(user).id
        assert here.person_of(user) == "Person 1"

    told(store, story)


def test_who_teams_is_asked_about_in_vain_is_asked_about_again_with_their_next_line_and_then_no_more(
    store: Store,
) -> None:
    async def story(here: House) -> None:
        user = here.fake.add_user(email="p1@example.org")
        person = here.fake.person(user.id)
        here.fake.faults.always("member", unavailable(503))
        await person.installs()
        await here.platform.shown()
        assert here.person_of(user) == ""

        here.fake.faults.clear()
        await person.says("help")
        assert here.person_of(user) == "Person 1"
        asked = len(here.fake.history_of_calls.of("member"))
        await person.says("help")
        await here.platform.shown()
        assert len(here.fake.history_of_calls.of("member")) == asked

    told(store, story)


def test_a_guest_is_asked_about_once_and_nobodys_account(store: Store) -> None:
    async def story(here: House) -> None:
        user = here.fake.add_user(email="p1@example.org", role="guest", installed=True)
        person = here.fake.person(user.id)
        for _ in range(3):
            await person.says("help")
        await here.platform.shown()

        assert here.person_of(user) == ""
        assert len(here.fake.history_of_calls.of("member")) == 1
        assert await here.reads_roster() == []

    told(store, story)
