"""A company of twelve in Teams with the real bot behind it, a survey that can go out, and what comes in for a press."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.engine.embedded import EmbeddedEngine
from adapters.wiring.serving import connect as connected
from bot.store import vault
from bot.store.store import Store
from bot.store.unit import Unit
from bot.talk.commands import Role
from tests.adapters.teams.test_whole import House, house
from tests.canary import WORD
from tests.fakes import FakeClock
from tests.platforms.teams import Answer, Person, Seen, widgets
from tests.platforms.teams.checker import check
from tests.town import Town

Json = dict[str, Any]

TEN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""When the survey goes out, at home in UTC."""


@dataclass
class Street:
    """A company of twelve in Teams, with an open survey; number 1 is HR."""

    house: House
    town: Town
    engine: EmbeddedEngine

    async def knows(self, number: int, **more: Any) -> Person:
        """Let somebody of the company have the app, and read who we are."""
        user = self.house.fake.add_user(
            email=f"p{number}@{WORD}.example", name=f"Person {number}", **({"tz": "UTC"} | more)
        )
        person = self.house.fake.person(user.id)
        await person.installs()
        await self.settle()
        return person

    async def tells(self, activity: Json) -> Answer:
        answer = await self.house.fake.reach.deliver(activity)
        await self.house.platform.shown()
        return answer

    def hires(self, people: int) -> list[int]:
        """Let so many people begin, who can be written to in Teams and nowhere else."""
        hired = self.town.has("Support", people, head=people > 1)

        def close(unit: Unit) -> None:
            for row in unit.workspaces.active():
                row.active = row.platform == "teams"

        self.house.store.write(close)
        return hired

    async def pulse(self, clock: FakeClock, at: datetime) -> None:
        """Put the survey into use, and let it go out."""
        self.town.runs()
        await self.until(clock, at)

    async def until(self, clock: FakeClock, at: datetime) -> None:
        """Let time pass; whom we write to for the first time is told first who we are, and asked soon after."""
        clock.move_to(at)
        await self.settle()
        clock.advance(timedelta(minutes=5))
        await self.settle()

    async def settle(self) -> None:
        await self.engine.settle()
        await self.house.platform.shown()

    def sheets(self) -> int:
        """How many people have answered."""
        return self.house.store.read(lambda unit: len(vault.collect(unit, unit.waves.recent(1)[0].id)))


Story = Callable[[Street], Awaitable[None]]


def tell(store: Store, clock: FakeClock, story: Story) -> None:
    """Tell a story in that street; in the end Teams had nothing to complain about."""
    clock.move_to(TEN - timedelta(hours=1))
    town = Town(store, clock)

    async def run() -> None:
        async with house(store) as opened:
            engine = EmbeddedEngine(store, {"teams": opened.platform})
            await connected(store, opened.platform)
            street = Street(opened, town, engine)
            street.hires(12)
            store.write(lambda unit: unit.people.grant(1, Role.HR_ADMIN, unit.now))
            await story(street)
            assert check(opened.fake) == []

    asyncio.run(run())


async def asked(at: Street, clock: FakeClock, person: Person) -> Seen:
    """Let the survey go out, and return its invitation as somebody sees it."""
    await at.pulse(clock, TEN)
    return invitations(person)[-1]


def invitations(person: Person) -> list[Seen]:
    return [seen for seen in person.messages() if any("answer.tap" in token for token in tokens(seen))]


def tokens(seen: Seen) -> list[str]:
    return [found["data"]["rapport"] for card in seen.cards for found in acts(card)]


def acts(card: Json) -> list[Json]:
    """Return what can be pressed in a card and tells us something."""
    return [one for one in widgets.actions(card) if "rapport" in one.get("data", {})]


def first_point(seen: Seen) -> Json:
    return next(one for card in seen.cards for one in acts(card) if "answer.tap" in one["data"]["rapport"])


def pressing(person: Person, how: str, data: Json, message: str) -> Json:
    """Return what a client sends for a press, by the way that it takes."""
    place = person.world.personal(person.user)
    match how:
        case "execute":
            return person.make.executed(place, {"verb": "rapport"}, data, message)
        case "submit":
            return person.make.submitted(place, data, message)
        case "fetch":
            return person.make.task(place, "task/fetch", data, message)
        case _:
            return person.make.task(place, "task/submit", data, message)


def answered(at: Street) -> set[int]:
    """Return who has a sheet in the open wave."""

    def look(unit: Unit) -> set[int]:
        wave = unit.waves.recent(1)[0]
        return {person.id for person in unit.people.all() if vault.has_sheet(unit, wave.id, person.id)}

    return at.house.store.read(look)
