"""What is stored about a person, and how they pause or end what the bot sends of its own accord."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.cases import answers
from bot.store.footprint import PERSONAL
from bot.store.unit import Store
from bot.talk.cards import Action, Facts
from bot.talk.events import OpenForm
from bot.talk.language import words
from tests.bot.cases.welcoming import Company, faults, shown, text
from tests.fakes import FakeClock


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    clock.move_to(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    return Company(store, clock)


@pytest.fixture
def surveyed(company: Company) -> list[int]:
    return company.surveyed()


def test_what_is_stored_is_read_from_the_rows_and_never_tells_whether_somebody_answered(company, surveyed):
    person = surveyed[0]
    before = shown(company.press(person, Action("privacy.details")))
    company.answers_one(person)
    after = shown(company.press(person, Action("privacy.details")))

    facts = {fact.label: fact.value for e in before.elements if isinstance(e, Facts) for fact in e.items}
    assert facts["Surveys you were asked in, not whether you answered"] == "2 rows"
    assert facts["Department"] == "Support"
    assert after == before


@pytest.mark.parametrize("language", ["en", "de", "de-formal"])
def test_every_kind_of_row_about_people_has_a_name(language):
    w = words(language.removesuffix("-formal"), "sie" if language.endswith("formal") else "du")

    assert all(f"privacy.row.{table.name}" in w for table in PERSONAL)
    assert "privacy.row.steprun" in w


def test_privacy_works_for_who_has_no_department(company):
    person = company.has("Support", 1)[0]
    company.store.write(
        lambda unit: setattr(unit.placements.of(person, unit.now.date()), "until", unit.now.date())
    )

    assert faults(shown(company.press(person, Action("privacy.details")))) == []


@pytest.mark.parametrize(
    ("choice", "until"),
    [
        ("two-weeks", datetime(2026, 12, 7, 9, 0, tzinfo=UTC)),
        ("three-months", datetime(2027, 2, 21, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_pause_ends_by_itself_or_by_button(company, choice, until):
    person = company.has("Support", 1)[0]
    form = company.types(person, "pause").card
    card = shown(company.press(person, form.submit.action, {"for": choice}))

    assert company.store.read(lambda unit: unit.people.get(person).paused_until) == until
    company.tap(person, card, "End the pause")
    assert company.store.read(lambda unit: unit.people.get(person).paused_until) is None


def test_opting_out_stops_surveys_for_good_until_taken_back(company):
    person = company.has("Support", 6)[0]
    form = company.types(person, "pause").card
    company.press(person, form.submit.action, {"for": "surveys-off"})
    company.runs()
    company.opens()

    invited = company.store.read(lambda unit: unit.waves.invited(unit.waves.recent(1)[0].id))
    assert person not in invited
    company.press(person, Action("pause.end"))
    assert company.store.read(lambda unit: unit.people.get(person).opted_out) is False


def test_a_pause_takes_back_nothing_that_was_answered(company, surveyed):
    person = surveyed[0]
    company.answers_one(person)
    company.press(person, Action("pause.set"), {"for": "two-weeks"})

    def kept(unit):
        wave = unit.waves.on(unit.surveys.by_key("pulse").id, date(2026, 11, 23))
        return answers.has_answered(unit, wave.id, person)

    assert company.store.read(kept)


@pytest.mark.parametrize("value", ["", "forever", "two-weeks ", "\x00"])
def test_a_pause_of_no_known_length_is_refused_in_the_form(company, value):
    person = company.has("Support", 1)[0]

    company.press(person, Action("pause.set"), {"for": value})

    row = company.store.read(lambda unit: unit.people.get(person))
    assert (row.paused_until, row.opted_out) == (None, False)


def test_a_changed_language_speaks_at_once(company):
    person = company.has("Support", 1)[0]
    form = company.types(person, "settings").card

    card = shown(company.press(person, form.submit.action, {"locale": "de-DE"}))

    assert "Deutsch" in text(card)


def test_a_pause_that_ran_out_is_over(company):
    person = company.has("Support", 1)[0]
    company.press(person, Action("pause.set"), {"for": "two-weeks"})
    company.clock.advance(timedelta(days=14))

    assert isinstance(company.types(person, "pause"), OpenForm)
