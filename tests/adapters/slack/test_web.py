import asyncio
import traceback
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from aiohttp import web

from adapters.slack.limiter import Limiter
from adapters.slack.tokens import OneToken
from adapters.slack.web import RETRY_AFTER_S, SHUT, Rejected, Web, Wire, retry_after
from bot.errors import Disconnected, PlatformError, TryLater, Unsure
from bot.logs import configure
from tests.adapters.slack.scripted import Answer, Scripted, body, hang, no, ok, reset

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TOKEN = "xoxb-secret-token"
TEXT = "something private for <@U1>"


def calling(slack: Scripted, timeout_s: float = 5.0, token: str = TOKEN) -> Web:
    return Web(OneToken(token), Wire(slack.url, timeout_s), Limiter())


async def with_slack(slack: Scripted, story: Callable[[Web], Awaitable[Any]], timeout_s: float = 5.0) -> Any:
    async with slack:
        caller = calling(slack, timeout_s)
        try:
            return await story(caller)
        finally:
            await caller.aclose()


def post(answer: Answer, timeout_s: float = 5.0) -> dict[str, Any]:
    """Post one message to a Slack that answers so."""

    def story(caller: Web) -> Awaitable[Any]:
        return caller.call("T1", "chat.postMessage", channel="U1", text=TEXT)

    answered: dict[str, Any] = asyncio.run(with_slack(Scripted(answer), story, timeout_s))
    return answered


def failure(answer: Answer, timeout_s: float = 5.0) -> PlatformError:
    with pytest.raises(PlatformError) as raised:
        post(answer, timeout_s)
    return raised.value


def test_an_answer_comes_back_as_it_is() -> None:
    assert post(ok(channel="D1", ts="1.2")) == {"ok": True, "channel": "D1", "ts": "1.2"}


def test_arguments_travel_in_a_form_with_structures_as_json_and_the_token_in_its_header() -> None:
    slack = Scripted(ok())

    asyncio.run(
        with_slack(
            slack,
            lambda caller: caller.call(
                "T1",
                "chat.postMessage",
                channel="U1",
                text="grün & 1+1",
                blocks=[{"type": "section"}],
                unfurl_links=False,
                limit=200,
                thread_ts=None,
            ),
        )
    )

    (call,) = slack.calls
    assert call.method == "chat.postMessage"
    assert call.headers["Authorization"] == f"Bearer {TOKEN}"
    assert call.fields == {
        "channel": "U1",
        "text": "grün & 1+1",
        "blocks": [{"type": "section"}],
        "unfurl_links": "false",
        "limit": "200",
    }


LATER: list[tuple[Answer, float]] = [
    (body(429, '{"ok":false,"error":"ratelimited"}', Retry_After="7"), 7.0),
    (body(429, "", "text/plain", Retry_After="0.5"), 0.5),
    (body(429, "<html>", "text/html"), RETRY_AFTER_S),
    (body(429, "", Retry_After="soon"), RETRY_AFTER_S),
    (no("ratelimited", Retry_After="3"), 3.0),
    (no("ratelimited"), RETRY_AFTER_S),
]


@pytest.mark.parametrize(("answer", "seconds"), LATER)
def test_a_limit_is_put_off_for_as_long_as_slack_says(answer: Answer, seconds: float) -> None:
    failed = failure(answer)

    assert isinstance(failed, TryLater)
    assert failed.retry_after_s == seconds


UNSURE: list[Answer] = [
    *(body(status, "<html>Bad</html>", "text/html") for status in (500, 502, 503, 504)),
    body(503, '{"ok":false,"error":"service_unavailable"}'),
    *(no(code) for code in ("internal_error", "fatal_error", "service_unavailable", "request_timeout")),
    body(200, '{"ok":tru'),
    body(200, "[1]"),
    body(200, "{}"),
    body(200, "null"),
    body(200, "ok", "text/plain"),
    body(200, "", "text/html"),
    body(302, "", Location="http://127.0.0.1:9/elsewhere"),
    body(200, '{"ok":false,"error":"A text with Person 1"}'),
    reset,
]


@pytest.mark.parametrize("answer", UNSURE)
def test_where_nobody_can_tell_it_says_so(answer: Answer) -> None:
    assert isinstance(failure(answer), Unsure)


def test_a_call_that_takes_too_long_may_have_been_carried_out() -> None:
    assert isinstance(failure(hang, timeout_s=0.1), Unsure)


def test_a_slack_that_cannot_be_reached_has_surely_got_nothing() -> None:
    async def story() -> None:
        async with Scripted(ok()) as slack:
            caller = calling(slack)
        try:
            await caller.call("T1", "chat.postMessage", channel="U1", text=TEXT)
        finally:
            await caller.aclose()

    with pytest.raises(TryLater) as raised:
        asyncio.run(story())

    assert str(raised.value) == "unreachable"
    assert raised.value.retry_after_s


@pytest.mark.parametrize("code", sorted(SHUT))
def test_what_shuts_the_whole_workspace_is_told_apart(code: str) -> None:
    failed = failure(no(code))

    assert isinstance(failed, Disconnected)
    assert failed.reason == code


@pytest.mark.parametrize(
    "code", ["user_not_found", "channel_not_found", "invalid_blocks", "msg_too_long", "brand_new"]
)
def test_every_other_no_is_a_rejection_with_slacks_word(code: str) -> None:
    failed = failure(no(code))

    assert isinstance(failed, Rejected)
    assert failed.code == code


@pytest.mark.parametrize(
    "answer", [*UNSURE, *(answer for answer, _ in LATER), no("invalid_auth"), no("user_not_found")]
)
def test_nothing_is_ever_sent_twice(answer: Answer) -> None:
    slack = Scripted(answer)

    with pytest.raises(PlatformError):
        asyncio.run(with_slack(slack, lambda caller: caller.call("T1", "chat.postMessage", channel="U1")))

    assert len(slack.calls) == 1


@pytest.mark.parametrize("answer", [*UNSURE, no("invalid_auth"), body(500, TEXT)])
def test_errors_and_logs_hold_no_token_and_no_text(
    answer: Answer, capsys: pytest.CaptureFixture[str]
) -> None:
    configure("DEBUG")

    failed = failure(answer)

    shown = "".join(traceback.format_exception(failed)) + capsys.readouterr().err + repr(failed.__context__)
    assert TOKEN not in shown
    assert TEXT not in shown
    assert "Person 1" not in shown
    assert failed.__context__ is None
    assert TOKEN not in repr(OneToken(TOKEN))


def test_a_refusal_blocks_the_method_for_the_workspace_and_no_other() -> None:
    slack = Scripted(body(429, "", Retry_After="30"), ok())

    async def story(caller: Web) -> None:
        for expected in ("ratelimited", "ratelimited"):
            with pytest.raises(TryLater, match=expected):
                await caller.call("T1", "chat.update")
        await caller.call("T2", "chat.update")
        await caller.call("T1", "chat.postMessage", channel="U1")

    asyncio.run(with_slack(slack, story))

    assert slack.methods() == ["chat.update", "chat.update", "chat.postMessage"]


def test_without_a_token_nothing_leaves() -> None:
    async def story() -> list[str]:
        async with Scripted(ok()) as slack:
            with pytest.raises(Disconnected, match="not_installed"):
                await calling(slack, token="").call("T1", "auth.test")
            return slack.methods()

    assert asyncio.run(story()) == []


def test_many_calls_share_one_connection() -> None:
    slack = Scripted(ok())

    async def story(caller: Web) -> None:
        for number in range(20):
            await caller.call("T1", "chat.postMessage", channel=f"U{number}")

    asyncio.run(with_slack(slack, story))

    assert len(slack.calls) == 20
    assert len(slack.connections) == 1


def test_after_its_close_it_opens_a_new_session_in_whatever_loop_runs() -> None:
    slack = Scripted(ok())
    callers: list[Web] = []

    async def story() -> None:
        async with slack:
            callers[:] = callers or [calling(slack)]
            await callers[0].call("T1", "auth.test")
            await callers[0].aclose()

    asyncio.run(story())
    asyncio.run(story())

    assert len(slack.connections) == 2


def test_a_token_never_travels_in_clear() -> None:
    with pytest.raises(ValueError, match="https"):
        Wire("http://slack.example/api/")


# --- answers to interactions ---


def respond(answer: Answer, path: str = "actions/T1/1/2") -> Scripted:
    slack = Scripted(answer)

    async def story(caller: Web) -> None:
        await caller.respond(slack.url.replace("/api/", f"/{path}"), {"replace_original": True, "text": TEXT})

    asyncio.run(with_slack(slack, story, timeout_s=0.5))
    return slack


@pytest.mark.parametrize("answer", [ok(), body(200, "ok", "text/plain"), body(200, "ok", "text/html")])
def test_an_answer_to_an_interaction_is_sent_as_json_without_a_token(answer: Answer) -> None:
    (call,) = respond(answer).calls

    assert call.fields == {"replace_original": True, "text": TEXT}
    assert "Authorization" not in call.headers


RESPONSES: list[tuple[Answer, type[PlatformError]]] = [
    (body(404, "used_url", "text/plain"), Rejected),
    (body(404, '{"ok":false,"error":"expired_url"}'), Rejected),
    (body(200, '{"ok":false,"error":"invalid_blocks"}'), Rejected),
    (body(429, "", Retry_After="1"), TryLater),
    (body(500, "", "text/html"), Unsure),
    (body(302, "", Location="http://127.0.0.1:9/"), Unsure),
    (body(200, "[]"), Unsure),
    (body(200, "A text with spaces", "text/plain"), Unsure),
    (reset, Unsure),
    (hang, Unsure),
]


@pytest.mark.parametrize(("answer", "kind"), RESPONSES)
def test_what_goes_wrong_with_an_answer_is_read_the_same_way(
    answer: Answer, kind: type[PlatformError]
) -> None:
    with pytest.raises(kind) as raised:
        respond(answer)

    assert raised.value.__context__ is None


FOREIGN = [
    "https://example.com/actions/1",
    "http://hooks.slack.com/actions/1",
    "https://hooks.slack.com.example.com/1",
    "https://hooks.slack.com@example.com/1",
    "https://user:secret@hooks.slack.com/1",
    "https://hooks.slack.com:8443/1",
    "https://notslack.com/1",
    "https://slack.com.evil.example/1",
    "http://127.0.0.1:8080/1",
    "https://[::1/1",
    "https://hooks.slack.com:port/1",
    "file:///etc/passwd",
    "",
]


@pytest.mark.parametrize("url", FOREIGN)
def test_answers_go_to_slack_and_nowhere_else(url: str) -> None:
    caller = Web(OneToken(TOKEN))

    with pytest.raises(Rejected, match="invalid_url"):
        asyncio.run(caller.respond(url, {}))


@pytest.mark.parametrize(
    "url", ["https://hooks.slack.com/actions/T1/1/2", "https://hooks.gov.slack.com/commands/1"]
)
def test_slacks_own_addresses_are_allowed(url: str) -> None:
    assert Wire()._may_respond(url)


def test_beside_an_imitation_the_real_slack_is_foreign() -> None:
    wire = Wire("http://127.0.0.1:4000/api/")

    assert not wire._may_respond("https://hooks.slack.com/actions/1")
    assert not wire._may_respond("http://127.0.0.1:4001/actions/1")
    assert wire._may_respond("http://127.0.0.1:4000/actions/1")


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("1", 1.0),
        ("0", 0.0),
        ("2.5", 2.5),
        ("", 30.0),
        ("nan", 30.0),
        ("inf", 30.0),
        ("-1", 30.0),
        ("999999", 3600.0),
        ("Mon, 23 Nov 2026 08:00:00 GMT", 0.0),
        ("Mon, 23 Nov", 30.0),
    ],
)
def test_a_retry_after_is_read_whatever_stands_there(header: str, seconds: float) -> None:
    assert retry_after(header) == seconds


async def redirected(_: web.Request) -> web.StreamResponse:
    return web.Response(status=307, headers={"Location": "/api/chat.postMessage"})


def test_a_redirect_is_not_followed() -> None:
    slack = Scripted(redirected)

    with pytest.raises(Unsure):
        asyncio.run(with_slack(slack, lambda caller: caller.call("T1", "chat.postMessage", channel="U1")))

    assert len(slack.calls) == 1
