"""What the guard lets through and what it turns away, over a real server."""

import asyncio
import json
import time
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl, quote_plus, urlencode

import aiohttp
import pytest
from aiohttp import web
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from adapters import inbound
from adapters.inbound import DEEPEST, LIMIT
from adapters.slack import guard as guarding
from adapters.slack.guard import WINDOW_S, Guard
from tests.adapters.slack.signing import NOW, SECRET, as_form, as_json, signed
from tests.fakes import FakeClock

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

FORM = "application/x-www-form-urlencoded"


class Door:
    """A server whose only room is behind the guard; what gets there is echoed and kept."""

    def __init__(self, *secrets: str, remembered: int = 1000) -> None:
        self.loop = asyncio.new_event_loop()
        self.clock = FakeClock()
        self.guard = Guard(secrets or (SECRET,), self.clock, remembered=remembered)
        self.inside: list[Any] = []
        self.failing = False
        self.do(self._open())

    async def _open(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/slack/events", self._room)
        self.runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        self.port = self.runner.addresses[0][1]
        self.session = aiohttp.ClientSession(f"http://127.0.0.1:{self.port}")

    async def _room(self, request: web.Request) -> web.Response:
        verified = await self.guard.verified(request)
        if isinstance(verified, web.Response):
            return verified
        self.inside.append(verified.payload)
        if self.failing:
            return web.Response(status=500)
        self.guard.handled(verified)
        return web.json_response(verified.payload)

    def do(self, call: Any) -> Any:
        return self.loop.run_until_complete(asyncio.wait_for(call, 20))

    def close(self) -> None:
        self.do(self.session.close())
        self.do(self.runner.cleanup())
        self.loop.close()

    def post(self, body: Any, headers: Mapping[str, str], method: str = "POST") -> tuple[int, str]:
        return self.do(self._ask(body, headers, method))

    def slack(self, body: bytes, headers: Mapping[str, str], **how: Any) -> tuple[int, str]:
        """Post what is signed as Slack signs."""
        return self.post(body, {**headers, **signed(body, **how)})

    async def _ask(self, body: Any, headers: Mapping[str, str], method: str) -> tuple[int, str]:
        async with self.session.request(
            method, "/slack/events", data=body, headers=headers, skip_auto_headers=["Content-Type"]
        ) as response:
            return response.status, await response.text()

    def raw(self, request: bytes) -> bytes:
        """Write bytes to the socket, as no HTTP client would, and read the first line that comes back."""

        async def talk() -> bytes:
            reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
            writer.write(request)
            answer = await reader.readline()
            writer.close()
            return answer

        return self.do(talk())


@pytest.fixture
def door() -> Iterator[Door]:
    opened = Door()
    yield opened
    opened.close()


def refused(answer: tuple[int, str]) -> tuple[int, str]:
    status, text = answer
    return status, json.loads(text)["error"]


def test_what_slack_signed_gets_in_as_json_as_a_form_with_a_payload_and_as_plain_fields(door):
    fields = b"command=%2Frapport&text=help+me&token=t"

    assert door.slack(*as_json({"type": "event_callback", "x": "ü"}))[0] == 200
    assert door.slack(*as_form({"type": "block_actions"}))[0] == 200
    assert door.slack(fields, {"Content-Type": f"{FORM}; charset=utf-8"})[0] == 200
    assert door.inside == [
        {"type": "event_callback", "x": "ü"},
        {"type": "block_actions"},
        {"command": "/rapport", "text": "help me", "token": "t"},
    ]


def test_a_request_without_proof_is_turned_away_before_its_body_is_parsed(door):
    body, headers = as_json({"type": "event_callback"})

    assert refused(door.post(body, headers)) == (401, "timestamp")
    assert refused(door.post(b"{not json", headers)) == (401, "timestamp")
    assert refused(door.post(b"ssl_check=1&token=x", {"Content-Type": FORM})) == (401, "timestamp")
    assert door.inside == []


@pytest.mark.parametrize("stamp", ["abc", "", "-5", "1.5", " 12", "1e9", "١٢٣", "9" * 30, "0x10", f"+{NOW}"])
def test_a_timestamp_that_is_no_plain_number_is_turned_away(door, stamp):
    body, headers = as_json({})
    proof = {**signed(body), "X-Slack-Request-Timestamp": stamp}

    status, code = refused(door.post(body, {**headers, **proof}))

    assert (status, code) in {(401, "timestamp"), (401, "stale")}


@pytest.mark.parametrize("off", [WINDOW_S + 1, -WINDOW_S - 1, -86_400])
def test_an_old_or_future_request_is_turned_away_though_its_signature_is_true(door, off):
    assert refused(door.slack(*as_json({}), at=NOW + off)) == (401, "stale")


@pytest.mark.parametrize("off", [WINDOW_S, -WINDOW_S, 0])
def test_five_minutes_either_way_are_granted(door, off):
    assert door.slack(*as_json({}), at=NOW + off)[0] == 200


@pytest.mark.parametrize(
    "mark", ["", "v0=", "v1=" + "a" * 64, "v0=" + "A" * 64, "v0=" + "é" * 64, "v0=" + "a" * 63, "a" * 64]
)
def test_a_signature_of_no_form_is_turned_away(door, mark):
    body, headers = as_json({})

    assert refused(door.post(body, {**headers, **signed(body), "X-Slack-Signature": mark})) == (
        401,
        "signature",
    )


def test_a_signature_over_other_bytes_or_by_another_secret_is_turned_away(door):
    body, headers = as_json({"amount": 1})
    other = signed(body + b" ")

    assert refused(door.post(body, {**headers, **other})) == (401, "signature")
    assert refused(door.slack(body, headers, secret="another")) == (401, "signature")
    assert door.inside == []


def test_the_signature_covers_the_very_bytes_that_are_then_read(door):
    """A blank that JSON does not care about changes the signature."""
    body, headers = b'{"a": 1}', {"Content-Type": "application/json"}

    assert refused(door.post(b'{"a":1}', {**headers, **signed(body)})) == (401, "signature")


def test_two_headers_of_one_name_prove_nothing(door):
    body = b"{}"
    proof = signed(body)
    head = (
        f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n"
        f"X-Slack-Request-Timestamp: {proof['X-Slack-Request-Timestamp']}\r\n"
        f"X-Slack-Signature: v0={'0' * 64}\r\nX-Slack-Signature: {proof['X-Slack-Signature']}\r\n\r\n"
    )

    assert b"401" in door.raw(head.encode() + body)


def test_while_the_secret_is_being_changed_both_are_taken_and_a_third_is_not():
    door = Door("new", "old")

    answers = [door.slack(*as_json({"by": name}), secret=name)[0] for name in ("new", "old", "older")]

    door.close()
    assert answers == [200, 200, 401]


def test_without_a_secret_or_with_three_there_is_no_guard():
    for secrets in ([], [""], ["a", "b", "c"]):
        with pytest.raises(ValueError, match="signing secret"):
            Guard(secrets)


@pytest.mark.parametrize("retry", [{}, {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}])
def test_what_was_handled_is_acknowledged_without_effect_when_slack_repeats_it_in_the_same_second(
    door, retry
):
    body, headers = as_json({"event_id": "Ev1"})

    assert door.slack(body, headers)[0] == 200
    assert door.slack(body, headers | retry) == (200, "")
    assert len(door.inside) == 1


def test_a_repeated_event_with_a_fresh_signature_gets_in_for_the_inbox_to_know(door):
    body, headers = as_json({"event_id": "Ev1"})

    assert door.slack(body, headers)[0] == 200
    assert door.slack(body, headers, at=NOW + 1)[0] == 200
    assert len(door.inside) == 2


def test_a_request_cannot_be_repeated_at_the_end_of_its_time_either(door):
    body, headers = as_json({"event_id": "Ev1"})
    door.slack(body, headers, at=NOW + WINDOW_S)

    door.clock.move_to(door.clock.now().fromtimestamp(NOW + 2 * WINDOW_S, door.clock.now().tzinfo))

    assert door.slack(body, headers, at=NOW + WINDOW_S) == (200, "")
    assert len(door.inside) == 1


def test_a_request_that_we_failed_to_handle_gets_in_again_unchanged(door):
    body, headers = as_json({"event_id": "Ev1"})
    door.failing = True

    assert door.slack(body, headers)[0] == 500
    door.failing = False
    assert door.slack(body, headers)[0] == 200
    assert door.slack(body, headers) == (200, "")
    assert len(door.inside) == 2


def test_a_signature_that_is_known_opens_nothing_for_another_body(door):
    body, headers = as_json({"event_id": "Ev1"})
    door.slack(body, headers)

    assert refused(door.post(body + b" ", {**headers, **signed(body)})) == (401, "signature")


def test_what_was_seen_takes_bounded_room_and_is_forgotten_in_time():
    seen = guarding._Seen(3)
    for number in range(5):
        seen.add(bytes([number]), until=10 + number)

    assert list(seen._until) == [b"\x02", b"\x03", b"\x04"]
    assert not seen.has(b"\x09", now=14)
    assert list(seen._until) == [b"\x04"]


def test_a_body_that_says_it_is_too_long_is_refused_unread(door):
    head = (
        "POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
        f"Content-Length: {30 * LIMIT}\r\n\r\n"
    )

    assert b"413" in door.raw(head.encode())


def test_a_body_that_does_not_say_how_long_it_is_is_read_only_so_far(door):
    body, headers = b"x" * (LIMIT + 1), {"Content-Type": "application/json"}

    async def in_pieces() -> Any:
        for start in range(0, len(body), 65536):
            yield body[start : start + 65536]

    assert refused(door.post(in_pieces(), {**headers, **signed(body)})) == (413, "too_large")


def test_a_body_of_just_the_limit_gets_in(door):
    filling = "a" * (LIMIT - len('{"x": ""}'))
    body, headers = as_json({"x": filling})

    assert len(body) == LIMIT
    assert door.slack(body, headers)[0] == 200


def test_a_body_that_trickles_in_is_not_waited_for(door, monkeypatch):
    monkeypatch.setattr(inbound, "PATIENCE_S", 0.05)
    proof = signed(b"{}")

    async def trickle() -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", door.port)
        lines = [
            "POST /slack/events HTTP/1.1",
            "Host: x",
            "Content-Type: application/json",
            "Content-Length: 2",
            *(f"{name}: {value}" for name, value in proof.items()),
        ]
        writer.write("\r\n".join(lines).encode() + b"\r\n\r\n{")
        answer = await reader.readline()
        writer.close()
        return answer

    assert b"400" in door.do(trickle())


def test_a_body_that_breaks_off_is_no_failure_of_ours(door):
    proof = signed(b"{}")
    lines = [
        "POST /slack/events HTTP/1.1",
        "Host: x",
        "Content-Type: application/json",
        "Transfer-Encoding: chunked",
        *(f"{name}: {value}" for name, value in proof.items()),
    ]
    request = "\r\n".join(lines).encode() + b"\r\n\r\nzz\r\nnot a chunk\r\n"

    assert b" 400 " in door.raw(request)


@pytest.mark.parametrize(
    "content_type", ["text/plain", "", "multipart/form-data; boundary=x", "application/jsonp", "text/json"]
)
def test_another_content_type_is_refused(door, content_type):
    body = b"{}"

    assert refused(door.post(body, {"Content-Type": content_type, **signed(body)})) == (415, "content_type")


def test_a_packed_body_is_refused_unpacked(door):
    body, headers = as_json({})
    answer = door.post(body, {**headers, **signed(body), "Content-Encoding": "identity"})

    assert refused(answer) == (415, "content_type")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_refused(door, method):
    body, headers = as_json({})

    assert refused(door.post(body, {**headers, **signed(body)}, method)) == (400, "method")


@pytest.mark.parametrize(
    ("body", "content_type", "code"),
    [
        (b"\xff\xfe", "application/json", "not_utf8"),
        (b"{", "application/json", "not_json"),
        (b"", "application/json", "not_json"),
        (b"[]", "application/json", "not_an_object"),
        (b"null", "application/json", "not_an_object"),
        (b'{"a": NaN}', "application/json", "not_json"),
        (b'{"a": 1' + b"0" * 5000 + b"}", "application/json", "not_json"),
        (b'{"a": "\\u0000"}', "application/json", "not_text"),
        (b'{"a": ["\\ud800"]}', "application/json", "not_text"),
        (b'{"\\u0000": 1}', "application/json", "not_text"),
        (b"payload=%7B", FORM, "not_json"),
        (b"payload=[]", FORM, "not_an_object"),
        (b"text=%00", FORM, "not_text"),
        (b"text=%ff", FORM, "not_a_form"),
        (b"&".join(b"a%d=1" % n for n in range(200)), FORM, "not_a_form"),
    ],
)
def test_what_is_signed_but_of_no_form_is_refused_with_400(door, body, content_type, code):
    assert refused(door.slack(body, {"Content-Type": content_type})) == (400, code)
    assert door.inside == []


def nested(levels: int) -> bytes:
    return b'{"a":' * levels + b"1" + b"}" * levels


def test_json_may_be_nested_forty_deep_and_no_deeper(door):
    headers = {"Content-Type": "application/json"}

    assert door.slack(nested(DEEPEST - 1), headers)[0] == 200
    assert refused(door.slack(nested(DEEPEST), headers)) == (400, "too_deep")
    assert refused(door.slack(nested(100_000), headers))[0] == 400
    assert refused(door.slack(b'{"a":' + b"[" * 100_000, headers))[0] == 400


def test_whatever_is_turned_away_is_told_and_logged_by_a_code_alone(door, capsys):
    body, headers = as_json({"text": "zebra-quagga"})

    _, text = door.post(body, {**headers, **signed(body + b" ")})

    assert "zebra" not in text + capsys.readouterr().err


def test_a_large_true_body_takes_little_time(door):
    body, headers = as_json({"blocks": [{"text": "x" * 20, "n": n} for n in range(15_000)]})
    began = time.perf_counter()

    status, _ = door.slack(body, headers)

    assert (status, time.perf_counter() - began < 2) == (200, True)


QUOTED = st.one_of(
    st.text(max_size=40).map(quote_plus),
    st.text('abc{}:%+=&; \t\n"\\0Dd3äé_', max_size=40),
    st.binary(max_size=20).map(quote_plus),
)


@settings(max_examples=2000, deadline=None)
@given(QUOTED)
@example("a+")
@example("%3D%0A")
@example("=%0A")
@example("a%3")
@example("%ff")
def test_the_quick_way_to_read_a_payload_reads_what_the_slow_one_does(value):
    form = f"payload={value}"
    try:
        slow = parse_qsl(form, keep_blank_values=True, errors="strict")
    except ValueError:
        slow = []
    try:
        quick = guarding._payload(form)
    except guarding.Malformed:
        quick = ""

    assert quick is None or [("payload", quick)] == (slow or [("payload", "")])


def test_what_a_browser_encodes_is_read_the_quick_way():
    said = json.dumps({"text": "50 % & ümläut = 🎉\n"})

    assert guarding._payload(urlencode({"payload": said})) == said


@pytest.mark.parametrize(
    "hidden",
    ["\\u0000", "\\uD800", "\\udfff", "\\uDe00x"],
)
@pytest.mark.parametrize("place", ['{"a": {"b": ["x%s"]}}', '{"a": {"x%s": 1}}', '{"x%s": {}}'])
def test_what_is_no_text_is_found_wherever_it_hides(hidden, place):
    with pytest.raises(guarding.Malformed, match="not_text"):
        guarding.parsed((place % hidden).encode(), "application/json")


# --- whatever the bytes ------------------------------------------------------------------------------------

NASTY = st.one_of(
    st.binary(max_size=300),
    st.text(max_size=80).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=100).map(lambda raw: b"payload=" + raw),
)  # fmt: skip
HEADER = st.text(st.characters(codec="latin-1", exclude_characters="\r\n\0"), max_size=70)
TYPES = st.sampled_from(["application/json", FORM, f"{FORM}; charset=utf-16", "application/json;;"]) | HEADER


@pytest.fixture(scope="module")
def open_door() -> Iterator[Door]:
    opened = Door()
    yield opened
    opened.close()


@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=NASTY, content_type=TYPES, stamp=HEADER | st.just(str(NOW)), mark=HEADER | st.none())
@example(body=b"", content_type="", stamp="", mark="")
def test_no_bytes_and_no_headers_make_us_fail(open_door, body, content_type, stamp, mark):
    proof = signed(body)
    mark = proof["X-Slack-Signature"] if mark is None else mark
    lines = [
        b"POST /slack/events HTTP/1.1",
        b"Host: x",
        b"Connection: close",
        b"Content-Length: %d" % len(body),
        b"Content-Type: " + content_type.encode("latin-1"),
        b"X-Slack-Request-Timestamp: " + stamp.encode("latin-1"),
        b"X-Slack-Signature: " + mark.encode("latin-1"),
    ]

    answer = open_door.raw(b"\r\n".join(lines) + b"\r\n\r\n" + body)

    assert int(answer.split(b" ", 2)[1]) in {200, 400, 401, 413, 415}


@settings(max_examples=2000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    body=NASTY, content_type=st.sampled_from(["application/json", FORM]), at=st.integers(NOW - 300, NOW + 300)
)
def test_no_signed_bytes_make_us_fail(open_door, body, content_type, at):
    status, text = open_door.slack(body, {"Content-Type": content_type}, at=at)

    assert status in {200, 400} or "replayed" in text
