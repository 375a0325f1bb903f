"""What a request must be before anything of it is believed: small, of Slack's kind, fresh, signed, and not yet handled.

bolt parses before it verifies and raises on hostile headers, so this stands in front of it. The checks go from
cheap to dear, and nothing of the body is parsed before its signature has been found true.
"""

import asyncio
import binascii
import hashlib
import hmac
import json
import re
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import parse_qsl

from aiohttp import web

from bot.clock import Clock, SystemClock
from bot.logs import get_logger

Json = dict[str, Any]

LIMIT = 1024 * 1024
"""Bytes that a request may have; Slack's own stay far below."""

WINDOW_S = 300
"""How far a timestamp may lie from our clock (docs.slack.dev/authentication/verifying-requests-from-slack)."""

PATIENCE_S = 10.0
"""How long a body may take to arrive; Slack itself gives up after 3 s."""

DEEPEST = 40
"""Levels that JSON may be nested; Block Kit needs about ten."""

MOST_FIELDS = 100
"""Fields that a form may have; a slash command has about fifteen."""

SECRETS = 2
"""The current signing secret and, while it is being changed, the one before."""

REMEMBERED = 100_000
"""Signatures of handled requests kept against repetition, about 20 MB; more within the window than Slack sends to one app in an hour."""

_TIMESTAMP = re.compile(r"[0-9]{1,11}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")
_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_HIDDEN = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)
"""The escapes of JSON in which zero bytes and halves of characters can hide; a raw one does not get so far."""
_UNENCODED = re.compile(r"[&=\s]")
"""What stands in no value of a form as browsers and Slack encode it."""
_JSON, _FORM = "application/json", "application/x-www-form-urlencoded"

log = get_logger()


class Malformed(ValueError):
    """A body that is signed but not of the form that Slack sends; the text is a code."""


class _Repeated(Exception):
    """A request that was handled before, byte for byte."""


class _Turned(Exception):
    """A request that is turned away, with the answer's status and a code that says why."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


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
        except _Turned as turned:
            log.warning("slack.turned_away", reason=turned.code, status=turned.status)
            return web.json_response({"error": turned.code}, status=turned.status)

    def handled(self, verified: Verified) -> None:
        """Let a request in no more; one that we failed to handle may come again, perhaps unchanged."""
        self._seen.add(verified.signature, verified.until)

    async def _verified(self, request: web.Request) -> Verified:
        kind = _head(request)
        now = int(self._clock.now().timestamp())
        stamp = _header(request, "X-Slack-Request-Timestamp", _TIMESTAMP)
        if abs(now - int(stamp)) > WINDOW_S:
            raise _Turned(401, "stale")
        claimed = _header(request, "X-Slack-Signature", _SIGNATURE)
        raw = await _body(request)
        signature = bytes.fromhex(claimed.removeprefix("v0="))
        if not self.signed(stamp, raw, signature):
            raise _Turned(401, "signature")
        if self._seen.has(signature, now):
            raise _Repeated
        try:
            return Verified(parsed(raw, kind), signature, int(stamp) + WINDOW_S)
        except Malformed as error:
            raise _Turned(400, str(error)) from error

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
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("not_utf8") from error
    if kind == _JSON:
        return _object(text)
    payload = _payload(text)
    if payload is not None:
        return _object(payload)
    fields = _fields(text)
    return _object(fields["payload"]) if "payload" in fields else fields


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
    if not all(_is_text(part) for pair in fields.items() for part in pair):
        raise Malformed("not_text")
    return fields


def _object(text: str) -> Json:
    try:
        read = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed("not_json") from error
    if not isinstance(read, dict):
        raise Malformed("not_an_object")
    _look_through(read, whole=bool(_HIDDEN.search(text)))
    return read


def _refuse(_constant: str) -> NoReturn:
    raise ValueError("NaN and the infinities are no JSON")


def _look_through(read: Json, *, whole: bool) -> None:
    """Refuse what is nested too deeply and, looking at the ``whole``, what is not text (zero bytes, half characters)."""
    level: list[Any] = [read]
    for _ in range(DEEPEST - 1):  # the last level is that of texts and numbers
        if whole and not all(_is_text(part) for node in level for part in _texts(node)):
            raise Malformed("not_text")
        level = [inner for node in level for inner in _values(node) if isinstance(inner, dict | list)]
        if not level:
            return
    raise Malformed("too_deep")


def _values(node: Any) -> Iterable[Any]:
    return node.values() if isinstance(node, dict) else node


def _texts(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        yield from node
    yield from (value for value in _values(node) if isinstance(value, str))


def _is_text(value: str) -> bool:
    return not _NO_TEXT.search(value)


def _head(request: web.Request) -> str:
    """Check all that can be seen without reading the body, and return its kind."""
    if request.method != "POST":
        raise _Turned(400, "method")
    if (_length(request) or 0) > LIMIT:
        raise _Turned(413, "too_large")
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in {_JSON, _FORM} or "Content-Encoding" in request.headers:
        raise _Turned(415, "content_type")
    return kind


def _length(request: web.Request) -> int | None:
    try:
        return request.content_length
    except ValueError as error:
        raise _Turned(400, "content_length") from error


def _header(request: web.Request, name: str, form: re.Pattern[str]) -> str:
    """Return a header that must stand there exactly once and have this form."""
    values = request.headers.getall(name, [])
    if len(values) != 1 or not form.fullmatch(values[0]):
        raise _Turned(401, name.removeprefix("X-Slack-").removeprefix("Request-").lower())
    return values[0]


async def _body(request: web.Request) -> bytes:
    """Read the body, and stop as soon as it is too long or too slow."""
    raw = bytearray()
    try:
        async with asyncio.timeout(PATIENCE_S):
            while len(raw) <= LIMIT and (part := await request.content.readany()):
                raw += part
    except TimeoutError as error:
        raise _Turned(400, "too_slow") from error
    except Exception as error:  # the transport has many ways to say that the rest will not come
        raise _Turned(400, "cut_off") from error
    if len(raw) > LIMIT:
        raise _Turned(413, "too_large")
    return bytes(raw)
