"""Waves: opened once per survey and local date, everybody asked once, reminded once at the most."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from zoneinfo import ZoneInfo

from bot.cases import answers, sheets
from bot.cases.context import CardBuilder, Recipient
from bot.cases.guards import zone_of
from bot.errors import Refused
from bot.store.outbox import Message
from bot.store.tables import Delivery, Invitation, Organisation, Person, Survey, Wave
from bot.store.unit import Store, Unit
from bot.store.waves import LIVE
from bot.talk.cards import Card
from surveys.anonymity.cells import place
from surveys.cadence import Window, dates, instant, window, zone_named
from surveys.loader import builtin
from surveys.questions import to_dict
from surveys.rotation import REST, assign
from surveys.survey import Survey as Instrument

CHUNK = 100
"""Rows per unit, so that a large wave never keeps answers waiting."""

SETTLING = timedelta(days=7)
"""Nobody is surveyed in the first week at work."""

REMIND_AFTER = timedelta(days=3)
REMINDED_AT_THE_EARLIEST = timedelta(days=1)
"""After the invitation: in a wave that opened late, nobody gets both on one day."""


@dataclass(frozen=True, slots=True)
class Due:
    """A wave that should be open now: the survey, its local date and its window."""

    survey_id: int
    local_date: date
    window: Window


@dataclass(frozen=True, slots=True)
class Ask:
    """One invitation to be made: whom, what, in which cell, and from when."""

    person_id: int
    items: tuple[str, ...]
    cell: str
    due_at: datetime
    remind_at: datetime | None
    """None: the wave opened so late that a reminder would come on the heels of the invitation."""


def open_due(store: Store) -> int:
    """Open every wave whose time has come, in small units, and say how many were opened.

    A wave missed in an outage is opened late if its window is still open, and left out if not. A crash in
    the middle leaves the wave *opening*; the next run goes on where it stopped.
    """
    opened = 0
    for organisation in store.organisations():
        for due in store.read(_due, organisation):
            opened += _open(store, organisation, due)
    return opened


def _due(unit: Unit) -> list[Due]:
    organisation = unit.organisations.get()
    found = (_window_now(unit, organisation, survey) for survey in unit.surveys.active())
    return [due for due in found if due is not None and _unfinished(unit, due)]


def _window_now(unit: Unit, organisation: Organisation, survey: Survey) -> Due | None:
    instrument = builtin()[survey.key]
    zone = zone_named(organisation.time_zone)
    today = max(unit.now.astimezone(each).date() for each in _zones(unit, zone))
    past = takewhile(lambda day: day <= today, dates(instrument.cadence, _first_date(instrument, survey)))
    latest = max(past, default=None)
    if latest is None:
        return None
    span = window(instrument.cadence, instrument.open_for, latest, zone)
    opens = min(instant(latest, instrument.cadence.opens.at, each) for each in _zones(unit, zone))
    return Due(survey.id, latest, Window(opens, span.closes)) if opens <= unit.now < span.closes else None


def _zones(unit: Unit, home: ZoneInfo) -> list[ZoneInfo]:
    """Return the zones people live in: a wave opens when its morning has come for the first of them."""
    return [home, *(zone_named(name) for name in unit.people.zones())]


def _first_date(instrument: Instrument, survey: Survey) -> date:
    """Let a standing survey count from the month in which it was set up."""
    return survey.first_on if instrument.invites else survey.first_on.replace(day=1)


def _unfinished(unit: Unit, due: Due) -> bool:
    wave = unit.waves.on(due.survey_id, due.local_date)
    if wave is None:
        return unit.people.get(unit.surveys.get(due.survey_id).owner_id) is not None
    if wave.state == "opening":
        return True
    standing = not builtin()[unit.surveys.get(due.survey_id).key].invites
    return standing and wave.state == "open" and _has_newcomers(unit, wave)


def _open(store: Store, organisation: int, due: Due) -> int:
    wave_id, fresh = store.write(lambda unit: _launch(unit, due), organisation)
    asks = store.read(lambda unit: _plan(unit, wave_id), organisation)
    for start in range(0, len(asks), CHUNK):
        chunk = asks[start : start + CHUNK]
        store.write(lambda unit, chunk=chunk: _invite(unit, wave_id, chunk), organisation)  # type: ignore[misc]  # mypy can't infer a lambda with a default
    store.write(lambda unit: _ready(unit, wave_id), organisation)
    return int(fresh)


def _launch(unit: Unit, due: Due) -> tuple[int, bool]:
    """Make the wave with everything that is frozen at launch; nothing about it changes afterwards."""
    known = unit.waves.on(due.survey_id, due.local_date)
    if known is not None:
        return known.id, False
    organisation, survey = unit.organisations.get(), unit.surveys.get(due.survey_id)
    instrument = builtin()[survey.key]
    wave_id = unit.number("wave")
    answers.seal(unit, wave_id)
    closes = due.window.closes.astimezone(zone_named(organisation.time_zone)).date()
    owner = unit.people.get(survey.owner_id)
    unit.waves.add(
        Wave(
            organisation_id=unit.organisation_id,
            id=wave_id,
            survey_id=survey.id,
            local_date=due.local_date,
            state="opening",
            opens_at=due.window.opens,
            closes_at=due.window.closes,
            results_on=closes + timedelta(days=survey.results_days),
            k_scores=organisation.k_scores,
            k_comments=organisation.k_comments,
            mode=instrument.mode,
            blind_reminders=organisation.blind_reminders,
            sentiment=organisation.sentiment,
            themes=organisation.themes,
            owner=owner.name if owner else "",
            title=dict(instrument.title),
            questions=[to_dict(question) for question in instrument.questions],
        )
    )
    unit.audit.record(unit.now, "system", "wave.opened", f"wave:{wave_id}", {"k": organisation.k_scores})
    return wave_id, True


def _has_newcomers(unit: Unit, wave: Wave) -> bool:
    """Say whether somebody can be asked only now, and had a department on the wave's date to be counted in."""
    people = _not_yet_asked(unit, wave)
    return bool(people) and not unit.placements.departments(wave.local_date).keys().isdisjoint(
        person.id for person in people
    )


def _not_yet_asked(unit: Unit, wave: Wave) -> list[Person]:
    """Return who can still be asked; in rehearsal the testers only."""
    organisation = unit.organisations.get()
    today = unit.now.astimezone(zone_named(organisation.time_zone)).date()
    people, testers = (
        askable(unit, unit.people.uninvited(wave.id, today), today, unit.now),
        unit.people.testers(),
    )
    return [person for person in people if not organisation.rehearsal or person.id in testers]


def askable(unit: Unit, people: Iterable[Person], on: date, at: datetime) -> list[Person]:
    """Return who of some people can be asked: at work for a week, reachable where we are connected, not paused."""
    reachable = unit.accounts.connected()
    return [
        person
        for person in people
        if person.id in reachable
        and person.starts_on + SETTLING <= on
        and not person.opted_out
        and (person.paused_until is None or person.paused_until <= at)
    ]


def _plan(unit: Unit, wave_id: int) -> list[Ask]:
    """Say for everyone who is still to be asked: which questions, which cell, from when."""
    wave = _existing(unit, wave_id)
    survey = unit.surveys.get(wave.survey_id)
    instrument = builtin()[survey.key]
    people = _not_yet_asked(unit, wave)
    cells = _cells(unit, wave, people)
    items = _items(unit, wave, instrument, [person.id for person in people])
    home = unit.organisations.get().time_zone
    return [
        Ask(
            person.id,
            items[person.id],
            cells[person.id],
            due := _local(wave.local_date, instrument.opens.at, person, home),
            _reminder(unit, due, _local(wave.local_date + REMIND_AFTER, instrument.opens.at, person, home)),
        )
        for person in people
        if person.id in cells
    ]


def _reminder(unit: Unit, due: datetime, at: datetime) -> datetime | None:
    return at if at >= max(due, unit.now) + REMINDED_AT_THE_EARLIEST else None


def _cells(unit: Unit, wave: Wave, people: Sequence[Person]) -> Mapping[int, str]:
    departments = unit.placements.departments(wave.local_date)
    everyone = {person.id: departments[person.id] for person in people if person.id in departments}
    return place(everyone, unit.placements.heads(wave.local_date), wave.k_scores)


def _items(
    unit: Unit, wave: Wave, instrument: Instrument, people: Sequence[int]
) -> Mapping[int, tuple[str, ...]]:
    bank = [question.key for question in instrument.rotating]
    since = wave.local_date - REST - timedelta(days=31)
    histories = unit.waves.item_histories(wave.survey_id, since, people, wave.local_date)
    drawn = assign(instrument.key, wave.local_date, bank, histories, instrument.rotating_per_wave)
    return {
        person: tuple(question.key for question in instrument.sheet(drawn.get(person, ())))
        for person in people
    }


def _local(day: date, at: time, person: Person, home: str) -> datetime:
    return instant(day, at, zone_of(person, home))


def _invite(unit: Unit, wave_id: int, asks: Sequence[Ask]) -> int:
    wave = _existing(unit, wave_id)
    unit.waves.invite(
        Invitation(
            organisation_id=unit.organisation_id,
            wave_id=wave_id,
            person_id=ask.person_id,
            cell=ask.cell,
            items=list(ask.items),
            due_at=max(ask.due_at, wave.opens_at),
        )
        for ask in asks
    )
    if not builtin()[unit.surveys.get(wave.survey_id).key].invites:
        return 0
    return unit.outbox.want_many(list(_messages(wave, asks)))


def _messages(wave: Wave, asks: Sequence[Ask]) -> Iterator[Message]:
    for ask in asks:
        key = f"wave:{wave.id}:invite:{ask.person_id}"
        yield Message(
            ask.person_id,
            key=key,
            purpose="wave.invite",
            ref=str(wave.id),
            due_at=max(ask.due_at, wave.opens_at),
            expires_at=wave.closes_at,
        )
        if ask.remind_at is not None and wave.opens_at < ask.remind_at < wave.closes_at:
            yield Message(
                ask.person_id,
                key=f"wave:{wave.id}:remind:{ask.person_id}",
                purpose="wave.remind",
                ref=str(wave.id),
                due_at=ask.remind_at,
                expires_at=wave.closes_at,
            )


def _ready(unit: Unit, wave_id: int) -> None:
    wave = _existing(unit, wave_id)
    wave.asked = unit.waves.count_invited(wave_id)
    wave.state = "open"


def _existing(unit: Unit, wave_id: int) -> Wave:
    wave = unit.waves.get(wave_id)
    if wave is None:
        raise LookupError(f"wave {wave_id}")
    return wave


# --- what is sent -----------------------------------------------------------------------------------------


def invitation_card(to: Recipient, delivery: Delivery) -> Card | None:
    """Return the request, unless the wave takes no answers any more or the person has said "not this time"."""
    wave = to.unit.fieldings.find(int(delivery.ref))
    if wave is None or wave.state not in LIVE or wave.closes_at <= to.unit.now:
        return None
    return sheets.request(to, wave, answers.questions_for(to.unit, wave, to.person.id))


def reminder_card(to: Recipient, delivery: Delivery) -> Card | None:
    """Return the reminder, unless it was declined, or, where reminders are targeted, not needed."""
    wave = to.unit.fieldings.find(int(delivery.ref))
    if wave is None or wave.state not in LIVE or wave.closes_at <= to.unit.now:
        return None
    invitation = to.unit.waves.invitation(wave.id, to.person.id)
    if invitation is None or invitation.no_reminder:
        return None
    if not wave.blind_reminders and answers.has_answered(to.unit, wave.id, to.person.id):
        return None
    return sheets.reminder(to, wave)


CARDS: Mapping[str, CardBuilder] = {"wave.invite": invitation_card, "wave.remind": reminder_card}


# --- setting up -------------------------------------------------------------------------------------------


def set_up(unit: Unit, key: str, owner_id: int, first_on: date) -> Survey:
    """Put a built-in survey into use; raises ``Refused`` without a template, an owner at work, or twice."""
    if key not in builtin():
        raise Refused("refused.no_template", survey=key)
    if unit.surveys.by_key(key) is not None:
        raise Refused("refused.survey_in_use", survey=key)
    if unit.people.get(owner_id) is None:
        raise Refused("refused.no_owner", survey=key)
    survey = Survey(
        organisation_id=unit.organisation_id,
        id=unit.number("survey"),
        key=key,
        version=builtin()[key].version,
        owner_id=owner_id,
        first_on=first_on,
    )
    unit.surveys.add(survey)
    return survey
