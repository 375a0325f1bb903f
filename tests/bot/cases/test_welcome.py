"""Who gets the app is welcomed once, and nobody who should not hear from us is."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlmodel import select

from bot import dispatch
from bot.cases import installation, roster, workspaces
from bot.cases.installation import Setup
from bot.cases.purposes import DISCLOSURE_VERSION
from bot.commands import ACTIONS
from bot.store.store import Store
from bot.store.tables import Delivery
from bot.talk.cards import Action, Buttons, Card
from bot.talk.events import AppAdded, MemberLeft, Nothing, Private, Profile, ProfileChanged, Reply, Source
from bot.talk.fallback import violations
from bot.talk.language import words
from tests.bot.cases.test_roster import TEAM, accounts, hired, someone, user, why
from tests.fakes import FakeClock

BARE = Profile("U1")


def source(event: str, number: int = 1) -> Source:
    return Source(platform="fake", workspace=TEAM, user=f"U{number}", event=event)


def added(store: Store, event: str = "e1", profile: Profile = BARE, number: int = 1) -> Reply:
    return dispatch.handle(store, AppAdded(source(event, number), profile))


def card_of(reply: Reply) -> Card:
    assert isinstance(reply, Private)
    assert violations(reply.card) == []
    return reply.card


@pytest.fixture
def team(store: Store) -> Store:
    """A workspace that is live, with an owner and one person whose account is known; both were told who we are."""
    store.write(lambda unit: workspaces.connect(unit, "fake", TEAM))
    hired(store, someone(1), someone(2))
    roster.take(store, 1, "fake", TEAM, [user(1)])
    store.write(lambda unit: unit.people.grant(2, "owner", unit.now))
    store.write(lambda unit: unit.recipients.disclosed([1, 2], DISCLOSURE_VERSION, unit.now))
    live(store, rehearsal=False)
    return store


def live(store: Store, *, rehearsal: bool) -> None:
    def work(unit) -> None:
        unit.organisations.get().rehearsal = rehearsal

    store.write(work)


def test_a_person_is_welcomed_with_what_this_is_and_what_they_can_do_next(team: Store):
    card = card_of(added(team))

    w = words("de-DE")
    assert (card.title, card.locale) == (w("welcome.title"), "de-DE")
    acts = [
        button.action.name for each in card.elements if isinstance(each, Buttons) for button in each.items
    ]
    assert acts == ["home", "privacy.show", "human.ask", "pause.ask"]
    assert set(acts) <= set(ACTIONS)


@pytest.mark.parametrize("language", ["en", "de", "de-formal"])
def test_the_welcome_says_why_it_comes_and_how_it_ends(language: str):
    w = words(language.partition("-")[0], "sie" if language.endswith("formal") else "du")

    body = w("welcome.body", organisation="Example")
    assert "Example" in body
    assert "pause" in body


def test_of_two_events_that_tell_the_same_one_is_answered(team: Store):
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(lambda event: added(team, event), ["e1", "e2"]))

    assert sorted(type(reply).__name__ for reply in replies) == ["Nothing", "Private"]
    assert isinstance(added(team, "e1"), Nothing)


@pytest.mark.parametrize("away", [timedelta(hours=1), timedelta(days=2), timedelta(days=400)])
def test_who_comes_back_is_known_again_and_not_welcomed_twice(team: Store, clock: FakeClock, away: timedelta):
    added(team)
    dispatch.handle(team, MemberLeft(source("e2")))
    assert accounts(team) == {}
    clock.advance(away)
    team.write(lambda unit: unit.inbox.forget_older())

    again = [added(team, event, user(1)) for event in ("e3", "e4")]

    assert [type(reply) for reply in again] == [Nothing, Nothing]
    assert accounts(team) == {"U1": 1}


# --- who has not been told yet who we are -----------------------------------------------------------------


def untold(store: Store) -> Store:
    def work(unit) -> None:
        for row in unit.people.all():
            row.disclosed_at, row.disclosure_version = None, 0

    store.write(work)
    return store


def introductions(store: Store) -> list[tuple[int, str]]:
    """Return to whom a first contact is wanted, and under which key."""
    rows = store.read(lambda unit: list(unit.session.exec(select(Delivery))))
    return [(row.person_id, row.key) for row in rows if row.purpose == "contact.first"]


def test_the_first_that_somebody_hears_from_us_is_the_first_contact_and_nothing_beside_it(team: Store):
    replies = [added(untold(team), event) for event in ("e1", "e2")]

    assert [type(reply) for reply in replies] == [Nothing, Nothing]
    assert introductions(team) == [(1, f"contact:{DISCLOSURE_VERSION}:1")]


def test_it_comes_once_however_often_the_app_comes_and_goes(team: Store, clock: FakeClock):
    untold(team)
    for day in range(3):
        added(team, f"a{day}", user(1))
        dispatch.handle(team, MemberLeft(source(f"r{day}")))
        clock.advance(timedelta(days=2))
        team.write(lambda unit: unit.inbox.forget_older())

    assert len(introductions(team)) == 1


def test_an_introduction_that_ended_unsent_is_made_up_for_when_the_app_comes_back(
    team: Store, clock: FakeClock
):
    untold(team)
    for day in range(6):
        added(team, f"a{day}", user(1))
        added(team, f"b{day}", user(1))
        dispatch.handle(team, MemberLeft(source(f"r{day}")))
        ends(team)
        clock.advance(timedelta(days=2))
        team.write(lambda unit: unit.inbox.forget_older())

    keys = [key for _, key in introductions(team)]
    first = f"contact:{DISCLOSURE_VERSION}:1"
    assert sorted(keys) == [first, f"{first}:1", f"{first}:2", f"{first}:3"]


def ends(store: Store) -> None:
    """Let what waits end unsent, as it does where nobody can be reached."""

    def work(unit) -> None:
        for row in unit.session.exec(select(Delivery)):
            row.state = "dead"

    store.write(work)


def test_who_is_written_to_elsewhere_is_welcomed_here_and_told_there(team: Store):
    def elsewhere(unit) -> None:
        other = unit.organisations.connect("fake", "T9")
        unit.accounts.link(1, other.id, "V1")
        unit.people.get(1).prefers = other.id

    untold(team).write(elsewhere)

    card = card_of(added(team))

    assert card.title == words("de")("welcome.title")
    assert introductions(team) == []


def test_during_rehearsal_only_testers_are_told_who_we_are(team: Store):
    live(untold(team), rehearsal=True)
    added(team)
    assert introductions(team) == []

    team.write(lambda unit: unit.people.name_tester(1))
    added(team, "e2")

    assert introductions(team) == [(1, f"contact:{DISCLOSURE_VERSION}:1:rehearsal")]


# --- others -----------------------------------------------------------------------------------------------


def test_somebody_whom_the_roster_does_not_know_yet_is_met_by_what_the_platform_tells(team: Store):
    card = card_of(added(team, "e1", user(2), number=2))

    assert card.title == words("de")("welcome.title")
    assert accounts(team) == {"U1": 1, "U2": 2}


def test_an_event_that_tells_nobody_s_name_makes_no_stranger_and_spoils_none(team: Store):
    roster.take(team, 1, "fake", TEAM, [user(1), user(3)])
    before = team.read(lambda unit: vars(unit.strangers.get(1, "U3")).copy())

    for number in (3, 4):
        assert isinstance(added(team, f"e{number}", Profile(f"U{number}"), number), Nothing)

    after = team.read(lambda unit: vars(unit.strangers.get(1, "U3")).copy())
    assert {name: after[name] for name in ("name", "email", "why")} == {
        name: before[name] for name in ("name", "email", "why")
    }
    assert why(team, 4) == ""


def test_language_and_time_zone_are_learned_of_whom_we_know(team: Store):
    told = Profile("U1", locale="fr-FR", time_zone="Asia/Tokyo")
    dispatch.handle(team, ProfileChanged(source("e1"), told))
    dispatch.handle(team, ProfileChanged(source("e2", 9), replace(told, user="U9")))

    person = team.read(lambda unit: unit.people.get(1))
    assert person is not None
    assert (person.seen_locale, person.seen_zone) == ("fr-FR", "Asia/Tokyo")
    assert why(team, 9) == ""


def test_nobody_is_welcomed_who_is_nobody_here_while_somebody_runs_the_installation(team: Store):
    assert isinstance(added(team, "e1", user(7), number=7), Nothing)
    assert why(team, 7) == roster.UNKNOWN


def test_while_nobody_runs_the_installation_its_code_can_be_used(store: Store):
    store.write(lambda unit: installation.create(unit, Setup(name="Firma")), 2)
    store.write(lambda unit: workspaces.connect(unit, "fake", "T2"), 2)
    who = Source(platform="fake", workspace="T2", user="U1", event="e1")

    card = card_of(dispatch.handle(store, AppAdded(who, user(1))))

    assert Action("claim.open") in card.actions()
    assert isinstance(dispatch.handle(store, AppAdded(replace(who, event="e2"), user(1))), Nothing)


def test_during_rehearsal_only_testers_are_welcomed(team: Store):
    live(team, rehearsal=True)
    assert isinstance(added(team), Nothing)

    team.write(lambda unit: unit.people.name_tester(1))

    assert card_of(added(team, "e2")).title == words("de")("welcome.title")


def test_who_has_left_is_not_welcomed(team: Store):
    def work(unit) -> None:
        unit.people.get(1).ends_on = date(2026, 1, 31)

    team.write(work)

    assert isinstance(added(team), Nothing)


def test_a_workspace_that_is_not_connected_is_told_so(store: Store):
    assert card_of(added(store)).title == words("en")("refused.title")
