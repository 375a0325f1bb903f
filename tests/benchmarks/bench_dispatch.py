"""Events through dispatch, durable commit included, and a large wave opened meanwhile.

The baseline is the same number of answers, each committed on its own by one caller after the other.
"""

import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median

from sqlmodel import func, select

from bot import dispatch
from bot.cases import waves
from bot.store import vault
from bot.store.store import open_store
from bot.talk.cards import Action
from bot.talk.events import ButtonPressed, Source
from tests import builders
from tests.bot.cases.test_waves import MONDAY
from tests.fakes import FakeClock
from tests.town import Town

PEOPLE, RATE, SECONDS, THREADS, LARGE = 1500, 50, 15, 32, 10_000


def town(folder: Path, people: int) -> Town:
    builders.a_store(builders.a_database(folder), folder, FakeClock(MONDAY)).close()
    clock = FakeClock(MONDAY)
    store = open_store(
        f"sqlite:///{folder / 'rapport.db'}", keys_dir=folder / "keys", clock=clock, role="server"
    )
    found = Town(store, clock)
    for start in range(0, people, 500):
        found.has(f"Area/Team {start // 500}", min(500, people - start))
    found.runs()
    return found


def tap(person: int, number: int) -> ButtonPressed:
    source = Source(platform="local", workspace="local", user=f"p{person}", event=f"e{number}")
    return ButtonPressed(source, Action("answer.tap", "1/job-satisfaction", str(1 + number % 5)))


def timed(found: Town, person: int, number: int) -> float:
    start = time.perf_counter()
    dispatch.handle(found.store, tap(person, number))
    return time.perf_counter() - start


def paced(found: Town, rate: int, seconds: float, first: int, pool: ThreadPoolExecutor) -> list[float]:
    """Send events at a fixed rate, whether or not earlier ones are done; return their times from when they were due."""
    waiting = []
    begin = time.perf_counter()
    for index in range(int(rate * seconds)):
        due = begin + index / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        number = first + index
        waiting.append((due, pool.submit(_done_at, found, 1 + number % PEOPLE, number)))
    return [done.result() - due for due, done in waiting]


def _done_at(found: Town, person: int, number: int) -> float:
    dispatch.handle(found.store, tap(person, number))
    return time.perf_counter()


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] * 1000


def steady(folder: Path) -> list[tuple[str, str]]:
    found = town(folder, PEOPLE)
    found.opens()
    with ThreadPoolExecutor(THREADS) as pool:
        paced(found, RATE, 2, 1_000_000, pool)
        times = paced(found, RATE, SECONDS, 0, pool)
        begin = time.perf_counter()
        burst = list(pool.map(lambda n: timed(found, 1 + n % PEOPLE, 2_000_000 + n), range(6000)))
        rate = len(burst) / (time.perf_counter() - begin)
    alone = [timed(found, 1 + n, 3_000_000 + n) for n in range(200)]
    kept = found.store.read(
        lambda unit: unit.session.exec(select(func.count()).select_from(vault.Sheet)).one()
    )
    found.store.close()
    baseline = 1 / (sum(alone) / len(alone))
    return [
        (f"event at {RATE}/s, p50", f"{median(times) * 1000:.1f} ms"),
        (f"event at {RATE}/s, p99", f"{percentile(times, 0.99):.1f} ms"),
        ("sustained, 32 threads", f"{rate:.0f} events/s"),
        ("baseline, one after the other", f"{baseline:.0f} events/s (ratio {rate / baseline:.1f})"),
        ("people whose answer is there", f"{kept} of {PEOPLE}"),
    ]


def materialise(folder: Path) -> list[tuple[str, str]]:
    """Open a wave for 10,000 people while events keep coming at 50 a second."""
    found = town(folder, LARGE)
    found.store.write(lambda unit: waves.set_up(unit, "feedback", 1, MONDAY.date()))
    times: list[float] = []
    with ThreadPoolExecutor(THREADS) as pool:
        begin = time.perf_counter()
        opening = threading.Thread(target=found.opens)
        opening.start()
        number = 0
        while opening.is_alive():
            times += paced(found, RATE, 0.2, 10 * number, pool)
            number += 1
        took = time.perf_counter() - begin
    asked = found.store.read(lambda unit: unit.waves.recent(2)[0].asked)
    found.store.close()
    return [
        (f"opening two waves for {asked:,} people each", f"{took:.1f} s"),
        ("event p99 meanwhile", f"{percentile(times, 0.99):.1f} ms"),
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
        for name, value in (*steady(Path(first)), *materialise(Path(second))):
            print(f"{name:45} {value}")  # noqa: T201 - a benchmark prints


if __name__ == "__main__":
    main()
