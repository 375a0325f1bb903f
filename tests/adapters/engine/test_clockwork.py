import asyncio

import pytest

from adapters.engine.clockwork import Clockwork
from tests.adapters.engine.waiting import until


def test_a_tick_comes_again_and_again_until_the_stop() -> None:
    ticks: list[int] = []

    async def tick() -> None:
        ticks.append(1)

    async def story() -> None:
        clockwork = Clockwork()
        clockwork.every(0.01, "tick", tick)
        clockwork.start()
        await until(lambda: len(ticks) >= 3)
        await clockwork.stop(1)
        at_the_stop = len(ticks)
        await asyncio.sleep(0.05)
        assert len(ticks) == at_the_stop

    asyncio.run(story())


def test_a_tick_that_fails_is_counted_and_comes_again(capsys: pytest.CaptureFixture[str]) -> None:
    async def story() -> Clockwork:
        clockwork = Clockwork()
        clockwork.every(0.01, "bad", _fails)
        clockwork.start()
        await until(lambda: clockwork.failures >= 2)
        await clockwork.stop(1)
        return clockwork

    assert asyncio.run(story()).failures >= 2
    logged = capsys.readouterr().err
    assert "engine.tick_failed" in logged
    assert "ZeroDivisionError" in logged


async def _fails() -> None:
    raise ZeroDivisionError


def test_a_slow_tick_is_not_begun_twice_and_may_finish_at_the_stop() -> None:
    begun: list[int] = []
    ended: list[int] = []
    go_on = asyncio.Event()

    async def slow() -> None:
        begun.append(1)
        await go_on.wait()
        ended.append(1)

    async def story() -> None:
        clockwork = Clockwork()
        clockwork.every(0.01, "slow", slow)
        clockwork.start()
        await until(lambda: begun)
        await asyncio.sleep(0.05)
        asyncio.get_running_loop().call_later(0.01, go_on.set)
        await clockwork.stop(5)

    asyncio.run(story())

    assert (len(begun), len(ended)) == (1, 1)


def test_stopping_what_was_not_started_does_nothing() -> None:
    asyncio.run(Clockwork().stop(1))
