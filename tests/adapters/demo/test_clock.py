from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from adapters.demo.clock import DemoClock
from bot.store.store import Store

MONDAY = datetime(2026, 11, 23, 7, 30, tzinfo=UTC)


def test_it_stands_still_until_it_is_moved(store: Store):
    clock = DemoClock(MONDAY)
    assert clock.now() == clock.now() == MONDAY

    clock.move(store, MONDAY + timedelta(hours=1))
    assert clock.now() == MONDAY + timedelta(hours=1)


def test_it_never_goes_back_and_a_refused_move_changes_nothing(store: Store):
    clock = DemoClock(MONDAY)
    clock.move(store, MONDAY)
    with pytest.raises(ValueError, match="only moves forward"):
        clock.move(store, MONDAY - timedelta(seconds=1))

    assert clock.now() == MONDAY
    later = DemoClock(MONDAY - timedelta(days=9))
    assert later.resume(store)
    assert later.now() == MONDAY


def test_it_outlives_the_process(store: Store):
    DemoClock(MONDAY).move(store, MONDAY + timedelta(days=3))

    after = DemoClock(MONDAY)
    assert after.resume(store)
    assert after.now() == MONDAY + timedelta(days=3)


def test_a_database_without_a_kept_time_is_no_demo(store: Store):
    clock = DemoClock(MONDAY)
    assert not clock.resume(store)
    assert clock.now() == MONDAY


def test_it_tells_utc_whatever_zone_it_is_moved_in(store: Store):
    clock = DemoClock(MONDAY)
    clock.move(store, datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Berlin")))
    assert clock.now() == datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert clock.now().tzinfo == UTC
