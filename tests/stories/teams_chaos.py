"""``python -m tests.stories.teams_chaos [--seconds …] [--seed …]``: a pulse through a Teams that fails, with kills in the middle.

As ``chaos`` does with Slack: the connector refuses, breaks, hangs and is slow, lines are delivered twice, some clients
are old, and the process is killed twice as by a power cut. Teams can't be asked what arrived. So what was on its way
when the line or the process broke ends *uncertain*, where HR finds it, and is not sent again; but for what must
arrive, as that somebody asks for a person, and what was accepted and then failed by a code that means "try again".
"""

import argparse
import json
import shutil
import sqlite3
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import wait
from contextlib import closing, suppress
from datetime import UTC, datetime
from http.client import HTTPException
from itertools import count
from pathlib import Path
from random import Random
from threading import Thread

from adapters.demo.crowd import FEATURED
from bot.cases.purposes import PURPOSES
from bot.store.states import REMINDERS
from bot.store.store import Store
from bot.store.tables import Delivery
from bot.store.undelivered import UNCERTAIN
from tests.platforms.teams import FakeTeams
from tests.platforms.teams.cards import problems
from tests.platforms.teams.checker import check
from tests.platforms.teams.faults import CHAOS, hang, seeded
from tests.platforms.teams.roll import enrol, teams_id
from tests.stories.actors import Told, differing, passed_on
from tests.stories.chaos import (
    ACTORS,
    AT_WORK,
    DOUBLED,
    FAST_S,
    HALF_AN_HOUR,
    HEADS,
    INVITED,
    LONG,
    PASSED_ON,
    PATIENCE_S,
    REST_S,
    SHARE,
    SLOW_S,
    ZONE,
    Length,
    Outcome,
    line,
    say,
)
from tests.stories.house import Refusal, command, rapport
from tests.stories.teams_actors import TeamsActor
from tests.stories.teams_house import TeamsHouse
from tests.stories.test_stop import deliveries, look, sheets

SAYING = ("post", "update", "create")
ASKING = ("member", "members")
WRONG = (*CHAOS * 3, hang(), hang(after=True))

BEGINS_AT = datetime(2020, 1, 1, tzinfo=UTC)
"""Before anything that was sent."""

IN_DOUBT = """
    SELECT person.external FROM delivery JOIN person ON person.id = delivery.person_id
    WHERE delivery.purpose = 'wave.invite' AND delivery.state = 'uncertain'
"""

AGAIN = frozenset({"502", "504"})
"""How the connector says that nothing was done and the call may be tried again, although it was done."""

EXPECTED = frozenset({"teams.not_shown"})
"""What may be logged as an error: a reply that Teams did not take."""


class TeamsRound:
    """One pulse in a house of its own, which is a copy of a demo that nobody has used yet."""

    def __init__(self, folder: Path, fake: FakeTeams, seed: int, length: Length) -> None:
        self.folder, self.fake, self.length = folder, fake, length
        self.random, self.weather = Random(seed), Random(f"{seed}|weather")
        self.house = TeamsHouse(folder, fake)
        self.out, self.nine = Outcome(seed), ""
        self.before = {row["id"] for row in self._rows("SELECT id FROM delivery WHERE state = 'sent'")}

    def run(self) -> Outcome:
        began = time.monotonic()
        self.house.start()
        self.nine = (datetime.fromisoformat(self.house.get("/local/clock")["now"]) + HALF_AN_HOUR).isoformat()
        self._breaks()
        self._opens_the_pulse()
        actors = self._take_part()
        acting = [self.fake.begin(actor.run(self.length.storm_s + PATIENCE_S)) for actor in actors]
        self._kills(actors)
        wait(acting, self.length.storm_s)
        self._clears()
        for one in acting:
            one.result(REST_S)
        self._rests()
        listed = [actor for actor in actors if actor.pulse is None and not self._doubtful(actor.who)]
        self.out.complaints += [f"{actor.who} was never asked" for actor in listed]
        self._judges(self.house.stop(), {actor.who: actor.told for actor in actors})
        self.out.seconds = time.monotonic() - began
        return self.out

    # --- what goes wrong ---

    def _breaks(self) -> None:
        fake, random = self.fake, self.weather
        fake.faults.draw = seeded(random.randrange(2**32), SHARE, WRONG, (*SAYING, *ASKING))
        fake.reach.doubled = lambda: random.random() < DOUBLED
        fake.travel = lambda: random.uniform(FAST_S, SLOW_S)

    def _clears(self) -> None:
        self.fake.faults.clear()
        self.fake.reach.doubled = lambda: False
        self.fake.travel = lambda: 0.0

    def _opens_the_pulse(self) -> None:
        """Move the clock, in the background, to when the pulse goes out; a kill cuts this off."""

        def move() -> None:
            with suppress(OSError, HTTPException, Refusal):
                self.house.clock(to=self.nine)

        Thread(target=move, daemon=True).start()

    def _take_part(self) -> list[TeamsActor]:
        """Choose some of those who are asked, as soon as it is known."""
        self._until(lambda: bool(self._rows(INVITED)), "the pulse never opened")
        asked = [row["external"] for row in self._rows(INVITED)]
        awake = [who for who in asked if self.fake.users[teams_id(who)].tz == ZONE and who not in FEATURED]
        self.out.asked = len(awake)
        return [TeamsActor(self.fake, who, str(self.out.seed)) for who in self.random.sample(awake, ACTORS)]

    def _kills(self, actors: Sequence[TeamsActor]) -> None:
        """Kill the process once in the middle of the sending, once in the middle of the answers."""
        some, many = self._posts() + self.random.randint(20, 60), self.random.randint(40, 80)
        self._until(lambda: self._posts() >= some, f"Teams never took {some} messages")
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
        out = self.out
        rows = [row for row in look(self.house, deliveries) if row.id not in self.before]
        out.states = Counter(row.state for row in rows)
        out.calls, out.posts = len(self.fake.calls), self._posts()
        out.failed = sum(call.outcome != "ok" for call in self.fake.calls)
        out.acts = sum(one.acts for one in told.values())
        out.trouble = sum((one.trouble for one in told.values()), Counter())
        out.complaints += [] if code == 0 else [f"it ended with {code}"]
        forgiven = set(self._forgiven(rows))
        found = check(self.fake, [(row.id, row.state) for row in rows])
        out.complaints += [said for said in found if said not in forgiven]
        out.complaints += self._doubts(rows)
        stored = look(self.house, sheets)
        out.sheets = len(stored)
        out.complaints += differing(stored, told)
        out.complaints += passed_on(Counter(row["external"] for row in self._rows(PASSED_ON)), told)
        out.complaints += [f"logged: {said}" for said in self.house.said() if mistaken(said)]
        out.complaints += [f"leaked: {said}" for said in self.house.leaks()]

    def _forgiven(self, rows: Sequence[Delivery]) -> Iterator[str]:
        """Name what may be accepted twice: after a 502 or 504, which ask for it; and what has to arrive, after a kill."""
        accepted: dict[str, list[str]] = defaultdict(list)
        for call in self.fake.history:
            if call.name == "post" and call.delivery:
                accepted[call.delivery].append(call.outcome)
        must = {row.id for row in rows if PURPOSES[row.purpose].must_arrive}
        for delivery, outcomes in accepted.items():
            if delivery in must or all(outcome in AGAIN for outcome in outcomes[:-1]):
                yield f"delivery {delivery} was accepted {len(outcomes)} times"

    def _doubts(self, rows: Sequence[Delivery]) -> Iterator[str]:
        """Name what is due and was not sent, and what is uncertain although HR is not told."""
        now = datetime.fromisoformat(
            self._rows("SELECT value FROM setting WHERE key = 'demo.now'")[0]["value"]
        )
        yield from (
            f"{r.purpose} is due and {r.state}" for r in rows if r.state == "pending" and r.due_at <= now
        )
        uncertain = sum(row.state == UNCERTAIN and row.purpose not in REMINDERS for row in rows)
        listed = look(self.house, doubtful)
        if listed != uncertain:
            yield f"{uncertain} messages are uncertain, HR reads of {listed}"

    # --- looking on ---

    def _doubtful(self, who: str) -> bool:
        """Say whether somebody's invitation is one of which nobody knows if it arrived."""
        return who in {row["external"] for row in self._rows(IN_DOUBT)}

    def _posts(self) -> int:
        return sum(bool(call.delivery) for call in self.fake.history)

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


def doubtful(store: Store) -> int:
    """Return of how many messages HR reads that nobody knows whether they arrived."""
    lost = store.read(lambda unit: unit.undelivered.counts(BEGINS_AT))
    return sum(number for reason, _, number in lost if reason == UNCERTAIN)


def mistaken(said_line: str) -> bool:
    """Say whether a line of the log tells of a mistake of ours, not of Teams'."""
    try:
        said = json.loads(said_line)
    except ValueError:
        return "Traceback" in said_line
    return said.get("level") in {"error", "critical"} and said.get("event") not in EXPECTED


def storm(built: Path, seed: int, length: Length = LONG) -> Outcome:
    """Run one round in a copy of a demo."""
    people = json.loads(command([*rapport(), "people", "list", "--json", "--demo"], built))
    with (
        tempfile.TemporaryDirectory(prefix="chaos-") as place,
        FakeTeams.in_thread(limits=False, validate=problems, seed=seed) as fake,
    ):
        enrol(fake, people)
        folder = shutil.copytree(built, Path(place) / "house")
        one = TeamsRound(folder, fake, seed, length)
        try:
            return one.run()
        finally:
            if one.house.process is not None and one.house.process.poll() is None:
                one.house.kill()


# --- by command -------------------------------------------------------------------------------------------


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.stories.teams_chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=0.0, help="go on with further seeds for so long")
    parser.add_argument("--seed", type=int, default=time.time_ns() % 10**6)
    wanted = parser.parse_args()
    ends, wrong = time.monotonic() + wanted.seconds, 0
    with tempfile.TemporaryDirectory(prefix="chaos-demo-") as built:
        command([*rapport(), "demo", "--build-only"], Path(built))
        say("  ".join(f"{head:>8}" for head in HEADS))
        for seed in count(wanted.seed):
            out = storm(Path(built), seed)
            say(line("http", out))
            for complaint in out.complaints:
                say(f"          {complaint}")
            wrong += len(out.complaints)
            if time.monotonic() > ends:
                break
    if wrong:
        raise SystemExit(f"{wrong} complaints")


if __name__ == "__main__":
    main()
