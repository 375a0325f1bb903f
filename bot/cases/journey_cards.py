"""The cards of a journey as the newcomer sees them."""

from datetime import datetime, timedelta

from bot.cases import care_routing
from bot.cases.context import Recipient
from bot.cases.journeys import Place, buddy_key, buddy_of, calendar_of, manager_of
from bot.cases.reach import called, short_name
from bot.onboarding.steps import QuestionStep, Step, TaskStep, TodayStep
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Fact, Facts, Note, Text
from surveys.formats import Choice, Option
from surveys.questions import response_format

DONE, OPEN = "done", "open"
CHANGEABLE_FOR = timedelta(hours=1)
"""How long a signed answer can be changed before anybody else can read it."""


def step_card(to: Recipient, place: Place) -> Card:
    """Return a step's card as it stands now."""
    match place.step:
        case TodayStep():
            return today(to, place, place.step)
        case TaskStep():
            return task(to, place, place.step)
        case QuestionStep():
            return question(to, place, place.step)


# --- the first day ----------------------------------------------------------------------------------------


def today(to: Recipient, place: Place, step: TodayStep) -> Card:
    """Return the day's card: three things with their times, what is done, who sees it, whom to ask."""
    w = to.words
    late = is_late(to, place)
    return Card(
        title=w("journey.today.title_late" if late else "journey.today.title"),
        elements=(
            Text(_hello(to, place, late=late), lead=True),
            Facts(tuple(_thing(to, place, step, n, late=late) for n in range(len(step.tasks)))),
            *(Text(text) for text in (_seen(to, place, "journey.today.seen"), _buddy(to, place)) if text),
            Ask("done", w("journey.today.tick"), _ticks(to, place, step), tap=act("tick", place)),
            Buttons((*_ask_buddy(to, place), why(to, "journey.step"), person(to))),
        ),
        fallback=w("journey.today.fallback", organisation=to.organisation.name),
    )


def is_late(to: Recipient, place: Place) -> bool:
    """Say whether the card was handed out on another day than the first, so that "today" would be wrong."""
    return calendar_of(to.unit, place.newcomer).today(place.run.due_at) != place.enrolment.anchor


def _hello(to: Recipient, place: Place, *, late: bool) -> str:
    w = to.words
    if place.run.state == "done":
        return w("journey.today.all_done")
    key = "journey.today.hello_late" if late else "journey.today.hello"
    return w(key, organisation=to.organisation.name, **called(place.newcomer))


def _thing(to: Recipient, place: Place, step: TodayStep, n: int, *, late: bool) -> Fact:
    w, each = to.words, step.tasks[n]
    at = calendar_of(to.unit, place.newcomer).at(place.enrolment.anchor, each.at)
    when = w("journey.today.anytime") if late else w.hour(at)
    done = w("journey.state.done") if place.run.tasks.get(each.key) else ""
    return Fact(when, each.text_in(w.language), done)


def _ticks(to: Recipient, place: Place, step: TodayStep) -> Choice:
    """Offer each thing; its value says what a tap makes of it, so that a tap that arrives twice changes nothing."""
    w = to.words
    options = []
    for each in step.tasks:
        label, ticked = each.label_in(w.language), place.run.tasks.get(each.key, False)
        shown = w("journey.today.ticked", task=label) if ticked else label
        options.append(Option(f"{each.key}/{OPEN if ticked else DONE}", shown))
    return Choice(tuple(options))


def _buddy(to: Recipient, place: Place) -> str:
    """Name the buddy; that they know of it is said only once they were told."""
    buddy = buddy_of(to.unit, place.enrolment)
    if buddy is None:
        return ""
    told = to.unit.outbox.by_key(buddy_key(place.enrolment))
    key = "journey.today.buddy_knows" if told is not None and told.state == "sent" else "journey.today.buddy"
    return to.words(key, buddy=buddy.name)


def _ask_buddy(to: Recipient, place: Place) -> tuple[Button, ...]:
    buddy = buddy_of(to.unit, place.enrolment)
    if buddy is None:
        return ()
    return (Button(to.words("button.ask_buddy", buddy=short_name(buddy)), act("ask_buddy", place)),)


# --- a task -----------------------------------------------------------------------------------------------


def task(to: Recipient, place: Place, step: TaskStep) -> Card:
    """Return a task with *Done*, a way to say that it is blocked, and who sees it."""
    w = to.words
    return Card(
        title=step.title_in(w.language),
        elements=(
            Text(step.text_in(w.language), lead=True),
            Note(_seen(to, place, "journey.task.seen")),
            Buttons(
                (
                    Button(w("button.done"), act("done", place), "primary"),
                    Button(w("button.blocked"), act("blocked", place)),
                    why(to, "journey.step"),
                    person(to),
                )
            ),
        ),
        fallback=w("journey.task.fallback", task=step.title_in(w.language)),
    )


def settled(to: Recipient, place: Place) -> Card:
    """Say that a task is done or not needed, with the way back."""
    w = to.words
    key = "journey.done" if place.run.state == "done" else "journey.closed"
    body = w(f"{key}.body", task=name(to, place))
    undo = Button(w("button.not_done"), act("reopen", place))
    return Card(w(f"{key}.title"), (Text(body, lead=True), Buttons((undo, person(to)))), body)


# --- the attributed question ------------------------------------------------------------------------------


def question(to: Recipient, place: Place, step: QuestionStep) -> Card:
    """Ask under the newcomer's name: who can read the answer stands above the question."""
    w = to.words
    skip = Button(w("button.not_this_time"), act("skip", place))
    announced = care_routing.announcement(to, care_routing.recipient(to.unit, place.newcomer))
    return Card(
        title=w("journey.question.title"),
        elements=(
            Text(_seen(to, place, "journey.question.named"), lead=True),
            *((Note(announced),) if announced else ()),
            Ask(
                step.rating.key,
                step.rating.stem_in(w.language),
                response_format(step.rating, w.language),
                tap=act("rate", place),
            ),
            Buttons((skip, why(to, "journey.step"), person(to))),
        ),
        fallback=w("journey.question.fallback"),
    )


def comment_form(to: Recipient, place: Place, step: QuestionStep) -> Card:
    """Ask for words, and say before who is told if they sound like a wish for help; sending them says that it was said."""
    w = to.words
    told = care_routing.recipient(to.unit, place.newcomer)
    announced = care_routing.announcement(to, told)
    send = Action("journey.comment", place.ref, str(told.id) if told else "")
    return Card(
        title=w("journey.question.title"),
        elements=(
            Note(_seen(to, place, "journey.question.named")),
            *((Text(announced),) if announced else ()),
            Ask(
                step.comment.key,
                step.comment.stem_in(w.language),
                response_format(step.comment, w.language),
                hint=w("journey.question.comment_hint"),
            ),
        ),
        fallback=w("journey.question.fallback"),
        submit=Button(w("button.save"), send, "primary"),
    )


def saved(to: Recipient, place: Place) -> Card:
    """Confirm a signed answer without showing it: until when it can be changed, and who reads it then."""
    w = to.words
    body = _seen(to, place, "journey.question.saved", until=readable_from(place))
    buttons = (
        Button(w("button.change_answer"), act("change", place)),
        Button(w("button.take_back"), act("take_back", place)),
        person(to),
    )
    return Card(w("journey.question.saved.title"), (Text(body, lead=True), Buttons(buttons)), body)


def left(to: Recipient, place: Place) -> Card:
    """Say that no answer is kept, with the way back."""
    w = to.words
    body = w("journey.question.left")
    buttons = Buttons((Button(w("button.answer_later"), act("change", place)), person(to)))
    return Card(w("journey.question.left.title"), (Text(body, lead=True), buttons), body)


def readable_from(place: Place) -> datetime:
    """Return from when others can read the answer."""
    answered = place.run.done_at or place.run.due_at
    return answered + CHANGEABLE_FOR


# --- shared -----------------------------------------------------------------------------------------------


def name(to: Recipient, place: Place) -> str:
    """Return what a step is called in a sentence."""
    return step_name(to, place.step)


def step_name(to: Recipient, step: Step) -> str:
    match step:
        case TaskStep():
            return step.title_in(to.words.language)
        case TodayStep():
            return to.words("journey.today.title")
        case QuestionStep():
            return to.words("journey.step.question")


def act(what: str, place: Place) -> Action:
    return Action(f"journey.{what}", place.ref)


def why(to: Recipient, purpose: str) -> Button:
    return Button(to.words("button.why"), Action("why", purpose))


def person(to: Recipient) -> Button:
    return Button(to.words("button.person"), Action("human.ask"))


def _seen(to: Recipient, place: Place, key: str, **values: datetime) -> str:
    """Say who sees it: the manager by name and HR, or HR alone where there is no manager."""
    manager = manager_of(to.unit, place.newcomer)
    if manager is None:
        return to.words(f"{key}_hr", **values)
    return to.words(key, manager=manager.name, **values)
