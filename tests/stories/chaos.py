"""``python -m tests.stories.chaos [--seconds …] [--seed …] [--mode …]``: a pulse through a Slack that fails, with kills in the middle.

Each round starts ``rapport demo --slack`` as a process before a fake Slack that refuses, breaks, hangs and is slow, tells
everything twice or in another order, and drops its connections. While the invitations go out and people answer, the
process is killed twice as by a power cut. In the end everything must have come to rest, the fake's checker be
satisfied, and everything that somebody was told be there, once. A seed decides what goes wrong; when, also the machine.
"""

import argparse
import asyncio
import json
import shutil
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import wait
from contextlib import closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPException
from itertools import count
from pathlib import Path
from random import Random
from threading import Thread
from typing import Literal

from adapters.demo.crowd import FEATURED
from tests.platforms.slack import FakeSlack
from tests.platforms.slack.blocks import problems
from tests.platforms.slack.checker import check
from tests.platforms.slack.faults import CHAOS, hang, seeded
from tests.platforms.slack.history import POSTS
from tests.platforms.slack.roll import enrol, slack_id
from tests.stories.actors import Actor, Told, differing, passed_on
from tests.stories.house import Refusal, command, rapport
from tests.stories.slack_house import SlackHouse
from tests.stories.test_stop import deliveries, look, sheets

Mode = Literal["socket", "http"]

SAYING = (
    "chat.postMessage",
    "chat.update",
    "chat.postEphemeral",
    "response_url",
    "views.open",
    "views.update",
)
ASKING = ("conversations.open", "conversations.history")
WRONG = (*CHAOS * 3, hang(), hang(after=True))
SHARE = 0.12
"""Of the calls that say something, or ask what arrived, this share fails."""

DOUBLED = 0.15
"""Of what Slack tells the app, this share comes twice at once."""

DROPPED = 0.06
"""The chance, about once a second, that the connection is dropped: more often the app would wait before the next one."""
FAST_S, SLOW_S, VERY_SLOW_S, VERY_SLOW = 0.02, 0.25, 9.0, 0.01
"""How long a call is on its way; every hundredth so long that the app gives up before Slack carries it out."""

MINUTE_S = 2.0
"""What Slack's minute between the retries of an event lasts here."""

ZONE = "Europe/Berlin"
"""Where it is nine o'clock when the pulse goes out; people elsewhere are asked at their own nine o'clock."""

HALF_AN_HOUR = timedelta(minutes=30)
"""From when the demo begins until then."""

ACTORS = 40
PATIENCE_S = 60.0
"""For whatever must happen at some time in a round."""
REST_S = 240.0
"""How long it may take until nothing is on its way any more: a few doubts, and being asked again, on a busy machine."""

EXPECTED = "slack.not_shown"
"""What may be logged as an error: a reply that Slack did not take."""

REFUSED = 400
"""All that Slack tells is true here; from this status on the app said no."""

INVITED = """
    SELECT DISTINCT person.external FROM delivery JOIN person ON person.id = delivery.person_id
    JOIN wave ON wave.id = CAST(delivery.ref AS INTEGER)
    WHERE delivery.purpose = 'wave.invite' AND wave.state = 'open' ORDER BY 1
"""
PASSED_ON = """
    SELECT person.external FROM delivery JOIN person ON person.id = CAST(delivery.ref AS INTEGER)
    WHERE purpose = 'human.request'
"""
AT_WORK = """
    SELECT state, count(*) FROM delivery
    WHERE state IN ('sending', 'retry') OR (state = 'uncertain' AND lease_until IS NOT NULL) GROUP BY state
"""


@dataclass(frozen=True)
class Length:
    """How long the weather lasts after the last kill, if anybody is still at it; and whether what Slack is asked fails even later."""

    storm_s: float
    asking: bool


LONG, SHORT = Length(25.0, asking=True), Length(3.0, asking=False)


@dataclass
class Weather:
    """What goes wrong between Slack and the app until it clears."""

    fake: FakeSlack
    random: Random
    mode: Mode
    calm: bool = False
    _releases: set[asyncio.Task[object]] = field(default_factory=set)

    def breaks(self) -> None:
        fake, random = self.fake, self.random
        fake.faults.draw = seeded(random.randrange(2**32), SHARE, WRONG, (*SAYING, *ASKING))
        fake.reach.doubled = lambda: random.random() < DOUBLED
        fake.travel = self._travel

    async def blows(self) -> None:
        """Hold events back and bring them in another order, and drop connections, again and again."""
        fake, random = self.fake, self.random
        fake.events.wait = lambda seconds: asyncio.sleep(seconds * MINUTE_S / 60)
        while not self.calm:
            fake.events.hold()
            await asyncio.sleep(random.uniform(0.1, 0.4))
            release = asyncio.create_task(fake.events.release(random))
            self._releases.add(release)
            release.add_done_callback(self._releases.discard)
            await asyncio.sleep(random.uniform(0.3, 0.9))
            if self.mode == "socket" and random.random() < DROPPED:
                await self._drops()

    async def clears(self, *, asking: bool) -> None:
        """Let everything through again; with ``asking`` what Slack is asked may still fail for a while."""
        self.calm = True
        self.fake.faults.clear()
        if asking:
            self.fake.faults.draw = seeded(self.random.randrange(2**32), SHARE, CHAOS, ASKING)
        self.fake.reach.doubled = lambda: False
        self.fake.travel = lambda: 0.0
        await asyncio.gather(*self._releases)
        await self.fake.events.settle()

    async def _drops(self) -> None:
        how = self.random.choice(["drop", "refresh_requested", "warning"])
        if how == "drop":
            self.fake.socket.drop()
        else:
            await self.fake.socket.disconnect("warning" if how == "warning" else "refresh_requested")

    def _travel(self) -> float:
        if self.random.random() < VERY_SLOW:
            return VERY_SLOW_S
        return self.random.uniform(FAST_S, SLOW_S)


@dataclass
class Outcome:
    """What one round came to; ``complaints`` is empty if all is as it should be."""

    seed: int
    seconds: float = 0.0
    calls: int = 0
    failed: int = 0
    posts: int = 0
    asked: int = 0
    kills: list[int] = field(default_factory=list)
    """How many messages Slack had taken at each kill."""
    acts: int = 0
    trouble: Counter[str] = field(default_factory=Counter)
    """How often somebody was told to try again, by Slack's word for why."""
    sheets: int = 0
    states: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)


class Round:
    """One pulse in a house of its own, which is a copy of a demo that nobody has used yet."""

    def __init__(self, folder: Path, fake: FakeSlack, seed: int, mode: Mode, length: Length) -> None:
        self.folder, self.fake, self.length = folder, fake, length
        self.random = Random(seed)
        self.house = SlackHouse(folder, fake, mode=mode)
        self.weather = Weather(fake, Random(f"{seed}|weather"), mode)
        self.out, self.nine = Outcome(seed), ""
        self.before = {row["id"] for row in self._rows("SELECT id FROM delivery WHERE state = 'sent'")}

    def run(self) -> Outcome:
        began = time.monotonic()
        self.house.start()
        self.nine = (datetime.fromisoformat(self.house.get("/local/clock")["now"]) + HALF_AN_HOUR).isoformat()
        self.weather.breaks()
        blowing = self.fake.begin(self.weather.blows())
        self._opens_the_pulse()
        actors = self._take_part()
        acting = [self.fake.begin(actor.run(REST_S)) for actor in actors]
        self._kills(actors)
        wait(acting, self.length.storm_s)
        self.fake.do(self.weather.clears(asking=self.length.asking), REST_S)
        blowing.result(REST_S)
        for one in acting:
            one.result(REST_S)
        self._rests()
        self.out.complaints += [f"{actor.who} was never asked" for actor in actors if actor.pulse is None]
        self._judges(self.house.stop(), {actor.who: actor.told for actor in actors})
        self.out.seconds = time.monotonic() - began
        return self.out

    def _opens_the_pulse(self) -> None:
        """Move the clock, in the background, to when the pulse goes out; a kill cuts this off."""

        def move() -> None:
            with suppress(OSError, HTTPException, Refusal):
                self.house.clock(to=self.nine)

        Thread(target=move, daemon=True).start()

    def _take_part(self) -> list[Actor]:
        """Choose some of those who are asked, as soon as it is known."""
        self._until(lambda: bool(self._rows(INVITED)), "the pulse never opened")
        asked = [row["external"] for row in self._rows(INVITED) if self._wakes_now(row["external"])]
        self.out.asked = len(asked)
        free = [who for who in asked if who not in FEATURED]
        return [Actor(self.fake, who, str(self.out.seed)) for who in self.random.sample(free, ACTORS)]

    def _wakes_now(self, who: str) -> bool:
        return self.fake.user(slack_id(who)).tz == ZONE

    def _kills(self, actors: Sequence[Actor]) -> None:
        """Kill the process once in the middle of the sending, once in the middle of the answers."""
        some, many = self.random.randint(20, 60), self.random.randint(40, 80)
        self._until(lambda: self._posts() >= some, f"Slack never took {some} messages")
        self._kill()
        self._until(lambda: sum(a.told.acts for a in actors) >= many, f"nobody confirmed {many} acts")
        self._kill()

    def _kill(self) -> None:
        self.house.kill()
        self.out.kills.append(self._posts())
        self.house.start()
        self._opens_the_pulse()

    def _rests(self) -> None:
        """Wait until nothing is on its way any more."""
        ends = time.monotonic() + REST_S
        while time.monotonic() < ends:
            self.house.settles()
            if not self._rows(AT_WORK):
                return
            time.sleep(0.5)
        self.out.complaints.append("deliveries are still on their way")

    # --- what it came to ---

    def _judges(self, code: int, told: Mapping[str, Told]) -> None:
        out, fake = self.out, self.fake
        rows = [row for row in look(self.house, deliveries) if row.id not in self.before]
        out.states = Counter(row.state for row in rows)
        out.calls, out.posts = len(fake.calls), self._posts()
        out.failed = sum(call.outcome != "ok" for call in fake.calls)
        out.acts = sum(one.acts for one in told.values())
        out.trouble = sum((one.trouble for one in told.values()), Counter())
        out.complaints += [] if code == 0 else [f"it ended with {code}"]
        answers = Counter(sent.answer.status for sent in fake.reach.sent)
        out.complaints += [
            f"{n} times Slack got {status}" for status, n in answers.items() if status >= REFUSED
        ]
        out.complaints += check(fake, [(row.id, row.state) for row in rows], reconciled=True, cut_off=True)
        now = datetime.fromisoformat(
            self._rows("SELECT value FROM setting WHERE key = 'demo.now'")[0]["value"]
        )
        out.complaints += [
            f"{r.purpose} is due and {r.state}" for r in rows if r.state == "pending" and r.due_at <= now
        ]
        stored = look(self.house, sheets)
        out.sheets = len(stored)
        out.complaints += differing(stored, told)
        out.complaints += passed_on(Counter(row["external"] for row in self._rows(PASSED_ON)), told)
        out.complaints += [f"logged: {line}" for line in self.house.said() if mistaken(line)]
        out.complaints += [f"leaked: {line}" for line in self.house.leaks()]

    # --- looking on ---

    def _posts(self) -> int:
        return sum(call.method == POSTS for call in self.fake.history)

    def _until(self, reached: Callable[[], bool], otherwise: str) -> None:
        ends = time.monotonic() + PATIENCE_S
        while not reached():
            if time.monotonic() > ends:
                raise AssertionError(otherwise)
            time.sleep(0.02)

    def _rows(self, query: str) -> list[sqlite3.Row]:
        """Look into the database beside the running process."""
        with closing(
            sqlite3.connect(f"file:{self.folder / 'var' / 'demo.db'}?mode=ro", uri=True, timeout=10)
        ) as database:
            database.row_factory = sqlite3.Row
            return database.execute(query).fetchall()


def mistaken(line: str) -> bool:
    """Say whether a line of the log tells of a mistake of ours, not of Slack's."""
    try:
        said = json.loads(line)
    except ValueError:
        return "Traceback" in line
    return said.get("level") in {"error", "critical"} and said.get("event") != EXPECTED


# --- by command -------------------------------------------------------------------------------------------

HEADS = (
    "seed",
    "mode",
    "s",
    "calls",
    "failed",
    "posts",
    "asked",
    "at kills",
    "acts",
    "again",
    "sheets",
    "states",
)


def rounds(built: Path, seconds: float, seed: int, modes: Sequence[Mode]) -> Iterator[tuple[Mode, Outcome]]:
    """Run rounds with one seed after the other until the time is over, at least one."""
    ends = time.monotonic() + seconds
    for number in count():
        mode = modes[number % len(modes)]
        yield mode, storm(built, seed + number, mode)
        if time.monotonic() > ends:
            return


def storm(built: Path, seed: int, mode: Mode, length: Length = LONG) -> Outcome:
    """Run one round in a copy of a demo."""
    people = json.loads(command([*rapport(), "people", "list", "--json", "--demo"], built))
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as place,
        FakeSlack.in_thread(limits=False, validate=problems, seed=seed) as fake,
    ):
        enrol(fake, people)
        folder = shutil.copytree(built, Path(place) / "house")
        one = Round(folder, fake, seed, mode, length)
        try:
            return one.run()
        finally:
            if one.house.process is not None and one.house.process.poll() is None:
                one.house.kill()


def line(mode: Mode, out: Outcome) -> str:
    states = " ".join(f"{state} {number}" for state, number in sorted(out.states.items()))
    kills = " ".join(map(str, out.kills))
    cells = (
        out.seed,
        mode,
        f"{out.seconds:.0f}",
        out.calls,
        out.failed,
        out.posts,
        out.asked,
        kills,
        out.acts,
        out.trouble.total(),
    )
    return "  ".join(f"{cell!s:>8}" for cell in (*cells, out.sheets)) + f"  {states}"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.stories.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.0, help="go on with further seeds for so long")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**6)
    parser.add_argument("--mode", choices=["socket", "http", "both"], default="both", help="both: by turns")
    wanted = parser.parse_args()
    modes: list[Mode] = ["socket", "http"] if wanted.mode == "both" else [wanted.mode]
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="chaos-demo-") as built:
        command([*rapport(), "demo", "--build-only"], Path(built))
        say("  ".join(f"{head:>8}" for head in HEADS))
        for mode, out in rounds(Path(built), wanted.seconds, wanted.seed, modes):
            say(line(mode, out))
            for complaint in out.complaints:
                say(f"          {complaint}")
            wrong += len(out.complaints)
    if wrong:
        raise SystemExit(f"{wrong} complaints")


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
