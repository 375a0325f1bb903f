"""The Bot Framework SDK, and all that is mended of it: nothing else of Rapport imports botbuilder.

The SDK is archived (docs/decisions/0014-teams-sdk.md). It is used for one thing: to believe an activity only if its
token proves that it comes from Teams, and to run a turn for it. What it gets to see of an activity is its envelope; a
turn gets the whole of it, as it came, so that no field is lost (trap T10). Nothing is sent through it: it has no
credentials (T7, T8). The other traps are mended where the code says so.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import jwt
from botbuilder.core import TurnContext
from botbuilder.integration.aiohttp import CloudAdapter
from botbuilder.schema import Activity, ConversationAccount
from botframework.connector.auth import (
    BotFrameworkAuthentication,
    BotFrameworkAuthenticationFactory,
    ServiceClientCredentialsFactory,
)
from botframework.connector.auth.jwt_token_extractor import JwtTokenExtractor
from msrest.authentication import Authentication
from msrest.universal_http.requests import ClientRetryPolicy
from typing_extensions import override

from adapters.inbound import Json, Turned
from adapters.teams.connection import Connection
from adapters.teams.keys import Keys
from bot.clock import Clock, SystemClock

ClientRetryPolicy.safe_codes = frozenset(ClientRetryPolicy.safe_codes)  # type: ignore[assignment]  # it is only searched
"""A list of 500 numbers was searched 999 times for each of two clients in each turn: 85 % of all time (T6)."""

ISSUER = "https://api.botframework.com"
"""Who signs what Teams sends; tokens of the emulator and of skills are somebody else's."""

AUDIENCE = "https://api.botframework.com"


@dataclass(frozen=True, slots=True)
class Answer:
    """What an invoke is answered with."""

    body: Json
    status: int = 200


Turn = Callable[[Json], Awaitable[Answer | None]]
"""Handles a verified activity; only invokes have an answer."""


@dataclass(slots=True)
class Sdk:
    """The real adapter with the real validation of tokens, behind our own route (T1)."""

    connection: Connection
    clock: Clock = field(default_factory=SystemClock)
    keys: Keys = field(init=False)
    _authentication: BotFrameworkAuthentication = field(init=False, repr=False)
    _adapter: CloudAdapter = field(init=False, repr=False)

    def __post_init__(self) -> None:
        self.keys = Keys(self.connection.openid_url, self.clock)
        JwtTokenExtractor.metadataCache[self.connection.openid_url] = self.keys
        self._authentication = _authentication(self.connection)
        self._adapter = CloudAdapter(self._authentication)

    async def warm(self) -> None:
        """Load the keys before the first activity comes (T5)."""
        await self.keys.load()

    async def process(self, authorization: str, activity: Json, turn: Turn) -> Answer | None:
        """Run a turn for what Teams sent and return its answer; ``Turned`` if it did not, and then nothing was run.

        What the turn itself raises is passed on. Whatever else the SDK raises over a token, it is no proof (T3).
        """
        envelope, answers = _envelope(activity), list[Answer | None]()

        async def logic(_: TurnContext) -> None:
            answers.append(await turn(activity))

        proof = await self._proof(authorization, envelope)
        await self._adapter.process_activity(proof, envelope, logic)
        return answers[0]

    async def aclose(self) -> None:
        await self.keys.aclose()

    async def _proof(self, authorization: str, envelope: Activity) -> Any:
        """Return what the SDK makes of a token that proves whose activity this is."""
        local = not self.connection.app_id  # which the connection allows to nobody but this machine (T9)
        try:
            if not local:
                _of_the_connector(authorization)
            return await self._authentication.authenticate_request(
                envelope,
                None
                if local
                else authorization,  # a header that is missing would crash (T2): the guard sees to it
            )
        except Turned:
            raise
        except Exception as error:
            raise Turned(401, REASONS.get(type(error), "token")) from error


class _NoCredentials(ServiceClientCredentialsFactory):  # type: ignore[misc]  # the SDK has no types
    """Knows our app id, and has nothing to send a message with."""

    def __init__(self, app_id: str) -> None:
        self._app_id = app_id

    @override
    async def is_valid_app_id(self, app_id: object) -> bool:
        return bool(self._app_id) and app_id == self._app_id

    @override
    async def is_authentication_disabled(self) -> bool:
        return not self._app_id

    @override
    async def create_credentials(self, *_: object, **__: object) -> Authentication:
        return Authentication()


REASONS: dict[type[BaseException], str] = {
    jwt.ExpiredSignatureError: "expired",
    jwt.ImmatureSignatureError: "not_yet_valid",
    jwt.InvalidSignatureError: "signature",
    PermissionError: "claims",
}
"""What stands in the log of a token that proves nothing; of all others: that it was one."""


def _authentication(connection: Connection) -> BotFrameworkAuthentication:
    return BotFrameworkAuthenticationFactory.create(
        to_channel_from_bot_login_url=connection.login_url,
        to_channel_from_bot_oauth_scope=AUDIENCE,
        to_bot_from_channel_token_issuer=ISSUER,
        oauth_url=ISSUER,
        to_bot_from_channel_open_id_metadata_url=connection.openid_url,
        to_bot_from_emulator_open_id_metadata_url=connection.openid_url,
        credential_factory=_NoCredentials(connection.app_id),
    )


def _of_the_connector(authorization: str) -> None:
    """Refuse a token that nobody would have to look at: of another issuer, or one that never ends.

    The SDK takes tokens of its emulator and of other bots (skills) as well, each by its issuer. Nothing here is
    verified yet; the SDK does it afterwards, with the very same token.
    """
    claims = jwt.decode(authorization.removeprefix("Bearer "), options={"verify_signature": False})
    if claims.get("iss") != ISSUER or not isinstance(claims.get("exp"), int):
        raise Turned(401, "claims")


def _envelope(activity: Json) -> Activity:
    """Return as much of an activity as the SDK needs to verify and to run it."""
    return Activity(
        type=activity["type"],
        channel_id=activity["channelId"],
        service_url=activity["serviceUrl"],
        conversation=ConversationAccount(id=activity["conversation"]["id"]),
    )
