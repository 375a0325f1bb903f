"""Signed activities with the real bot behind them: whatever they claim, and however often they come, each act counts once and is its sender's own."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from adapters.engine.embedded import EmbeddedEngine
from adapters.wiring.serving import connect as connected
from bot.store import vault
from bot.store.store import Store
from bot.store.unit import Unit
from bot.talk.commands import Role
from bot.talk.language import words
from tests.adapters.teams.test_whole import House, house
from tests.canary import WORD
from tests.fakes import FakeClock
from tests.platforms.teams import Answer, Person, Seen, widgets
from tests.platforms.teams.checker import check
from tests.town import Town

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

Json = dict[str, Any]

TEN = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
"""When the survey goes out, at home in UTC."""
W = words("en")
WAYS = ("execute", "submit", "fetch", "dialog")
"""How a press comes: from a card that was sent before there were dialogs, from a client that knows none, to open one, from one."""
ELSEWHERE = "0d5e7f00-0000-4000-8000-00000000dead"
"""Another tenant."""


@dataclass
class Street:
    """A company of twelve in Teams, with an open survey; number 1 is HR."""

    house: House
    town: Town
    engine: EmbeddedEngine

    async def knows(self, number: int, **more: Any) -> Person:
        """Let somebody of the company have the app."""
        user = self.house.fake.add_user(
            email=f"p{number}@{WORD}.example", name=f"Person {number}", **({"tz": "UTC"} | more)
        )
        person = self.house.fake.person(user.id)
        await person.installs()
        await self.house.platform.shown()
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


@pytest.fixture
def told(store: Store, clock: FakeClock) -> Callable[[Story], None]:
    """Tell a story in that street; in the end Teams had nothing to complain about."""
    clock.move_to(TEN - timedelta(hours=1))
    town = Town(store, clock)

    async def run(story: Story) -> None:
        async with house(store) as opened:
            engine = EmbeddedEngine(store, {"teams": opened.platform})
            await connected(store, opened.platform)
            street = Street(opened, town, engine)
            street.hires(12)
            store.write(lambda unit: unit.people.grant(1, Role.HR_ADMIN, unit.now))
            await story(street)
            assert check(opened.fake) == []

    return lambda story: asyncio.run(run(story))


Told = Callable[[Story], None]


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


# --- who it is ---------------------------------------------------------------------------------------------


def test_somebody_of_another_tenant_is_turned_away_and_leaves_no_trace(told: Told, clock: FakeClock) -> None:
    async def story(at: Street) -> None:
        ours = await at.knows(2)
        seen = await asked(at, clock, ours)
        place = at.house.fake.personal(ours.user)
        calls = len(at.house.fake.calls)
        for activity in (
            ours.make.message(place, "roi-report Support"),
            ours.make.executed(place, {}, first_point(seen)["data"], seen.id),
            ours.make.task(place, "task/submit", first_point(seen)["data"]),
            ours.make.installation(place, "add"),
        ):
            foreign = deepcopy(activity)
            foreign["conversation"]["tenantId"] = ELSEWHERE
            foreign["channelData"]["tenant"]["id"] = ELSEWHERE
            assert (await at.tells(foreign)).status == 403

        assert at.sheets() == 0
        assert len(at.house.fake.calls) == calls

    told(story)


def test_somebody_of_our_tenant_whom_hr_does_not_know_is_told_no_figure(told: Told) -> None:
    async def story(at: Street) -> None:
        user = at.house.fake.add_user(email="guest@elsewhere.example", name="A Guest", role="guest")
        guest = at.house.fake.person(user.id)
        await guest.installs()
        for line in ("roi-report Support", "results Support", "people"):
            await guest.says(line)
        await at.settle()

        words_of = "\n".join(seen.words for seen in guest.messages())
        assert not any(sign in words_of for sign in ("%", "Person ", "95"))

    told(story)


CLAIMS = ("user", "from", "aadObjectId", "person", "invitation", "rapport.user")


@pytest.mark.parametrize("how", WAYS)
def test_a_press_counts_for_whoever_signed_in_whatever_its_values_claim(
    told: Told, clock: FakeClock, how: str
) -> None:
    """Number 9 takes part; the values say that number 2 pressed, in the message that number 2 was sent."""

    async def story(at: Street) -> None:
        victim, attacker = await at.knows(2), await at.knows(9)
        seen = await asked(at, clock, victim)
        claimed: Json = dict.fromkeys(CLAIMS, victim.user.id)
        data = first_point(seen)["data"] | claimed | {"from": victim.user.account()}
        place = at.house.fake.personal(attacker.user)
        await at.tells(activity(attacker, how, data, seen.id) | {"conversation": place.account()})

        assert answered(at) == {9}

    told(story)


@pytest.mark.parametrize("how", WAYS)
def test_the_invitation_of_others_is_of_no_use_to_whoever_was_not_asked(
    told: Told, clock: FakeClock, how: str
) -> None:
    async def story(at: Street) -> None:
        seen = await asked(at, clock, await at.knows(2))
        (late,) = at.hires(1)
        newcomer = await at.knows(late)
        before = len(newcomer.messages())
        answer = await at.tells(activity(newcomer, how, first_point(seen)["data"], seen.id))

        assert answer.status == 200
        assert at.sheets() == 0
        said = f"{answer.body} {[message.words for message in newcomer.messages()[before:]]}"
        assert W("refused.title") in said or W("refused.not_invited") in said

    told(story)


# --- when it comes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", WAYS)
def test_a_card_that_is_pressed_after_the_close_changes_nothing_and_says_so(
    told: Told, clock: FakeClock, how: str
) -> None:
    async def story(at: Street) -> None:
        await at.knows(3)
        person = await at.knows(2)
        seen = await asked(at, clock, person)
        at.town.answers(3, job_satisfaction="2")
        clock.advance(timedelta(days=8))
        await at.settle()
        answer = await at.tells(activity(person, how, first_point(seen)["data"], seen.id))

        assert at.town.wave().state != "open"
        assert at.sheets() == 0, "what was sealed was read at the close and is gone"
        said = f"{json.dumps(answer.body)} {[message.words for message in person.messages()]}"
        assert "closed" in said

    told(story)


@pytest.mark.parametrize("how", WAYS)
@pytest.mark.parametrize("at_once", [3, 1])
def test_t11_a_press_that_is_delivered_three_times_counts_once(
    told: Told, clock: FakeClock, how: str, at_once: int
) -> None:
    async def story(at: Street) -> None:
        person = await at.knows(2)
        seen = await asked(at, clock, person)
        reach = at.house.fake.reach
        reach.copies = at_once
        await at.tells(activity(person, how, first_point(seen)["data"], seen.id))
        for _ in range(3 - at_once):
            await reach.again()
        await at.house.platform.shown()

        assert [sent.answer.status for sent in reach.sent[-3:]] == [200, 200, 200]
        if how != "submit":
            assert all(sent.answer.body for sent in reach.sent[-3:]), "an invoke without a body"
        assert at.sheets() == 1
        assert len([one for one in person.messages() if one.fields]) <= 1, "one form for one press"

    told(story)


@pytest.mark.parametrize("at_once", [3, 1])
def test_t11_a_line_that_is_delivered_three_times_is_answered_once(told: Told, at_once: int) -> None:
    async def story(at: Street) -> None:
        person = await at.knows(2)
        before = len(person.messages())
        reach = at.house.fake.reach
        reach.copies = at_once
        await person.says("help")
        for _ in range(3 - at_once):
            await reach.again()
        await at.house.platform.shown()

        assert len({sent.activity["id"] for sent in reach.sent[-3:]}) == 1
        assert [sent.answer.status for sent in reach.sent[-3:]] == [200, 200, 200]
        assert len(person.messages()) == before + 1

    told(story)


@pytest.mark.parametrize("order", ["installed first", "added first", "at once", "each twice"])
def test_t14_two_events_of_one_installation_welcome_once_in_any_order(told: Told, order: str) -> None:
    async def story(at: Street) -> None:
        user = at.house.fake.add_user(email=f"p2@{WORD}.example", name="Person 2")
        person = at.house.fake.person(user.id)
        user.installed = True
        place = at.house.fake.personal(user)
        both = [
            person.make.installation(place, "add"),
            person.make.members(place, "membersAdded", user),
        ]
        if order == "added first":
            both.reverse()
        if order == "at once":
            await asyncio.gather(*(at.tells(event) for event in both))
        else:
            for event in both * (2 if order == "each twice" else 1):
                assert (await at.tells(event)).status == 200
        await at.settle()

        assert [seen.title for seen in person.messages()] == [W("welcome.title")]

    told(story)


@pytest.mark.parametrize("speaks", [False, True])
def test_t15_without_a_zone_the_organisations_morning_holds_until_the_first_line_tells_another(
    told: Told, clock: FakeClock, speaks: bool
) -> None:
    """At ten in the organisation's zone it is five in Lima."""

    async def story(at: Street) -> None:
        person = await at.knows(2, tz="America/Lima")
        assert at.house.zone_of(2) == ""
        if speaks:
            await person.says("help")
            await at.house.platform.shown()
            assert at.house.zone_of(2) == "America/Lima"
        await at.pulse(clock, TEN)
        early = invitations(person)
        await at.until(clock, TEN + timedelta(hours=5))
        late = invitations(person)

        assert (len(early), len(late)) == ((0, 1) if speaks else (1, 1))

    told(story)


# --- parts -------------------------------------------------------------------------------------------------


def activity(person: Person, how: str, data: Json, message: str) -> Json:
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
