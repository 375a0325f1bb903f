"""``rapport manifest``: what an administrator pastes into a chat platform to create the app there."""

from typing import Annotated

import typer

from adapters.cli.console import WRONG_USE, fail, show_json
from adapters.cli.place import organisation, settings
from adapters.settings import Mode
from bot.talk.language import languages

LANGUAGES = sorted({name.partition("-")[0] for name in languages()})

app = typer.Typer(no_args_is_help=True, help="The app as a chat platform wants it described.")


@app.callback()
def group() -> None:
    """Keep the platform's name in the command, though there is one so far."""


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

    chosen = settings()
    spoken = language.partition("-")[0] or _language()
    if spoken not in LANGUAGES:
        fail(f"There is no language “{language}”. Choose {' or '.join(LANGUAGES)}.", WRONG_USE)
    try:
        made = manifest(mode or chosen.slack_mode, url or chosen.public_url, language=spoken)
    except ValueError as error:
        fail(f"{error}. Give it with --url https://…, or use --mode socket, which needs none.", WRONG_USE)
    show_json(made)


def _language() -> str:
    """Return the organisation's language, if it is made already and has texts in it."""
    found = organisation()
    spoken = found.locale.replace("_", "-").partition("-")[0] if found else ""
    return spoken if spoken in LANGUAGES else "en"
