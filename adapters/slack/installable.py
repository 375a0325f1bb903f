"""Slack in every workspace that installed the app from our own page; it has no workspace of its own."""

from collections.abc import AsyncIterator, Collection
from dataclasses import dataclass, field
from datetime import datetime

from aiohttp import web

from adapters.slack import oauth
from adapters.slack.oauth import Installer, OAuth
from adapters.slack.renewal import Renewal
from adapters.slack.send import Connection, SlackPlatform
from adapters.slack.tokens import Installations, InstalledTokens, forgetting
from adapters.slack.web import Wire
from bot.talk.cards import Card
from bot.talk.events import Profile
from bot.talk.platform import Address, DeliveryId, Handle, Receipt, Unknown


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What the app is called at Slack, and where administrators find its page."""

    client_id: str
    client_secret: str = field(repr=False)
    base_url: str
    """Such as ``https://rapport.example.org``."""
    workspaces: Collection[str] = ()
    """Further workspaces, or organisations of Enterprise Grid, that may be connected besides the first."""


class InstallableSlack:
    """The platform with the doors of installing beside the one for requests; tokens are looked up for each workspace."""

    name = SlackPlatform.name

    def __init__(
        self,
        connection: Connection,
        credentials: Credentials,
        installations: Installations,
        installer: Installer,
    ) -> None:
        self._wire = Wire(connection.api_url)
        renewal = Renewal(self._wire, credentials.client_id, credentials.client_secret)
        self.tokens = InstalledTokens(installations, renewal)
        self._slack = SlackPlatform(connection, tokens=self.tokens)
        self._oauth = OAuth(
            wire=self._wire,
            client_id=credentials.client_id,
            client_secret=credentials.client_secret,
            base_url=credentials.base_url,
            installer=installer,
            tokens=self.tokens,
            api_url=connection.api_url,
        )

    @property
    def messages_per_minute(self) -> float | None:
        return self._slack.messages_per_minute

    async def send(self, to: Address, card: Card, delivery: DeliveryId) -> Receipt:
        return await self._slack.send(to, card, delivery)

    async def find(self, to: Address, delivery: DeliveryId, since: datetime) -> Receipt | Unknown | None:
        return await self._slack.find(to, delivery, since)

    async def edit(self, to: Address, receipt: Receipt, card: Card) -> None:
        await self._slack.edit(to, receipt, card)

    async def home(self, to: Address, card: Card) -> None:
        await self._slack.home(to, card)

    async def whois(self, who: Address) -> Profile:
        return await self._slack.whois(who)

    def members(self, workspace: str) -> AsyncIterator[Profile]:
        return self._slack.members(workspace)

    def mount(self, app: web.Application, handle: Handle) -> None:
        """Add ``/slack/events``, ``/slack/install`` and ``/slack/oauth_redirect``."""
        self._slack.mount(app, forgetting(handle, self.tokens))
        oauth.mount(app, self._oauth)

    async def run(self, handle: Handle) -> None:
        await self._slack.run(forgetting(handle, self.tokens))

    async def aclose(self) -> None:
        """Close the sessions to Slack; the last thing to do, after the engine has stopped."""
        await self._slack.aclose()
        await self._wire.aclose()
