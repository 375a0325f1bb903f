"""What another web site, a broken script or a hostile one may try."""

import json

import pytest

from adapters.local.guards import LIMIT
from tests.adapters.local import cards
from tests.adapters.local.doorstep import Doorstep
from tests.adapters.local.fakes import LENA
from tests.canary import free

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

DOORS = ("say", "press", "submit", "dismiss", "clock")
LINE = {"as": LENA, "text": free("hello")}


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", "127.0.0.1.nip.io:{port}", ":{port}", "[::2]:{port}", "127.0.0.1:{port}@evil.example"])  # fmt: skip
def test_a_foreign_host_is_refused_so_that_rebinding_leads_nowhere(door: Doorstep, host: str):
    headers = {"Host": host.format(port=door.server.port)}

    for path in ("/", "/local/people", "/healthz"):
        answer = door.get(path, headers)
        assert (answer.status, answer.error["field"]) == (403, "Host")
    assert door.post("/local/say", LINE, headers).status == 403
    assert door.bot.events == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_every_name_of_this_machine_is_let_in_with_its_own_origin(door: Doorstep, host: str):
    own = f"{host}:{door.server.port}"

    assert door.post("/local/say", LINE, {"Host": own, "Origin": f"http://{own}"}).status == 200


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://localhost:{port}", "http://127.0.0.1", "https://127.0.0.1:{port}", "http://127.0.0.1:1", ""])  # fmt: skip
def test_another_origin_is_refused(door: Doorstep, origin: str):
    answer = door.post("/local/say", LINE, {"Origin": origin.format(port=door.server.port)})

    assert (answer.status, answer.error["field"]) == (403, "Origin")
    assert door.bot.events == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_a_request_that_the_browser_marks_as_foreign_is_refused_at_the_doors(door: Doorstep, site: str):
    assert door.get("/local/people", {"Sec-Fetch-Site": site}).status == 403
    assert door.get("/local/people", {"Sec-Fetch-Site": "same-origin"}).status == 200
    assert door.get("/", {"Sec-Fetch-Site": site}).status == 200  # a link may lead here


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
def test_only_json_is_taken(door: Doorstep, path: str, kind: str):
    answer = door.raw(f"/local/{path}", b"{}", {"Content-Type": kind})

    assert (answer.status, answer.error["field"]) == (415, "Content-Type")


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b'"x"', b"1", b"\xff\xfe", b"{'as': 1}", b"[" * 200_000, b'{"a":' * 100_000, b"1" * 10_000])  # fmt: skip
def test_bad_json_is_told_kindly(door: Doorstep, path: str, body: bytes):
    answer = door.raw(f"/local/{path}", body)

    assert answer.status == 400
    assert "JSON" in answer.error["message"]


def test_a_megabyte_of_text_is_refused_before_it_is_read(door: Doorstep):
    answer = door.post("/local/say", {"as": LENA, "text": "x" * LIMIT})

    assert answer.status == 413
    assert "nothing was kept" in answer.error["message"]
    assert door.get("/healthz").status == 200


def test_a_megabyte_in_pieces_without_a_length_is_refused_too(door: Doorstep):
    async def pieces():
        for _ in range(20):
            yield b"x" * 65536

    async def send() -> int:
        headers = {"Content-Type": "application/json"}
        async with door.session.post("/local/say", data=pieces(), headers=headers) as response:
            return response.status

    assert door.do(send()) == 413


def test_a_text_just_under_the_limit_reaches_the_form(door: Doorstep):
    form = door.say(LENA, "/pulse")[-1]
    answer = door.submit(LENA, form["id"], comment="x" * (LIMIT - 500))

    assert answer.status == 200


@pytest.mark.parametrize("path", ["/", "/app.js", "/local/people", "/nowhere", "/readyz"])
def test_every_answer_keeps_the_browser_strict(door: Doorstep, path: str):
    headers = door.get(path).headers

    assert headers["Content-Security-Policy"].startswith("default-src 'self'")
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("path", ["/../server.py", "/..%2fserver.py", "/page/index.html", "/index.html", "/local/", "/local/people/x", "/app.js/.."])  # fmt: skip
def test_nothing_else_is_served(door: Doorstep, path: str):
    answer = door.get(path)

    assert answer.status == 404 or answer.text == door.get("/").text


def test_a_wrong_method_is_told(door: Doorstep):
    assert door.get("/local/say").status == 405
    assert door.post("/local/people", {}).status == 405


def test_names_and_texts_that_look_like_markup_come_out_as_json_text(door: Doorstep):
    door.send("E061", cards.hostile())

    answer = door.get("/local/messages?as=E061")

    assert answer.headers["Content-Type"].startswith("application/json")
    assert json.loads(answer.text)["messages"][0]["card"]["title"] == "**Bold** <b>hello</b> <!channel>"


def test_a_banner_cannot_become_markup(door: Doorstep):
    from adapters.local.server import _page  # noqa: PLC0415 - the one inside that this test is about

    index = next(route for route in _page("<script>x</script>") if route.path == "/")
    response = door.do(index.handler(None))  # type: ignore[arg-type] # the request is not looked at

    assert "&lt;script&gt;x&lt;/script&gt;" in response.text
