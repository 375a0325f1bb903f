"""The command line's front door: a short, grouped help with three examples, and every command bound to its noun."""

from typing import Annotated

import typer

from adapters.cli import (
    bias,
    care,
    database,
    doctor,
    ethics,
    manifests,
    model_report,
    people,
    report,
    rollouts,
    score,
    serving,
    styles,
    surveys,
    themes,
    tokens,
    waves,
)
from adapters.cli.console import out
from bot import logs

HELP = """Rapport: onboarding, pulse surveys and an honest ROI report, self-hosted.

[bold]Examples[/bold]

  rapport demo                       a made-up company in your browser

  rapport roi-report Support         a report, drawn in the terminal

  rapport people import people.csv   HR's file: shows what changes, then asks
"""

START, COMPANY, CARE = "Run", "The company", "Care"

app = typer.Typer(
    name="rapport",
    help=HELP,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,  # a traceback with local variables could print what must stay sealed
    add_completion=False,
)


def _version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version  # noqa: PLC0415 - slow, and only needed here

        out.print(f"rapport {version('rapport-bot')}")
        raise typer.Exit


@app.callback()
def start(
    version: Annotated[  # noqa: ARG001 - its callback has printed it
        bool, typer.Option("--version", help="Print the version.", is_eager=True, callback=_version)
    ] = False,
) -> None:
    """Set up the log before any command."""
    logs.configure("WARNING")


app.command("demo", rich_help_panel=START)(serving.demo)
app.command("run", rich_help_panel=START)(serving.run)
app.command("init", rich_help_panel=START)(database.init)
app.add_typer(manifests.app, name="manifest", rich_help_panel=START)
app.add_typer(people.app, name="people", rich_help_panel=COMPANY)
app.add_typer(surveys.app, name="surveys", rich_help_panel=COMPANY)
app.add_typer(themes.app, name="themes", rich_help_panel=COMPANY)
app.add_typer(waves.app, name="waves", rich_help_panel=COMPANY)
app.add_typer(rollouts.app, name="rollouts", rich_help_panel=COMPANY)
app.command("roi-report", rich_help_panel=COMPANY)(report.roi_report)
app.command("response-styles", rich_help_panel=COMPANY)(styles.response_styles)
app.command("ethics-report", rich_help_panel=COMPANY)(ethics.ethics_report)
app.command("score", rich_help_panel=COMPANY)(score.score)
app.add_typer(care.app, name="care-routing", rich_help_panel=COMPANY)
app.command("bias-audit", rich_help_panel=CARE)(bias.bias_audit)
app.command("model-report", rich_help_panel=CARE)(model_report.model_report)
app.command("migrate", rich_help_panel=CARE)(database.migrate)
app.command("backup", rich_help_panel=CARE)(database.backup)
app.command("restore", rich_help_panel=CARE)(database.restore)
app.add_typer(tokens.app, name="tokens", rich_help_panel=CARE)
app.command("doctor", rich_help_panel=CARE)(doctor.doctor)


def main() -> None:
    """Run the command line."""
    app()
