"""The checker finds each fault that an app can have, and nothing in a clean history."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.fakes import FakeClock
from tests.platforms.slack import checker, faults
from tests.platforms.slack.history import read
from tests.platforms.slack.listening import Listener, listening
from tests.platforms.slack.people import Json

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def message(delivery: str, **more: Any) -> Json:
    metadata = {"event_type": "rapport_delivery", "event_payload": {"d": delivery}}
    quiet = {"unfurl_links": False, "unfurl_media": False}
    return {
        "channel": "U1",
        "text": "A question.",
        "metadata": metadata,
        "client_msg_id": delivery,
        **quiet,
        **more,
    }


async def sends(app: Listener, *messages: Json) -> None:
    app.fake.add_user("U1", name="lena.vogt")
    for one in messages:
        try:
            await app.client.api_call("chat.postMessage", json=one)
        except SlackApiError:
            continue


def found(*messages: Json, rows: list[tuple[str, str]] | None = None, **more: Any) -> list[str]:
    """Send these messages and return what the checker says."""

    async def story() -> list[str]:
        async with listening(**more) as app:
            await sends(app, *messages)
            return checker.check(app.fake, rows)

    return asyncio.run(story())


def test_nothing_is_said_of_an_app_that_does_all_right() -> None:
    assert found(message("d-1"), message("d-2"), rows=[("d-1", "sent"), ("d-2", "sent")]) == []


def test_a_delivery_accepted_twice_is_named() -> None:
    assert found(message("d-1"), message("d-1"), rows=[("d-1", "sent")]) == [
        "delivery d-1 was accepted 2 times"
    ]


def test_a_reply_accepted_twice_is_named() -> None:
    reply = {name: value for name, value in message("r-1").items() if name != "metadata"}

    assert found(reply, reply) == ["reply r-1 was accepted 2 times"]
    assert found(reply, {**reply, "client_msg_id": "r-2"}) == []


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"text": " "}, "a message without text"),
        ({"unfurl_links": True}, "unfurl_links is not off"),
        ({"unfurl_media": None}, "unfurl_media is not off"),
        ({"client_msg_id": None}, "a post without client_msg_id"),
        ({"blocks": []}, "an empty list of blocks"),
        (
            {"metadata": {"event_type": "rapport_delivery", "event_payload": {"d": "d-1", "name": "x"}}},
            "metadata holds more than a delivery's id",
        ),
        (
            {"metadata": {"event_type": "answer", "event_payload": {"d": "d-1"}}},
            "metadata holds more than a delivery's id",
        ),
    ],
)
def test_each_fault_of_a_message_is_named(wrong: Json, said: str) -> None:
    blocks = [{"type": "divider"}]
    sent = {k: v for k, v in (message("d-1", blocks=blocks) | wrong).items() if v is not None}

    complaints = found(sent)

    assert [c.partition(": ")[2] for c in complaints] == [said]
    assert complaints[0].startswith("chat.postMessage to U1 at ")


def test_names_in_metadata_are_found() -> None:
    named = {"event_type": "rapport_delivery", "event_payload": {"d": "lena.vogt"}}

    assert found(message("d-1", metadata=named)) == ["metadata names lena.vogt"]


def test_blocks_and_views_that_slack_would_refuse_are_named() -> None:
    def validate(content: Json, surface: str) -> list[str]:
        return [f"{b['type']} on {surface}" for b in content["blocks"] if b["type"] == "alert"]

    async def story() -> None:
        async with listening(validate=validate) as app:
            await sends(app, message("d-1", blocks=[{"type": "alert"}]))
            view = {"type": "home", "blocks": [{"type": "alert"}]}
            with pytest.raises(SlackApiError, match="alert on home"):
                await app.client.views_publish(user_id="U1", view=view)

            assert [c.partition(": ")[2] for c in checker.check(app.fake)] == [
                "alert on message",
                "alert on home",
            ]

    asyncio.run(story())


def test_more_than_the_limit_is_named_though_it_was_let_through() -> None:
    async def story() -> None:
        async with listening(clock=FakeClock()) as app:
            await sends(app, *(message(f"d-{n}") for n in range(10)))
            limits = app.fake.limits.anew()
            complaints = checker.violations(app.fake.calls, limits=limits)

            assert len(complaints) == 5, "five at once, then one a second"
            assert all(c.endswith("over the limit") for c in complaints)

    asyncio.run(story())


def test_within_enforced_limits_nothing_is_over() -> None:
    messages = [message(f"d-{n}") for n in range(10)]

    assert found(*messages, limits=True) == []


@pytest.mark.parametrize(("looks", "complaints"), [(False, 1), (True, 0)])
def test_opening_a_conversation_is_for_looking_not_for_posting(looks: bool, complaints: int) -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            channel = (await app.client.conversations_open(users="U1"))["channel"]["id"]
            if looks:
                await app.client.conversations_history(channel=channel)
            await sends(app, message("d-1"))

            assert len(checker.check(app.fake)) == complaints
            assert checker.check(app.fake, cut_off=True) == []

    asyncio.run(story())


@pytest.mark.parametrize(
    ("text", "blocks", "complaints"),
    [
        ("Favourable: 62 %", [{"type": "divider"}], 1),
        ("A chart.", [{"type": "data_table"}], 1),
        ("Welcome to the team on 3 May!", [{"type": "divider"}], 0),
    ],
)
def test_figures_in_a_channel_are_named(text: str, blocks: list[Json], complaints: int) -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            channel = app.fake.add_channel("U1")
            await sends(
                app,
                message("d-1", text=text, blocks=blocks),
                message("d-2", channel=channel.id, text=text, blocks=blocks),
            )
            await app.fake.person("U1").says("/roi-report", channel=channel.id)
            url = app.heard[-1].payload["response_url"]
            await app.session.post(url, json={"text": text, "blocks": blocks})
            alone = checker.check(app.fake)
            await app.session.post(url, json={"text": text, "blocks": blocks, "response_type": "in_channel"})

            assert len(alone) == complaints
            assert len(checker.check(app.fake)) == 2 * complaints

    asyncio.run(story())


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (("d-2", "sent"), "delivery d-2 is lost: marked as sent, never accepted"),
        (("d-1", "dead"), "delivery d-1 is dead, yet it was accepted"),
        (("d-1", "cancelled"), "delivery d-1 is cancelled, yet it was accepted"),
        (("d-1", "sending"), "delivery d-1 is still sending"),
        (("d-1", "uncertain"), "delivery d-1 is still uncertain"),
    ],
)
def test_rows_of_the_outbox_that_say_otherwise_are_named(row: tuple[str, str], said: str) -> None:
    async def story() -> None:
        async with listening() as app:
            await sends(app, message("d-1"))
            rows = [row] if row[0] == "d-1" else [("d-1", "sent"), row]

            assert checker.check(app.fake, rows, reconciled=True) == [said]
            assert checker.check(app.fake, [("d-1", "expired")], reminders={"d-1"}) == []
            assert checker.check(app.fake, []) == [
                "delivery d-1 was accepted, but no row of the outbox is behind it"
            ]

    asyncio.run(story())


def test_what_was_accepted_without_an_answer_counts_as_accepted() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.faults.next("chat.postMessage", faults.broken_after(500), faults.unavailable())
            await sends(app, message("d-1"), message("d-2"), message("d-1"))

            assert checker.check(app.fake, [("d-1", "sent"), ("d-2", "retry")]) == [
                "delivery d-1 was accepted 2 times"
            ]

    asyncio.run(story())


def test_the_journal_tells_the_same_as_the_memory(tmp_path: Path) -> None:
    async def story() -> None:
        journal = tmp_path / "journal.jsonl"
        async with listening(journal=journal) as app:
            await sends(app, message("d-1", text="Grüße"), message("d-1"))
            kept = list(app.fake.calls)

        with journal.open("ab") as torn:
            torn.write(b'{"at": 1.0, "te')
        assert list(read(journal)) == kept
        assert checker.violations(list(read(journal))) == ["delivery d-1 was accepted 2 times"]

    asyncio.run(story())
