"""What HR is told before and during a wave is asked of the database in the same words on SQLite and PostgreSQL."""

from datetime import date

from bot.store.outbox import BLOCK, Message
from bot.store.store import Store
from bot.store.tables import Person
from bot.store.unit import Unit


def person(number: int, **about: object) -> Person:
    fields = {"external": f"p{number}", "name": f"Person {number}", "starts_on": date(2024, 1, 1)}
    return Person(organisation_id=1, id=number, **(fields | about))


def settle(unit: Unit, people: list[Person], external: str = "T1") -> int:
    workspace = unit.organisations.connect("slack", external)
    unit.people.add(*people)
    for each in people:
        unit.accounts.link(each.id, workspace.id, f"U{each.id}")
    return workspace.id


def test_zones_are_those_that_people_chose_before_hrs_and_the_chats(any_store: Store) -> None:
    people = [
        person(1, time_zone="Europe/Madrid", seen_zone="Asia/Tokyo"),
        person(2, time_zone="Europe/Rome", seen_zone="Asia/Seoul", chosen_zone="chat"),
        person(3, time_zone="Europe/Paris", chosen_zone="America/Denver"),
        person(4, time_zone="Europe/Oslo", chosen_zone="chat"),
        person(5, seen_zone="Asia/Dubai"),
        person(6),
    ]
    any_store.write(lambda unit: settle(unit, people))

    assert any_store.read(lambda unit: unit.people.zones()) == [
        "America/Denver",
        "Asia/Dubai",
        "Asia/Seoul",
        "Europe/Madrid",
        "Europe/Oslo",
    ]


def test_connected_is_who_can_be_written_to_now_and_reachable_who_has_an_account(any_store: Store) -> None:
    any_store.write(lambda unit: settle(unit, [person(1), person(2)]))
    any_store.write(lambda unit: settle(unit, [person(3)], "T2"))

    def gone(unit: Unit) -> None:
        unit.accounts.leave(1, "U2")
        unit.workspaces.get(2).active = False

    any_store.write(gone)

    assert any_store.read(lambda unit: unit.accounts.connected()) == {1}
    assert any_store.read(lambda unit: unit.accounts.reachable()) == {1, 3}


def test_homes_of_more_people_than_one_statement_takes_are_all_found(any_store: Store) -> None:
    people = [person(number) for number in range(1, BLOCK + 3)]
    workspace = any_store.write(lambda unit: settle(unit, people))

    homes = any_store.read(lambda unit: unit.outbox.homes([each.id for each in people]))

    assert homes == dict.fromkeys(range(1, BLOCK + 3), workspace)


def test_progress_counts_what_is_out_and_what_waits_of_one_thing_only(any_store: Store) -> None:
    any_store.write(lambda unit: settle(unit, [person(number) for number in range(1, 8)]))

    def want(unit: Unit) -> None:
        for number, state in enumerate(
            ("sent", "uncertain", "pending", "sending", "retry", "cancelled", "dead"), start=1
        ):
            key = f"wave:1:invite:{number}"
            message = Message(number, key=key, purpose="wave.invite", ref="1", due_at=unit.now)
            other = Message(number, key=f"x{number}", purpose="wave.invite", ref="2", due_at=unit.now)
            assert unit.outbox.want_many([message, other]) == 2
            row = unit.outbox.by_key(key)
            assert row is not None
            row.state = state

    any_store.write(want)
    now = any_store.clock.now()

    assert any_store.read(lambda unit: tuple(unit.outbox.progress("wave.invite", "1"))) == (2, 3, now)
    assert any_store.read(lambda unit: tuple(unit.outbox.progress("wave.invite", "9"))) == (0, 0, None)
