"""``/onboarding``: one's own steps, else those of whom one follows, else that nothing is open."""

import pytest

from bot.store.store import Store
from bot.talk.cards import Card, Facts
from tests.bot.cases.welcoming import Company, faults, offered, shown, text
from tests.fakes import FakeClock


@pytest.fixture
def company(store: Store, clock: FakeClock) -> Company:
    return Company(store, clock)


def asks(company: Company, person: int) -> Card:
    card = shown(company.types(person, "onboarding"))
    assert faults(card) == []
    return card


def test_a_newcomer_sees_each_step_and_how_it_stands(company: Company):
    card = asks(company, company.cast()["new"])

    facts = [fact for element in card.elements if isinstance(element, Facts) for fact in element.items]
    assert len(facts) >= 3
    assert all(fact.label and fact.value for fact in facts)
    assert {"Back", "A person"} <= {*offered(card)}


def test_who_heads_a_team_sees_what_newcomers_shows(company: Company):
    head = company.cast()["head"]

    assert asks(company, head).title == "Newcomers"


def test_who_has_no_steps_and_follows_nobody_learns_that_nothing_is_open(company: Company):
    others = company.staffed()[1]

    assert "No task is open" in text(asks(company, others[0]))
