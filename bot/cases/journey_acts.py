"""What newcomers, those who lead them, and buddies press in a journey."""

import json
from collections.abc import Mapping
from datetime import date, timedelta

from bot.cases import care_routing, stalled
from bot.cases import journey_cards as cards
from bot.cases.context import ActionHandler, Caller, reference
from bot.cases.journey_notices import ASKED, READER
from bot.cases.journeys import Place, buddy_of, calendar_of, follows, manager_of, place_at, process_owner
from bot.cases.messages import say
from bot.cases.reach import available, short_name
from bot.errors import Refused
from bot.onboarding.loader import BUDDY
from bot.onboarding.steps import QuestionStep, TaskStep, TodayStep
from bot.store.tables import Person
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Text
from bot.talk.commands import Role
from bot.talk.events import Invalid, OpenForm, Private, Replace, Reply
from surveys.errors import InvalidAnswer
from surveys.formats import Choice, Option
from surveys.questions import read

FURTHEST = timedelta(days=60)
"""How far a task can be put off."""

DAYS_OFFERED = (1, 3, 5, 10)
"""Working days from today that are offered as a new date."""


# --- the first day ----------------------------------------------------------------------------------------


def tick(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Note that one of the day's things is done, or is not after all; the card is updated in place."""
    place = _own(caller, action)
    key, _, state = action.value.partition("/")
    step = place.step
    if not isinstance(step, TodayStep) or step.task(key) is None or state not in (cards.DONE, cards.OPEN):
        raise Refused("refused.old_button")
    place.run.tasks = {**place.run.tasks, key: state == cards.DONE}
    whole = all(place.run.tasks.get(each.key) for each in step.tasks)
    place.run.state = "done" if whole else "sent"
    place.run.done_at = caller.unit.now if whole else None
    return Replace(cards.today(caller, place, step))


def ask_buddy(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Say how to ask the buddy, and offer to pass the wish on."""
    place, w = _own(caller, action), caller.words
    buddy = buddy_of(caller.unit, place.enrolment)
    if buddy is None:
        return Private(_plain(caller, "journey.ask.title", w("journey.ask.none"), buddy=w("button.person")))
    tell = Button(w("button.tell_buddy", buddy=short_name(buddy)), cards.act("tell_buddy", place), "primary")
    body = w("journey.ask.body", buddy=buddy.name)
    title = w("journey.ask.title", buddy=short_name(buddy))
    return Private(Card(title, (Text(body, lead=True), Buttons((tell, cards.person(caller)))), body))


def tell_buddy(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Let the buddy know, once a day, that the newcomer has a question; the name alone is passed on."""
    place, w = _own(caller, action), caller.words
    buddy = buddy_of(caller.unit, place.enrolment)
    if buddy is None:
        return Replace(_plain(caller, "journey.ask.title", w("journey.ask.none"), buddy=w("button.person")))
    day = calendar_of(caller.unit, place.newcomer).today(caller.unit.now)
    key = f"journey:{place.enrolment.id}:ask:{buddy.id}:{day.isoformat()}"
    say(
        caller.unit,
        buddy.id,
        "journey.buddy",
        key=key,
        ref=f"{place.enrolment.id}/{BUDDY}",
        args={ASKED: True},
    )
    return Replace(_plain(caller, "journey.ask.told.title", w("journey.ask.told.body", buddy=buddy.name)))


def not_me(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Let a buddy decline; the newcomer's card names nobody then."""
    number, _ = reference(action)
    enrolment = caller.unit.enrolments.get(number)
    newcomer = caller.unit.people.get(enrolment.person_id) if enrolment else None
    if enrolment is None or newcomer is None or enrolment.buddy_id != caller.person.id:
        raise Refused("refused.not_available")
    enrolment.buddy_id = None
    body = caller.words("journey.buddy.declined.body", new_hire=newcomer.name)
    return Replace(_plain(caller, "journey.buddy.declined.title", body))


# --- a task -----------------------------------------------------------------------------------------------


def done(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    place = _task(caller, action)
    _settle(caller, place, "done")
    return Replace(cards.settled(caller, place))


def not_needed(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    place = _task(caller, action, own=False)
    _settle(caller, place, "skipped")
    return Replace(cards.settled(caller, place))


def reopen(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Take *Done* or *Not needed* back; the questions about it start over."""
    place, w = _task(caller, action), caller.words
    if place.over:
        place.run.state, place.run.done_at = "sent", None
        if place.enrolment.state == "done":
            place.enrolment.state = "active"
        stalled.begin(caller.unit, place)
    body = w("journey.reopened.body", task=cards.name(caller, place))
    buttons = (Button(w("button.done"), cards.act("done", place), "primary"), cards.person(caller))
    return Replace(Card(w("journey.reopened.title"), (Text(body, lead=True), Buttons(buttons)), body))


def blocked(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Tell the next in line at once that a task is blocked, and say who that is."""
    place = _still_open(_task(caller, action))
    mine = place.newcomer.id == caller.person.id
    return _pass_on(caller, place, stalled.OWNER if mine else stalled.PROCESS_OWNER)


def hand_over(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Give a task that stays open to whoever answers for the process."""
    return _pass_on(caller, _still_open(_task(caller, action, own=False)), stalled.PROCESS_OWNER)


def _pass_on(caller: Caller, place: Place, rung: int) -> Reply:
    w, task = caller.words, cards.name(caller, place)
    if place.run.nudges > rung:
        return Replace(_plain(caller, "journey.passed.title", w("journey.passed.already", task=task)))
    asked = stalled.ask_next(caller.unit, place, at_least=rung, blocked=True)
    if asked is None or asked.id == caller.person.id:
        return Replace(_plain(caller, "journey.nudge.title", w("journey.passed.nobody", task=task)))
    body = w("journey.passed.body", task=task, person=asked.name)
    return Replace(_plain(caller, "journey.passed.title", body))


def more(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Offer what else can happen with a task that stays open."""
    place, w = _still_open(_task(caller, action, own=False)), caller.words
    names = {"task": cards.name(caller, place), "new_hire": place.newcomer.name}
    last = process_owner(caller.unit, place.newcomer)
    to_somebody = last is not None and last.id != caller.person.id
    body = (
        w("journey.more.body", process_owner=last.name, **names)
        if last is not None and to_somebody
        else w("journey.more.alone", **names)
    )
    onwards = (
        Button(w("button.hand_over"), cards.act("hand_over", place), "primary"),
        Button(w("button.blocked"), cards.act("blocked", place)),
    )
    buttons = (
        *(onwards if to_somebody else ()),
        Button(w("button.not_needed"), cards.act("not_needed", place)),
        cards.person(caller),
    )
    return Private(Card(w("journey.more.title"), (Text(body, lead=True), Buttons(buttons)), body))


def later(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Offer days on which to ask again."""
    place, w = _still_open(_task(caller, action)), caller.words
    calendar = calendar_of(caller.unit, place.newcomer)
    today = calendar.today(caller.unit.now)
    days = [calendar.after(today, n) for n in DAYS_OFFERED]
    rung = _rung(caller, place, action)
    options = Choice(tuple(Option(f"{rung}/{day.isoformat()}", w.day(day)) for day in days))
    stem = w("journey.date.stem", task=cards.name(caller, place))
    return Private(
        Card(
            w("journey.date.title"),
            (
                Ask("date", stem, options, tap=cards.act("date", place)),
                Buttons((cards.person(caller),)),
            ),
            w("journey.date.fallback"),
        )
    )


def pick_date(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Ask the same person again on the day that was picked, and nobody before."""
    place, w = _still_open(_task(caller, action)), caller.words
    rung, _, picked = action.value.partition("/")
    today = calendar_of(caller.unit, place.newcomer).today(caller.unit.now)
    try:
        day = date.fromisoformat(picked)
    except ValueError as error:
        raise Refused("refused.old_button") from error
    if not today < day <= today + FURTHEST:
        raise Refused("journey.date.past")
    stalled.put_off(caller.unit, place, _rung(caller, place, Action("", value=rung)), day)
    body = w("journey.date.kept", task=cards.name(caller, place), date=day)
    return Replace(_plain(caller, "journey.date.kept.title", body))


def _rung(caller: Caller, place: Place, action: Action) -> int:
    """Return whom to ask again: the newcomer for themselves, for others the rung that they were asked on."""
    if place.newcomer.id == caller.person.id:
        return stalled.NEWCOMER
    known = {str(rung): rung for rung in (stalled.OWNER, stalled.OWNER_AGAIN, stalled.PROCESS_OWNER)}
    return known.get(action.value, stalled.OWNER)


# --- the attributed question ------------------------------------------------------------------------------


def rate(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Keep the rating at once and open the form for a comment."""
    place, step = _question(caller, action)
    try:
        rating = read(step.rating, action.value)
    except InvalidAnswer as error:
        raise Refused("refused.old_button") from error
    if rating is None:
        raise Refused("refused.old_button")
    _keep(caller, place, {"rating": rating})
    return OpenForm(cards.comment_form(caller, place, step), cards.saved(caller, place))


def comment(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Keep the comment beside the rating; empty changes nothing."""
    place, step = _question(caller, action)
    try:
        text = read(step.comment, values.get(step.comment.key))
    except InvalidAnswer as error:
        return Invalid({step.comment.key: caller.words(error.key, **error.values)})
    if text is not None:
        _keep(caller, place, {"comment": text})
    receipt = cards.saved(caller, place) if place.run.answer else cards.left(caller, place)
    return Replace(receipt, care_routing.beside(caller, text or "", announced=action.value))


def change(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Show the question again; what was answered before is not shown."""
    place, step = _question(caller, action)
    return Replace(cards.question(caller, place, step))


def leave_out(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Take "Not this time" for an answer, and forget one that was given before."""
    place, _ = _question(caller, action)
    place.run.answer, place.run.state, place.run.done_at = "", "skipped", None
    return Replace(cards.left(caller, place))


def _keep(caller: Caller, place: Place, part: Mapping[str, str]) -> None:
    """Store a signed answer and have it sent, once it can't be changed any more, to whom the newcomer was told."""
    unit, run = caller.unit, place.run
    manager = manager_of(unit, place.newcomer)
    kept = {**(json.loads(run.answer) if run.answer else {}), **part, READER: manager.id if manager else 0}
    run.answer = json.dumps(kept, ensure_ascii=False)
    run.state, run.done_at = "done", run.done_at or unit.now
    reader = next(iter(available(unit, _readers(caller, manager), but=place.newcomer.id)), None)
    if reader is not None:
        say(
            unit,
            reader.id,
            "journey.answer",
            key=f"journey:{place.enrolment.id}:{run.step}:answer:{run.done_at.isoformat()}",
            ref=place.ref,
            due_at=cards.readable_from(place),
            args={"at": run.done_at.isoformat()},
        )


def _readers(caller: Caller, manager: Person | None) -> list[int]:
    """Return whom the question named: the manager, and HR for when the manager can't be reached or there is none."""
    return [*([manager.id] if manager else []), *caller.unit.people.granted(Role.HR_ADMIN)]


def _question(caller: Caller, action: Action) -> tuple[Place, QuestionStep]:
    """Return the newcomer's own question while its answer can be changed."""
    place = _own(caller, action)
    if not isinstance(place.step, QuestionStep):
        raise Refused("refused.old_button")
    if place.run.answer and caller.unit.now >= cards.readable_from(place):
        raise Refused("refused.journey_answer_read", until=cards.readable_from(place))
    return place, place.step


ACTIONS: Mapping[str, ActionHandler] = {
    "journey.tick": tick,
    "journey.ask_buddy": ask_buddy,
    "journey.tell_buddy": tell_buddy,
    "journey.not_me": not_me,
    "journey.done": done,
    "journey.not_needed": not_needed,
    "journey.reopen": reopen,
    "journey.blocked": blocked,
    "journey.hand_over": hand_over,
    "journey.more": more,
    "journey.later": later,
    "journey.date": pick_date,
    "journey.rate": rate,
    "journey.comment": comment,
    "journey.change": change,
    "journey.skip": leave_out,
    "journey.take_back": leave_out,
}


# --- who may, and where we are ----------------------------------------------------------------------------


def _place(caller: Caller, action: Action) -> Place:
    number, step = reference(action)
    place = place_at(caller.unit, number, step)
    if place is None or place.run.state == "due" or place.enrolment.state == "cancelled":
        raise Refused("refused.not_available")
    return place


def _own(caller: Caller, action: Action) -> Place:
    """Return a step of the person who acts; nobody else's."""
    place = _place(caller, action)
    if place.newcomer.id != caller.person.id:
        raise Refused("refused.not_available")
    return place


def _task(caller: Caller, action: Action, *, own: bool = True) -> Place:
    """Return a task that the person may settle: with ``own`` also the newcomer, else who answers for it."""
    place = _place(caller, action)
    if not isinstance(place.step, TaskStep):
        raise Refused("refused.old_button")
    if own and place.newcomer.id == caller.person.id:
        return place
    last = process_owner(caller.unit, place.newcomer)
    if follows(caller.unit, caller.person, place.newcomer) or (last and last.id == caller.person.id):
        return place
    raise Refused("refused.not_available")


def _still_open(place: Place) -> Place:
    if place.over:
        raise Refused("refused.journey_over")
    return place


def _settle(caller: Caller, place: Place, state: str) -> None:
    """Settle a task once; settling it again changes nothing."""
    if place.over:
        return
    place.run.state, place.run.done_at = state, caller.unit.now
    stalled.end(caller.unit, place)


def _plain(caller: Caller, title: str, body: str, **values: str) -> Card:
    """Return a card that says one thing and leads to a person."""
    return Card(
        caller.words(title, **values), (Text(body, lead=True), Buttons((cards.person(caller),))), body
    )
