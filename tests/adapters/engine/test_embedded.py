import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import pytest

from adapters.engine import Place
from adapters.engine.embedded import EmbeddedEngine, Restless, Tuning
from adapters.engine.limits import Limits
from bot import jobs
from bot.cases import troubles
from bot.clock import SystemClock
from bot.jobs import Job
from bot.store.store import Store
from tests import staff
from tests.adapters.engine.waiting import until
from tests.fakes import FakeClock
from tests.platforms.fake import FakePlatform

HERE = Place(1, staff.WORKSPACE)
DAY = timedelta(days=1)
QUICK = Limits(timeout_s=5, doubt=timedelta())


def engine_for(
    store: Store, platform: FakePlatform | None = None, sweeps: Sequence[Job] = (), limits: Limits = QUICK
) -> EmbeddedEngine:
    fake = platform or FakePlatform()
    return EmbeddedEngine(
        store, {"fake": fake}, sweeps, Tuning(limits={"fake": limits}, cards=staff.CARDS, tick_s=0.02)
    )


def running(engine: EmbeddedEngine, story: Callable[[], Awaitable[None]]) -> None:
    """Run the engine while a story is told, then stop it."""

    async def both() -> None:
        work = asyncio.create_task(engine.run())
        try:
            await story()
        finally:
            await engine.stop(timedelta(seconds=5))
            await asyncio.wait_for(work, 5)

    asyncio.run(both())


def counting(name: str = "count", result: int = 0) -> tuple[Job, list[str]]:
    ran: list[str] = []

    def run(_: Store) -> int:
        ran.append(threading.current_thread().name)
        return result

    return Job(name, DAY, run), ran


def fails(_: Store) -> int:
    raise ZeroDivisionError


# --- while it runs ---


def test_what_is_due_is_sent_and_what_was_under_way_is_asked_about_first(store: Store) -> None:
    staff.want(store, staff.hire(store, 3))
    platform = FakePlatform()
    lost = Lost(store, platform)

    async def story() -> None:
        await until(lambda: staff.states(store) == {"sent": 3})

    running(engine_for(store, platform), story)

    assert platform.times[lost.accepted] == platform.times[lost.never_sent] == 1
    assert set(platform.times.values()) == {1}


class Lost:
    """Two messages that a dead process was sending: one had been accepted, the other not."""

    def __init__(self, store: Store, platform: FakePlatform) -> None:
        lease = staff.a_lease(SystemClock().now() + DAY)
        first, second = store.write(lambda unit: unit.outbox.claim(staff.WORKSPACE, 2, unit.now, lease))
        self.accepted, self.never_sent = first.id, second.id
        asyncio.run(platform.send(*staff.as_sent(first.id)))


def test_a_kick_sends_at_once_what_an_event_has_wanted(store: Store) -> None:
    staff.hire(store, 3)
    platform = FakePlatform()
    engine = engine_for(store, platform)

    async def story() -> None:
        await until(lambda: engine.health().beat)
        staff.want(store, [1, 2, 3])
        for _ in range(50):
            engine.kick(HERE)
        await until(lambda: staff.states(store) == {"sent": 3})

    running(engine, story)

    assert set(platform.times.values()) == {1}


def test_a_message_wanted_meanwhile_is_found_by_the_tick(store: Store) -> None:
    staff.hire(store, 1)
    engine = engine_for(store)

    async def story() -> None:
        await until(lambda: engine.health().beat)
        staff.want(store, [1])
        await until(lambda: staff.states(store) == {"sent": 1})

    running(engine, story)


def test_a_job_that_fails_is_logged_and_does_not_stop_the_others(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    good, ran = counting()
    engine = engine_for(store, sweeps=[Job("wave.bad", DAY, fails), good])

    async def story() -> None:
        await until(lambda: ran and engine.health().failures)

    running(engine, story)

    assert "job.failed" in capsys.readouterr().err
    assert len(ran) == 1
    assert ran[0] != threading.main_thread().name


def test_a_job_comes_again_when_its_time_has_come_by_the_rules_clock(store: Store, clock: FakeClock) -> None:
    job, ran = counting()
    engine = engine_for(store, sweeps=[job])

    async def story() -> None:
        await until(lambda: len(ran) == 1)
        clock.advance(DAY)
        await until(lambda: len(ran) == 2)

    running(engine, story)


def test_it_leaves_a_sign_of_life_that_readiness_can_read(store: Store) -> None:
    engine = engine_for(store)
    before = SystemClock().now()
    assert jobs.last_beat(store) is None
    assert not engine.health().running

    async def story() -> None:
        await until(lambda: engine.health().running)

    running(engine, story)

    beat = jobs.last_beat(store)
    assert beat is not None
    assert before <= beat <= SystemClock().now()
    assert not engine.health().running


def test_a_workspace_without_a_platform_waits(store: Store) -> None:
    staff.want(store, staff.hire(store, 1, platform="elsewhere"))
    engine = engine_for(store)

    async def story() -> None:
        await engine.settle()

    running(engine, story)

    assert staff.states(store) == {"pending": 1}


# --- stopping ---


def test_a_stop_lets_what_is_in_flight_finish_and_releases_the_rest(store: Store) -> None:
    staff.want(store, staff.hire(store, 40))
    platform = FakePlatform(latency_s=0.05)

    async def story() -> None:
        await until(lambda: platform.in_flight == 2)

    running(engine_for(store, platform, limits=Limits(at_once=2)), story)

    states = staff.states(store)
    assert set(states) == {"sent", "pending"}
    assert states["sent"] == len(platform.accepted) == platform.calls


def test_after_the_grace_what_hangs_is_left_to_be_asked_about(store: Store) -> None:
    staff.want(store, staff.hire(store, 1))
    platform = FakePlatform(faults=lambda _: "timeout_after")
    engine = engine_for(store, platform, limits=Limits(timeout_s=30))

    async def story() -> None:
        work = asyncio.create_task(engine.run())
        await until(lambda: platform.accepted)
        await engine.stop(timedelta())
        await asyncio.wait_for(work, 5)

    asyncio.run(story())
    assert staff.states(store) == {"sending": 1}

    platform.faults = lambda _: None
    again = engine_for(store, platform)

    async def restart() -> None:
        await until(lambda: staff.states(store) == {"sent": 1})

    running(again, restart)
    assert set(platform.times.values()) == {1}


def test_nothing_begins_after_the_stop(store: Store) -> None:
    staff.want(store, staff.hire(store, 1))
    engine = engine_for(store)

    async def story() -> None:
        await engine.stop()
        engine.kick(HERE)
        await asyncio.sleep(0)
        await engine.settle()

    asyncio.run(story())

    assert staff.states(store) == {"pending": 1}
    assert engine.health().busy == 0


# --- the clock that is moved by hand ---


def test_settling_goes_on_until_no_job_and_no_delivery_is_left(store: Store) -> None:
    staff.hire(store, 4)
    platform = FakePlatform()
    rounds: list[int] = []

    def wants_one_more_each_time(target: Store) -> int:
        rounds.append(1)
        return staff.want(target, [len(rounds)]) if len(rounds) <= 4 else 0

    engine = engine_for(store, platform, [Job("journey.advance", DAY, wants_one_more_each_time)])
    asyncio.run(engine.settle())

    assert staff.states(store) == {"sent": 4}
    assert len(rounds) == 5
    assert set(platform.times.values()) == {1}


def test_settling_does_not_wait_for_a_platform_that_wants_a_pause(store: Store) -> None:
    staff.want(store, staff.hire(store, 3))
    platform = FakePlatform(faults=lambda _: "slow_down")

    asyncio.run(engine_for(store, platform, limits=Limits(at_once=1)).settle())

    assert platform.calls == 1


def test_sweeps_that_never_come_to_rest_are_a_mistake_that_is_said(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.engine.embedded.MOST_ROUNDS", 3)
    job, ran = counting(result=1)

    with pytest.raises(Restless):
        asyncio.run(engine_for(store, sweeps=[job]).settle())
    assert len(ran) == 3


def test_at_a_start_a_workspace_that_was_shut_is_tried_at_once(store: Store) -> None:
    staff.want(store, staff.hire(store, 1))
    real = SystemClock().now()
    store.write(lambda unit: troubles.note(unit, staff.WORKSPACE, "token_revoked", real))
    platform = FakePlatform()

    async def story() -> None:
        await until(lambda: staff.states(store) == {"sent": 1})

    running(engine_for(store, platform), story)

    assert store.read(troubles.known) == []


def test_at_a_start_a_workspace_that_was_told_to_wait_goes_on_waiting(store: Store) -> None:
    staff.want(store, staff.hire(store, 1))
    later = SystemClock().now() + timedelta(hours=1)
    store.write(lambda unit: unit.workspaces.block(staff.WORKSPACE, later))

    assert asyncio.run(engine_for(store).recover()) == 0
    assert store.read(lambda unit: unit.workspaces.get(staff.WORKSPACE).blocked_until) == later
