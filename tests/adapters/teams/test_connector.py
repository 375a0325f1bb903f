"""The connector's routes: what is sent where, what goes wrong and what that means, and where a token never goes."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest
from aiohttp import web
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.connector import Connector, _path, _url
from adapters.teams.limiter import Limiter
from adapters.teams.refusals import Rejected, refusal
from bot.errors import Disconnected, PlatformError, TryLater, Undeliverable, Unsure
from tests.adapters.teams.scripted import ANA, TENANT, Answer, Scripted, body, hang, no, ok, reset
from tests.fakes import MONDAY

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

HELLO: dict[str, Any] = {"type": "message", "text": "Hello."}

Ask = Callable[[Connector, Scripted], Awaitable[Any]]


def post(connector: Connector, fake: Scripted) -> Awaitable[Any]:
    return connector.post(fake.here(), HELLO)


def tried(*answers: Answer, ask: Ask = post, **options: Any) -> tuple[Any, Scripted]:
    """Return what came of one act, an error too, and what the connector was asked."""

    async def story() -> tuple[Any, Scripted]:
        async with Scripted(*answers) as fake:
            connector = fake.connector(**options)
            try:
                return await ask(connector, fake), fake
            except PlatformError as error:
                return error, fake
            finally:
                await connector.aclose()

    return asyncio.run(story())


# --- what is sent where -------------------------------------------------------------------------------------


def test_a_message_goes_to_the_conversation_with_the_token_and_comes_back_with_its_id():
    found, fake = tried(ok(id="17"))

    (call,) = fake.calls
    assert found == "17"
    assert (call.method, call.path, call.token) == ("POST", "v3/conversations/a%3A1-ana/activities", "t1")
    assert call.body == HELLO | {"from": {"id": "28:bot"}, "conversation": {"id": "a:1-ana"}}
    assert call.query == {}


def test_a_reply_names_what_it_replies_to():
    _, fake = tried(ok(id="18"), ask=lambda c, f: c.post(f.here(), HELLO, reply_to="17"))

    assert fake.asked() == ["POST v3/conversations/a%3A1-ana/activities/17"]
    assert fake.calls[0].body["replyToId"] == "17"


def test_a_targeted_message_is_for_one_person_in_a_shared_conversation():
    _, fake = tried(
        ok(id="19"), ask=lambda c, f: c.post(f.here(conversation="19:team"), HELLO, targeted=True)
    )

    (call,) = fake.calls
    assert call.query == {"isTargetedActivity": "true"}
    assert call.body["recipient"] == {"id": "29:ana", "aadObjectId": ANA.user, "isTargeted": True}
    assert call.path == "v3/conversations/19%3Ateam/activities"


def test_a_message_is_changed_and_taken_back_where_it_stands():
    async def both(connector: Connector, fake: Scripted) -> None:
        await connector.update(fake.here(), "17", HELLO)
        await connector.delete(fake.here(), "17")

    _, fake = tried(ok(200, id="17"), ask=both)

    path = "v3/conversations/a%3A1-ana/activities/17"
    assert fake.asked() == [f"PUT {path}", f"DELETE {path}"]
    assert fake.calls[0].body == HELLO | {"id": "17"}


def test_a_conversation_is_made_for_one_person_of_a_tenant():
    found, fake = tried(
        ok(id="a:1-new"), ask=lambda c, f: c.create(f.service_url, TENANT, "28:bot", "29:ana")
    )

    assert found == "a:1-new"
    assert fake.asked() == ["POST v3/conversations"]
    assert fake.calls[0].body == {
        "isGroup": False,
        "bot": {"id": "28:bot"},
        "members": [{"id": "29:ana"}],
        "tenantId": TENANT,
        "channelData": {"tenant": {"id": TENANT}},
    }


def test_the_members_of_a_conversation_come_page_by_page():
    async def everybody(connector: Connector, fake: Scripted) -> list[str]:
        return [member["id"] async for member in connector.members(fake.here())]

    found, fake = tried(
        ok(200, members=[{"id": "1"}, "odd"], continuationToken="n+x"),
        ok(200, members=[{"id": "2"}]),
        ask=everybody,
    )

    assert found == ["1", "2"]
    assert [call.query.get("continuationToken") for call in fake.calls] == [None, "n+x"]


def test_a_service_that_goes_round_in_circles_is_left():
    async def everybody(connector: Connector, fake: Scripted) -> list[str]:
        return [member["id"] async for member in connector.members(fake.here())]

    found, _ = tried(ok(200, members=[{"id": "1"}], continuationToken="x"), ask=everybody)

    assert found == ["1", "1"]


def test_a_long_answer_is_read_to_its_end():
    many = [{"id": str(n), "name": "x" * 200} for n in range(2_000)]
    found, _ = tried(ok(200, members=many), ask=lambda c, f: c.page(f.here()))

    assert found == (many, "")


@given(conversation=st.text(max_size=40), activity=st.text(min_size=1, max_size=20))
def test_no_id_leads_out_of_its_place_in_the_address(conversation, activity):
    connector = Connector(_never, ANA.service_url.__eq__)
    address = _url(connector._about("PUT", ANA, _path(conversation, "activities", activity)))

    assert (address.host, address.query_string, address.fragment) == ("smba.example", "", "")
    assert len(address.raw_path.split("/")) == len(
        ["", "emea", "v3", "conversations", "x", "activities", "x"]
    )
    assert ".." not in address.raw_path.split("/")


async def _never() -> str:
    raise AssertionError("no token is needed")


def test_one_session_serves_all_calls():
    async def twice(connector: Connector, fake: Scripted) -> None:
        await connector.post(fake.here(), HELLO)
        await connector.post(fake.here(), HELLO)

    _, fake = tried(ok(id="1"), ask=twice)

    assert len(fake.connections) == 1


# --- where a token goes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "address",
    [
        "{base}/",
        "{base}/emea",
        "{base}/emea//",
        "{base}/EMEA/",
        "{base}/emea/../emea/",
        "http://user@127.0.0.1/emea/",
        "https://smba.trafficmanager.net.evil.example/emea/",
        "",
    ],
)
def test_an_address_that_is_not_exactly_on_the_list_sees_no_request_and_asks_for_no_token(address):
    async def story() -> tuple[Any, Scripted, int]:
        asked = 0

        async def token() -> str:
            nonlocal asked
            asked += 1
            return "t1"

        async with Scripted(ok(id="1")) as fake:
            connector = Connector(token, fake.service_url.__eq__)
            try:
                await connector.post(replace(ANA, service_url=address.format(base=fake.base)), HELLO)
            except TryLater as error:
                return error, fake, asked
            finally:
                await connector.aclose()
        raise AssertionError(address)

    error, fake, asked = asyncio.run(story())

    assert (str(error), error.retry_after_s) == ("unknown_service", None)
    assert (fake.calls, asked) == ([], 0)


def test_a_token_never_travels_in_clear_even_to_an_address_on_the_list():
    async def story() -> None:
        connector = Connector(_never, "http://smba.example/emea/".__eq__)
        await connector.post(replace(ANA, service_url="http://smba.example/emea/"), HELLO)

    with pytest.raises(TryLater, match="unknown_service"):
        asyncio.run(story())


def test_nobody_is_followed_elsewhere():
    async def elsewhere(_: web.Request) -> web.StreamResponse:
        return web.Response(status=307, headers={"Location": "/elsewhere"})

    error, fake = tried(elsewhere)

    assert isinstance(error, TryLater)
    assert len(fake.calls) == 1


# --- what went wrong ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [412, 429, 502, 503, 504])
@pytest.mark.parametrize(
    ("header", "seconds"),
    [("", None), ("0.5", 0.5), ("7", 7.0), ("soon", None), ("nan", None), ("-3", None), ("99999", 3600.0)],
)
def test_what_teams_asks_to_try_again_is_tried_later_and_after_as_long_as_it_says(status, header, seconds):
    error = refusal(status, {"Retry-After": header}, b"", MONDAY)

    assert isinstance(error, TryLater)
    assert error.retry_after_s == seconds


def test_a_retry_after_may_be_a_date():
    date = format_datetime(MONDAY + timedelta(seconds=90), usegmt=True)

    error = refusal(429, {"Retry-After": date}, b"", MONDAY)

    assert isinstance(error, TryLater)
    assert error.retry_after_s == 90.0


@pytest.mark.parametrize(
    ("answer", "meant"),
    [
        (no(403, "MessageWritesBlocked"), "writes_blocked"),
        (no(403, "ConversationBlockedByUser"), "writes_blocked"),
        (no(403, "BotNotInConversationRoster"), "writes_blocked"),
        (no(403, "ForbiddenOperationException"), "not_reachable_yet"),
        (no(403, "BotDisabledByAdmin"), "disabled_by_admin"),
        (body(403, '{"subCode": "MessageWritesBlocked"}'), "writes_blocked"),
        (body(403, '{"error": {"code": "Forbidden", "subCode": "MessageWritesBlocked"}}'), "writes_blocked"),
        (body(403, '{"errorCode": 209, "message": "{}"}'), "writes_blocked"),
        (
            body(403, json.dumps({"message": json.dumps({"subCode": "MessageWritesBlocked"})})),
            "writes_blocked",
        ),
    ],
)
def test_a_refusal_that_lies_with_the_person_is_never_tried_again(answer, meant):
    error, fake = tried(answer)

    assert isinstance(error, Undeliverable)
    assert (error.reason, len(fake.calls)) == (meant, 1)


@pytest.mark.parametrize(("status", "reason"), [(401, "invalid_auth"), (403, "access_denied")])
def test_a_token_that_is_refused_is_changed_once_and_then_the_tenant_is_shut(status, reason):
    async def renew(spent: str) -> str:
        return f"{spent}-renewed"

    error, fake = tried(no(status, "Forbidden"), renew=renew)

    assert isinstance(error, Disconnected)
    assert error.reason == reason
    assert [call.token for call in fake.calls] == ["t1", "t1-renewed"]


def test_a_fresh_token_lets_the_same_message_through():
    async def renew(spent: str) -> str:
        return "t2"

    found, fake = tried(no(401), ok(id="5"), renew=renew)

    assert found == "5"
    assert [call.token for call in fake.calls] == ["t1", "t2"]


def test_without_another_token_it_is_asked_once_only():
    error, fake = tried(no(401, "BotNotRegistered"))

    assert isinstance(error, Disconnected)
    assert len(fake.calls) == 1


@pytest.mark.parametrize(
    ("answer", "code", "status"),
    [
        (no(404, "ConversationNotFound"), "ConversationNotFound", 404),
        (no(404, "ActivityNotFoundInConversation"), "ActivityNotFoundInConversation", 404),
        (no(413, "RequestEntityTooLarge"), "MessageSizeTooBig", 413),
        (no(400, "Bad Argument"), "Bad Argument", 400),
        (body(400, "<html>"), "http_400", 400),
        (body(404, '{"error": {"code": "Zoë wrote: hello"}}'), "http_404", 404),
    ],
)
def test_a_refusal_that_lies_with_what_was_asked_is_named_by_its_code(answer, code, status):
    error, _ = tried(answer)

    assert isinstance(error, Rejected)
    assert (error.code, error.status) == (code, status)


@pytest.mark.parametrize("answer", [reset, hang, body(500, ""), body(501, "{}")])
def test_what_broke_after_the_request_was_written_is_unsure(answer):
    error, fake = tried(answer, timeout_s=0.2)

    assert isinstance(error, Unsure)
    assert len(fake.calls) == 1


def test_what_could_not_be_reached_was_surely_not_done():
    async def story() -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))  # bound and not listening: refused
            address = f"http://127.0.0.1:{taken.getsockname()[1]}/"

            async def token() -> str:
                return "t1"

            connector = Connector(token, address.__eq__)
            try:
                await connector.post(replace(ANA, service_url=address), HELLO)
            finally:
                await connector.aclose()

    with pytest.raises(TryLater, match="unreachable") as later:
        asyncio.run(story())
    assert later.value.retry_after_s == 5.0


def test_a_token_that_cannot_be_had_just_now_means_later():
    async def token() -> str:
        raise TimeoutError

    async def story() -> None:
        await Connector(token, ANA.service_url.__eq__).post(ANA, HELLO)

    with pytest.raises(TryLater, match="no_token"):
        asyncio.run(story())


def test_a_message_that_was_taken_without_an_id_was_taken():
    assert [tried(answer)[0] for answer in (body(202, ""), body(201, "[]"))] == ["", ""]


def test_whom_teams_throttles_is_left_alone_for_so_long():
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async def twice(connector: Connector, fake: Scripted) -> str:
        with pytest.raises(TryLater):
            await connector.post(fake.here(), HELLO)
        return await connector.post(fake.here(), HELLO)

    limiter = Limiter(time=lambda: sum(waited), sleep=sleep)
    found, _ = tried(no(429, "Throttled", Retry_After="1.5"), ok(id="2"), ask=twice, limiter=limiter)

    assert found == "2"
    assert waited == [1.5]


@given(status=st.integers(300, 599), text=st.binary(max_size=200), header=st.text(max_size=30))
def test_whatever_is_answered_means_something(status, text, header):
    error = refusal(status, {"Retry-After": header}, text, MONDAY)

    assert isinstance(error, PlatformError)
    assert len(str(error)) <= 60


def test_no_error_and_no_log_holds_a_token_or_a_text(canary):
    async def story() -> str:
        async with Scripted(body(403, '{"error": {"code": "free words"}}')) as fake:
            connector = fake.connector("secret-token")
            with pytest.raises(Disconnected) as shut:
                await connector.post(fake.here(), {"type": "message", "text": "private words"})
            await connector.aclose()
            return repr(shut.value) + str(shut.value.__cause__) + str(shut.value.__context__)

    said = asyncio.run(story())

    assert not any(word in said for word in ("secret-token", "private words", "free words"))
