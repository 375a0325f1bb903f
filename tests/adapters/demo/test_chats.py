from datetime import timedelta

import pytest

from adapters.demo.chats import talk_through
from adapters.demo.crowd import Crowd
from bot import dispatch
from bot.cases import waves, workspaces
from bot.store.unit import Unit
from bot.talk.events import Event, Private, Reply
from tests.adapters.demo.conftest import Stage

FEW = 40
"""So many of the company are in Slack."""


@pytest.fixture
def in_slack(stage: Stage) -> Stage:
    """A demo that talks through Slack, in which not everybody is."""
    stage.store.write(move)
    return stage


def move(unit: Unit) -> None:
    slack = workspaces.connect(unit, "slack", "T1")
    for person in unit.people.employed(unit.now.date())[:FEW]:
        unit.accounts.link(person.id, slack.id, f"U{person.external}")
    talk_through(unit, "slack")


def homes(unit: Unit) -> set[str]:
    reached = unit.outbox.homes([person.id for person in unit.people.employed(unit.now.date())])
    return {unit.workspaces.get(number).platform for number in reached.values()}


def test_everybody_is_written_to_in_the_chat_that_was_chosen_last(in_slack: Stage):
    first = in_slack.store.read(homes)
    in_slack.store.write(lambda unit: talk_through(unit, "local"))
    second = in_slack.store.read(homes)
    in_slack.store.write(lambda unit: workspaces.connect(unit, "slack", "T1"))
    in_slack.store.write(lambda unit: talk_through(unit, "slack"))

    assert (first, second, in_slack.store.read(homes)) == ({"slack"}, {"local"}, {"slack"})


def test_simulated_people_act_in_the_chat_that_the_demo_talks_through(in_slack: Stage):
    store, clock = in_slack.store, in_slack.clock
    events: list[Event] = []
    replies: list[Reply] = []

    def handle(event: Event) -> Reply:
        events.append(event)
        replies.append(dispatch.handle(store, event))
        return replies[-1]

    clock.move(store, clock.now() + timedelta(minutes=30))
    waves.open_due(store)
    clock.move(store, clock.now() + timedelta(days=4))
    Crowd(store, handle, seed=7).act()

    assert len({event.source.user for event in events}) > FEW / 3
    assert {(event.source.platform, event.source.workspace) for event in events} == {("slack", "T1")}
    assert all(event.source.user.startswith("UE") for event in events)
    assert not any(isinstance(reply, Private) and "workspace" in reply.card.fallback for reply in replies)
