"""Every card of a journey, and every card behind its buttons, in every language and with hostile names."""

from contextlib import suppress
from datetime import UTC, datetime

import pytest

from bot.commands import ACTIONS
from bot.errors import Refused
from tests.bot.cases.welcoming import Company, cards_of, faults


@pytest.mark.parametrize(
    ("locale", "formality", "name"),
    [
        ("en", "du", "Ana Ruiz"),
        ("en", "du", ""),
        ("de", "du", "Maximiliane-Theodora " * 4),
        ("de", "sie", "\u202eevil <!channel>"),
    ],
)
def test_every_card_of_a_journey_keeps_the_rules_and_leads_to_a_person(store, clock, locale, formality, name):
    clock.move_to(datetime(2026, 11, 20, 12, 0, tzinfo=UTC))
    company = Company(store, clock, locale=locale, formality=formality)
    head, _ = company.staffed(3)
    hr = company.has("People", 1)[0]
    store.write(lambda unit: unit.people.grant(hr, "hr_admin", unit.now))
    for person in (head, hr):
        store.write(lambda unit, person=person: setattr(unit.people.get(person), "name", name))
    company.newcomer(name=name)
    seen = []
    for day in (23, 24, 26, 27, 30, 32, 34):
        company.day(day, 14)
        if day in (24, 27, 34):
            seen += _everything(company)

    assert len(seen) > 15
    assert {fault for card in seen for fault in faults(card)} == set()


def _everything(company):
    """Build what is waiting, press each button of it once in a read unit, and return all cards seen."""
    found = []
    for purpose in ("journey.step", "journey.nudge", "journey.escalate", "journey.buddy", "journey.answer"):
        for row in company.sent(purpose):
            card = company.card(row)
            if card is not None:
                found.append(card)
                found += _pressed(company, row.person_id, card, depth=2)
    return found


def _pressed(company, person, card, depth):
    """Return the cards behind each button, and behind theirs; nothing of it is kept."""
    found = []
    for action in dict.fromkeys(card.actions()):
        try:
            replies = cards_of(_tried(company, person, action))
        except Refused:
            continue
        found += replies
        if depth > 1:
            found += [deeper for reply in replies for deeper in _pressed(company, person, reply, depth - 1)]
    return found


class _Undo(Exception):
    pass


def _tried(company, person, action):
    kept = []

    def work(unit):
        kept.append(ACTIONS[action.name](company.caller(unit, person), action, {}))
        raise _Undo

    with suppress(_Undo):
        company.store.write(work)
    return kept[0]
