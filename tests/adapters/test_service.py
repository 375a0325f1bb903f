"""``rapport run``: the store as the one server, the workspace connected, the roster read, people answered, a clean stop."""

import asyncio
import json
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from pydantic import SecretStr
from typer.testing import CliRunner

from adapters import wiring
from adapters.cli.app import app
from adapters.settings import Settings
from adapters.wiring import Service, serving
from bot.cases import installation, upload
from bot.cases.installation import Setup
from bot.clock import SystemClock
from bot.errors import Disconnected, PlatformError, StoreError, TryLater
from bot.store import migrate
from bot.store.store import open_store
from bot.talk.events import (
    AppAdded,
    CommandUsed,
    MemberJoined,
    MessageWritten,
    Private,
    Profile,
    Reply,
    Source,
)
from bot.talk.language import words
from bot.talk.platform import Address, Handle
from tests.adapters.engine.waiting import PATIENCE_S, until
from tests.platforms.fake import FakePlatform
from tests.platforms.slack import FakeSlack

LENA = Profile("U1", "Lena Vogt", "lena@b.example", "de-DE", "Europe/Berlin")
ENVIRONMENT = (
    "BOT_TOKEN",
    "APP_TOKEN",
    "SIGNING_SECRET",
    "SIGNING_SECRET_OLD",
    "MODE",
    "API_URL",
    "RECONCILE",
)


class Workplace(FakePlatform):
    """A platform with one workspace and its members; what it was asked before it answered is counted."""

    def __init__(self, *, troubles: list[PlatformError] | None = None) -> None:
        super().__init__(name="slack")
        self.troubles = troubles or []
        self.handle: Handle | None = None
        self.asked_who: list[Address] = []
        self.silent = False
        self.closed = False

    async def workspace(self) -> str:
        if self.troubles:
            raise self.troubles.pop(0)
        return "T1"

    async def whois(self, who: Address) -> Profile:
        self.asked_who.append(who)
        if self.silent:
            await asyncio.Event().wait()
        return LENA

    async def members(self, workspace: str) -> AsyncIterator[Profile]:
        assert workspace == "T1"
        if self.silent:
            return
        yield LENA
        yield Profile("U2", "Marc Weber", "marc@b.example")

    async def run(self, handle: Handle) -> None:
        self.handle = handle
        await asyncio.Event().wait()

    async def aclose(self) -> None:
        self.closed = True

    def mount(self, app: web.Application, handle: Handle) -> None:
        async def events(_: web.Request) -> web.Response:
            reply = await handle(MessageWritten(source("mounted"), "hello"))
            return web.json_response({"reply": type(reply).__name__})

        app.add_routes([web.post("/slack/events", events)])


def source(event: str) -> Source:
    return Source(platform="slack", workspace="T1", user="U1", event=event)


@pytest.fixture
def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@pytest.fixture
def settings(tmp_path: Path, free_port: int, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for name in ENVIRONMENT:
        monkeypatch.delenv(f"RAPPORT_SLACK_{name}", raising=False)
    (tmp_path / "keys").mkdir(mode=0o700)
    return Settings(
        _env_file=None,
        database_url=SecretStr(f"sqlite:///{tmp_path / 'r.db'}"),
        keys_dir=tmp_path / "keys",
        port=free_port,
        grace_seconds=2,
    )


@pytest.fixture
def code(settings: Settings) -> str:
    """The code of a fresh organisation in a migrated database."""
    url = settings.database_url.get_secret_value()
    migrate.migrate(url)
    store = open_store(url, keys_dir=settings.keys_dir, clock=SystemClock())
    made = store.write(lambda unit: installation.create(unit, Setup(name="Firma")))
    store.close()
    return made


def running(service: Service, story: Callable[[], Awaitable[None]]) -> None:
    """Serve while a story is told, then ask the process to stop as a supervisor does."""

    async def both() -> None:
        work = asyncio.create_task(wiring.serve(service))
        try:
            await story()
        finally:
            signal.raise_signal(signal.SIGTERM)
            await asyncio.wait_for(work, 20)

    try:
        asyncio.run(both())
    finally:
        service.store.close()


async def get(settings: Settings, path: str, method: str = "GET") -> tuple[int, dict[str, object]]:
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"http://127.0.0.1:{settings.port}{path}") as answer,
    ):
        return answer.status, json.loads(await answer.text())


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_fresh_installation_is_connected_reads_its_roster_and_is_claimed_by_its_first_owner(settings, code):
    platform = Workplace()
    service = wiring.service(settings, {"slack": platform})
    replies: list[Reply] = []

    async def story() -> None:
        await until(lambda: platform.handle)
        assert platform.handle is not None
        replies.append(await platform.handle(CommandUsed(source("e1"), "claim", code)))
        await until(lambda: service.store.read(lambda unit: unit.strangers.users(1)))
        async with asyncio.timeout(PATIENCE_S):
            while (ready := await get(settings, "/readyz"))[
                0
            ] != 200:  # until the engine's first sign of life
                assert ready[0] == 503
        assert ready[1] == {"status": "ready", "reasons": []}
        assert (await get(settings, "/healthz"))[0] == 200

    running(service, story)

    assert isinstance(replies[0], Private)
    assert platform.asked_who == [Address("slack", "T1", "U1")]
    assert platform.closed


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_platform_that_is_out_of_reach_is_asked_again_while_health_answers(settings, code, monkeypatch):
    monkeypatch.setattr(serving, "CONNECT_AGAIN_S", 0.01)
    platform = Workplace(troubles=[TryLater("503"), TryLater("503")])
    service = wiring.service(settings, {"slack": platform})

    async def story() -> None:
        await until(lambda: platform.handle)
        assert (await get(settings, "/healthz"))[0] == 200

    running(service, story)

    assert platform.troubles == []


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_token_that_is_not_accepted_ends_the_start_with_what_to_do(settings, code):
    service = wiring.service(settings, {"slack": Workplace(troubles=[Disconnected("token_revoked")])})

    with pytest.raises(StoreError, match="no longer installed"):
        asyncio.run(wiring.serve(service))
    service.store.close()


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize(("mode", "status"), [("http", 200), ("socket", 404)])
def test_platforms_are_mounted_beside_the_health_doors_in_http_mode_alone(settings, code, mode, status):
    platform = Workplace()
    service = wiring.service(settings.model_copy(update={"slack_mode": mode}), {"slack": platform})

    async def story() -> None:
        await until(lambda: platform.handle)
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"http://127.0.0.1:{settings.port}/slack/events") as answer,
        ):
            assert answer.status == status

    running(service, story)


@pytest.mark.allow_hosts(["127.0.0.1"])
@pytest.mark.parametrize("named", [True, False])
def test_the_page_for_files_is_served_and_offered_only_under_an_address_that_was_named(settings, code, named):
    address = f"http://127.0.0.1:{settings.port}" if named else ""
    platform = Workplace()
    service = wiring.service(settings.model_copy(update={"public_url": address}), {"slack": platform})

    async def story() -> None:
        await until(lambda: platform.handle)
        async with (
            aiohttp.ClientSession() as session,
            session.get(f"http://127.0.0.1:{settings.port}/upload/1-1-x") as answer,
        ):
            assert answer.status == 404
            assert ("This link does not work" in await answer.text()) == named
        assert service.store.read(upload.offered) == named

    running(service, story)


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_platform_that_does_not_say_who_somebody_is_costs_no_try(settings, code, monkeypatch):
    monkeypatch.setattr(serving, "WHOIS_S", 0.05)
    platform = Workplace()
    platform.silent = True
    service = wiring.service(settings, {"slack": platform})

    async def story() -> None:
        await until(lambda: platform.handle)
        assert platform.handle is not None
        reply = await platform.handle(CommandUsed(source("e1"), "claim", code))
        assert isinstance(reply, Private)
        assert reply.card.fallback == words("en")("refused.claim.no_profile")
        other = await platform.handle(CommandUsed(source("e2"), "help", "x"))
        assert isinstance(other, Private)

    running(service, story)

    assert len(platform.asked_who) == 1


@pytest.mark.parametrize("kind", [AppAdded, MemberJoined])
def test_who_is_new_and_told_by_number_alone_is_asked_for_and_what_was_told_stays(kind, monkeypatch):
    monkeypatch.setattr(serving, "WHOIS_S", 0.05)
    platform = Workplace()
    told = kind(source("e1"), Profile("U1", locale="fr-FR"))
    named = kind(source("e1"), Profile("U1", "Lena Vogt"))

    def introduced(event: AppAdded | MemberJoined) -> object:
        return asyncio.run(serving.introduced(event, {"slack": platform}))

    assert introduced(told) == kind(told.source, replace(LENA, locale="fr-FR"))
    assert introduced(named) == named
    assert len(platform.asked_who) == 1
    platform.silent = True
    assert introduced(told) == told


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_with_nothing_but_tokens_slack_is_connected_and_its_first_owner_claims_it(settings, code):
    """Over the real adapter, to a fake Slack on this machine."""

    async def story(fake: FakeSlack, service: Service) -> None:
        fake.add_user("U1", name="Lena Vogt", email="lena@b.example")
        fake.add_user("U2", name="Marc Weber", email="marc@b.example")
        lena = fake.person("U1")
        await until(lambda: service.store.read(lambda unit: unit.strangers.users(1)))
        answer = await lena.says(f"/rapport claim {code}")
        assert answer.ok, answer
        await until(lena.ephemeral)
        assert lena.ephemeral()[-1].title == "You run this installation"
        await lena.presses(lena.ephemeral()[-1], "People in this chat")
        await until(lambda: "1 user of this chat" in " ".join(each.words for each in lena.ephemeral()))

    async def both() -> None:
        async with FakeSlack() as fake:
            fake.events_url = f"http://127.0.0.1:{settings.port}/slack/events"
            given = {
                "slack_bot_token": SecretStr(fake.bot_token),
                "slack_signing_secret": SecretStr(fake.signing_secret),
                "slack_api_url": fake.url,
                "slack_mode": "http",
            }
            service = wiring.service(settings.model_copy(update=given))
            work = asyncio.create_task(wiring.serve(service))
            try:
                await story(fake, service)
            finally:
                signal.raise_signal(signal.SIGTERM)
                await asyncio.wait_for(work, 20)
                service.store.close()

    asyncio.run(both())


@pytest.mark.allow_hosts(["127.0.0.1"])
def test_without_an_organisation_it_says_how_to_make_one_and_lets_go_of_the_database(settings):
    url = settings.database_url.get_secret_value()
    migrate.migrate(url)

    with pytest.raises(StoreError, match="rapport init"):
        wiring.service(settings, {})
    open_store(url, keys_dir=settings.keys_dir, clock=SystemClock(), role="server").close()


@pytest.mark.parametrize(
    ("given", "lacking"),
    [
        ({}, "RAPPORT_SLACK_BOT_TOKEN"),
        ({"slack_bot_token": "xoxb-1"}, "RAPPORT_SLACK_APP_TOKEN"),
        ({"slack_bot_token": "xoxb-1", "slack_mode": "http"}, "RAPPORT_SLACK_SIGNING_SECRET"),
        ({"slack_bot_token": "xoxb-1", "slack_app_token": "xapp-1"}, ""),
        ({"slack_bot_token": "xoxb-1", "slack_mode": "http", "slack_signing_secret": "s"}, ""),
    ],
)
def test_what_is_still_to_be_set_is_said_by_name(given, lacking):
    said = wiring.missing(Settings(_env_file=None, **given))

    assert [lacking in line for line in said] == [True] * bool(lacking)
    assert "xoxb-1" not in "".join(said)


def test_without_a_platform_the_command_says_so_and_ends(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ENVIRONMENT:
        monkeypatch.delenv(f"RAPPORT_SLACK_{name}", raising=False)

    ended = CliRunner().invoke(app, ["run"])

    assert ended.exit_code == 1
    assert "RAPPORT_SLACK_BOT_TOKEN" in ended.output
    assert "rapport demo" in ended.output


def test_secrets_come_from_files_and_are_never_printed(tmp_path, monkeypatch):
    secret = tmp_path / "token"
    secret.write_text("xoxb-secret\n")
    secret.chmod(0o600)
    monkeypatch.setenv("RAPPORT_SLACK_BOT_TOKEN_FILE", str(secret))

    chosen = Settings(_env_file=None)

    assert chosen.slack_bot_token.get_secret_value() == "xoxb-secret"
    assert "xoxb-secret" not in repr(chosen)


def test_a_listener_that_does_not_end_is_given_up_after_half_of_the_grace_and_the_rest_is_left() -> None:
    async def lingers() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.Event().wait()

    async def story() -> timedelta:
        listening = [asyncio.create_task(lingers())]
        await asyncio.sleep(0)
        return await serving._ended(listening, timedelta(seconds=0.2))

    left = asyncio.run(asyncio.wait_for(story(), 5))

    assert timedelta() <= left <= timedelta(seconds=0.1)
