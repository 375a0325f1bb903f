"""The page over which HR's file comes in: one form, no script, and nothing on it that tells who anybody is.

It is served only under an address that is encrypted or stays on this machine. The link is the key to it, so the page
names nobody, stores nothing and sends its reader on to nowhere.
"""

import asyncio
from base64 import b64encode
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from pathlib import PurePath
from urllib.parse import urlsplit

from aiohttp import BodyPartReader, hdrs, web

from bot.cases import upload
from bot.cases.people_file import MOST_BYTES
from bot.errors import Refused
from bot.logs import get_logger
from bot.store.unit import Store
from bot.talk.language import Words, languages, words
from bot.talk.platform import Handle

LIMIT_MB = MOST_BYTES // (1024 * 1024)

AROUND = 16 * 1024
"""Bytes that a form may have around the file."""

PATIENCE_S = 120.0
"""How long a file may take to arrive."""

AT_ONCE = 2
"""Files in memory at the same time; whoever comes third is asked to wait a minute."""

SUFFIXES = frozenset({".csv", ".txt"})
WORKBOOK = b"PK\x03\x04"
"""How a spreadsheet's own file begins, whatever it is called."""

STYLE = (
    "body{font:18px/1.5 system-ui,sans-serif;max-width:34em;margin:10vh auto;padding:0 1em;color-scheme:light dark}"
    "label,input,button{display:block;font:inherit;margin:.8em 0}button{padding:.5em 1.2em}"
)
_STYLE_HASH = b64encode(sha256(STYLE.encode()).digest()).decode()

HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action 'self'; frame-ancestors 'none'; "
        "base-uri 'none'"
    ),
    "Cache-Control": "no-store",
    "Referrer-Policy": "same-origin",  # with no-referrer a browser would not say where its form comes from
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}

log = get_logger()


class _Turned(Exception):
    """A request that is turned away: the answer's status, and the key of the sentence that says why."""

    def __init__(self, status: int, key: str) -> None:
        super().__init__(key)
        self.status = status
        self.key = key


@dataclass(frozen=True, slots=True)
class UploadPage:
    """Serves the page under ``address``, for whoever has a link; anywhere else it does not exist."""

    store: Store
    address: str
    _room: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    def mount(self, app: web.Application, handle: Handle) -> None:
        """Add the page to an application; what comes over it is no event of a platform."""
        del handle
        path = f"{upload.PATH}{{token}}"
        app.router.add_get(path, self._answering(self._form), allow_head=False)
        app.router.add_post(path, self._answering(self._take))

    def _answering(
        self, serve: Callable[[web.Request, str], Awaitable[web.Response]]
    ) -> Callable[[web.Request], Awaitable[web.Response]]:
        """Return a handler that says in words why something is turned away, never more."""

        async def answered(request: web.Request) -> web.Response:
            try:
                self._here(request)
                return await serve(request, request.match_info["token"])
            except Refused as refused:
                return _page(_of_a_stranger(request), refused.key, status=404)
            except _Turned as turned:
                log.warning("http.upload_turned_away", status=turned.status)
                return web.Response(status=turned.status, text=turned.key, headers=HEADERS)

        return answered

    async def _form(self, _: web.Request, token: str) -> web.Response:
        """Show the form; looking at it uses nothing up, so that a preview or a second look does no harm."""
        w = await asyncio.to_thread(upload.reader, self.store, token)
        return _page(w, "page.upload.intro", form=True)

    async def _take(self, request: web.Request, token: str) -> web.Response:
        self._from_our_own_page(request)
        _check_head(request)
        w = await asyncio.to_thread(upload.reader, self.store, token)
        if (request.content_length or 0) > MOST_BYTES + AROUND:
            return _page(w, "page.upload.too_large", form=True, status=413)
        if self._room.locked():
            return _page(w, "page.upload.busy", form=True, status=503)
        async with self._room:
            try:
                data = await _file(request)
            except _Turned as turned:
                return _page(w, turned.key, form=True, status=turned.status)
            w = await asyncio.to_thread(upload.received, self.store, token, data)
        return _page(w, "page.upload.done")

    def _here(self, request: web.Request) -> None:
        """Let the page exist under its own name only, so that no other name can be led here."""
        if request.headers.get(hdrs.HOST, "").lower() != urlsplit(self.address).netloc.lower():
            raise _Turned(404, "Not found")

    def _from_our_own_page(self, request: web.Request) -> None:
        """Refuse a form that another site had a browser send."""
        parts = urlsplit(self.address)
        same = request.headers.get(hdrs.ORIGIN, "").lower() == f"{parts.scheme}://{parts.netloc}".lower()
        if not same or request.headers.get("Sec-Fetch-Site", "same-origin") != "same-origin":
            raise _Turned(403, "Only the page itself can send a file.")


def _of_a_stranger(request: web.Request) -> Words:
    """Return the words for somebody who is not known: the browser's first language, if we have it."""
    first = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")[:2].lower()
    return words(first if first in languages() else "en")


def _check_head(request: web.Request) -> None:
    """Check all that can be seen before anything is read."""
    try:
        length = request.content_length
    except ValueError:
        raise _Turned(400, "The length makes no sense.") from None
    if length is None:
        raise _Turned(411, "The length is missing.")
    if request.content_type != "multipart/form-data" or "Content-Encoding" in request.headers:
        raise _Turned(415, "This is no form.")


async def _file(request: web.Request) -> bytes:
    """Read the one file of the form, and stop as soon as it is too long, too slow or of another kind."""
    try:
        async with asyncio.timeout(PATIENCE_S):
            part = await (await request.multipart()).next()
            data = await _bounded(_of_csv(part))
    except _Turned:
        raise
    except Exception as error:  # a broken form and a broken connection have many names
        raise _Turned(400, "page.upload.stopped") from error
    if data.startswith(WORKBOOK):
        raise _Turned(415, "page.upload.wrong_type")
    return data


def _of_csv(part: object) -> BodyPartReader:
    if not isinstance(part, BodyPartReader) or part.name != "file" or not part.filename:
        raise _Turned(400, "page.upload.stopped")
    if PurePath(part.filename).suffix.lower() not in SUFFIXES:
        raise _Turned(415, "page.upload.wrong_type")
    return part


async def _bounded(part: BodyPartReader) -> bytes:
    data = bytearray()
    while chunk := await part.read_chunk():
        data += chunk
        if len(data) > MOST_BYTES:
            raise _Turned(413, "page.upload.too_large")
    return bytes(data)


def _page(w: Words, key: str, *, form: bool = False, status: int = 200) -> web.Response:
    """Return the page with one sentence, and with the form where a file may be sent."""
    fields = (
        f'<form method="post" enctype="multipart/form-data"><label>{escape(w("page.upload.choose", limit=LIMIT_MB))}'
        '<input type="file" name="file" accept=".csv,.txt,text/csv" required></label>'
        f"<button>{escape(w('page.upload.send'))}</button></form>"
        if form
        else ""
    )
    title, sentence = escape(w("page.upload.title")), escape(w(key, limit=LIMIT_MB))
    text = (
        f'<!doctype html><html lang="{escape(str(w.locale).replace("_", "-"))}"><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{STYLE}</style>'
        f'<h1>{title}</h1><p role="status">{sentence}</p>{fields}</html>'
    )
    return web.Response(text=text, content_type="text/html", status=status, headers=HEADERS)
