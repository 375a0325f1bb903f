"""Whether a message may go to a person now: one guard per rule, asked in order at the moment of sending."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from bot.cases.context import zone_name
from bot.cases.purposes import DISCLOSURE_VERSION, PURPOSES, Purpose
from bot.store.recipients import PastContact
from bot.store.states import State
from bot.store.tables import Person
from surveys.budget import DEFAULT_QUIET, Allowed, Contact, Never, Wait, may_contact, next_allowed
from surveys.cadence import zone_named
from surveys.errors import UnknownZone

SOONEST = timedelta(minutes=1)
"""How long a survey waits, at least, for the first contact that must be sent before it."""


@dataclass(frozen=True, slots=True)
class Skip:
    """The message is not sent, now or ever; ``why`` names the guard."""

    state: State
    why: str


@dataclass(frozen=True, slots=True)
class Later:
    """The message may be sent from ``until`` (UTC) at the earliest; ask again then."""

    until: datetime
    wants_first_contact: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the guards know about one message and its recipient."""

    now: datetime
    purpose: Purpose
    ref: str
    expires_at: datetime | None
    person: Person
    zone: ZoneInfo
    last_day: date | None
    """The last day at work, from the person's record or a separation."""
    reachable: bool
    """There is an active account in the message's workspace."""
    rehearsal: bool
    tester: bool
    first_contact: datetime | None
    """Since when the first contact has been waiting to be sent; None: none is waiting."""
    history: Sequence[Contact]
    journeys: Sequence[date]

    @property
    def today(self) -> date:
        return self.now.astimezone(self.zone).date()


Guard = Callable[[Facts], Skip | Later | None]


def in_time(facts: Facts) -> Skip | None:
    """Refuse what has expired by now."""
    late = facts.expires_at is not None and facts.expires_at <= facts.now
    return Skip("expired", "too late") if late else None


def still_here(facts: Facts) -> Skip | None:
    """Refuse to write to who has left; people leave at the end of their last day, where they are."""
    gone = facts.last_day is not None and facts.last_day < facts.today
    if gone:
        return Skip("cancelled", "left")
    return None if facts.reachable else Skip("cancelled", "no account")


def rehearsed(facts: Facts) -> Skip | None:
    """Until the organisation goes live, let nothing through but to the named testers, to who just asked, and about roles."""
    let = facts.tester or facts.purpose.asked or facts.purpose.always
    return Skip("cancelled", "rehearsal") if facts.rehearsal and not let else None


def willing(facts: Facts) -> Skip | None:
    """Respect who opted out of surveys or paused them."""
    if facts.purpose.kind != "survey":
        return None
    paused = facts.person.paused_until is not None and facts.person.paused_until > facts.now
    return Skip("cancelled", "opted out") if facts.person.opted_out or paused else None


def introduced(person: Person) -> bool:
    """Whether somebody was told, in the version that holds, who we are and what happens to answers."""
    return person.disclosed_at is not None and person.disclosure_version >= DISCLOSURE_VERSION


def told_first(facts: Facts) -> Later | None:
    """Let a survey wait until the first contact with its disclosure was sent.

    The survey asks again after as long as the first contact has been waiting already, so that a slow
    platform is not asked every minute on behalf of everybody.
    """
    if facts.purpose.kind != "survey" or introduced(facts.person):
        return None
    waiting = facts.first_contact
    waited = max(SOONEST, facts.now - waiting) if waiting is not None else SOONEST
    return Later(facts.now + waited, wants_first_contact=waiting is None)


def awake(facts: Facts) -> Later | None:
    """Let what we begin wait for the end of the person's quiet hours."""
    if not facts.purpose.quiet:
        return None
    free = next_allowed(facts.now, facts.zone, quiet_hours(facts.person))
    return Later(free) if free > facts.now else None


def affordable(facts: Facts) -> Skip | Later | None:
    """Keep to one contact budget per person over all features."""
    kind = facts.purpose.budgeted
    if kind is None:
        return None
    verdict = may_contact(
        kind, facts.history, facts.now, zone=facts.zone, about=facts.ref, journeys=facts.journeys
    )
    match verdict:
        case Allowed():
            return None
        case Wait(until):
            return Later(until)
        case Never():
            return Skip("expired", "budget")
    assert_never(verdict)


GUARDS: tuple[Guard, ...] = (in_time, still_here, rehearsed, willing, told_first, awake, affordable)
"""None of them looks at whether the person answered: only the card's builder does, after all guards have agreed,
so that a reminder put off tells nothing."""


def judge(facts: Facts) -> Skip | Later | None:
    """Return the first guard's objection, or None if the message may be sent now.

    What would have to wait until it is of no use any more has expired already.
    """
    for guard in GUARDS:
        objection = guard(facts)
        if (
            isinstance(objection, Later)
            and facts.expires_at is not None
            and objection.until >= facts.expires_at
        ):
            return Skip("expired", "no room before its end")
        if objection is not None:
            return objection
    return None


def counted(past: PastContact) -> Contact | None:
    """Return a past message as the contact budget counts it; None where it is not counted."""
    kind = PURPOSES[past.purpose].budgeted
    return Contact(kind, past.at, past.ref) if kind else None


def quiet_hours(person: Person) -> tuple[time, time]:
    """Return a person's quiet hours: their own, else the usual ones; equal times mean none."""
    if person.quiet_from is None or person.quiet_until is None:
        return DEFAULT_QUIET
    return person.quiet_from, person.quiet_until


def zone_of(person: Person, default: str) -> ZoneInfo:
    """Return the person's time zone, else the organisation's, else UTC."""
    for name in filter(None, (zone_name(person, default), default)):
        with suppress(UnknownZone):
            return zone_named(name)
    return zone_named("UTC")
