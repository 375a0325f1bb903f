"""A company with an open pulse, and people who tap answers in it at a fixed rate or as fast as they can."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import func, select

from bot import dispatch
from bot.store import vault
from bot.store.migrate import migrate
from bot.store.store import Store, open_store
from bot.store.tables import InboxEvent
from bot.talk.cards import Action
from bot.talk.events import ButtonPressed, Private, Reply, Source
from tests.fakes import MONDAY, FakeClock
from tests.town import Town

THREADS = 32
TEAM = 50
NINE = MONDAY + timedelta(weeks=6, hours=1)
"""A quarter's first Monday, at home in UTC: of the fortnightly and the quarterly survey, set up today, both open."""

_numbers = count()


@contextmanager
def a_town(people: int) -> Iterator[Town]:
    """Make a company of teams on a server's store in a folder of its own; its pulse is set up, not open."""
    with TemporaryDirectory() as folder:
        place, clock = Path(folder), FakeClock(NINE)
        url = f"sqlite:///{place / 'rapport.db'}"
        migrate(url)
        (place / "keys").mkdir(mode=0o700)
        store = open_store(url, keys_dir=place / "keys", clock=clock, role="server")
        store.write(lambda unit: unit.organisations.create("Example", unit.now))
        town = Town(store, clock)
        for team in range(people // TEAM):
            town.has(f"Area {team // 10}/Team {team}", TEAM)
        town.runs()
        try:
            yield town
        finally:
            store.close()


def tap(person: int) -> ButtonPressed:
    """One more answer of a person, as an event of its own."""
    number = next(_numbers)
    source = Source(platform="local", workspace="local", user=f"p{person}", event=f"e{number}")
    return ButtonPressed(source, Action("answer.tap", "1/job-satisfaction", str(1 + number % 5)))


def paced(store: Store, people: int, rate: float, seconds: float, pool: ThreadPoolExecutor) -> list[float]:
    """Send events at a fixed rate, whether or not earlier ones are done; return their milliseconds since due."""
    begin = time.perf_counter()
    waiting: list[tuple[float, Future[float]]] = []
    for index in range(int(rate * seconds)):
        due = begin + index / rate
        time.sleep(max(0.0, due - time.perf_counter()))
        waiting.append((due, pool.submit(_finished, store, tap(1 + index % people))))
    return [1000 * (done.result() - due) for due, done in waiting]


def burst(store: Store, people: int, events: int, pool: ThreadPoolExecutor) -> float:
    """Handle events as fast as the pool can; return how many a second."""
    taps = [tap(1 + index % people) for index in range(events)]
    begin = time.perf_counter()
    for done in [pool.submit(_finished, store, event) for event in taps]:
        done.result()
    return events / (time.perf_counter() - begin)


def kept(store: Store) -> tuple[int, int]:
    """Return how many events the database knows, and how many people's answers."""
    rows = (select(func.count()).select_from(InboxEvent), select(func.count()).select_from(vault.Sheet))
    return store.read(lambda unit: (unit.session.exec(rows[0]).one(), unit.session.exec(rows[1]).one()))


def _finished(store: Store, event: ButtonPressed) -> float:
    if not _answered(dispatch.handle(store, event)):
        raise SystemExit("an event was refused; the figures would mean nothing")
    return time.perf_counter()


def _answered(reply: Reply) -> bool:
    """Say whether the tap was taken; a refusal and a mistake of ours are private cards."""
    return not isinstance(reply, Private)
