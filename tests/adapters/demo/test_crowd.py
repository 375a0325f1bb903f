import threading
from collections import Counter
from datetime import timedelta
from time import perf_counter

import pytest

from adapters.demo.comments import COMMENTS
from adapters.demo.crowd import ANSWERING, DECLINING, FEATURED, Crowd
from bot import dispatch
from bot.cases import onboarding, readings, waves
from bot.onboarding.loader import BUDDY
from bot.talk.events import ButtonPressed, Event, FormSent, Nothing, OpenForm, Private, Replace, Reply
from tests.adapters.demo.conftest import Stage
from tests.platforms.scorers import PlainScorer

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


class Door:
    """Passes events on to dispatch and keeps what came back."""

    def __init__(self, stage: Stage, *, answers: bool = True) -> None:
        self.stage, self.answers = stage, answers
        self.events: list[Event] = []
        self.replies: list[Reply] = []
        self._lock = threading.Lock()

    def handle(self, event: Event) -> Reply:
        reply = dispatch.handle(self.stage.store, event) if self.answers else Nothing()
        with self._lock:
            self.events.append(event)
            self.replies.append(reply)
        return reply

    def who(self) -> set[str]:
        return {event.source.user for event in self.events}


@pytest.fixture
def monday(stage: Stage) -> Stage:
    """The first pulse is open."""
    stage.clock.move(stage.store, stage.clock.now() + 30 * MINUTE)
    waves.open_due(stage.store)
    return stage


def friday(stage: Stage) -> None:
    wave = stage.store.read(lambda unit: next(w for w in unit.waves.recent() if w.asked > 100))
    stage.clock.move(stage.store, wave.closes_at - MINUTE)


def test_about_seven_in_ten_answer_through_the_same_door_as_everybody(monday: Stage):
    door = Door(monday)
    crowd = Crowd(monday.store, door.handle, seed=7)
    friday(monday)
    acted = crowd.act()

    invited = monday.store.read(lambda unit: unit.waves.recent()[0].asked)
    answered = sum(isinstance(event, FormSent) for event in door.events)
    assert 0.60 <= answered / invited <= 0.80
    assert acted == len(door.who())
    kinds = Counter(type(reply) for reply in door.replies)
    assert kinds.keys() == {OpenForm, Replace}
    assert not [reply for reply in door.replies if isinstance(reply, Private)]


def test_all_of_them_together_take_less_than_two_seconds(monday: Stage):
    crowd = Crowd(monday.store, Door(monday).handle, seed=7)
    friday(monday)
    begun = perf_counter()
    crowd.act()

    assert perf_counter() - begun < 6  # two on a machine of its own; tests share theirs


def test_nobody_of_the_walk_is_ever_simulated(monday: Stage):
    door = Door(monday, answers=False)
    crowd = Crowd(monday.store, door.handle, seed=7)
    friday(monday)
    crowd.act()

    assert len(FEATURED) == 5
    assert not door.who() & FEATURED


def test_people_answer_at_different_times_and_each_once(monday: Stage):
    door = Door(monday, answers=False)
    crowd = Crowd(monday.store, door.handle, seed=7)
    assert crowd.act() == 0

    acted = []
    for _ in range(4):
        monday.clock.move(monday.store, monday.clock.now() + DAY)
        acted.append(crowd.act())
    friday(monday)
    acted.append(crowd.act())

    assert all(acted)
    assert sum(acted) == len(door.who())
    assert crowd.act() == 0


def test_the_same_seed_does_the_same_and_a_second_process_changes_nothing(monday: Stage):
    first, second = Door(monday), Door(monday)
    friday(monday)
    assert Crowd(monday.store, first.handle, seed=7).act() == Crowd(monday.store, second.handle, seed=7).act()
    assert sorted(map(str, first.events)) == sorted(map(str, second.events))
    assert {type(reply) for reply in second.replies} == {Nothing}

    other = Door(monday, answers=False)
    Crowd(monday.store, other.handle, seed=8).act()
    assert other.who() != first.who()


def test_some_say_not_this_time_and_some_write_in_their_language(monday: Stage):
    door = Door(monday, answers=False)
    friday(monday)
    Crowd(monday.store, door.handle, seed=7).act()

    declined = [e for e in door.events if isinstance(e, ButtonPressed) and e.action.name == "answer.decline"]
    written = [
        (e.source.user, text)
        for e in door.events
        if isinstance(e, FormSent)
        for key, text in e.values.items()
        if key == "pulse-comment"
    ]
    locales = monday.store.read(lambda unit: {p.external: p.locale[:2] for p in unit.people.all()})
    assert 1 <= len(declined) <= 20
    assert 5 <= len(written) <= 40
    assert {locales[user] for user, _ in written} == {"de", "en"}
    for user, text in written:
        assert any(text in said for said in COMMENTS[locales[user]].values())


def test_their_answers_become_readings_like_any_others(monday: Stage):
    friday(monday)
    Crowd(monday.store, Door(monday).handle, seed=7).act()
    monday.clock.move(monday.store, monday.clock.now() + MINUTE)
    readings.close_due(monday.store, PlainScorer)

    wave = monday.store.read(lambda unit: unit.waves.recent()[0])
    whole = {r.item: r for r in monday.store.read(lambda unit: unit.readings.of_wave(wave.id, ""))}
    assert wave.state == "released"
    assert whole["job-satisfaction"].state == "shown"
    assert 0.60 <= (whole[""].value or 0) <= 0.80
    assert whole["job-satisfaction"].source == "made up"


def test_a_newcomer_without_a_role_goes_through_the_first_week(stage: Stage):
    door = Door(stage)
    crowd = Crowd(stage.store, door.handle, seed=7)
    start = stage.clock.now()
    for hours in range(0, 24 * 24, 6):
        stage.clock.move(stage.store, start + hours * HOUR)
        stage.store.write(onboarding.enrol_due)
        onboarding.advance_due(stage.store)
        crowd.act()

    newcomer = stage.store.read(
        lambda unit: next(p for p in unit.people.all() if p.starts_on == start.date() + 14 * DAY)
    )
    runs = stage.store.read(
        lambda unit: [
            run for one in unit.enrolments.of_person(newcomer.id) for run in unit.enrolments.steps(one.id)
        ]
    )
    names = {
        e.action.name
        for e in door.events
        if isinstance(e, ButtonPressed) and e.source.user == newcomer.external
    }
    steps = {run.step: run.state for run in runs if run.step != BUDDY}
    assert set(steps.values()) == {"done"}
    assert len(steps) == 3
    assert {"journey.tick", "journey.done", "journey.rate"} <= names


def test_the_lots_leave_room_for_those_who_do_nothing():
    assert 0.65 <= ANSWERING <= 0.75
    assert ANSWERING + DECLINING < 1
