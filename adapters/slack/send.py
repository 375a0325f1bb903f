"""The platform: sends cards, finds them again, knows the people, and starts listening."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID, uuid5

from aiohttp import web as http

from adapters.outbound import is_loopback
from adapters.slack import render, roster
from adapters.slack.app import SlackApp, listener, mount
from adapters.slack.guard import Guard
from adapters.slack.limiter import POSTING, Limiter
from adapters.slack.socket import SocketMode
from adapters.slack.tokens import OneToken, Tokens
from adapters.slack.web import API_URL, TOO_MUCH, Json, Rejected, Web, Wire
from bot.clock import Clock, SystemClock
from bot.errors import Disconnected, Undeliverable, Unsure
from bot.talk.cards import Card
from bot.talk.events import Profile
from bot.talk.fallback import without_charts
from bot.talk.platform import Address, DeliveryId, Handle, Receipt, Unknown

OURS = UUID("5b0c9b0a-6a5c-4f0e-9a55-6f1d0f6c2f17")
"""The name space of the message ids that we make from deliveries."""

EVENT_TYPE = "rapport_delivery"

TOO_MUCH_OF_A_VIEW = TOO_MUCH | {"invalid_arguments"}
"""Of a view's blocks Slack complains as of any argument."""

NOT_TO_BE_ASKED = frozenset({"missing_scope", "not_allowed_token_type", "no_permission", "access_denied"})
"""We may write but not read what was written."""

PAGE, PAGES = 200, 5
"""Messages read at once, and how often, in search of one of ours."""

LOOK_BACK = timedelta(days=1)
"""A message is looked for at least so far back: when it was due goes by a clock that a demonstration can move."""

TRAVEL = timedelta(seconds=60)
"""How far Slack's clock may be behind ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """What is needed to reach Slack and to be reached by it."""

    bot_token: str = field(default="", repr=False)
    app_token: str = field(default="", repr=False)
    """For Socket Mode."""
    signing_secrets: tuple[str, ...] = field(default=(), repr=False)
    """For HTTP: one, or two while it is being changed."""
    api_url: str = API_URL
    mode: Literal["socket", "http"] = "socket"
    reconcile: bool = True
    """Whether we may read our own messages back to see what arrived (``im:history``)."""
    paced: bool = True
    """Whether to keep Slack's published limits; only an emulator on this machine may be called as fast as it goes."""


class SlackPlatform:
    """Slack as the bot sees it."""

    name = "slack"

    def __init__(
        self, connection: Connection, clock: Clock | None = None, tokens: Tokens | None = None
    ) -> None:
        self._connection, self._clock = connection, clock or SystemClock()
        if not connection.paced and not is_loopback(connection.api_url):
            raise ValueError("Slack itself is called at its own pace only.")
        wire, limiter = Wire(connection.api_url), Limiter(paced=connection.paced)
        self.web = Web(tokens or OneToken(connection.bot_token), wire, limiter)
        self._listening: SlackApp | None = None

    @property
    def messages_per_minute(self) -> float | None:
        """Return how many messages we send a workspace in a minute: as many as are published, by our longer minute."""
        return 60 * POSTING.per_second if self._connection.paced else None

    # --- sending ---

    async def send(self, to: Address, card: Card, delivery: DeliveryId) -> Receipt:
        """Post to the user's id, which opens the conversation on the way; what Slack finds too much, more plainly."""
        answer = await self._shown(
            to,
            "chat.postMessage",
            card,
            channel=to.user,
            thread_ts=to.thread or None,
            client_msg_id=str(uuid5(OURS, delivery)),
            metadata={"event_type": EVENT_TYPE, "event_payload": {"d": delivery}},
            unfurl_links=False,
            unfurl_media=False,
        )
        conversation, message = answer.get("channel"), answer.get("ts")
        if not (isinstance(conversation, str) and isinstance(message, str)):
            raise Unsure("malformed")
        return Receipt(conversation, message)

    async def find(self, to: Address, delivery: DeliveryId, since: datetime) -> Receipt | Unknown | None:
        """Look for a delivery among our messages to a person; ``Unknown`` where we may not read, or they are too many."""
        if not self._connection.reconcile:
            return Unknown()
        try:
            opened = await self.web.call(to.workspace, "conversations.open", users=to.user)
            return await self._found(to, str(opened["channel"]["id"]), delivery, since)
        except (Rejected, KeyError, TypeError):
            return Unknown()
        except Disconnected as shut:
            if shut.reason in NOT_TO_BE_ASKED:
                return Unknown()
            raise

    async def edit(self, to: Address, receipt: Receipt, card: Card) -> None:
        await self._shown(to, "chat.update", card, channel=receipt.conversation, ts=receipt.message)

    async def home(self, to: Address, card: Card) -> None:
        """Publish a person's Home; where charts are refused, with their summaries instead."""
        refused, plainer = "", without_charts(card)
        for shown in (card,) if plainer == card else (card, plainer):
            try:
                await self.web.call(to.workspace, "views.publish", user_id=to.user, view=render.home(shown))
            except Rejected as no:
                refused = no.code
                if refused not in TOO_MUCH_OF_A_VIEW:
                    break
            else:
                return
        raise Undeliverable(refused)

    async def _shown(self, to: Address, method: str, card: Card, **arguments: Any) -> Json:
        """Call with the card in the richest form that Slack takes; a form it refused was surely not shown."""
        for form in render.forms(card):
            said = form.changed if method == "chat.update" else form.new
            try:
                return await self.web.call(to.workspace, method, **arguments, **said)
            except Rejected as no:
                if no.code not in TOO_MUCH or not form.blocks:
                    raise Undeliverable(no.code) from None
            except Disconnected as shut:
                if shut.reason == "account_inactive" and await self._may_enter(to.workspace):
                    raise Undeliverable(shut.reason) from None
                raise
        raise Undeliverable("msg_too_long")

    async def _may_enter(self, workspace: str) -> bool:
        """Tell whether our own account is fine, because ``account_inactive`` is said of ours and of theirs."""
        try:
            await self.web.call(workspace, "auth.test")
        except Disconnected:
            return False
        return True

    async def _found(
        self, to: Address, channel: str, delivery: DeliveryId, since: datetime
    ) -> Receipt | Unknown | None:
        oldest = min(since, self._clock.now() - LOOK_BACK) - TRAVEL
        where = {"channel": channel, "oldest": f"{oldest.timestamp():.6f}", "include_all_metadata": True}
        method = "conversations.history"
        if to.thread:
            method, where = "conversations.replies", where | {"ts": to.thread}
        cursor = None
        for _ in range(PAGES):
            page = await self.web.call(to.workspace, method, **where, limit=PAGE, cursor=cursor)
            for message in page["messages"]:
                if _delivery(message) == delivery:
                    return Receipt(channel, str(message["ts"]))
            cursor = (page.get("response_metadata") or {}).get("next_cursor")
            if not cursor:
                return None
        return Unknown()

    # --- people ---

    async def whois(self, who: Address) -> Profile:
        try:
            answer = await self.web.call(who.workspace, "users.info", user=who.user, include_locale=True)
        except Rejected as no:
            raise Undeliverable(no.code) from None
        return roster.profile(answer.get("user") or {})

    async def members(self, workspace: str) -> AsyncIterator[Profile]:
        """Yield every colleague, as ``roster.members`` tells them from guests, bots and strangers."""
        async for member in roster.members(self.web, workspace):
            yield member

    async def workspace(self) -> str:
        """Return the team that the one token belongs to, or the enterprise for an org-wide install."""
        answer = await self.web.call("", "auth.test")
        name = "enterprise_id" if answer.get("is_enterprise_install") else "team_id"
        return str(answer.get(name) or "")

    # --- listening ---

    def mount(self, app: http.Application, handle: Handle) -> None:
        """Add the door for Slack's requests (``/slack/events``) to an application that somebody serves."""
        mount(app, self._listener(handle), Guard(self._connection.signing_secrets))

    async def run(self, handle: Handle) -> None:
        """Listen by Socket Mode until cancelled; over HTTP somebody serves the door, and there is nothing to do but wait.

        At the end it waits for what is being shown. Messages can be sent until ``aclose``.
        """
        slack = self._listener(handle)
        try:
            if self._connection.mode == "socket":
                await SocketMode(slack, self._connection.app_token, self._connection.api_url).run()
            else:
                await asyncio.Event().wait()
        finally:
            await slack.settle()

    async def shown(self) -> None:
        """Wait until every reply to what has been acknowledged by now is shown, or has failed to be."""
        if self._listening is not None:
            await self._listening.shown()

    async def aclose(self) -> None:
        """Close the session to Slack; the last thing to do, after the engine has stopped."""
        await self.web.aclose()

    def _listener(self, handle: Handle) -> SlackApp:
        self._listening = self._listening or listener(self.web, handle)
        return self._listening


def _delivery(message: Any) -> str | None:
    metadata = message.get("metadata") if isinstance(message, dict) else None
    if not isinstance(metadata, dict) or metadata.get("event_type") != EVENT_TYPE:
        return None
    payload = metadata.get("event_payload")
    found = payload.get("d") if isinstance(payload, dict) else None
    return found if isinstance(found, str) else None
