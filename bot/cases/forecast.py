"""What comes next of a survey: when it opens and closes, whom it asks, how long sending takes at the platform's pace."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.cases import waves
from bot.cases.context import Caller
from bot.cases.guards import introduced, quiet_hours, zone_of
from bot.store.tables import Person, Survey, Wave
from bot.store.unit import Store, Unit
from bot.store.waves import LIVE
from bot.talk.cards import Fact
from surveys.budget import next_allowed
from surveys.cadence import Window, dates, instant, window, zone_named
from surveys.loader import builtin

PACE = "platform.pace:"
INVITATION = "wave.invite"


@dataclass(frozen=True, slots=True)
class Coming:
    """The wave that opens next: the local date that names it, and its window on the organisation's clock."""

    day: date
    window: Window


@dataclass(frozen=True, slots=True)
class Mailing:
    """What sending the invitations of a wave takes, first contacts that must go before them included."""

    people: int
    minutes: int | None
    """How long the platform is busy with it; None: nobody said how fast it is."""
    first: datetime | None = None
    """When the first of them is due (UTC), each in their own morning and outside their quiet hours."""
    last: datetime | None = None
    """When the last of them has gone out, as far as can be foreseen."""


@dataclass(frozen=True, slots=True)
class Envelope:
    due: datetime
    workspace: int
    messages: int


# --- when -------------------------------------------------------------------------------------------------


def coming(unit: Unit, survey: Survey) -> Coming | None:
    """Return the next wave that is not open yet; None: the survey asks nobody and is open all the time."""
    instrument = builtin()[survey.key]
    if not instrument.invites:
        return None
    zone = zone_named(unit.organisations.get().time_zone)
    for day in dates(instrument.cadence, survey.first_on):
        span = window(instrument.cadence, instrument.open_for, day, zone)
        if span.closes > unit.now and unit.waves.on(survey.id, day) is None:
            return Coming(day, span)
    raise AssertionError("a rhythm never ends")


def opening(caller: Caller, survey: Survey) -> str:
    """Say when the next wave opens, on everybody's own clock, and when it closes, on the reader's."""
    w, ahead = caller.words, coming(caller.unit, survey)
    if ahead is None:
        begins = survey.first_on.replace(day=1)
        later = begins > caller.unit.now.date()
        return w("surveys.opens_standing_later", day=begins) if later else w("surveys.opens_standing")
    closes = w.moment(ahead.window.closes)
    if ahead.window.opens <= caller.unit.now:
        return w("surveys.opens_now", closes=closes)
    return w("surveys.opens", opens=w.moment(_morning(caller, survey, ahead)), closes=closes)


def following(caller: Caller, survey: Survey) -> str:
    """Say when the wave after the present one opens; nothing for a survey that is always open."""
    ahead = coming(caller.unit, survey)
    return "" if ahead is None else caller.words.moment(_morning(caller, survey, ahead))


def _morning(caller: Caller, survey: Survey, ahead: Coming) -> datetime:
    """Return the instant that the reader's clock calls by the time at which everybody is asked on theirs."""
    zone = zone_of(caller.person, caller.organisation.time_zone)
    return instant(ahead.day, builtin()[survey.key].opens.at, zone)


# --- how many, and how long -------------------------------------------------------------------------------


def announce(store: Store, paces: Mapping[str, float | None]) -> None:
    """Remember how many messages a minute each platform takes in one workspace; None: as many as there are."""

    def keep(unit: Unit) -> None:
        for platform, pace in paces.items():
            unit.settings.put(f"{PACE}{platform}", "" if pace is None else f"{pace:g}", unit.now)

    for organisation in store.organisations():
        store.write(keep, organisation)


def mailing(unit: Unit, survey: Survey, ahead: Coming, *, testers_only: bool) -> Mailing:
    """Foresee the invitations of a wave, from who works here, is reachable and willing as things stand now."""
    people = waves.askable(
        unit, unit.people.employed(ahead.day), ahead.day, max(unit.now, ahead.window.opens)
    )
    placed, testers = unit.placements.departments(ahead.day), unit.people.testers()
    asked = [p for p in people if p.id in placed and (not testers_only or p.id in testers)]
    homes = unit.outbox.homes([person.id for person in asked])
    envelopes = [_envelope(unit, survey, ahead, person, homes[person.id]) for person in asked]
    return sent_out(envelopes, _paces(unit))


def _envelope(unit: Unit, survey: Survey, ahead: Coming, person: Person, workspace: int) -> Envelope:
    zone = zone_of(person, unit.organisations.get().time_zone)
    morning = instant(ahead.day, builtin()[survey.key].opens.at, zone)
    due = next_allowed(max(morning, unit.now), zone, quiet_hours(person))
    return Envelope(due, workspace, 1 if introduced(person) else 2)


def sent_out(envelopes: list[Envelope], paces: Mapping[int, float | None]) -> Mailing:
    """Let each workspace take one message after the other at its pace, none before it is due."""
    if not envelopes:
        return Mailing(0, 0)
    free: dict[int, datetime] = {}
    busy: dict[int, float] = {}
    for envelope in sorted(envelopes, key=lambda each: each.due):
        pace = paces.get(envelope.workspace)
        minutes = envelope.messages / pace if pace else 0.0
        begins = max(envelope.due, free.get(envelope.workspace, envelope.due))
        free[envelope.workspace] = begins + timedelta(minutes=minutes)
        busy[envelope.workspace] = busy.get(envelope.workspace, 0.0) + minutes
    known = all(paces.get(workspace) for workspace in busy)
    minutes_needed = max(1, math.ceil(max(busy.values()))) if known else None
    return Mailing(len(envelopes), minutes_needed, min(each.due for each in envelopes), max(free.values()))


def _paces(unit: Unit) -> dict[int, float | None]:
    return {workspace.id: _pace(unit, workspace.platform) for workspace in unit.workspaces.active()}


def _pace(unit: Unit, platform: str) -> float | None:
    said = unit.settings.get(f"{PACE}{platform}")
    return float(said) if said else None


def mailing_fact(caller: Caller, survey: Survey, *, testers_only: bool) -> Fact | None:
    """Say how many people the next wave asks, how long sending takes, and at which times; None: it asks nobody."""
    w, ahead = caller.words, coming(caller.unit, survey)
    if ahead is None:
        return None
    found = mailing(caller.unit, survey, ahead, testers_only=testers_only)
    if found.first is None or found.last is None:
        return Fact(w("forecast.asked"), w("forecast.nobody"))
    who = w("forecast.people", n=found.people, hour=w.hour(_morning(caller, survey, ahead)))
    takes = [] if found.minutes is None else [w("forecast.minutes", n=found.minutes)]
    begins, ends = w.moment(found.first), w.moment(found.last)
    span = w("forecast.at", begins=begins) if begins == ends else w("forecast.span", begins=begins, ends=ends)
    return Fact(w("forecast.asked"), who, " ".join([*takes, span]))


# --- how far ----------------------------------------------------------------------------------------------


def progress(caller: Caller) -> Iterator[Fact]:
    """Say how far the invitations of each open wave are out, while some are still to be sent."""
    w, unit = caller.words, caller.unit
    for wave in unit.waves.in_state(*LIVE):
        sent, waiting, last_due = unit.outbox.progress(INVITATION, str(wave.id))
        if waiting and last_due is not None:
            title = builtin()[unit.surveys.get(wave.survey_id).key].title_in(w.language)
            value = w("forecast.sent", sent=sent, all=sent + waiting)
            yield Fact(title, value, _rest(caller, wave, waiting, last_due))


def _rest(caller: Caller, wave: Wave, waiting: int, last_due: datetime) -> str:
    paces = [pace for pace in _paces(caller.unit).values() if pace]
    left = timedelta(minutes=waiting / min(paces)) if paces else timedelta()
    until = min(max(last_due, caller.unit.now + left), wave.closes_at)
    return caller.words("forecast.rest", ends=caller.words.moment(until))


def under_way(unit: Unit) -> bool:
    """Say whether invitations of an open wave are still to be sent."""
    return any(unit.outbox.progress(INVITATION, str(wave.id))[1] for wave in unit.waves.in_state(*LIVE))
