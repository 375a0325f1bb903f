"""Each fault, as the client of slack_sdk meets it, and whether it was done all the same."""

import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError

from tests.platforms.slack import faults
from tests.platforms.slack.faults import Fault
from tests.platforms.slack.listening import listening

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.mark.parametrize(
    ("fault", "error", "done"),
    [
        (faults.slow_down(), SlackApiError, False),
        (faults.slow_down("0.5"), SlackApiError, False),
        (faults.unavailable(500), SlackApiError, False),
        (faults.unavailable(502), SlackApiError, False),
        (faults.unavailable(503), SlackApiError, False),
        (faults.broken_after(500), SlackApiError, True),
        (faults.broken_after(502), SlackApiError, True),
        (faults.garbled(), SlackApiError, False),
        (faults.garbled(after=True), SlackApiError, True),
        (faults.reset(), aiohttp.ClientError, False),
        (faults.reset(after=True), aiohttp.ClientError, True),
        (faults.hang(), TimeoutError, False),
        (faults.hang(after=True), TimeoutError, True),
        (faults.refuse("account_inactive"), SlackApiError, False),
        (faults.refuse("is_archived"), SlackApiError, False),
    ],
    ids=lambda value: f"{value.kind} {value.name}" if isinstance(value, Fault) else None,
)
def test_a_fault_ends_the_call_its_way(fault: Fault, error: type[Exception], done: bool) -> None:
    async def story() -> None:
        async with listening(timeout_s=0.2 if fault.name == "hang" else 10) as app:
            app.fake.add_user("U1")
            app.fake.faults.next("chat.postMessage", fault)
            with pytest.raises(error) as raised:
                await app.client.chat_postMessage(channel="U1", text="first")
            app.client.session = None  # and with it its short patience
            await app.client.chat_postMessage(channel="U1", text="second")

            texts = [m.text for m in app.fake.person("U1").messages()]
            assert texts == (["first", "second"] if done else ["second"])
            assert [c.accepted for c in app.fake.calls] == [done, True]
            if fault.retry_after and isinstance(raised.value, SlackApiError):
                assert raised.value.response.headers["Retry-After"] == fault.retry_after
            if fault.code:
                assert fault.code in str(raised.value)

    asyncio.run(story())


def test_a_call_that_is_long_on_its_way_is_carried_out_though_nobody_waits_for_it_any_more() -> None:
    async def story() -> None:
        async with listening(timeout_s=0.05) as app:
            app.fake.add_user("U1")
            app.fake.travel = lambda: 0.2
            with pytest.raises(TimeoutError):
                await app.client.chat_postMessage(channel="U1", text="late")

            call = await app.fake.until(lambda: next(iter(app.fake.history), None))
            assert (call.outcome, call.arguments["text"]) == ("ok", "late")

    asyncio.run(story())


def test_faults_wait_for_their_method_and_their_turn() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            app.fake.faults.next("chat.postMessage", faults.unavailable(), faults.refuse("no_text"), times=2)
            app.fake.faults.always("users.info", faults.refuse("user_not_found"))
            ends = []
            for _ in range(5):
                try:
                    ends.append((await app.client.chat_postMessage(channel="U1", text="x")).status_code)
                except SlackApiError as error:
                    ends.append(error.response.status_code)
            with pytest.raises(SlackApiError, match="user_not_found"):
                await app.client.users_info(user="U1")
            app.fake.faults.always("users.info", None)

            assert ends == [503, 200, 503, 200, 200]
            assert (await app.client.users_info(user="U1"))["user"]["id"] == "U1"

    asyncio.run(story())


def test_a_seeded_plan_fails_the_same_calls_each_time() -> None:
    plans = [faults.seeded(7, 0.3) for _ in range(2)]
    drawn = [[plan("chat.postMessage") for _ in range(500)] for plan in plans]

    assert drawn[0] == drawn[1]
    assert 100 < sum(fault is not None for fault in drawn[0]) < 200
    assert {fault for fault in drawn[0] if fault} == set(faults.CHAOS)
    assert faults.seeded(7, 1.0, methods={"chat.update"})("chat.postMessage") is None


def test_a_response_url_can_fail_too() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            await app.fake.person("U1").says("/rapport help")
            app.fake.faults.next("response_url", faults.unavailable(503), faults.broken_after(500))
            url = app.heard[-1].payload["response_url"]
            async with aiohttp.ClientSession() as session:
                statuses = [(await session.post(url, json={"text": str(n)})).status for n in range(3)]

            assert statuses == [503, 500, 200]
            assert [m.text for m in app.fake.person("U1").ephemeral()] == ["1", "2"]

    asyncio.run(story())


def test_connections_are_counted() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            for _ in range(5):
                await app.client.users_info(user="U1")

            assert len(app.fake.peers) == 1

    asyncio.run(story())
