"""Requests as Slack makes them: bodies in its two forms, and the headers that prove them."""

import hashlib
import hmac
import json
from urllib.parse import urlencode

from tests.fakes import MONDAY

SECRET = "a-signing-secret"
NOW = int(MONDAY.timestamp())


def signed(body: bytes, secret: str = SECRET, at: int = NOW) -> dict[str, str]:
    """Return the headers by which Slack proves that a body is its own."""
    mark = hmac.new(secret.encode(), b"v0:%d:" % at + body, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(at), "X-Slack-Signature": f"v0={mark}"}


def as_json(payload: object) -> tuple[bytes, dict[str, str]]:
    return json.dumps(payload).encode(), {"Content-Type": "application/json"}


def as_form(payload: object) -> tuple[bytes, dict[str, str]]:
    return urlencode({"payload": json.dumps(payload)}).encode(), {
        "Content-Type": "application/x-www-form-urlencoded"
    }
