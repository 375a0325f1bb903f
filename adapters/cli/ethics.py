"""``rapport ethics-report``: how fairly the whole organisation is surveyed, counted from the records."""

import csv
import sys
from typing import Annotated

import typer

from adapters.cli.console import DONE, REFUSED, WRONG_USE, fail, out, say, show_json
from adapters.cli.place import Demo, Json, reading
from bot.cases import ethics_report as cases
from bot.store.unit import Unit
from bot.talk.language import languages, words


def ethics_report(
    language: Annotated[str, typer.Option(help="en or de.")] = "en",
    table: Annotated[bool, typer.Option("--csv", help="Print comma-separated rows.")] = False,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Say what is withheld, asked, decided and on record; numbers of people only roughly. Exit code 1 on a warning."""
    if language.partition("-")[0] not in languages():
        fail(f"There is no language “{language}”. Choose {' or '.join(sorted(languages()))}.", WRONG_USE)

    def look(unit: Unit) -> cases.Whole:
        return cases.whole(unit, verify=True)

    with reading(demo=demo) as store:
        found = store.read(look)
    if json:
        show_json([dict(zip(cases.COLUMNS, row, strict=True)) for row in cases.rows(found)])
    elif table:
        csv.writer(sys.stdout, lineterminator="\n").writerows([cases.COLUMNS, *cases.rows(found)])
    else:
        width = min(out.width, 100) if out.is_terminal else 80
        say(cases.terminal(found, words(language), width))
    warned = bool(found.ethics.warnings) or found.broken is not None
    raise typer.Exit(REFUSED if warned else DONE)
