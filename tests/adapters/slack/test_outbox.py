"""The outbox against a Slack that fails in every way it knows; Slack's own history is the judge."""

import asyncio
import os
import signal
import time
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from adapters.engine import Place
from adapters.engine.drain import Drain
from adapters.engine.limits import Limits
from adapters.slack.send import Connection, SlackPlatform
from bot.cases import troubles
from bot.store.store import Store, open_store
from tests import builders, staff
from tests.adapters.slack.posting import Plan, by, context, hire, work
from tests.fakes import FakeClock
from tests.platforms.slack import FakeSlack
from tests.platforms.slack.blocks import problems
from tests.platforms.slack.checker import check, twice
from tests.platforms.slack.faults import CHAOS, Fault, hang, refuse, reset, seeded, slow_down, unavailable

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

HERE = Place(1, staff.WORKSPACE)
QUICK = Limits(timeout_s=0.3, doubt=timedelta())
POST = "chat.postMessage"
LOUD = [fault for fault in CHAOS if fault.retry_after == ""]
"""Faults without a wait by the real clock."""


class Post:
    """A store, a fake Slack and a clock moved by hand, with the drain between them."""

    def __init__(
        self, store: Store, slack: FakeSlack, *, reconcile: bool = True, limits: Limits = QUICK
    ) -> None:
        self.store, self.slack, self.real = store, slack, FakeClock()
        known = Connection(bot_token=slack.bot_token, api_url=slack.url, reconcile=reconcile)
        self.platform = SlackPlatform(known, self.real)
        self.platform.web._limiter = by(self.real)
        self.drain = Drain(
            store=store, platform=self.platform, limits=limits, real=self.real, cards=staff.CARDS
        )

    def wants(self, n: int, purpose: str = "report.ready") -> None:
        people = hire(self.store, n, self.slack.team)
        for number in people:
            self.slack.add_user(f"U{number}", real_name=f"Person {number}")
        staff.want(self.store, people, purpose)

    async def until_settled(self, rounds: int = 60, pause: timedelta = timedelta(minutes=1)) -> None:
        for _ in range(rounds):
            await self.drain.run(HERE)
            if staff.settled(self.store):
                return
            self.real.advance(pause)

    @property
    def rows(self) -> list[tuple[str, str]]:
        return [(row.id, row.state) for row in staff.rows(self.store).values()]

    @property
    def states(self) -> dict[str, int]:
        return staff.states(self.store)


FAULTS: list[Fault] = [*CHAOS, hang(), hang(after=True), refuse("internal_error"), refuse("ratelimited")]


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("reconcile", [True, False])
def test_whatever_slack_does_nothing_is_lost_and_nothing_accepted_twice(
    store: Store, seed: int, reconcile: bool
) -> None:
    async def story() -> None:
        async with FakeSlack(limits=False, validate=problems) as slack:
            post = Post(store, slack, reconcile=reconcile)
            post.wants(60)
            slack.faults.draw = seeded(seed, 0.5, FAULTS)
            await post.until_settled()
            await post.platform.aclose()

            assert check(slack, post.rows, reconciled=reconcile) == []
            if reconcile:
                assert post.states == {"sent": 60}
            else:
                assert post.states.keys() == {"sent", "uncertain"}
                assert post.states["uncertain"] < 50

    asyncio.run(story())


def test_each_fault_leads_where_it_must(store: Store) -> None:
    async def story() -> None:
        async with FakeSlack(limits=False) as slack:
            post = Post(store, slack, limits=replace(QUICK, at_once=1))
            post.wants(4)
            faults = [refuse("user_not_found"), unavailable(503), reset(after=True), slow_down("90")]
            slack.faults.next(POST, *faults)
            await post.drain.run(HERE)

            assert Counter(row.error for row in staff.rows(store).values() if row.state == "dead") == {
                "user_not_found": 1
            }
            assert post.states == {"dead": 1, "uncertain": 2, "retry": 1}
            await post.until_settled()
            await post.platform.aclose()
            assert post.states == {"dead": 1, "sent": 3}
            assert check(slack, post.rows, reconciled=True) == []

    asyncio.run(story())


def test_a_revoked_token_stops_the_workspace_and_loses_nothing(store: Store) -> None:
    async def story() -> None:
        async with FakeSlack(limits=False) as slack:
            post = Post(store, slack, limits=replace(QUICK, at_once=1))
            post.wants(20)
            slack.faults.always(POST, refuse("token_revoked"))
            for _ in range(3):
                await post.drain.run(HERE)
            assert (len(slack.calls), post.states) == (1, {"pending": 20})
            assert [trouble.reason for trouble in store.read(troubles.known)] == ["token_revoked"]

            slack.faults.clear()
            await post.until_settled()
            await post.platform.aclose()
            assert post.states == {"sent": 20}
            assert store.read(troubles.known) == []

    asyncio.run(story())


def test_a_wave_keeps_to_slacks_limits_and_slack_never_has_to_say_so(store: Store) -> None:
    async def story() -> None:
        real = FakeClock()
        async with FakeSlack(clock=real, validate=problems) as slack:
            post = Post(store, slack, limits=replace(QUICK, timeout_s=5, turn_s=3600))
            post.real = real
            post.platform.web._limiter = by(real)
            post.drain = replace(
                post.drain, real=real, limits=replace(post.drain.limits, lease=timedelta(hours=1))
            )
            began = real.now()
            post.wants(1000)
            await post.until_settled(1000, timedelta(seconds=1))
            await post.platform.aclose()

            took = (real.now() - began).total_seconds()
            assert post.states == {"sent": 1000}
            assert {call.outcome for call in slack.calls} == {"ok"}
            assert check(slack, post.rows, reconciled=True) == []
            assert 1000 / (took / 60) >= 0.95 * 400

    asyncio.run(story())


# --- killed ---


def start(plan: Plan) -> BaseProcess:
    process = context().Process(target=work, args=(plan,))
    process.start()
    return process


def finish(process: BaseProcess) -> int | None:
    process.join(60)
    if process.is_alive():
        process.kill()
        process.join()
        pytest.fail("the engine did not come to an end")
    return process.exitcode


def wait_for(slack: FakeSlack, posts: int, process: BaseProcess) -> None:
    began = time.monotonic()
    while len(slack.history_of_calls.of(POST)) < posts and process.is_alive():
        assert time.monotonic() - began < 60
        time.sleep(0.002)


def prepare(folder: Path, n: int, workspace: str) -> str:
    url = builders.a_database(folder)
    store = builders.a_store(url, folder, FakeClock())
    staff.want(store, hire(store, n, workspace))
    store.close()
    return url


@pytest.mark.process
@pytest.mark.parametrize("reconcile", [True, False])
def test_two_kills_amid_faults_lose_nothing_and_double_nothing(tmp_path: Path, reconcile: bool) -> None:
    with FakeSlack.in_thread(limits=False, validate=problems) as slack:
        for number in range(1, 301):
            slack.add_user(f"U{number}", real_name=f"Person {number}")
        slack.faults.draw = seeded(7, 0.2, [*LOUD, hang(after=True)], [POST])
        plan = Plan(tmp_path, prepare(tmp_path, 300, slack.team), slack.url, slack.bot_token, reconcile)
        for posts in (60, 160):
            process = start(plan)
            wait_for(slack, posts, process)
            os.kill(process.pid or 0, signal.SIGKILL)
            assert finish(process) == -signal.SIGKILL
        assert finish(start(plan)) == 0

        store = open_store(plan.url, keys_dir=plan.folder, clock=FakeClock())
        rows = [(row.id, row.state) for row in staff.rows(store).values()]
        store.close()
        states = Counter(state for _, state in rows)
        assert check(slack, rows, reconciled=reconcile) == []
        assert list(twice(slack.calls)) == []
        if reconcile:
            assert states == {"sent": 300}
        else:
            assert states.keys() == {"sent", "uncertain"}
