"""A task that stays open: who is asked what is in the way, one after the other, about the process."""

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from bot.cases.journeys import Place, calendar_of, manager_of, process_owner
from bot.cases.messages import say
from bot.cases.reach import reachable
from bot.onboarding.steps import TaskStep
from bot.store.tables import Person
from bot.store.unit import Unit

NEWCOMER, OWNER, OWNER_AGAIN, PROCESS_OWNER = range(4)
"""The line: who has the task, twice the one who answers for it, at last the one who answers for the process."""

IN_THE_MORNING = time(9)


def line(unit: Unit, newcomer: Person) -> dict[int, Person]:
    """Return who stands in line for a newcomer's open tasks, by rung; who cannot be reached is left out."""
    owner, last = manager_of(unit, newcomer, reached=True), process_owner(unit, newcomer)
    people = {NEWCOMER: newcomer} if newcomer.id in reachable(unit, [newcomer.id]) else {}
    if owner is not None:
        people |= {OWNER: owner, OWNER_AGAIN: owner}
    if last is not None and (owner is None or last.id != owner.id):
        people[PROCESS_OWNER] = last
    return people


def ask_next(unit: Unit, place: Place, *, at_least: int = NEWCOMER, blocked: bool = False) -> Person | None:
    """Ask the next in line what is in the way of a task, and say who that is; None: nobody is left to ask.

    ``run.nudges`` counts how far down the line we are, so that no rung is asked twice, however often a job
    runs or a button is pressed.
    """
    run, people = place.run, line(unit, place.newcomer)
    left = [rung for rung in people if rung >= max(run.nudges, at_least)]
    if not left and at_least == NEWCOMER:
        run.nudge_at = None
    if not left:
        return None
    rung, asked_for = left[0], run.nudge_at or unit.now
    run.nudges = rung + 1
    run.nudge_at = _next_morning(unit, place) if left[1:] else None
    last = people.get(PROCESS_OWNER)
    args = {
        "rung": rung,
        "next": run.nudge_at.isoformat() if run.nudge_at else "",
        "then": people[left[1]].id if left[1:] else 0,
        "last": last.id if last is not None and rung < PROCESS_OWNER else 0,
        "blocked": blocked,
    }
    key = f"journey:{place.enrolment.id}:{run.step}:nudge:{rung}:{asked_for.isoformat()}"
    _want(unit, place, people[rung], key, args)
    return people[rung]


def begin(unit: Unit, place: Place) -> None:
    """Expect a task to be done, and note when the first question about it falls due."""
    place.run.nudges = NEWCOMER
    place.run.nudge_at = _next_morning(unit, place)


def put_off(unit: Unit, place: Place, rung: int, day: date) -> None:
    """Ask the same person again on the morning of another day, and nobody before."""
    end(unit, place)
    place.run.nudges = rung
    place.run.nudge_at = calendar_of(unit, place.newcomer).at(day, IN_THE_MORNING)


def end(unit: Unit, place: Place) -> None:
    """Ask nobody any more."""
    place.run.nudge_at = None
    unit.outbox.cancel(("journey.nudge", "journey.escalate"), place.ref)


def _next_morning(unit: Unit, place: Place) -> datetime | None:
    """Return the morning, some working days from now, on which somebody is asked; None for what is no task."""
    if not isinstance(place.step, TaskStep):
        return None
    calendar = calendar_of(unit, place.newcomer)
    day = calendar.after(calendar.today(unit.now), place.step.nudge_after)
    return calendar.at(day, IN_THE_MORNING)


def _want(unit: Unit, place: Place, to: Person, key: str, args: Mapping[str, Any]) -> None:
    purpose = "journey.nudge" if to.id == place.newcomer.id else "journey.escalate"
    say(unit, to.id, purpose, key=key, ref=place.ref, args=args)
