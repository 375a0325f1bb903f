"""The page over which HR's file comes in, over real HTTP: who gets in with what, and what a stranger can do."""

import asyncio
import re
import socket
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import aiohttp
import pytest
from aiohttp import web

from adapters import upload_page
from adapters.http import Server
from adapters.upload_page import AROUND, LIMIT_MB, UploadPage
from bot.cases import upload
from bot.cases.people_file import MOST_BYTES
from bot.store.store import Store
from bot.talk.events import Event, Reply
from tests.bot.cases.test_people import as_bytes, row
from tests.bot.cases.welcoming import Company, text
from tests.fakes import FakeClock

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

HR, LENA = 1, 2
FILE = as_bytes([row("p1", "People"), row("p2", "Support"), row("n1", name="Zoë New")])
Headers = Mapping[str, str]


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    found = Company(store, clock)
    found.has("People", 1)
    found.has("Support", 1)
    store.write(lambda unit: unit.people.grant(HR, "hr_admin", unit.now))
    return found


@dataclass(frozen=True)
class Said:
    status: int
    body: str
    headers: Headers


@dataclass(frozen=True)
class Visit:
    """A browser in front of the page."""

    company: Company
    session: aiohttp.ClientSession
    base: str

    def token(self, person: int = HR) -> str:
        def work(unit) -> str:
            return upload.link(unit, self.company.caller(unit, person).person)

        return self.company.store.write(work).rpartition("/")[2]

    async def looks(self, token: str, **headers: str) -> Said:
        async with self.session.get(f"{self.base}/upload/{token}", headers=headers) as answer:
            return Said(answer.status, await answer.text(), answer.headers)

    async def sends(
        self, token: str, data: bytes = FILE, *, name: str = "people.csv", **headers: str
    ) -> Said:
        form = aiohttp.FormData()
        form.add_field("file", data, filename=name, content_type="text/csv")
        return await self.posts(token, form, **headers)

    async def posts(self, token: str, body: object, **headers: str) -> Said:
        told = {"Origin": self.base} | {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"{self.base}/upload/{token}"
        async with self.session.post(url, data=body, headers=told) as answer:
            return Said(answer.status, await answer.text(), answer.headers)

    def asked(self, person: int = HR) -> int:
        return len(self.company.sent("people.upload", person))


async def handle(event: Event) -> Reply:
    raise AssertionError("what comes over the page is no event")


async def ready() -> list[str]:
    return []


@asynccontextmanager
async def open_to(company: Company) -> AsyncIterator[Visit]:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    upload.announce(company.store, base)
    runner = web.AppRunner(Server("", 0, ready, [UploadPage(company.store, base)]).app(handle))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        async with aiohttp.ClientSession() as session:
            yield Visit(company, session, base)
    finally:
        await runner.cleanup()


def visit(company: Company, story: Callable[[Visit], Awaitable[None]]) -> None:
    async def told() -> None:
        async with open_to(company) as here:
            await story(here)

    asyncio.run(told())


# --- the way it is meant ----------------------------------------------------------------------------------


def test_a_file_comes_in_over_the_page_and_what_it_changes_is_told_in_chat(company):
    async def story(here: Visit) -> None:
        token = here.token()
        form = await here.looks(token)
        sent = await here.sends(token)

        assert (form.status, sent.status) == (200, 200)
        assert 'enctype="multipart/form-data"' in form.body
        assert "in your chat now" in sent.body
        assert "<form" not in sent.body

    visit(company, story)

    assert "Zoë New" in text(company.the_card("people.upload", HR))
    assert company.store.read(lambda unit: unit.people.by_external("n1")) is None


def test_looking_at_the_page_uses_nothing_up(company):
    async def story(here: Visit) -> None:
        token = here.token()
        assert [(await here.looks(token)).status for _ in range(3)] == [200] * 3
        assert (await here.sends(token)).status == 200

    visit(company, story)


def test_the_page_names_nobody_and_lets_the_browser_do_nothing_else(company):
    async def story(here: Visit) -> None:
        said = await here.looks(here.token())

        policy = said.headers["Content-Security-Policy"]
        style = re.search(r"<style>(.*)</style>", said.body)
        assert style is not None
        assert "default-src 'none'" in policy
        assert f"'sha256-{b64encode(sha256(style[1].encode()).digest()).decode()}'" in policy
        assert len(b64decode(re.findall(r"sha256-([^']+)'", policy)[0])) == 32
        assert "script" not in said.body + policy
        assert (said.headers["Cache-Control"], said.headers["X-Content-Type-Options"]) == (
            "no-store",
            "nosniff",
        )
        assert "Set-Cookie" not in said.headers
        assert not [name for name in ("Person", "p1", "Example", "People<") if f">{name}" in said.body]

    visit(company, story)


def test_the_page_speaks_the_language_of_whoever_it_is_for_and_a_strangers_browsers(company):
    def german(unit) -> None:
        unit.people.get(HR).chosen_locale = "de-DE"

    company.store.write(german)

    async def story(here: Visit) -> None:
        own, other = await here.looks(here.token()), await here.looks("1-1-no")
        strange = await here.looks("1-1-no", **{"Accept-Language": "de-AT,en;q=0.5"})

        assert 'lang="de' in own.body
        assert "Datei schicken" in own.body
        assert "This link does not work" in other.body
        assert "Dieser Link gilt nicht" in strange.body

    visit(company, story)


# --- links ------------------------------------------------------------------------------------------------


def test_a_link_is_used_up_by_the_file_that_came_over_it(company):
    async def story(here: Visit) -> None:
        token = here.token()
        first, second, look = (
            await here.sends(token),
            await here.sends(token),
            await here.looks(token),
        )

        assert [first.status, second.status, look.status] == [200, 404, 404]
        assert here.asked() == 1

    visit(company, story)


def test_of_two_who_use_a_link_at_once_one_gets_in(company):
    async def story(here: Visit) -> None:
        token = here.token()
        both = await asyncio.gather(here.sends(token), here.sends(token))

        assert sorted(said.status for said in both) == [200, 404]
        assert here.asked() == 1

    visit(company, story)


def test_a_link_that_is_over_opens_nothing(company):
    async def story(here: Visit) -> None:
        token = here.token()
        company.clock.advance(timedelta(minutes=15))

        assert [(await here.looks(token)).status, (await here.sends(token)).status] == [404, 404]

    visit(company, story)


def test_one_persons_secret_does_not_open_another_persons_link(company):
    company.store.write(lambda unit: unit.people.grant(LENA, "hr_admin", unit.now))

    async def story(here: Visit) -> None:
        mine, hers = here.token(HR), here.token(LENA)
        swapped = hers.replace(f"1-{LENA}-", f"1-{HR}-")

        assert (await here.sends(swapped)).status == 404
        assert (await here.sends(mine.replace("1-", "2-", 1))).status == 404
        assert (here.asked(HR), here.asked(LENA)) == (0, 0)
        assert (await here.sends(hers)).status == 200
        assert (here.asked(HR), here.asked(LENA)) == (0, 1)

    visit(company, story)


@pytest.mark.parametrize("token", ["x", "1-1-%00", "..%2f..%2fhealthz", "1-1-" + "a" * 5000, "%F0%9F%92%A9"])
def test_what_is_no_link_is_answered_with_one_sentence(company, token):
    async def story(here: Visit) -> None:
        said = await here.looks(token)

        assert said.status in {400, 404}
        assert "Traceback" not in said.body

    visit(company, story)


# --- other sites ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
    ],
)
def test_a_form_that_another_site_sends_is_refused_and_the_link_stays_good(company, told):
    async def story(here: Visit) -> None:
        token = here.token()
        refused = await here.sends(token, **told)

        assert (refused.status, here.asked()) == (403, 0)
        assert (await here.sends(token, Sec_Fetch_Site="same-origin")).status == 200

    visit(company, story)


def test_under_another_name_the_page_does_not_exist(company):
    async def story(here: Visit) -> None:
        token = here.token()

        assert (await here.looks(token, Host="evil.example")).status == 404
        assert (await here.sends(token, Host="evil.example")).status == 404
        assert (await here.looks(token)).status == 200

    visit(company, story)


# --- what is no file of ours ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["people.xlsx", "people", "people.csv.exe", ".csv.html", "a.svg"])
def test_a_file_of_another_kind_is_refused_and_the_link_stays_good(company, name):
    async def story(here: Visit) -> None:
        token = here.token()
        refused = await here.sends(token, name=name)

        assert (refused.status, here.asked()) == (415, 0)
        assert "not a CSV file" in refused.body
        assert "<form" in refused.body
        assert (await here.sends(token)).status == 200

    visit(company, story)


def test_a_spreadsheet_that_calls_itself_csv_is_told(company):
    async def story(here: Visit) -> None:
        refused = await here.sends(here.token(), b"PK\x03\x04rest")

        assert (refused.status, here.asked()) == (415, 0)

    visit(company, story)


@pytest.mark.parametrize(
    ("body", "kind", "status"),
    [
        (b"a=1", "application/x-www-form-urlencoded", 415),
        (b"{}", "application/json", 415),
        (FILE, "text/csv", 415),
        (b"--x", "multipart/form-data", 400),
        (b"", "multipart/form-data; boundary=x", 400),
        (b"--x\r\n\r\nno name\r\n--x--\r\n", "multipart/form-data; boundary=x", 400),
        (b"\0" * 500, "multipart/form-data; boundary=x", 400),
        (
            b'--x\r\nContent-Disposition: form-data; name="other"; filename="a.csv"\r\n\r\n1\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
            400,
        ),
        (
            b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nno file\r\n--x--\r\n',
            "multipart/form-data; boundary=x",
            400,
        ),
        (
            b"--x\r\nContent-Type: multipart/mixed; boundary=y\r\n\r\n--y--\r\n--x--\r\n",
            "multipart/form-data; boundary=x",
            400,
        ),
    ],
)
def test_what_is_no_form_with_a_file_is_refused_and_the_link_stays_good(company, body, kind, status):
    async def story(here: Visit) -> None:
        token = here.token()
        refused = await here.posts(token, body, Content_Type=kind)

        assert (refused.status, here.asked()) == (status, 0)
        assert (await here.sends(token)).status == 200

    visit(company, story)


@pytest.mark.parametrize("data", [b"id,name\n1,\0\n", b"\0", b"", b"=cmd|' /C calc'!A0,x\n"])
def test_a_file_with_hostile_bytes_arrives_and_becomes_problems_in_chat(company, data):
    async def story(here: Visit) -> None:
        assert (await here.sends(here.token(), data)).status == 200

    visit(company, story)

    assert company.the_card("people.upload", HR).title == "To correct in the file"


# --- too much ---------------------------------------------------------------------------------------------


def test_a_file_that_says_it_is_too_large_is_refused_before_it_is_read(company):
    async def story(here: Visit) -> None:
        reader, writer = await asyncio.open_connection(*here.base.removeprefix("http://").split(":"))
        token = here.token()
        host = here.base.removeprefix("http://")
        writer.write(
            f"POST /upload/{token} HTTP/1.1\r\nHost: {host}\r\nOrigin: {here.base}\r\n"
            f"Content-Type: multipart/form-data; boundary=x\r\nContent-Length: {MOST_BYTES + AROUND + 1}\r\n\r\n".encode()
        )
        await writer.drain()
        answer = await asyncio.wait_for(reader.readline(), 5)
        writer.close()

        assert b" 413 " in answer
        assert (await here.sends(token)).status == 200

    visit(company, story)


def test_a_file_that_is_too_large_is_not_read_to_its_end(company, monkeypatch):
    monkeypatch.setattr(upload_page, "MOST_BYTES", 1000)

    async def story(here: Visit) -> None:
        token = here.token()
        refused = await here.sends(token, b"x" * 1001)

        assert (refused.status, here.asked()) == (413, 0)
        assert f"{LIMIT_MB} MB" in refused.body
        assert (await here.sends(token, FILE[:900])).status == 200

    visit(company, story)


def test_a_body_of_unknown_length_is_refused(company):
    async def chunks() -> AsyncIterator[bytes]:
        yield b"--x\r\n"

    async def story(here: Visit) -> None:
        kind = "multipart/form-data; boundary=x"
        assert (await here.posts(here.token(), chunks(), Content_Type=kind)).status == 411

    visit(company, story)


def test_a_file_that_comes_too_slowly_is_given_up_and_makes_room(company, monkeypatch):
    monkeypatch.setattr(upload_page, "PATIENCE_S", 0.05)

    async def story(here: Visit) -> None:
        host, token = here.base.removeprefix("http://"), here.token()
        reader, writer = await asyncio.open_connection(*host.split(":"))
        writer.write(
            f"POST /upload/{token} HTTP/1.1\r\nHost: {host}\r\nOrigin: {here.base}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 500\r\n\r\n--x\r\n".encode()
        )
        await writer.drain()
        answer = await asyncio.wait_for(reader.readline(), 5)
        writer.close()

        assert b" 400 " in answer
        monkeypatch.setattr(upload_page, "PATIENCE_S", 10.0)
        assert (await here.sends(token)).status == 200

    visit(company, story)


def test_a_third_file_at_once_is_asked_to_wait_and_keeps_its_link(company, monkeypatch):
    """Two slow ones hold the room."""
    monkeypatch.setattr(upload_page, "PATIENCE_S", 3.0)
    company.store.write(lambda unit: unit.people.grant(LENA, "hr_admin", unit.now))

    async def story(here: Visit) -> None:
        host, token = here.base.removeprefix("http://"), here.token()
        head = (
            f"POST /upload/{token} HTTP/1.1\r\nHost: {host}\r\nOrigin: {here.base}\r\n"
            "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 500\r\n\r\n--x\r\n"
        ).encode()
        slow = [await asyncio.open_connection(*host.split(":")) for _ in range(2)]
        for _, writer in slow:
            writer.write(head)
            await writer.drain()
        third = await until_busy(here, here.token(LENA))
        for _, writer in slow:
            writer.close()

        assert third.status == 503
        assert "Two files are being read" in third.body

    visit(company, story)


async def until_busy(here: Visit, token: str) -> Said:
    """Send something that uses no link up, until the room is full."""
    while (said := await here.sends(token, b"x", name="a.xlsx")).status == 415:
        pass
    return said


# --- beside the page --------------------------------------------------------------------------------------


def test_the_page_takes_no_other_method_and_health_is_where_it_was(company):
    async def story(here: Visit) -> None:
        url = f"{here.base}/upload/{here.token()}"
        for method in ("PUT", "DELETE", "HEAD", "OPTIONS"):
            async with here.session.request(method, url) as answer:
                assert answer.status == 405
        async with here.session.get(f"{here.base}/healthz") as answer:
            assert answer.status == 200

    visit(company, story)
