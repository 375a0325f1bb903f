import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from adapters.slack import send
from adapters.slack.render import forms
from adapters.slack.send import Connection, SlackPlatform
from bot.clock import SystemClock
from bot.errors import Disconnected, PlatformError, TryLater, Undeliverable, Unsure
from bot.talk.cards import Action, Button, Buttons, Card, Chart, Note, Text
from bot.talk.events import Profile
from bot.talk.platform import Address, DeliveryId, Receipt, Unknown
from tests.adapters.local import cards
from tests.adapters.slack.scripted import Scripted, ok
from tests.adapters.slack.virtual import Patience
from tests.platforms.slack import FakeSlack
from tests.platforms.slack.blocks import problems
from tests.platforms.slack.checker import check
from tests.platforms.slack.faults import broken_after, hang, refuse, reset, slow_down, unavailable
from tests.platforms.slack.history import Call

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

HELLO = Card(
    "Hello", (Text("One thing for you."), Buttons((Button("Go", Action("go", "1")),))), "Hello from Rapport."
)
PICTURE = next(element for element in cards.report().elements if isinstance(element, Chart))
DRAWN = replace(HELLO, elements=(PICTURE, *HELLO.elements))
D1 = DeliveryId("d1")


@asynccontextmanager
async def connected(**connection: Any) -> AsyncIterator[tuple[FakeSlack, SlackPlatform]]:
    async with FakeSlack(limits=False, validate=problems) as slack:
        slack.add_user("U1", name="lena.k", real_name="Lena Krüger", locale="de-DE")
        known = {"bot_token": slack.bot_token, "api_url": slack.url} | connection
        platform = SlackPlatform(Connection(**known))
        platform.web._limiter = Patience().limiter()
        try:
            yield slack, platform
        finally:
            await platform.aclose()


Story = Callable[[FakeSlack, SlackPlatform], Awaitable[Any]]


def tell(story: Story, **connection: Any) -> Any:
    async def all_of_it() -> Any:
        async with connected(**connection) as (slack, platform):
            return await story(slack, platform)

    return asyncio.run(all_of_it())


def lena(slack: FakeSlack, thread: str = "") -> Address:
    return Address("slack", slack.team, "U1", thread)


def stands(slack: FakeSlack, post: Call) -> Receipt:
    """Return where an accepted post to Lena stands."""
    channel = slack.open_for("U1")
    assert channel is not None
    return Receipt(channel.id, post.result["ts"])


def now() -> Any:
    return SystemClock().now()


# --- sending ---


def test_a_card_is_posted_to_the_users_id_with_an_id_of_its_own_and_nothing_unfurled() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        receipt = await platform.send(lena(slack), HELLO, D1)

        (post,) = slack.history
        assert post.arguments["channel"] == "U1"
        assert post.arguments["text"] == "Hello from Rapport."
        assert post.arguments["metadata"] == {"event_type": "rapport_delivery", "event_payload": {"d": "d1"}}
        assert UUID(post.arguments["client_msg_id"]).version == 5
        assert {post.arguments["unfurl_links"], post.arguments["unfurl_media"]} in ({"false"}, {False})
        assert receipt == stands(slack, post)
        assert "conversations.open" not in {call.method for call in slack.calls}

    tell(story)


def test_the_same_delivery_has_the_same_id_and_another_one_another() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> list[str]:
        for delivery in ("d1", "d1", "d2"):
            await platform.send(lena(slack), HELLO, DeliveryId(delivery))
        return [call.arguments["client_msg_id"] for call in slack.history]

    first, again, other = tell(story)

    assert first == again != other


def test_a_reply_goes_into_its_thread() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        parent = await platform.send(lena(slack), HELLO, D1)
        await platform.send(lena(slack, parent.message), HELLO, DeliveryId("d2"))

        assert slack.history[-1].arguments["thread_ts"] == parent.message

    tell(story)


def test_to_a_hundred_people_no_conversation_is_opened_and_one_connection_is_enough() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        for number in range(2, 102):
            slack.add_user(f"U{number}")
            await platform.send(Address("slack", slack.team, f"U{number}"), HELLO, DeliveryId(f"d{number}"))

        assert [call.method for call in slack.calls] == ["chat.postMessage"] * 100
        assert len(slack.peers) == 1

    tell(story)


# --- more plainly ---


def test_where_charts_are_refused_the_message_goes_without_them_and_once() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        slack.charts = False
        await platform.send(lena(slack), DRAWN, D1)

        assert [call.outcome for call in slack.calls] == ["invalid_blocks", "ok"]
        assert "data_visualization" not in json.dumps(slack.history[0].arguments["blocks"])
        (message,) = slack.person("U1").messages()
        assert "Hello" in message.text

    tell(story)


@pytest.mark.parametrize(
    "code", ["invalid_blocks", "msg_too_long", "msg_blocks_too_long", "invalid_blocks_format"]
)
def test_what_slack_finds_too_much_goes_as_its_sentence_alone(code: str) -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        slack.faults.next("chat.postMessage", refuse(code), times=3)
        await platform.send(lena(slack), DRAWN, D1)

        (post,) = slack.history
        assert post.arguments["text"] == "Hello from Rapport."
        assert "blocks" not in post.arguments
        assert len({call.arguments["client_msg_id"] for call in slack.calls}) == 1

    tell(story)


def test_what_slack_finds_too_much_keeps_its_buttons_before_it_becomes_a_bare_sentence() -> None:
    asked = Card(
        "Hello", (Text("x"), Note("y"), Buttons((Button("Go", Action("go")),))), "Hello from Rapport."
    )

    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        slack.faults.next("chat.postMessage", refuse("invalid_blocks"))
        await platform.send(lena(slack), asked, D1)

        (shown,) = slack.person("U1").messages()
        assert [block["type"] for block in shown.blocks] == ["section", "actions"]
        assert shown.buttons == ["Go"]
        assert len({call.arguments["client_msg_id"] for call in slack.calls}) == 1

    tell(story)


def test_a_card_without_charts_is_not_tried_twice_in_the_same_form() -> None:
    assert len(list(forms(HELLO))) == 3
    assert len(list(forms(DRAWN))) == 4


def test_what_is_refused_even_as_a_sentence_is_undeliverable() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        slack.faults.always("chat.postMessage", refuse("msg_too_long"))
        await platform.send(lena(slack), HELLO, D1)

    with pytest.raises(Undeliverable, match="msg_too_long"):
        tell(story)


# --- what goes wrong ---

OF_THE_PERSON = [
    "user_not_found",
    "user_disabled",
    "channel_not_found",
    "cannot_dm_bot",
    "is_archived",
    "not_in_channel",
    "brand_new",
]


@pytest.mark.parametrize("code", OF_THE_PERSON)
def test_what_lies_with_the_person_ends_this_message_and_says_why(code: str) -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        slack.faults.always("chat.postMessage", refuse(code))
        with pytest.raises(Undeliverable) as no:
            await platform.send(lena(slack), HELLO, D1)
        assert no.value.reason == code
        assert len(slack.calls) == 1

    tell(story)


@pytest.mark.parametrize("code", ["token_revoked", "invalid_auth", "messages_tab_disabled", "missing_scope"])
def test_what_lies_with_the_workspace_shuts_it(code: str) -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        slack.faults.always("chat.postMessage", refuse(code))
        with pytest.raises(Disconnected, match=code):
            await platform.send(lena(slack), HELLO, D1)

    tell(story)


def test_an_inactive_account_is_theirs_as_long_as_ours_is_fine() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        slack.faults.always("chat.postMessage", refuse("account_inactive"))
        with pytest.raises(Undeliverable, match="account_inactive"):
            await platform.send(lena(slack), HELLO, D1)
        slack.faults.always("auth.test", refuse("account_inactive"))
        with pytest.raises(Disconnected, match="account_inactive"):
            await platform.send(lena(slack), HELLO, D1)

    tell(story)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (slow_down("7"), TryLater),
        (slow_down("0.5"), TryLater),
        (unavailable(500), Unsure),
        (unavailable(502), Unsure),
        (unavailable(503), Unsure),
        (broken_after(504), Unsure),
        (reset(), Unsure),
        (reset(after=True), Unsure),
    ],
)
def test_a_fault_is_read_and_nothing_is_sent_again(fault: Any, kind: type[PlatformError]) -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        slack.faults.next("chat.postMessage", fault)
        with pytest.raises(kind):
            await platform.send(lena(slack), HELLO, D1)
        assert len(slack.calls) == 1
        assert len(slack.history) == fault.accepted

    tell(story)


def test_an_answer_without_a_receipt_is_no_proof() -> None:
    async def story() -> None:
        async with Scripted(ok()) as slack:
            platform = SlackPlatform(Connection(bot_token="xoxb-1", api_url=slack.url))
            try:
                await platform.send(Address("slack", "T1", "U1"), HELLO, D1)
            finally:
                await platform.aclose()

    with pytest.raises(Unsure):
        asyncio.run(story())


# --- finding ---


def test_a_post_whose_answer_never_came_is_found_and_stands_there_once() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        began = now()
        slack.faults.next("chat.postMessage", hang(after=True))
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.2):
                await platform.send(lena(slack), HELLO, D1)

        found = await platform.find(lena(slack), D1, began)

        assert found == stands(slack, slack.history[0])
        assert await platform.find(lena(slack), DeliveryId("d2"), began) is None
        assert len(slack.person("U1").messages()) == 1

    tell(story)


def test_a_reply_is_looked_for_in_its_thread() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        parent = await platform.send(lena(slack), HELLO, D1)
        reply = await platform.send(lena(slack, parent.message), HELLO, DeliveryId("d2"))

        assert await platform.find(lena(slack, parent.message), DeliveryId("d2"), now()) == reply
        assert await platform.find(lena(slack), DeliveryId("d2"), now()) is None

    tell(story)


def test_a_message_is_found_though_the_rules_clock_is_ahead() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        receipt = await platform.send(lena(slack), HELLO, D1)

        assert await platform.find(lena(slack), D1, now() + timedelta(days=90)) == receipt

    tell(story)


def test_the_search_goes_on_over_pages_and_gives_up_in_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(send, "PAGE", 4)

    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        receipt = await platform.send(lena(slack), HELLO, D1)
        for number in range(18):
            await platform.send(lena(slack), HELLO, DeliveryId(f"e{number}"))
        assert await platform.find(lena(slack), D1, now()) == receipt
        for number in range(2):
            await platform.send(lena(slack), HELLO, DeliveryId(f"f{number}"))
        assert await platform.find(lena(slack), D1, now()) == Unknown()

    tell(story)


def test_without_leave_to_read_nobody_is_asked() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        await platform.send(lena(slack), HELLO, D1)
        assert await platform.find(lena(slack), D1, now()) == Unknown()
        assert len(slack.calls) == 1

    tell(story, reconcile=False)


@pytest.mark.parametrize(
    ("method", "code"),
    [
        ("conversations.history", "missing_scope"),
        ("conversations.open", "user_disabled"),
        ("conversations.history", "channel_not_found"),
    ],
)
def test_where_reading_is_refused_nobody_can_tell(method: str, code: str) -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        slack.faults.always(method, refuse(code))
        assert await platform.find(lena(slack), D1, now()) == Unknown()

    tell(story)


def test_a_workspace_that_is_shut_says_so_when_it_is_asked() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        slack.faults.always("conversations.open", refuse("token_revoked"))
        await platform.find(lena(slack), D1, now())

    with pytest.raises(Disconnected, match="token_revoked"):
        tell(story)


@pytest.mark.parametrize(
    "message",
    [
        "odd",
        {},
        {"metadata": None},
        {"metadata": {"event_type": "other", "event_payload": {"d": "d1"}}},
        {"metadata": {"event_type": "rapport_delivery", "event_payload": "d1"}},
        {"metadata": {"event_type": "rapport_delivery", "event_payload": {"d": 1}}},
    ],
)
def test_other_peoples_messages_are_not_ours(message: Any) -> None:
    async def story() -> Any:
        async with Scripted(ok(messages=[message])) as slack:
            slack.by_method["conversations.open"] = [ok(channel={"id": "D1"})]
            platform = SlackPlatform(Connection(bot_token="xoxb-1", api_url=slack.url))
            try:
                return await platform.find(Address("slack", "T1", "U1"), D1, now())
            finally:
                await platform.aclose()

    assert asyncio.run(story()) is None


# --- changing, Home, people ---


def test_a_message_is_changed_in_place() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        receipt = await platform.send(lena(slack), HELLO, D1)
        await platform.edit(lena(slack), receipt, replace(HELLO, title="Thank you", fallback="Saved."))

        (message,) = slack.person("U1").messages()
        assert (message.text, "Thank you" in json.dumps(message.body["blocks"])) == ("Saved.", True)
        with pytest.raises(Undeliverable, match="message_not_found"):
            await platform.edit(lena(slack), Receipt(receipt.conversation, "1.000001"), HELLO)

    tell(story)


def test_a_message_that_is_changed_to_its_sentence_alone_keeps_no_button_of_before() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        receipt = await platform.send(lena(slack), HELLO, D1)
        slack.faults.next("chat.update", refuse("invalid_blocks"))  # whole
        slack.faults.next("chat.update", refuse("invalid_blocks"))  # its sentence with its buttons
        await platform.edit(lena(slack), receipt, HELLO)

        (message,) = slack.person("U1").messages()
        assert (message.text, message.buttons) == ("Hello from Rapport.", [])
        assert check(slack) == []

    tell(story)


def test_a_home_is_published_and_where_charts_are_refused_with_their_summaries() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        slack.charts = False
        await platform.home(lena(slack), DRAWN)

        view = slack.history[-1].arguments["view"]
        assert view["type"] == "home"
        assert "data_visualization" not in json.dumps(view)
        assert PICTURE.summary[:40] in json.dumps(view, ensure_ascii=False)

    tell(story)


@pytest.mark.parametrize(("card", "calls"), [(HELLO, 1), (DRAWN, 2)])
@pytest.mark.parametrize("code", ["invalid_blocks", "invalid_arguments"])
def test_a_home_that_slack_does_not_take_is_undeliverable(card: Card, calls: int, code: str) -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        slack.faults.always("views.publish", refuse(code))
        with pytest.raises(Undeliverable, match=code):
            await platform.home(lena(slack), card)
        assert len(slack.calls) == calls

    tell(story)


def test_whois_and_members_tell_name_address_language_and_zone() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        known = Profile("U1", "Lena Krüger", "lena.k@example.com", "de-DE", "Europe/Berlin")

        assert await platform.whois(lena(slack)) == known
        assert [member async for member in platform.members(slack.team)] == [known]
        with pytest.raises(Undeliverable, match="user_not_found"):
            await platform.whois(Address("slack", slack.team, "U404"))

    tell(story)


def test_the_workspace_is_that_of_the_token() -> None:
    async def story(slack: FakeSlack, platform: SlackPlatform) -> None:
        assert await platform.workspace() == slack.team

    tell(story)


def test_an_org_wide_token_belongs_to_the_enterprise() -> None:
    async def story() -> str:
        async with Scripted(ok(team_id="T1", enterprise_id="E1", is_enterprise_install=True)) as slack:
            platform = SlackPlatform(Connection(bot_token="xoxb-1", api_url=slack.url))
            try:
                return await platform.workspace()
            finally:
                await platform.aclose()

    assert asyncio.run(story()) == "E1"


def test_no_secret_of_a_connection_stands_in_its_repr() -> None:
    connection = Connection(bot_token="xoxb-1", app_token="xapp-1", signing_secrets=("shh",))

    assert not any(secret in repr(connection) for secret in ("xoxb-1", "xapp-1", "shh"))
