"""Newcomers as those see them who were named to them: the manager and HR."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta

from bot.cases import journey_cards as cards
from bot.cases.context import ActionHandler, Caller, Recipient
from bot.cases.journey_notices import READER, answer_facts
from bot.cases.journeys import Place, follows, is_hr, places
from bot.onboarding.steps import QuestionStep, TodayStep
from bot.store.tables import Enrolment
from bot.talk.cards import Action, Button, Buttons, Card, Note, Table, Text
from bot.talk.events import Private, Reply
from bot.talk.inert import inert
from bot.talk.language import NAME_LIMIT
from surveys.anonymity.cells import covers

LATELY = timedelta(days=90)
MOST = 20


def followed(to: Recipient) -> list[list[Place]]:
    """Return the journeys of the last 90 days that a person may see, step by step."""
    unit, person = to.unit, to.person
    led = unit.placements.headed_by(person.id, unit.now.date())
    hr = is_hr(unit, person)
    found = (
        places(unit, enrolment)
        for enrolment in unit.enrolments.since(unit.now.date() - LATELY)
        if hr or _may_lead(to, enrolment, led)
    )
    return [here for here in found if here and follows(unit, person, here[0].newcomer)]


def _may_lead(to: Recipient, enrolment: Enrolment, led: Sequence[str]) -> bool:
    """Sort out cheaply whom a person surely does not lead; ``follows`` decides about the others."""
    placement = to.unit.placements.of(enrolment.person_id, max(enrolment.anchor, to.unit.now.date()))
    if placement is None:
        return False
    return placement.manager_id == to.person.id or any(covers(path, placement.path) for path in led)


def shown(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show how far newcomers are, and what they answered under their names."""
    return Private(card(caller))


def card(to: Recipient) -> Card:
    """Return the view of newcomers; one who follows nobody learns that, and what would stand here."""
    w, journeys = to.words, followed(to)
    home = Button(w("button.back"), Action("home"))
    buttons = Buttons((home, cards.person(to)))
    if not journeys:
        text = w("newcomers.none")
        return Card(w("newcomers.title"), (Text(text, lead=True), buttons), w("newcomers.fallback"))
    latest = journeys[:MOST]
    cut = (Note(w("newcomers.cut", n=MOST)),) if len(journeys) > MOST else ()
    return Card(
        w("newcomers.title"),
        (
            Text(w("newcomers.lead", n=len(journeys)), lead=True),
            _tasks(to, latest),
            *_answers(to, latest),
            *cut,
            buttons,
        ),
        w("newcomers.fallback"),
    )


def _tasks(to: Recipient, journeys: Sequence[Sequence[Place]]) -> Table:
    w = to.words
    header = tuple(w(f"newcomers.{name}") for name in ("name", "start", "step", "state"))
    rows = tuple(
        (_name(place), w.day(place.enrolment.anchor), cards.name(to, place), state_of(to, place))
        for here in journeys
        for place in here
        if not isinstance(place.step, QuestionStep)
    )
    return Table(w("newcomers.tasks"), header, rows)


def _answers(to: Recipient, journeys: Sequence[Sequence[Place]]) -> tuple[Table, ...]:
    """Show signed answers once they can't be changed any more; that there is none says nothing about anybody."""
    w = to.words
    rows = tuple(
        (_name(place), *_answer(to, place, place.step))
        for here in journeys
        for place in here
        if isinstance(place.step, QuestionStep) and _may_read(to, place)
    )
    header = tuple(w(f"newcomers.{name}") for name in ("name", "answer", "comment"))
    return (Table(w("newcomers.answers"), header, rows),) if rows else ()


def _name(place: Place) -> str:
    return inert(place.newcomer.name, NAME_LIMIT) or "–"


def _may_read(to: Recipient, place: Place) -> bool:
    """Let only those read an answer who were named beside the question: that manager, and HR."""
    if not place.run.answer or cards.readable_from(place) > to.unit.now:
        return False
    return is_hr(to.unit, to.person) or json.loads(place.run.answer).get(READER) == to.person.id


def _answer(to: Recipient, place: Place, step: QuestionStep) -> tuple[str, str]:
    facts = {fact.label: fact.value for fact in answer_facts(to, place, step)}
    language = to.words.language
    return facts.get(step.rating.stem_in(language), "–"), facts.get(step.comment.stem_in(language), "–")


def state_of(to: Recipient, place: Place) -> str:
    """Say how far a step is; of a question, to nobody but its newcomer, whether it was answered."""
    w, run = to.words, place.run
    if run.state == "due":
        return w("journey.state.planned", date=run.due_at.astimezone(w.zone).date())
    if run.state == "skipped" and isinstance(place.step, QuestionStep):
        return w("journey.state.left")
    if run.state == "skipped":
        return w("journey.state.skipped")
    if isinstance(place.step, TodayStep) and run.state == "sent":
        done = sum(run.tasks.get(task.key, False) for task in place.step.tasks)
        return w("journey.state.ticked", done=done, all=len(place.step.tasks))
    if isinstance(place.step, QuestionStep) and run.answer:
        return w("journey.state.answered")
    return w("journey.state.done" if run.state == "done" else "journey.state.open")


ACTIONS: Mapping[str, ActionHandler] = {"journey.newcomers": shown}
