"""The page that says what Rapport is, what it stores and on what terms it is used: for anybody, without a login.

Teams wants its address before it lets an app in. It names the organisation and nobody in it.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from aiohttp import hdrs, web

from bot.cases import preparation
from bot.store.unit import Store
from bot.talk.language import Words, languages, words
from bot.talk.platform import Handle

PATH = "/about"

STYLE = "body{font:18px/1.5 system-ui,sans-serif;max-width:34em;margin:10vh auto;padding:0 1em;color-scheme:light dark}"

SECTIONS = (
    (
        "privacy",
        "about.stored.title",
        ("about.stored.1", "about.stored.2", "about.stored.3", "about.stored.4"),
    ),
    ("terms", "about.terms.title", ("about.terms.1", "about.terms.2")),
)
"""What can be linked to by name: its heading and its sentences."""


@dataclass(frozen=True, slots=True)
class AboutPage:
    """Serves ``/about``, in the reader's language where we have it, else in the organisation's."""

    store: Store

    def mount(self, app: web.Application, handle: Handle) -> None:
        """Add the page to an application; looking at it is no event of a platform."""
        del handle
        app.router.add_get(PATH, self._answer)

    async def _answer(self, request: web.Request) -> web.Response:
        now = await asyncio.to_thread(self.store.read, preparation.standing)
        headers = {
            "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'",
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
            "Vary": "Accept-Language",
        }
        return web.Response(text=_page(now, _spoken(request, now)), content_type="text/html", headers=headers)


def _spoken(request: web.Request, now: preparation.Standing) -> Words:
    first = request.headers.get(hdrs.ACCEPT_LANGUAGE, "")[:2].lower()
    return words(first, now.formality) if first in languages() else now.words


def _page(now: preparation.Standing, w: Words) -> str:
    values: dict[str, str | int] = {
        "organisation": now.name,
        "k_scores": now.k_scores,
        "k_comments": now.k_comments,
    }

    def section(name: str, title: str, keys: Sequence[str]) -> str:
        sentences = "".join(f"<p>{escape(w(key, **values))}</p>" for key in keys)
        return f'<section id="{name}"><h2>{escape(w(title))}</h2>{sentences}</section>'

    title, sections = escape(w("about.title")), "".join(section(*each) for each in SECTIONS)
    return (
        f'<!doctype html><html lang="{w.locale.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title><style>{STYLE}</style></head>'
        f"<body><main><h1>{title}</h1><p>{escape(w('app.long'))}</p>{sections}</main></body></html>"
    )
