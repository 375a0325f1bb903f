"""Counting a closed wave: from opened sheets to unlinked answers, counts per stored cell and pairwise moments.

Pure: nothing here knows a person, a key or the database.
"""

import secrets
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from analytics.results import Withheld
from analytics.text.masking import Directory, mask
from analytics.text.themes import Taxonomy
from analytics.text.tone import Scorer, Tone, tone_of
from bot.cases import styling, theming, tongues
from surveys.anonymity import coarsen
from surveys.questions import Question, response_format, score

ANY = ""
"""The item under which sheets with any answer are counted, for the response rate."""

SCALES = frozenset({"likert", "recommend"})
TONES = (Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE)


@dataclass(frozen=True, slots=True)
class OpenSheet:
    """One person's answers without the person: the launch cell, the language of the profile, the values."""

    cell: str
    language: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer as it will be kept: where it counts, what it says, and the tone of a text."""

    question: str
    cell: str
    value: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class CellCount:
    """How the answers to one question fall in one stored cell, and which launch cells it gathers."""

    question: str
    cell: str
    n: int
    points: tuple[int, ...]
    leaves: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PairMoments:
    """Sums over everyone who answered two scale questions."""

    first: str
    second: str
    n: int
    sum_first: float
    sum_second: float
    squares_first: float
    squares_second: float
    products: float


@dataclass(frozen=True, slots=True)
class Counted:
    """What a closing writes; the answers stand in random order over the whole wave."""

    answers: tuple[Kept, ...]
    cells: tuple[CellCount, ...]
    pairs: tuple[PairMoments, ...]


def count(
    sheets: Sequence[OpenSheet],
    questions: Sequence[Question],
    names: Iterable[str],
    scorer: Scorer,
    taxonomy: Taxonomy,
    thresholds: tuple[int, int],
) -> Counted:
    """Return what may be kept of a wave's sheets.

    Parameters
    ----------
    sheets
        In random order.
    questions
        As frozen at launch.
    names
        The directory, masked in every text.
    scorer
        Reads the tone of texts; a language it does not know is left without a tone.
    taxonomy
        The themes that are looked for in texts.
    thresholds
        k for scores and k for comments: the fewest answers a stored cell may hold.
    """
    k_scores, k_comments = thresholds
    directory = Directory.of(names)
    kept: list[Kept] = []
    cells = _gather(ANY, [(sheet.cell, 0) for sheet in sheets if sheet.values], 1, k_scores)
    for question in questions:
        if question.type == "text":
            english = tongues.english_of(scorer)
            rows = list(_texts(question, sheets, directory, english))
            k, width = k_comments, len(TONES)
            cells += _themes(question, sheets, rows, taxonomy, english, k)
            cells += _tongues(question, sheets, rows, scorer, k)
        else:
            rows = list(_points(question, sheets))
            k, width = k_scores, len(_values(question))
        found = _gather(question.key, [(row.cell, _place(question, row)) for row in rows], width, k)
        stored = {leaf: cell.cell for cell in found for leaf in cell.leaves}
        kept += [Kept(row.question, stored[row.cell], row.value, row.tone) for row in rows]
        cells += found
    for item, placed, width in styling.points([(sheet.cell, sheet.values) for sheet in sheets], questions):
        cells += _gather(item.key, placed, width, k_scores)
    secrets.SystemRandom().shuffle(kept)
    return Counted(tuple(kept), tuple(cells), tuple(_pairs(questions, sheets, k_scores)))


def _points(question: Question, sheets: Sequence[OpenSheet]) -> Iterable[Kept]:
    for sheet in sheets:
        if question.key in sheet.values:
            yield Kept(question.key, sheet.cell, sheet.values[question.key])


def _texts(
    question: Question, sheets: Sequence[OpenSheet], directory: Directory, scorer: Scorer
) -> Iterable[Kept]:
    for sheet in sheets:
        if question.key in sheet.values:
            text = mask(sheet.values[question.key], directory)
            scored = tone_of(text, sheet.language, scorer)
            tone = scored.reason if isinstance(scored, Withheld) else scored.tone.value
            yield Kept(question.key, sheet.cell, text, tone)


def _themes(
    question: Question,
    sheets: Sequence[OpenSheet],
    rows: Sequence[Kept],
    taxonomy: Taxonomy,
    scorer: Scorer,
    k: int,
) -> Iterable[CellCount]:
    """Count what comments speak of, and in which tone; ``rows`` are the masked texts of the sheets that have one."""
    languages = (sheet.language for sheet in sheets if question.key in sheet.values)
    said = [
        (row.cell, theming.spoken(row.value, spoken_in, taxonomy, scorer))
        for row, spoken_in in zip(rows, languages, strict=True)
    ]
    for item, found, width in theming.points(said, question.key, taxonomy):
        yield from _gather(item.key, found, width, k)
    left, of_read = theming.unclear(question.key, [(row.cell, row.tone) for row in rows], scorer)
    yield from _gather(left.key, of_read, 2, k)


def _tongues(
    question: Question, sheets: Sequence[OpenSheet], rows: Sequence[Kept], scorer: Scorer, k: int
) -> Iterable[CellCount]:
    """Count the tone of the comments in each trial language for itself."""
    languages = (sheet.language for sheet in sheets if question.key in sheet.values)
    texts = ((row.cell, row.value, spoken_in) for row, spoken_in in zip(rows, languages, strict=True))
    for item, found, width in tongues.points(texts, question.key, scorer):
        yield from _gather(item.key, found, width, k)


def _values(question: Question) -> tuple[str, ...]:
    """Return the values that an answer can have, in the order of the scale."""
    shown = response_format(question, "en")
    return tuple(option.value for option in getattr(shown, "options", ()))


def _place(question: Question, row: Kept) -> int | None:
    """Return at which point an answer counts; None for a text without a countable tone."""
    if question.type == "text":
        tones = [tone.value for tone in TONES]
        return tones.index(row.tone) if row.tone in tones else None
    return _values(question).index(row.value)


def _gather(question: str, found: Sequence[tuple[str, int | None]], width: int, k: int) -> list[CellCount]:
    """Coarsen the cells of one question until each holds at least ``k`` answers, and count."""
    stored = coarsen(Counter(cell for cell, _ in found), k)
    points: dict[str, list[int]] = defaultdict(lambda: [0] * width)
    sizes: Counter[str] = Counter()
    for cell, point in found:
        sizes[stored[cell]] += 1
        if point is not None:
            points[stored[cell]][point] += 1
    return [
        CellCount(
            question,
            cell,
            sizes[cell],
            tuple(points[cell]),
            tuple(sorted(leaf for leaf, kept_at in stored.items() if kept_at == cell)),
        )
        for cell in sorted(sizes)
    ]


def _pairs(questions: Sequence[Question], sheets: Sequence[OpenSheet], k: int) -> Iterable[PairMoments]:
    """Yield moments over the whole organisation only, and only where at least ``k`` answered both."""
    scales = [question for question in questions if question.type in SCALES]
    for first, second in combinations(scales, 2):
        both = [
            (_score(first, sheet.values[first.key]), _score(second, sheet.values[second.key]))
            for sheet in sheets
            if first.key in sheet.values and second.key in sheet.values
        ]
        if len(both) >= k:
            yield _moments(first.key, second.key, both)


def _score(question: Question, value: str) -> float:
    number = score(question, value)
    if number is None:
        raise ValueError(f"{question.key} has no scale")
    return number


def _moments(first: str, second: str, both: Sequence[tuple[float, float]]) -> PairMoments:
    return PairMoments(
        first,
        second,
        len(both),
        sum(x for x, _ in both),
        sum(y for _, y in both),
        sum(x * x for x, _ in both),
        sum(y * y for _, y in both),
        sum(x * y for x, y in both),
    )
