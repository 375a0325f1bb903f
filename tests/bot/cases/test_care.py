"""Help in front of somebody whose words may be a sign: for the author alone, and nothing of it is left."""

from datetime import UTC, datetime

import pytest
from sqlmodel import select

from bot.store.store import Store
from bot.store.tables import Wave
from bot.store.unit import Unit
from bot.talk.cards import Action
from bot.talk.events import Replace
from tests.fakes import FakeClock
from tests.town import Town

MONDAY = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
HEAVY, LIGHT = "I don't want to live anymore", "the food is fine"


@pytest.fixture
def town(store: Store, clock: FakeClock) -> Town:
    clock.move_to(MONDAY)
    found = Town(store, clock, emergency="112", help_line="0800 000 000")
    found.has("Support", 6)
    found.store.write(lambda unit: unit.people.grant(1, "hr_admin", unit.now))
    found.runs()
    found.opens()
    return found


def sent(town: Town, comment: str) -> Replace:
    reply = town.presses(3, Action("answer.send", str(town.wave().id)), {"pulse-comment": comment})
    assert isinstance(reply, Replace)
    return reply


def test_whoever_writes_what_may_be_a_sign_is_shown_people_beside_the_receipt(town: Town):
    reply = sent(town, HEAVY)

    assert reply.card.title == "Saved"
    assert reply.beside is not None
    shown = repr(reply.beside)
    assert "Person 1" in shown
    assert "112" in shown
    assert "0800 000 000" in shown
    assert "live anymore" not in shown


def test_everybody_else_gets_the_receipt_alone(town: Town):
    assert sent(town, LIGHT).beside is None


def test_the_receipt_which_the_chat_keeps_is_the_same_either_way(town: Town):
    assert sent(town, HEAVY).card == sent(town, LIGHT).card


def everything(town: Town) -> dict[str, list[object]]:
    """Return all rows of all tables but the one of sheets, which are sealed and of one size."""

    def work(unit: Unit) -> dict[str, list[object]]:
        tables = [table for table in Wave.metadata.sorted_tables if table.name != "sheet"]
        return {table.name: list(unit.session.connection().execute(select(table))) for table in tables}

    return town.store.read(work)


def test_nothing_that_is_stored_tells_whose_words_were_a_sign(town: Town):
    before = everything(town)

    sent(town, HEAVY)

    assert everything(town) == before


def test_answers_that_are_no_words_are_not_looked_at(town: Town):
    reply = town.presses(3, Action("answer.send", str(town.wave().id)), {"job-satisfaction": "1"})

    assert isinstance(reply, Replace)
    assert reply.beside is None
