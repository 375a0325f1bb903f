"""``python -m tests.benchmarks.slack_server ours|plain``: one of the servers that are compared, in a process of its own.

*ours* is what ``rapport run`` serves: the guard, bolt, dispatch with a company's open survey on a store that commits
durably, and the replies. *plain* is bolt as its documentation sets it up on the same aiohttp server, with listeners
that only acknowledge. Whoever starts it writes a line of JSON, ``Wanted``, and reads one, ``Started``; the process
ends when its input does.
"""

import asyncio
import json
import re
import sys
import time
from collections.abc import AsyncIterator, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from typing import Any

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from adapters.http import Server
from adapters.process import answer_quickly, give_memory_back
from adapters.slack.app import PATH
from adapters.slack.render import message, modal
from adapters.slack.send import Connection, SlackPlatform
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
    """What a server must know of the Slack that it belongs to."""

    team: str
    api_url: str
    bot_token: str
    signing_secret: str
    people: int


@dataclass(frozen=True)
class Started:
    """Where a server listens; ``ask`` and ``form`` are what its first person is shown of the survey."""

    port: int
    ask: Json
    form: Json


@asynccontextmanager
async def ours(wanted: Wanted) -> AsyncIterator[tuple[web.Application, Json, Json]]:
    """Serve a company of so many people; its users are ``U1``, ``U2`` and so on."""
    with a_town(wanted.people) as town, ThreadPoolExecutor(DISPATCH_THREADS) as pool:
        town.store.write(lambda unit: _move_in(unit, wanted))
        platform = SlackPlatform(
            Connection(
                bot_token=wanted.bot_token,
                signing_secrets=(wanted.signing_secret,),
                api_url=wanted.api_url,
                mode="http",
            )
        )
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


@asynccontextmanager
async def plain(wanted: Wanted) -> AsyncIterator[tuple[web.Application, Json, Json]]:
    """Serve nothing: verify, find the listener, acknowledge."""

    async def authorize(**_who: Any) -> AuthorizeResult:
        return AuthorizeResult(enterprise_id=None, team_id=wanted.team, bot_token=wanted.bot_token)

    bolt = AsyncApp(signing_secret=wanted.signing_secret, authorize=authorize)

    async def acknowledge(ack: AsyncAck) -> None:
        await ack()

    for kind in (bolt.action, bolt.view):
        kind(re.compile(""))(acknowledge)

    async def events(request: web.Request) -> web.Response:
        return await to_aiohttp_response(await bolt.async_dispatch(await to_bolt_request(request)))

    app = web.Application()
    app.router.add_post(PATH, events)
    app.router.add_get("/cpu", _cpu)
    answer_quickly()
    yield app, {}, {}


async def serve(kind: str, wanted: Wanted) -> None:
    async with {"ours": ours, "plain": plain}[kind](wanted) as (app, ask, form):
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=1)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        sys.stdout.write(json.dumps(asdict(Started(runner.addresses[0][1], ask, form))) + "\n")
        sys.stdout.flush()
        await asyncio.to_thread(sys.stdin.read)
        await runner.cleanup()


def _move_in(unit: Unit, wanted: Wanted) -> None:
    """Let the company be in Slack, where people have other names."""
    workspace = unit.workspaces.get(1)
    workspace.platform, workspace.external = "slack", wanted.team
    for user in unit.accounts.users(1):
        account = unit.accounts.find(1, user)
        assert account is not None
        account.user = f"U{account.person_id}"


def _shown(town: Town, unit: Unit) -> tuple[Json, Json]:
    """Return the request and the whole form, as the first person is shown them."""
    to, wave = town.recipient(unit, 1), town.fielding_in(unit)
    asked = answers.questions_for(unit, wave, 1)
    ask = message(sheets.request(to, wave, asked))
    return {"text": ask.text, "blocks": ask.blocks}, modal(sheets.form(to, wave, asked))


def _doors(app: web.Application, platform: SlackPlatform, town: Town) -> None:
    """Add what is asked of the server beside the requests of Slack."""
    slack = platform._listening
    assert slack is not None
    begin = slack._begin

    async def silence(request: web.Request) -> web.Response:
        """Let nothing be shown after the acknowledgement, or everything again."""
        await slack.settle()
        slack._begin = _leave if request.match_info["how"] == "on" else begin  # type: ignore[method-assign]  # the connection is made to break off
        return web.Response()

    async def count(_: web.Request) -> web.Response:
        return web.json_response(await asyncio.to_thread(kept, town.store))

    app.router.add_get("/cpu", _cpu)
    app.router.add_get("/kept", count)
    app.router.add_get("/silence/{how}", silence)


def _leave(showing: Coroutine[Any, Any, None]) -> None:
    showing.close()


async def _cpu(_: web.Request) -> web.Response:
    return web.json_response(time.process_time())


async def _ready() -> tuple[str, ...]:
    return ()


def main() -> None:
    kind, wanted = sys.argv[1], Wanted(**json.loads(sys.stdin.readline()))
    logs.configure("INFO")
    asyncio.run(serve(kind, wanted))


if __name__ == "__main__":
    main()
