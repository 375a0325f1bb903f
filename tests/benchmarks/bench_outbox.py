"""Deliveries per second to a platform without latency, against one message at a time.

Run it with ``python -m tests.benchmarks.bench_outbox [messages]``. Both ways keep the same promise: *sending* is
durable before the platform is called, and the mark is durable after it. The baseline claims, sends and marks
each message by itself, with two commits each; it gets a tenth of the messages, because it is slower. Guards run
and a plain card is built for each message; commits are durable (``synchronous=FULL``) on the disk that holds
the temporary folder. Wanting the messages is timed beside it.
"""

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from adapters.engine import Place
from adapters.engine.drain import Drain
from adapters.engine.limits import Limits
from bot.store import vault  # noqa: F401 - its tables belong to the database too
from tests import builders, staff
from tests.fakes import FakeClock
from tests.platforms.fake import FakePlatform

MESSAGES = 5000
HERE = Place(1, staff.WORKSPACE)
FAST = Limits(turn_s=600)
ONE_BY_ONE = Limits(turn_s=600, batch=1, at_once=1)


def main() -> None:
    """Print one line for each way, and how many times as fast the batches are."""
    messages = int(sys.argv[1]) if len(sys.argv) > 1 else MESSAGES
    sys.stdout.write(f"{'way':<18}{'messages':>9}{'wanted/s':>10}{'deliveries/s':>14}\n")
    batched = measure("batches of 50", messages, FAST)
    single = measure("one at a time", max(1, messages // 10), ONE_BY_ONE)
    sys.stdout.write(f"{batched / single:.1f} times as fast\n")


def measure(way: str, messages: int, limits: Limits) -> float:
    """Deliver so many messages in a database of their own and return how many went out per second."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = builders.a_store(builders.a_database(folder), folder, FakeClock())
        people = staff.hire(store, messages)
        began = time.perf_counter()
        staff.want(store, people, "wave.invite")
        wanted = messages / (time.perf_counter() - began)
        store.write(lambda unit: setattr(unit.organisations.get(), "time_zone", "Europe/Berlin"))
        platform = FakePlatform()
        drain = Drain(store=store, platform=platform, limits=limits, cards=staff.CARDS)
        began = time.perf_counter()
        asyncio.run(drain.run(HERE))
        sent = len(platform.accepted) / (time.perf_counter() - began)
        store.close()
    if len(platform.accepted) != messages:
        raise SystemExit(f"{len(platform.accepted)} of {messages} messages arrived")
    sys.stdout.write(f"{way:<18}{messages:>9,}{wanted:>10,.0f}{sent:>14,.0f}\n")
    return sent


if __name__ == "__main__":
    main()
