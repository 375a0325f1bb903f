"""A workspace's roster: linked by address, never guessed, taken twice without a change, and never half of it."""

import time
from collections.abc import Iterable
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot import dispatch
from bot.cases import roster, workspaces
from bot.cases.context import words_of
from bot.cases.people import apply
from bot.cases.roster import Taken
from bot.store.store import Store, Unit
from bot.store.tables import Person, metadata
from bot.talk.events import MemberJoined, MemberLeft, Profile, ProfileChanged, Source
from tests.bot.cases.test_people import order, row

TEAM = "T1"


def someone(number: int, **about: object) -> Person:
    fields = {"name": f"Person {number}", "email": f"p{number}@b.example", "starts_on": date(2020, 1, 1)}
    return Person(organisation_id=1, id=number, external=f"E{number}", **(fields | about))


def hired(store: Store, *people: Person) -> None:
    store.write(lambda unit: unit.people.add(*people))


def user(number: int, **about: str) -> Profile:
    fields = {"name": f"Person {number}", "email": f"p{number}@b.example", "locale": "de-DE"}
    return Profile(f"U{number}", **(fields | {"time_zone": "Europe/Berlin"} | about))


def taken(store: Store, profiles: Iterable[Profile], **options: object) -> Taken:
    return roster.take(store, 1, "fake", TEAM, list(profiles), **options)


def accounts(store: Store) -> dict[str, int]:
    """Return the active accounts: the person of each user."""

    def work(unit: Unit) -> dict[str, int]:
        users = unit.accounts.users(1)
        return {each: row.person_id for each, row in unit.accounts.among(1, users).items()}

    return store.read(work)


def why(store: Store, number: int) -> str:
    found = store.read(lambda unit: unit.strangers.get(1, f"U{number}"))
    return found.why if found else ""


def contents(store: Store) -> dict[str, list[tuple[object, ...]]]:
    def work(unit: Unit) -> dict[str, list[tuple[object, ...]]]:
        return {
            table.name: sorted(map(tuple, unit.session.execute(table.select()).all()), key=repr)
            for table in metadata.sorted_tables
        }

    return store.read(work)


@pytest.fixture
def team(store: Store) -> Store:
    store.write(lambda unit: workspaces.connect(unit, "fake", TEAM))
    return store


# --- linking ----------------------------------------------------------------------------------------------


def test_users_become_the_people_whose_address_they_have(team: Store):
    hired(team, someone(1), someone(2))

    found = taken(team, [user(1, email=" P1@B.example "), user(2), user(3)])

    assert accounts(team) == {"U1": 1, "U2": 2}
    assert (found.members, found.linked, found.conflicts) == (3, 2, {"unknown": 1})


def test_a_roster_taken_twice_changes_nothing_the_second_time(team: Store):
    hired(
        team, someone(1), someone(2), someone(3, email="desk@b.example"), someone(4, email="desk@b.example")
    )
    profiles = [user(1), user(2), user(3, email="desk@b.example"), user(9)]
    taken(team, profiles)
    before = contents(team)

    again = taken(team, profiles)

    assert contents(team) == before
    assert (again.known, again.linked, again.learned, again.gone) == (2, 0, 0, 0)


def test_whom_the_address_does_not_tell_is_kept_with_the_reason_and_linked_to_nobody(team: Store):
    hired(team, someone(1), someone(2, email="desk@b.example"), someone(3, email="desk@b.example"))

    taken(
        team,
        [
            user(1),
            user(2, email="desk@b.example"),
            user(4, email=""),
            user(5, email="nobody@b.example"),
            user(6, email="not an address"),
        ],
    )

    assert accounts(team) == {"U1": 1}
    assert [why(team, number) for number in (2, 4, 5, 6)] == ["several", "unknown", "unknown", "unknown"]


def test_one_address_of_two_users_links_neither(team: Store):
    hired(team, someone(1))

    taken(team, [user(1), user(2, email="p1@b.example")])

    assert accounts(team) == {}
    assert (why(team, 1), why(team, 2)) == ("twice", "twice")


def test_a_second_user_with_the_address_of_somebody_linked_is_not_linked_too(team: Store):
    hired(team, someone(1))
    taken(team, [user(1)])

    taken(team, [user(1), user(2, email="p1@b.example")])

    assert accounts(team) == {"U1": 1}
    assert why(team, 2) == "twice"


def test_who_has_left_is_not_found_by_their_address_and_who_is_about_to_start_is(team: Store):
    hired(team, someone(1, ends_on=date(2021, 1, 1)), someone(2, starts_on=date(2027, 1, 1)))

    taken(team, [user(1), user(2)])

    assert accounts(team) == {"U2": 2}


def test_an_address_that_hr_adds_later_links_at_the_next_roster_and_ends_the_conflict(team: Store):
    taken(team, [user(1)])
    hired(team, someone(1))

    taken(team, [user(1)])

    assert accounts(team) == {"U1": 1}
    assert why(team, 1) == ""


def test_a_link_that_exists_stays_whatever_address_the_user_has_now(team: Store):
    hired(team, someone(1), someone(2))
    taken(team, [user(1)])

    taken(team, [user(1, email="p2@b.example")])

    assert accounts(team) == {"U1": 1}


@pytest.mark.parametrize("name", ["", "<!channel>", "\u202eevil", "x" * 5000, "A\x00B"])
def test_whatever_a_user_is_called_is_kept_as_a_short_text_on_one_line(team: Store, name: str):
    taken(team, [user(1, name=name)])

    kept = team.read(lambda unit: unit.strangers.get(1, "U1"))
    assert kept is not None
    assert 0 < len(kept.name) <= 200
    assert kept.name.isprintable()


# --- learning ---------------------------------------------------------------------------------------------


def spoken(store: Store, number: int) -> tuple[str, str]:
    def work(unit: Unit) -> tuple[str, str]:
        person = unit.people.get(number)
        assert person is not None
        w = words_of(unit.organisations.get(), person)
        return str(w.locale), str(w.zone)

    return store.read(work)


def test_language_and_zone_are_learnt_where_hr_says_nothing_and_only_there(team: Store):
    hired(team, someone(1), someone(2, locale="en-GB", time_zone="Europe/London"), someone(3))

    taken(team, [user(1), user(2), user(3, locale="klingon", time_zone="Mars/Olympus")])

    assert spoken(team, 1) == ("de_DE", "Europe/Berlin")
    assert spoken(team, 2) == ("en_GB", "Europe/London")
    assert spoken(team, 3) == ("en_GB", "UTC")


def test_an_import_neither_sees_nor_forgets_what_was_learnt(team: Store):
    apply(team, order([row("1", email="p1@b.example")]))
    taken(team, [user(1)])

    found = apply(team, order([row("1", email="p1@b.example")]))

    assert found.diff.empty
    assert spoken(team, 1) == ("de_DE", "Europe/Berlin")


def test_the_wave_of_who_lives_elsewhere_opens_by_the_learnt_zone(team: Store):
    hired(team, someone(1))
    taken(team, [user(1, time_zone="Asia/Tokyo")])

    assert team.read(lambda unit: unit.people.zones()) == ["Asia/Tokyo"]


# --- gone -------------------------------------------------------------------------------------------------


def test_an_account_that_a_complete_roster_does_not_name_is_written_to_no_more(team: Store):
    hired(team, someone(1), someone(2), someone(3))
    taken(team, [user(1), user(2), user(3), user(9)])

    found = taken(team, [user(1), user(2)])

    assert accounts(team) == {"U1": 1, "U2": 2}
    assert found.gone == 1
    assert why(team, 9) == ""


def test_who_comes_back_is_linked_again(team: Store):
    hired(team, someone(1), someone(2))
    everybody = [user(1), user(2)]
    taken(team, everybody)
    taken(team, everybody[:1])

    taken(team, everybody)

    assert accounts(team) == {"U1": 1, "U2": 2}


def test_a_new_user_takes_the_place_of_the_old_one_of_the_same_person(team: Store):
    hired(team, someone(1), someone(2))
    taken(team, [user(1), user(2)])

    taken(team, [user(7, email="p1@b.example"), user(2)])

    assert accounts(team) == {"U7": 1, "U2": 2}


@pytest.mark.parametrize("left_over", [0, 4])
def test_a_roster_in_which_most_accounts_are_missing_is_not_believed(team: Store, left_over: int):
    hired(team, *(someone(number) for number in range(1, 11)))
    everybody = [user(number) for number in range(1, 11)]
    taken(team, everybody)

    found = taken(team, everybody[:left_over])

    assert len(accounts(team)) == 10
    assert (found.gone, found.doubted) == (0, 10 - left_over)


def test_who_joined_while_the_roster_was_read_is_not_taken_for_gone(team: Store):
    hired(team, someone(1), someone(2))
    taken(team, [user(1)])
    before = team.read(lambda unit: unit.accounts.users(1))
    team.write(lambda unit: roster.met(unit, 1, user(2)))

    taken(team, [user(1)], before=before)

    assert accounts(team) == {"U1": 1, "U2": 2}


def test_a_workspace_that_is_not_connected_has_no_roster(store: Store):
    assert taken(store, [user(1)]) == Taken(0)


def test_a_roster_touches_no_other_workspace_and_no_other_organisation(team: Store):
    team.write(lambda unit: workspaces.connect(unit, "fake", "T2"))
    hired(team, someone(1), someone(2))
    roster.take(team, 1, "fake", "T2", [user(1), user(2)])

    taken(team, [user(1)])

    assert team.read(lambda unit: len(unit.accounts.users(2))) == 2


# --- events -----------------------------------------------------------------------------------------------


def happening(event: str, number: int = 1) -> Source:
    return Source(platform="fake", workspace=TEAM, user=f"U{number}", event=event)


def test_events_follow_the_rules_of_the_roster(team: Store):
    hired(team, someone(1), someone(2))

    dispatch.handle(team, MemberJoined(happening("1"), user(1)))
    dispatch.handle(team, MemberJoined(happening("2", 3), user(3)))
    dispatch.handle(team, ProfileChanged(happening("3", 4), user(4, email="p3@b.example")))
    assert (accounts(team), why(team, 3), why(team, 4)) == ({"U1": 1}, "unknown", "twice")

    dispatch.handle(team, ProfileChanged(happening("4", 3), user(3, email="p2@b.example")))
    assert (accounts(team), why(team, 3)) == ({"U1": 1, "U3": 2}, "")

    dispatch.handle(team, MemberLeft(happening("5", 3)))
    dispatch.handle(team, MemberLeft(happening("6", 4)))
    assert (accounts(team), why(team, 4)) == ({"U1": 1}, "")


# --- all at once ------------------------------------------------------------------------------------------

PROFILES = st.lists(
    st.builds(
        lambda number, address: user(number, email=f"p{address}@b.example" if address else ""),
        st.integers(1, 6),
        st.integers(0, 5),
    ),
    max_size=8,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(PROFILES)
def test_nobody_is_ever_two_users_and_every_user_is_somebody_or_a_stranger(team: Store, profiles):
    known = team.read(lambda unit: {person.id for person in unit.people.all()})
    if not known:
        hired(team, *(someone(number, email=f"p{number % 5 + 1}@b.example") for number in range(1, 8)))

    taken(team, profiles)

    linked, users = accounts(team), {profile.user for profile in profiles}
    strangers = team.read(lambda unit: unit.strangers.users(1))
    assert len(set(linked.values())) == len(linked)
    assert users <= set(linked) | strangers
    assert not set(linked) & strangers


def test_five_thousand_people_take_a_few_seconds(team: Store):
    hired(team, *(someone(number) for number in range(1, 5001)))
    everybody = [user(number) for number in range(1, 5101)]

    begun = time.process_time()
    first = taken(team, everybody)
    again = taken(team, everybody)
    spent = time.process_time() - begun

    assert (first.linked, again.known) == (5000, 5000)
    assert first.conflicts == {"unknown": 100}
    assert spent < 20


# --- when HR's file has changed ---------------------------------------------------------------------------


def test_strangers_are_looked_at_again_without_the_chat_being_asked(team: Store):
    taken(team, [user(1), user(2), user(3)])
    hired(team, someone(1), someone(2))

    assert roster.reconsider(team) == 2
    assert accounts(team) == {"U1": 1, "U2": 2}
    assert why(team, 3) == "unknown"
    person = team.read(lambda unit: unit.people.get(1))
    assert person is not None
    assert (person.seen_locale, person.seen_zone) == ("de-DE", "Europe/Berlin")
    before = contents(team)
    assert roster.reconsider(team) == 0
    assert contents(team) == before


def test_looking_again_guesses_no_more_than_the_first_look(team: Store):
    taken(team, [user(1), user(2, email="p1@b.example"), user(3), user(4)])
    team.write(lambda unit: setattr(unit.strangers.get(1, "U4"), "why", roster.LEFT_OUT))
    hired(team, someone(1), someone(3), someone(4), someone(5, email="p3@b.example"))

    assert roster.reconsider(team) == 0
    assert accounts(team) == {}
    assert [why(team, n) for n in (1, 2, 3, 4)] == ["twice", "twice", "several", "left_out"]


# --- by id, and back again ----------------------------------------------------------------------------------


def test_who_hr_knows_by_the_chats_own_id_is_that_user_whatever_the_address(team: Store):
    known = someone(1, email="")
    known.external = "AB-1"
    hired(team, known, someone(2))

    found = taken(team, [user(1, email="p2@b.example"), Profile("ab-1", "Ana", "p2@b.example")])

    assert accounts(team) == {"ab-1": 1}
    assert found.conflicts == {"twice": 1}


def test_an_id_that_somebody_with_another_account_here_has_is_left_to_hr(team: Store):
    known = someone(1)
    known.external = "AB-1"
    hired(team, known)
    taken(team, [user(1)])

    taken(team, [user(1), Profile("ab-1", "Ana", "")])

    assert accounts(team) == {"U1": 1}


def test_an_account_that_comes_back_is_whose_it_was_although_no_address_tells(team: Store):
    hired(team, someone(1))

    def by_hand(unit: Unit) -> None:
        unit.accounts.link(1, 1, "U7")
        unit.accounts.leave(1, "U7")

    team.write(by_hand)
    team.write(lambda unit: roster.met(unit, 1, user(7, email="else@b.example")))

    assert accounts(team) == {"U7": 1}


def test_an_account_comes_back_to_nobody_who_has_left_or_has_another_one(team: Store):
    hired(team, someone(1, ends_on=date(2021, 1, 1)), someone(2))

    def by_hand(unit: Unit) -> None:
        for person, user_id in ((1, "U7"), (2, "U8")):
            unit.accounts.link(person, 1, user_id)
            unit.accounts.leave(1, user_id)
        unit.accounts.link(2, 1, "U9")

    team.write(by_hand)
    for number in (7, 8):
        profile = user(number, email=f"else{number}@b.example")
        team.write(lambda unit, profile=profile: roster.met(unit, 1, profile))

    assert accounts(team) == {"U9": 2}
    assert [why(team, number) for number in (7, 8)] == ["unknown", "unknown"]


def test_a_roster_that_says_nothing_of_a_stranger_takes_nothing_away(team: Store):
    taken(team, [user(5)])
    taken(team, [Profile("U5")])

    found = team.read(lambda unit: unit.strangers.get(1, "U5"))
    assert found is not None
    assert (found.name, found.email) == ("Person 5", "p5@b.example")
