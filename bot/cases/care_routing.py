"""Passing on that somebody may want to talk: only for a reply under a name, by rule, and only as the question announced.

What goes along is a name: neither the words, nor what kind of sign they were. It never goes to anybody who leads
people or accompanies the author, so no manager's view can change by it. Without a rule, and for every anonymous reply,
nothing is passed on to anybody (`care.py`).
"""

from collections.abc import Collection, Mapping
from typing import Any

from analytics.text.triage import Sign, signs
from bot.cases import care
from bot.cases.context import Caller, CardBuilder, Recipient
from bot.cases.messages import say
from bot.cases.reach import at_work, available, managers
from bot.errors import Refused
from bot.store.tables import CareRouting, Delivery, Person
from bot.store.unit import Unit
from bot.talk.cards import Action, Button, Buttons, Card, Note, Text
from bot.talk.commands import Role
from bot.talk.inert import inert

LONGEST_HOURS = 80
PURPOSE = "care.request"


def set_rule(
    unit: Unit, actor: str, *, after: Collection[str], contact: str, stand_in: str = "", hours: str
) -> None:
    """Let it be passed on from now on, after these signs, to a person of HR, or to a stand-in; both by HR's own ids.

    Raises ``Refused`` for an unknown sign, without hours, and for anybody who is not of HR, leads people or is a buddy.
    """
    kinds = sorted(set(after))
    if not kinds or not set(kinds) <= set(Sign):
        raise Refused("refused.care.signs", signs=", ".join(Sign))
    shown = inert(hours, LONGEST_HOURS)
    if not shown:
        raise Refused("refused.care.hours")
    first = _fit(unit, contact)
    second = _fit(unit, stand_in) if stand_in else None
    if second is not None and second.id == first.id:
        raise Refused("refused.care.twice")
    row = CareRouting(
        organisation_id=unit.organisation_id,
        contact_id=first.id,
        stand_in_id=second.id if second else None,
        hours=shown,
        signs=kinds,
        since=unit.now,
    )
    unit.care.put(row)
    unit.audit.record(unit.now, actor, "care.rule", details=rule(unit))


def end_rule(unit: Unit, actor: str) -> None:
    """Let nothing be passed on any more."""
    if unit.care.drop():
        unit.audit.record(unit.now, actor, "care.rule", details={})


def rule(unit: Unit) -> dict[str, Any]:
    """Return the rule as it is written to the audit log; empty: nothing is passed on."""
    row = unit.care.get()
    if row is None:
        return {}
    stand_in = "" if row.stand_in_id is None else f"person:{row.stand_in_id}"
    return {"signs": row.signs, "contact": f"person:{row.contact_id}", "stand_in": stand_in}


def _fit(unit: Unit, external: str) -> Person:
    """Return a person of HR to whom it may be passed on, whoever writes."""
    person, today = unit.people.by_external(external), unit.now.date()
    if person is None or not at_work(unit, person, today):
        raise Refused("refused.care.nobody", person=external)
    if Role.HR_ADMIN not in unit.people.grants(person.id):
        raise Refused("refused.care.not_hr", person=person.name)
    if unit.placements.leads(person.id, today):
        raise Refused("refused.care.leads", person=person.name)
    if unit.enrolments.buddies()[person.id]:
        raise Refused("refused.care.buddy", person=person.name)
    return person


# --- to whom ----------------------------------------------------------------------------------------------


def recipient(unit: Unit, author: Person) -> Person | None:
    """Return who is told if this person's words sound like a wish for help; None: nobody."""
    return next(iter(_recipients(unit, author)), None)


def _recipients(unit: Unit, author: Person) -> list[Person]:
    """Return the contact and the stand-in, as far as they are still fit for it and for this author, and reachable.

    What was checked when the rule was set is checked again: people move.
    """
    row, today = unit.care.get(), unit.now.date()
    if row is None:
        return []
    numbers = [row.contact_id, *([] if row.stand_in_id is None else [row.stand_in_id])]
    close = set(managers(unit, author, max(today, author.starts_on)))
    close |= {enrolment.buddy_id for enrolment in unit.enrolments.of_person(author.id) if enrolment.buddy_id}
    hr, buddies = set(unit.people.granted(Role.HR_ADMIN)), unit.enrolments.buddies()
    fit = [
        number
        for number in numbers
        if number in hr
        and number not in close
        and not buddies[number]
        and not unit.placements.leads(number, today)
    ]
    return available(unit, fit, but=author.id)


# --- what the author sees ---------------------------------------------------------------------------------


def announcement(to: Recipient, told: Person | None) -> str:
    """Say before anybody writes who is told, of what, and that nobody reads along; empty: nobody is told."""
    row = to.unit.care.get()
    if told is None or row is None:
        return ""
    return to.words("care.announced", contact=told.name, hours=row.hours)


def beside(caller: Caller, text: str, *, announced: str) -> Card | None:
    """Return who can help if a reply under a name may be a sign that it is wanted, and pass it on if that was announced.

    Parameters
    ----------
    caller
        The author.
    text
        The reply; read in memory, and nothing that is found in it is kept.
    announced
        The number of the person whom the form named, as it came back; nobody else is told.
    """
    found = signs(text)
    if not found:
        return None
    return care.people(caller, _passed_on(caller, found, announced))


def _passed_on(caller: Caller, found: Collection[Sign], announced: str) -> Person | None:
    """Tell whom the form named, once for each author and day, and return who knows now."""
    unit, author, row = caller.unit, caller.person, caller.unit.care.get()
    told = next((one for one in _recipients(unit, author) if str(one.id) == announced), None)
    if row is None or told is None or not set(row.signs) & set(found):
        return None
    key = f"care:{author.id}:{unit.now.date()}"
    if say(unit, told.id, PURPOSE, key=key, ref=str(author.id)):
        unit.audit.record(unit.now, "system", "care.passed_on", f"person:{told.id}")
        return told
    before = unit.outbox.by_key(key)
    return unit.people.get(before.person_id) if before else None


# --- what the contact sees --------------------------------------------------------------------------------


def request_card(to: Recipient, delivery: Delivery) -> Card | None:
    """Tell the contact who may want to talk, and nothing else; None if they are not fit for it any more."""
    author = to.unit.people.get(int(delivery.ref))
    if author is None or to.person.id not in {one.id for one in _recipients(to.unit, author)}:
        return None
    w = to.words
    return Card(
        title=w("care.request.title"),
        elements=(
            Text(w("care.request.body", name=author.name), lead=True),
            Note(w("care.request.note")),
            Buttons(
                (
                    Button(w("button.why"), Action("why", delivery.purpose)),
                    Button(w("button.person"), Action("human.ask")),
                )
            ),
        ),
        fallback=w("care.request.fallback", organisation=to.organisation.name),
    )


CARDS: Mapping[str, CardBuilder] = {PURPOSE: request_card}


# --- what everybody may know ------------------------------------------------------------------------------


def described(to: Recipient) -> tuple[Text, ...]:
    """Say which rule holds, to HR; nothing where there is none."""
    row, w = to.unit.care.get(), to.words
    if row is None:
        return ()
    signs_in_words = w.join([w(f"care.sign.{sign}") for sign in row.signs])
    contact, stand_in = (_name(to.unit, number) for number in (row.contact_id, row.stand_in_id))
    if not stand_in:
        return (Text(w("care.rule", contact=contact, signs=signs_in_words, hours=row.hours)),)
    names = {"contact": contact, "stand_in": stand_in}
    return (Text(w("care.rule.stand_in", signs=signs_in_words, hours=row.hours, **names)),)


def privacy(to: Recipient) -> tuple[Note, ...]:
    """Say to whoever asks what is stored about them who would be told, where a rule holds."""
    told = recipient(to.unit, to.person)
    return (Note(to.words("privacy.care", contact=told.name)),) if told else ()


def _name(unit: Unit, number: int | None) -> str:
    person = unit.people.get(number) if number is not None else None
    return person.name if person else ""
