"""Typing, home, help from a person, comments at any time, privacy, pause and settings."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text as sql

from bot.cases import conversation, delivery
from bot.errors import Refused
from bot.store.tables import Delivery
from bot.store.unit import Store
from bot.talk.cards import Action
from bot.talk.events import OpenForm, Private, Replace, Source
from tests.bot.cases.welcoming import Company, cards_of, faults, offered, shown, text
from tests.canary import free
from tests.fakes import FakeClock

LANGUAGES = [("en", "du"), ("de", "du"), ("de", "sie")]
SECRET = free("my manager shouts at everybody")


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    return Company(store, clock)


@pytest.fixture
def surveyed(company: Company) -> list[int]:
    return company.surveyed()


def says(company, person, line, **source: str):
    def work(unit):
        caller = company.caller(unit, person)
        where = Source(platform="local", workspace="local", user=f"p{person}", event="e", **source)
        return conversation.written(
            type(caller)(unit, caller.person, caller.words, caller.organisation, where), line
        )

    return company.store.write(work)


def in_the_database(store, needle):
    """Return the columns of any table in which a text occurs."""

    def search(unit):
        found = []
        tables = (
            unit.session.execute(sql("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        )
        for table in tables:
            for row in unit.session.execute(sql(f'SELECT * FROM "{table}"')).all():  # noqa: S608 - names from the schema itself
                found += [table for value in row if needle in str(value)]
        return found

    return store.read(search)


def people_with_contact(company):
    hr, owner = company.has("People", 2)

    def settle(unit):
        unit.people.grant(hr, "hr_admin", unit.now)
        unit.people.grant(owner, "owner", unit.now)
        organisation = unit.organisations.get()
        organisation.contact_id, organisation.contact_hours = hr, "9 to 17"

    company.store.write(settle)
    return hr, owner


# --- typing -----------------------------------------------------------------------------------------------


def test_a_typed_text_is_never_an_answer_never_stored_and_never_shown_again(company, surveyed):
    reply = says(company, surveyed[0], SECRET)

    assert isinstance(reply, Private)
    assert "Please use the button" in text(reply.card)
    assert SECRET not in text(reply.card)
    assert in_the_database(company.store, SECRET) == []


def test_a_typed_text_is_led_to_the_form_of_the_survey_that_is_open(company, surveyed):
    card = shown(says(company, surveyed[0], "4"))
    start = next(act for act in card.actions() if act.name == "answer.open")

    form = company.press(surveyed[0], start)

    assert isinstance(form, OpenForm)
    assert form.card.submit is not None


def test_whether_someone_answered_changes_nothing_about_the_reply(company, surveyed):
    before = says(company, surveyed[0], SECRET)
    company.answers_one(surveyed[0])

    assert says(company, surveyed[0], SECRET) == before


def test_a_text_that_nothing_is_open_for_is_not_understood_and_leads_to_help_and_a_person(company):
    person = company.has("Support", 1)[0]

    card = shown(says(company, person, "when is payday?"))

    assert {"What can you do?", "A person"} <= set(offered(card))
    assert "payday" not in text(card)


@pytest.mark.parametrize("line", ["Hello!", "hi", "Guten Tag", "  HALLO  "])
def test_a_greeting_gets_help(company, line):
    person = company.has("Support", 1)[0]

    assert "/pulse" in text(shown(says(company, person, line)))


@pytest.mark.parametrize(
    ("line", "key"), [("/puls3", "refused.unknown_command_near"), ("/xyzzy", "refused.unknown_command")]
)
def test_a_mistyped_command_is_named(company, line, key):
    person = company.has("Support", 1)[0]

    with pytest.raises(Refused) as refused:
        says(company, person, line)

    assert refused.value.key == key


@pytest.mark.parametrize(
    "line",
    [
        "",
        " ",
        "x" * 1_000_000,
        "\x00",
        "\u202eevil",
        "<!channel> **x** <b>",
        "{platform} %s",
        "\ud800",
        "🙂" * 300,
    ],
)
def test_whatever_is_typed_gets_a_card_that_keeps_the_rules(company, surveyed, line):
    stranger = company.has("Sales", 1)[0]

    for person in (surveyed[0], stranger):
        card = shown(says(company, person, line))
        assert faults(card) == []
        assert len(text(card)) < 3000


def test_a_reply_under_a_task_finds_the_task_and_stores_nothing(company):
    company.staffed()
    person = company.newcomer()
    company.day(23)
    company.day(24)
    company.arrived("journey.step")
    row = company.sent("journey.step", person)[-1]

    card = shown(says(company, person, SECRET, conversation=row.conversation, message=row.message))

    assert "Set up your accounts" in text(card)
    company.tap(person, card, "Done")
    assert company.steps(person)["accounts"].state == "done"
    assert in_the_database(company.store, SECRET) == []


def test_a_reply_under_somebody_elses_message_finds_nothing(company):
    _, others = company.staffed()
    person = company.newcomer()
    company.day(23)
    company.arrived("journey.step")
    row = company.sent("journey.step", person)[-1]

    card = shown(says(company, others[0], "hm", conversation=row.conversation, message=row.message))

    assert "first day" not in text(card)


# --- home -------------------------------------------------------------------------------------------------


def home(company, person):
    return shown(company.store.write(lambda unit: conversation.home(company.caller(unit, person))))


def test_home_shows_the_open_survey_the_same_before_and_after_answering(company, surveyed):
    before = home(company, surveyed[0])
    company.answers_one(surveyed[0])

    assert "Show the survey" in offered(before)
    assert home(company, surveyed[0]) == before


def test_home_shows_newcomers_their_steps_and_their_manager_the_way_to_them(company):
    head, others = company.staffed()
    person = company.newcomer()
    company.day(23)

    assert "Set up your accounts" in text(home(company, person))
    assert "Newcomers" in offered(home(company, head))
    assert "Newcomers" not in offered(home(company, others[0]))


# --- a person ---------------------------------------------------------------------------------------------


def test_nothing_is_passed_on_before_a_yes(company):
    hr, _ = people_with_contact(company)
    person = company.has("Support", 1)[0]

    card = shown(company.types(person, "human"))

    assert f"Person {hr}" in text(card)
    assert "9 to 17" in text(card)
    assert company.sent("human.request") == []


def test_a_yes_passes_on_the_name_once_a_day_and_nothing_else(company):
    hr, _ = people_with_contact(company)
    person = company.has("Support", 1)[0]
    card = shown(company.types(person, "human"))

    company.tap(person, card, "Pass it on")
    company.tap(person, card, "Pass it on")

    rows = company.sent("human.request")
    assert [(row.person_id, row.ref, row.args) for row in rows] == [(hr, str(person), {})]
    request = company.card(rows[0])
    assert f"Person {person}" in text(request)
    assert f"Person {person}" not in request.fallback
    assert faults(request) == []
    assert company.store.read(lambda unit: [e for e in unit.audit.entries() if "human" in e.act]) == []


def test_someone_else_offers_the_next_and_cancel_passes_nothing_on(company):
    _, owner = people_with_contact(company)
    person = company.has("Support", 1)[0]
    card = shown(company.types(person, "human"))

    other = shown(company.tap(person, card, "Someone else"))
    company.tap(person, other, "Cancel")

    assert f"Person {owner}" in text(other)
    assert company.sent("human.request") == []


def test_the_contact_is_never_led_to_themselves_and_leavers_are_not_named(company):
    hr, owner = people_with_contact(company)

    assert f"Person {owner}" in text(shown(company.types(hr, "human")))
    company.store.write(lambda unit: setattr(unit.people.get(owner), "ends_on", date(2026, 11, 1)))
    assert "No person is named" in text(shown(company.types(hr, "human")))


def test_that_the_manager_is_not_informed_is_not_said_when_the_contact_is_the_manager(company):
    head, others = company.staffed()
    company.store.write(lambda unit: setattr(unit.organisations.get(), "contact_id", head))

    assert "don't inform your manager" not in text(shown(company.types(others[0], "human")))


def test_in_rehearsal_nobody_is_promised_a_contact_whom_no_message_reaches(company):
    people_with_contact(company)
    person = company.has("Support", 1)[0]
    company.store.write(lambda unit: setattr(unit.organisations.get(), "rehearsal", True))

    assert "No person is named" in text(shown(company.types(person, "human")))


@pytest.mark.parametrize("ref", ["", "x", "999", "-1", "9" * 400])
def test_passing_on_to_nobody_is_refused(company, ref):
    people_with_contact(company)
    person = company.has("Support", 1)[0]

    assert company.refused(person, Action("human.pass", ref)) == "refused.old_button"


# --- a comment at any time, and the pulse -----------------------------------------------------------------


def test_a_comment_can_be_given_at_any_time_and_promises_no_results_date(company, surveyed):
    form = company.types(surveyed[0], "feedback")
    assert isinstance(form, OpenForm)
    assert "without your name" in text(form.card)

    receipt = company.press(surveyed[0], form.card.submit.action, {"feedback-comment": SECRET})

    assert isinstance(receipt, Replace)
    assert "you'll see the result" not in text(receipt.card)
    assert SECRET not in text(receipt.card)
    assert in_the_database(company.store, SECRET) == []


def test_a_comment_can_be_deleted_until_the_month_ends(company, surveyed):
    form = company.types(surveyed[0], "feedback").card
    receipt = company.press(surveyed[0], form.submit.action, {"feedback-comment": SECRET}).card

    gone = shown(company.tap(surveyed[0], receipt, "Delete my comment"))

    assert "Comment deleted" in text(gone)


def test_nobody_is_written_to_about_a_standing_survey_that_closed(company, surveyed):
    company.clock.move_to(datetime(2026, 12, 1, 1, 0, tzinfo=UTC))
    company.closes()

    def survey(ref):
        return company.store.read(lambda unit: unit.surveys.get(unit.waves.get(int(ref)).survey_id).key)

    keys = {survey(row.ref) for row in company.sent("wave.results")}
    assert keys == {"pulse"}


def test_feedback_that_is_not_set_up_is_refused_kindly(company):
    person = company.has("Support", 1)[0]

    with pytest.raises(Refused) as refused:
        company.types(person, "feedback")

    assert refused.value.key == "refused.no_feedback"


def test_pulse_opens_the_survey_for_who_was_asked_and_says_none_to_others(company, surveyed):
    stranger = company.has("Sales", 1)[0]

    assert "open until" in text(shown(company.types(surveyed[0], "pulse")))
    assert "No survey is open" in text(shown(company.types(stranger, "pulse")))


# --- first contact and every card in every language -------------------------------------------------------


def a_delivery(company, purpose, person, ref):
    workspace = company.store.read(lambda unit: unit.organisations.workspaces()[0].id)
    return Delivery(
        organisation_id=1,
        id="d",
        workspace_id=workspace,
        person_id=person,
        key="k",
        purpose=purpose,
        ref=ref,
        due_at=company.clock.now(),
    )


@pytest.mark.parametrize(("locale", "formality"), LANGUAGES)
@pytest.mark.parametrize("name", ["Ana Ruiz", "", "\u202eevil <!channel>"])
def test_every_card_keeps_the_rules_and_leads_to_a_person(store, clock, locale, formality, name):
    clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    company = Company(store, clock, locale=locale, formality=formality, emergency="112", help_line="0800 111")
    people = company.has("Support", 6, name=name)
    people_with_contact(company)
    company.runs()
    company.runs("feedback", first_on=date(2026, 11, 1))
    company.opens()
    person = people[0]
    replies = [
        company.types(person, each) for each in ("human", "feedback", "pulse", "privacy", "pause", "settings")
    ]
    replies += [says(company, person, "text"), says(company, person, "hello")]
    replies += [
        company.press(person, Action(act, ref), values)
        for act, ref, values in [
            ("home", "", {}),
            ("privacy.details", "", {}),
            ("pause.set", "", {"for": "two-weeks"}),
            ("pause.ask", "", {}),
            ("pause.end", "", {}),
            ("settings.save", "", {"locale": ""}),
            ("human.other", "1", {}),
            ("human.cancel", "", {}),
            *(("why", purpose, {}) for purpose in delivery.PURPOSES),
            ("why", "nothing", {}),
            ("answer.send", "2", {"feedback-comment": "x"}),
            ("answer.send", "2", {}),
            ("answer.withdraw", "2", {}),
        ]
    ]
    cards = [card for reply in replies for card in cards_of(reply)]
    for purpose, ref in (("contact.first", "1"), ("human.request", str(person))):
        row = a_delivery(company, purpose, person, ref)
        cards.append(company.card(row))

    assert len(cards) > 25
    assert {fault for card in cards for fault in faults(card)} == set()


def test_the_first_contact_says_from_how_many_answers_figures_appear_and_who_carries_messages(company):
    person = company.has("Support", 1)[0]

    said = text(company.card(a_delivery(company, "contact.first", person, "1")))

    assert "from 5 answers up" in said
    assert "Rapport's own page" in said
    assert {"What is stored?", "Talk to a person", "Pause", "Why this?"} <= set(said.split("\n"))
