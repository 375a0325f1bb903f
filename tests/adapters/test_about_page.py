"""The page that anybody may read, over real HTTP: what is stored, on what terms, in the reader's language."""

import asyncio

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from adapters.about_page import PATH, AboutPage
from bot.store.store import Store
from bot.talk.events import Event, Nothing, Reply

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


async def nothing(_: Event) -> Reply:
    return Nothing()


def read(store: Store, language: str) -> tuple[str, str]:
    """Return the page and the policy that it is served under."""

    async def reading() -> tuple[str, str]:
        app = web.Application()
        AboutPage(store).mount(app, nothing)
        async with (
            TestServer(app) as server,
            aiohttp.ClientSession() as session,
            session.get(server.make_url(PATH), headers={"Accept-Language": language}) as answer,
        ):
            assert answer.status == 200
            return await answer.text(), answer.headers["Content-Security-Policy"]

    return asyncio.run(reading())


@pytest.mark.parametrize(
    ("language", "lang", "said"),
    [
        ("en-GB,en", "en", "What is stored"),
        ("de", "de", "Was gespeichert wird"),
        ("", "en", "What is stored"),
    ],
)
def test_it_says_in_the_readers_language_what_is_stored_and_on_what_terms(
    store: Store, language: str, lang: str, said: str
):
    page, _ = read(store, language)

    assert f'<html lang="{lang}">' in page
    assert said in page
    assert 'id="privacy"' in page
    assert 'id="terms"' in page


def test_the_name_of_the_organisation_is_shown_never_interpreted(store: Store):
    store.write(lambda unit: setattr(unit.organisations.get(), "name", "<script>A & B"))

    page, policy = read(store, "en")

    assert "&lt;script&gt;A &amp; B" in page
    assert "<script" not in page
    assert "default-src 'none'" in policy
