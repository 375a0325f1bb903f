"""Onboarding: a newcomer is enrolled once, each step comes once, and an outage loses nothing."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

from bot.cases import journey_acts, journey_notices, newcomers, stalled
from bot.cases.context import ActionHandler, CardBuilder
from bot.cases.journeys import Place, buddy_key, buddy_of, calendar_of, pick_buddy, places, willing
from bot.cases.messages import say
from bot.cases.reach import has_left, reachable
from bot.onboarding.loader import BUDDY, builtin
from bot.onboarding.steps import QuestionStep, catch_up, schedule
from bot.store.tables import Enrolment, Person, StepRun
from bot.store.unit import Store, Unit

WELCOME = "welcome"
CHUNK = 200
"""Enrolments per unit, so that many newcomers never keep answers waiting."""

STILL_NEW = timedelta(days=7)
"""Who has been here for longer is not welcomed any more."""

UNREACHABLE_FOR = timedelta(days=30)
"""How long a step waits for somebody to get an account before it is given up."""

OVER_AFTER = timedelta(days=60)
"""A journey ends this long after its first day, whatever was left open."""

BUDDY_TOLD_AT = time(9)
PURPOSES_OF_JOURNEYS = ("journey.step", "journey.nudge", "journey.escalate", "journey.buddy")

ACTIONS: Mapping[str, ActionHandler] = {**journey_acts.ACTIONS, **newcomers.ACTIONS}
CARDS: Mapping[str, CardBuilder] = journey_notices.CARDS


def enrol(unit: Unit, person: Person, journey: str = WELCOME) -> Enrolment | None:
    """Enrol somebody in a journey, once; None for who is no newcomer, has left, or is no tester in rehearsal.

    A journey that was cancelled before it began is taken up again when the person does come.
    """
    known = unit.enrolments.of(person.id, journey)
    if known is not None and known.state != "cancelled":
        return known
    if not _is_newcomer(unit, person):
        return None
    if known is not None:
        return _revived(unit, known, person)
    enrolment = Enrolment(
        organisation_id=unit.organisation_id,
        id=unit.number("enrolment"),
        person_id=person.id,
        journey=journey,
        version=builtin()[journey].version,
        anchor=calendar_of(unit, person).nth(person.starts_on, 1),
        created_at=unit.now,
    )
    runs = [_run(enrolment, step, due) for step, due in _plan(unit, person, journey).items()]
    unit.enrolments.add(enrolment, runs)
    return enrolment


def _revived(unit: Unit, enrolment: Enrolment, person: Person) -> Enrolment | None:
    if not _untouched(places(unit, enrolment)):
        return None
    enrolment.state, enrolment.created_at = "active", unit.now
    reschedule(unit, enrolment, person)
    return enrolment


def cancel(unit: Unit, person: Person) -> int:
    """End somebody's journeys, for instance because they leave, and drop what was to be sent for them."""
    ended = [enrolment for enrolment in unit.enrolments.of_person(person.id) if enrolment.state == "active"]
    for enrolment in ended:
        enrolment.state = "cancelled"
        for run in unit.enrolments.steps(enrolment.id):
            run.nudge_at = None
            unit.outbox.cancel(PURPOSES_OF_JOURNEYS, f"{enrolment.id}/{run.step}")
    return len(ended)


def reschedule(unit: Unit, enrolment: Enrolment, person: Person) -> bool:
    """Move a journey of which nothing was handed out yet to where the start date stands now; True if that changed it."""
    if not _untouched(places(unit, enrolment)):
        return False
    runs = {run.step: run for run in unit.enrolments.steps(enrolment.id)}
    moved = False
    for step, due in _plan(unit, person, enrolment.journey).items():
        if step in runs and runs[step].due_at != due:
            moved = True
            runs[step].due_at, runs[step].state = due, "due"
    enrolment.anchor = calendar_of(unit, person).nth(person.starts_on, 1)
    return moved


# --- jobs -------------------------------------------------------------------------------------------------


def enrol_due(unit: Unit) -> int:
    """Bring enrolments in line with who starts, when, and who has left; return how many changed."""
    latest = unit.now.date() - STILL_NEW - timedelta(days=1)  # a day more, for zones that are behind
    changed = sum(enrol(unit, person) is not None for person in unit.enrolments.to_enrol(WELCOME, latest))
    for enrolment in unit.enrolments.active():
        changed += _kept_up(unit, enrolment)
    return changed


def advance_due(store: Store) -> int:
    """Hand out every step that is due, and ask about tasks that stay open; return how much was done."""
    done = 0
    for organisation in store.organisations():
        due = store.read(lambda unit: unit.enrolments.to_advance(unit.now), organisation)
        for start in range(0, len(due), CHUNK):
            chunk = due[start : start + CHUNK]
            done += store.write(lambda unit, chunk=chunk: _advance_all(unit, chunk), organisation)  # type: ignore[misc]  # mypy can't infer a lambda with a default
    return done


def _advance_all(unit: Unit, enrolments: list[int]) -> int:
    return sum(advance(unit, number) for number in enrolments)


def advance(unit: Unit, enrolment_id: int) -> int:
    """Do what is due in one journey: at most one step is handed out, and each open task is asked about once."""
    enrolment = unit.enrolments.get(enrolment_id)
    person = unit.people.get(enrolment.person_id) if enrolment else None
    if enrolment is None or person is None or enrolment.state != "active":
        return 0
    if has_left(unit, person, calendar_of(unit, person).today(unit.now)):
        return cancel(unit, person)
    here = places(unit, enrolment)
    stuck = [p for p in here if p.run.state == "sent" and p.run.nudge_at and p.run.nudge_at <= unit.now]
    for place in stuck:
        stalled.ask_next(unit, place)
    return len(stuck) + _tell_buddy(unit, enrolment, person) + _hand_out(unit, person, here)


def _hand_out(unit: Unit, person: Person, here: list[Place]) -> int:
    waiting = {place.run.step: place.run.due_at for place in here if place.run.state == "due"}
    if not waiting:
        return 0
    by_key, calendar = {place.run.step: place for place in here}, calendar_of(unit, person)
    journey = builtin()[here[0].enrolment.journey]
    first, moved = catch_up(journey, waiting, unit.now, calendar)
    if first is None:
        return 0
    place = by_key[first]
    if isinstance(place.step, QuestionStep) and not willing(unit, person):
        place.run.state = "skipped"
        return 1
    if person.id not in reachable(unit, [person.id]):
        return _give_up(unit, place)
    _send(unit, place)
    for step, due in moved.items():
        by_key[step].run.due_at = due
    return 1


def _send(unit: Unit, place: Place) -> None:
    """Hand a step to its newcomer; what comes late counts as due from now."""
    run, calendar = place.run, calendar_of(unit, place.newcomer)
    if calendar.today(run.due_at) != calendar.today(unit.now):
        run.due_at = unit.now
    say(
        unit,
        place.newcomer.id,
        "journey.step",
        key=f"journey:{place.enrolment.id}:{run.step}",
        ref=place.ref,
    )
    run.state = "sent"
    stalled.begin(unit, place)


def _give_up(unit: Unit, place: Place) -> int:
    """Wait for somebody who cannot be reached, but not for ever: a welcome after a month is none."""
    if unit.now - place.run.due_at < UNREACHABLE_FOR:
        return 0
    place.run.state = "skipped"
    return 1


def _tell_buddy(unit: Unit, enrolment: Enrolment, person: Person) -> int:
    """Choose the buddy and tell them who comes, the working day before; once for each first day."""
    run = unit.enrolments.step(enrolment.id, BUDDY)
    if run is None or run.state != "due" or run.due_at > unit.now:
        return 0
    buddy = buddy_of(unit, enrolment) or pick_buddy(unit, person, enrolment.anchor)
    enrolment.buddy_id = buddy.id if buddy else None
    run.state = "sent" if buddy else "skipped"
    if buddy is not None:
        ref = f"{enrolment.id}/{BUDDY}"
        say(unit, buddy.id, "journey.buddy", key=buddy_key(enrolment), ref=ref)
    return 1


# --- what decides -----------------------------------------------------------------------------------------


def _is_newcomer(unit: Unit, person: Person) -> bool:
    today = calendar_of(unit, person).today(unit.now)
    if person.starts_on < today - STILL_NEW or has_left(unit, person, today):
        return False
    return not unit.organisations.get().rehearsal or person.id in unit.people.testers()


def _plan(unit: Unit, person: Person, journey: str) -> dict[str, datetime]:
    """Return when each step is due, and when the buddy is told: the working day before the first."""
    calendar = calendar_of(unit, person)
    day_before = calendar.before(calendar.nth(person.starts_on, 1))
    due = schedule(builtin()[journey], person.starts_on, calendar)
    return {BUDDY: calendar.at(day_before, BUDDY_TOLD_AT), **due}


def _run(enrolment: Enrolment, step: str, due_at: datetime) -> StepRun:
    return StepRun(
        organisation_id=enrolment.organisation_id, enrolment_id=enrolment.id, step=step, due_at=due_at
    )


def _untouched(here: Sequence[Place]) -> bool:
    """Say whether nothing of a journey was handed out yet."""
    return all(place.run.state == "due" for place in here)


def _kept_up(unit: Unit, enrolment: Enrolment) -> int:
    """Cancel, move or end one journey if that is due."""
    person = unit.people.get(enrolment.person_id)
    if person is None:
        return 0
    today = calendar_of(unit, person).today(unit.now)
    if has_left(unit, person, today):
        return cancel(unit, person)
    here = places(unit, enrolment)
    untouched = _untouched(here)
    if untouched and person.starts_on < enrolment.created_at.date() - STILL_NEW:
        return cancel(unit, person)  # the start date was corrected: nobody new
    if untouched:
        return int(reschedule(unit, enrolment, person))
    if all(place.over for place in here) or today > enrolment.anchor + OVER_AFTER:
        enrolment.state = "done"
        return 1
    return 0
