"""What every request must satisfy before a door opens, and what every answer carries."""

import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from adapters.local.problems import Problem
from bot.logs import get_logger

LIMIT = 1024 * 1024
"""Bytes that a request may have; checked before it is read."""

LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

log = get_logger()


@web.middleware
async def told(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Answer every failure as JSON that says what to do; never with a trace."""
    try:
        return await handler(request)
    except Problem as problem:
        return _answer(problem)
    except web.HTTPRequestEntityTooLarge:
        return _answer(_too_large())
    except web.HTTPException as refusal:
        return _answer(Problem(refusal.status, f"{request.method} {request.path} is not a door here."))
    except Exception:
        log.exception("local.failed")
        return _answer(Problem(500, "Something failed on our side. Please try again."))


@web.middleware
async def loopback_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse whatever another web site could make this browser send (DNS rebinding, cross-site requests)."""
    name, _, port = request.headers.get("Host", "").rpartition(":")
    if name not in LOOPBACK or port != str(_port(request)):
        raise Problem(403, "This page answers on this machine only, under its own address.", "Host")
    if request.headers.get("Origin", f"http://{name}:{port}") != f"http://{name}:{port}":
        raise Problem(403, "Another site cannot use this page.", "Origin")
    if request.path.startswith("/local/") and _foreign(request):
        raise Problem(403, "Another site cannot use this page.", "Sec-Fetch-Site")
    return await handler(request)


@web.middleware
async def json_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let no form of another site through: whatever changes something must come as JSON of a sane size."""
    if request.method == "POST":
        if request.content_type != "application/json":
            raise Problem(415, "Send JSON, with Content-Type: application/json.", "Content-Type")
        if (request.content_length or 0) > LIMIT:
            raise _too_large()
    return await handler(request)


async def with_headers(request: web.Request, response: web.StreamResponse) -> None:
    """Add to every answer what keeps the browser strict."""
    del request
    response.headers.update(HEADERS)


async def body(request: web.Request) -> dict[str, Any]:
    """Read a request's JSON object; anything else is told as a ``Problem``."""
    try:
        read = json.loads(await request.read())
    except (ValueError, RecursionError) as error:
        raise Problem(400, "This is not JSON that can be read.") from error
    if not isinstance(read, dict):
        raise Problem(400, "Send one JSON object.")
    return read


def text(fields: dict[str, Any], name: str, *, limit: int = LIMIT, default: str | None = None) -> str:
    """Read a field that must be text of at most ``limit`` characters; without ``default`` it may not be blank."""
    value = fields.get(name, default)
    if not isinstance(value, str) or (default is None and not value.strip()):
        raise Problem(400, f"“{name}” is missing or not text.", name)
    if len(value) > limit:
        raise Problem(400, f"At most {limit:,} characters, please; this has {len(value):,}.", name)
    return clean(value, name)


def clean(value: str, name: str) -> str:
    """Return text that can be written down anywhere: no zero bytes, no halves of characters."""
    if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise Problem(400, "This holds characters that are not text.", name)
    return value


def _answer(problem: Problem) -> web.Response:
    return web.json_response(problem.body(), status=problem.status)


def _too_large() -> Problem:
    return Problem(413, "That is more than 1 MB. Please send less; nothing was kept.")


def _port(request: web.Request) -> int:
    transport = request.transport
    name = transport.get_extra_info("sockname") if transport else None
    return int(name[1]) if isinstance(name, tuple) else 0


def _foreign(request: web.Request) -> bool:
    return request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}
