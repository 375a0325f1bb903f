"""A newcomer's place in a journey, and the people around them."""

from dataclasses import dataclass
from datetime import date

from bot.cases.guards import zone_of
from bot.cases.reach import at_work, contacts, managers, reachable
from bot.onboarding.loader import BUDDY, builtin
from bot.onboarding.steps import Calendar, Step
from bot.store.tables import Enrolment, Person, StepRun
from bot.store.unit import Unit
from bot.talk.commands import Role

HOLIDAYS = "calendar.holidays"
"""The setting with the organisation's days off: ISO dates, separated by commas."""

OVER = ("done", "skipped")


@dataclass(frozen=True, slots=True)
class Place:
    """One step of one newcomer: the row, and what the template says about it."""

    enrolment: Enrolment
    run: StepRun
    step: Step
    newcomer: Person

    @property
    def ref(self) -> str:
        return f"{self.enrolment.id}/{self.run.step}"

    @property
    def over(self) -> bool:
        return self.run.state in OVER


def place_at(unit: Unit, enrolment_id: int, step_key: str) -> Place | None:
    """Return a step of an enrolment; None where there is none, or the template has it no more."""
    enrolment = unit.enrolments.get(enrolment_id)
    run = unit.enrolments.step(enrolment_id, step_key) if enrolment else None
    journey = builtin().get(enrolment.journey) if enrolment else None
    step = journey.step(step_key) if journey else None
    newcomer = unit.people.get(enrolment.person_id) if enrolment else None
    if enrolment is None or run is None or step is None or newcomer is None:
        return None
    return Place(enrolment, run, step, newcomer)


def places(unit: Unit, enrolment: Enrolment) -> list[Place]:
    """Return all steps of an enrolment in the order of the journey."""
    journey, newcomer = builtin().get(enrolment.journey), unit.people.get(enrolment.person_id)
    if journey is None or newcomer is None:
        return []
    runs = {run.step: run for run in unit.enrolments.steps(enrolment.id)}
    return [Place(enrolment, runs[step.key], step, newcomer) for step in journey.steps if step.key in runs]


def calendar_of(unit: Unit, person: Person) -> Calendar:
    """Return the working days and the clock that a person's steps go by."""
    zone = zone_of(person, unit.organisations.get().time_zone)
    return Calendar(zone, holidays(unit))


def holidays(unit: Unit) -> frozenset[date]:
    kept = unit.settings.get(HOLIDAYS) or ""
    return frozenset(date.fromisoformat(day) for day in kept.split(",") if day)


def keep_holidays(unit: Unit, days: frozenset[date]) -> None:
    """Let nobody's step fall on these days; plans that have not begun move with the next run of the job."""
    unit.settings.put(HOLIDAYS, ",".join(day.isoformat() for day in sorted(days)), unit.now)


# --- people -----------------------------------------------------------------------------------------------


def manager_of(unit: Unit, newcomer: Person, *, reached: bool = False) -> Person | None:
    """Return who leads a newcomer: the nearest who works here; with ``reached`` the nearest whom a message reaches."""
    on = max(unit.now.date(), newcomer.starts_on)
    numbers = managers(unit, newcomer, on)
    allowed = reachable(unit, numbers) if reached else frozenset(numbers)
    people = (unit.people.get(number) for number in numbers if number in allowed)
    return next((person for person in people if person and at_work(unit, person, unit.now.date())), None)


def process_owner(unit: Unit, newcomer: Person) -> Person | None:
    """Return whom a task goes to that stays open: the organisation's contact, else HR, else an owner."""
    return next(iter(contacts(unit, but=newcomer.id)), None)


def is_hr(unit: Unit, person: Person) -> bool:
    return Role.HR_ADMIN in unit.people.grants(person.id)


def follows(unit: Unit, person: Person, newcomer: Person) -> bool:
    """Say whether somebody may see a newcomer's tasks and signed answers: the manager named to them, and HR."""
    manager = manager_of(unit, newcomer)
    return is_hr(unit, person) or (manager is not None and manager.id == person.id)


def pick_buddy(unit: Unit, newcomer: Person, on: date) -> Person | None:
    """Return the colleague whom a newcomer may ask, by rule.

    Of those in the same department who can be reached, are past their own start and do not lead anybody there:
    the one with the fewest newcomers at present, then the longest-serving, then the lowest number.
    """
    placement = unit.placements.of(newcomer.id, on)
    if placement is None:
        return None
    leads = {head for heads in unit.placements.heads(on).values() for head in heads}
    busy = unit.enrolments.buddies()
    new = {enrolment.person_id for enrolment in unit.enrolments.active()}
    others = {newcomer.id, placement.manager_id, *leads, *new}
    colleagues = [each for each in unit.enrolments.colleagues(placement.path, on) if each.id not in others]
    reached = reachable(unit, [each.id for each in colleagues])
    ready = [each for each in colleagues if each.id in reached and at_work(unit, each, unit.now.date())]
    return min(ready, key=lambda each: (busy[each.id], each.starts_on, each.id), default=None)


def buddy_of(unit: Unit, enrolment: Enrolment) -> Person | None:
    """Return the newcomer's buddy, if there is one who still works here and can be reached."""
    buddy = unit.people.get(enrolment.buddy_id) if enrolment.buddy_id is not None else None
    if buddy is None or not at_work(unit, buddy, unit.now.date()):
        return None
    return buddy if buddy.id in reachable(unit, [buddy.id]) else None


def buddy_key(enrolment: Enrolment) -> str:
    """Return under which key a buddy is told who comes: once for each buddy and first day."""
    return f"journey:{enrolment.id}:{BUDDY}:{enrolment.anchor.isoformat()}:{enrolment.buddy_id}"


def willing(unit: Unit, person: Person) -> bool:
    """Say whether somebody wants to be asked questions: has not opted out and does not pause."""
    paused = person.paused_until is not None and person.paused_until > unit.now
    return not person.opted_out and not paused
