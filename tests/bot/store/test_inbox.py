from datetime import timedelta

import pytest
from sqlmodel import select

from bot.store.store import Store
from bot.store.tables import InboxEvent
from tests.fakes import FakeClock


def seen(store: Store, event: str, platform: str = "local", organisation: int = 1) -> bool:
    return store.write(lambda unit: unit.inbox.seen(platform, event), organisation)


def test_an_event_that_comes_again_was_seen(any_store: Store) -> None:
    assert [seen(any_store, "Ev1") for _ in range(3)] == [False, True, True]


def test_other_platforms_and_organisations_have_their_own_events(any_store: Store) -> None:
    seen(any_store, "Ev1")

    assert not seen(any_store, "Ev1", "slack")
    assert not seen(any_store, "Ev1", organisation=2)


def test_an_event_whose_unit_failed_was_not_seen(any_store: Store) -> None:
    def fails(unit: object) -> None:
        unit.inbox.seen("local", "Ev1")  # type: ignore[attr-defined]  # a unit; typed loosely to raise from it
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        any_store.write(fails)

    assert not seen(any_store, "Ev1")


def test_the_row_tells_neither_the_event_nor_its_minute(any_store: Store, clock: FakeClock) -> None:
    clock.advance(timedelta(minutes=17, seconds=3))
    seen(any_store, "press by U123")

    (row,) = any_store.read(lambda unit: unit.session.exec(select(InboxEvent)).all())

    assert "U123" not in row.digest
    assert (row.received_at.minute, row.received_at.second) == (0, 0)


def test_events_are_forgotten_after_a_day(any_store: Store, clock: FakeClock) -> None:
    seen(any_store, "Ev1")
    clock.advance(timedelta(hours=24))
    assert any_store.write(lambda unit: unit.inbox.forget_older()) == 0
    assert seen(any_store, "Ev1")

    clock.advance(timedelta(hours=1, minutes=1))

    assert any_store.write(lambda unit: unit.inbox.forget_older()) == 1
    assert not seen(any_store, "Ev1")
