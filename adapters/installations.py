"""Joins Slack's installations to the store: what a platform may not know, wiring hands it."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass

from adapters.slack.installable import Credentials, InstallableSlack
from adapters.slack.oauth import Installed
from adapters.slack.send import Connection
from adapters.slack.tokens import Grant
from bot.cases import installations
from bot.cases.installations import Tokens
from bot.store.unit import Store, Unit
from bot.talk.language import Words, words

SLACK = "slack"


@dataclass(frozen=True, slots=True)
class SlackInstallations:
    """Keeps the installations of one organisation, and finds the tokens of all; ``admitted`` are further workspaces.

    A self-hosted server has one organisation, number 1, to which every workspace is connected.
    """

    store: Store
    admitted: Collection[str] = ()
    organisation: int = 1

    async def load(self, workspace: str) -> Grant | None:
        found = await asyncio.to_thread(installations.find, self.store, SLACK, workspace)
        return Grant(found.access, found.refresh, found.expires_at) if found else None

    async def save(self, workspace: str, grant: Grant, spent: str) -> bool:
        return await asyncio.to_thread(
            installations.renew, self.store, SLACK, workspace, spent, _tokens(grant)
        )

    async def install(self, new: Installed) -> None:
        granted = installations.Installed(
            platform=SLACK,
            external=new.workspace,
            bot_user=new.bot_user,
            scopes=new.scopes,
            tokens=_tokens(new.grant),
            enterprise=new.enterprise,
        )

        def work(unit: Unit) -> None:
            installations.install(unit, granted, self.admitted)

        await asyncio.to_thread(self.store.write, work, self.organisation)

    async def words(self) -> Words:
        return await asyncio.to_thread(self.store.read, _words, self.organisation)


def installable(store: Store, connection: Connection, credentials: Credentials) -> InstallableSlack:
    """Return Slack for every workspace that is installed, over the store's own installations."""
    installations = SlackInstallations(store, credentials.workspaces)
    return InstallableSlack(connection, credentials, installations, installations)


def _tokens(grant: Grant) -> Tokens:
    return Tokens(grant.token, grant.refresh_token, grant.expires_at)


def _words(unit: Unit) -> Words:
    organisation = unit.organisations.find()
    return words(organisation.locale, organisation.formality) if organisation else words("")
