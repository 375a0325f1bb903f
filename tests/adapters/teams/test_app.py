"""What an activity is answered with, when, and what is shown beside that."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from adapters.inbound import Json
from adapters.teams.app import Showing
from adapters.teams.sdk import Answer
from tests.adapters.teams.front import LENA, Door, told
from tests.platforms.teams.connector import CARD
from tests.platforms.teams.talking import card

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SHOWN = Answer({"statusCode": 200, "type": CARD, "value": card()})
TASK = Answer({"task": {"type": "message", "value": "Hello"}})


def invoke(door: Door, name: str) -> Json:
    place = door.fake.open_for(LENA)
    assert place is not None
    make = door.lena.make
    if name == "adaptiveCard/action":
        return make.executed(place, {"verb": "rapport"}, {"rapport": "tap:1"}, "1")
    return make.task(place, name, {}) if name.startswith("task/") else make.invoke(place, name, {})


def waiting(event: asyncio.Event) -> Callable[[Json], Awaitable[None]]:
    async def work(_: Json) -> None:
        await event.wait()

    return work


async def broken(_: Json) -> None:
    raise RuntimeError("the store is gone")


def test_nothing_is_answered_before_it_is_committed() -> None:
    async def story(door: Door) -> None:
        begun, committed = asyncio.Event(), asyncio.Event()

        async def work(_: Json) -> None:
            begun.set()
            await committed.wait()

        door.recorded.work = work
        answering = asyncio.create_task(door.lena.says("hello"))
        await begun.wait()
        assert not answering.done()

        committed.set()
        assert (await answering).status == 200

    told(story)


def test_a_reply_is_shown_beside_the_answer_and_not_before_it() -> None:
    async def story(door: Door) -> None:
        shown, go = [], asyncio.Event()

        async def show(activity: Json) -> None:
            await go.wait()
            shown.append(activity["text"])

        door.recorded.showing = show
        assert (await door.lena.says("hello")).status == 200
        assert shown == []

        go.set()
        await door.front.shown()
        assert shown == ["hello"]

    told(story)


def test_what_cannot_be_shown_is_logged_and_nobody_is_told(canary: Any) -> None:
    async def story(door: Door) -> None:
        door.recorded.showing = broken
        answer = await door.lena.says("hello")
        await door.front.shown()

        assert answer.status == 200

    told(story)
    assert any("teams.not_shown" in line for line in canary.lines)


def test_a_failure_of_ours_is_a_500_so_that_the_activity_is_not_taken_for_handled(canary: Any) -> None:
    async def story(door: Door) -> None:
        door.recorded.work = broken
        answer = await door.lena.says("hello")

        assert (answer.status, answer.body) == (500, {"error": "failed"})

    told(story)
    assert any("teams.not_handled" in line for line in canary.lines)


@pytest.mark.parametrize(
    "name", ["adaptiveCard/action", "task/fetch", "task/submit", "composeExtension/query", ""]
)
def test_every_invoke_is_answered_by_a_body(name: str) -> None:
    async def story(door: Door) -> None:
        unknown = await door.fake.reach.deliver(invoke(door, name))
        door.recorded.answers = {"adaptiveCard/action": SHOWN, "task/fetch": TASK, "task/submit": TASK}
        known = await door.fake.reach.deliver(invoke(door, name))

        expected = {"adaptiveCard/action": SHOWN, "task/fetch": TASK, "task/submit": TASK}.get(
            name, Answer({})
        )
        assert (known.status, known.body) == (200, expected.body)
        assert unknown.status == 200
        assert isinstance(unknown.body, dict)
        if name == "adaptiveCard/action":
            assert unknown.body["statusCode"] == 400
            assert set(unknown.body) == {"statusCode", "type", "value"}

    told(story)


def test_a_button_whose_turn_fails_says_so_in_the_form_that_teams_reads() -> None:
    async def story(door: Door) -> None:
        door.recorded.work = broken
        button = await door.fake.reach.deliver(invoke(door, "adaptiveCard/action"))
        dialog = await door.fake.reach.deliver(invoke(door, "task/submit"))

        assert (button.status, button.body["statusCode"]) == (200, 500)
        assert button.body["type"] == "application/vnd.microsoft.error"
        assert (dialog.status, dialog.body) == (500, {"error": "failed"})

    told(story)


def test_t12_an_invoke_is_answered_in_time_and_its_turn_goes_on() -> None:
    async def story(door: Door) -> None:
        done, shown = asyncio.Event(), []

        async def show(activity: Json) -> None:
            shown.append(activity["name"])

        door.front.invoke_s = 0.01
        door.recorded.work, door.recorded.showing = waiting(done), show
        answer = await door.fake.reach.deliver(invoke(door, "adaptiveCard/action"))
        assert (answer.status, answer.body["statusCode"], shown) == (200, 504, [])

        done.set()
        await door.front.settle()
        assert shown == ["adaptiveCard/action"]

    told(story)


def test_a_slow_turn_that_fails_after_its_answer_is_logged(canary: Any) -> None:
    async def story(door: Door) -> None:
        door.front.invoke_s = 0.01
        done = asyncio.Event()

        async def late(activity: Json) -> None:
            await done.wait()
            await broken(activity)

        door.recorded.work = late
        await door.fake.reach.deliver(invoke(door, "task/submit"))
        done.set()
        await door.front.settle()

    told(story)
    assert sum("teams.not_handled" in line for line in canary.lines) == 1


def test_a_stop_waits_for_what_is_being_shown_and_not_for_ever(canary: Any) -> None:
    async def story(door: Door) -> None:
        shown = asyncio.Event()

        def show(activity: Json) -> Showing:
            return waiting(asyncio.Event())(activity) if activity["text"] == "never" else done()

        async def done() -> None:
            shown.set()

        door.recorded.showing = show
        await door.lena.says("soon")
        await door.front.settle()
        assert shown.is_set()

        await door.lena.says("never")
        await door.front.settle(within_s=0.01)
        assert not door.front._running

    told(story)
    assert sum("teams.not_settled" in line for line in canary.lines) == 1


def test_t11_a_redelivery_is_the_same_activity_and_taken_each_time() -> None:
    """The inbox tells them apart; the front only hands on what is the same."""

    async def story(door: Door) -> None:
        await door.lena.says("hello")
        await door.fake.reach.again()

        first, second = door.activities
        assert first == second

    told(story)


def test_installing_reaches_us_as_two_events_each_answered() -> None:
    async def story(door: Door) -> None:
        door.fake.add_user("noor")
        answers = await door.fake.person("noor").installs()

        assert [answer.status for answer in answers] == [200, 200]
        assert {said["type"] for said in door.activities} == {"installationUpdate", "conversationUpdate"}

    told(story)
