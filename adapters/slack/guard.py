"""What a request must be before anything of it is believed: small, of Slack's kind, fresh, signed, and not yet handled.

bolt parses before it verifies and raises on hostile headers, so this stands in front of it. The checks go from
cheap to dear, and nothing of the body is parsed before its signature has been found true.
"""

import binascii
import hashlib
import hmac
import re
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl

from aiohttp import web

from adapters.inbound import Json, Malformed, Turned, body, decoded, head, is_text, json_object
from bot.clock import Clock, SystemClock
from bot.logs import get_logger

WINDOW_S = 300
"""How far a timestamp may lie from our clock (docs.slack.dev/authentication/verifying-requests-from-slack)."""

MOST_FIELDS = 100
"""Fields that a form may have; a slash command has about fifteen."""

SECRETS = 2
"""The current signing secret and, while it is being changed, the one before."""

REMEMBERED = 100_000
"""Signatures of handled requests kept against repetition, about 20 MB; more within the window than Slack sends to one app in an hour."""

_TIMESTAMP = re.compile(r"[0-9]{1,11}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_UNENCODED = re.compile(r"[&=\s]")
"""What stands in no value of a form as browsers and Slack encode it."""
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"

log = get_logger()


class _Repeated(Exception):
    """A request that was handled before, byte for byte."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A request that is from Slack: its payload, and by what it is known again once it is handled, until when."""

    payload: Json
    signature: bytes
    until: int


class Guard:
    """Lets through what Slack signed with one of ``secrets`` within five minutes, until it has been handled.

    What was handled is acknowledged without effect if it comes again. Slack repeats what it believes lost, perhaps
    within the same second and so with the same signature, and a refusal would count against us: below 5 % of 200
    it turns our events off. For whoever else repeats a request it does nothing either. Of copies that come while
    the first is being handled each is let in: which one takes effect is decided by the inbox.
    """

    def __init__(
        self, secrets: Sequence[str], clock: Clock | None = None, *, remembered: int = REMEMBERED
    ) -> None:
        known = [secret for secret in secrets if secret]
        if not known or len(known) > SECRETS:
            raise ValueError("one signing secret is needed, or two while it is being changed")
        self._secrets = [secret.encode() for secret in known]
        self._clock = clock or SystemClock()
        self._seen = _Seen(remembered)

    async def verified(self, request: web.Request) -> Verified | web.Response:
        """Return what a request says if Slack said it and we have not handled it, else the answer that it gets."""
        try:
            return await self._verified(request)
        except _Repeated:
            log.info("slack.repeated")
            return web.Response()
        except Turned as turned:
            log.warning("slack.turned_away", reason=turned.code, status=turned.status)
            return web.json_response({"error": turned.code}, status=turned.status)

    def handled(self, verified: Verified) -> None:
        """Let a request in no more; one that we failed to handle may come again, perhaps unchanged."""
        self._seen.add(verified.signature, verified.until)

    async def _verified(self, request: web.Request) -> Verified:
        kind = head(request, (_JSON, _FORM))
        now = int(self._clock.now().timestamp())
        stamp = _header(request, "X-Slack-Request-Timestamp", _TIMESTAMP)
        if abs(now - int(stamp)) > WINDOW_S:
            raise Turned(401, "stale")
        claimed = _header(request, "X-Slack-Signature", _SIGNATURE)
        raw = await body(request)
        signature = bytes.fromhex(claimed.removeprefix("v0="))
        if not self.signed(stamp, raw, signature):
            raise Turned(401, "signature")
        if self._seen.has(signature, now):
            raise _Repeated
        try:
            return Verified(parsed(raw, kind), signature, int(stamp) + WINDOW_S)
        except Malformed as error:
            raise Turned(400, str(error)) from error

    def signed(self, stamp: str, raw: bytes, signature: bytes) -> bool:
        """Say whether a body is signed with one of the secrets: compared in constant time, and with all of them."""
        message = b"v0:" + stamp.encode() + b":" + raw
        fits = [
            hmac.compare_digest(hmac.digest(secret, message, hashlib.sha256), signature)
            for secret in self._secrets
        ]
        return any(fits)


class _Seen:
    """The signatures of the last minutes, oldest first; bounded, so that nobody can fill our memory."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._until: OrderedDict[bytes, int] = OrderedDict()

    def has(self, signature: bytes, now: int) -> bool:
        while self._until and next(iter(self._until.values())) < now:
            self._until.popitem(last=False)
        return signature in self._until

    def add(self, signature: bytes, until: int) -> None:
        self._until[signature] = until
        if len(self._until) > self._most:
            self._until.popitem(last=False)


def parsed(raw: bytes, kind: str) -> Json:
    """Read a signed body: JSON, a form whose ``payload`` is JSON, or a form of plain fields."""
    text = decoded(raw)
    if kind == _JSON:
        return json_object(text)
    payload = _payload(text)
    if payload is not None:
        return json_object(payload)
    fields = _fields(text)
    return json_object(fields["payload"]) if "payload" in fields else fields


def _payload(text: str) -> str | None:
    """Return the one field of a form that is nothing but a payload, as all interactions are; ``None``: another form.

    Percent signs are read as the equals signs of quoted-printable, for which there is a reader in C: what
    ``parse_qsl`` does with them takes longer than everything else that is done to a request here.
    """
    name, _, value = text.partition("=")
    if name != "payload" or _UNENCODED.search(value):
        return None
    quoted = value.replace("+", " ").replace("%", "=").encode()
    read = binascii.a2b_qp(quoted)
    if len(read) != len(quoted) - 2 * quoted.count(b"="):
        return None  # some sign had no two digits after it, and was left as it was
    try:
        return read.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("not_a_form") from error


def _fields(text: str) -> Json:
    try:
        fields = dict(
            parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS),
        )
    except ValueError as error:
        raise Malformed("not_a_form") from error
    if not all(is_text(part) for pair in fields.items() for part in pair):
        raise Malformed("not_text")
    return fields


def _header(request: web.Request, name: str, form: re.Pattern[str]) -> str:
    """Return a header that must stand there exactly once and have this form."""
    values = request.headers.getall(name, [])
    if len(values) != 1 or not form.fullmatch(values[0]):
        raise Turned(401, name.removeprefix("X-Slack-").removeprefix("Request-").lower())
    return values[0]
