"""What lies ahead: the instants at which something falls due, so that a move of the clock misses none of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.store.tables import Survey, Wave
from bot.store.unit import Unit
from surveys.cadence import instant, next_occurrence, zone_named
from surveys.loader import builtin

LONGEST_STEP = timedelta(days=1)
"""A move stops at least once a day, so that nothing which no row announces is missed either."""
LAST_MINUTE = timedelta(minutes=1)
"""Before a close there is a stop at which simulated people still answer."""
RESULTS_AT = time(10)
"""When the result of a wave is sent, on the wall clock of each person."""


@dataclass(frozen=True, slots=True, order=True)
class Stop:
    """An instant (UTC), and what falls due at it in a few words."""

    at: datetime
    about: str = ""


def next_stop(unit: Unit) -> Stop:
    """Return the next instant at which something falls due, a day ahead at the latest."""
    stops = [Stop(unit.now + LONGEST_STEP), *_waves(unit), *_steps(unit)]
    due = unit.outbox.next_due()
    if due is not None:
        stops.append(Stop(due, "messages are due"))
    ahead = [stop for stop in stops if stop.at > unit.now]
    first = min(stop.at for stop in ahead)
    return next(
        stop for stop in sorted(ahead, key=lambda stop: (stop.at, not stop.about)) if stop.at == first
    )


def told(at: datetime, about: str) -> str:
    """Say where the clock stands, in UTC, and what happens there."""
    when = f"{at:%a} {at.day} {at:%b}, {at:%H:%M} UTC"
    return f"{when}: {about}" if about else when


def ahead(unit: Unit) -> list[Stop]:
    """Return the instants worth going to: the close, the results, the next pulse; nearest first."""
    return sorted(stop for survey in _asking(unit) for stop in _worth_it(unit, survey) if stop.at > unit.now)


def _worth_it(unit: Unit, survey: Survey) -> Iterator[Stop]:
    zone = zone_named(unit.organisations.get().time_zone)
    for wave in unit.waves.recent(1, survey.id):
        yield Stop(wave.closes_at, "Pulse closes")
        yield Stop(instant(wave.results_on, RESULTS_AT, zone), "Results are sent")
    cadence = builtin()[survey.key].cadence
    yield Stop(next_occurrence(cadence, survey.first_on, zone, unit.now).at, "Next pulse opens")


def _asking(unit: Unit) -> list[Survey]:
    return [survey for survey in unit.surveys.active() if builtin()[survey.key].invites]


def _waves(unit: Unit) -> Iterator[Stop]:
    for wave in unit.waves.in_state("opening", "open"):
        yield from _ends(wave)
    home = unit.organisations.get().time_zone
    zones = {home, *unit.people.zones()}
    for survey in unit.surveys.active():
        instrument = builtin()[survey.key]
        about = f"“{instrument.title_in('en')}” opens"
        for zone in zones:
            yield Stop(
                next_occurrence(instrument.cadence, _first(survey), zone_named(zone), unit.now).at, about
            )


def _ends(wave: Wave) -> Iterator[Stop]:
    yield Stop(wave.closes_at - LAST_MINUTE, "last answers come in")
    yield Stop(wave.closes_at, "a survey closes, its key is destroyed")


def _first(survey: Survey) -> date:
    """Let a standing survey count from the month in which it was set up."""
    return survey.first_on if builtin()[survey.key].invites else survey.first_on.replace(day=1)


def _steps(unit: Unit) -> Iterator[Stop]:
    for enrolment in unit.enrolments.active():
        for run in unit.enrolments.steps(enrolment.id):
            if run.state == "due":
                yield Stop(run.due_at, "a step of a first week is due")
            if run.state == "sent" and run.nudge_at is not None:
                yield Stop(run.nudge_at, "a step of a first week is asked about")
