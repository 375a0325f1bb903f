"""What a store promises, whichever database it stands on."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import col, select

from bot.errors import Refused, StoreError
from bot.store.accounts import Acting
from bot.store.store import Store
from bot.store.tables import Account, Person, Setting
from bot.store.unit import Unit
from tests.fakes import MONDAY, FakeClock


def hire(unit: Unit, external: str = "e1") -> Person:
    number = unit.number("person")
    row = Person(
        organisation_id=unit.organisation_id,
        id=number,
        external=external,
        name="Ada",
        starts_on=date(2026, 1, 1),
    )
    unit.session.add(row)
    unit.session.flush()
    return row


def test_what_a_unit_wrote_is_read_by_the_next(any_store: Store):
    any_store.write(lambda unit: unit.settings.put("colour", "red", unit.now))

    assert any_store.read(lambda unit: unit.settings.get("colour")) == "red"


def test_a_later_value_takes_the_place_of_the_earlier_one(any_store: Store):
    for value in ("red", "blue"):
        any_store.write(lambda unit, value=value: unit.settings.put("colour", value, unit.now))

    assert any_store.read(lambda unit: unit.settings.get("colour")) == "blue"


def test_a_refusal_undoes_its_unit_and_reaches_the_caller(any_store: Store):
    def change_and_refuse(unit: Unit) -> None:
        unit.settings.put("colour", "red", unit.now)
        unit.number("thing")
        raise Refused("refused.example", n=3)

    with pytest.raises(Refused) as caught:
        any_store.write(change_and_refuse)

    assert caught.value.values == {"n": 3}
    assert any_store.read(lambda unit: unit.settings.get("colour")) is None
    assert any_store.write(lambda unit: unit.number("thing")) == 1


def test_a_broken_rule_of_the_database_undoes_its_unit_alone(any_store: Store):
    any_store.write(hire)

    with pytest.raises(IntegrityError):
        any_store.write(hire)

    assert any_store.write(lambda unit: hire(unit, "e2").id) == 2


def test_rows_can_be_read_after_the_unit_ended(any_store: Store):
    person = any_store.write(hire)
    found = any_store.read(lambda unit: unit.session.exec(select(Person)).one())

    assert person.name == found.name == "Ada"


def test_a_read_cannot_write(any_store: Store):
    with pytest.raises(RuntimeError, match="may not write"):
        any_store.read(hire)

    assert any_store.read(lambda unit: unit.session.exec(select(Person)).all()) == []


def test_a_read_sees_one_unchanging_view(any_store: Store):
    def look_twice(unit: Unit) -> tuple[str | None, str | None]:
        before = unit.settings.get("colour")
        other = threading.Thread(
            target=any_store.write, args=[lambda unit: unit.settings.put("colour", "red", unit.now)]
        )
        other.start()
        other.join()
        unit.session.expire_all()
        return before, unit.settings.get("colour")

    assert any_store.read(look_twice) == (None, None)
    assert any_store.read(lambda unit: unit.settings.get("colour")) == "red"


@pytest.mark.parametrize("outer", ["read", "write"])
@pytest.mark.parametrize("inner", ["read", "write"])
def test_a_unit_inside_a_unit_is_an_error_and_no_deadlock(any_store: Store, outer: str, inner: str):
    def nest(_: Unit) -> None:
        getattr(any_store, inner)(lambda unit: unit.now)

    with pytest.raises(RuntimeError, match="may not start another"):
        getattr(any_store, outer)(nest)

    assert any_store.write(lambda unit: unit.number("thing")) == 1


def test_a_unit_that_ended_cannot_be_used_again(any_store: Store):
    kept: list[Unit] = []
    any_store.write(kept.append)

    with pytest.raises(Exception, match="closed"):
        kept[0].number("thing")


def test_numbers_have_no_doubles_however_many_ask_at_once(any_store: Store):
    with ThreadPoolExecutor(8) as pool:
        given = list(pool.map(lambda _: any_store.write(lambda unit: unit.number("wave")), range(40)))

    assert sorted(given) == list(range(1, 41))


def test_a_block_of_numbers_is_reserved_at_once(any_store: Store):
    first, block, after = any_store.write(
        lambda unit: (unit.number("wave"), unit.number("wave", 500), unit.number("wave"))
    )

    assert (first, block, after) == (1, 2, 502)


def test_each_noun_and_each_organisation_counts_by_itself(any_store: Store):
    any_store.write(lambda unit: unit.number("wave", 7))

    assert any_store.write(lambda unit: unit.number("survey")) == 1
    assert any_store.write(lambda unit: unit.number("wave"), 2) == 1


def test_a_unit_begins_at_the_time_of_the_clock(any_store: Store, clock: FakeClock):
    before = any_store.read(lambda unit: unit.now)
    clock.advance(timedelta(hours=3))

    assert before == MONDAY
    assert any_store.write(lambda unit: unit.now) == MONDAY + timedelta(hours=3)


def test_a_moment_comes_back_aware_and_in_utc(any_store: Store):
    tokyo = timezone(timedelta(hours=9))
    any_store.write(lambda unit: unit.settings.put("at", "", datetime(2026, 11, 23, 18, 30, tzinfo=tokyo)))

    at = any_store.read(lambda unit: unit.session.exec(select(Setting)).one()).at

    assert at == datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    assert at.tzinfo is UTC


def test_moments_are_compared_as_instants_not_as_wall_times(any_store: Store):
    any_store.write(lambda unit: unit.settings.put("at", "", MONDAY))
    west = MONDAY.astimezone(timezone(timedelta(hours=-8)))

    found = any_store.read(
        lambda unit: unit.session.exec(select(Setting).where(col(Setting.at) <= west)).all()
    )

    assert len(found) == 1


def test_a_moment_without_a_zone_is_refused(any_store: Store):
    with pytest.raises((StatementError, ValueError), match="timezone"):
        any_store.write(lambda unit: unit.settings.put("at", "", datetime(2026, 11, 23, 9, 30)))  # noqa: DTZ001 -- that's the point


def test_a_row_cannot_point_into_another_organisation(any_store: Store):
    any_store.write(lambda unit: unit.organisations.connect("local", "page"))
    person = any_store.write(hire, 2)

    def steal(unit: Unit) -> None:
        unit.session.add(Account(organisation_id=1, workspace_id=1, user="ada", person_id=person.id))

    with pytest.raises(IntegrityError):
        any_store.write(steal)


def test_an_error_never_repeats_what_was_to_be_stored(any_store: Store):
    any_store.write(hire)

    with pytest.raises(IntegrityError) as caught:
        any_store.write(
            lambda unit: unit.session.add(
                Person(organisation_id=9, id=1, external="x", name="SECRET", starts_on=date(2026, 1, 1))
            )
        )

    assert "SECRET" not in str(caught.value)


def test_organisations_are_listed_in_order(any_store: Store):
    assert any_store.organisations() == [1, 2]


def test_a_workspace_leads_to_its_organisation(any_store: Store):
    any_store.write(lambda unit: unit.organisations.connect("slack", "T123"), 2)

    assert any_store.organisation_of("slack", "T123") == 2
    assert any_store.organisation_of("teams", "T123") is None


def test_what_is_done_for_a_workspace_is_done_for_its_organisation_or_not_at_all(any_store: Store):
    any_store.write(lambda unit: unit.organisations.connect("slack", "T123"), 2)
    done: list[int] = []

    def work(unit: Unit, who: Acting) -> int:
        assert (who.organisation.id, who.person) == (2, None)
        unit.settings.put("colour", "red", unit.now)
        done.append(unit.organisation_id)
        return unit.organisation_id

    assert any_store.write_for("slack", "T123", "U1", work) == 2
    assert any_store.write_for("slack", "T124", "U1", work) is None
    assert done == [2]
    assert any_store.read(lambda unit: unit.settings.get("colour"), organisation=2) == "red"
    assert any_store.read(lambda unit: unit.settings.get("colour")) is None


def test_connecting_a_workspace_twice_keeps_one(any_store: Store):
    first, second = (
        any_store.write(lambda unit: unit.organisations.connect("slack", "T123")).id for _ in range(2)
    )

    assert first == second == 1


def test_a_workspace_cannot_belong_to_two_organisations(any_store: Store):
    any_store.write(lambda unit: unit.organisations.connect("slack", "T123"))

    with pytest.raises(IntegrityError):
        any_store.write(lambda unit: unit.organisations.connect("slack", "T123"), 2)


def test_a_disconnected_workspace_leads_nowhere(any_store: Store):
    def disconnect(unit: Unit) -> None:
        unit.organisations.connect("slack", "T123").active = False

    any_store.write(disconnect)

    assert any_store.organisation_of("slack", "T123") is None
    assert any_store.read(lambda unit: unit.organisations.workspaces()) == []


def test_an_emptied_log_is_reported(any_store: Store):
    any_store.write(lambda unit: unit.settings.put("colour", "red", unit.now))

    assert any_store.truncate_wal()


def test_readers_who_wait_too_long_for_a_connection_are_told(
    any_store: Store, monkeypatch: pytest.MonkeyPatch
):
    backend = any_store._backend
    pool = getattr(backend, "_readers", None) or backend._engine
    monkeypatch.setattr(pool.pool, "_timeout", 0.01)
    held = [pool.connect() for _ in range(pool.pool.size())]

    with pytest.raises(StoreError, match="no connection came free"):
        any_store.read(lambda unit: unit.settings.get("colour"))

    for connection in held:
        connection.close()
    assert any_store.read(lambda unit: unit.settings.get("colour")) is None
