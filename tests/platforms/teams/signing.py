"""The keys of the service, and the tokens by which an activity is known to come from it."""

import json
import time
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

from tests.platforms.teams.people import Json

ISSUER = "https://api.botframework.com"
LIFE_S = 3600


@cache
def key(number: int) -> rsa.RSAPrivateKey:
    """Return the key with this number: the same for a whole test run, since making one takes long."""
    del number
    return rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Signing:
    """Signs with the newest key; ``rotate`` brings in another, and the old ones stay published unless dropped.

    Tokens go by the machine's own time, whatever the clock of a test says: so does the library that checks them.
    """

    def __init__(self) -> None:
        self._number = 0
        self.published = [0]
        self.endorsements: dict[int, list[str]] = {}
        """Endorsements of a key other than the usual, by its number."""

    @property
    def kid(self) -> str:
        return f"made-up-key-{self._number}"

    def rotate(self, *, drop: bool = False) -> None:
        """Sign with a new key from now on."""
        self._number += 1
        self.published = [self._number] if drop else [*self.published, self._number]

    def jwks(self) -> Json:
        return {"keys": [self._public(number) for number in self.published]}

    def token(
        self,
        app_id: str,
        service_url: str,
        *,
        headers: Json | None = None,
        by: int | None = None,
        **claims: Any,
    ) -> str:
        """Return a token for the app; ``claims`` replace the usual ones, and those that are ``None`` are left out."""
        now = int(time.time())
        usual = {"iss": ISSUER, "aud": app_id, "nbf": now - 5, "exp": now + LIFE_S, "serviceurl": service_url}
        said = {name: value for name, value in (usual | claims).items() if value is not None}
        secret = key(self._number if by is None else by)
        return jwt.encode(said, secret, "RS256", headers={"kid": self.kid} | (headers or {}))

    def _public(self, number: int) -> Json:
        name = f"made-up-key-{number}"
        shown: Json = json.loads(RSAAlgorithm.to_jwk(key(number).public_key()))
        return {
            "kty": "RSA",
            "use": "sig",
            "kid": name,
            "x5t": name,
            "n": shown["n"],
            "e": shown["e"],
            "endorsements": self.endorsements.get(number, ["msteams", "webchat", "directline"]),
        }
