"""``python -m tests.platforms.teams``: a fake Teams in a process of its own, driven through ``control``.

It prints one line of JSON when it is ready (the settings that the app needs) and runs until it is interrupted.
"""

import argparse
import asyncio
import json
import signal
from pathlib import Path

from tests.platforms.teams.cards import problems
from tests.platforms.teams.control import Control, needed
from tests.platforms.teams.roll import enrol
from tests.platforms.teams.server import FakeTeams

LOCALES = ("en-US", "de-DE", "en-GB")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.platforms.teams", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free one")
    parser.add_argument("--journal", type=Path, help="where every call is written, one line of JSON each")
    parser.add_argument("--people", type=int, default=10, help="how many colleagues there are")
    parser.add_argument(
        "--users",
        type=argparse.FileType(encoding="utf-8"),
        help="the colleagues instead, as rapport people list --json prints them; - reads them here",
    )
    parser.add_argument("--messages-url", default="", help="where the app takes activities")
    parser.add_argument("--no-limits", action="store_true", help="answer as fast as asked")
    return parser.parse_args()


async def run(wanted: argparse.Namespace) -> None:
    fake = FakeTeams(journal=wanted.journal, limits=not wanted.no_limits, validate=problems)
    if wanted.users:
        enrol(fake, json.load(wanted.users))
    for number in range(0 if wanted.users else wanted.people):
        fake.add_user(name=f"Person {number}", locale=LOCALES[number % len(LOCALES)])
    fake.messages_url = wanted.messages_url
    fake.doors = Control(fake).add_to
    stopped = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stopped.set)
    await fake.start(wanted.port)
    print(json.dumps(needed(fake)), flush=True)  # noqa: T201 - whoever started it reads this line
    await stopped.wait()
    await fake.stop()


if __name__ == "__main__":
    asyncio.run(run(arguments()))
