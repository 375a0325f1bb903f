"""``rapport score``: the tone of each text in a CSV file of your own, on this machine; the texts aren't printed."""

import csv
import io
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from adapters import tone
from adapters.cli.console import WRONG_USE, fail, progress, told
from adapters.cli.csv_in import NoColumn, column
from analytics.results import Withheld
from analytics.text.beta import LANGUAGES
from analytics.text.few_words import likely
from analytics.text.normalise import clean
from analytics.text.tone import Heard, Tone, hear

HEADER = ("row", "class", "negative", "neutral", "positive", "language", "reason")
_REASONS = {Tone.UNCLEAR: "not sure", Tone.NO_CONTENT: "nothing said"}
_BETA = "beta"
_REPORT_EVERY = 2_000

Hear = Callable[[str], Heard]


class Language(StrEnum):
    AUTO = "auto"
    ENGLISH = "en"
    GERMAN = "de"
    SPANISH = "es"
    FRENCH = "fr"
    ITALIAN = "it"
    PORTUGUESE = "pt"


def score(
    file: Annotated[
        Path,
        typer.Argument(help='CSV with a header; "-" reads standard input.'),
    ],
    wanted: Annotated[str, typer.Option("--column", help="The column that holds the texts.")],
    language: Annotated[
        Language,
        typer.Option(
            help="auto finds each text's language; the others take all texts as theirs. All but English are beta."
        ),
    ] = Language.AUTO,
    explain: Annotated[bool, typer.Option("--explain", help="Add the words that drove each answer.")] = False,
    model: Annotated[
        tone.Choice, typer.Option(help="embeddings is slower and better, and needs the extra of that name.")
    ] = tone.Choice.ENGLISH,
) -> None:
    """Score the tone of each text of a CSV file.

    Writes CSV: one line per row, in order. Right for most texts, not for all: count groups, never judge one person.
    """
    if str(file) != "-" and not file.is_file():
        fail(f"{file}: there is no such file.", WRONG_USE)
    with told():
        try:
            with column(file, wanted) as texts:
                _write(texts, _hearing(language, model), explain=explain)
        except NoColumn as missing:
            fail(str(missing), WRONG_USE)


def _hearing(language: Language, model: tone.Choice) -> Hear:
    """Return the scorer, ready: its model is read here, once."""
    if lacking := tone.lacking(model.value):
        fail(lacking[0], WRONG_USE)
    scorer = tone.scorer(model.value)
    if language is Language.AUTO:
        return lambda text: hear(text, likely(clean(text)), scorer)
    return lambda text: hear(text, language.value, scorer, language=language.value)


def _write(texts: Iterable[str], hear_one: Hear, *, explain: bool) -> None:
    """Write a line per text as it comes; nothing is kept, so a file of any length fits."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="")
    lines = csv.writer(sys.stdout, lineterminator="\n")
    try:
        lines.writerow((*HEADER, "words") if explain else HEADER)
        with progress("Scoring") as step:
            for number, text in _counted(texts, step):
                lines.writerow(_line(number, hear_one(text), explain=explain))
        sys.stdout.flush()
    except BrokenPipeError:
        # Whoever read along has seen enough ("| head"); nothing may be flushed into the closed pipe at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _counted(texts: Iterable[str], step: Callable[[str], None]) -> Iterator[tuple[int, str]]:
    for number, text in enumerate(texts, start=1):
        if number % _REPORT_EVERY == 0:
            step(f"Scoring, {number:,} rows done")
        yield number, text


def _reason(tone: Tone, language: str) -> str:
    """Say why there is no class, and that a language is read as a trial."""
    said = _REASONS.get(tone, "")
    if language not in LANGUAGES:
        return said
    return f"{_BETA}, {said}" if said else _BETA


def _line(number: int, heard: Heard, *, explain: bool) -> tuple[object, ...]:
    if isinstance(heard.tone, Withheld):
        line = (number, "not scored", "", "", "", heard.language, heard.tone.reason)
        return (*line, "") if explain else line
    scored = heard.tone
    shares = [f"{share:.3f}" for share in scored.probabilities] if scored.probabilities else ["", "", ""]
    called = scored.tone.value.replace("_", " ")
    found = (number, called, *shares, heard.language, _reason(scored.tone, heard.language))
    return (*found, "; ".join(scored.evidence)) if explain else found
