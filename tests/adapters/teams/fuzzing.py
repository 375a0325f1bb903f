"""``python -m tests.adapters.teams.fuzzing [requests] [seed]``: signed nonsense from Teams against the whole of Rapport.

Requests made by ``forger`` go over HTTP through the guard, the SDK, a turn and dispatch into a store, and the replies
to a fake Teams that checks every card. Two organisations live there, each a tenant, and the buttons that are pressed
are those that Rapport has shown them. Whatever comes, the answer is 200 or 4xx; nothing of ours raises, nobody is told
that we erred; no log line holds what somebody wrote; Teams refuses nothing that we show; what somebody wrote is kept
as theirs or not at all, and nothing of one tenant is shown in or kept with the other; what is kept in memory stays
bounded. What breaks a rule is printed with its seed and number; ``… 1 seed:number`` throws it again.
"""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.store.store import Store
from tests import builders
from tests.adapters.slack.fuzzing import EXPECTED, Findings, drive, mistakes
from tests.adapters.teams.aftermath import foreign, wrong
from tests.adapters.teams.forger import Forger
from tests.adapters.teams.knocking import standing, thrown_at
from tests.adapters.teams.mill import Thrown
from tests.adapters.teams.tenants import EVERY_COMMAND, street
from tests.benchmarks.traffic import NINE
from tests.canary import Watch
from tests.fakes import FakeClock

NOT_SHOWN = "teams.not_shown"
SHUT = EXPECTED | {"Undeliverable"}
"""What may keep a reply from being shown: where it was asked for there is nothing, or nobody who has the app."""

FAILED = (b'"statusCode": 5', b'"error": "failed"')
"""How an invoke is told that we erred."""


def fuzz(first: int, requests: int, seed: int, commands: Iterable[str] = EVERY_COMMAND) -> Findings:
    """Throw the requests with these numbers at two companies made for them; buttons are those of these commands."""
    with TemporaryDirectory() as name, Watch().on() as watch:
        folder = Path(name)
        with closing(
            builders.a_store(builders.a_database(folder), folder, FakeClock(NINE), "Aster")
        ) as store:
            numbers = range(first, first + requests)
            found = asyncio.run(_batch(store, folder / "rapport.db", numbers, seed, commands))
        found.wrong += [f"the log holds what somebody wrote: {line}" for line in watch.leaks]
        found.wrong += [*mistakes(watch.lines, NOT_SHOWN, SHUT)]
    return found


async def _batch(
    store: Store, database: Path, numbers: range, seed: int, commands: Iterable[str]
) -> Findings:
    async with street(store) as opened, standing(opened.app, opened.fake, opened.front) as target:
        forger = Forger(opened, await opened.walk(commands), seed)
        found = await thrown_at(target, forger, numbers, heard)
        found.wrong += wrong(opened, database)
    return found


def heard(thrown: Thrown, status: int, body: bytes) -> Iterator[str]:
    """Say where an answer tells that we erred, or tells somebody of another tenant."""
    if any(sign in body for sign in FAILED):
        yield f"was answered that we erred: {body[:200]!r}"
    if status == 200 and foreign(thrown.sender[:1], body.decode()):
        yield f"of {thrown.sender} was answered with {foreign(thrown.sender[:1], body.decode())}"


if __name__ == "__main__":
    drive(fuzz)
