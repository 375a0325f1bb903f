"""``rapport tokens``: the sealed tokens of the workspaces that installed the app."""

import typer

from adapters.cli.console import fail, say, show_json
from adapters.cli.place import Demo, Json, opened
from bot.cases import installations
from bot.errors import KeyLost
from bot.store.unit import Store

app = typer.Typer(no_args_is_help=True, help="Sealed tokens of installed workspaces.")


@app.command()
def rewrap(json: Json = False, demo: Demo = False) -> None:
    """Seal all tokens under a new key, then destroy the old one. The bot may run meanwhile.

    Interrupted, nothing is lost: both keys stay, and running it again finishes it.
    """
    with opened(demo=demo) as store:
        n = sum(_rewrapped(store, organisation) for organisation in store.organisations())
    if json:
        show_json({"rewrapped": n})
        return
    if not n:
        say("No workspace has installed the app, so there is nothing to seal anew.")
        return
    say(f"The tokens of {n} workspace(s) are sealed under a new key; the old one is destroyed.")


def _rewrapped(store: Store, organisation: int) -> int:
    held = store.read(installations.held, organisation)
    if not held.total:
        return 0
    try:
        return installations.rotate_key(store, organisation)
    except KeyLost:
        where = ", ".join(store.read(installations.held, organisation).lost) or "a workspace"
        fail(
            f"The tokens of {where} can't be read, because their key is gone or damaged. Install the app there again "
            "from /slack/install, then run this once more. Nothing was changed."
        )
