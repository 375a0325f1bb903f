"""The cards of a journey that are sent: steps, questions about open tasks, what buddies and managers get."""

import json
from collections.abc import Mapping
from datetime import date, datetime

from bot.cases import journey_cards as cards
from bot.cases.context import CardBuilder, Recipient
from bot.cases.journeys import Place, calendar_of, place_at, willing
from bot.cases.stalled import OWNER, OWNER_AGAIN
from bot.onboarding.loader import BUDDY
from bot.onboarding.steps import QuestionStep
from bot.store.tables import Delivery, Enrolment, Person
from bot.talk.cards import Action, Button, Buttons, Card, Fact, Facts, Note, Text
from bot.talk.inert import inert
from surveys.questions import response_format

WORDS_SHOWN = 1000
READER = "reader"
"""In a stored answer: the manager who was named to the newcomer as its reader, beside HR; 0 for none."""

ASKED = "asked"
"""In a delivery's arguments: the newcomer has a question now."""


def step(to: Recipient, delivery: Delivery) -> Card | None:
    """Return a step, unless the journey has ended or the question is not wanted any more."""
    place = _place(to, delivery)
    if place is None or place.over or place.enrolment.state != "active":
        return None
    if isinstance(place.step, QuestionStep) and not willing(to.unit, to.person):
        return None
    return cards.step_card(to, place)


def nudge(to: Recipient, delivery: Delivery) -> Card | None:
    """Ask the newcomer, once, what is in the way."""
    place = _still_open(to, delivery)
    if place is None:
        return None
    w, task = to.words, cards.name(to, place)
    due, day = _local(to, place, place.run.due_at), delivery.args.get("next")
    asked = to.unit.people.get(delivery.args.get("then", 0))
    body = [w("journey.nudge.body", task=task, due=due)]
    if day and asked is not None:
        body.append(w("journey.nudge.next", person=asked.name, next=_day(to, place, day)))
    buttons = (
        Button(w("button.done"), cards.act("done", place), "primary"),
        Button(w("button.new_date"), _rung("later", place, delivery)),
        Button(w("button.blocked"), cards.act("blocked", place)),
        cards.person(to),
    )
    return Card(
        w("journey.nudge.title"),
        (*map(Text, body), Note(w("journey.nudge.note")), Buttons(buttons)),
        w("journey.nudge.fallback", task=task),
    )


def escalate(to: Recipient, delivery: Delivery) -> Card | None:
    """Ask who answers for a task what is in the way: about the process, one question, and what follows."""
    place = _still_open(to, delivery)
    if place is None:
        return None
    w, names = to.words, {"task": cards.name(to, place), "new_hire": place.newcomer.name}
    key = "journey.escalate.blocked" if delivery.args.get("blocked") else "journey.escalate.body"
    body = w(key, due=_local(to, place, place.run.due_at), **names)
    buttons = (
        Button(w("button.done"), cards.act("done", place), "primary"),
        Button(w("button.new_date"), _rung("later", place, delivery)),
        Button(w("button.something_else"), cards.act("more", place)),
        cards.person(to),
    )
    return Card(
        w("journey.escalate.title"),
        (
            Text(body, lead=True),
            Text(_what_follows(to, place, delivery)),
            Note(w("journey.escalate.note")),
            Buttons(buttons),
        ),
        w("journey.escalate.fallback"),
    )


def _what_follows(to: Recipient, place: Place, delivery: Delivery) -> str:
    w, day, rung = to.words, delivery.args.get("next"), delivery.args.get("rung")
    last = to.unit.people.get(delivery.args.get("last", 0))
    if not day:
        return w("journey.escalate.last")
    coming = _day(to, place, day)
    if last is None:
        return w("journey.escalate.once_more_only", next=coming)
    key = {OWNER: "journey.escalate.once_more", OWNER_AGAIN: "journey.escalate.then"}[int(rung or OWNER)]
    return w(key, next=coming, process_owner=last.name, new_hire=place.newcomer.name)


def buddy(to: Recipient, delivery: Delivery) -> Card | None:
    """Tell a buddy who comes, or that the newcomer has a question; None once they are the buddy no more."""
    enrolment = to.unit.enrolments.get(int(delivery.ref.partition("/")[0]))
    newcomer = to.unit.people.get(enrolment.person_id) if enrolment else None
    if enrolment is None or newcomer is None or enrolment.state == "cancelled":
        return None
    if enrolment.buddy_id != to.person.id:
        return None
    return _asked(to, newcomer) if delivery.args.get(ASKED) else _introduced(to, enrolment, newcomer)


def _introduced(to: Recipient, enrolment: Enrolment, newcomer: Person) -> Card:
    w = to.words
    placement = to.unit.placements.of(newcomer.id, max(enrolment.anchor, newcomer.starts_on))
    department = placement.path.rpartition("/")[2] if placement else to.organisation.name
    here = newcomer.starts_on <= calendar_of(to.unit, newcomer).today(to.unit.now)
    key = "journey.buddy.body_here" if here else "journey.buddy.body"
    body = w(key, new_hire=newcomer.name, department=department, date=enrolment.anchor)
    decline = Button(w("button.not_me"), Action("journey.not_me", f"{enrolment.id}/{BUDDY}"))
    return Card(
        w("journey.buddy.title"),
        (
            Text(body, lead=True),
            Note(w("journey.buddy.note")),
            Buttons((decline, cards.why(to, "journey.buddy"), cards.person(to))),
        ),
        w("journey.buddy.fallback"),
    )


def _asked(to: Recipient, newcomer: Person) -> Card:
    w = to.words
    return Card(
        w("journey.asked.title"),
        (
            Text(w("journey.asked.body", new_hire=newcomer.name), lead=True),
            Buttons((cards.why(to, "journey.buddy"), cards.person(to))),
        ),
        w("journey.asked.fallback"),
    )


def answer(to: Recipient, delivery: Delivery) -> Card | None:
    """Show a signed answer to whom the newcomer was told; None if it was changed or taken back meanwhile."""
    place = _place(to, delivery)
    if place is None or not isinstance(place.step, QuestionStep) or not place.run.answer:
        return None
    if place.run.done_at is None or place.run.done_at.isoformat() != delivery.args.get("at"):
        return None
    w = to.words
    return Card(
        w("journey.answer.title"),
        (
            Text(w("journey.answer.body", new_hire=place.newcomer.name), lead=True),
            Facts(answer_facts(to, place, place.step)),
            Note(w("journey.answer.note", new_hire=place.newcomer.name)),
            Buttons((Button(w("button.newcomers"), Action("journey.newcomers")), cards.person(to))),
        ),
        w("journey.answer.fallback"),
    )


def answer_facts(to: Recipient, place: Place, step: QuestionStep) -> tuple[Fact, ...]:
    """Return what was answered: the label of the rating, and the comment if there is one."""
    language = to.words.language
    kept = json.loads(place.run.answer)
    options = getattr(response_format(step.rating, language), "options", ())
    rating = next((option.label for option in options if option.value == kept.get("rating")), "")
    facts = [Fact(step.rating.stem_in(language), rating)] if rating else []
    if kept.get("comment"):
        facts.append(Fact(step.comment.stem_in(language), inert(str(kept["comment"]), WORDS_SHOWN)))
    return tuple(facts)


CARDS: Mapping[str, CardBuilder] = {
    "journey.step": step,
    "journey.nudge": nudge,
    "journey.escalate": escalate,
    "journey.buddy": buddy,
    "journey.answer": answer,
}


def _place(to: Recipient, delivery: Delivery) -> Place | None:
    enrolment, _, key = delivery.ref.partition("/")
    return place_at(to.unit, int(enrolment), key)


def _still_open(to: Recipient, delivery: Delivery) -> Place | None:
    place = _place(to, delivery)
    if place is None or place.run.state != "sent" or place.enrolment.state == "cancelled":
        return None
    return place


def _rung(what: str, place: Place, delivery: Delivery) -> Action:
    return Action(f"journey.{what}", place.ref, str(delivery.args.get("rung", 0)))


def _local(to: Recipient, place: Place, at: datetime) -> date:
    return calendar_of(to.unit, place.newcomer).today(at)


def _day(to: Recipient, place: Place, text: str) -> date:
    return _local(to, place, datetime.fromisoformat(text))
