"""How a refresh token becomes the next hours' token; docs.slack.dev/authentication/using-token-rotation."""

from dataclasses import dataclass, field
from datetime import timedelta

from aiohttp import encode_basic_auth

from adapters.slack.tokens import Grant
from adapters.slack.web import Wire
from bot.clock import Clock, SystemClock
from bot.errors import Unsure


@dataclass(frozen=True, slots=True)
class Renewal:
    """Exchanges refresh tokens at the same Slack as everything else; the SDK's own rotator always asks slack.com."""

    wire: Wire
    client_id: str
    client_secret: str = field(repr=False)
    clock: Clock = field(default_factory=SystemClock)

    async def __call__(self, refresh_token: str) -> Grant:
        asked = self.clock.now()
        answer = await self.wire.post(
            "oauth.v2.access",
            {"grant_type": "refresh_token", "refresh_token": refresh_token},
            encode_basic_auth(self.client_id, self.client_secret),
        )
        token, following, seconds = (
            answer.get("access_token"),
            answer.get("refresh_token"),
            answer.get("expires_in"),
        )
        if not (isinstance(token, str) and isinstance(following, str) and isinstance(seconds, int)):
            raise Unsure("malformed")
        return Grant(token, following, asked + timedelta(seconds=seconds))
