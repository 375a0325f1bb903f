"""``rapport waves``: what is open, what closed, what was released."""

import typer

from adapters.cli.console import show_json, show_table
from adapters.cli.place import Demo, Json, reading
from bot.store.unit import Unit

app = typer.Typer(no_args_is_help=True, help="The fieldings of surveys.")


@app.command("list")
def list_waves(json: Json = False, demo: Demo = False) -> None:
    """List the latest waves, newest first. Nobody can list who answered."""
    with reading(demo=demo) as store:
        rows = store.read(_rows)
    if json:
        show_json(rows)
        return
    table = [
        tuple(str(row[name]) for name in ("wave", "survey", "date", "state", "asked", "closes"))
        for row in rows
    ]
    show_table(("Wave", "Survey", "Date", "State", "Asked", "Closes (UTC)"), table, "No wave was opened yet.")


def _rows(unit: Unit) -> list[dict[str, object]]:
    keys = {survey.id: survey.key for survey in unit.surveys.all()}
    return [
        {
            "wave": wave.id,
            "survey": keys[wave.survey_id],
            "date": wave.local_date,
            "state": wave.state,
            "asked": wave.asked,
            "closes": f"{wave.closes_at:%Y-%m-%d %H:%M}",
        }
        for wave in unit.waves.recent()
    ]
