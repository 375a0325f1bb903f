"""Taking a people file over: the diff, what is applied, what is refused, crashes and second attempts."""

import random
from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from bot.cases import people, people_diff, people_file, people_words
from bot.cases.people_diff import Diff
from bot.errors import Refused
from bot.store.personnel import Personnel
from bot.store.store import Store, Unit
from bot.store.tables import Account, Counter, Headship, Person, Placement, Separation, metadata
from bot.talk.language import words
from tests import builders
from tests.fakes import MONDAY, FakeClock

T = TypeVar("T")
TODAY = MONDAY.date()
HEADER = (
    "id,name,email,manager,department,heads,site,time_zone,locale,start_date,end_date,end_reason,share,band"
)
COLUMNS = HEADER.split(",")
WORDS = words("en")

Row = dict[str, str]


def row(external: str, department: str = "Support", start: str = "2020-01-01", **cells: str) -> Row:
    return {"id": external, "name": f"Name {external}", "department": department, "start_date": start} | cells


def as_bytes(rows: Iterable[Row]) -> bytes:
    lines = [",".join(cells.get(column, "") for column in COLUMNS) for cells in rows]
    return "\n".join([HEADER, *lines]).encode()


def order(rows: Iterable[Row], on: date = TODAY, **options: Any) -> people.Import:
    return people.Import(file=people_file.read(as_bytes(rows)), on=on, actor="command", **options)


def take_over(store: Store, rows: Iterable[Row], on: date = TODAY, **options: Any) -> Diff:
    return people.apply(store, order(rows, on, **options)).diff


def diff(store: Store, rows: Iterable[Row], on: date = TODAY) -> Diff:
    file = people_file.read(as_bytes(rows))
    assert file.problem_count == 0, file.problems
    return store.read(lambda unit: people_diff.diff(unit, file, on))


def counts(found: Diff) -> dict[str, int]:
    return {kind: part.n for kind, part in found.parts.items()}


def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the numbers given out."""

    def work(unit: Unit) -> dict[str, list[tuple[Any, ...]]]:
        tables = [table for table in metadata.sorted_tables if table.name != Counter.__name__.lower()]
        return {
            table.name: sorted((tuple(found) for found in unit.session.execute(select(table))), key=repr)
            for table in tables
        }

    return store.read(work)


def person(store: Store, external: str) -> Person:
    found = store.read(lambda unit: unit.people.by_external(external))
    assert found is not None
    return found


def placements(store: Store, external: str) -> list[tuple[date, date | None, str]]:
    number = person(store, external).id
    rows = store.read(lambda unit: unit.placements.history())
    return [(found.starts_on, found.until, found.path) for found in rows if found.person_id == number]


def refusal(work: Callable[[], object]) -> str:
    with pytest.raises(Refused) as error:
        work()
    assert WORDS(error.value.key, **error.value.values)
    return error.value.key


STAFF = [row(str(n), manager="1" if n > 1 else "") for n in range(1, 21)]


# --- what is recorded -------------------------------------------------------------------------------------


def test_a_first_file_makes_people_placements_headships_and_separations(store: Store):
    found = take_over(
        store,
        [
            row(
                "1",
                "Operations",
                heads="Operations",
                email="a@b.example",
                locale="de",
                time_zone="Europe/Berlin",
            ),
            row("2", "Operations/Support", manager="1", share="80 %", band="B3", site="Bonn"),
            row("3", start="2020-01-01", end_date="2026-10-31", end_reason="voluntary"),
            row("4", start="2026-12-01"),
        ],
    )

    assert counts(found) == {"join": 3, "former": 1}
    ana, bo = person(store, "1"), person(store, "2")
    assert (ana.email, ana.locale, ana.time_zone) == ("a@b.example", "de", "Europe/Berlin")
    placement = store.read(lambda unit: unit.placements.of(bo.id, TODAY))
    assert placement is not None
    assert (placement.manager_id, placement.share, placement.band, placement.site) == (
        ana.id,
        0.8,
        "B3",
        "Bonn",
    )
    assert store.read(lambda unit: unit.placements.heads(TODAY)) == {"Operations": frozenset({ana.id})}
    (separation,) = store.read(lambda unit: unit.people.separations())
    assert (separation.kind, separation.on, separation.path) == ("voluntary", date(2026, 10, 31), "Support")
    assert {p.external for p in store.read(lambda unit: unit.people.employed(TODAY))} == {"1", "2"}


def test_a_diff_changes_nothing(store: Store):
    before = contents(store)

    assert counts(diff(store, STAFF)) == {"join": 20}
    assert contents(store) == before


def test_the_diff_names_each_kind_of_change_with_samples(store: Store):
    take_over(store, [*STAFF, row("old", end_date="2026-09-30"), row("soon", start="2027-01-01")], TODAY)
    new = [
        *STAFF[:16],
        STAFF[16] | {"department": "Sales", "manager": "2", "share": "0.5"},
        STAFF[17] | {"end_date": "2026-12-31", "end_reason": "retirement"},
        STAFF[18] | {"name": "Ana <!channel>", "email": "ana@b.example", "heads": "Sales"},
        row("new"),
        row("old", start="2026-11-30"),
    ]

    found = diff(store, new, TODAY + timedelta(days=7))

    assert counts(found) == {
        "join": 1,
        "rehire": 1,
        "leave": 1,
        "vanish": 1,
        "withdraw": 1,
        "move": 1,
        "field.name": 1,
        "field.email": 1,
        "field.start_date": 1,
        "field.end_date": 2,
        "field.end_reason": 2,
        "field.manager": 1,
        "field.share": 1,
        "field.heads": 1,
    }
    assert (found.employed, found.unchanged, found.rows) == (20, 16, 21)
    (moved,) = found.parts["move"].samples
    assert (moved.external, moved.before, moved.after) == ("17", "Support", "Sales")
    text = "\n".join(people_words.diff_lines(WORDS, found))
    assert "1 person at work is missing from the file and counts as having left the day before" in text
    assert "17 Name 17: Support → Sales" in text


@pytest.mark.parametrize("locale", ["en", "de"])
def test_every_kind_of_change_has_its_words(store: Store, locale: str):
    kinds = [*people_diff.KINDS, *(f"field.{name}" for name in people_diff.FIELDS)]
    w = words(locale)

    for kind in kinds:
        part = people_diff.Part()
        for n in range(7):
            part.add(people_diff.Sample(str(n), "A", "x", "y"))
        lines = people_words.diff_lines(w, Diff(TODAY, 9, 8, 1, {kind: part}))
        assert lines[1].startswith("7 ")
        assert lines[-1] == "  …"


def test_a_move_keeps_the_days_behind_and_changes_those_ahead(store: Store):
    take_over(store, STAFF, TODAY)
    later = TODAY + timedelta(days=30)
    take_over(store, [STAFF[0] | {"department": "Sales"}, *STAFF[1:]], later)

    assert placements(store, "1") == [
        (date(2020, 1, 1), later, "Support"),
        (later, None, "Sales"),
    ]


def test_who_is_missing_has_left_the_day_before_for_an_unknown_reason(store: Store):
    take_over(store, STAFF, TODAY)
    later = TODAY + timedelta(days=30)
    take_over(store, STAFF[:18], later)

    separations = store.read(lambda unit: unit.people.separations())
    assert [(found.kind, found.on) for found in separations] == [("other", later - timedelta(days=1))] * 2
    assert len(store.read(lambda unit: unit.people.employed(later))) == 18
    assert len(store.read(lambda unit: unit.people.employed(later - timedelta(days=1)))) == 20


def test_who_was_hired_again_keeps_number_account_and_first_separation(store: Store):
    left = [*STAFF[:19], STAFF[19] | {"end_date": "2026-11-30", "end_reason": "voluntary"}]
    take_over(store, STAFF, TODAY)
    take_over(store, left, TODAY + timedelta(days=8))
    number = person(store, "20").id
    take_over(store, [*STAFF[:19], STAFF[19] | {"start_date": "2027-02-01"}], date(2027, 1, 20))

    assert person(store, "20").id == number
    assert person(store, "20").starts_on == date(2027, 2, 1)
    assert [found.kind for found in store.read(lambda unit: unit.people.separations())] == ["voluntary"]


def test_what_people_chose_for_themselves_survives_an_import(store: Store):
    take_over(store, STAFF, TODAY)

    def choose(unit: Unit) -> None:
        chosen = unit.people.by_external("5")
        assert chosen is not None
        chosen.opted_out, chosen.disclosed_at, chosen.disclosure_version = True, unit.now, 1

    store.write(choose)
    take_over(store, [*STAFF[:4], STAFF[4] | {"name": "New Name"}, *STAFF[5:]], TODAY)

    assert person(store, "5").name == "New Name"
    assert person(store, "5").opted_out
    assert person(store, "5").disclosure_version == 1


# --- refusals ---------------------------------------------------------------------------------------------


def test_a_faulty_file_changes_nothing(store: Store):
    before = contents(store)
    faulty = [*STAFF, row("21", start="soon")]

    assert refusal(lambda: take_over(store, faulty)) == "refused.people.problems"
    assert contents(store) == before


def test_ten_percent_may_disappear_and_not_one_more(store: Store):
    take_over(store, STAFF, TODAY)
    before = contents(store)

    assert diff(store, STAFF[:18]).too_many_gone is False
    assert diff(store, STAFF[:17]).too_many_gone is True
    assert refusal(lambda: take_over(store, STAFF[:17])) == "refused.people.too_many_gone"
    assert contents(store) == before


def test_more_disappear_when_somebody_says_so(store: Store):
    take_over(store, STAFF, TODAY)
    take_over(store, STAFF[:5], TODAY + timedelta(days=1), allow_many=True)

    assert len(store.read(lambda unit: unit.people.employed(TODAY + timedelta(days=1)))) == 5


def test_ends_that_the_file_names_are_no_disappearance(store: Store):
    take_over(store, STAFF, TODAY)
    ended = [cells | {"end_date": "2026-11-01"} for cells in STAFF[1:]]

    assert diff(store, [STAFF[0], *ended]).too_many_gone is False


def test_an_older_file_is_refused(store: Store):
    take_over(store, STAFF, TODAY)

    assert refusal(lambda: take_over(store, STAFF, TODAY - timedelta(days=1))) == "refused.people.older"


def test_a_row_that_contradicts_the_record_is_named_and_nothing_is_changed(store: Store):
    leaving = STAFF[19] | {"end_date": "2026-12-31"}
    take_over(store, [*STAFF[:19], leaving], TODAY)
    before = contents(store)
    contradicting = [*STAFF[:19], STAFF[19] | {"start_date": "2027-02-01"}]

    found = diff(store, contradicting)
    assert refusal(lambda: take_over(store, contradicting)) == "refused.people.conflicts"
    assert found.conflict_count == 1
    line = people_words.problem_line(WORDS, found.conflicts[0])
    assert line.startswith("Row 21: 20 is still here")
    assert contents(store) == before


# --- units, crashes, second attempts ----------------------------------------------------------------------


class Crash(Exception):
    """The process dies here."""


def test_the_same_file_twice_changes_nothing_the_second_time(store: Store):
    take_over(store, STAFF, TODAY)
    before = contents(store)

    again = people.apply(store, order(STAFF))

    assert (again.diff.empty, again.units) == (True, 0)
    assert contents(store) == before
    assert people_words.diff_lines(WORDS, again.diff) == [
        "20 rows, and nothing in them is new. Nothing would change."
    ]


def test_an_interrupted_import_goes_on_where_it_stopped(
    store: Store, tmp_path_factory: pytest.TempPathFactory
):
    many = [row(str(n), manager=str(n // 3) if n >= 3 else "") for n in range(1, 801)]
    random.Random(7).shuffle(many)

    def crash(done: int, total: int) -> None:
        raise Crash

    with pytest.raises(Crash):
        people.apply(store, order(many), crash)
    halfway = store.read(lambda unit: unit.personnel.records())
    assert 0 < len(halfway) < 800
    managers = {stay.post.manager_id for record in halfway.values() for stay in record.stays} - {None}
    assert managers <= halfway.keys()

    take_over(store, many)

    assert diff(store, many).empty
    by_external = store.read(lambda unit: unit.personnel.numbers())
    for n in (3, 400, 800):
        placement = store.read(lambda unit, n=n: unit.placements.of(by_external[str(n)], TODAY))
        assert placement is not None
        assert placement.manager_id == by_external[str(n // 3)]


def test_no_unit_writes_more_than_500_rows(store: Store, monkeypatch: pytest.MonkeyPatch):
    written: list[int] = []
    save = Personnel.save

    def counted(self: Personnel, changes: Sequence[Any]) -> None:
        written.append(sum(change.writes for change in changes))
        save(self, changes)

    monkeypatch.setattr(Personnel, "save", counted)
    seen: list[tuple[int, int]] = []
    people.apply(
        store, order([row(str(n)) for n in range(1200)]), lambda done, total: seen.append((done, total))
    )

    assert sum(written) == 2400
    assert max(written) <= people.MOST_WRITES
    assert seen[-1] == (1200, 1200)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


def test_an_import_is_in_the_audit_log_once_and_without_names(store: Store):
    take_over(store, STAFF, TODAY)
    take_over(store, STAFF, TODAY)

    entries = store.read(lambda unit: unit.audit.entries())
    assert [(entry.actor, entry.act, entry.object) for entry in entries] == [
        ("command", "people.imported", f"people:{TODAY}")
    ]
    assert entries[0].details == {"join": 20}


# --- newcomers --------------------------------------------------------------------------------------------


def welcomed(store: Store, rows: Iterable[Row], on: date = TODAY) -> list[str]:
    met: list[str] = []
    people.apply(store, order(rows, on, on_join=[lambda unit, newcomer: met.append(newcomer.external)]))
    return met


def test_only_who_starts_is_welcomed(store: Store):
    staff = [
        row("long-here"),
        row("monday", start="2026-11-23"),
        row("last-week", start="2026-11-16"),
        row("a-month-ago", start="2026-10-20"),
        row("soon", start="2027-01-01"),
        row("came-and-went", start="2026-11-16", end_date="2026-11-18"),
    ]

    assert sorted(welcomed(store, staff)) == ["last-week", "monday", "soon"]
    assert welcomed(store, staff) == []
    moved = [*staff[:4], staff[4] | {"department": "Sales"}, staff[5]]
    assert welcomed(store, moved) == []
    postponed = [*moved[:4], moved[4] | {"start_date": "2027-02-01"}, moved[5]]
    assert welcomed(store, postponed) == ["soon"]


def test_a_welcome_that_fails_leaves_its_newcomers_out_as_well(store: Store):
    def fail(unit: Unit, newcomer: Person) -> None:
        raise Crash

    with pytest.raises(Crash):
        people.apply(store, order([row("1", start="2026-11-23")], on_join=[fail]))

    assert store.read(lambda unit: unit.people.by_external("1")) is None


# --- any sequence of files --------------------------------------------------------------------------------


@st.composite
def staff_lists(draw: st.DrawFn) -> list[Row]:
    ids = draw(st.lists(st.sampled_from("12345678"), unique=True, min_size=1))
    rows = []
    for external in ids:
        start = TODAY + timedelta(days=draw(st.integers(-400, 40)))
        end = draw(st.none() | st.integers(0, 500).map(lambda n, start=start: start + timedelta(days=n)))
        rows.append(
            row(
                external,
                draw(st.sampled_from(["A", "A/B", "C"])),
                start.isoformat(),
                manager=draw(st.sampled_from(["", *(other for other in ids if other < external)])),
                end_date=end.isoformat() if end else "",
                end_reason=draw(st.sampled_from(["", "voluntary", "death"])) if end else "",
                share=draw(st.sampled_from(["", "50 %"])),
            )
        )
    return rows


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
@given(st.lists(st.tuples(st.integers(0, 60), staff_lists()), min_size=1, max_size=4))
def test_whatever_came_before_the_file_is_what_is_recorded_and_a_second_time_changes_nothing(
    tmp_path_factory: pytest.TempPathFactory, files: list[tuple[int, list[Row]]]
):
    folder, clock = tmp_path_factory.mktemp("files"), FakeClock()
    store = builders.a_store(builders.a_database(folder), folder, clock)
    on = TODAY
    try:
        for days, rows in files:
            on += timedelta(days=days)
            if not attempt(store, rows, on):
                continue
            before = contents(store)
            assert attempt(store, rows, on)
            assert contents(store) == before
            assert_recorded(store, rows, on)
    finally:
        store.close()


def attempt(store: Store, rows: list[Row], on: date) -> bool:
    """Take a file over; False where it contradicts what is recorded, and is refused for it."""
    if diff(store, rows, on).conflict_count:
        assert refusal(lambda: take_over(store, rows, on, allow_many=True)) == "refused.people.conflicts"
        return False
    take_over(store, rows, on, allow_many=True)
    return True


def assert_recorded(store: Store, rows: list[Row], on: date) -> None:
    """The file says who is at work and where; others may be so only until an end that an earlier file gave."""
    here, listed = at_work(store, on), {cells["id"] for cells in rows}

    assert {external: where for external, where in here.items() if external in listed} == expected_at_work(
        rows, on
    )
    assert all(person(store, external).ends_on for external in here.keys() - listed)


def at_work(store: Store, on: date) -> dict[str, tuple[str, str | None]]:
    def work(unit: Unit) -> dict[str, tuple[str, str | None]]:
        placed = unit.placements.at(on)
        names = {number: external for external, number in unit.personnel.numbers().items()}
        here = unit.people.employed(on)
        assert {each.id for each in here} == placed.keys()
        return {
            each.external: (placed[each.id].path, names.get(placed[each.id].manager_id or 0)) for each in here
        }

    return store.read(work)


def expected_at_work(rows: list[Row], on: date) -> dict[str, tuple[str, str | None]]:
    day = on.isoformat()
    return {
        cells["id"]: (cells["department"], cells.get("manager") or None)
        for cells in rows
        if cells["start_date"] <= day and (not cells["end_date"] or cells["end_date"] >= day)
    }


# --- accounts ---------------------------------------------------------------------------------------------


def a_workspace(store: Store) -> int:
    return store.write(lambda unit: unit.organisations.connect("local", "local").id)


def test_everybody_gets_an_account_named_like_the_hr_id_once(store: Store):
    take_over(store, STAFF)
    workspace = a_workspace(store)

    linked = [store.write(lambda unit: people.link_all(unit, workspace, 15)) for _ in range(3)]

    assert linked == [15, 5, 0]
    account = store.read(lambda unit: unit.accounts.find(workspace, "7"))
    assert account is not None
    assert account.person_id == person(store, "7").id


def test_an_address_links_the_one_person_at_work_who_has_it(store: Store):
    take_over(
        store,
        [
            row("1", email="ana@b.example"),
            row("2", email="desk@b.example", end_date="2026-01-31"),
            row("3", email="desk@b.example", start="2026-02-01"),
        ],
    )
    workspace = a_workspace(store)

    def link(user: str, email: str) -> str | None:
        found = store.write(lambda unit: people.link_by_email(unit, workspace, user, email))
        return found.external if found else None

    assert link("U1", " Ana@B.example ") == "1"
    assert link("U1", "desk@b.example") == "1", "a link that exists stays"
    assert link("U2", "desk@b.example") == "3"
    assert link("U3", "nobody@b.example") is None
    assert link("U4", "") is None


def test_rows_of_another_organisation_are_never_touched(store: Store):
    store.write(lambda unit: unit.organisations.create("Other", unit.now), 2)
    take_over(store, STAFF)
    people.apply(store, order(STAFF[:3], organisation=2))

    def mine(unit: Unit) -> int:
        return len(unit.people.employed(TODAY))

    assert store.read(mine, 1) == 20
    assert store.read(mine, 2) == 3


def test_the_tables_are_really_filled(store: Store):
    take_over(store, [row("1", heads="Support", end_date="2026-12-01")])
    found = contents(store)

    for table in (Person, Placement, Headship, Separation):
        assert len(found[table.__name__.lower()]) == 1
    assert found[Account.__name__.lower()] == []


# --- who came from a chat ---------------------------------------------------------------------------------


@pytest.fixture
def owner(store: Store) -> int:
    """Who set Rapport up in the chat before there was a file, known by address, with an account and roles."""

    def work(unit: Unit) -> int:
        workspace = unit.organisations.connect("slack", "T1")
        person = Person(
            organisation_id=1,
            id=unit.number("person"),
            external="ana@b.example",
            name="Ana",
            email="ana@b.example",
            starts_on=TODAY - timedelta(days=14),
        )
        unit.people.add(person)
        unit.people.grant(person.id, "owner", unit.now)
        unit.accounts.link(person.id, workspace.id, "U1")
        return person.id

    return store.write(work)


def test_who_came_from_the_chat_is_found_in_hrs_file_by_address_and_stays_who_they_are(
    store: Store, owner: int
) -> None:
    rows = [row("100", "People", email="Ana@B.example"), row("101", manager="100")]

    found = take_over(store, rows)

    person = store.read(lambda unit: unit.people.by_external("100"))
    assert person is not None
    assert (person.id, person.ends_on) == (owner, None)
    assert store.read(lambda unit: unit.people.grants(owner)) == {"owner"}
    assert store.read(lambda unit: unit.people.by_external("ana@b.example")) is None
    assert (found.count("identify"), found.count("vanish"), found.count("join")) == (1, 0, 1)
    assert not found.too_many_gone
    assert "1 person taken from the chat gets HR's id." in people_words.diff_lines(WORDS, found)
    assert take_over(store, rows).empty


def test_an_address_that_two_rows_have_tells_nobody(store: Store, owner: int) -> None:
    former = row("100", start="2019-01-01", email="ana@b.example", end_date="2019-06-30", end_reason="other")

    found = diff(store, [former, row("101", email="ana@b.example")])

    assert (found.count("identify"), found.count("vanish")) == (0, 1)


def test_hrs_own_ids_are_never_exchanged_by_address(store: Store) -> None:
    take_over(store, [row("1", email="bo@b.example"), row("2")])

    found = diff(store, [row("9", email="bo@b.example"), row("2")])

    assert (found.count("identify"), found.count("vanish"), found.count("join")) == (0, 1, 1)


def test_who_keeps_the_chats_id_in_the_file_is_not_renamed(store: Store, owner: int) -> None:
    found = take_over(store, [row("ana@b.example", email="ana@b.example"), row("2")])

    assert (found.count("identify"), found.count("vanish")) == (0, 0)
