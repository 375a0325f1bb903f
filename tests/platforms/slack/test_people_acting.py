"""A person presses, types and submits; the app hears what the real Slack would tell it."""

import asyncio
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from tests.platforms.slack.listening import Heard, Listener, listening
from tests.platforms.slack.people import Json
from tests.platforms.slack.server import FakeSlack
from tests.platforms.slack.test_messages import BUTTONS

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def field(key: str, element: Json, **more: bool) -> Json:
    label = {"type": "plain_text", "text": f"What of {key}?"}
    return {
        "type": "input",
        "block_id": key,
        "label": label,
        "element": {"action_id": "v", **element},
        **more,
    }


def option(value: str) -> Json:
    return {"text": {"type": "plain_text", "text": f"point {value}"}, "value": value}


MODAL: Json = {
    "type": "modal",
    "callback_id": "form",
    "title": {"type": "plain_text", "text": "A form"},
    "submit": {"type": "plain_text", "text": "Save"},
    "private_metadata": "ids",
    "blocks": [
        field("score", {"type": "radio_buttons", "options": [option("1"), option("2")]}),
        field("comment", {"type": "plain_text_input", "multiline": True, "max_length": 20}, optional=True),
        BUTTONS,
    ],
}


async def opened(app: Listener, view: Json = MODAL) -> None:
    """Let U1 use a shortcut, and the app open a modal for it."""
    await app.fake.person("U1").uses_shortcut("start")
    await app.client.views_open(trigger_id=app.heard[-1].payload["trigger_id"], view=view)


def test_a_press_tells_the_app_all_that_slack_tells_and_is_signed() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1", name="lena.vogt")
            await app.client.chat_postMessage(channel="U1", text="Well?", blocks=[BUTTONS])
            lena = app.fake.person("U1")
            await app.fake.events.settle()
            answer = await lena.presses(lena.messages()[0], "Yes")
            heard = app.heard[-1]

            assert (answer.status, answer.ok, heard.signed) == (200, True, True)
            assert heard.payload["user"] == {
                "id": "U1",
                "username": "lena.vogt",
                "name": "lena.vogt",
                "team_id": app.fake.team,
            }
            assert heard.payload["container"]["message_ts"] == lena.messages()[0].ts
            assert heard.payload["message"]["text"] == "Well?"
            assert heard.payload["channel"]["id"] == lena.messages()[0].channel
            assert heard.payload["actions"][0]["value"] == "yes"
            assert heard.payload["response_url"].startswith(app.fake.base)

    asyncio.run(story())


def test_what_is_typed_reaches_the_app_as_a_message_event_in_its_thread() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            posted = await app.client.chat_postMessage(channel="U1", text="How was it?")
            await app.fake.events.settle()
            await app.fake.person("U1").says("Good & <calm>", thread=posted["ts"])
            told = app.heard[-1].payload

            assert told["type"] == "event_callback"
            assert told["authorizations"][0]["user_id"] == app.fake.grant.bot_user
            assert told["event"]["channel_type"] == "im"
            assert told["event"]["text"] == "Good &amp; &lt;calm&gt;"
            assert told["event"]["thread_ts"] == posted["ts"]
            assert app.fake.person("U1").messages()[-1].thread == posted["ts"]

    asyncio.run(story())


def test_the_apps_own_messages_come_back_as_events_as_slack_sends_them() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            posted = await app.client.chat_postMessage(channel="U1", text="x")
            await app.client.chat_update(channel=posted["channel"], ts=posted["ts"], text="y")
            await app.fake.events.settle()
            own, changed = (heard.payload["event"] for heard in app.heard)

            assert own["bot_id"] == app.fake.grant.bot_id
            assert (changed["subtype"], changed["message"]["text"]) == ("message_changed", "y")

    asyncio.run(story())


def test_a_commands_answer_is_shown_to_the_person_alone() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            app.says = lambda heard: {"text": f"you said {heard.payload['text']}"}
            answer = await app.fake.person("U1").says("/rapport help me")

            assert answer.status == 200
            assert app.heard[0].payload["command"] == "/rapport"
            assert app.heard[0].payload["is_enterprise_install"] == "false"
            assert [s.text for s in app.fake.person("U1").ephemeral()] == ["you said help me"]

    asyncio.run(story())


def test_a_command_that_fails_is_complained_about_by_slack_itself() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            app.says = lambda _: 500
            lena = app.fake.person("U1")
            answer = await lena.says("/rapport help")
            app.fake.reach.patience_s, app.slow_s = 0.05, 0.2
            late = await lena.says("/rapport help")

            assert (answer.failed, late.failed) == ("http_error", "http_timeout")
            assert [("dispatch_failed" in t, "timeout" in t) for t in lena.troubles] == [
                (True, False),
                (False, True),
            ]

    asyncio.run(story())


def test_a_form_sends_every_field_filled_or_not_and_closes() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            await opened(app)
            lena = app.fake.person("U1")
            await lena.submits({"score": "2"})
            view = app.heard[-1].payload["view"]

            assert app.heard[-1].payload["type"] == "view_submission"
            assert view["state"]["values"]["score"]["v"]["selected_option"]["value"] == "2"
            assert view["state"]["values"]["comment"]["v"] == {"type": "plain_text_input", "value": None}
            assert (view["callback_id"], view["private_metadata"]) == ("form", "ids")
            assert lena.modal() is None

    asyncio.run(story())


def test_slack_itself_stops_a_form_that_lacks_a_required_field_or_is_too_long() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            await opened(app)
            lena, heard = app.fake.person("U1"), len(app.heard)
            await lena.submits({"comment": "x" * 21})

            assert set(lena.errors) == {"score", "comment"}
            assert (len(app.heard), lena.modal() is not None) == (heard, True)

    asyncio.run(story())


def answering(**said: Json) -> Json:
    return dict(said)


@pytest.mark.parametrize(
    ("said", "title", "depth"),
    [
        ({"response_action": "update", "view": {**MODAL, "title": {"text": "Next"}}}, "Next", 1),
        ({"response_action": "push", "view": {**MODAL, "title": {"text": "Top"}}}, "Top", 2),
        ({"response_action": "errors", "errors": {"comment": "Too vague."}}, "A form", 1),
        ({"response_action": "errors", "errors": {"nowhere": "Lost."}}, "A form", 1),
        ({"response_action": "dance"}, "A form", 1),
        ({"response_action": "clear"}, None, 0),
        (503, "A form", 1),
    ],
)
def test_the_modal_does_what_the_answer_says(said: Any, title: str | None, depth: int) -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            await opened(app)
            app.says = lambda _: said
            lena = app.fake.person("U1")
            await lena.submits({"score": "1", "comment": "fine"})
            top = lena.modal()

            assert (top.title if top else None) == title
            assert len(app.fake.screens.modals.get("U1", [])) == depth
            wrong = said == 503 or said["response_action"] == "dance" or "nowhere" in said.get("errors", {})
            assert bool(lena.troubles) == wrong
            assert lena.errors == ({} if wrong else said.get("errors", {}))

    asyncio.run(story())


def test_what_was_typed_survives_an_update_of_the_modal() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            await opened(app)
            lena = app.fake.person("U1")
            lena.fills({"What of comment?": "half a word"})
            await lena.presses("modal", "Yes")
            pressed = app.heard[-1].payload
            await app.client.views_update(
                view_id=pressed["view"]["id"], view=MODAL, hash=pressed["view"]["hash"]
            )
            with pytest.raises(SlackApiError, match="hash_conflict"):
                await app.client.views_update(
                    view_id=pressed["view"]["id"], view=MODAL, hash=pressed["view"]["hash"]
                )
            await lena.submits({"score": "1"})

            assert pressed["container"] == {"type": "view", "view_id": pressed["view"]["id"]}
            assert "response_url" not in pressed
            sent = app.heard[-1].payload["view"]["state"]["values"]
            assert sent["comment"]["v"]["value"] == "half a word"

    asyncio.run(story())


def test_the_home_tab_is_published_shown_and_pressed() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            lena = app.fake.person("U1")
            await lena.opens_home()
            first = app.heard[-1].payload["event"]
            view = {"type": "home", "blocks": [BUTTONS]}
            shown = await app.client.views_publish(user_id="U1", view=view)
            await app.client.views_publish(user_id="U1", view=view, hash=shown["view"]["hash"])
            with pytest.raises(SlackApiError, match="hash_conflict"):
                await app.client.views_publish(user_id="U1", view=view, hash=shown["view"]["hash"])
            await lena.presses(lena.home(), "yes")

            assert (first["type"], first["tab"], "view" in first) == ("app_home_opened", "home", False)
            assert app.heard[-1].payload["view"]["type"] == "home"
            app.fake.home_tab = False
            with pytest.raises(SlackApiError, match="not_enabled"):
                await app.client.views_publish(user_id="U1", view=view)

    asyncio.run(story())


def test_a_press_on_an_ephemeral_message_does_not_show_it_to_the_app() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            app.says = lambda heard: (
                {"text": "x", "blocks": [BUTTONS]} if "command" in heard.payload else None
            )
            lena = app.fake.person("U1")
            await lena.says("/rapport help")
            await lena.presses(lena.ephemeral()[0], "Yes")

            assert app.heard[-1].payload["container"]["is_ephemeral"] is True
            assert "message" not in app.heard[-1].payload

    asyncio.run(story())


def test_messages_to_the_app_can_be_turned_off() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            app.fake.messages_tab = False
            with pytest.raises(SlackApiError, match="messages_tab_disabled"):
                await app.client.chat_postMessage(channel="U1", text="x")
            with pytest.raises(Exception, match="turned off"):
                await app.fake.person("U1").says("hello?")

    asyncio.run(story())


def test_waiting_for_what_a_person_sees_needs_no_sleeping() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.add_user("U1")
            lena = app.fake.person("U1")

            def posts_later(heard: Heard) -> None:
                task = asyncio.ensure_future(app.client.chat_postMessage(channel="U1", text="later"))
                tasks.add(task)

            tasks: set[asyncio.Task[object]] = set()
            app.says = lambda heard: posts_later(heard) if "command" in heard.payload else None
            await lena.says("/rapport help")
            seen = await app.fake.until(lena.messages)

            assert [s.text for s in seen] == ["later"]
            await asyncio.gather(*tasks)

    asyncio.run(story())


def test_a_person_acts_from_a_test_without_a_loop_though_no_app_is_there() -> None:
    with FakeSlack.in_thread() as fake:
        lena = fake.person(fake.add_user("U1").id)
        typed, used = fake.do(lena.says("hello?")), fake.do(lena.says("/rapport help"))

        assert (typed.failed, used.failed) == ("connection_failed", "connection_failed")
        assert [m.text for m in lena.messages()] == ["hello?"]
        assert fake.person("U1").troubles == ["/rapport failed with the error “dispatch_failed”"]
