"""``rapport doctor --before``: who must do what before the install, how far it is, and the message to each of them."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import assert_never

from adapters.cli.console import say, show_json, show_table
from adapters.cli.place import place
from adapters.settings import Settings
from bot.cases import preparation
from bot.cases.preparation import Standing
from bot.clock import SystemClock
from bot.errors import StoreError
from bot.store.store import open_store

YOU, ADMIN, HR, COUNCIL = "you", "Slack admin", "HR", "works council"


@dataclass(frozen=True, slots=True)
class Task:
    """Something that one of them must do, and whether it is done."""

    who: str
    done: bool
    what: str


def show(settings: Settings, *, json: bool) -> None:
    """Print the tasks and the letters; nothing is sent."""
    now = _standing()
    tasks, letters = list(_tasks(now, settings)), _letters(now, settings)
    if json:
        show_json({"tasks": [asdict(task) for task in tasks], "messages": letters})
        return
    rows = [(task.who, "done" if task.done else "open", task.what) for task in tasks]
    show_table(("Who", "State", "What"), rows, "")
    for who, text in letters.items():
        say(f"\n--- To: {who} (copy from here) ---\n\n{text}")
    say("\n---" if now.made else "\n---\nAfter rapport init the messages have your language and name.")


def _standing() -> Standing:
    """Return how far things are; without a database nothing was begun."""
    where = place()
    try:
        store = open_store(where.url, keys_dir=where.keys_dir, clock=SystemClock())
    except StoreError:
        return Standing()
    try:
        return store.read(preparation.standing) if store.organisations() else Standing()
    finally:
        store.close()


def _tasks(now: Standing, settings: Settings) -> Iterator[Task]:
    lacking = _lacking(settings)
    yield Task(YOU, now.made, "Make the organisation: rapport init")
    yield Task(
        ADMIN,
        bool(settings.slack_client_id or settings.slack_bot_token.get_secret_value()),
        "Create and install the app from the manifest (rapport manifest slack > slack.json); hand over its secrets",
    )
    yield Task(YOU, not lacking, f"Give Rapport its secrets: {', '.join(lacking) or 'all are set'}")
    yield Task(YOU, now.connected, "Check and start it: rapport doctor, then rapport run")
    yield Task(YOU, now.owned, "In Slack write to Rapport: claim, and the code of rapport init")
    yield Task(HR, now.employed > 1, f"The people, as a file or from Slack ({now.employed} so far)")
    yield Task(HR, now.contact, "Name the person to whom “A person” leads")
    yield Task(HR, now.testers > 0, f"Name testers ({now.testers} so far)")
    yield Task(
        COUNCIL, bool(now.council), f"An agreement, or why none is needed: {now.council or 'not recorded'}"
    )
    yield Task(f"{HR} and you", now.live, "Go live together: /rapport golive (after a rehearsal)")


def _way(settings: Settings) -> preparation.Way:
    """Return how Slack will be reached, which decides about the secrets that are needed."""
    return "install" if settings.slack_client_id else settings.slack_mode


def _lacking(settings: Settings) -> list[str]:
    bot, signing = settings.slack_bot_token, settings.slack_signing_secret
    match way := _way(settings):
        case "socket":
            needed = {"BOT_TOKEN": bot, "APP_TOKEN": settings.slack_app_token}
        case "http":
            needed = {"BOT_TOKEN": bot, "SIGNING_SECRET": signing}
        case "install":
            needed = {"CLIENT_SECRET": settings.slack_client_secret, "SIGNING_SECRET": signing}
        case _:
            assert_never(way)
    return [f"RAPPORT_SLACK_{name}" for name, value in needed.items() if not value.get_secret_value()]


def _letters(now: Standing, settings: Settings) -> dict[str, str]:
    from adapters.slack.manifest import SCOPES  # noqa: PLC0415 - as wiring does

    return {
        ADMIN: preparation.to_slack_admin(now, [*SCOPES], _way(settings)),
        HR: preparation.to_hr(now),
        COUNCIL: preparation.to_council(now),
    }
