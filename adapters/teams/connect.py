"""Puts Teams together: what listens, what talks, what draws and what sends."""

from dataclasses import dataclass

from aiohttp import web

from adapters.outbound import is_loopback
from adapters.teams import app as front_door
from adapters.teams.app import Front
from adapters.teams.connection import Connection
from adapters.teams.connector import Connector
from adapters.teams.guard import Guard
from adapters.teams.limiter import Limiter
from adapters.teams.references import References
from adapters.teams.render import message
from adapters.teams.sdk import Sdk
from adapters.teams.send import TeamsPlatform
from adapters.teams.tokens import Tokens
from adapters.teams.turns import Turns
from bot.clock import Clock, SystemClock
from bot.talk.platform import Handle

LOCAL = "local"
"""What stands in the place of a token where the app has no id, which is so on this machine only."""


@dataclass(frozen=True, slots=True)
class Door:
    """The route for what Teams sends, and what is being shown behind it."""

    front: Front

    def mount(self, app: web.Application) -> None:
        front_door.mount(app, self.front)

    async def shown(self) -> None:
        await self.front.shown()

    async def settle(self) -> None:
        await self.front.settle()


def connect(
    connection: Connection, references: References, clock: Clock | None = None, *, paced: bool = True
) -> TeamsPlatform:
    """Return the platform for one app; it is called at its own pace unless an imitation on this machine is meant."""
    if not paced and not all(map(is_loopback, connection.service_urls)):
        raise ValueError("Teams itself is called at its own pace only.")
    time, tokens = clock or SystemClock(), Tokens(connection, clock)

    async def local() -> str:
        return LOCAL

    connector = Connector(
        tokens.token if connection.app_id else local,
        connection.serves,
        Limiter(paced=paced),
        renew=tokens.renew if connection.app_id else None,
    )

    def door(platform: TeamsPlatform, handle: Handle) -> Door:
        turns = Turns(platform.connector, platform.acquaintance, platform.references, platform.whois, handle)
        return Door(Front(Sdk(connection, time), Guard(connection), turns.take))

    return TeamsPlatform(connector, references, connection.tenants, message, door, (tokens,))
