"""Who cannot be written to yet: HR alone sees it, in time before the first day, with a text for an e-mail."""

from datetime import UTC, date, datetime

import pytest

from bot.cases import unreached, workspaces
from bot.store.store import Store
from bot.store.tables import Person, Separation
from bot.store.unit import Unit
from bot.talk.cards import Action, Card
from tests import staff
from tests.bot.cases.welcoming import Company, faults, offered, shown, text
from tests.fakes import FakeClock

HR = 1
LINK = "https://teams.microsoft.com/l/app/0d5c9f12"


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    """A company with one HR admin; its chat is workspace 1."""
    clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    found = Company(store, clock)
    found.has("People", 1, email="hr@b.example")
    store.write(lambda unit: unit.people.grant(HR, "hr_admin", unit.now))
    return found


def hires(company: Company, number: int, starts_on: date, name: str = "", **about: date) -> None:
    """Make somebody of HR's file who is in no chat."""
    person = Person(
        organisation_id=1,
        id=number,
        external=f"X{number}",
        name=name or f"Person{number} Example",
        starts_on=starts_on,
        **about,
    )
    company.store.write(lambda unit: unit.people.add(person))


def names(company: Company) -> list[str]:
    found = company.store.read(lambda unit: unreached.known(unit, 20))
    assert found.n == len(found.people)
    return [person.name.split()[0] for person in found.people]


def card(company: Company) -> Card:
    return shown(company.press(HR, Action("reach.show")))


def test_the_next_newcomers_come_first_then_who_is_here_and_nobody_too_far_off(company):
    hires(company, 90, date(2020, 1, 1), "Zoe Here")
    hires(company, 91, date(2026, 12, 1), "Ben Soon")
    hires(company, 92, date(2026, 11, 23), "Ana Today")
    hires(company, 93, date(2027, 6, 1), "Eva Later")

    assert names(company) == ["Ana", "Ben", "Zoe"]


def test_who_has_left_is_not_missed_and_who_comes_back_is(company):
    hires(company, 90, date(2020, 1, 1), ends_on=date(2026, 11, 1))
    hires(company, 91, date(2020, 1, 1))
    hires(company, 92, date(2026, 12, 1))

    def leave(unit: Unit) -> None:
        for person, on in ((91, date(2026, 11, 1)), (92, date(2025, 1, 1))):
            unit.session.add(
                Separation(organisation_id=1, person_id=person, on=on, kind="voluntary", path="A")
            )

    company.store.write(leave)

    assert names(company) == ["Person92"]


def test_an_account_in_any_connected_chat_is_enough_and_one_that_is_gone_is_not(company):
    hires(company, 90, date(2026, 12, 1))
    hires(company, 91, date(2026, 12, 1))
    hires(company, 92, date(2026, 12, 1))

    def link(unit: Unit) -> None:
        other = workspaces.connect(unit, "teams", "T2").id
        unit.accounts.link(90, other, "u90")
        unit.accounts.link(91, other, "u91")
        unit.accounts.leave(other, "u91")
        third = workspaces.connect(unit, "teams", "T3").id
        unit.accounts.link(92, third, "u92")

    company.store.write(link)
    company.store.write(lambda unit: workspaces.disconnect(unit, "teams", "T3"))

    assert names(company) == ["Person91", "Person92"]


def test_while_no_chat_is_connected_nobody_is_missed(store: Store):
    staff.hire(store, 2)
    store.write(lambda unit: workspaces.disconnect(unit, "fake", "T1"))

    assert store.read(unreached.known).n == 0


def test_hr_sees_it_among_the_people_and_at_home_and_goes_on_from_there(company):
    hires(company, 91, date(2026, 12, 1), "Ben Soon")

    people = shown(company.press(HR, Action("roster.show")))
    home = shown(company.press(HR, Action("home")))

    assert "Not reachable yet" in text(people)
    assert "Ben" in text(people)
    assert "Not reachable yet" in text(home)
    found = shown(company.tap(HR, people, "Who can't be reached"))
    assert "Ben Soon" in text(found)
    assert "starts 1 December" in text(found)
    assert "People in this chat" in offered(found)


def test_where_people_can_get_the_app_there_is_a_text_for_an_email_with_the_link(company):
    hires(company, 91, date(2026, 12, 1))
    before = text(card(company))
    unreached.announce(company.store, "local", LINK)
    unreached.announce(company.store, "another", "https://elsewhere.example")

    assert LINK not in before
    assert "They need an account in the chat" in before
    assert LINK in text(card(company))
    assert "elsewhere" not in text(card(company))


def test_of_many_the_first_are_named_and_the_others_counted(company):
    for number in range(90, 120):
        hires(company, number, date(2026, 12, 1))

    found = card(company)

    assert "30 people" in text(found)
    assert "and 10 more" in text(found)


def test_when_everybody_can_be_reached_it_says_so(company):
    assert "can be written to" in text(card(company))
    assert "Not reachable yet" not in text(shown(company.press(HR, Action("roster.show"))))


def test_nobody_but_hr_and_owners_is_told(company):
    company.has("Support", 1)
    hires(company, 91, date(2026, 12, 1))

    assert company.refused(2, Action("reach.show")) == "refused.role.hr_admin"
    assert "Not reachable" not in text(shown(company.press(2, Action("home"))))


@pytest.mark.parametrize(("locale", "formality"), [("en", "du"), ("de", "du"), ("de", "sie")])
def test_the_card_keeps_the_rules_in_every_language_with_hostile_names(store, clock, locale, formality):
    clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    company = Company(store, clock, locale=locale, formality=formality)
    company.has("People", 1)
    store.write(lambda unit: unit.people.grant(HR, "hr_admin", unit.now))
    for number in range(90, 120):
        hires(company, number, date(2026, 12, 1), "\u202e<!channel> **x**" * 3)
    plain = faults(card(company))
    unreached.announce(store, "local", LINK)

    assert (plain, faults(card(company))) == ([], [])
