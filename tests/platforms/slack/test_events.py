"""Events out: retried by Slack's timetable, doubled, reordered, refused."""

import asyncio
from random import Random
from typing import Any

import pytest

from tests.platforms.slack.listening import Heard, listening
from tests.platforms.slack.reach import at_once

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def first_fail(times: int) -> Any:
    """Answer 500 that often, then 200."""
    left = [500] * times

    def says(_heard: Heard) -> Any:
        return left.pop() if left else None

    return says


def test_an_event_is_told_again_at_once_after_a_minute_and_after_five_with_the_same_id() -> None:
    async def story() -> None:
        async with listening() as app:
            waited: list[float] = []

            async def wait(seconds: float) -> None:
                waited.append(seconds)

            app.fake.events.wait = wait
            app.says = first_fail(9)
            answers = await app.fake.events.joins(app.fake.add_user("U1"))

            assert waited == [0.0, 60.0, 300.0]
            assert [a.status for a in answers] == [500] * 4
            assert len({h.payload["event_id"] for h in app.heard}) == 1
            assert [h.headers.get("X-Slack-Retry-Num") for h in app.heard] == [None, "1", "2", "3"]
            assert {h.headers.get("X-Slack-Retry-Reason") for h in app.heard[1:]} == {"http_error"}
            assert [e["event"]["type"] for e in app.fake.events.dead] == ["team_join"]

    asyncio.run(story())


def test_an_answer_that_comes_too_late_counts_as_none() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.events.wait, app.fake.reach.patience_s, app.slow_s = at_once, 0.1, 0.4
            answers = await app.fake.events.joins(app.fake.add_user("U1"))

            assert [a.failed for a in answers] == ["http_timeout"] * 4
            assert app.heard[1].headers["X-Slack-Retry-Reason"] == "http_timeout"

    asyncio.run(story())


def test_once_taken_an_event_does_not_come_again() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.events.wait = at_once
            app.says = first_fail(1)
            answers = await app.fake.events.joins(app.fake.add_user("U1"))

            assert [a.status for a in answers] == [500, 200]
            assert app.fake.events.dead == []

    asyncio.run(story())


def test_doubles_carry_the_same_id_and_call_themselves_new() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.events.copies = 3
            await app.fake.events.joins(app.fake.add_user("U1"))
            await app.fake.reach.again()

            assert len({h.payload["event_id"] for h in app.heard}) == 1
            assert [h.headers.get("X-Slack-Retry-Num") for h in app.heard] == [None] * 4

    asyncio.run(story())


def test_anything_can_be_told_twice_at_once() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.reach.doubled = lambda: True
            answer = await app.fake.person(app.fake.add_user("U1").id).says("/rapport help")

            assert answer.ok
            assert len({heard.payload["trigger_id"] for heard in app.heard}) == 1
            assert len(app.heard) == len(app.fake.reach.sent) == 2

    asyncio.run(story())


def test_held_events_come_in_another_order() -> None:
    async def story() -> None:
        async with listening() as app:
            app.fake.events.hold()
            people = [app.fake.add_user(f"U{n}") for n in range(5)]
            held = [await app.fake.events.joins(user) for user in people]
            silent = len(app.heard)
            await app.fake.events.release()
            backwards = [h.payload["event"]["user"]["id"] for h in app.heard]
            app.fake.events.hold()
            for user in people:
                await app.fake.events.changes(user, deleted=True)
            await app.fake.events.release(Random(1))

            assert (held, silent) == ([[]] * 5, 0)
            assert backwards == ["U4", "U3", "U2", "U1", "U0"]
            assert {h.payload["event"]["user"]["id"] for h in app.heard[5:]} == {u.id for u in people}
            assert all(h.payload["event"]["user"]["deleted"] for h in app.heard[5:])

    asyncio.run(story())


def test_the_apps_url_is_verified_by_a_challenge() -> None:
    async def story() -> None:
        async with listening() as app:
            app.says = lambda heard: {"challenge": heard.payload["challenge"]}
            right = await app.fake.events.verify()
            app.says = lambda _: {"challenge": "guessed"}

            assert (right, await app.fake.events.verify()) == (True, False)
            assert all(h.signed for h in app.heard)

    asyncio.run(story())


def test_signatures_can_be_forged_aged_and_left_out() -> None:
    async def story() -> None:
        async with listening() as app:
            reach, body = app.fake.reach, b'{"type":"event_callback"}'
            now = int(app.fake.now())
            for headers in (
                reach.signed(body),
                reach.signed(body, secret="not the secret"),
                reach.signed(body, at=now - 301),
                {"X-Slack-Request-Timestamp": str(now), "X-Slack-Signature": "v0=0"},
            ):
                await reach.raw(body, {"Content-Type": "application/json", **headers})

            assert [h.signed for h in app.heard] == [True, False, False, False]

    asyncio.run(story())


def test_an_app_that_is_down_is_told_later() -> None:
    async def story() -> None:
        async with listening() as app:
            url, app.fake.events_url = app.fake.events_url, "http://127.0.0.1:9/slack/events"

            async def comes_back(_seconds: float) -> None:
                app.fake.events_url = url

            app.fake.events.wait = comes_back
            answers = await app.fake.events.joins(app.fake.add_user("U1"))

            assert [(a.status, a.failed) for a in answers] == [(0, "connection_failed"), (200, "")]

    asyncio.run(story())
