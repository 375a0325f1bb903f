"""Workspaces: connected once, never to two organisations, and silent once the app is removed."""

from datetime import timedelta

import pytest

from bot import dispatch
from bot.cases import delivery, roster, workspaces
from bot.cases.workspaces import KEPT
from bot.errors import Refused
from bot.store.states import Lease
from bot.store.store import Store
from bot.talk.events import CommandUsed, Private, Profile, Source, Uninstalled
from bot.talk.language import words
from tests import staff
from tests.fakes import FakeClock

GONE = Uninstalled(Source(platform="fake", workspace="T1", user="", event="gone"))


def acts(store: Store) -> list[str]:
    return [entry.act for entry in store.read(lambda unit: unit.audit.entries())]


def connect(store: Store, organisation: int = 1) -> int:
    return store.write(lambda unit: workspaces.connect(unit, "fake", "T1").id, organisation)


def states(store: Store) -> dict[str, int]:
    return store.read(lambda unit: unit.outbox.counts())


def test_connecting_is_written_down_and_doing_it_again_changes_nothing(store: Store):
    assert connect(store) == connect(store) == 1
    assert acts(store) == ["workspace.connected"]


def test_a_workspace_of_another_organisation_is_refused(store: Store):
    store.write(lambda unit: unit.organisations.create("Other", unit.now), 2)
    connect(store)

    with pytest.raises(Refused) as refused:
        connect(store, 2)

    assert refused.value.key == "refused.workspace.taken"
    assert all(words(locale)(refused.value.key) for locale in ("en", "de"))
    assert store.organisation_of("fake", "T1") == 1


def test_also_after_it_was_disconnected_a_workspace_stays_its_organisations(store: Store):
    store.write(lambda unit: unit.organisations.create("Other", unit.now), 2)
    connect(store)
    dispatch.handle(store, GONE)

    with pytest.raises(Refused):
        connect(store, 2)


def test_once_the_app_is_removed_nothing_is_sent_and_nobody_is_answered(store: Store, clock: FakeClock):
    staff.hire(store, 3)
    staff.want(store, [1, 2, 3])
    store.write(lambda unit: roster.met(unit, 1, Profile("U9", "Somebody")))

    dispatch.handle(store, GONE)
    dispatch.handle(store, GONE)

    now = clock.now()
    lease = Lease("t", now, now + timedelta(minutes=1))
    assert store.write(lambda unit: delivery.claim(unit, 1, 50, lease, None)) == []
    assert store.read(lambda unit: unit.outbox.due_workspaces(now, now)) == []
    assert states(store) == {"pending": 3}
    assert store.read(lambda unit: unit.strangers.users(1)) == frozenset()
    asked = CommandUsed(Source(platform="fake", workspace="T1", user="U1", event="c"), "help")
    reply = dispatch.handle(store, asked)
    assert isinstance(reply, Private)
    assert reply.card.fallback == words("en")("refused.unknown_workspace")
    assert acts(store).count("workspace.uninstalled") == 1


def test_what_waited_goes_on_if_the_app_comes_back_within_a_week(store: Store, clock: FakeClock):
    staff.hire(store, 3)
    staff.want(store, [1, 2, 3])
    dispatch.handle(store, GONE)
    clock.advance(KEPT)
    assert store.write(workspaces.retire) == 0

    connect(store)

    clock.advance(KEPT)
    assert store.write(workspaces.retire) == 0
    assert states(store) == {"pending": 3}


def test_what_waited_is_dropped_once_the_week_is_over(store: Store, clock: FakeClock):
    staff.hire(store, 3)
    staff.want(store, [1, 2, 3])
    dispatch.handle(store, GONE)
    clock.advance(KEPT + timedelta(seconds=1))

    assert [store.write(workspaces.retire) for _ in range(2)] == [3, 0]
    assert states(store) == {"cancelled": 3}
    assert acts(store)[-1] == "workspace.retired"
