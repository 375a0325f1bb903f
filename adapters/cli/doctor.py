"""``rapport doctor``: what is wrong with this installation, and what to do about it."""

import asyncio
import sqlite3
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from adapters import tone
from adapters.cli import before as preparations
from adapters.cli import before_slack, host
from adapters.cli.console import DONE, REFUSED, progress, show_json, show_table
from adapters.cli.place import Demo, Json, Place, place, settings
from adapters.findings import Finding
from adapters.settings import Settings
from bot.cases import backups, installations, troubles, undelivered
from bot.clock import SystemClock
from bot.errors import StoreError
from bot.store.store import Store, open_store
from bot.store.unit import Unit
from bot.talk.language import words

if TYPE_CHECKING:
    from adapters import slack
    from adapters.teams import connection as teams

SAFE_SQLITE = (3, 51, 3)
"""Older ones can corrupt a database when two connections checkpoint it at once; only our server ever does."""

BELIEVED = "Without RAPPORT_TEAMS_APP_ID everybody on this machine is believed: for trying things out only."

STUCK = ("uncertain", "dead")


def doctor(
    before: Annotated[
        bool, typer.Option("--before", help="Who must do what before the install, and the message to each.")
    ] = False,
    json: Json = False,
    demo: Demo = False,
) -> None:
    """Check disk, database, keys, server, backups, waves, deliveries and the chat. Exit code 1 if there is a problem."""
    chosen = settings()
    if before:
        preparations.show(chosen, json=json)
        return
    findings = [*_findings(place(demo=demo), demo=demo), tone.found(chosen.tone)]
    findings += [] if demo else _chat(chosen)
    if json:
        show_json(findings)
    else:
        show_table(("Check", "State", "What it means"), [(f.check, f.state, f.text) for f in findings], "")
    raise typer.Exit(REFUSED if any(f.state == "problem" for f in findings) else DONE)


def _findings(where: Place, *, demo: bool) -> Iterator[Finding]:
    now, database = SystemClock().now(), where.file
    yield _sqlite()
    yield host.time_zones(now)
    yield _keys_folder(where.keys_dir)
    if database is not None and database.resolve().parent.exists():
        yield from host.disk(database)
    try:
        store = open_store(where.url, keys_dir=where.keys_dir, clock=SystemClock())
    except StoreError as error:
        yield Finding("database", "problem", str(error))
        return
    try:
        yield Finding("database", "ok", "It opens, and its tables fit this version.")
        yield host.server(store, database, now)
        if database is not None and not demo:
            yield host.backup(backups.last(store), now)
        for check in _CHECKS:
            for organisation in store.organisations():
                yield store.read(check(where, store), organisation)
    finally:
        store.close()


def _chat(chosen: Settings) -> Iterator[Finding]:
    """Check the chat platforms that are configured; they are asked, and nothing is changed there."""
    in_slack = before_slack.wanted(chosen)
    in_teams = bool(chosen.teams_app_id or chosen.teams_insecure_local)
    if not in_slack and not in_teams:
        text = "No chat platform is configured yet; docs/slack.md and docs/teams.md say how."
        yield Finding("chat", "note", text)
        return
    from adapters import wiring  # noqa: PLC0415 - a server's whole weight, only for who is about to serve

    lacking = wiring.missing(chosen)
    check = "chat settings" if in_slack and in_teams else "Slack settings" if in_slack else "Teams settings"
    yield from (Finding(check, "problem", line) for line in lacking)
    if lacking:
        return
    if in_slack:
        yield from _slack(wiring.slack_connection(chosen), chosen.public_url)
    if chosen.teams_app_id:
        yield from _teams(wiring.teams_connection(chosen), chosen.public_url)
    elif in_teams:
        yield Finding("Teams app id", "note", BELIEVED)


def _slack(connection: "slack.Connection", public_url: str) -> list[Finding]:
    from adapters.slack.checkup import checked  # noqa: PLC0415 - only who uses Slack pays for it

    asking = checked(
        connection, lambda reason: undelivered.of_workspace(words("en"), reason), public_url=public_url
    )
    with progress("Asking Slack"):
        return asyncio.run(asking)


def _teams(connection: "teams.Connection", public_url: str) -> list[Finding]:
    from adapters.teams.checkup import checked  # noqa: PLC0415 - only who uses Teams pays for it

    with progress("Asking Microsoft"):
        return asyncio.run(checked(connection, public_url=public_url))


def _sqlite() -> Finding:
    if sqlite3.sqlite_version_info >= SAFE_SQLITE:
        return Finding("SQLite", "ok", f"Version {sqlite3.sqlite_version}.")
    text = (
        f"Version {sqlite3.sqlite_version}. Before 3.51.3 a second program that checkpoints the database "
        "(Litestream, some browsers) can damage it. Rapport itself is safe: only its server checkpoints."
    )
    return Finding("SQLite", "note", text)


def _keys_folder(folder: Path) -> Finding:
    if not folder.exists():
        return Finding("wave keys", "note", f"{folder} is made when the first wave opens.")
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        return Finding("wave keys", "problem", f"Others may look into {folder}. Run: chmod 700 {folder}")
    return Finding("wave keys", "ok", f"{folder} is closed to others. Leave it out of every backup.")


def _audit(_: Place, __: Store) -> Callable[[Unit], Finding]:
    def check(unit: Unit) -> Finding:
        broken = unit.audit.verify()
        if broken is None:
            return Finding("audit log", "ok", f"Whole, {unit.audit.head()[0]} entries.")
        return Finding("audit log", "problem", f"Entry {broken} is missing or was changed.")

    return check


def _waves(where: Place, _: Store) -> Callable[[Unit], Finding]:
    def check(unit: Unit) -> Finding:
        live = unit.waves.in_state("opening", "open", "closing")
        lost = [
            w.id for w in live if not (where.keys_dir / f"wave-{unit.organisation_id}-{w.id}.key").is_file()
        ]
        if lost:
            text = f"The key of wave {', '.join(map(str, lost))} is gone: answers can't be read, it will close so."
            return Finding("open waves", "problem", text)
        return Finding("open waves", "ok", f"{len(live)} open, with their keys.")

    return check


def _tokens(_: Place, __: Store) -> Callable[[Unit], Finding]:
    def check(unit: Unit) -> Finding:
        held = installations.held(unit)
        if held.lost:
            text = (
                f"Those of {', '.join(held.lost)} can't be read: their key in RAPPORT_KEYS_DIR is gone or damaged. "
                "Install the app there again from /slack/install."
            )
            return Finding("stored tokens", "problem", text)
        return Finding("stored tokens", "ok", f"{held.total} installed workspace(s), all can be read.")

    return check


def _deliveries(_: Place, __: Store) -> Callable[[Unit], Finding]:
    def check(unit: Unit) -> Finding:
        counts = unit.outbox.counts()
        stuck = {state: counts[state] for state in STUCK if counts.get(state)}
        if stuck:
            text = ", ".join(f"{n} {state}" for state, n in stuck.items())
            return Finding("deliveries", "note", " ".join([f"{text}.", *_why(unit)]))
        return Finding("deliveries", "ok", f"{sum(counts.values())} in all, none stuck.")

    return check


def _why(unit: Unit) -> list[str]:
    """Return what the reasons of the last 30 days mean, each once; reminders have none."""
    recent = unit.undelivered.counts(unit.now - undelivered.RECENT)
    return list(dict.fromkeys(undelivered.sentence(words("en"), reason) for reason, _, _ in recent))


def _connections(_: Place, __: Store) -> Callable[[Unit], Finding]:
    def check(unit: Unit) -> Finding:
        shut = troubles.known(unit)
        if shut:
            told = (
                f"Shut since {trouble.since:%Y-%m-%d %H:%M} UTC ({trouble.reason}). "
                + undelivered.of_workspace(words("en"), trouble.reason)
                for trouble in shut
            )
            return Finding("workspaces", "problem", " ".join(told))
        return Finding("workspaces", "ok", f"{len(unit.workspaces.active())} connected, none is shut to us.")

    return check


def _going_live(_: Place, __: Store) -> Callable[[Unit], Finding]:
    def check(unit: Unit) -> Finding:
        if unit.organisations.get().rehearsal:
            n = len(unit.people.testers())
            return Finding("rehearsal", "note", f"Only the {n} tester(s) that are named are written to.")
        return Finding("rehearsal", "ok", "Live.")

    return check


_CHECKS = (_going_live, _audit, _waves, _tokens, _connections, _deliveries)
