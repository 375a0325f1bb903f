"""slack-bolt, which we did not write, understands everything that the fake sends."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import ClientSession, web
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack.person import Person
from tests.platforms.slack.server import FakeSlack
from tests.platforms.slack.test_messages import BUTTONS
from tests.platforms.slack.test_people_acting import MODAL

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def bolted(client: AsyncWebClient, fake: FakeSlack) -> AsyncApp:
    """A small pulse: a command asks, a button opens a form, the form thanks in the message."""
    app = AsyncApp(client=client, token=fake.bot_token, signing_secret=fake.signing_secret)

    @app.command("/pulse")
    async def ask(ack: Any, command: Any) -> None:
        await client.chat_postMessage(channel=command["user_id"], text="Well?", blocks=[BUTTONS])
        await ack("Sent.")

    @app.action(re.compile(".*"))
    async def open_form(ack: Any, body: Any, respond: Any) -> None:
        if body["container"]["type"] == "message":
            view = {**MODAL, "private_metadata": f"{body['channel']['id']} {body['message']['ts']}"}
            await client.views_open(trigger_id=body["trigger_id"], view=view)
            await respond(text="Thanks so far.", replace_original=True)
        await ack()

    @app.view("form")
    async def thank(ack: Any, view: Any) -> None:
        channel, ts = view["private_metadata"].split()
        score = view["state"]["values"]["score"]["v"]["selected_option"]["value"]
        if score == "1":
            await ack(response_action="errors", errors={"comment": "Why so low?"})
            return
        await client.chat_update(channel=channel, ts=ts, text=f"Thanks for {score}.", blocks=[])
        await ack()

    listens(app, client)
    return app


def listens(app: AsyncApp, client: AsyncWebClient) -> None:
    """Publish a Home tab when it is opened, and repeat what is typed."""

    @app.event("app_home_opened")
    async def home(event: Any) -> None:
        await client.views_publish(user_id=event["user"], view={"type": "home", "blocks": [BUTTONS]})

    @app.event("message")
    async def hears(event: Any, say: Any) -> None:
        if "subtype" not in event:
            await say(f"You said {event['text']}.")


@asynccontextmanager
async def over_http(fake: FakeSlack, app: AsyncApp) -> AsyncIterator[None]:
    runner = web.AppRunner(app.server(path="/slack/events").web_app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    fake.events_url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    try:
        yield
    finally:
        await fake.events.stop()
        await runner.cleanup()


@asynccontextmanager
async def over_a_socket(fake: FakeSlack, app: AsyncApp) -> AsyncIterator[None]:
    client = AsyncWebClient(base_url=fake.url)
    handler = AsyncSocketModeHandler(app, fake.app_token, web_client=client, ping_interval=0.05)
    await handler.connect_async()  # type: ignore[no-untyped-call]  # the SDK's
    await fake.until(lambda: fake.socket.hellos)
    try:
        yield
    finally:
        await fake.events.stop()
        await handler.close_async()  # type: ignore[no-untyped-call]  # the SDK's
        await handler.client.aiohttp_client_session.close()


async def story(fake: FakeSlack, lena: Person) -> None:
    answer = await lena.says("/pulse")
    assert answer.ok, answer
    assert [m.text for m in lena.ephemeral()] == ["Sent."]
    pressed = await lena.presses(lena.messages()[0], "Yes")
    assert pressed.ok, pressed
    assert [m.text for m in lena.messages()] == ["Thanks so far."]

    await lena.submits({"score": "1"})
    assert lena.errors == {"comment": "Why so low?"}
    await lena.submits({"score": "2"})
    assert lena.modal() is None
    assert [m.text for m in lena.messages()] == ["Thanks for 2."]

    await lena.opens_home()
    home = await fake.until(lena.home)
    assert home.buttons == ["Yes"]
    await lena.says("hello")
    await fake.until(lambda: lena.messages()[-1].text == "You said hello.")
    await fake.events.settle()
    assert (lena.troubles, fake.events.dead) == ([], [])


@pytest.mark.parametrize("way", [over_http, over_a_socket])
def test_a_bolt_app_works_against_the_fake(way: Any) -> None:
    async def whole() -> None:
        async with FakeSlack(limits=False) as fake, ClientSession() as session:
            fake.add_user("U1", name="lena.vogt")
            client = AsyncWebClient(fake.bot_token, base_url=fake.url, session=session)
            async with way(fake, bolted(client, fake)):
                await story(fake, fake.person("U1"))

    asyncio.run(whole())
