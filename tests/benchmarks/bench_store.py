"""Units per second and the wait of each caller, against one commit for each write on many connections.

Run it with ``python -m tests.benchmarks.bench_store``. A unit is what an answer needs: a look-up and one
changed row. Every figure is of durable commits (``synchronous=FULL``) on the disk that holds the temporary
folder; the baseline does the same statements through one SQLModel session per caller, each with its own
connection and ``BEGIN IMMEDIATE``, as a program without a writer thread would.
"""

import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import create_engine, event
from sqlalchemy.pool import QueuePool
from sqlmodel import Session

from bot.clock import SystemClock
from bot.store.connections import connect, path_of
from bot.store.migrate import migrate
from bot.store.settings import Settings
from bot.store.store import Store, open_store

SECONDS = 3.0
CALLERS = (1, 8, 32)
WARM_UP = 5
NAMES = ("group commit", "commit per write")

Write = Callable[[str], None]


def main() -> None:
    """Print one line for each way and number of callers."""
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else SECONDS
    sys.stdout.write(f"{'way':<18}{'callers':>8}{'units/s':>10}{'p50 ms':>9}{'p99 ms':>9}{'max ms':>9}\n")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        migrate(url)
        store = open_store(url, keys_dir=Path(folder), clock=SystemClock(), role="server")
        store.write(lambda unit: unit.organisations.create("Bench", unit.now))
        for callers in CALLERS:
            for name, write in zip(NAMES, (through(store), naive(url)), strict=True):
                report(name, callers, measure(write, callers, seconds), seconds)
        store.close()


def through(store: Store) -> Write:
    """Write as Rapport does."""
    return lambda key: store.write(lambda unit: unit.settings.put(key, "1", unit.now))


def naive(url: str) -> Write:
    """Write as a program would that commits each write by itself."""
    path, clock = path_of(url), SystemClock()
    engine = create_engine(
        "sqlite://", creator=lambda: connect(path), poolclass=QueuePool, pool_size=max(CALLERS)
    )
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE").close())

    def write(key: str) -> None:
        with Session(engine) as session:
            Settings(session, 1).put(key, "1", clock.now())
            session.commit()

    return write


def measure(write: Write, callers: int, seconds: float) -> list[float]:
    """Let the callers write without a pause for some seconds and return how long each write took."""
    waits: list[list[float]] = [[] for _ in range(callers)]
    end = time.perf_counter() + seconds

    def call(caller: int) -> None:
        while (began := time.perf_counter()) < end:
            write(f"{caller}-{len(waits[caller]) % 50}")
            waits[caller].append(time.perf_counter() - began)

    threads = [threading.Thread(target=call, args=[caller]) for caller in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [wait for each in waits for wait in each[WARM_UP:]]


def report(name: str, callers: int, waits: list[float], seconds: float) -> None:
    """Print one line."""
    cuts = statistics.quantiles(waits, n=100)
    sys.stdout.write(
        f"{name:<18}{callers:>8}{len(waits) / seconds:>10.0f}"
        f"{cuts[49] * 1000:>9.1f}{cuts[98] * 1000:>9.1f}{max(waits) * 1000:>9.1f}\n"
    )


if __name__ == "__main__":
    main()
