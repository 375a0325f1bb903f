"""The SDK's own client and adapter against the fake: an outside opinion on what the connector takes and says."""

import asyncio
import gc
from collections.abc import Awaitable, Callable

import pytest
from aiohttp import web
from botbuilder.core import MessageFactory, TurnContext
from botbuilder.core.teams import TeamsInfo
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import Activity, ChannelAccount, ConversationParameters, ConversationReference
from botframework.connector.auth import (
    AppCredentials,
    BotFrameworkAuthenticationFactory,
    ServiceClientCredentialsFactory,
)
from botframework.connector.auth.jwt_token_extractor import JwtTokenExtractor

from tests.platforms.teams import FakeTeams

pytestmark = [
    pytest.mark.allow_hosts(["127.0.0.1"]),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # it leaves sockets open
]

LENA = "0d5e7f00-0000-4000-8000-000000000001"

Bot = Callable[[TurnContext], Awaitable[None]]


class Known(AppCredentials):  # type: ignore[misc]  # the SDK has no types
    def __init__(self, token: str) -> None:
        super().__init__(app_id="anything", oauth_scope="anything")
        self.token = token

    def get_access_token(self, *_: object, **__: object) -> str:
        return self.token


class Credentials(ServiceClientCredentialsFactory):  # type: ignore[misc]  # the SDK has no types
    def __init__(self, fake: FakeTeams) -> None:
        self.fake = fake
        self.token = fake.grant()

    async def is_valid_app_id(self, app_id: str) -> bool:
        return app_id == self.fake.app_id

    async def is_authentication_disabled(self) -> bool:
        return False

    async def create_credentials(self, *_: object, **__: object) -> Known:
        return Known(self.token)


def adapter(fake: FakeTeams) -> CloudAdapter:
    JwtTokenExtractor.metadataCache.clear()
    return CloudAdapter(
        BotFrameworkAuthenticationFactory.create(
            to_channel_from_bot_login_url=fake.login_url,
            to_channel_from_bot_oauth_scope="https://api.botframework.com",
            to_bot_from_channel_token_issuer="https://api.botframework.com",
            oauth_url=fake.base,
            to_bot_from_channel_open_id_metadata_url=fake.openid_url,
            to_bot_from_emulator_open_id_metadata_url=fake.openid_url,
            credential_factory=Credentials(fake),
        )
    )


def told(story: Callable[[FakeTeams, CloudAdapter], Awaitable[None]], bot: Bot) -> None:
    """Run a story with the fake in a thread of its own: the SDK blocks the loop that it runs on."""

    async def run(fake: FakeTeams) -> None:
        used = adapter(fake)

        async def messages(request: web.Request) -> web.Response:
            activity = Activity().deserialize(await request.json())
            await used.process_activity(request.headers.get("Authorization", ""), activity, bot)
            return web.Response()

        app = web.Application()
        app.router.add_post("/api/messages", messages)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        fake.messages_url = f"http://127.0.0.1:{runner.addresses[0][1]}/api/messages"
        try:
            await story(fake, used)
        finally:
            await runner.cleanup()

    with FakeTeams.in_thread(limits=False) as fake:
        fake.add_user(LENA, name="Lena Vogt", installed=True)
        asyncio.run(run(fake))
    gc.collect()  # here, where what it left open is not held against another test


async def elsewhere(fake: FakeTeams, acting: Awaitable[object]) -> None:
    """Let a person act where the fake runs, while the bot answers here."""
    answer = await asyncio.to_thread(fake.do, acting)  # type: ignore[arg-type]  # a coroutine it is
    assert getattr(answer, "status", 0) == 200


def test_the_sdk_believes_what_is_signed_and_its_reply_reaches_the_person() -> None:
    async def echo(turn: TurnContext) -> None:
        await turn.send_activity(MessageFactory.text(f"You said {turn.activity.text}"))

    async def story(fake: FakeTeams, _: CloudAdapter) -> None:
        await elsewhere(fake, fake.person(LENA).says("hello"))

        assert [seen.text for seen in fake.person(LENA).messages()] == ["You said hello"]

    told(story, echo)


def test_the_sdk_changes_its_message_and_asks_who_is_there() -> None:
    found: list[object] = []

    async def bot(turn: TurnContext) -> None:
        sent = await turn.send_activity("before")
        changed = MessageFactory.text("after")
        changed.id = sent.id
        await turn.update_activity(changed)
        member = await TeamsInfo.get_member(turn, turn.activity.from_property.id)
        page = await TeamsInfo.get_paged_members(turn, page_size=10)
        found.extend([member.aad_object_id, member.email, len(page.members)])

    async def story(fake: FakeTeams, _: CloudAdapter) -> None:
        await elsewhere(fake, fake.person(LENA).says("hello"))

        assert [seen.text for seen in fake.person(LENA).messages()] == ["after"]
        assert found == [LENA, fake.users[LENA].email, 1]

    told(story, bot)


def test_the_sdk_opens_a_conversation_and_comes_back_to_it() -> None:
    async def story(fake: FakeTeams, used: CloudAdapter) -> None:
        opened: list[ConversationReference] = []

        async def first(turn: TurnContext) -> None:
            opened.append(TurnContext.get_conversation_reference(turn.activity))
            await turn.send_activity("first")

        async def again(turn: TurnContext) -> None:
            await turn.send_activity("again")

        bot = ChannelAccount(id=fake.bot["id"])
        wanted = ConversationParameters(
            is_group=False, bot=bot, members=[ChannelAccount(id=LENA)], tenant_id=fake.tenant
        )
        await used.create_conversation(
            fake.app_id, first, wanted, channel_id="msteams", service_url=fake.service_url
        )
        await used.continue_conversation(opened[0], again, fake.app_id)

        assert [seen.text for seen in fake.person(LENA).messages()] == ["first", "again"]

    async def never(_: TurnContext) -> None:
        raise AssertionError

    told(story, never)
