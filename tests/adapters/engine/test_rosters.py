"""Rosters are read at the start and once a day; one that breaks off changes nothing and is asked for again."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from adapters.engine.embedded import EmbeddedEngine, Tuning
from adapters.engine.rosters import AGAIN, EVERY, Rosters
from bot.cases import roster, workspaces
from bot.errors import Disconnected, TryLater
from bot.store.store import Store
from bot.talk.events import Profile
from tests.adapters.engine.test_embedded import running
from tests.adapters.engine.waiting import until
from tests.fakes import FakeClock
from tests.platforms.fake import FakePlatform

LENA, MARC = Profile("U1", "Lena"), Profile("U2", "Marc")


class Office(FakePlatform):
    """A platform whose roster breaks off after one member, as often as it is told to."""

    def __init__(self, *breaks: Exception) -> None:
        super().__init__()
        self.breaks, self.asked_for = list(breaks), 0

    async def members(self, workspace: str) -> AsyncIterator[Profile]:
        self.asked_for += 1
        yield LENA
        if self.breaks:
            raise self.breaks.pop(0)
        yield MARC


@pytest.fixture
def team(store: Store) -> Store:
    store.write(lambda unit: workspaces.connect(unit, "fake", "T1"))
    return store


def strangers(store: Store) -> frozenset[str]:
    return store.read(lambda unit: unit.strangers.users(1))


def test_a_roster_is_read_at_once_and_then_once_a_day(team: Store, clock: FakeClock):
    office = Office()
    rosters = Rosters(team, {"fake": office}, clock)

    assert [asyncio.run(rosters.read_due()) for _ in range(2)] == [1, 0]
    clock.advance(EVERY - timedelta(seconds=1))
    assert asyncio.run(rosters.read_due()) == 0
    clock.advance(timedelta(seconds=1))
    assert asyncio.run(rosters.read_due()) == 1
    assert strangers(team) == {"U1", "U2"}


@pytest.mark.parametrize(
    "error", [TryLater("429", 30.0), Disconnected("missing_scope"), ConnectionResetError()]
)
def test_a_roster_that_breaks_off_changes_nothing_and_is_asked_for_again_soon(
    team: Store, clock: FakeClock, error: Exception
):
    team.write(lambda unit: roster.met(unit, 1, MARC))
    office = Office(error)
    rosters = Rosters(team, {"fake": office}, clock)

    assert asyncio.run(rosters.read_due()) == 0
    assert strangers(team) == {"U2"}

    clock.advance(AGAIN)
    assert asyncio.run(rosters.read_due()) == 1
    assert strangers(team) == {"U1", "U2"}


def test_only_workspaces_that_are_connected_and_whose_platform_is_here_are_read(
    team: Store, clock: FakeClock
):
    team.write(lambda unit: workspaces.connect(unit, "teams", "X"))
    team.write(lambda unit: workspaces.disconnect(unit, "fake", "T1"))
    office = Office()

    assert asyncio.run(Rosters(team, {"fake": office}, clock).read_due()) == 0
    assert office.asked_for == 0


@pytest.mark.parametrize(("wanted", "asked"), [(True, 1), (False, 0)])
def test_the_engine_reads_rosters_where_it_is_told_to(team: Store, wanted: bool, asked: int):
    office = Office()
    engine = EmbeddedEngine(team, {"fake": office}, (), Tuning(rosters=wanted, tick_s=0.02))

    async def story() -> None:
        if wanted:
            await until(lambda: strangers(team))
        else:
            await asyncio.sleep(0)

    running(engine, story)

    assert office.asked_for == asked
