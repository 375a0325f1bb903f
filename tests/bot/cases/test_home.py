"""Home as the hub: each sees what is theirs, leads their figures as released, HR what needs a look."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest

from bot.cases import conversation, roster, troubles, undelivered, workspaces
from bot.store.store import Store
from bot.store.tables import Delivery
from bot.store.unit import Unit
from bot.talk.cards import Action, Card, Facts
from bot.talk.events import Profile
from bot.talk.language import words
from tests.bot.cases.welcoming import Company, faults, offered, shown, text
from tests.fakes import FakeClock

LANGUAGES = [("en", "du"), ("de", "du"), ("de", "sie")]
FRIDAY = datetime(2026, 11, 27, 17, 30, tzinfo=UTC)


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    return Company(store, clock)


def home(company: Company, person: int) -> Card:
    return shown(company.store.write(lambda unit: conversation.home(company.caller(unit, person))))


def facts(card: Card) -> dict[str, str]:
    found = {}
    for element in card.elements:
        if isinstance(element, Facts):
            found |= {fact.label: f"{fact.value} {fact.detail}".strip() for fact in element.items}
    return found


def hr(company: Company, role: str = "hr_admin") -> int:
    person = company.has("People", 1)[0]
    company.store.write(lambda unit: unit.people.grant(person, role, unit.now))
    return person


def surveyed(company: Company, answers: int = 12) -> list[int]:
    people, others = company.has("Support", 13, head=True), company.has("Stock", 12)
    company.runs()
    company.opens()
    for number, person in enumerate([*people[1 : answers + 1], *others[:answers]]):
        company.answers(person, job_satisfaction="2" if number % 3 else "5")
    return people


def lost(company: Company, person: int, error: str) -> None:
    """Let a message to somebody have ended without arriving."""

    def work(unit: Unit) -> None:
        row = Delivery(
            organisation_id=1,
            id=f"d{person}{error}",
            workspace_id=1,
            person_id=person,
            key=f"k{person}{error}",
            purpose="journey.step",
            ref="1",
            due_at=unit.now,
            state="dead",
            error=error,
        )
        unit.session.add(row)

    company.store.write(work)


# --- by role ----------------------------------------------------------------------------------------------


def test_an_employee_sees_the_own_part_alone_and_the_way_to_settings_and_a_person(company):
    people = surveyed(company)

    card = home(company, people[1])

    assert set(offered(card)) == {"Show the survey", "Write a comment", "Settings and privacy", "A person"}
    assert "For HR" not in text(card)
    assert "Your teams" not in text(card)


@pytest.mark.parametrize("role", ["hr_admin", "owner", ""])
def test_home_can_be_asked_for_by_its_name_and_is_the_same(company, role):
    person = hr(company, role) if role else company.has("Support", 1)[0]

    assert shown(company.types(person, "home")) == home(company, person)


def test_a_manager_sees_the_latest_released_figure_with_its_range_and_the_way_to_results(company):
    head = surveyed(company)[0]
    assert facts(home(company, head))["Support"] == "No results yet"
    company.clock.move_to(FRIDAY)
    company.closes()

    card = home(company, head)

    line = facts(card)["Support"]
    assert re.search(r"^\d+% \(range \d+ to \d+\)", line)
    assert "23 November" in line
    assert "Support" in text(shown(company.tap(head, card, "Results")))


def test_a_figure_that_is_withheld_is_said_to_be_not_shown_and_no_number_stands_beside_it(company):
    head = surveyed(company, answers=3)[0]
    company.clock.move_to(FRIDAY)
    company.closes()

    line = facts(home(company, head))["Support"]

    assert line.startswith("Not shown")
    assert "%" not in line


def test_nobody_sees_the_figures_of_a_department_they_do_not_head(company):
    people = surveyed(company)
    other = company.has("Sales", 12, head=True)[0]
    company.clock.move_to(FRIDAY)
    company.closes()

    assert "Support" not in facts(home(company, other))
    assert "Support" not in facts(home(company, people[1]))


def test_a_manager_with_an_open_survey_and_newcomers_reaches_both_newcomers_and_results(company):
    head = surveyed(company)[0]
    company.newcomer()
    company.day(23)

    card = home(company, head)
    desk = shown(company.tap(head, card, "My team"))

    assert "Show the survey" in offered(card)
    assert {"Newcomers", "Results", "Back", "A person"} == set(offered(desk))


@pytest.mark.parametrize("role", ["hr_admin", "owner"])
def test_hr_sees_surveys_strangers_messages_and_troubles(company, role):
    surveyed(company)
    admin = hr(company, role)

    def meet(unit: Unit) -> None:
        roster.met(unit, 1, Profile("U1", "Lena"))
        roster.met(unit, 1, Profile("U2", "Marc"))
        workspaces.connect(unit, "slack", "T9")
        workspaces.disconnect(unit, "slack", "T9")
        troubles.note(unit, 1, "token_revoked", unit.now)

    company.store.write(meet)
    lost(company, 1, "account_inactive")

    seen = facts(home(company, admin))

    assert seen["Your work, in brief"] == "23 November, open"
    assert seen["Users who are nobody here yet"] == "2"
    assert seen["Messages that did not arrive"] == "1"
    assert seen["Slack"] == "The app was removed on 23 November; nothing is sent there."
    assert seen["Rapport's own page"] == undelivered.of_workspace(words("en"), "token_revoked")


def test_what_hr_sees_is_the_same_whoever_has_answered(company):
    people = surveyed(company, answers=0)
    admin = hr(company)
    before = home(company, admin)

    for person in people[:10]:
        company.answers(person, job_satisfaction="4")

    assert home(company, admin) == before


def test_the_desk_puts_first_what_needs_a_look(company):
    admin = hr(company)
    calm = shown(company.press(admin, Action("desk")))
    assert list(offered(calm)) == ["Surveys", "Newcomers", "People in this chat", "A person"]

    company.store.write(lambda unit: setattr(unit.organisations.get(), "rehearsal", True))
    company.store.write(lambda unit: roster.met(unit, 1, Profile("U1", "Lena")))
    lost(company, admin, "account_inactive")

    busy = shown(company.press(admin, Action("desk")))
    assert list(offered(busy)) == ["What didn't arrive", "People in this chat", "Going live", "A person"]
    for label in list(offered(busy))[:3]:
        assert faults(shown(company.tap(admin, busy, label))) == []


@pytest.mark.parametrize("act", ["undelivered.show", "golive.show", "surveys.show", "roster.show"])
def test_only_hr_comes_further(company, act):
    person = company.has("Support", 2, head=True)[0]

    assert company.refused(person, Action(act)).startswith("refused.role")


@pytest.mark.parametrize(("locale", "formality"), LANGUAGES)
def test_every_view_keeps_the_rules_in_every_language_however_much_there_is(store, clock, locale, formality):
    clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    company = Company(store, clock, locale=locale, formality=formality)
    head = surveyed(company)[0]
    store.write(lambda unit: setattr(unit.organisations.get(), "rehearsal", True))
    company.runs("recommend")
    company.runs("feedback", first_on=date(2026, 11, 1))
    for number in range(8):
        company.has(f"Area {number}", 2)

    def everything(unit: Unit) -> None:
        for role in ("hr_admin", "owner"):
            unit.people.grant(head, role, unit.now)
        for number in range(9):
            roster.met(unit, 1, Profile(f"U{number}", f"\u202eName{number} <!channel>"))
        troubles.note(unit, 1, "missing_scope", unit.now)

    company.store.write(everything)
    for error in sorted(undelivered.ABOUT):
        lost(company, head, error)
    company.newcomer()
    company.day(23)
    clock.advance(timedelta(minutes=1))

    acts = (
        "home",
        "desk",
        "undelivered.show",
        "settings.show",
        "settings.open",
        "roster.show",
        "roster.link",
    )
    acts += ("roster.take", "surveys.show", "surveys.owner", "golive.show", "reach.show")
    cards = [shown(company.press(head, Action(act))) for act in acts]

    assert {fault for card in cards for fault in faults(card)} == set()
