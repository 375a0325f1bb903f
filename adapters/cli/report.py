"""``rapport roi-report``: what automating a department did, drawn in the terminal."""

from typing import Annotated

import typer

from adapters.cli.console import WRONG_USE, fail, out, say, show_json, told
from adapters.cli.place import Demo, Json, reading
from bot.cases import reports
from bot.store.unit import Unit
from bot.talk.language import languages, words


def roi_report(
    department: Annotated[str, typer.Argument(help="Name or path; empty for the only automated one.")] = "",
    language: Annotated[str, typer.Option(help="en or de.")] = "en",
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Say what an automation did to satisfaction and resignations, in money, with its uncertainty."""
    if language.partition("-")[0] not in languages():
        fail(f"There is no language “{language}”. Choose {' or '.join(sorted(languages()))}.", WRONG_USE)
    with reading(demo=demo) as store, told():

        def look(unit: Unit) -> reports.Found:
            return reports.for_operator(unit, department)

        found = store.read(look)
    if json:
        show_json(found.as_json())
        return
    width = min(out.width, 100) if out.is_terminal else 80
    say(reports.terminal(found, words(language), width))
