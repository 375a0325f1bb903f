"""``rapport run`` and ``rapport demo``: the process that serves people."""

import asyncio
import socket
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters.cli.console import fail, progress, say, told
from adapters.cli.place import settings
from adapters.demo.company import MONTHS, PEOPLE, SEED
from bot import logs

if TYPE_CHECKING:
    from adapters.settings import Settings
    from adapters.wiring import DemoFiles, DemoPlace, DemoSize

ADDRESS = "http://127.0.0.1:{port}"


def run() -> None:
    """Serve the chat platforms that are configured, until Ctrl+C or SIGTERM."""
    from adapters import wiring  # noqa: PLC0415 - a server's whole weight, which no other command should wait for

    chosen = settings()
    logs.configure(chosen.log_level)
    lacking = wiring.missing(chosen)
    if lacking:
        fail("\n".join(lacking))
    with told():
        opened = wiring.service(chosen)
        say(
            f"Rapport serves {', '.join(opened.platforms)}. Health: {_address(chosen)}/healthz (stop with Ctrl+C)."
        )
        try:
            asyncio.run(wiring.serve(opened))
        except OSError as error:
            fail(
                f"{chosen.host}, port {chosen.port}, can't be used ({error.strerror}). Set RAPPORT_PORT to another."
            )
        finally:
            opened.store.close()


def _address(chosen: "Settings") -> str:
    return f"http://{chosen.host}:{chosen.port}"


def demo(
    people: Annotated[int, typer.Option(min=120, max=20_000, help="Size of the made-up company.")] = PEOPLE,
    months: Annotated[int, typer.Option(min=18, max=60, help="Months of made-up history.")] = MONTHS,
    seed: Annotated[int, typer.Option(help="The same seed makes the same company.")] = SEED,
    from_: Annotated[
        Path | None, typer.Option("--from", help="Your own people (CSV) instead.", exists=True)
    ] = None,
    history: Annotated[Path | None, typer.Option(help="Your own results (CSV).", exists=True)] = None,
    rollouts: Annotated[Path | None, typer.Option(help="Your own automations (CSV).", exists=True)] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget the demo there is and make a new one.")
    ] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port on this machine.")] = None,
    slack: Annotated[
        bool, typer.Option("--slack", help="Chat in a Slack imitated on this machine (make slack-demo).")
    ] = False,
    teams: Annotated[
        bool, typer.Option("--teams", help="Chat in a Teams imitated on this machine (make teams-demo).")
    ] = False,
    build_only: Annotated[bool, typer.Option("--build-only", help="Make the database and stop.")] = False,
) -> None:
    """Open a company in your browser: made up, or from your own files. Nothing leaves this machine."""
    from adapters import wiring  # noqa: PLC0415 - a command that serves nothing starts without the frameworks

    chosen = settings()
    logs.configure("WARNING" if chosen.log_level == "INFO" else chosen.log_level)
    if slack and teams:
        fail("The demo talks through one chat at a time: give --slack or --teams.")
    chat: wiring.Imitated | None = "slack" if slack else "teams" if teams else None
    lacking = wiring.missing_for_demo(chosen, chat) if chat else []
    if lacking:
        fail("\n".join(lacking))
    where, files = wiring.demo_place(chosen.keys_dir), wiring.DemoFiles(from_, history, rollouts)
    with told(), progress("Opening the demo") as step:
        _prepare(where, wiring.DemoSize(people, months, seed), files, fresh=fresh, step=step)
        if build_only:
            say(f"The demo database is made: {where.database}")
            return
        door = port or chosen.port
        _require(door)
        service = wiring.demo_service(where, wiring.DemoRun(door, seed, chosen, chat))
    talks = f", its chat is the {chat.title()} imitated on this machine" if chat else ""
    say(f"Rapport is at {ADDRESS.format(port=door)}{talks} (stop with Ctrl+C).")
    try:
        asyncio.run(wiring.serve(service))
    finally:
        service.store.close()


def _require(port: int) -> None:
    """End with a sentence where the page could not be served, before anybody is told that it is."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError as error:
        fail(f"Port {port} can't be used ({error.strerror}). Choose another: rapport demo --port 4000")


def _prepare(
    where: "DemoPlace", size: "DemoSize", files: "DemoFiles", *, fresh: bool, step: Callable[[str], None]
) -> None:
    """Make the demo database if there is none, or if a new one is asked for; the one there is stays until then."""
    from adapters.wiring import build_made_up, build_own  # noqa: PLC0415 - a command that serves nothing starts without the frameworks

    if files.any:
        for note in where.renew(lambda new: build_own(new, files, step)):
            say(note)
    elif fresh or not where.database.exists():
        where.renew(lambda new: build_made_up(new, size, step))
