"""Socket Mode, by slack_sdk's own client."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.socket_mode.response import SocketModeResponse
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.slack import faults
from tests.platforms.slack.reach import PATIENCE_S, at_once
from tests.platforms.slack.server import FakeSlack

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


class Plugged:
    """The fake, an app connected to it by a socket, and what came through."""

    def __init__(self, fake: FakeSlack, client: SocketModeClient) -> None:
        self.fake = fake
        self.client = client
        self.requests: list[SocketModeRequest] = []
        self.payload: dict[str, Any] | None = None
        self.acks = True
        client.socket_mode_request_listeners.append(self._take)

    async def _take(self, client: AsyncBaseSocketModeClient, request: SocketModeRequest) -> None:
        self.requests.append(request)
        if self.acks:
            await client.send_socket_mode_response(SocketModeResponse(request.envelope_id, self.payload))


@asynccontextmanager
async def plugged() -> AsyncIterator[Plugged]:
    async with FakeSlack(limits=False) as fake:
        fake.add_user("U1")
        web = AsyncWebClient(base_url=fake.url, retry_handlers=[])
        client = SocketModeClient(fake.app_token, web_client=web, ping_interval=0.05)
        app = Plugged(fake, client)
        try:
            await client.connect()  # type: ignore[no-untyped-call]  # the SDK's
            await fake.until(lambda: fake.socket.hellos)
            yield app
        finally:
            await client.close()  # type: ignore[no-untyped-call]  # the SDK's
            await client.aiohttp_client_session.close()


def test_the_app_is_greeted_and_hears_events_commands_and_presses() -> None:
    async def story() -> None:
        async with plugged() as app:
            lena = app.fake.person("U1")
            typed = await lena.says("hello")
            app.payload = {"text": "at your service"}
            command = await lena.says("/rapport help")

            assert [r.type for r in app.requests] == ["events_api", "slash_commands"]
            assert (app.requests[0].retry_attempt, app.requests[1].accepts_response_payload) == (0, True)
            assert (typed.ok, command.body) == (True, {"text": "at your service"})
            assert [m.text for m in lena.ephemeral()] == ["at your service"]

    asyncio.run(story())


def test_what_is_not_acknowledged_is_told_again_as_a_retry() -> None:
    async def story() -> None:
        async with plugged() as app:
            app.fake.events.wait, app.fake.reach.patience_s, app.acks = at_once, 0.05, False
            await app.fake.person("U1").says("hello")
            await app.fake.events.settle()

            assert [r.retry_attempt for r in app.requests] == [0, 1, 2, 3]
            assert len({r.envelope_id for r in app.requests}) == 4
            assert len({r.payload["event_id"] for r in app.requests}) == 1

    asyncio.run(story())


@pytest.mark.parametrize("how", ["asked", "dropped"])
def test_after_a_disconnect_the_client_comes_back(how: str) -> None:
    async def story() -> None:
        async with plugged() as app:
            if how == "asked":
                await app.fake.socket.disconnect()
            else:
                app.fake.socket.drop()
            await app.fake.until(lambda: app.fake.socket.hellos == 2)
            answer = await app.fake.person("U1").says("still there?")

            assert answer.ok

    asyncio.run(story())


def test_a_silent_connection_looks_alive_and_brings_nothing() -> None:
    async def story() -> None:
        async with plugged() as app:
            app.fake.events.wait, app.fake.reach.patience_s = at_once, 0.05
            app.fake.socket.silence()
            lost = await app.fake.person("U1").says("hello?")
            await app.fake.events.settle()
            alive = await app.client.is_connected()
            app.fake.socket.speak()
            app.fake.reach.patience_s = PATIENCE_S
            heard = await app.fake.person("U1").says("hello!")

            assert (lost.failed, alive, heard.ok) == ("http_timeout", True, True)
            assert len(app.requests) == 1

    asyncio.run(story())


def test_a_ticket_is_good_for_one_connection_and_the_door_can_stay_shut() -> None:
    async def story() -> None:
        async with plugged() as app:
            web = app.client.web_client
            opened = await web.apps_connections_open(app_token=app.fake.app_token)
            session = app.client.aiohttp_client_session
            first = await session.ws_connect(opened["url"])
            with pytest.raises(Exception, match="401"):
                await session.ws_connect(opened["url"])
            await first.close()
            app.fake.faults.next("apps.connections.open", faults.refuse("internal_error"))
            with pytest.raises(Exception, match="internal_error"):
                await web.apps_connections_open(app_token=app.fake.app_token)

    asyncio.run(story())
