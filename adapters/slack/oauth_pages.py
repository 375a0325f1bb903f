"""The few pages that an administrator sees while installing: plain HTML, no script, no style, nothing from elsewhere."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from aiohttp import web

from bot.talk.language import Words

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What every answer carries; the address of the last page holds a code, so no link may pass it on."""


@dataclass(frozen=True, slots=True)
class Link:
    label: str
    url: str


def page(
    w: Words, status: int, title: str, sentences: Sequence[str], link: Link | None = None
) -> web.Response:
    """Return a page; everything on it is escaped."""
    shown = "".join(f"<p>{html.escape(sentence)}</p>" for sentence in sentences)
    if link is not None:
        shown += f'<p><a href="{html.escape(link.url)}">{html.escape(link.label)}</a></p>'
    text = (
        f'<!doctype html><html lang="{html.escape(w.locale.language)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        f"<title>{html.escape(title)} · Rapport</title></head>"
        f"<body><main><h1>{html.escape(title)}</h1>{shown}</main></body></html>"
    )
    return web.Response(status=status, text=text, content_type="text/html", charset="utf-8", headers=HEADERS)
