"""The made-up months: people answer by lot, and what may be shown of it passes the gate, as after any wave."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from random import Random

from adapters.demo.company import Company, monday_of
from adapters.demo.staffing import Staff, Worker, history_months
from adapters.demo.truth import Truth, answer
from analytics.text import themes
from analytics.text.tone import NotRead
from bot.cases import release
from bot.cases.counting import ANY, CellCount, OpenSheet, count
from bot.cases.release import Decided
from bot.cases.waves import SETTLING
from bot.store.tables import Wave
from surveys.anonymity import Release
from surveys.anonymity.cells import place
from surveys.loader import builtin
from surveys.questions import Question

SURVEY = "pulse"
K_SCORES, K_COMMENTS = 5, 10
MONTHS_COMPARED = round(release.HORIZON / timedelta(days=30))


@dataclass(frozen=True, slots=True)
class Month:
    """One made-up wave: its date, and the gate's word on each of its items."""

    wave: Wave
    decided: tuple[Decided, ...]


def anchor() -> Question:
    """Return the one question that the made-up waves asked: the pulse's anchor."""
    question = builtin()[SURVEY].anchor
    if question is None:
        raise LookupError("the pulse has an anchor item")
    return question


def months(company: Company, staff: Staff, truth: Truth) -> Iterator[Month]:
    """Yield the waves of the history, oldest first; each passes the gate with everything shown before it."""
    random = Random(f"{company.seed}|answers")
    numbers = {worker.external: number for number, worker in enumerate(staff.workers, start=1)}
    heads = {path: numbers[external] for path, external in staff.heads.items()}
    shown: Mapping[str, list[Release]] = defaultdict(list)
    for index, month in enumerate(history_months(company), start=1):
        wave = _wave(index, first_monday(month))
        asked = [worker for worker in staff.workers if _asked(worker, wave.local_date)]
        departments = {numbers[worker.external]: worker.path(wave.local_date) for worker in asked}
        placed = place(departments, heads, K_SCORES)
        sheets = [
            OpenSheet(placed[numbers[worker.external]], worker.locale, {anchor().key: value})
            for worker in asked
            if (value := _answer(worker, wave.local_date, truth, random))
        ]
        yield Month(wave, tuple(_decided(wave, sheets, placed, shown)))


def first_monday(month: date) -> date:
    return monday_of(month + timedelta(days=6))


def _asked(worker: Worker, on: date) -> bool:
    return worker.employed(on) and worker.starts_on + SETTLING <= on


def _answer(worker: Worker, on: date, truth: Truth, random: Random) -> str:
    """Draw a sheet; empty: this person did not take part."""
    if random.random() >= worker.answering:
        return ""
    return answer(truth.chance(worker.path(on), on.replace(day=1)) + worker.mood, random)


def _wave(number: int, day: date) -> Wave:
    """Return a wave as the gate needs it; it is never stored."""
    at = datetime.combine(day, time(9), UTC)
    return Wave(
        organisation_id=1,
        id=number,
        survey_id=0,
        local_date=day,
        state="released",
        opens_at=at,
        closes_at=at,
        results_on=day,
        k_scores=K_SCORES,
        k_comments=K_COMMENTS,
        mode="anonymous",
        blind_reminders=False,
        owner="",
        title={},
        questions=[],
    )


def _decided(
    wave: Wave, sheets: list[OpenSheet], placed: Mapping[int, str], shown: Mapping[str, list[Release]]
) -> Iterator[Decided]:
    counted = count(sheets, [anchor()], (), NotRead(), themes.NONE, (K_SCORES, K_COMMENTS))
    for item, question in ((ANY, None), (anchor().key, anchor())):
        cells = [_cell(cell) for cell in counted.cells if cell.question == item]
        recent = [one for one in shown[item] if wave.id - one.wave <= MONTHS_COMPARED]
        decided = release.decide(wave, question, cells, placed, recent)
        shown[item].extend(decided.releases)
        yield decided


def _cell(cell: CellCount) -> release.Cell:
    return release.Cell(cell.cell, cell.n, cell.points, cell.leaves)
