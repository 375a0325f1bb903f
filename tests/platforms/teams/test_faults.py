import asyncio
from collections.abc import Awaitable, Callable

import aiohttp
import pytest

from tests.platforms.teams import FakeTeams, faults
from tests.platforms.teams.faults import Fault
from tests.platforms.teams.talking import Client, message, talking

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def told(story: Callable[[FakeTeams, Client, str], Awaitable[None]]) -> None:
    async def run() -> None:
        async with talking() as (fake, client, _):
            place = fake.personal(fake.add_user("lena", installed=True))
            await story(fake, client, place.id)

    asyncio.run(run())


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (faults.slow_down("3"), 429, "TooManyRequests"),
        (faults.unavailable(412), 412, "PreconditionFailed"),
        (faults.unavailable(502), 502, "502"),
        (faults.unavailable(504), 504, "504"),
        (faults.blocked(), 403, "MessageWritesBlocked"),
        (faults.blocked(nested=True), 403, "MessageWritesBlocked"),
        (faults.refuse(413, "MessageSizeTooBig"), 413, "MessageSizeTooBig"),
    ],
)
def test_a_fault_meets_one_call_which_then_did_nothing(fault: Fault, status: int, code: str) -> None:
    async def story(fake: FakeTeams, client: Client, place: str) -> None:
        fake.faults.next("post", fault)
        failed, _ = await client.post(place, message("first"))
        assert client.headers.get("Retry-After") == (fault.retry_after or None)
        served, _ = await client.post(place, message("second"))

        assert (failed, served) == (status, 201)
        assert [call.outcome for call in fake.calls] == [code, "ok"]
        assert [seen.text for seen in fake.person("lena").messages()] == ["second"]

    told(story)


@pytest.mark.parametrize("after", [False, True])
def test_a_reset_before_or_after_tells_the_client_nothing_and_the_history_all(after: bool) -> None:
    async def story(fake: FakeTeams, client: Client, place: str) -> None:
        fake.faults.next("post", faults.reset(after=after))
        with pytest.raises(aiohttp.ClientError):
            await client.post(place, message("hello"))

        assert [(call.outcome, call.accepted) for call in fake.calls] == [("reset", after)]
        assert len(fake.person("lena").messages()) == after

    told(story)


@pytest.mark.parametrize("after", [False, True])
def test_who_hangs_never_answers(after: bool) -> None:
    async def story(fake: FakeTeams, client: Client, place: str) -> None:
        fake.faults.next("post", faults.hang(after=after))
        waiting = asyncio.create_task(client.post(place, message("hello")))
        await fake.until(lambda: fake.calls)

        assert not waiting.done()
        assert [(call.outcome, call.accepted) for call in fake.calls] == [("hang", after)]
        waiting.cancel()

    told(story)


def test_a_conversation_is_made_and_the_message_to_it_then_fails() -> None:
    async def story(fake: FakeTeams, client: Client, place: str) -> None:
        fake.faults.next("post", faults.unavailable())
        made = await client.create("lena")
        sent = await client.post(place, message("hello"))

        assert (made[0], sent[0]) == (201, 502)

    told(story)


def test_a_change_of_a_message_that_is_there_can_fail_as_if_it_were_not() -> None:
    async def story(fake: FakeTeams, client: Client, place: str) -> None:
        _, made = await client.post(place, message("hello"))
        fake.faults.next("update", faults.lost())
        lost = await client.update(place, made["id"], message("changed"))
        found = await client.update(place, made["id"], message("changed"))

        assert (lost[0], lost[1]["error"]["code"], found[0]) == (404, "ActivityNotFoundInConversation", 200)

    told(story)


def test_a_seeded_plan_is_the_same_each_time() -> None:
    def drawn() -> list[Fault | None]:
        draw = faults.seeded(7, 0.5, faults.CHAOS)
        return [draw("post") for _ in range(40)]

    assert drawn() == drawn()
    assert None in drawn()
    assert len({*drawn()}) > 5
