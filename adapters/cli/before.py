"""``rapport doctor --before``: who must do what before the install, how far it is, and the message to each of them.

It speaks of the chats for which something is set; where nothing is, of all of them.
"""

from collections.abc import Iterator
from dataclasses import asdict
from types import ModuleType

from adapters.cli import before_slack, before_teams
from adapters.cli.console import say, show_json, show_table
from adapters.cli.place import place
from adapters.cli.tasks import COUNCIL, HR, YOU, Task
from adapters.settings import Settings
from bot.cases import preparation
from bot.cases.preparation import Standing
from bot.clock import SystemClock
from bot.errors import StoreError
from bot.store.store import open_store

CHATS = (before_slack, before_teams)


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
    chats = _chats(settings)
    named = " or ".join(chat.NAME for chat in chats)
    yield Task(YOU, now.made, "Make the organisation: rapport init")
    for chat in chats:
        yield from chat.tasks(now, settings)
    yield Task(YOU, now.connected, "Check and start it: rapport doctor, then rapport run")
    yield Task(YOU, now.owned, f"In {named} write to Rapport: claim, and the code of rapport init")
    yield Task(HR, now.employed > 1, f"The people, as a file or from {named} ({now.employed} so far)")
    yield Task(HR, now.contact, "Name the person to whom “A person” leads")
    yield Task(HR, now.testers > 0, f"Name testers ({now.testers} so far)")
    yield Task(
        COUNCIL, bool(now.council), f"An agreement, or why none is needed: {now.council or 'not recorded'}"
    )
    yield Task(f"{HR} and you", now.live, "Go live together: /golive (after a rehearsal)")


def _letters(now: Standing, settings: Settings) -> dict[str, str]:
    chats = _chats(settings)
    named = [chat.NAME for chat in chats]
    theirs = {who: text for chat in chats for who, text in chat.letters(now, settings).items()}
    return theirs | {HR: preparation.to_hr(now, named), COUNCIL: preparation.to_council(now, named)}


def _chats(settings: Settings) -> list[ModuleType]:
    return [chat for chat in CHATS if chat.wanted(settings)] or [*CHATS]
