import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from adapters.demo.controls import DemoControls
from adapters.demo.curtain import behind
from adapters.demo.horizon import Stop, ahead, next_stop, told
from adapters.demo.personas import people
from bot.cases import readings, waves
from bot.store.outbox import Message
from tests.adapters.demo.conftest import Stage
from tests.platforms.scorers import PlainScorer

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
NINE = datetime(2026, 11, 23, 8, tzinfo=UTC)
FRIDAY_FIVE = datetime(2026, 11, 27, 16, tzinfo=UTC)


@dataclass
class Engine:
    """Notes when it is asked to settle, and does the jobs of surveys there."""

    stage: Stage
    at: list[datetime] = field(default_factory=list)
    jobs: bool = True
    during: Callable[[], None] = lambda: None

    async def settle(self) -> None:
        self.at.append(self.stage.clock.now())
        self.during()
        if self.jobs:
            await asyncio.to_thread(waves.open_due, self.stage.store)
            await asyncio.to_thread(readings.close_due, self.stage.store, PlainScorer)


@dataclass
class Actors:
    stage: Stage
    at: list[datetime] = field(default_factory=list)

    def act(self) -> int:
        self.at.append(self.stage.clock.now())
        return 0


def advance(stage: Stage, to: datetime, engine: Engine, actors: Actors | None = None) -> list[str]:
    heard: list[str] = []
    controls = DemoControls(stage.store, stage.clock, engine, actors)
    assert asyncio.run(controls.advance(to, heard.append)) == to
    return heard


def test_a_move_stops_at_each_due_instant_in_order_and_ends_where_it_was_sent(stage: Stage):
    engine = Engine(stage)
    start = stage.clock.now()
    heard = advance(stage, FRIDAY_FIVE + HOUR, engine)

    assert engine.at == sorted(engine.at)
    assert engine.at[0] == start
    assert engine.at[-1] == FRIDAY_FIVE + HOUR
    assert {NINE, FRIDAY_FIVE - timedelta(minutes=1), FRIDAY_FIVE} <= set(engine.at)
    assert len(heard) == len(set(engine.at)) - 1
    assert stage.store.read(lambda unit: unit.waves.recent(1)[0]).state == "released"


def test_it_says_what_happens_at_each_stop(stage: Stage):
    heard = advance(stage, FRIDAY_FIVE, Engine(stage))

    assert "Mon 23 Nov, 08:00 UTC: “Your work, in brief” opens" in heard
    assert "Fri 27 Nov, 16:00 UTC: a survey closes, its key is destroyed" in heard


def test_a_message_that_falls_due_is_a_stop(stage: Stage):
    due = stage.clock.now() + timedelta(minutes=7)
    message = Message(1, key="report:1", purpose="report.ready", ref="1", due_at=due)
    stage.store.write(lambda unit: unit.outbox.want(message))
    engine = Engine(stage, jobs=False)

    advance(stage, due + HOUR, engine)
    assert due in engine.at


def test_without_anything_due_it_stops_once_a_day(stage: Stage):
    def switched_off(unit: object) -> None:
        for survey in unit.surveys.active():  # type: ignore[attr-defined]  # any unit has surveys
            survey.active = False

    stage.store.write(switched_off)
    engine = Engine(stage, jobs=False)
    start = stage.clock.now()
    advance(stage, start + 3 * DAY + HOUR, engine)

    assert engine.at == [start, start + DAY, start + 2 * DAY, start + 3 * DAY, start + 3 * DAY + HOUR]


def test_simulated_people_act_after_the_jobs_of_every_stop_and_before_a_close(stage: Stage):
    engine, actors = Engine(stage), Actors(stage)
    advance(stage, FRIDAY_FIVE, engine, actors)

    assert actors.at == engine.at
    assert FRIDAY_FIVE - timedelta(minutes=1) in actors.at


@pytest.mark.parametrize(
    ("away", "said"),
    [
        (-timedelta(seconds=1), "only moves forward"),
        (timedelta(days=400, seconds=1), "At most 400 days"),
    ],
)
def test_a_move_back_or_too_far_is_refused_and_nothing_moves(stage: Stage, away: timedelta, said: str):
    engine = Engine(stage)
    controls = DemoControls(stage.store, stage.clock, engine, None)
    start = stage.clock.now()
    with pytest.raises(ValueError, match=said):
        asyncio.run(controls.advance(start + away, lambda _: None))

    assert stage.clock.now() == start
    assert engine.at == []


def test_two_moves_at_once_are_made_one_after_the_other(stage: Stage):
    engine = Engine(stage, jobs=False)
    start = stage.clock.now()

    async def both() -> list[datetime]:
        controls = DemoControls(stage.store, stage.clock, engine, None)
        moves = (controls.advance(start + away, lambda _: None) for away in (HOUR, 2 * HOUR))
        return await asyncio.gather(*moves)

    assert asyncio.run(both()) == [start + HOUR, start + 2 * HOUR]
    assert engine.at == sorted(engine.at)


def test_a_move_that_breaks_off_keeps_how_far_it_came(stage: Stage):
    def fails() -> None:
        if stage.clock.now() >= NINE:
            raise OSError("disk")

    start = stage.clock.now()
    with pytest.raises(OSError, match="disk"):
        advance(stage, FRIDAY_FIVE, Engine(stage, during=fails))

    assert start < stage.clock.now() < FRIDAY_FIVE
    assert stage.store.read(lambda unit: unit.settings.get("demo.now")) == stage.clock.now().isoformat()


def test_the_next_stop_always_lies_ahead_and_the_steps_of_a_first_week_are_among_them(stage: Stage):
    assert stage.store.read(next_stop).at > stage.clock.now()
    assert told(NINE, "") == "Mon 23 Nov, 08:00 UTC"
    assert Stop(NINE) < Stop(FRIDAY_FIVE)


# --- whom one can be, and what lies behind ----------------------------------------------------------------


def test_the_people_of_the_walk_come_first_and_everybody_here_can_be_chosen(looked_at: Stage):
    found = looked_at.store.read(people)

    assert [one.name.split()[0] for one in found[:5]] == ["Lena", "Tomás", "Marc", "Ana", "Ingrid"]
    assert [one.role for one in found[:5]] == ["employee", "employee", "manager", "hr_admin", "owner"]
    assert len(found) == 120
    assert {one.featured for one in found[5:]} == {False}
    assert (found[0].language, found[0].department) == ("Deutsch", "Operations/Support")


def test_a_new_hire_starts_on_one_day_only(stage: Stage):
    assert stage.store.read(people)[1].headline == "New hire · starts today"
    stage.clock.move(stage.store, stage.clock.now() + DAY)
    assert stage.store.read(people)[1].headline == "New hire"


def test_who_comes_later_can_be_chosen_from_their_first_day_on(stage: Stage):
    stage.clock.move(stage.store, stage.clock.now() + 14 * DAY)
    assert len(stage.store.read(people)) == 121


def test_without_a_pulse_the_hint_names_the_next_one(looked_at: Stage):
    found = looked_at.store.read(lambda unit: behind(unit, "E014"))

    assert found.hint == "No pulse is open for Lena. Move the clock to Monday, 23 November, 09:00."
    assert found.wave == (("Surveys so far", "none"),)
    assert [label for label, _ in found.moves] == ["Next pulse opens"]


def test_while_a_pulse_is_open_nothing_is_said_about_who_answered_or_what_will_be_shown(stage: Stage):
    advance(stage, NINE + HOUR, Engine(stage))
    found = stage.store.read(lambda unit: behind(unit, "E014"))

    assert found.hint == ""
    assert dict(found.stored)["Open surveys that ask this person"] == "1"
    assert "kept nowhere" in dict(found.stored)["Whether they answered"]
    assert "Answered" not in dict(found.wave)
    assert [label for label, _ in found.gate] == ["Decided when the survey closes"]
    assert [label for label, _ in found.moves] == ["Pulse closes", "Results are sent", "Next pulse opens"]


def test_between_two_pulses_the_hint_is_back_although_one_can_speak_up_at_any_time(stage: Stage):
    advance(stage, FRIDAY_FIVE + HOUR, Engine(stage))
    found = stage.store.read(lambda unit: behind(unit, "E014"))

    assert found.hint == "No pulse is open for Lena. Move the clock to Monday, 7 December, 09:00."
    assert stage.store.read(lambda unit: unit.waves.in_state("open")) != []


def test_after_the_close_the_gate_is_told_department_by_department(stage: Stage):
    advance(stage, FRIDAY_FIVE + HOUR, Engine(stage))
    found = stage.store.read(lambda unit: behind(unit, "E014"))

    assert dict(found.gate)["Finance"] == "withheld, to protect people"
    assert "Whole company" in dict(found.gate)
    assert dict(found.wave)["State"] == "released"


def test_nobody_lies_behind_an_unknown_id(looked_at: Stage):
    with pytest.raises(ValueError, match="nobody"):
        looked_at.store.read(lambda unit: behind(unit, "E999999"))


def test_every_state_of_a_message_has_its_words(looked_at: Stage):
    found = looked_at.store.read(lambda unit: behind(unit, "E014"))
    assert len(dict(found.deliveries)) == 8
    assert set(dict(found.deliveries).values()) == {"0"}


def test_the_instants_worth_going_to_come_in_order(stage: Stage):
    advance(stage, NINE, Engine(stage))
    stops = stage.store.read(ahead)
    assert stops == sorted(stops)
    assert all(stop.at > stage.clock.now() for stop in stops)
