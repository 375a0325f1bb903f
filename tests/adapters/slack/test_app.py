"""The way from a signed request to the answer: bolt's traps (S1 to S6, S11 of our notes on Slack), each shown to be shut."""

import asyncio
import json
import time
from datetime import timedelta
from statistics import median
from typing import Any

import pytest
from hypothesis import given, settings

from adapters.slack.app import SlackApp, listener
from adapters.slack.limiter import Limiter
from adapters.slack.tokens import OneToken
from adapters.slack.web import Web, Wire
from bot.errors import Disconnected
from bot.talk.events import Event, MessageWritten, OpenForm, Private, Replace
from bot.talk.language import words
from tests.adapters.slack.front import FORM, QUESTION, Bot, Front, plain, told
from tests.adapters.slack.signing import NOW, as_form, as_json
from tests.adapters.slack.test_receive import (
    REAL,
    command,
    event,
    interaction,
    message,
    mutants,
    pressed,
    submitted,
)
from tests.platforms.slack.faults import hang, refuse

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

KINDS = {
    "event": as_json(message("hello there")),
    "button": as_form(pressed()),
    "form": as_form(submitted()),
    "command": (b"&".join(f"{k}={v}".encode() for k, v in command("%2Frapport", "pulse").items()), {
        "Content-Type": "application/x-www-form-urlencoded"
    }),
    "shortcut": as_form(interaction("shortcut", callback_id="feedback")),
}  # fmt: skip


async def timed(front: Front, kind: str = "button", at: int = NOW) -> tuple[int, float]:
    began = time.perf_counter()
    response = await front.post(*KINDS[kind], at=at)
    return response.status, (time.perf_counter() - began) * 1000


def fails(_event: Event) -> Any:
    raise RuntimeError("the card of Lena says zebra-quagga")


# --- S1: acknowledged, then raised -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_what_fails_after_the_commit_is_acknowledged_all_the_same(kind, monkeypatch):
    async def story(front: Front) -> None:
        async def broken(*_: Any) -> None:
            fails(None)

        monkeypatch.setattr("adapters.slack.replies.Stage.show", broken)
        status, ms = await timed(front, kind)
        await front.settle()

        assert status == 200
        assert ms < 300
        assert len(front.bot.events) == 1

    told(story)


@pytest.mark.parametrize("kind", KINDS)
def test_what_fails_before_the_commit_is_not_acknowledged_and_said_at_once(kind):
    async def story(front: Front) -> None:
        front.bot.work = fails
        status, ms = await timed(front, kind)

        assert status == 500
        assert ms < 300

    told(story)


def test_an_event_is_acknowledged_only_once_it_is_committed():
    async def story(front: Front) -> None:
        committed = asyncio.Event()
        front.bot.work = lambda _: committed.wait()
        answering = asyncio.create_task(timed(front, "event"))
        await asyncio.sleep(0.05)
        assert len(front.bot.events) == 1

        assert not answering.done()
        committed.set()
        assert (await answering)[0] == 200

    told(story)


def test_what_we_failed_to_handle_comes_again_in_the_same_second_and_is_let_in():
    async def story(front: Front) -> None:
        front.bot.work = fails
        first, _ = await timed(front, "event")
        front.bot.work = None
        second, _ = await timed(front, "event")
        third, _ = await timed(front, "event")

        assert (first, second, third) == (500, 200, 200)
        assert len(front.bot.events) == 2, "once in vain, once for good"

    told(story)


# --- S2: no polling ----------------------------------------------------------------------------------------


def test_an_acknowledgement_waits_for_no_poll():
    async def story(front: Front) -> None:
        times = [(await timed(front, "button", at=NOW - second))[1] for second in range(60)]

        assert median(times) < 20

    told(story)


# --- S3: nobody is left without an answer ------------------------------------------------------------------


@pytest.mark.parametrize(
    "subtype",
    [
        "message_changed",
        "message_deleted",
        "file_share",
        "bot_message",
        "assistant_app_thread",
        "never_heard_of",
    ],
)
def test_a_message_of_an_odd_subtype_is_taken_and_is_no_event(subtype):
    async def story(front: Front) -> None:
        response = await front.post(*as_json(message("x", subtype=subtype)))

        assert (response.status, front.bot.events) == (200, [])

    told(story)


UNKNOWN = [
    event({"type": "never_heard_of"}),
    event({"type": "function_executed", "function_execution_id": "Fx1"}),
    interaction("never_heard_of"),
    interaction("block_suggestion", action_id="x", value="a"),
    interaction("interactive_message", callback_id="x", actions=[{"name": "a"}]),
    interaction("dialog_submission", callback_id="x"),
    interaction("view_closed", view={"callback_id": "form", "type": "modal"}),
    interaction("message_action", callback_id="old"),
    {"ssl_check": "1", "token": "t"},
    {},
]


@pytest.mark.parametrize("payload", UNKNOWN)
def test_a_payload_that_we_do_not_know_is_acknowledged(payload):
    async def story(front: Front) -> None:
        response = await front.post(*as_form(payload))

        assert response.status == 200

    told(story)


@pytest.mark.parametrize(
    "payload",
    [
        interaction("workflow_step_edit", callback_id="x"),
        interaction("block_actions", actions=[]),
        interaction("block_actions", actions=None),
        event({"type": "message"}, authorizations=[None]),
        event({"type": "message"}) | {"event": 5},
        {"type": "view_submission", "view": None},
        {"type": "event_callback", "event": None, "enterprise": 7},
    ],
)
def test_a_payload_that_bolt_trips_over_is_refused_as_malformed(payload):
    async def story(front: Front) -> None:
        response = await front.post(*as_json(payload))

        assert response.status == 400

    told(story)


def test_slack_gets_its_challenge_back():
    async def story(front: Front) -> None:
        assert await front.fake.events.verify()

    told(story)


# --- S4: blocking work -------------------------------------------------------------------------------------


def test_work_that_blocks_a_thread_holds_up_nobody_else():
    async def story(front: Front) -> None:
        async def slow(happened: Event) -> None:
            if isinstance(happened, MessageWritten):
                await asyncio.to_thread(time.sleep, 0.4)

        front.bot.work = slow
        slow_one = asyncio.create_task(timed(front, "event"))
        await asyncio.sleep(0.02)
        status, ms = await timed(front, "button")

        assert status == 200
        assert ms < 200
        assert (await slow_one)[1] >= 400

    told(story)


# --- S5: the end -------------------------------------------------------------------------------------------


def test_at_the_end_what_was_begun_is_committed_and_what_is_being_shown_is_shown():
    async def story(front: Front) -> None:
        async def slow(_: Event) -> None:
            await asyncio.sleep(0.1)

        front.bot.work = slow
        front.bot.replies["skip"] = Replace(plain("Saved"))
        await front.sends(QUESTION)
        pressing = asyncio.create_task(front.lena.presses(front.lena.messages()[0], "Not now"))
        await asyncio.sleep(0.03)
        await front.runner.cleanup()
        answer = await pressing

        assert answer.status == 200
        assert [seen.title for seen in front.lena.messages()] == ["Saved"]

    told(story)


def test_what_takes_too_long_to_show_is_given_up_at_the_end_and_counted(capsys):
    async def story(front: Front) -> None:
        front.fake.faults.always("response_url", hang())
        front.bot.replies["tap"] = Replace(plain("Saved"))
        await front.sends(QUESTION)
        await front.lena.presses(front.lena.messages()[0], "Well")
        began = time.perf_counter()
        await front.slack.settle(within_s=0.05)

        assert time.perf_counter() - began < 1
        assert "slack.not_settled" in capsys.readouterr().err

    told(story)


# --- S7: nobody asks who we are ----------------------------------------------------------------------------


def test_no_request_costs_a_call_of_auth_test():
    async def story(front: Front) -> None:
        for second in range(10):
            await timed(front, "button", at=NOW - second)

        assert len(front.bot.events) == 10
        assert [call.method for call in front.fake.calls if call.method == "auth.test"] == []

    told(story)


class NotInstalled:
    async def token(self, workspace: str) -> str:
        raise Disconnected("not_installed")


class Broken:
    async def token(self, workspace: str) -> str:
        raise KeyError(workspace)


def elsewhere(tokens: Any) -> tuple[SlackApp, Bot]:
    bot = Bot()
    return listener(Web(tokens, Wire("http://127.0.0.1:1/api/"), Limiter()), bot.handle), bot


def test_a_workspace_without_a_token_is_told_so_and_nothing_is_handled():
    async def run() -> None:
        app, bot = elsewhere(NotInstalled())
        used = await app.dispatch(command("/rapport", "pulse"))
        heard = await app.dispatch(message("hello"))

        assert (used.status, used.body) == (200, words("en")("refused.unknown_workspace"))
        assert (heard.status, heard.body) == (200, "")
        assert bot.events == []

    asyncio.run(run())


def test_an_uninstall_is_heard_though_there_is_no_token_any_more():
    async def run() -> None:
        app, bot = elsewhere(NotInstalled())
        response = await app.dispatch(event({"type": "app_uninstalled"}))

        assert response.status == 200
        assert [type(happened).__name__ for happened in bot.events] == ["Uninstalled"]

    asyncio.run(run())


def test_when_the_tokens_cannot_be_read_slack_is_asked_to_come_again():
    async def run() -> None:
        app, bot = elsewhere(Broken())

        assert (await app.dispatch(message("hello"))).status == 500
        assert bot.events == []

    asyncio.run(run())


# --- S11: the same thing twice -----------------------------------------------------------------------------


@pytest.mark.parametrize("parallel", [True, False])
@pytest.mark.parametrize("kind", KINDS)
def test_an_event_delivered_four_times_has_one_identity(kind, parallel):
    async def story(front: Front) -> None:
        body, headers = KINDS[kind]
        retries = [
            {},
            *({"X-Slack-Retry-Num": str(n), "X-Slack-Retry-Reason": "http_timeout"} for n in (0, 1, 3)),
        ]
        calls = [front.post(body, {**headers, **more}, at=NOW - n) for n, more in enumerate(retries)]
        answers = await asyncio.gather(*calls) if parallel else [await call for call in calls]

        assert [answer.status for answer in answers] == [200] * 4
        assert len(front.bot.events) == 4
        assert len({happened.source.event for happened in front.bot.events}) == 1

    told(story)


@pytest.mark.parametrize("kind", KINDS)
def test_copies_in_the_same_second_are_each_acknowledged_and_share_one_identity(kind):
    async def story(front: Front) -> None:
        arrived = asyncio.Event()

        async def slow(_: Event) -> None:
            if len(front.bot.events) == 2:
                arrived.set()
            await arrived.wait()

        front.bot.work = slow
        at_once = await asyncio.gather(timed(front, kind), timed(front, kind))
        later, _ = await timed(front, kind)

        assert [status for status, _ in at_once] == [200, 200]
        assert later == 200
        assert len(front.bot.events) == 2, "the third copy came when the others were handled"
        assert len({happened.source.event for happened in front.bot.events}) == 1

    told(story)


# --- S15, S21: a storm, and a slow source ------------------------------------------------------------------


def test_a_storm_of_clicks_meets_no_limit_and_every_message_is_replaced():
    async def story(front: Front) -> None:
        front.bot.replies["skip"] = Replace(plain("Saved"))
        people = [front.fake.add_user(f"U2P{number}", name=f"p{number}").id for number in range(25)]
        for user in people:
            await front.sends(QUESTION, user)
        front.fake.limits.on = True
        pressing = [(front.fake.person(user), "Not now") for user in people]
        await asyncio.gather(*(one.presses(one.messages()[0], label) for one, label in pressing))
        await front.settle()

        assert {one.messages()[0].title for one, _ in pressing} == {"Saved"}
        assert "ratelimited" not in {call.outcome for call in front.fake.calls}

    told(story)


def test_a_modal_opens_though_our_own_data_take_a_second():
    async def story(front: Front) -> None:
        async def slow(_: Event) -> None:
            front.clock.advance(timedelta(seconds=1))

        front.bot.work = slow
        front.bot.replies["tap"] = OpenForm(FORM)
        await front.sends(QUESTION)
        await front.lena.presses(front.lena.messages()[0], "Well")
        await front.settle()

        assert front.lena.modal().title == "The form"

    told(story)


# --- the log -----------------------------------------------------------------------------------------------


def test_a_failure_to_show_is_logged_by_the_act_and_the_kind_alone(capsys):
    async def story(front: Front) -> None:
        for method in ("response_url", "chat.update", "chat.postEphemeral", "chat.postMessage"):
            front.fake.faults.always(method, refuse("zebra_quagga"))
        front.bot.replies["why"] = Private(plain("zebra-quagga"))
        await front.post(*as_form(pressed()))
        front.bot.work = fails
        await front.post(*as_json(message("zebra-quagga")))
        await front.settle()

    told(story)
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines() if line.startswith("{")]
    assert "slack.not_handled" in [line["event"] for line in lines]
    assert "quagga" not in str([line for line in lines if line["event"] != "slack.way_shut"])


# --- whatever is signed ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def running() -> Any:
    with asyncio.Runner() as runner:
        yield runner


@settings(max_examples=1500, deadline=None)
@given(payload=mutants())
def test_no_payload_makes_us_fail(running, payload):
    async def run() -> int:
        bot = Bot()
        app = listener(Web(OneToken("xoxb"), Wire("http://127.0.0.1:1/api/"), Limiter()), bot.handle)
        return (await app.dispatch(payload)).status

    assert running.run(run()) in {200, 400}


def test_every_real_payload_is_taken():
    async def run() -> list[int]:
        app, _ = elsewhere(OneToken("xoxb"))
        return [(await app.dispatch(payload)).status for payload in REAL]

    assert set(asyncio.run(run())) == {200}
