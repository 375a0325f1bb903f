"""``rapport people``: HR's file in, who is here, who may do what."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.console import counted, fail, progress, say, show_json, show_table, told, warn
from adapters.cli.place import Demo, Json, opened, reading
from bot.cases import (
    installation,
    people,
    people_diff,
    people_file,
    people_words,
    rehearsal,
    roster,
)
from bot.cases.permissions import roles_of
from bot.errors import Refused
from bot.store.unit import Store, Unit
from bot.talk.language import words

app = typer.Typer(no_args_is_help=True, help="People, from HR's file.")


@app.command("import")
def import_file(
    file: Annotated[
        Path, typer.Argument(help="CSV; the columns are in docs/people-file.md.", exists=True, dir_okay=False)
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change and stop.")] = False,
    yes: Annotated[
        bool,
        typer.Option("--yes", help="Don't ask before applying; with --json nothing is applied without it."),
    ] = False,
    allow_many: Annotated[
        bool, typer.Option("--allow-many-leavers", help="Also when over 10 % would disappear.")
    ] = False,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Show what a file of people changes, and apply it when you say so. With any problem nothing is applied."""
    w = words("en")
    with opened(demo=demo) as store, told():
        with file.open("rb") as source, progress("Reading"):
            read = people_file.read(source)
        if read.problem_count:
            _show_problems(people_words.problem_lines(w, read), read.problem_count, json=json)
        on = store.read(people.today)
        change = store.read(lambda unit: people_diff.diff(unit, read, on))
        if json:
            show_json(
                {"on": on, "rows": change.rows, "changes": {k: part.n for k, part in change.parts.items()}}
            )
        else:
            for line in (*people_words.diff_lines(w, change), *people_words.notes(w, read)):
                say(line)
        if dry_run or change.empty or (json and not yes):
            return
        if not yes and not typer.confirm("Apply this?"):
            fail("Nothing was changed.")
        order = people.Import(file=read, on=on, actor="command", allow_many=allow_many)
        with counted("Applying") as step:
            _apply(store, order, step)
        linked = roster.reconsider(store)
        if not json:
            say("Applied." + (f" {linked} user(s) of the chat are linked to them." if linked else ""))


@app.command("list")
def list_people(json: Json = False, demo: Demo = False) -> None:
    """List who is employed today, with department and roles."""
    with reading(demo=demo) as store:
        rows = store.read(_rows)
    if json:
        show_json(rows)
        return
    table = [(r["id"], r["name"], r["department"], r["roles"]) for r in rows]
    show_table(("Id", "Name", "Department", "Roles"), table, "Nobody yet. rapport people import people.csv")


@app.command()
def grant(
    person: Annotated[str, typer.Argument(help="HR id.")],
    role: Annotated[str, typer.Argument(help="hr_admin or owner.")],
    revoke: Annotated[bool, typer.Option("--revoke", help="Take the role away.")] = False,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Give a role, or take it away; it is written to the audit log. The last owner can't be removed."""

    def work(unit: Unit) -> None:
        (installation.revoke if revoke else installation.grant)(unit, person, role)

    with opened(demo=demo) as store:
        store.write(work)
    if json:
        show_json({"id": person, "role": role, "given": not revoke})
        return
    say(f"{person}: {role} {'taken away' if revoke else 'given'}.")


@app.command("tester")
def name_tester(
    person: Annotated[str, typer.Argument(help="HR id.")],
    remove: Annotated[bool, typer.Option("--remove", help="No longer a tester.")] = False,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Name a tester: during rehearsal only testers are written to."""
    act = rehearsal.forget_testers if remove else rehearsal.name_testers
    with opened(demo=demo) as store:
        store.write(lambda unit: act(unit, [person], "command"))
    if json:
        show_json({"id": person, "tester": not remove})
        return
    say(f"{person} is {'no longer ' if remove else ''}a tester.")


def _apply(store: Store, order: people.Import, step: Callable[[int, int], None]) -> None:
    try:
        people.apply(store, order, step)
    except Refused as refused:
        if refused.key == "refused.people.too_many_gone":
            warn("If they did all leave, add --allow-many-leavers.")
        raise


def _rows(unit: Unit) -> list[dict[str, str]]:
    today = unit.now.date()
    placements = unit.placements.at(today)
    return [
        {
            "id": person.external,
            "name": person.name,
            "email": person.email,
            "locale": person.locale,
            "time_zone": person.time_zone,
            "department": placements[person.id].path if person.id in placements else "",
            "roles": ", ".join(sorted(roles_of(unit, person, today) - {"employee"})),
        }
        for person in unit.people.employed(today)
    ]


def _show_problems(lines: Sequence[str], count: int, *, json: bool) -> None:
    if json:
        show_json({"problems": lines, "count": count})
        raise typer.Exit(1)
    for line in lines:
        say(line)
    fail(f"{count} problem(s). Nothing was changed.")
