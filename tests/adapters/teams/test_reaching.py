"""Signed activities with the real bot behind them: whatever they claim, and however often they come, each act counts once and is its sender's own."""

import asyncio
import json
from collections.abc import Callable
from copy import deepcopy
from datetime import timedelta

import pytest

from bot.store.store import Store
from bot.talk.language import words
from tests.adapters.teams.street import (
    TEN,
    Json,
    Story,
    Street,
    answered,
    asked,
    first_point,
    invitations,
    pressing,
    tell,
)
from tests.canary import WORD
from tests.fakes import FakeClock

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

W = words("en")
WAYS = ("execute", "submit", "fetch", "dialog")
"""How a press comes: from a card that was sent before there were dialogs, from a client that knows none, to open one, from one."""
ELSEWHERE = "0d5e7f00-0000-4000-8000-00000000dead"
"""Another tenant."""


@pytest.fixture
def told(store: Store, clock: FakeClock) -> Callable[[Story], None]:
    return lambda story: tell(store, clock, story)


Told = Callable[[Story], None]


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
        await at.tells(pressing(attacker, how, data, seen.id) | {"conversation": place.account()})

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
        answer = await at.tells(pressing(newcomer, how, first_point(seen)["data"], seen.id))

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
        answer = await at.tells(pressing(person, how, first_point(seen)["data"], seen.id))

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
        await at.tells(pressing(person, how, first_point(seen)["data"], seen.id))
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
def test_t14_two_events_of_one_installation_introduce_us_once_in_any_order(told: Told, order: str) -> None:
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

        assert [seen.title for seen in person.messages()] == [W("contact.title")]

    told(story)


def test_who_was_introduced_when_the_app_came_is_asked_without_another_introduction(
    told: Told, clock: FakeClock
) -> None:
    async def story(at: Street) -> None:
        person = await at.knows(2)
        await at.settle()
        heard = [[seen.title for seen in person.messages()]]
        await asked(at, clock, person)
        heard.append([seen.title for seen in person.messages()])
        await person.uninstalls()
        clock.advance(timedelta(days=2))
        await person.installs()
        await at.settle()

        assert heard[0] == [W("contact.title")]
        assert len(heard[1]) == 2
        assert [seen.title for seen in person.messages()].count(W("contact.title")) == 1
        assert W("welcome.title") not in [seen.title for seen in person.messages()]

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
