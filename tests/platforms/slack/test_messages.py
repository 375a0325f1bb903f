"""Posting and reading back, by the real clients of slack_sdk."""

import asyncio

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.fakes import FakeClock
from tests.platforms.slack.listening import listening
from tests.platforms.slack.people import Json
from tests.platforms.slack.server import FakeSlack

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

METADATA = {"event_type": "rapport_delivery", "event_payload": {"d": "d1"}}
BUTTONS: Json = {
    "type": "actions",
    "elements": [{"type": "button", "text": {"type": "plain_text", "text": "Yes"}, "value": "yes"}],
}


def code(error: pytest.ExceptionInfo[SlackApiError]) -> str:
    return str(error.value.response["error"])


def test_a_post_to_a_users_id_opens_the_conversation_and_can_be_read_back_with_its_metadata() -> None:
    async def story() -> None:
        async with listening() as app:
            lena = app.fake.add_user("U1")
            posted = await app.client.chat_postMessage(
                channel=lena.id, text="Good morning.", metadata=METADATA, client_msg_id="c1"
            )
            plain = await app.client.conversations_history(channel=posted["channel"])
            whole = await app.client.conversations_history(
                channel=posted["channel"], include_all_metadata=True
            )

            assert posted["channel"].startswith("D")
            assert "metadata" not in plain["messages"][0]
            assert whole["messages"][0]["metadata"] == METADATA
            assert whole["messages"][0]["client_msg_id"] == "c1"
            assert app.fake.history[0].delivery == "d1"

    asyncio.run(story())


def test_every_ts_is_later_than_the_one_before_though_the_clock_stands_still(clock: FakeClock) -> None:
    with FakeSlack.in_thread(clock=clock, limits=False) as fake:
        fake.add_user("U1")
        client = WebClient(fake.bot_token, base_url=fake.url)
        stamps = [client.chat_postMessage(channel="U1", text="x")["ts"] for _ in range(5)]

        assert stamps == sorted(set(stamps))


def test_an_update_replaces_what_it_names_in_place_and_keeps_the_rest() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            first = await app.client.chat_postMessage(channel="U1", text="first", blocks=[BUTTONS])
            await app.client.chat_postMessage(channel="U1", text="second")
            await app.client.chat_update(channel=first["channel"], ts=first["ts"], text="changed")
            kept = app.fake.person("U1").messages()
            await app.client.chat_update(channel=first["channel"], ts=first["ts"], text="bare", blocks=[])

            assert [(m.text, m.buttons) for m in kept] == [("changed", ["Yes"]), ("second", [])]
            assert [(m.text, m.buttons) for m in app.fake.person("U1").messages()] == [
                ("bare", []),
                ("second", []),
            ]

    asyncio.run(story())


def test_history_is_paged_newest_first_and_a_thread_oldest_first() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            top = await app.client.chat_postMessage(channel="U1", text="0")
            for n in range(1, 5):
                await app.client.chat_postMessage(channel="U1", text=str(n))
            await app.client.chat_postMessage(channel="U1", text="answer", thread_ts=top["ts"])
            pages = [
                [m["text"] for m in page["messages"]]
                async for page in await app.client.conversations_history(channel=top["channel"], limit=2)
            ]
            since = await app.client.conversations_history(channel=top["channel"], oldest=top["ts"])
            thread = await app.client.conversations_replies(channel=top["channel"], ts=top["ts"])

            assert pages == [["4", "3"], ["2", "1"], ["0"]]
            assert [m["text"] for m in since["messages"]] == ["4", "3", "2", "1"]
            assert [m["text"] for m in thread["messages"]] == ["0", "answer"]

    asyncio.run(story())


def test_an_ephemeral_message_is_seen_by_one_and_is_in_no_history() -> None:
    async def story() -> None:
        async with listening() as app:
            lena, kofi = app.fake.add_user("U1"), app.fake.add_user("U2")
            channel = app.fake.add_channel(lena.id, kofi.id)
            await app.client.chat_postEphemeral(channel=channel.id, user=lena.id, text="for you")
            history = await app.client.conversations_history(channel=channel.id)

            assert [s.text for s in app.fake.person("U1").ephemeral(channel.id)] == ["for you"]
            assert app.fake.person("U2").sees(channel.id) == []
            assert history["messages"] == []

    asyncio.run(story())


def test_what_cannot_be_posted_is_refused_with_slacks_own_code() -> None:
    refusals: list[tuple[Json, str]] = [
        ({"channel": "U404", "text": "x"}, "channel_not_found"),
        ({"channel": "C404", "text": "x"}, "channel_not_found"),
        ({"channel": "U1"}, "no_text"),
        ({"channel": "UBOT", "text": "x"}, "cannot_dm_bot"),
        ({"channel": "U1", "text": "x", "thread_ts": "1.2"}, "thread_not_found"),
        ({"channel": "U1", "text": "x", "metadata": {"event_type": ""}}, "invalid_metadata_format"),
        ({"channel": "U1", "text": "x", "blocks": [{"type": "bad"}]}, "invalid_blocks"),
    ]

    def validate(content: Json, surface: str) -> list[str]:
        return [f"no {b['type']} on a {surface}" for b in content["blocks"] if b["type"] == "bad"]

    with FakeSlack.in_thread(validate=validate, limits=False) as fake:
        fake.add_user("U1")
        fake.add_user("UBOT", is_bot=True)
        client = WebClient(fake.bot_token, base_url=fake.url)
        for arguments, expected in refusals:
            with pytest.raises(SlackApiError) as error:
                client.api_call("chat.postMessage", json=arguments)
            assert code(error) == expected

        assert fake.history == []
        assert [call.outcome for call in fake.calls] == [expected for _, expected in refusals]


def test_forms_queries_and_json_are_the_same_to_slack() -> None:
    with FakeSlack.in_thread(limits=False) as fake:
        fake.add_user("U1")
        client = WebClient(fake.bot_token, base_url=fake.url)
        as_json = {"channel": "U1", "text": "x", "blocks": [BUTTONS]}
        as_text = {"channel": "U1", "text": "x", "blocks": '[{"type": "actions", "elements": []}]'}
        client.api_call("chat.postMessage", json=as_json)
        client.api_call("chat.postMessage", data=as_text)
        client.api_call("chat.postMessage", http_verb="GET", params=as_text)

        assert [[b["type"] for b in m.blocks] for m in fake.person("U1").messages()] == [["actions"]] * 3


def test_the_token_is_asked_for_checked_and_bound_to_its_scopes() -> None:
    with FakeSlack.in_thread(limits=False) as fake:
        fake.add_user("U1")
        fake.grant.scopes = frozenset({"users:read"})
        gone = fake.grant_to(fake.home, "xoxb-gone")
        gone.revoked = True
        asked = [
            ("", "users.info", "not_authed"),
            ("xoxb-wrong", "users.info", "invalid_auth"),
            ("xoxb-gone", "users.info", "token_revoked"),
            (fake.bot_token, "chat.postMessage", "missing_scope"),
            (fake.bot_token, "users.unheardOf", "unknown_method"),
            (fake.bot_token, "apps.connections.open", "not_allowed_token_type"),
            (fake.app_token, "users.info", "not_allowed_token_type"),
        ]
        for token, method, expected in asked:
            with pytest.raises(SlackApiError) as error:
                WebClient(token, base_url=fake.url).api_call(method, params={"user": "U1"})
            assert code(error) == expected

        shown = WebClient(fake.bot_token, base_url=fake.url).users_info(user="U1")
        assert "email" not in shown["user"]["profile"]
        assert shown.headers["X-OAuth-Scopes"] == "users:read"
