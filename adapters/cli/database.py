"""The database: made, migrated, backed up, restored."""

import contextlib
import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from adapters.cli.console import progress, say, show_json, told
from adapters.cli.place import Demo, Json, Place, make_folder, opened, place
from bot.cases import installation
from bot.cases.backups import noted
from bot.clock import SystemClock
from bot.errors import StoreError
from bot.store import backup as backups
from bot.store.store import open_store


def init(
    name: Annotated[str, typer.Option(prompt="Name of the organisation", help="As people know it.")],
    locale: Annotated[str | None, typer.Option(help="Such as de-DE. [default: en-GB, or asked for]")] = None,
    time_zone: Annotated[
        str | None, typer.Option(help="Such as Europe/Berlin. [default: Europe/London, or asked for]")
    ] = None,
    currency: Annotated[
        str | None, typer.Option(help="Of reports, such as CHF. [default: EUR, or asked for]")
    ] = None,
    formality: Annotated[
        str | None, typer.Option(help="German: du or sie. [default: du, or asked for]")
    ] = None,
    json: Json = False,
) -> None:
    """Make the database and the organisation, and print the one-time code of its first owner."""
    where = place()
    spoken = _given(locale, "Language and country", "en-GB")
    setup = installation.Setup(
        name=name,
        locale=spoken,
        time_zone=_given(time_zone, "Time zone", "Europe/London"),
        currency=_given(currency, "Currency of reports", "EUR"),
        formality=_given(formality, "In German: du or sie", "du", asked=spoken.startswith("de")),
    )
    with told():
        installation.check(setup)
        make_folder(where.url)
    _migrate(where.url, "Making the database")
    with opened() as store:
        code = store.write(lambda unit: installation.create(unit, setup))
    if json:
        show_json({"name": name, "rehearsal": True, "code": code})
        return
    say(f"{name} is set up, in rehearsal: only testers that you name are written to.")
    say(f"One-time code of the first owner, valid for seven days: {code}")
    say(f"The owner writes to Rapport in the chat: claim {code}")
    say("Next: rapport doctor --before says who must do what, and writes the messages to them.")


def _given(option: str | None, question: str, default: str, *, asked: bool = True) -> str:
    """Return what was given; where somebody sits at the terminal, ask for what was not."""
    if option is not None:
        return option
    return str(typer.prompt(question, default=default)) if asked and sys.stdin.isatty() else default


def migrate(json: Json = False, demo: Demo = False) -> None:
    """Bring the database to the tables of this version; a safety copy is made first."""
    done = _migrate(place(demo=demo).url, "Migrating")
    if json:
        show_json({"revisions": done})
        return
    say(f"Migrated: {', '.join(done)}." if done else "The database is up to date.")


def _migrate(url: str, doing: str) -> list[str]:
    from bot.store import migrate as migrations  # noqa: PLC0415 - alembic, which no other command should wait for

    with told(), progress(doing) as step:
        return migrations.migrate(url, progress=step)


def backup(
    target: Annotated[Path, typer.Argument(help="The new file; its manifest is written beside it.")],
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Copy the database while the bot runs. Keys of waves and of tokens are never in a backup."""
    where = place(demo=demo)
    with told(), progress("Copying"):
        manifest = backups.backup(where.url, target)
    _note(where, manifest)
    if json:
        show_json(manifest)
        return
    say(
        f"{target}: {sum(manifest.rows.values())} rows, revision {manifest.revision}, SHA-256 {manifest.sha256[:16]}…"
    )
    if manifest.open_waves:
        say(
            f"{len(manifest.open_waves)} wave(s) are open. Their sealed sheets are in the copy, but no key is: "
            "restored elsewhere, they close as unreadable."
        )
    _say_tokens(manifest)


def _note(where: Place, manifest: backups.Manifest) -> None:
    """Remember the backup for the doctor; one of tables that this version can't open is a backup all the same."""
    with contextlib.suppress(StoreError):
        store = open_store(where.url, keys_dir=where.keys_dir, clock=SystemClock())
        try:
            noted(store, datetime.fromisoformat(manifest.made_at))
        finally:
            store.close()


def restore(
    source: Annotated[
        Path, typer.Argument(help="A backup made by rapport backup.", exists=True, dir_okay=False)
    ],
    verify: Annotated[bool, typer.Option("--verify", help="Only check the backup; change nothing.")] = False,
    replace: Annotated[
        bool, typer.Option("--replace", help="Put it in place of the database there is; that one is kept.")
    ] = False,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Verify a backup, and without --verify put it in place of the database."""
    where = place(demo=demo)
    with told(), progress("Checking"):
        if verify:
            manifest = backups.verify(source)
            kept, unreadable = None, tuple[tuple[int, int], ...]()
        else:
            done = backups.restore(
                source,
                where.url,
                overwrite=replace,
                has_key=lambda org, wave: _has_key(where.keys_dir, org, wave),
            )
            manifest, kept, unreadable = done.manifest, done.kept, done.unreadable
    if json:
        lost = [wave for _, wave in unreadable]
        show_json({"manifest": manifest, "restored": not verify, "kept": kept, "unreadable_waves": lost})
        return
    made = f"{datetime.fromisoformat(manifest.made_at):%Y-%m-%d %H:%M} UTC"
    say(f"{source} is whole: {sum(manifest.rows.values())} rows of {made}, revision {manifest.revision}.")
    if kept is not None:
        say(f"The database that was there is kept: {kept}")
    for _, wave in unreadable:
        say(f"Wave {wave} was open and its key is gone: it will close as unreadable.")
    _say_tokens(manifest)
    if verify:
        say("Nothing was changed. Without --verify it is put in place.")


def _say_tokens(manifest: backups.Manifest) -> None:
    """Say what becomes of the tokens of installations, which no backup holds readably."""
    n = manifest.rows.get("installation", 0)
    if n:
        say(
            f"{n} workspace(s) are installed. Their tokens are sealed with a key in RAPPORT_KEYS_DIR that is in no "
            "backup: where it is lost, install the app again from /slack/install. Nothing else is needed."
        )


def _has_key(folder: Path, organisation: int, wave: int) -> bool:
    return (folder / f"wave-{organisation}-{wave}.key").is_file()
