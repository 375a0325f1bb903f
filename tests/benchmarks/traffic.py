"""A company with an open pulse, and people who tap answers in it at a fixed rate or as fast as they can."""

import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from itertools import count, cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import func, select

from bot import dispatch
from bot.store import vault
from bot.store.migrate import migrate
from bot.store.store import Store, open_store
from bot.store.tables import InboxEvent
from bot.talk.cards import Action
from bot.talk.events import ButtonPressed, Private, Source
from tests.fakes import MONDAY, FakeClock
from tests.town import Town

THREADS = 32
TEAM = 50
NINE = MONDAY + timedelta(weeks=6, hours=1)
"""A quarter's first Monday, at home in UTC: of the fortnightly and the quarterly survey, set up today, both open."""

_numbers = count()


@contextmanager
def a_town(people: int, survey: str = "pulse") -> Iterator[Town]:
    """Make a company of teams on a server's store in a folder of its own, with an open survey."""
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
        town.runs(survey)
        town.opens()
        try:
            yield town
        finally:
            store.close()


@dataclass(frozen=True, slots=True)
class Crowd:
    """So many people who answer the first question of the open survey, one after the other and again and again."""

    store: Store
    people: int
    question: str = "job-satisfaction"

    def taps(self) -> Iterator[ButtonPressed]:
        for person in cycle(range(1, self.people + 1)):
            number = next(_numbers)
            source = Source(platform="local", workspace="local", user=f"p{person}", event=f"e{number}")
            yield ButtonPressed(source, Action("answer.tap", f"1/{self.question}", str(1 + number % 5)))

    def paced(self, rate: float, seconds: float, pool: ThreadPoolExecutor) -> list[float]:
        """Send events at a fixed rate, whether or not earlier ones are done; return their milliseconds since due."""
        begin = time.perf_counter()
        waiting: list[tuple[float, Future[float]]] = []
        for index, event in enumerate(islice(self.taps(), int(rate * seconds))):
            due = begin + index / rate
            time.sleep(max(0.0, due - time.perf_counter()))
            waiting.append((due, pool.submit(self._finished, event)))
        return [1000 * (done.result() - due) for due, done in waiting]

    def burst(self, events: int, pool: ThreadPoolExecutor) -> tuple[float, float]:
        """Send events as fast as the pool can handle them; return how many a second, and each one's CPU in ms."""
        begin, worked = time.perf_counter(), time.process_time()
        for done in [pool.submit(self._finished, event) for event in islice(self.taps(), events)]:
            done.result()
        took, worked = time.perf_counter() - begin, time.process_time() - worked
        return events / took, 1000 * worked / events

    def _finished(self, event: ButtonPressed) -> float:
        if isinstance(dispatch.handle(self.store, event), Private):  # a refusal, or a mistake of ours
            raise SystemExit("an event was refused; the figures would mean nothing")
        return time.perf_counter()


def kept(store: Store) -> tuple[int, int]:
    """Return how many events the database knows, and how many people's answers."""
    rows = (select(func.count()).select_from(InboxEvent), select(func.count()).select_from(vault.Sheet))
    return store.read(lambda unit: (unit.session.exec(rows[0]).one(), unit.session.exec(rows[1]).one()))
