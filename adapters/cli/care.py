"""``rapport care-routing``: to whom it is passed on that somebody may want to talk, after a reply under a name."""

from typing import Annotated

import typer

from adapters.cli.console import fail, say, show_json
from adapters.cli.place import Demo, Json, opened, reading
from analytics.text.triage import Sign
from bot.cases import care_routing
from bot.store.unit import Unit

app = typer.Typer(
    no_args_is_help=True, help="To whom it is passed on that somebody may want to talk. Off until you set it."
)


@app.command()
def show(json: Json = False, demo: Demo = False) -> None:
    """Show the rule that holds."""
    with reading(demo=demo) as store:
        rule = store.read(care_routing.rule)
    if json:
        show_json(rule)
        return
    if not rule:
        say("Nothing is passed on to anybody.")
        return
    stand_in = f", else {rule['stand_in']}" if rule["stand_in"] else ""
    say(f"After {', '.join(rule['signs'])} in an answer under a name: {rule['contact']}{stand_in}.")


@app.command("set")
def set_rule(
    to: Annotated[str, typer.Option(help="HR id of a person of HR who leads nobody.")],
    hours: Annotated[
        str, typer.Option(help="When they are there, in words, as shown before anybody writes.")
    ],
    sign: Annotated[list[Sign], typer.Option(help="After which signs; may be given several times.")],
    stand_in: Annotated[str, typer.Option(help="HR id of who is told where the first can't be.")] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Don't ask; with --json nothing is changed without it.")
    ] = False,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Let a name, and nothing else, be passed to a person of HR after signs in an answer under a name.

    The question says so before anybody writes. Anonymous answers are never passed on. It is written to the audit log.
    """
    if json and not yes:
        fail("Nothing was changed: with --json add --yes.")
    if not yes and not typer.confirm("Questions under a name will announce this. Set the rule?"):
        fail("Nothing was changed.")

    def work(unit: Unit) -> None:
        after = [one.value for one in sign]
        care_routing.set_rule(unit, "command", after=after, contact=to, stand_in=stand_in, hours=hours)

    with opened(demo=demo) as store:
        store.write(work)
        rule = store.read(care_routing.rule)
    if json:
        show_json(rule)
        return
    say("The rule holds from now on; questions under a name announce it.")


@app.command()
def off(json: Json = False, demo: Demo = False) -> None:
    """Pass nothing on any more. It is written to the audit log."""
    with opened(demo=demo) as store:
        store.write(lambda unit: care_routing.end_rule(unit, "command"))
    if json:
        show_json({})
        return
    say("Nothing is passed on any more.")
