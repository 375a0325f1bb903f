"""``python -m tests.platforms.slack``: a fake Slack in a process of its own, driven through ``control``.

It prints one line of JSON when it is ready (the settings that the app needs) and runs until it is interrupted.
"""

import argparse
import asyncio
import json
import signal
from pathlib import Path

from tests.platforms.slack.control import Control
from tests.platforms.slack.roll import enrol
from tests.platforms.slack.server import FakeSlack

LOCALES = ("en-US", "de-DE", "en-GB")


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.platforms.slack", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes any free one")
    parser.add_argument("--journal", type=Path, help="where every call is written, one line of JSON each")
    parser.add_argument("--people", type=int, default=10, help="how many colleagues there are")
    parser.add_argument(
        "--users",
        type=argparse.FileType(encoding="utf-8"),
        help="the colleagues instead, as rapport people list --json prints them; - reads them here",
    )
    parser.add_argument(
        "--events-url", default="", help="where the app takes requests; empty for Socket Mode"
    )
    parser.add_argument("--no-limits", action="store_true", help="answer as fast as asked")
    return parser.parse_args()


async def run(wanted: argparse.Namespace) -> None:
    fake = FakeSlack(journal=wanted.journal, limits=not wanted.no_limits)
    if wanted.users:
        enrol(fake, json.load(wanted.users))
    for number in range(0 if wanted.users else wanted.people):
        fake.add_user(f"U{number:05}", name=f"person.{number}", locale=LOCALES[number % len(LOCALES)])
    fake.events_url = wanted.events_url
    fake.doors = Control(fake).add_to
    stopped = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, stopped.set)
    await fake.start(wanted.port)
    ready = {
        "api_url": fake.url,
        "bot_token": fake.bot_token,
        "app_token": fake.app_token,
        "signing_secret": fake.signing_secret,
    }
    print(json.dumps(ready), flush=True)  # noqa: T201 - whoever started it reads this line
    await stopped.wait()
    await fake.stop()


if __name__ == "__main__":
    asyncio.run(run(arguments()))
