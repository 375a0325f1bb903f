"""SIGTERM in the middle of a burst: what was confirmed is there, nothing is doubled, and the process goes in order."""

import json
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from threading import Event

import pytest
from sqlmodel import select

from bot.clock import SystemClock
from bot.store import vault
from bot.store.store import Store, open_store
from bot.store.tables import Delivery
from tests.canary import free
from tests.stories.house import ANA, House, Json, Refusal, buttons, monday_nine

pytestmark = [pytest.mark.process, pytest.mark.allow_hosts(["127.0.0.1"])]

GRACE_S = 20
"""The default of RAPPORT_GRACE_SECONDS."""
AT_ONCE = 16


@dataclass
class Burst:
    """What many people do at once, and what the doors confirmed; whatever was cut off may or may not have counted."""

    house: House
    answered: dict[str, dict[str, str]] = field(default_factory=dict)
    asked_for_ana: set[str] = field(default_factory=set)
    confirmed: int = 0
    enough: Event = field(default_factory=Event)

    def run(self, people: Iterable[str], until: int, then: Callable[[], int]) -> int:
        """Let everybody act; once so many acts are confirmed, do something and return what it returns."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            acting = [pool.submit(self._person, person, until) for person in people]
            assert self.enough.wait(60)
            result = then()
            for done in acting:
                done.result()
        return result

    def _person(self, person: str, until: int) -> None:
        """Answer with a tap, write a comment, and ask to talk to somebody; stop where the line is cut."""
        with suppress(OSError, HTTPException):
            for act in self._acts(person):
                act()
                self.confirmed += 1
                if self.confirmed >= until:
                    self.enough.set()

    def _acts(self, person: str) -> Iterable[Callable[[], None]]:
        pulse = next(m for m in self.house.messages(person) if "1" in buttons(m))
        shown: list[Json] = []

        def tap() -> None:
            shown.extend(self.house.presses(person, pulse, "4"))
            self.answered[person] = {"job-satisfaction": "4"}

        def write() -> None:
            text = next(
                e["key"] for e in shown[-1]["card"]["elements"] if e.get("key", "").endswith("comment")
            )
            self.house.submits(person, shown[-1], **{text: free(f"From {person}.")})
            self.answered[person] |= {text: free(f"From {person}.")}

        def ask() -> None:
            offer = self.house.says(person, "/human")
            label = next(label for label in buttons(offer) if label in {"Pass it on", "Weitergeben"})
            self.house.presses(person, offer, label)
            self.asked_for_ana.add(person)

        return tap, write, ask


@pytest.fixture
def burst(house: House) -> Burst:
    monday_nine(house)
    return Burst(house)


def some_people(house: House, n: int) -> list[str]:
    """Return people who are asked in the pulse now and play no part in the walk."""
    everybody = [p["id"] for p in house.get("/local/people")["people"] if not p["featured"]]
    return [who for who in everybody if any("1" in buttons(m) for m in house.messages(who))][:n]


def look(house: House, what: Callable[[Store], object]) -> object:
    """Look into the database of a house in which nobody is at home."""
    var = house.folder / "var" / "demo.db"
    keys = house.folder / "rapport-keys" / "demo"
    store = open_store(f"sqlite:///{var}", keys_dir=keys, clock=SystemClock())
    try:
        return what(store)
    finally:
        store.close()


def sheets(store: Store) -> dict[str, Mapping[str, str]]:
    """Return what lies sealed in the open pulse, by the person's HR id; every sheet must be somebody's."""

    def work(unit):
        wave = next(w.id for w in unit.waves.in_state("open") if vault.collect(unit, w.id))
        key = vault._key(unit, wave)
        sealed = {sheet.token: sheet.sealed for sheet in vault.collect(unit, wave)}
        tokens = {vault._token(key, person.id): person.external for person in unit.people.all()}
        assert sealed.keys() <= tokens.keys()
        return {tokens[token]: vault._open(key, 1, wave, token, box) for token, box in sealed.items()}

    return store.read(work)


def deliveries(store: Store) -> list[Delivery]:
    return store.read(lambda unit: list(unit.session.exec(select(Delivery)).all()))


def accepted(house: House) -> Counter[str]:
    """How often the page accepted each delivery, from its log."""
    lines = (house.folder / "var" / "demo.chat.jsonl").read_text("utf-8").splitlines()
    return Counter(json.loads(line).get("delivery") or "" for line in lines)


def test_a_stop_in_a_burst_loses_and_doubles_nothing(burst: Burst) -> None:
    house = burst.house
    people = some_people(house, 60)
    assert len(people) == 60

    began = time.monotonic()
    code = burst.run(people, until=50, then=house.stop)
    took = time.monotonic() - began

    assert code == 0
    assert took < GRACE_S
    assert 50 <= burst.confirmed < 3 * len(people), "the burst was over before the stop"
    stored = look(house, sheets)
    assert set(burst.answered) <= stored.keys() <= set(people)
    for person, values in burst.answered.items():
        assert values.items() <= stored[person].items()
    assert not [row for row in look(house, deliveries) if row.state == "sending"]

    house.start()
    house.clock(advance="PT1M")
    asking = [name_in(house, person) for person in burst.asked_for_ana]
    told = str([m["card"] for m in house.messages(ANA)])
    assert all(name in told for name in asking)
    house.stop()
    assert look(house, sheets) == stored
    rows = look(house, deliveries)
    times = accepted(house)
    assert {times[row.id] for row in rows if row.state == "sent"} <= {1}
    assert {row.state for row in rows if row.purpose == "human.request"} == {"sent"}
    assert max(n for delivery, n in times.items() if delivery) == 1


def name_in(house: House, person: str) -> str:
    return next(p["name"] for p in house.get("/local/people")["people"] if p["id"] == person)


def test_after_a_stop_in_a_burst_the_same_people_can_go_on_where_they_were(burst: Burst) -> None:
    house = burst.house
    people = some_people(house, 24)
    burst.run(people, until=12, then=house.stop)
    house.start()

    for person in people:
        standing = [m for m in house.messages(person) if m["kind"] == "message" and "1" in buttons(m)]
        for pulse in standing:
            house.presses(person, pulse, "5")
    house.stop()

    stored = look(house, sheets)
    assert set(people) == stored.keys()


def test_a_second_sigterm_ends_the_process_at_once(house: House) -> None:
    with ThreadPoolExecutor(1) as pool:
        moving = pool.submit(lambda: house.clock(advance="P60D"))
        while not any("outbox.drained" in line for line in house.said()):
            time.sleep(0.01)
        house.tell(signal.SIGTERM)
        while not any("process.stopping" in line for line in house.said()):
            time.sleep(0.01)
        began = time.monotonic()
        house.tell(signal.SIGTERM)
        code = house.ended()
        took = time.monotonic() - began
        with pytest.raises((OSError, HTTPException, Refusal)):
            moving.result()

    assert code == -signal.SIGTERM
    assert took < 0.5
    house.start()
    assert house.get("/local/clock")["now"]
