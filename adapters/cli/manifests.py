"""``rapport manifest``: what an administrator gives to a chat platform to create the app there."""

from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.console import WRONG_USE, fail, say, show_json
from adapters.cli.place import organisation, settings
from adapters.settings import Mode
from bot.clock import SystemClock
from bot.talk.language import languages

LANGUAGES = sorted({name.partition("-")[0] for name in languages()})

app = typer.Typer(no_args_is_help=True, help="The app as a chat platform wants it described.")


@app.command()
def slack(
    mode: Annotated[
        Mode | None, typer.Option(help="socket needs no public address. [default: RAPPORT_SLACK_MODE]")
    ] = None,
    url: Annotated[
        str, typer.Option(help="Where Slack reaches this server, for http. [default: RAPPORT_PUBLIC_URL]")
    ] = "",
    language: Annotated[str, typer.Option(help="en or de. [default: the organisation's, else en]")] = "",
) -> None:
    """Print Slack's app manifest as JSON and nothing else. Paste it at api.slack.com/apps, “From a manifest”."""
    from adapters.slack.manifest import manifest  # noqa: PLC0415 - only who uses Slack pays for it

    chosen, spoken = settings(), _spoken(language)
    try:
        made = manifest(mode or chosen.slack_mode, url or chosen.public_url, language=spoken)
    except ValueError as error:
        fail(f"{error}. Give it with --url https://…, or use --mode socket, which needs none.", WRONG_USE)
    show_json(made)


@app.command()
def teams(
    out: Annotated[Path, typer.Option(help="Where the package is written.")] = Path("rapport.zip"),
    app_id: Annotated[str, typer.Option(help="The bot's app id. [default: RAPPORT_TEAMS_APP_ID]")] = "",
    url: Annotated[
        str, typer.Option(help="Where Teams and browsers reach this server. [default: RAPPORT_PUBLIC_URL]")
    ] = "",
    language: Annotated[str, typer.Option(help="en or de. [default: the organisation's, else en]")] = "",
    version: Annotated[
        str, typer.Option("--app-version", help="Higher than the one before. [default: from date and time]")
    ] = "",
) -> None:
    """Write the app package for Microsoft Teams. Upload it in the Teams admin center, or in Teams under Apps."""
    from adapters.teams import manifest  # noqa: PLC0415 - only who uses Teams pays for it

    chosen, spoken = settings(), _spoken(language)
    used = version or manifest.version_of(SystemClock().now())
    try:
        made = manifest.package(
            app_id or chosen.teams_app_id, url or chosen.public_url, used, language=spoken
        )
    except ValueError as error:
        fail(f"{error}. See rapport manifest teams --help.", WRONG_USE)
    try:
        out.write_bytes(made)
    except OSError as error:
        fail(f"{out} can't be written: {error.strerror}.", WRONG_USE)
    say(f"{out}: version {used}. Upload it at admin.teams.microsoft.com, Teams apps, Manage apps, Upload.")


def _spoken(language: str) -> str:
    """Return the language to write in; one that we don't have ends the command."""
    spoken = language.partition("-")[0] or _language()
    if spoken not in LANGUAGES:
        fail(f"There is no language “{language}”. Choose {' or '.join(LANGUAGES)}.", WRONG_USE)
    return spoken


def _language() -> str:
    """Return the organisation's language, if it is made already and has texts in it."""
    found = organisation()
    spoken = found.locale.replace("_", "-").partition("-")[0] if found else ""
    return spoken if spoken in LANGUAGES else "en"
