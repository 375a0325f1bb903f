"""One way in for everything that Slack sends, over HTTP and Socket Mode alike: commit, begin to show, acknowledge.

bolt runs with ``process_before_response``: it answers when the listener has ended, for events too, which it would
otherwise acknowledge before anything is committed; and it does not poll for the acknowledgement (10 ms).
"""

import asyncio
import logging
import re
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web as http
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncBoltContext, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.authorization.async_authorize import AsyncAuthorize
from slack_bolt.response import BoltResponse
from typing_extensions import override

from adapters.slack.guard import Guard
from adapters.slack.receive import received
from adapters.slack.replies import Stage
from adapters.slack.tokens import Tokens
from adapters.slack.web import Web
from bot.errors import Disconnected
from bot.logs import get_logger
from bot.talk.events import ButtonPressed, CommandUsed, Event, FormSent
from bot.talk.language import words
from bot.talk.platform import Handle

Json = dict[str, Any]

PATH = "/slack/events"
"""Events, interactivity and commands alike."""

ANY = re.compile("")

SETTLE_S = 8.0
"""How long replies that are being shown may take at the end: one call with its time-out, in half the usual grace."""

log = get_logger()


class _Failed(Exception):
    """Something of ours failed, not the payload; the cause is logged where it happened."""


@dataclass
class SlackApp:
    """Turns each payload into one event, and shows the reply by tasks that ``settle`` waits for."""

    web: Web
    handle: Handle
    bolt: AsyncApp = field(init=False, repr=False)
    _showing: set[asyncio.Task[None]] = field(default_factory=set, init=False, repr=False)

    def __post_init__(self) -> None:
        self.bolt = _bolt(self)

    async def dispatch(self, body: Mapping[str, Any]) -> BoltResponse:
        """Take one payload and return the answer: 200 once it is committed, 400 if it is of no form, 500 if we failed.

        It never raises.
        """
        try:
            request = AsyncBoltRequest(body=dict(body), mode="socket_mode")
            response = await self.bolt.async_dispatch(request)
        except Exception as error:  # noqa: BLE001 -- bolt trips over many shapes, even where it handles errors
            return _malformed(error)
        if response.status == http.HTTPNotFound.status_code:
            log.warning("slack.unknown_payload")
            return BoltResponse(status=200)
        return response

    async def shown(self) -> None:
        """Wait until every reply that is being shown now is shown, or has failed to be."""
        if self._showing:
            await asyncio.wait(set(self._showing))

    async def settle(self, within_s: float = SETTLE_S) -> None:
        """Wait until every reply is shown; what takes too long is given up and counted in the log."""
        if self._showing:
            _, late = await asyncio.wait(self._showing, timeout=within_s)
            for task in late:
                task.cancel()
            if late:
                log.warning("slack.not_settled", count=len(late))
                await asyncio.wait(late)

    async def take(self, body: Json, ack: AsyncAck) -> BoltResponse | None:
        """Commit, begin to show, and acknowledge as the last act: nothing after it can fail."""
        try:
            answer = await self._answer(body)
        except Exception:
            log.exception("slack.not_handled")
            return BoltResponse(status=500)
        return await (ack(answer) if answer else ack())

    async def failed(self, error: Exception, body: Json) -> BoltResponse:
        """Answer for what did not reach a listener."""
        match error:
            case Disconnected():
                log.warning("slack.not_installed", reason=error.reason)
                sentence = words("en")("refused.unknown_workspace") if "command" in body else ""
                return BoltResponse(status=200, body=sentence)
            case _Failed():
                return BoltResponse(status=500)
            case _:
                return _malformed(error)

    async def _answer(self, body: Json) -> Json:
        found = received(body)
        if found is None:
            return {"options": []} if body.get("type") == "block_suggestion" else {}
        event, spot = found
        reply = await self.handle(event)
        if spot is None:
            return {}
        stage = Stage(self.web, spot)
        answer = stage.answer(reply)
        self._begin(_told(stage.show(reply), event))
        return answer

    def _begin(self, showing: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(showing)
        self._showing.add(task)
        task.add_done_callback(self._showing.discard)


class _Authorize(AsyncAuthorize):
    """Looks up the token of a workspace where we keep it; Slack is not asked (``auth.test``)."""

    def __init__(self, tokens: Tokens) -> None:
        self._tokens = tokens

    @override
    async def __call__(
        self,
        *,
        context: AsyncBoltContext,
        enterprise_id: str | None,
        team_id: str | None,
        **_who: str | None,
    ) -> AuthorizeResult:
        whole = enterprise_id if context.is_enterprise_install else None
        try:
            token = await self._tokens.token(whole or team_id or enterprise_id or "")
        except Disconnected:
            raise
        except Exception as error:
            log.exception("slack.no_token")
            raise _Failed from error
        return AuthorizeResult(enterprise_id=enterprise_id, team_id=team_id, bot_token=token)


def listener(web: Web, handle: Handle) -> SlackApp:
    """Return what takes Slack's payloads and gives each to ``handle``."""
    return SlackApp(web, handle)


def mount(app: http.Application, slack: SlackApp, guard: Guard) -> None:
    """Add the door for Slack's requests, behind the guard; at the end the application waits for what is being shown."""

    async def events(request: http.Request) -> http.Response:
        verified = await guard.verified(request)
        if isinstance(verified, http.Response):
            return verified
        response = await slack.dispatch(verified.payload)
        if response.status == http.HTTPOk.status_code:
            guard.handled(verified)
        return await to_aiohttp_response(response)

    async def settled(_app: http.Application) -> None:
        await slack.settle()

    app.router.add_post(PATH, events)
    app.on_cleanup.append(settled)


def _bolt(slack: SlackApp) -> AsyncApp:
    """Assemble bolt with our own authorisation and one listener for each kind of payload, whatever its name."""
    quiet = logging.getLogger("slack_bolt.rapport")
    quiet.setLevel(logging.ERROR)  # below that bolt writes payloads
    bolt = AsyncApp(
        name="rapport",
        logger=quiet,
        process_before_response=True,
        authorize=_Authorize(slack.web.tokens),
        request_verification_enabled=False,  # the guard has done it, on the raw bytes; sockets need none
        ignoring_self_events_enabled=False,  # it would need to know our bot's user; receive leaves out all bots
        attaching_function_token_enabled=False,
        attaching_conversation_kwargs_enabled=False,
    )
    bolt.error(slack.failed)
    for kind in (
        bolt.event,
        bolt.action,
        bolt.view,
        bolt.view_closed,
        bolt.command,
        bolt.shortcut,
        bolt.options,
    ):
        kind(ANY)(slack.take)
    return bolt


async def _told(showing: Coroutine[Any, Any, None], event: Event) -> None:
    """Show, and log what fails by the name of the act and the kind of failure, never by its words."""
    try:
        await showing
    except Exception:
        log.exception("slack.not_shown", action=_name(event))


def _name(event: Event) -> str:
    match event:
        case CommandUsed(name=name):
            return f"command.{name}"
        case ButtonPressed(action=action) | FormSent(action=action):
            return action.name
        case _:
            return type(event).__name__.lower()


def _malformed(error: Exception) -> BoltResponse:
    log.warning("slack.malformed", error=type(error).__name__)
    return BoltResponse(status=400, body={"error": "malformed"})
