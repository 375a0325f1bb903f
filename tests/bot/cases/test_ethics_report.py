"""How fairly the whole organisation is surveyed: for HR in the chat, and for the operator as text and as rows."""

from datetime import UTC, datetime, timedelta

import pytest

from analytics.text.english import EnglishScorer
from bot.cases import ethics_report, readings
from bot.cases.report_overview import overview
from bot.errors import Refused
from bot.store.store import Store
from bot.store.tables import Audit
from bot.store.unit import Unit
from bot.talk.cards import Action, Card, Facts
from bot.talk.events import Private
from bot.talk.fallback import violations
from bot.talk.language import words
from tests.fakes import FakeClock
from tests.town import Town

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LANGUAGES = (("en", "du"), ("de", "du"), ("de", "sie"))


@pytest.fixture
def town(store: Store, clock: FakeClock) -> Town:
    """Two departments, of which one is too small to be shown, after a survey that was read and released."""
    clock.move_to(MONDAY)
    made = Town(store, clock)
    people = made.has("Support", 14) + made.has("Legal", 4)
    store.write(lambda unit: unit.people.grant(people[0], "hr_admin", unit.now))
    made.runs(owner=people[0])
    made.opens()
    for at, person in enumerate(people[:16]):
        made.answers(person, job_satisfaction="45"[at % 2], pulse_comment="good food in the canteen")
    clock.move_to(made.wave().closes_at + timedelta(minutes=1))
    readings.close_due(store, EnglishScorer)
    return made


def whole(town: Town) -> ethics_report.Whole:
    return town.store.read(lambda unit: ethics_report.whole(unit, verify=True))


def card(town: Town, person: int, language: str = "en") -> Card:
    def work(unit: Unit) -> Card:
        caller = town.caller(unit, person)
        reply = ethics_report.ACTIONS["ethics.show"](caller, Action("ethics.show"), {})
        assert isinstance(reply, Private)
        return reply.card

    return town.store.write(work)


def test_every_line_is_counted_from_the_records(town: Town):
    found = whole(town)

    assert (found.ended, found.keys, found.unreadable) == (1, 1, 0)
    assert found.ethics.surveys == 1
    assert [reader.version for reader in found.ethics.readers] == [EnglishScorer().version]
    assert not found.ethics.warnings
    assert found.ethics.people == 18
    assert found.turnout is not None
    assert found.broken is None


def test_hr_sees_it_as_a_card_that_keeps_the_rules_of_the_house(town: Town):
    shown = card(town, 1)

    labels = [f.label for e in shown.elements if isinstance(e, Facts) for f in e.items]
    assert violations(shown) == []
    assert {"Figures shown", "Paused or opted out", "Keys destroyed", "Asked for a person"} <= {*labels}


def test_nobody_else_sees_it(town: Town):
    with pytest.raises(Refused, match="no_reports"):
        card(town, 2)


def test_the_overview_leads_there_for_hr_alone(town: Town):
    hr, other = (
        town.store.read(lambda unit, person=person: overview(town.caller(unit, person))) for person in (1, 2)
    )

    assert "ethics.show" in [action.name for action in hr.actions()]
    assert "ethics.show" not in [action.name for action in other.actions()]


@pytest.mark.parametrize("language", LANGUAGES, ids="-".join)
def test_the_terminal_says_it_within_its_width(town: Town, language: tuple[str, str]):
    w = words(*language)

    text = ethics_report.terminal(whole(town), w, 80)

    assert max(map(len, text.splitlines())) <= 80
    assert all(fact.value.split()[0] in text for fact in ethics_report.facts(w, whole(town)))
    assert "wave.key_destroyed" in text


def test_a_log_in_which_something_was_changed_is_named_broken(town: Town):
    def forge(unit: Unit) -> None:
        row = unit.session.get(Audit, (1, 1))
        assert row is not None
        row.act = "golive.live"

    town.store.write(forge)

    assert whole(town).broken == 1
    assert "broken at entry 1" in ethics_report.terminal(whole(town), words("en"), 80)


def test_rows_say_numbers_of_people_and_of_hidden_figures_only_roughly(town: Town):
    rows = {name: (low, high) for name, low, high, _, _ in ethics_report.rows(whole(town))}

    for name in ("people.away", "people.untold", "figures.withheld", "figures.in_words"):
        low, high = rows[name]
        assert int(low) % 5 == 0
        assert high == "" or int(high) == int(low) + 4
    assert rows["waves.keys_destroyed"] == ("1", "1")
    assert "act.wave.opened" in rows


def test_who_asked_for_a_person_is_counted_roughly_and_only_as_a_number(town: Town):
    def ask(unit: Unit) -> None:
        from bot.cases.escalation import passed_on  # noqa: PLC0415 - this story alone needs it

        passed_on(town.caller(unit, 2), Action("human.pass", "1"), {})

    town.store.write(ask)

    shown = {f.label: f.value for e in card(town, 1).elements if isinstance(e, Facts) for f in e.items}
    assert shown["Asked for a person"] == "fewer than 5"
