"""What people type. A typed text is never stored and never an answer."""

from collections.abc import Mapping

from bot.cases import assistance, care, feedback
from bot.cases import home as hub
from bot.cases import journey_cards as cards
from bot.cases.context import ActionHandler, Caller
from bot.cases.journeys import Place, place_at
from bot.cases.permissions import roles_of
from bot.errors import Refused
from bot.onboarding.steps import TaskStep
from bot.store.tables import Wave
from bot.talk import commands
from bot.talk.cards import Action, Button, Buttons, Card, Text
from bot.talk.events import Private, Reply

READ = 200
"""Characters of a message that are looked at; a greeting or a command is shorter."""

GREETINGS = frozenset(
    {"hi", "hello", "hey", "good morning", "good day", "hallo", "moin", "servus", "guten morgen", "guten tag"}
)


def written(caller: Caller, text: str) -> Reply:
    """Answer a plain message: by what it replies to, by what is open, else with what is understood.

    Nothing of the text is kept or shown again; the name of a mistyped command is, so that it can be mended.
    """
    start = text[:READ]
    _refuse_unknown_command(caller, start)
    help_first = care.beside(caller, [start])
    if help_first is not None:
        return Private(help_first)
    place = _replied_to(caller)
    if place is not None:
        return Private(_about_step(caller, place))
    if start.strip(" .!?,").casefold() in GREETINGS:
        return Private(assistance.card(caller))
    wave = feedback.open_for(caller)
    return Private(_typed(caller, wave) if wave is not None else _not_understood(caller))


def _refuse_unknown_command(caller: Caller, text: str) -> None:
    name = commands.attempted(text)
    if not name:
        return
    near = commands.nearest(name, roles_of(caller.unit, caller.person, caller.unit.now.date()))
    if near is None:
        raise Refused("refused.unknown_command", command=name)
    raise Refused("refused.unknown_command_near", command=name, nearest=near.name)


def _replied_to(caller: Caller) -> Place | None:
    """Return the caller's own journey step under whose message a text was written."""
    source = caller.source
    delivery = caller.unit.outbox.by_message(source.conversation, source.message) if source.message else None
    if delivery is None or delivery.person_id != caller.person.id:
        return None
    number, _, step = delivery.ref.partition("/")
    if not delivery.purpose.startswith("journey.") or not number.isdigit():
        return None
    place = place_at(caller.unit, int(number), step)
    return place if place is not None and place.newcomer.id == caller.person.id else None


def _about_step(caller: Caller, place: Place) -> Card:
    """Say that the buttons count, and offer those of the step that was replied to."""
    w = caller.words
    body = w("typed.step", task=cards.name(caller, place))
    own = (
        (
            Button(w("button.done"), cards.act("done", place), "primary"),
            Button(w("button.blocked"), cards.act("blocked", place)),
        )
        if isinstance(place.step, TaskStep) and not place.over
        else ()
    )
    return Card(w("typed.title"), (Text(body, lead=True), Buttons((*own, cards.person(caller)))), body)


def _typed(caller: Caller, wave: Wave) -> Card:
    """Say that no line is an answer, and lead to the form, which no chat keeps."""
    w, platform = caller.words, f"platform.{caller.source.platform}"
    body = w("typed.body", platform=w(platform) if platform in w else caller.source.platform)
    buttons = (
        Button(w("button.start"), Action("answer.open", str(wave.id)), "primary"),
        Button(w("button.feedback"), Action("feedback.open")),
        cards.person(caller),
    )
    return Card(w("typed.title"), (Text(body), Buttons(buttons)), body)


def _not_understood(caller: Caller) -> Card:
    w = caller.words
    body = w("typed.not_understood")
    buttons = (
        Button(w("button.help"), Action("help"), "primary"),
        Button(w("button.feedback"), Action("feedback.open")),
        cards.person(caller),
    )
    return Card(w("typed.unknown.title"), (Text(body), Buttons(buttons)), body)


# --- home -------------------------------------------------------------------------------------------------


def home(caller: Caller) -> Reply:
    """Show what is open for this person."""
    return hub.opened(caller)


def survey_pressed(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    return feedback.pulse(caller, "")


ACTIONS: Mapping[str, ActionHandler] = {"survey.open": survey_pressed}
