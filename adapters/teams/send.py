"""The platform: writes to people where they can be written to, knows who they are, and listens.

Teams can't be asked what arrived. A message of which nobody can tell stays uncertain, for HR to see.
"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from aiohttp import web

from adapters.teams import roster
from adapters.teams.acquaintance import Acquaintance
from adapters.teams.connector import Connector, Json
from adapters.teams.references import Reference, References, Remembered
from adapters.teams.refusals import NO_ACTIVITY, NOT_FOUND, TOO_LARGE, UNREAD, Rejected
from bot.errors import Disconnected, PlatformError, TryLater, Undeliverable, Unsure
from bot.logs import get_logger
from bot.talk.cards import Card
from bot.talk.events import Profile
from bot.talk.fallback import without_charts
from bot.talk.platform import Address, DeliveryId, Handle, Receipt, Unknown

Draw = Callable[[Card], Json]
"""Makes a message of a card."""

NOT_YET, BLOCKED, DENIED = "not_reachable_yet", "writes_blocked", "access_denied"

SHUT_OUT = frozenset({NOT_YET, BLOCKED})
"""Who refuses for such a reason is sent nothing more until they write, or install the app."""

DELIVERY = "rapport_delivery"
"""Under this a message tells, in its channel data, which delivery it is: a random id and nothing else."""

log = get_logger()


class Door(Protocol):
    """The way in for what Teams sends."""

    def mount(self, app: web.Application) -> None: ...

    async def shown(self) -> None: ...

    async def settle(self) -> None: ...


class Closing(Protocol):
    """Something that the platform holds open until nothing more is sent."""

    async def aclose(self) -> None: ...


Open = Callable[["TeamsPlatform", Handle], Door]


class TeamsPlatform:
    """Microsoft Teams as the bot sees it: one app, the tenants it serves, and how each person is written to."""

    name = "teams"

    def __init__(
        self,
        connector: Connector,
        references: References,
        tenants: Sequence[str],
        draw: Draw,
        door: Open,
        held: Sequence[Closing] = (),
    ) -> None:
        self.connector, self.references = connector, Remembered(references)
        self.acquaintance = Acquaintance(self.references)
        self._tenants, self._draw, self._door, self._held = tuple(tenants), draw, door, tuple(held)
        self._open: Door | None = None
        self._took: dict[str, Reference] = {}
        """By tenant, who took a message last."""

    # --- sending ---

    async def send(self, to: Address, card: Card, delivery: DeliveryId) -> Receipt:
        """Write to a person's own conversation, which is made if there is none yet; what is refused, more plainly."""
        return await self._written(to, card, {"channelData": {DELIVERY: delivery}})

    async def find(self, to: Address, delivery: DeliveryId, since: datetime) -> Receipt | Unknown | None:  # noqa: ARG002 - nobody can be asked
        return Unknown()

    async def edit(self, to: Address, receipt: Receipt, card: Card) -> None:
        """Put a card in the place of a message; where Teams does not find that, which happens, write it anew."""
        known = await self._known(to)
        there = replace(known, conversation=receipt.conversation)

        async def put(activity: Json) -> str:
            await self.connector.update(there, receipt.message, activity)
            return receipt.message

        try:
            await self._in_some_form(card, put)
        except Rejected as no:
            if no.code != NO_ACTIVITY:
                raise Undeliverable(_reason(no)) from None
            await self._written(to, card, {})

    async def home(self, to: Address, card: Card) -> None:
        """Write a person's overview to them: Teams has no page for it but a tab, which needs a web site."""
        await self._written(to, card, {})

    async def _written(self, to: Address, card: Card, more: Json) -> Receipt:
        known = await self._known(to)
        try:
            receipt = await self._to_person(known, card, more)
        except Rejected as no:
            raise Undeliverable(_reason(no)) from None
        except Undeliverable as no:
            if no.reason in SHUT_OUT:
                await self._shut_out(known)
            raise
        except Disconnected as shut:
            if shut.reason == DENIED and await self._may_enter(known):
                raise Undeliverable(DENIED) from None
            raise
        self._took[known.tenant] = replace(known, conversation=receipt.conversation)
        return receipt

    async def _to_person(self, known: Reference, card: Card, more: Json) -> Receipt:
        """Post to the conversation that is known; where it is gone, to a new one: nothing was posted to the old."""
        opened = await self._opened(known)
        try:
            return await self._posted(opened, card, more)
        except Rejected as no:
            if no.status != NOT_FOUND or opened != known:
                raise
        opened = await self._opened(replace(known, conversation=""))
        return await self._posted(opened, card, more)

    async def _posted(self, to: Reference, card: Card, more: Json) -> Receipt:
        async def post(activity: Json) -> str:
            return await self.connector.post(to, activity | more)

        return Receipt(to.conversation, await self._in_some_form(card, post))

    async def _in_some_form(self, card: Card, show: Callable[[Json], Awaitable[str]]) -> str:
        """Show a card in the richest form that Teams takes; a form it refused was surely not shown."""
        refused: Rejected | None = None
        for form in self._forms(card):
            try:
                return await show(form)
            except Rejected as no:
                if no.status not in {UNREAD, TOO_LARGE}:
                    raise
                refused = no
                log.warning("teams.form_refused", status=no.status)
        raise refused or Rejected("nothing")

    def _forms(self, card: Card) -> Iterator[Json]:
        yield self._draw(card)
        plainer = without_charts(card)
        if plainer != card:
            yield self._draw(plainer)
        yield {"type": "message", "text": card.fallback, "textFormat": "plain"}

    async def _opened(self, known: Reference) -> Reference:
        """Return the reference with a conversation; a new one is kept. Making one twice shows nobody anything."""
        if known.conversation:
            return known
        try:
            made = await self.connector.create(known.service_url, known.tenant, known.bot, known.member)
        except Unsure:
            raise TryLater("no_conversation") from None
        except Rejected:
            raise Undeliverable("user_not_found") from None
        opened = replace(known, conversation=made)
        await self.references.keep(opened)
        return opened

    async def _known(self, to: Address) -> Reference:
        """Return how a person is written to; raises ``Undeliverable`` for who can't be."""
        known = await self.references.find(to.workspace, to.user)
        if known is None or known.is_team:
            raise Undeliverable(NOT_YET)
        if known.blocked:
            raise Undeliverable(BLOCKED)
        return known

    async def _shut_out(self, known: Reference) -> None:
        latest = await self.references.find(known.tenant, known.user) or known
        await self.references.keep(replace(latest, blocked=True))

    async def _may_enter(self, refused: Reference) -> bool:
        """Tell whether the tenant lets us in elsewhere, because being denied may be meant for one person only."""
        other = self._took.get(refused.tenant)
        if other is None or other.user == refused.user:
            return False
        try:
            await self.connector.member(other, other.user)
        except Disconnected:
            return False
        except PlatformError:
            return True
        return True

    # --- people ---

    async def whois(self, who: Address) -> Profile:
        """Return who a person is, asked where they were last heard of."""
        known = self.acquaintance.whereabouts(who.workspace, who.user)
        known = known or await self.references.find(who.workspace, who.user)
        if known is None or not known.conversation:
            raise Undeliverable(NOT_YET)
        try:
            found = await self.connector.member(known, known.member)
        except Rejected:
            found = {}
        self.acquaintance.recognised(who.workspace, who.user)
        if not roster.colleague(found, known.tenant):
            raise Undeliverable("user_not_found")
        return roster.profile(found, known)

    async def members(self, workspace: str) -> AsyncIterator[Profile]:
        """Yield every colleague whom Teams lets us know, as ``roster.members`` tells them from guests and strangers."""
        async for member in roster.members(self.connector, self.references, workspace):
            yield member

    async def workspaces(self) -> Sequence[str]:
        """Return the tenants that are served, once Teams has given us a token at all."""
        await self.connector.warm()
        return self._tenants

    # --- listening ---

    def mount(self, app: web.Application, handle: Handle) -> None:
        """Add the door for what Teams sends to an application that somebody serves."""
        self._listener(handle).mount(app)

    async def run(self, handle: Handle) -> None:
        """Wait until cancelled, for somebody serves the door; at the end wait for what is being shown."""
        door = self._listener(handle)
        try:
            await asyncio.Event().wait()
        finally:
            await door.settle()

    async def shown(self) -> None:
        """Wait until every reply to what has been acknowledged by now is shown, or has failed to be."""
        if self._open is not None:
            await self._open.shown()

    async def aclose(self) -> None:
        """Close the session to Teams; the last thing to do, after the engine has stopped."""
        await self.connector.aclose()
        for each in self._held:
            await each.aclose()

    def _listener(self, handle: Handle) -> Door:
        self._open = self._open or self._door(self, handle)
        return self._open


def _reason(no: Rejected) -> str:
    """Return our word for why Teams took a message in no form, or not at all."""
    known: dict[int, str] = {
        UNREAD: "msg_too_long",
        TOO_LARGE: "msg_too_long",
        NOT_FOUND: "channel_not_found",
    }
    return known.get(no.status, "other")
