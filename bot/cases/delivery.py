"""The single place that decides whether a message may be sent now, and what becomes of it afterwards."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from bot.cases import (
    care_routing,
    contact,
    escalation,
    onboarding,
    reports,
    results,
    roles,
    troubles,
    undelivered,
    upload_cards,
    waves,
)
from bot.cases.context import CardBuilder, Recipient, words_of
from bot.cases.guards import Facts, Later, Skip, counted, judge, zone_of
from bot.cases.purposes import BUDGETED, DISCLOSURE_VERSION, PURPOSES
from bot.store.outbox import Message
from bot.store.recipients import FIRST_CONTACT, PastContact
from bot.store.states import REMINDERS, Lease, Outcome, Ticket
from bot.store.tables import Delivery, Organisation, Person
from bot.store.unit import Unit
from bot.store.workspaces import Rate
from bot.talk.cards import Card
from bot.talk.marking import marked
from bot.talk.platform import Address, Receipt, Unknown
from surveys.budget import Contact

CARDS: Mapping[str, CardBuilder] = {
    **care_routing.CARDS,
    **contact.CARDS,
    **escalation.CARDS,
    **onboarding.CARDS,
    **reports.CARDS,
    **results.CARDS,
    **roles.CARDS,
    **upload_cards.CARDS,
    **waves.CARDS,
}
"""The builders of all case families, by purpose."""

MOST_TRIES = 3
"""How often a first contact that ended unsent is wanted anew."""


@dataclass(frozen=True, slots=True)
class Send:
    """A message that may go out now."""

    ticket: Ticket
    address: Address
    card: Card


@dataclass(frozen=True, slots=True)
class Hold:
    """A message that may not go out now, or never."""

    ticket: Ticket
    verdict: Skip | Later


@dataclass(frozen=True, slots=True)
class Broken:
    """A message whose card could not be built, because of a mistake of ours."""

    ticket: Ticket
    error: Exception


Decision = Send | Hold | Broken


@dataclass(frozen=True, slots=True)
class Shut:
    """The workspace did not let us in: the platform's word for why, and when it said so by the real clock."""

    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Inquiry:
    """A message of which nobody can tell whether it arrived, and where to ask."""

    ticket: Ticket
    address: Address | None
    """None: the person has no account there any more, so nobody can be asked."""


@dataclass(frozen=True, slots=True)
class Background:
    """What is known about all recipients of a batch, each fact asked for once."""

    organisation: Organisation
    external: str
    platform: str
    people: Mapping[int, Person]
    users: Mapping[int, str]
    testers: Collection[int]
    last_days: Mapping[int, date]
    journeys: Mapping[int, Sequence[date]]
    first_contacts: Mapping[int, datetime]
    history: Mapping[int, list[Contact]]

    def facts(self, unit: Unit, row: Delivery) -> Facts:
        person = self.people[row.person_id]
        separated = self.last_days.get(person.id)
        earlier_time_here = separated is not None and separated < person.starts_on
        ends = (person.ends_on, None if earlier_time_here else separated)
        return Facts(
            now=unit.now,
            purpose=PURPOSES[row.purpose],
            ref=row.ref,
            expires_at=row.expires_at,
            person=person,
            zone=zone_of(person, self.organisation.time_zone),
            last_day=min((day for day in ends if day), default=None),
            reachable=person.id in self.users,
            rehearsal=self.organisation.rehearsal,
            tester=person.id in self.testers,
            first_contact=self.first_contacts.get(person.id),
            history=self.history[person.id],
            journeys=self.journeys.get(person.id, ()),
        )

    def address(self, row: Delivery) -> Address:
        return Address(self.platform, self.external, self.users[row.person_id], row.args.get("thread", ""))

    def recipient(self, unit: Unit, row: Delivery) -> Recipient:
        person = self.people[row.person_id]
        return Recipient(unit, person, words_of(self.organisation, person), self.organisation)


# --- before sending ---------------------------------------------------------------------------------------


def claim(unit: Unit, workspace_id: int, limit: int, lease: Lease, rate: Rate | None) -> list[Ticket]:
    """Take the due messages that the workspace's rate allows; from here on they are *sending*."""
    granted = unit.workspaces.take(workspace_id, limit, rate, lease.at)
    tickets = unit.outbox.claim(workspace_id, granted, unit.now, lease) if granted else []
    if rate is not None:
        unit.workspaces.give_back(workspace_id, granted - len(tickets))
    return tickets


def prepare(
    unit: Unit, workspace_id: int, lease: Lease, cards: Mapping[str, CardBuilder] = CARDS
) -> list[Decision]:
    """Decide about each message held under a lease, and build the cards of those that may go out; writes nothing."""
    rows = unit.outbox.claimed(lease)
    background = _background(unit, workspace_id, rows)
    return [_decide(unit, row, background, cards) for row in rows]


def _decide(unit: Unit, row: Delivery, background: Background, cards: Mapping[str, CardBuilder]) -> Decision:
    ticket = Ticket.of(row, "sending")
    try:
        verdict = judge(background.facts(unit, row))
        if verdict is not None:
            return Hold(ticket, verdict)
        card = _card(unit, row, background, cards)
    except Exception as error:  # noqa: BLE001 - one card that cannot be built must not hold back the others
        return Broken(ticket, error)
    if card is None:
        return Hold(ticket, Skip("cancelled", "not wanted any more"))
    _count(row, unit.now, background)
    return Send(ticket, background.address(row), card)


def _card(unit: Unit, row: Delivery, background: Background, cards: Mapping[str, CardBuilder]) -> Card | None:
    to = background.recipient(unit, row)
    card = cards[row.purpose](to, row)
    return None if card is None else marked(card, to.words, made_up=background.organisation.made_up)


def _count(row: Delivery, now: datetime, background: Background) -> None:
    """Let what goes out now weigh on the messages to the same person that follow in the batch."""
    contact = counted(PastContact(row.purpose, row.ref, now))
    if contact is not None:
        background.history[row.person_id].append(contact)


def _background(unit: Unit, workspace_id: int, rows: Sequence[Delivery]) -> Background:
    ids = {row.person_id for row in rows}
    known, workspace = unit.recipients, unit.workspaces.get(workspace_id)
    return Background(
        organisation=unit.organisations.get(),
        external=workspace.external,
        platform=workspace.platform,
        people=known.people(ids),
        users=known.users(workspace_id, ids),
        testers=known.testers(ids),
        last_days=known.last_days(ids),
        journeys=known.journey_starts(ids),
        first_contacts=known.first_contacts(ids),
        history=_history(unit, rows),
    )


def _history(unit: Unit, rows: Sequence[Delivery]) -> dict[int, list[Contact]]:
    past = unit.recipients.history(rows, BUDGETED, unit.now)
    history: dict[int, list[Contact]] = defaultdict(list)
    for person_id, contacts in past.items():
        history[person_id] = [found for found in map(counted, contacts) if found]
    return history


# --- after sending ----------------------------------------------------------------------------------------


def held(hold: Hold) -> Outcome:
    """Return what is written about a message that a guard objected to."""
    match hold.verdict:
        case Skip(state, why):
            return Outcome(hold.ticket, state, error=why, untried=True)
        case Later(until):
            return Outcome(hold.ticket, "pending", until=until, untried=True)


def record(
    unit: Unit,
    workspace_id: int,
    outcomes: Collection[Outcome],
    *,
    introduce: Iterable[int] = (),
    blocked_until: datetime | None = None,
    shut: Shut | None = None,
) -> int:
    """Write what became of claimed messages and what follows from it; return how many marks counted.

    ``introduce`` names the people to whom a first contact is owed before their survey; ``blocked_until`` says
    until when, by the real clock, the platform wants nothing more from this workspace; ``shut`` that it lets
    nothing in until somebody acts.
    """
    marked_rows = unit.outbox.mark(outcomes, unit.now)
    _shut_out(unit, workspace_id, outcomes)
    told = [
        outcome.ticket.person_id
        for outcome in outcomes
        if outcome.ticket.purpose == FIRST_CONTACT and outcome.state == "sent"
    ]
    if told:
        unit.recipients.disclosed(told, DISCLOSURE_VERSION, unit.now)
    introduce_to(unit, introduce)
    unit.workspaces.give_back(workspace_id, sum(outcome.untried for outcome in outcomes))
    if blocked_until is not None:
        unit.workspaces.block(workspace_id, blocked_until)
    if shut is not None:
        troubles.note(unit, workspace_id, shut.reason, shut.at)
    elif any(outcome.state == "sent" for outcome in outcomes):
        troubles.over(unit, workspace_id)
    return marked_rows


def _shut_out(unit: Unit, workspace_id: int, outcomes: Collection[Outcome]) -> None:
    """Take the accounts of those who let us write nothing any more for gone: their journeys and surveys wait or end.

    They are back as soon as they write to us or install the app. A reminder's refusal changes nothing, for it would
    tell who was reminded.
    """
    people = [
        outcome.ticket.person_id
        for outcome in outcomes
        if outcome.state == "dead"
        and outcome.error in undelivered.SHUT_OUT
        and outcome.ticket.purpose not in REMINDERS
    ]
    for user in unit.recipients.users(workspace_id, people).values() if people else ():
        unit.accounts.leave(workspace_id, user)


def introduce_to(unit: Unit, people: Iterable[int]) -> None:
    """Let people be told, once for each version, who we are and what happens to answers.

    One that ended unsent, because the app was removed meanwhile, stands in the way of no other one.
    """
    ids = list(people)
    rehearsal = unit.organisations.get().rehearsal
    before = unit.recipients.unheard(ids) if ids else {}
    unit.outbox.want_many(
        _first_contact(person, unit.now, before.get(person, 0), rehearsal=rehearsal) for person in ids
    )


def _first_contact(person_id: int, due_at: datetime, before: int, *, rehearsal: bool) -> Message:
    """Return the first contact of a person, after so many that ended unsent.

    In rehearsal it has a key of its own: it reaches testers only, and after going live everybody is owed one.
    """
    purpose, tries = PURPOSES[FIRST_CONTACT], min(before, MOST_TRIES)
    key = f"contact:{DISCLOSURE_VERSION}:{person_id}"
    return Message(
        person_id,
        key=key + (":rehearsal" if rehearsal else "") + (f":{tries}" if tries else ""),
        purpose=FIRST_CONTACT,
        ref=str(DISCLOSURE_VERSION),
        due_at=due_at,
        priority=purpose.priority,
        must_arrive=purpose.must_arrive,
    )


# --- when nobody can tell ---------------------------------------------------------------------------------


def inquire(unit: Unit, workspace_id: int, limit: int, lease: Lease) -> list[Inquiry]:
    """Take the uncertain messages about which the platform may be asked by now."""
    if not unit.outbox.claim_uncertain(workspace_id, limit, lease):
        return []
    rows = unit.outbox.claimed(lease)
    background = _background(unit, workspace_id, rows)
    return [
        Inquiry(
            Ticket.of(row, "uncertain"),
            background.address(row) if row.person_id in background.users else None,
        )
        for row in rows
    ]


def answered(ticket: Ticket, found: Receipt | Unknown | None, resends: int) -> Outcome:
    """Return what follows from the platform's answer to "did it arrive?".

    A message that must arrive is sent again where the platform cannot be asked, up to ``resends`` times.
    """
    match found:
        case Receipt():
            return Outcome(ticket, "sent", found)
        case None:
            return Outcome(ticket, "pending", error="did not arrive")
        case Unknown():
            again = ticket.must_arrive and ticket.attempts <= resends
            return Outcome(ticket, "pending" if again else "uncertain", error="nobody can tell")


# --- sweeps -----------------------------------------------------------------------------------------------


def expire(unit: Unit) -> int:
    """End what is of no use any more, wherever its workspace stands."""
    return unit.outbox.expire(unit.now)


def forget_events(unit: Unit) -> int:
    """Forget the events of more than a day ago."""
    return unit.inbox.forget_older()
