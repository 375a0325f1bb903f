"""From an installation without a single person to the first pulse in rehearsal, by what is done in the chat alone."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.cases import installation, workspaces
from bot.cases.installation import Setup
from bot.store.store import Store
from bot.talk.events import Profile
from tests.bot.cases.welcoming import offered, text
from tests.fakes import FakeClock
from tests.stories.chat import Chat

ORGANISATION = 2
FRIDAY = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
"""Nine o'clock in Berlin."""

ANA = Profile("UANA", "Ana Ruiz", "ana@b.example", "en-GB", "Europe/Berlin")
CREW = [
    ANA,
    *(
        Profile(f"U{n}", f"Colleague{n} Name{n}", f"c{n}@b.example", "de-DE", "Europe/Berlin")
        for n in range(1, 8)
    ),
    Profile("UBOX", "Front Desk", "", "de-DE", "Europe/Berlin"),
]


@pytest.fixture
def code(store: Store, clock: FakeClock) -> str:
    clock.move_to(FRIDAY)
    setup = Setup(name="Beispiel", locale="en-GB", time_zone="Europe/Berlin")
    return store.write(lambda unit: installation.create(unit, setup), ORGANISATION)


@pytest.fixture
def chat(store: Store, clock: FakeClock, code: str) -> Chat:
    store.write(lambda unit: workspaces.connect(unit, "slack", "T1"), ORGANISATION)
    return Chat(store, clock, CREW, ORGANISATION)


def people_come(chat: Chat, code: str) -> None:
    """The first owner claims the installation, leaves the front desk out and takes the others over."""
    chat.reads_its_roster()
    assert "one-time code" in text(chat.opens_home("UANA"))
    chat.types("UANA", "claim", code)
    assert "8 users" in text(chat.presses("UANA", "People in this chat"))
    chat.presses("UANA", "Decide about one")
    chat.submits("UANA", who="Front Desk (UBOX)", act="Leave out: no colleague")
    chat.presses("UANA", "Take over 7 people")
    plan = chat.submits("UANA", department="Operations/Support")
    assert "8 people would belong to Operations/Support" in text(plan)
    assert "7 people are new" in text(plan)
    chat.presses("UANA", "Take them over")
    chat.works()
    assert "Everybody in this chat" in text(chat.presses("UANA", "See how far it is"))


def a_pulse_is_planned(chat: Chat) -> None:
    """A survey with an owner, the human contact, the works council's word, two testers."""
    chat.types("UANA", "surveys")
    chat.presses("UANA", "Start a survey")
    started = chat.submits("UANA", survey="Your work, in brief", owner="c1@b.example")
    assert "Colleague1 Name1" in text(started)
    assert "opens Monday, 23 November, 09:00; closes Friday, 27 November, 17:00" in text(started)
    assert "Still missing" in text(chat.types("UANA", "golive"))
    chat.presses("UANA", "Fill in details")
    ready = chat.submits(
        "UANA",
        contact="ana@b.example",
        council="Not needed",
        reason="there is no works council here",
        testers="c2@b.example, c3@b.example",
    )
    assert "Still missing" not in text(ready)
    assert "8 people, each at 09:00 on their own clock" in text(ready)
    assert {"Agree as HR admin", "Agree as owner"} <= set(offered(ready))


def heard_on_monday(chat: Chat, clock: FakeClock) -> dict[str, list[str]]:
    clock.move_to(MONDAY)
    heard: dict[str, list[str]] = {}
    for _ in range(4):
        for user, cards in chat.works().items():
            heard.setdefault(user, []).extend(card.title for card in cards)
        clock.advance(timedelta(minutes=5))
    return heard


def test_from_nothing_to_the_first_pulse_in_rehearsal_by_chat_alone(chat: Chat, code: str, clock: FakeClock):
    people_come(chat, code)
    a_pulse_is_planned(chat)

    heard = heard_on_monday(chat, clock)

    assert set(heard) == {"U2", "U3"}
    assert heard["U2"][0] == "Ich bin Rapport, ein Bot"
    assert len(heard["U2"]) == 2
    points = [action for action in chat.sees["U2"].actions() if action.name == "answer.tap"]
    assert len(points) == 5
    answered = chat.acts("U2", points[3])
    assert answered.submit is not None
    wave = chat.store.read(lambda unit: unit.waves.recent(1)[0], ORGANISATION)
    assert (wave.state, wave.asked, wave.owner) == ("open", 2, "Colleague1 Name1")


def test_who_is_taken_over_is_no_newcomer_and_nobody_is_welcomed(chat: Chat, code: str, clock: FakeClock):
    chat.reads_its_roster()
    chat.types("UANA", "claim", code)
    chat.presses("UANA", "People in this chat")
    chat.presses("UANA", "Take over 8 people")
    chat.submits("UANA", department="Support")
    chat.presses("UANA", "Take them over")

    arrived = chat.works()

    assert arrived == {}
    assert chat.store.read(lambda unit: unit.enrolments.active(), ORGANISATION) == []
