"""Opening a wave for 10,000 people while answers keep coming, against one transaction for the whole wave.

Run it with ``python -m tests.benchmarks materialise``. The quarterly survey is open already and takes 50 answers a second: first for
some seconds alone, then while the pulse opens: its questions are drawn, its invitations, reminders and their
deliveries written. The baseline writes them all in one unit.
"""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from adapters.process import answer_quickly
from bot.cases import waves
from tests.benchmarks.figures import Figure, percentile, show
from tests.benchmarks.traffic import THREADS, Crowd, a_town
from tests.town import Town

PEOPLE, RATE, RUNS = 10_000, 50, 3
QUIET_S, SLICE_S = 4.0, 0.2
OPEN, OPENED = "recommend", "pulse"


@dataclass(frozen=True, slots=True)
class Opening:
    """One opening: its seconds, and the p99 of events before it and meanwhile, in milliseconds."""

    seconds: float
    before: float
    meanwhile: float


def figures() -> list[Figure]:
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(opening(waves.CHUNK))
        theirs.append(opening(PEOPLE * 2))
    return [
        Figure(
            f"opening a wave for {PEOPLE:,} people",
            "s",
            [one.seconds for one in ours],
            [one.seconds for one in theirs],
            "< 5 s",
        ),
        Figure("event at 50 events/s before it, p99", "ms", [one.before for one in ours]),
        Figure(
            "event at 50 events/s meanwhile, p99",
            "ms",
            [one.meanwhile for one in ours],
            [one.meanwhile for one in theirs],
            "p99 < 100 ms",
        ),
    ]


def opening(chunk: int) -> Opening:
    """Open the wave once, so many people to a unit."""
    with a_town(PEOPLE, OPEN) as town, ThreadPoolExecutor(THREADS) as pool:
        answer_quickly()
        crowd = Crowd(town.store, PEOPLE, "recommend-workplace")
        before = crowd.paced(RATE, QUIET_S, pool)
        town.runs(OPENED)
        usual, waves.CHUNK = waves.CHUNK, chunk
        try:
            seconds, meanwhile = _beside(town, crowd, pool)
        finally:
            waves.CHUNK = usual
    return Opening(seconds, percentile(before, 0.99), percentile(meanwhile, 0.99))


def _beside(town: Town, crowd: Crowd, pool: ThreadPoolExecutor) -> tuple[float, list[float]]:
    took: list[float] = []

    def work() -> None:
        began = time.perf_counter()
        town.opens()
        took.append(time.perf_counter() - began)

    worker, times = threading.Thread(target=work), []
    worker.start()
    while worker.is_alive():
        times += crowd.paced(RATE, SLICE_S, pool)
    worker.join()
    asked = town.store.read(lambda unit: [wave.asked for wave in unit.waves.recent()])
    if asked != [PEOPLE, PEOPLE]:
        raise SystemExit(f"{asked} people were asked")
    return took[0], times


def main() -> None:
    """Print the figures."""
    show(figures())


if __name__ == "__main__":
    main()
