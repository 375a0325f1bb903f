"""A wave by Teams' published limits: how near to the configured bucket it goes out, and that it is never over the limits.

Run it with ``python -m tests.benchmarks sending_to_teams``. The real drain claims, posts over HTTP and marks, with
durable commits; the adapter's limiter and the fake, with its published limits on, share a clock that is moved by hand,
which the limiter's waits move: minutes take no time, and the rate is what went out by that clock after the first
seconds. *In real time* a smaller wave shows what batches, commits and travel times leave of it. A message that is not accepted exactly once or an answer 429 ends the run with an error.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from adapters.engine import Place
from adapters.engine.drain import Drain
from adapters.engine.limits import Limits
from adapters.references import StoredReferences
from adapters.teams.connector import Connector
from adapters.teams.limiter import TENANT, Limiter
from adapters.teams.references import Reference
from adapters.teams.render import message
from adapters.teams.send import TeamsPlatform
from adapters.wiring.teams import LIMITS
from bot.clock import Clock, SystemClock
from bot.store.store import Store
from tests import builders, staff
from tests.adapters.teams.test_send import NoDoor
from tests.benchmarks.figures import Figure, show
from tests.fakes import MONDAY, FakeClock
from tests.platforms.teams import FakeTeams
from tests.platforms.teams.checker import check

WAVE, SMALL, TRAVEL_S = 2000, 600, 0.1
WARM_UP = timedelta(seconds=2)
Tick = Callable[[], Awaitable[None]]
HERE = Place(1, staff.WORKSPACE)


@contextmanager
def a_store() -> Iterator[Store]:
    with TemporaryDirectory() as name:
        store = builders.a_store(builders.a_database(Path(name)), Path(name), FakeClock())
        try:
            yield store
        finally:
            store.close()


async def by_a_clock_moved_by_hand() -> Figure:
    """Send a wave by a clock that everybody shares."""
    real = FakeClock()

    def passed() -> float:
        return (real.now() - MONDAY).total_seconds()

    async def sleep(seconds: float) -> None:
        real.advance(timedelta(seconds=seconds))

    async def tick() -> None:
        real.advance(timedelta(seconds=1))

    return await _wave(WAVE, real, Limiter(passed, sleep), tick, "by a clock moved by hand")


async def by_the_wall() -> Figure:
    """Send a smaller wave in real time, each call being on its way as long as over the internet."""

    async def tick() -> None:
        await asyncio.sleep(1)

    return await _wave(
        SMALL, SystemClock(), Limiter(), tick, f"in real time, {TRAVEL_S * 1000:.0f} ms a call"
    )


async def _wave(n: int, real: Clock, limiter: Limiter, tick: Tick, how: str) -> Figure:
    with a_store() as store:
        async with FakeTeams(clock=real) as fake:
            granted = fake.grant()

            async def token() -> str:
                return granted

            fake.travel = lambda: 0.0 if isinstance(real, FakeClock) else TRAVEL_S
            connector = Connector(token, fake.service_url.__eq__, limiter)
            platform = TeamsPlatform(
                connector, StoredReferences(store), [fake.tenant], message, lambda *_: NoDoor()
            )
            await _everybody(store, fake, platform, n)
            limits = Limits(batch=LIMITS.batch, at_once=LIMITS.at_once, turn_s=3600, lease=timedelta(hours=1))
            drain = Drain(store=store, platform=platform, limits=limits, real=real, cards=staff.CARDS)
            while not staff.settled(store):
                await drain.run(HERE)
                await tick()  # the engine's
            await platform.aclose()
        return _paced(fake, store, n, how)


async def _everybody(store: Store, fake: FakeTeams, platform: TeamsPlatform, n: int) -> None:
    """Let everybody have the app, and want a message to each."""
    people = staff.hire(store, n, platform="teams")
    store.write(lambda unit: setattr(unit.workspaces.get(HERE.workspace), "external", fake.tenant))
    for number in people:
        user = fake.add_user(f"U{number}", installed=True)
        own = fake.personal(user).id
        await platform.references.keep(
            Reference(fake.tenant, user.id, fake.service_url, own, fake.bot["id"], user.member)
        )
    staff.want(store, people, "wave.invite")


def _paced(fake: FakeTeams, store: Store, n: int, how: str) -> Figure:
    begun = fake.calls[0].at + WARM_UP.total_seconds()
    late = [call for call in fake.calls if call.at > begun]
    wrong = check(fake)
    if staff.states(store) != {"sent": n} or wrong or {call.outcome for call in fake.calls} != {"ok"}:
        raise SystemExit(f"{staff.states(store)} of {n}; {wrong[:3]}")
    rate = (len(late) - 1) / (late[-1].at - late[0].at)
    goal = f">= {0.95 * TENANT.calls:.0f} a second"
    return Figure(f"wave of {n:,}, {how}", "a second", [rate], [TENANT.calls], goal)


def main() -> None:
    """Print the figures; ends with an error if something was lost, doubled or too fast."""
    show([asyncio.run(by_a_clock_moved_by_hand()), asyncio.run(by_the_wall())])


if __name__ == "__main__":
    main()
