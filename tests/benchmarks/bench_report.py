"""Milliseconds that a report takes from stored readings, part by part, against reading rows as whole objects.

Run it with ``python -m tests.benchmarks.bench_report``. Each figure is the median of several runs in one process,
after a first that loads libraries (told apart). *Read* is one read unit; *figures* turns rows into cells, HR records
included; *report* is comparison, checks, money; *card* is the words. The baseline reads the same rows through the
object mapper, as a program without plain columns would.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random

from sqlmodel import select

from analytics.months import shift
from analytics.report import build
from bot.cases import report_card, report_inputs
from bot.cases.report_words import View
from bot.store.store import Store, Unit
from bot.store.tables import Person, Placement, Reading, Rollout, Separation
from bot.talk.language import words
from tests import builders
from tests.fakes import FakeClock

SIZES = ((8, 24, 120), (20, 36, 400), (40, 60, 1000), (120, 36, 5000))
"""Departments, months of monthly readings, people."""
RUNS = 7
FIRST = date(2023, 1, 1)
ITEM = "job-satisfaction"


def main() -> None:
    """Print one line for each size of company."""
    names = ("first", "read", "figures", "report", "card", "in all", "baseline read")
    sys.stdout.write(f"{'departments × months, people':<32}" + "".join(f"{n:>14}" for n in names) + "\n")
    for departments, months, people in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            store = _company(Path(folder), departments, months, people)
            took = measured(store)
            store.close()
        size = f"{departments} × {months}, {people:,}"
        sys.stdout.write(f"{size:<32}" + "".join(f"{value:>11.1f} ms" for value in took) + "\n")


def measured(store: Store) -> list[float]:
    """Return the milliseconds of the first whole run, of each part, of all parts, and of the baseline's reading."""
    first, _ = timed(lambda: _report(store))
    parts = [_report(store) for _ in range(RUNS)]
    medians = [statistics.median(run[part] for run in parts) for part in range(4)]
    baseline = statistics.median(timed(lambda: store.read(_as_objects))[0] for _ in range(RUNS))
    return [first, *medians, sum(medians), baseline]


def timed(work: Callable[[], object]) -> tuple[float, object]:
    began = time.perf_counter()
    found = work()
    return 1000 * (time.perf_counter() - began), found


def _report(store: Store) -> list[float]:
    marks = [time.perf_counter()]
    rows = store.read(report_inputs.gather)
    marks.append(time.perf_counter())
    known = report_inputs.evidence(rows)
    given = report_inputs.inputs_for(known, "D000")
    report_inputs.digest(known, given)
    marks.append(time.perf_counter())
    report = build(given)
    marks.append(time.perf_counter())
    report_card.card(View(report, words("en"), ITEM))
    marks.append(time.perf_counter())
    return [1000 * (later - earlier) for earlier, later in pairwise(marks)]


def _as_objects(unit: Unit) -> int:
    kinds: Sequence[type[Reading | Person | Placement | Separation]] = (
        Reading,
        Person,
        Placement,
        Separation,
    )
    return sum(len(list(unit.session.exec(select(kind)))) for kind in kinds)


def _company(folder: Path, departments: int, months: int, people: int) -> Store:
    clock = FakeClock()
    store = builders.a_store(builders.a_database(folder), folder, clock)
    store.write(lambda unit: _fill(unit, departments, months, people))
    return store


def _fill(unit: Unit, departments: int, months: int, people: int) -> None:
    random = Random(7)
    paths = [f"D{number:03}" for number in range(departments)]
    last = unit.now.date().replace(day=1)
    spell = [shift(last, step - months) for step in range(months)]
    unit.session.add_all(_readings(paths, spell, people // departments, random))
    unit.session.add_all(_staff(paths, people, last, random))
    start = shift(last, -min(9, months // 2))
    unit.session.add(
        Rollout(
            organisation_id=1,
            id=1,
            path="D000",
            name="routing",
            purpose="fewer wrong hand-overs",
            starts_on=start,
            monthly_cost=400.0,
            hourly_rate=35.0,
            salary=48000.0,
        )
    )


def _readings(paths: list[str], months: list[date], size: int, random: Random) -> list[Reading]:
    rows = []
    for path in paths:
        for month in months:
            n = max(5, int(0.8 * size))
            share = min(max(random.gauss(0.5, 0.05), 0.1), 0.9)
            for item, metric, value in ((ITEM, "favourability", share), ("", "response_rate", 0.8)):
                rows.append(
                    Reading(
                        organisation_id=1,
                        id=len(rows) + 1,
                        source="measured",
                        period=month,
                        path=path,
                        item=item,
                        metric=metric,
                        state="shown",
                        unit="share",
                        value=value,
                        n=n,
                        asked=size,
                        variance=value * (1 - value) / n,
                    )
                )
    return rows


def _staff(
    paths: list[str], people: int, last: date, random: Random
) -> list[Person | Placement | Separation]:
    rows: list[Person | Placement | Separation] = []
    for number in range(1, people + 1):
        path = paths[number % len(paths)]
        left = last - timedelta(days=random.randrange(30, 700)) if random.random() < 0.2 else None
        rows.append(
            Person(
                organisation_id=1,
                id=number,
                external=str(number),
                name=str(number),
                starts_on=FIRST,
                ends_on=left,
            )
        )
        rows.append(
            Placement(
                organisation_id=1,
                person_id=number,
                starts_on=FIRST,
                until=left + timedelta(days=1) if left else None,
                path=path,
            )
        )
        if left:
            rows.append(Separation(organisation_id=1, person_id=number, on=left, kind="voluntary", path=path))
    return rows


if __name__ == "__main__":
    main()
