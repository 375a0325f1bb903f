"""Behind the curtain: what the rows really hold about one person, the messages, the wave and the gate, in words."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from adapters.demo.horizon import ahead
from adapters.demo.personas import today_of
from bot.cases.context import locale_of, zone_name
from bot.store.tables import Person, Reading, Wave
from bot.store.unit import Unit
from surveys.anonymity import Count
from surveys.anonymity.cells import ORGANISATION
from surveys.cadence import zone_named
from surveys.loader import builtin

SURVEY = "pulse"
LIVE = ("opening", "open")
LOCK = (
    "While a survey is open, answers lie sealed under a key outside the database. At close they are shuffled, the key "
    "is destroyed, and nobody can link them again."
)
DELIVERIES: Mapping[str, str] = {
    "pending": "waiting for their time",
    "sending": "on their way",
    "sent": "sent",
    "retry": "tried again later",
    "uncertain": "uncertain",
    "dead": "could not be delivered",
    "expired": "ended (reminders always end here)",
    "cancelled": "not needed any more",
}
FORMS: Mapping[str, str] = {"shown": "shown", "band": "shown as a band, not as a figure"}
WITHHELD = "withheld, to protect people"


@dataclass(frozen=True, slots=True)
class Behind:
    """What lies behind one person's conversation: rows of label and value, and instants worth going to."""

    stored: tuple[tuple[str, str], ...]
    deliveries: tuple[tuple[str, str], ...]
    wave: tuple[tuple[str, str], ...]
    gate: tuple[tuple[str, str], ...]
    lock: str
    moves: tuple[tuple[str, datetime], ...]
    hint: str


def behind(unit: Unit, external: str) -> Behind:
    """Return what lies behind a person; nothing in it was read from an answer."""
    person = unit.people.by_external(external)
    if person is None:
        raise ValueError("There is nobody with this id.")
    wave, counts = _latest(unit), unit.outbox.counts()
    return Behind(
        stored=tuple(_stored(unit, person)),
        deliveries=tuple((said, str(counts.get(state, 0))) for state, said in DELIVERIES.items()),
        wave=tuple(_wave(unit, wave)) if wave else (("Surveys so far", "none"),),
        gate=tuple(_gate(unit, wave)) if wave else (),
        lock=LOCK,
        moves=tuple((stop.about, stop.at) for stop in ahead(unit)),
        hint=_hint(unit, person),
    )


def _stored(unit: Unit, person: Person) -> Iterator[tuple[str, str]]:
    placement = unit.placements.of(person.id, today_of(unit))
    yield "Name, e-mail, start date", "from HR's file"
    yield "Department", placement.path if placement else "none"
    yield "Language, time zone", f"{locale_of(person, 'the company’s')}, {zone_name(person, 'the company’s')}"
    yield "Surveys", _willing(unit, person)
    yield "Open surveys that ask this person", str(len(_asking(unit, person)))
    yield "Whether they answered", "kept nowhere; a sealed sheet is found only with the survey's key"
    yield "Answers of closed surveys", "cannot be linked to anybody any more"
    yield "First-week steps", _steps(unit, person)
    yield "Messages to this person", str(len(unit.outbox.of_person(person.id, limit=1000)))


def _asking(unit: Unit, person: Person) -> list[Wave]:
    """Return the open waves that ask this person; one can speak up at any time, and nobody is asked to."""
    return [
        wave
        for wave in unit.waves.in_state(*LIVE)
        if builtin()[unit.surveys.get(wave.survey_id).key].invites
        and unit.waves.invitation(wave.id, person.id) is not None
    ]


def _willing(unit: Unit, person: Person) -> str:
    if person.opted_out:
        return "turned off"
    paused = person.paused_until is not None and person.paused_until > unit.now
    return f"paused until {person.paused_until:%d %b}" if paused else "on"


def _steps(unit: Unit, person: Person) -> str:
    runs = [run for one in unit.enrolments.of_person(person.id) for run in unit.enrolments.steps(one.id)]
    done = sum(run.state in ("done", "skipped") for run in runs)
    return f"{done} of {len(runs)} done" if runs else "none"


def _latest(unit: Unit) -> Wave | None:
    survey = unit.surveys.by_key(SURVEY)
    return next(iter(unit.waves.recent(1, survey.id)), None) if survey else None


def _wave(unit: Unit, wave: Wave) -> Iterator[tuple[str, str]]:
    home = zone_named(unit.organisations.get().time_zone)
    yield "Opened", f"{wave.local_date:%a %d %b}, 09:00 where each person is"
    yield "State", wave.state
    yield "Asked", str(wave.asked)
    yield "Closes", f"{wave.closes_at.astimezone(home):%a %d %b, %H:%M}"
    yield "Results for everybody", f"{wave.results_on:%a %d %b}"
    for reading in unit.readings.of_wave(wave.id, ORGANISATION):
        if reading.metric == "response_rate" and reading.state != "withheld":
            yield "Answered", _turnout(reading)


def _turnout(reading: Reading) -> str:
    """Say how many answered as far as it may be said."""
    if reading.value is not None:
        return f"about {reading.value:.0%}"
    if reading.band == Count.NEARLY_ALL:
        return f"nearly all of {reading.asked}"
    low, high = (round((bound or 0.0) * (reading.asked or 0)) for bound in (reading.low, reading.high))
    return f"{low} to {high} of {reading.asked}"


def _gate(unit: Unit, wave: Wave) -> Iterator[tuple[str, str]]:
    """Say per department what is shown; before the close nothing is known, and nothing is said."""
    if wave.state == "unreadable":
        yield "Nothing is shown", "the survey's key was lost, its answers cannot be read"
        return
    if wave.state != "released":
        yield (
            "Decided when the survey closes",
            f"shown from {wave.k_scores} answers on, comments from {wave.k_comments}",
        )
        return
    anchor = builtin()[SURVEY].anchor
    for reading in unit.readings.of_wave(wave.id):
        if anchor is not None and reading.item == anchor.key:
            yield reading.path or "Whole company", _fate(reading)


def _fate(reading: Reading) -> str:
    return FORMS.get(reading.state, WITHHELD)


def _hint(unit: Unit, person: Person) -> str:
    """Say what to do where no survey waits for this person."""
    if _asking(unit, person):
        return ""
    home = zone_named(unit.organisations.get().time_zone)
    opens = next((stop.at for stop in ahead(unit) if stop.about == "Next pulse opens"), None)
    first = person.name.split()[0]
    if opens is None:
        return f"No pulse is open for {first}."
    at = opens.astimezone(home)
    return f"No pulse is open for {first}. Move the clock to {at:%A}, {at.day} {at:%B}, {at:%H:%M}."
