"""Slack for every workspace that installed it, put together as wiring does."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus

import aiohttp
import pytest
from aiohttp import web

from adapters.http import Mounting
from adapters.installations import installable
from adapters.slack.installable import Credentials, InstallableSlack
from adapters.slack.send import Connection
from adapters.wiring.serving import Closing, OneWorkspace
from bot import dispatch
from bot.clock import SystemClock
from bot.errors import Disconnected
from bot.store.store import Store
from bot.talk.cards import Card, Text
from bot.talk.events import Event, Reply
from bot.talk.platform import Address, DeliveryId, Platform
from tests.adapters.slack.office import BASE, Browser
from tests.platforms.slack import FakeSlack
from tests.platforms.slack.oauth import remove

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

CARD = Card("Hello", (Text("Hello, in a sentence."),), "Hello.")


@asynccontextmanager
async def served(store: Store) -> AsyncIterator[tuple[FakeSlack, InstallableSlack, Browser]]:
    async with (
        FakeSlack(limits=False, clock=SystemClock()) as fake,
        aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as session,
    ):
        connection = Connection(signing_secrets=(fake.signing_secret,), api_url=fake.url, mode="http")
        app = Credentials(client_id=fake.client_id, client_secret=fake.client_secret, base_url=BASE)
        platform = installable(store, connection, app)

        async def handle(event: Event) -> Reply:
            return await asyncio.to_thread(dispatch.handle, store, event)

        application = web.Application()
        platform.mount(application, handle)
        runner = web.AppRunner(application, shutdown_timeout=5, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        port = runner.addresses[0][1]
        fake.events_url = f"http://127.0.0.1:{port}/slack/events"
        listening = asyncio.create_task(platform.run(handle))
        try:
            yield fake, platform, Browser(session, port)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
            await fake.events.stop()
            await runner.cleanup()
            await platform.aclose()


def test_from_the_page_to_a_message_to_the_removal(store: Store) -> None:
    async def story() -> None:
        async with served(store) as (fake, platform, browser):
            fake.add_user("U1", email="u1@example.org")
            to = Address("slack", fake.team, "U1")
            with pytest.raises(Disconnected, match="not_installed"):
                await platform.send(to, CARD, DeliveryId("0" * 32))
            assert (await browser.installs()).status == HTTPStatus.OK
            receipt = await platform.send(to, CARD, DeliveryId("1" * 32))
            found = await platform.find(to, DeliveryId("1" * 32), SystemClock().now())
            await platform.edit(to, receipt, CARD)
            await platform.home(to, CARD)
            known = [profile.user async for profile in platform.members(fake.team)]

            assert found == receipt
            assert known == ["U1"]
            assert (await platform.whois(to)).email == "u1@example.org"
            assert (await fake.person("U1").opens_home()).status == HTTPStatus.OK

            remove(fake, fake.team)
            await fake.events.settle()
            with pytest.raises(Disconnected, match="not_installed"):
                await platform.send(to, CARD, DeliveryId("2" * 32))

    asyncio.run(story())


def test_it_is_a_platform_without_a_workspace_of_its_own_so_that_a_start_waits_for_no_token(
    store: Store,
) -> None:
    app = Credentials(client_id="1.2", client_secret="shh", base_url=BASE)
    platform: Platform = installable(store, Connection(signing_secrets=("s",), mode="http"), app)

    assert not isinstance(platform, OneWorkspace)
    assert isinstance(platform, Mounting)
    assert isinstance(platform, Closing)
    assert "shh" not in repr(app)
