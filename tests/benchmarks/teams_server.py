"""``python -m tests.benchmarks.teams_server ours|echo|nothing``: one of the servers that are compared, in a process of its own.

*ours* is what ``rapport run`` serves: the guard, the SDK with its mends, dispatch with a company's open survey on a
store that commits durably, and the replies. *echo* is the SDK as its samples set it up, on the same aiohttp server,
with the one mend that every bot needs: it says one thing back, through its own client; *nothing* does not even that.
Whoever starts it writes a line of JSON, ``Wanted``, and reads one, ``Started``; the process ends when its input does.
"""

import asyncio
import json
import sys
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

from aiohttp import web
from botbuilder.core import TurnContext
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import Activity
from botframework.connector.auth import (
    AppCredentials,
    BotFrameworkAuthenticationFactory,
    ServiceClientCredentialsFactory,
)

from adapters.http import Server
from adapters.process import answer_quickly, give_memory_back
from adapters.references import StoredReferences
from adapters.teams.app import PATH
from adapters.teams.connect import connect
from adapters.teams.connection import Connection
from adapters.teams.render import message
from adapters.teams.sdk import AUDIENCE, ISSUER, Answer
from adapters.teams.send import TeamsPlatform
from adapters.wiring import handler
from adapters.wiring.serving import DISPATCH_THREADS
from bot import logs
from bot.cases import answers, sheets
from bot.store.unit import Unit
from tests.benchmarks.traffic import a_town, kept
from tests.town import Town

Json = dict[str, Any]


@dataclass(frozen=True)
class Wanted:
    """What a server must know of the Teams that it belongs to; ``users`` are the Entra ids of its people, in order."""

    tenant: str
    app_id: str
    secret: str
    token: str
    service_url: str
    login_url: str
    openid_url: str
    users: list[str]


@dataclass(frozen=True)
class Started:
    """Where a server listens; ``ask`` and ``form`` are what its first person is shown of the survey."""

    port: int
    ask: Json
    form: Json


@asynccontextmanager
async def ours(wanted: Wanted) -> AsyncIterator[tuple[web.Application, Json, Json]]:
    """Serve a company of so many people."""
    with a_town(len(wanted.users)) as town, ThreadPoolExecutor(DISPATCH_THREADS) as pool:
        town.store.write(lambda unit: _move_in(unit, wanted))
        connection = Connection(
            app_id=wanted.app_id,
            secret=wanted.secret,
            tenants=(wanted.tenant,),
            service_urls=(wanted.service_url,),
            login_url=wanted.login_url,
            openid_url=wanted.openid_url,
        )
        platform = connect(connection, StoredReferences(town.store), paced=False)
        app = Server("127.0.0.1", 0, _ready, [platform]).app(
            handler(town.store, pool, {platform.name: platform})
        )
        _doors(app, platform, town)
        answer_quickly()
        give_memory_back()
        try:
            yield app, *town.store.read(lambda unit: _shown(town, unit))
        finally:
            await platform.aclose()


class _Known(AppCredentials):  # type: ignore[misc]  # the SDK has no types
    def __init__(self, token: str) -> None:
        super().__init__(app_id="known", oauth_scope="known")
        self.token = token

    def get_access_token(self, *_: object, **__: object) -> str:
        return self.token


class _Credentials(ServiceClientCredentialsFactory):  # type: ignore[misc]  # the SDK has no types
    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted

    async def is_valid_app_id(self, app_id: str) -> bool:
        return app_id == self.wanted.app_id

    async def is_authentication_disabled(self) -> bool:
        return False

    async def create_credentials(self, *_: object, **__: object) -> _Known:
        return _Known(self.wanted.token)


@asynccontextmanager
async def plain(wanted: Wanted, *, echoes: bool) -> AsyncIterator[tuple[web.Application, Json, Json]]:
    """Serve nothing, or one sentence: verify, run a turn, and say something back."""
    adapter = CloudAdapter(
        BotFrameworkAuthenticationFactory.create(
            to_channel_from_bot_login_url=wanted.login_url,
            to_channel_from_bot_oauth_scope=AUDIENCE,
            to_bot_from_channel_token_issuer=ISSUER,
            oauth_url=ISSUER,
            to_bot_from_channel_open_id_metadata_url=wanted.openid_url,
            to_bot_from_emulator_open_id_metadata_url=wanted.openid_url,
            credential_factory=_Credentials(wanted),
        )
    )

    async def turn(context: TurnContext) -> None:
        if echoes:
            await context.send_activity("Thank you.")

    async def messages(request: web.Request) -> web.Response:
        activity = Activity().deserialize(await request.json())
        await adapter.process_activity(request.headers["Authorization"], activity, turn)
        return web.json_response({"statusCode": 200, "type": "message", "value": "Thank you."})

    app = web.Application()
    app.router.add_post(PATH, messages)
    app.router.add_get("/cpu", _cpu)
    answer_quickly()
    yield app, {}, {}


async def serve(kind: str, wanted: Wanted) -> None:
    made = ours(wanted) if kind == "ours" else plain(wanted, echoes=kind == "echo")
    async with made as (app, ask, form):
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        sys.stdout.write(json.dumps(asdict(Started(runner.addresses[0][1], ask, form))) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)
        await runner.cleanup()


def _move_in(unit: Unit, wanted: Wanted) -> None:
    """Let the company be in Teams, where people have other names."""
    workspace = unit.workspaces.get(1)
    workspace.platform, workspace.external = "teams", wanted.tenant
    for user in unit.accounts.users(1):
        account = unit.accounts.find(1, user)
        assert account is not None
        account.user = wanted.users[account.person_id - 1]


def _shown(town: Town, unit: Unit) -> tuple[Json, Json]:
    """Return the request and the whole form, as the first person is shown them."""
    to, wave = town.recipient(unit, 1), town.fielding_in(unit)
    asked = answers.questions_for(unit, wave, 1)
    return message(sheets.request(to, wave, asked)), message(sheets.form(to, wave, asked))


def _doors(app: web.Application, platform: TeamsPlatform, town: Town) -> None:
    """Add what is asked of the server beside the activities of Teams."""
    front = platform._open.front  # type: ignore[union-attr]  # it was mounted
    take = front.take

    async def silent(activity: Json) -> tuple[Answer | None, None]:
        """Take an activity, and leave what is to be shown after its answer."""
        answer, showing = await take(activity)
        if showing is not None:
            showing.close()
        return answer, None

    async def silence(request: web.Request) -> web.Response:
        await front.shown()
        front.take = silent if request.match_info["how"] == "on" else take
        return web.Response()

    async def count(_: web.Request) -> web.Response:
        await front.shown()
        return web.json_response(await asyncio.to_thread(kept, town.store))

    app.router.add_get("/cpu", _cpu)
    app.router.add_get("/kept", count)
    app.router.add_get("/silence/{how}", silence)


async def _cpu(_: web.Request) -> web.Response:
    return web.json_response(time.process_time())


async def _ready() -> tuple[str, ...]:
    return ()


def main() -> None:
    kind, wanted = sys.argv[1], Wanted(**json.loads(sys.stdin.readline()))
    logs.configure("WARNING")
    asyncio.run(serve(kind, wanted))


if __name__ == "__main__":
    main()
