"""What the guard lets through and what it turns away, over a real server and under a good token."""

import asyncio
import json
from typing import Any

import pytest

from adapters import inbound
from adapters.inbound import DEEPEST, LIMIT
from tests.adapters.teams.front import LENA, Door, told

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def nested(levels: int) -> Any:
    value: Any = "x"
    for _ in range(levels):
        value = [value]
    return value


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"null", 400),
        (b"[]", 400),
        (b"1", 400),
        (b"{}", 400),
        (b'{"type": NaN}', 400),
        (b"\xff\xfe{", 400),
        (b'{"type": "\\u0000"}', 400),
        (b'{"type": "\\ud800"}', 400),
        (b"[" * 100_000, 400),
        (b" " * LIMIT + b"{}", 413),
    ],
)
def test_what_is_no_activity_is_turned_away(body: bytes, status: int) -> None:
    async def story(door: Door) -> None:
        answer = await door.fake.reach.raw(body, door.fake.reach.signed({}))

        assert (answer.status, door.activities) == (status, [])

    told(story)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": None},
        {"type": ""},
        {"type": 1},
        {"type": "message\n"},
        {"type": "x" * 41},
        {"channelId": None},
        {"channelId": ["msteams"]},
        {"serviceUrl": None},
        {"serviceUrl": {}},
        {"serviceUrl": ""},
        {"conversation": None},
        {"conversation": "a:1"},
        {"conversation": {}},
        {"conversation": {"id": 1}},
        {"conversation": {"id": ""}},
        {"value": nested(DEEPEST)},
    ],
)
def test_an_activity_of_another_shape_is_turned_away(wrong: dict[str, Any]) -> None:
    async def story(door: Door) -> None:
        said = door.said()
        headers = door.fake.reach.signed(said)
        answer = await door.fake.reach.raw(json.dumps(said | wrong).encode(), headers)

        assert (answer.status, door.activities) == (400, [])

    told(story)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Content-Type": "text/plain"}, 415),
        ({"Content-Type": ""}, 415),
        ({"Content-Type": "application/x-www-form-urlencoded"}, 415),
        ({"Content-Encoding": "gzip"}, 415),
        ({"Content-Type": "APPLICATION/JSON;charset=utf-8"}, 200),
    ],
)
def test_another_kind_of_request_is_turned_away(headers: dict[str, str], status: int) -> None:
    async def story(door: Door) -> None:
        said = door.said()
        answer = await door.fake.reach.raw(json.dumps(said).encode(), door.fake.reach.signed(said) | headers)

        assert answer.status == status

    told(story)


def test_other_methods_find_no_door() -> None:
    async def story(door: Door) -> None:
        session = door.fake.reach._session
        assert session is not None
        async with session.get(door.fake.messages_url) as got:
            assert got.status == 405

    told(story)


def test_a_body_that_trickles_in_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound, "PATIENCE_S", 0.05)

    async def story(door: Door) -> None:
        port = int(door.fake.messages_url.split(":")[2].split("/")[0])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        token = door.fake.reach.signed(door.said())["Authorization"]
        lines = f"POST /api/messages HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\nContent-Length: 100\r\n"
        writer.write(f"{lines}Content-Type: application/json\r\n\r\n{{".encode())
        status = await reader.readline()
        writer.close()
        await writer.wait_closed()

        assert b" 400 " in status

    told(story)


def test_two_tokens_are_none() -> None:
    async def story(door: Door) -> None:
        said = door.said()
        token = door.fake.reach.signed(said)["Authorization"]
        session = door.fake.reach._session
        assert session is not None
        headers = [("Authorization", token), ("Authorization", token), ("Content-Type", "application/json")]
        async with session.post(door.fake.messages_url, json=said, headers=headers) as answer:
            assert answer.status == 401

    told(story)


def tenant(named: Any) -> dict[str, Any]:
    return {"channelData": {"tenant": {"id": named}}}


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"channelId": "webchat"}, 403),
        ({"channelId": "MSTEAMS"}, 401),  # the key does not endorse it
        ({"channelId": "emulator"}, 401),
        ({"serviceUrl": "https://smba.trafficmanager.net/emea/"}, 403),
        ({"serviceUrl": "http://127.0.0.1:1/emea/"}, 403),
        (tenant("another-tenant"), 403),
        (tenant(""), 403),
        (tenant(1), 403),
        (tenant(["another-tenant"]), 403),
    ],
)
def test_what_is_signed_but_not_for_us_is_turned_away(wrong: dict[str, Any], status: int) -> None:
    async def story(door: Door) -> None:
        answer = await door.posts(door.said(**wrong))

        assert (answer.status, door.activities) == (status, [])

    told(story)


def test_who_has_no_good_token_is_not_told_which_tenants_are_served() -> None:
    async def story(door: Door) -> None:
        for wrong in ({}, tenant("another-tenant"), {"serviceUrl": "https://evil.example/"}):
            answer = await door.posts(door.said(**wrong), aud="another-app")
            assert (answer.status, answer.body) == (401, {"error": "claims"})

    told(story)


def test_a_tenant_is_named_in_the_conversation_in_the_channel_data_or_in_both() -> None:
    async def story(door: Door) -> None:
        place = door.fake.open_for(LENA)
        assert place is not None
        bare = {"conversationType": "personal", "id": place.id}
        named, upper = bare | {"tenantId": door.fake.tenant}, bare | {"tenantId": door.fake.tenant.upper()}
        other = bare | {"tenantId": "another-tenant"}
        statuses = [
            (await door.posts(door.said(conversation=conversation, channelData=data))).status
            for conversation, data in (
                (named, {}),
                (named, None),
                (bare, {"tenant": {"id": door.fake.tenant}}),
                (upper, {"tenant": {"id": door.fake.tenant}}),
                (bare, {}),
                (bare, {"tenant": "x"}),
                (other, {"tenant": {"id": door.fake.tenant}}),
                (named, {"tenant": {"id": "another-tenant"}}),
            )
        ]

        assert statuses == [200, 200, 200, 200, 403, 403, 403, 403]

    told(story)


def test_every_tenant_that_is_named_is_served() -> None:
    async def story(door: Door) -> None:
        place = door.fake.open_for(LENA)
        assert place is not None
        place.tenant = "second-tenant"

        assert (await door.lena.says("hello")).status == 200

    told(story, tenants=("first-tenant", "Second-Tenant"))
