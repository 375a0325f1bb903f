"""Real processes, killed for real: what the other side has accepted is the judge."""

import os
import random
import signal
import time
from collections import Counter
from itertools import product
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from adapters.engine.drain import CRASH_POINTS
from bot.store.store import Store, open_store
from tests import builders, staff
from tests.adapters.engine.process import Plan, context, work
from tests.canary import sung_in
from tests.fakes import FakeClock

pytestmark = pytest.mark.process

PATIENCE_S = 60.0
RESUMED_S = 5.0
ASKING = {"before_inquire", "before_find", "after_find", "before_answer", "after_answer", "after_inquire"}
"""Passed with something in hand only if a message's fate is unknown."""


def prepare(folder: Path, messages: int) -> str:
    """Make a database in which so many messages are due, and return its URL."""
    url = builders.a_database(folder)
    store = builders.a_store(url, folder, FakeClock())
    staff.want(store, staff.hire(store, messages))
    store.close()
    return url


def start(plan: Plan) -> BaseProcess:
    process = context().Process(target=work, args=(plan,))
    process.start()
    return process


def finish(process: BaseProcess) -> int | None:
    process.join(PATIENCE_S)
    if process.is_alive():
        process.kill()
        process.join()
        pytest.fail("the engine did not come to an end")
    return process.exitcode


def accepted(plan: Plan) -> Counter[str]:
    return Counter(plan.journal.read_text().split()) if plan.journal.exists() else Counter()


def reopened(plan: Plan) -> Store:
    return open_store(plan.url, keys_dir=plan.folder, clock=FakeClock())


def logged(plan: Plan) -> list[str]:
    """What the processes logged, at DEBUG."""
    return plan.log.read_text("utf-8").splitlines()


def ids_in(plan: Plan) -> dict[str, str]:
    """The state of each delivery."""
    store = reopened(plan)
    try:
        return {row.id: row.state for row in staff.rows(store).values()}
    finally:
        store.close()


UNDER_WAY = ("after_claim", "before_send", "after_send", "before_mark", "before_answer")
"""Steps at whose death it matters that the platform cannot be asked."""


@pytest.mark.parametrize(
    ("point", "findable"), [*product(CRASH_POINTS, [True]), *product(UNDER_WAY, [False])]
)
def test_a_death_at_any_step_loses_nothing_and_sends_nothing_twice(
    tmp_path: Path, point: str, findable: bool
) -> None:
    plan = Plan(tmp_path, prepare(tmp_path, 12), point, nth=2, findable=findable, resets=point in ASKING)

    assert finish(start(plan)) == -signal.SIGKILL
    assert finish(start(Plan(tmp_path, plan.url, findable=findable))) == 0

    states, times = ids_in(plan), accepted(plan)
    assert any("engine.started" in line for line in logged(plan))
    assert sung_in(logged(plan)) == []
    assert set(times.values()) <= {1}
    if findable:
        assert set(states.values()) == {"sent"}
        assert times.keys() == states.keys()
    else:
        assert set(states.values()) <= {"sent", "uncertain"}
        assert {delivery for delivery, state in states.items() if state == "sent"} <= times.keys()


def wait_for(plan: Plan, messages: int, process: BaseProcess) -> float:
    """Wait until the other side has so many messages; return how long it took."""
    began = time.monotonic()
    while sum(accepted(plan).values()) < messages and process.is_alive():
        assert time.monotonic() - began < PATIENCE_S
        time.sleep(0.002)
    return time.monotonic() - began


@pytest.mark.parametrize(("findable", "seed"), [(True, 1), (False, 2)])
def test_kills_in_the_middle_of_a_thousand_sends_lose_and_double_nothing(
    tmp_path: Path, findable: bool, seed: int
) -> None:
    chance = random.Random(seed)
    plan = Plan(tmp_path, prepare(tmp_path, 1000), findable=findable, latency_s=0.004)
    resumed = []
    for moment in sorted(chance.sample(range(20, 900), 3)):
        process = start(plan)
        resumed.append(wait_for(plan, sum(accepted(plan).values()) + 1, process))
        wait_for(plan, moment, process)
        os.kill(process.pid or 0, signal.SIGKILL)
        assert finish(process) == -signal.SIGKILL
    assert finish(start(plan)) == 0

    states, times = ids_in(plan), accepted(plan)
    counts = Counter(states.values())
    assert sung_in(logged(plan)) == []
    assert len(states) == 1000
    assert set(times.values()) == {1}
    assert max(resumed) < RESUMED_S
    if findable:
        assert counts == {"sent": 1000}
        assert times.keys() == states.keys()
    else:
        assert counts["sent"] + counts["uncertain"] == 1000
        assert 0 < counts["uncertain"] <= 3 * 50
        assert {delivery for delivery, state in states.items() if state == "sent"} <= times.keys()
