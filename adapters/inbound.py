"""What comes in over HTTP from a platform, read with suspicion: bounded in size, time and depth, and text throughout."""

import asyncio
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

from aiohttp import web

Json = dict[str, Any]

LIMIT = 1024 * 1024
"""Bytes that a request may have; a platform's own stay far below."""

PATIENCE_S = 10.0
"""How long a body may take to arrive."""

DEEPEST = 40
"""Levels that JSON may be nested; cards need about ten."""

_NO_TEXT = re.compile("[\0\ud800-\udfff]")
_HIDDEN = re.compile(r"\\u(?:0000|d[89a-f])", re.IGNORECASE)
"""The escapes of JSON in which zero bytes and halves of characters can hide; a raw one does not get so far."""


class Malformed(ValueError):
    """A body that is not of the form that the platform sends; the text is a code."""


class Turned(Exception):
    """A request that is turned away, with the answer's status and a code that says why."""

    def __init__(self, status: int, code: str) -> None:
        super().__init__(code)
        self.status = status
        self.code = code


def head(request: web.Request, kinds: Iterable[str]) -> str:
    """Check all that can be seen without reading the body, and return its kind, which must be one of these."""
    if request.method != "POST":
        raise Turned(400, "method")
    if (_length(request) or 0) > LIMIT:
        raise Turned(413, "too_large")
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind not in kinds or "Content-Encoding" in request.headers:
        raise Turned(415, "content_type")
    return kind


async def body(request: web.Request) -> bytes:
    """Read the body, and stop as soon as it is too long or too slow."""
    raw = bytearray()
    try:
        async with asyncio.timeout(PATIENCE_S):
            while len(raw) <= LIMIT and (part := await request.content.readany()):
                raw += part
    except TimeoutError as error:
        raise Turned(400, "too_slow") from error
    except Exception as error:  # the transport has many ways to say that the rest will not come
        raise Turned(400, "cut_off") from error
    if len(raw) > LIMIT:
        raise Turned(413, "too_large")
    return bytes(raw)


def decoded(raw: bytes) -> str:
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("not_utf8") from error


def json_object(text: str) -> Json:
    """Read a JSON object that is nested reasonably and in which every text is one."""
    try:
        read = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        raise Malformed("not_json") from error
    if not isinstance(read, dict):
        raise Malformed("not_an_object")
    _look_through(read, whole=bool(_HIDDEN.search(text)))
    return read


def is_text(value: str) -> bool:
    return not _NO_TEXT.search(value)


def _length(request: web.Request) -> int | None:
    try:
        return request.content_length
    except ValueError as error:
        raise Turned(400, "content_length") from error


def _refuse(_constant: str) -> NoReturn:
    raise ValueError("NaN and the infinities are no JSON")


def _look_through(read: Json, *, whole: bool) -> None:
    """Refuse what is nested too deeply and, looking at the ``whole``, what is not text (zero bytes, half characters)."""
    level: list[Any] = [read]
    for _ in range(DEEPEST - 1):  # the last level is that of texts and numbers
        if whole and not all(is_text(part) for node in level for part in _texts(node)):
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


def at(node: object, *path: str) -> object:
    """Return what stands at a path of somebody's JSON; None where there is nothing, or it leads nowhere."""
    for name in path:
        node = node.get(name) if isinstance(node, dict) else None
    return node


def text(node: object, *path: str) -> str:
    """Return the text that stands there; empty where it is none."""
    found = at(node, *path)
    return found if isinstance(found, str) else ""
