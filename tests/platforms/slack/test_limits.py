"""Rate limits, triggers and response URLs, by a clock that only the test moves."""

import asyncio
from datetime import timedelta

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes import FakeClock
from tests.platforms.slack.listening import Listener, listening
from tests.platforms.slack.people import Json
from tests.platforms.slack.test_messages import BUTTONS
from tests.platforms.slack.test_people_acting import MODAL

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


async def posted(app: Listener, user: str, times: int) -> list[tuple[int, str]]:
    """Post and return how each call ended: its status and what Retry-After said."""
    ends = []
    for _ in range(times):
        try:
            response = await app.client.chat_postMessage(channel=user, text="x")
            ends.append((response.status_code, ""))
        except SlackApiError as error:
            ends.append((error.response.status_code, error.response.headers["Retry-After"]))
    return ends


def test_one_message_a_second_to_a_conversation_after_a_burst(clock: FakeClock) -> None:
    async def story() -> None:
        async with listening(clock=clock, limits=True) as app:
            app.fake.add_user("U1")
            burst = await posted(app, "U1", 7)
            clock.advance(timedelta(seconds=2))
            later = await posted(app, "U1", 3)

            assert burst == [(200, "")] * 5 + [(429, "1")] * 2
            assert later == [(200, "")] * 2 + [(429, "1")]
            assert len(app.fake.person("U1").messages()) == 7

    asyncio.run(story())


def test_four_hundred_messages_a_minute_to_a_workspace(clock: FakeClock) -> None:
    async def story() -> None:
        async with listening(clock=clock, limits=True) as app:
            app.fake.echo = False
            for n in range(100):
                app.fake.add_user(f"U{n}")
            taken = 0
            for second in range(61):
                people = [f"U{(second * 10 + n) % 100}" for n in range(10)]
                taken += sum([(await posted(app, user, 1))[0][0] == 200 for user in people])
                clock.advance(timedelta(seconds=1))

            assert taken == 460, "a burst of 60, then 400 in a minute"
            assert sum(c.outcome == "ratelimited" for c in app.fake.calls) == 610 - 460

    asyncio.run(story())


@pytest.mark.parametrize(
    ("method", "per_minute"), [("users.list", 20), ("conversations.open", 50), ("users.info", 100)]
)
def test_each_method_has_its_published_limit(clock: FakeClock, method: str, per_minute: int) -> None:
    async def story() -> None:
        async with listening(clock=clock, limits=True) as app:
            app.fake.add_user("U1")
            for _ in range(per_minute):
                await app.client.api_call(method, params={"user": "U1", "users": "U1"})
            with pytest.raises(SlackApiError) as error:
                await app.client.api_call(method, params={"user": "U1", "users": "U1"})

            assert error.value.response["error"] == "ratelimited"
            assert error.value.response.headers["Retry-After"].isdigit()

    asyncio.run(story())


def test_limits_can_be_switched_off(clock: FakeClock) -> None:
    async def story() -> None:
        async with listening(clock=clock, limits=False) as app:
            app.fake.add_user("U1")

            assert await posted(app, "U1", 100) == [(200, "")] * 100

    asyncio.run(story())


@pytest.mark.parametrize(("seconds", "code"), [(2.9, ""), (3.1, "expired_trigger_id")])
def test_a_trigger_lives_three_seconds(clock: FakeClock, seconds: float, code: str) -> None:
    async def story() -> None:
        async with listening(clock=clock) as app:
            app.fake.add_user("U1")
            await app.fake.person("U1").uses_shortcut("start")
            clock.advance(timedelta(seconds=seconds))
            answer = await _opens(app)

            assert answer == code

    asyncio.run(story())


def test_a_trigger_works_once_and_an_unknown_one_never(clock: FakeClock) -> None:
    async def story() -> None:
        async with listening(clock=clock) as app:
            app.fake.add_user("U1")
            await app.fake.person("U1").uses_shortcut("start")

            assert [await _opens(app), await _opens(app)] == ["", "exchanged_trigger_id"]
            app.heard[-1].payload["trigger_id"] = "1.2.3"
            assert await _opens(app) == "invalid_trigger_id"

    asyncio.run(story())


def test_three_modals_are_the_most(clock: FakeClock) -> None:
    async def story() -> None:
        async with listening(clock=clock) as app:
            app.fake.add_user("U1")
            lena = app.fake.person("U1")
            await lena.uses_shortcut("start")
            await _opens(app)
            ends = []
            for _ in range(3):
                await lena.presses("modal", "Yes")
                ends.append(await _opens(app, "views.push"))

            assert ends == ["", "", "push_limit_reached"]

    asyncio.run(story())


async def _opens(app: Listener, method: str = "views.open") -> str:
    arguments: Json = {"trigger_id": app.heard[-1].payload["trigger_id"], "view": MODAL}
    try:
        await app.client.api_call(method, json=arguments)
    except SlackApiError as error:
        return str(error.response["error"])
    return ""


async def pressed(app: Listener) -> AsyncWebhookClient:
    """Let U1 press the button of a message, and return the client of its response URL."""
    app.fake.add_user("U1")
    await app.client.chat_postMessage(channel="U1", text="Well?", blocks=[BUTTONS])
    await app.fake.events.settle()
    await app.fake.person("U1").presses(app.fake.person("U1").messages()[0], "Yes")
    return AsyncWebhookClient(app.heard[-1].payload["response_url"], session=app.client.session)


def test_a_response_url_replaces_answers_alone_answers_openly_and_deletes() -> None:
    async def story() -> None:
        async with listening() as app:
            url = await pressed(app)
            lena = app.fake.person("U1")
            await url.send(text="Thanks.", replace_original=True)
            replaced = [(m.text, m.buttons) for m in lena.messages()]
            await url.send(text="Only you.")
            await url.send(text="All.", response_type="in_channel")
            shown = ([m.text for m in lena.messages()], [m.text for m in lena.ephemeral()])
            await url.send(text="", delete_original=True)

            assert replaced == [("Thanks.", [])]
            assert shown == (["Thanks.", "All."], ["Only you."])
            assert [m.text for m in lena.messages()] == ["All."]

    asyncio.run(story())


def test_an_ephemeral_message_is_replaced_in_place_too() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            lena = app.fake.person("U1")
            app.says = lambda heard: (
                {"text": "x", "blocks": [BUTTONS]} if "command" in heard.payload else None
            )
            await lena.says("/rapport help")
            await lena.presses(lena.ephemeral()[0], "Yes")
            url = AsyncWebhookClient(app.heard[-1].payload["response_url"], session=app.client.session)
            await url.send(text="Done.", replace_original=True)

            assert [m.text for m in lena.ephemeral()] == ["Done."]

    asyncio.run(story())


def test_a_response_url_works_five_times_within_half_an_hour(clock: FakeClock) -> None:
    async def story() -> None:
        async with listening(clock=clock) as app:
            url = await pressed(app)
            ends = [(await url.send(text=str(n))).status_code for n in range(6)]
            late = await pressed(app)
            clock.advance(timedelta(minutes=31))
            expired = await late.send(text="late")

            assert ends == [200] * 5 + [404]
            assert (expired.status_code, "expired_url" in expired.body) == (404, True)
            assert [c.outcome for c in app.fake.history_of_calls.of("response_url")][-2:] == [
                "used_url",
                "expired_url",
            ]

    asyncio.run(story())


def test_a_response_url_that_nobody_handed_out_is_unknown() -> None:
    async def story() -> None:
        async with listening() as app, aiohttp.ClientSession() as session:
            url = f"{app.fake.base}/actions/{app.fake.team}/1/guessed"
            async with session.post(url, json={"text": "x"}) as response:
                assert response.status == 404

    asyncio.run(story())
