"""``rapport run`` and ``rapport demo``: the process that serves people."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.console import fail, progress, say, told
from adapters.cli.place import settings
from adapters.settings import Settings
from adapters.wiring import (
    DemoFiles,
    DemoPlace,
    DemoSize,
    build_made_up,
    build_own,
    demo_place,
    demo_service,
    missing,
    serve,
    service,
)
from bot import logs

SIZE = DemoSize()
ADDRESS = "http://127.0.0.1:{port}"


def run() -> None:
    """Serve the chat platforms that are configured, until Ctrl+C or SIGTERM."""
    chosen = settings()
    logs.configure(chosen.log_level)
    lacking = missing(chosen)
    if lacking:
        fail("\n".join(lacking))
    with told():
        opened = service(chosen)
        say(
            f"Rapport serves {', '.join(opened.platforms)}. Health: {_address(chosen)}/healthz (stop with Ctrl+C)."
        )
        try:
            asyncio.run(serve(opened))
        except OSError as error:
            fail(
                f"{chosen.host}, port {chosen.port}, can't be used ({error.strerror}). Set RAPPORT_PORT to another."
            )
        finally:
            opened.store.close()


def _address(chosen: Settings) -> str:
    return f"http://{chosen.host}:{chosen.port}"


def demo(
    people: Annotated[
        int, typer.Option(min=120, max=20_000, help="Size of the made-up company.")
    ] = SIZE.people,
    months: Annotated[int, typer.Option(min=18, max=60, help="Months of made-up history.")] = SIZE.months,
    seed: Annotated[int, typer.Option(help="The same seed makes the same company.")] = SIZE.seed,
    from_: Annotated[
        Path | None, typer.Option("--from", help="Your own people (CSV) instead.", exists=True)
    ] = None,
    history: Annotated[Path | None, typer.Option(help="Your own results (CSV).", exists=True)] = None,
    rollouts: Annotated[Path | None, typer.Option(help="Your own automations (CSV).", exists=True)] = None,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Forget the demo there is and make a new one.")
    ] = False,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port on this machine.")] = None,
    build_only: Annotated[bool, typer.Option("--build-only", help="Make the database and stop.")] = False,
) -> None:
    """Open a company in your browser: made up, or from your own files. Nothing leaves this machine."""
    chosen = settings()
    logs.configure("WARNING" if chosen.log_level == "INFO" else chosen.log_level)
    where, files = demo_place(chosen.keys_dir), DemoFiles(from_, history, rollouts)
    with told(), progress("Opening the demo") as step:
        _prepare(where, DemoSize(people, months, seed), files, fresh=fresh, step=step)
        if build_only:
            say(f"The demo database is made: {where.database}")
            return
        service = demo_service(where, port or chosen.port, seed, timedelta(seconds=chosen.grace_seconds))
    say(f"Rapport is at {ADDRESS.format(port=port or chosen.port)} (stop with Ctrl+C).")
    try:
        asyncio.run(serve(service))
    except OSError as error:
        fail(
            f"Port {port or chosen.port} can't be used ({error.strerror}). Choose another: rapport demo --port 4000"
        )
    finally:
        service.store.close()


def _prepare(
    where: DemoPlace, size: DemoSize, files: DemoFiles, *, fresh: bool, step: Callable[[str], None]
) -> None:
    """Make the demo database if there is none, or if a new one is asked for."""
    if fresh or files.any:
        where.forget()
    if where.database.exists():
        return
    where.database.parent.mkdir(exist_ok=True)
    where.keys_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    if files.any:
        for note in build_own(where, files, step):
            say(note)
    else:
        build_made_up(where, size, step)
