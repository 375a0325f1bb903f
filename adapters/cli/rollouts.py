"""``rapport rollouts``: the automations that reports are about, planned ones too."""

from datetime import datetime
from typing import Annotated

import typer

from adapters.cli.console import say, show_json, show_table
from adapters.cli.place import Demo, Json, opened, reading
from bot.cases import rollouts
from bot.store.unit import Unit

app = typer.Typer(no_args_is_help=True, help="Automations, with purpose, start and cost.")


@app.command("list")
def list_rollouts(json: Json = False, demo: Demo = False) -> None:
    """List the automations that are registered."""
    with reading(demo=demo) as store:
        rows = store.read(lambda unit: [row.model_dump() for row in unit.rollouts.all()])
    if json:
        show_json(rows)
        return
    table = [(r["path"], r["name"], r["starts_on"], f"{r['monthly_cost']:,.0f}", r["purpose"]) for r in rows]
    empty = (
        "No automation is registered. Planning one? Register it now and start measuring six months before."
    )
    show_table(("Department", "Automation", "Start", "Cost a month", "Purpose"), table, empty)


@app.command()
def add(
    department: Annotated[str, typer.Argument(help="Path, such as Operations/Support.")],
    name: Annotated[str, typer.Option(help="What is automated, in a few words.")],
    purpose: Annotated[str, typer.Option(help="Why, visible to the people concerned.")],
    start: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day; may lie ahead.")],
    one_off: Annotated[float, typer.Option(help="One-off cost.")] = 0.0,
    monthly: Annotated[float, typer.Option(help="Cost a month.")] = 0.0,
    hours: Annotated[
        float | None, typer.Option(help="Hours saved a month, all people together, if counted.")
    ] = None,
    rate: Annotated[float | None, typer.Option(help="Loaded cost of an hour.")] = None,
    salary: Annotated[
        float | None, typer.Option(help="Mean yearly salary, for the replacement cost.")
    ] = None,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Register an automation of a department."""

    def work(unit: Unit) -> dict[str, object]:
        row = rollouts.add(
            unit,
            rollouts.Entry(
                path=department,
                name=name,
                purpose=purpose,
                starts_on=start.date(),
                one_off_cost=one_off,
                monthly_cost=monthly,
                hours_saved=hours,
                hourly_rate=rate,
                salary=salary,
            ),
            actor="operator",
        )
        return row.model_dump()

    with opened(demo=demo) as store:
        added = store.write(work)
    if json:
        show_json(added)
        return
    say(f"{added['path']}: {added['name']}, from {added['starts_on']}.")
