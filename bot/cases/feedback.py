"""Speaking up at any time: the standing place for a comment, and the way to a survey that is open."""

from collections.abc import Mapping

from bot.cases import answers, sheets
from bot.cases.context import ActionHandler, Caller, CommandHandler
from bot.errors import Refused
from bot.store.tables import Wave
from bot.talk.cards import Action, Button, Buttons, Card, Text
from bot.talk.events import Private, Reply

FEEDBACK = "feedback"


def comment(caller: Caller, text: str) -> Reply:
    """Open the form for a free comment; what was typed behind the command is not taken as one."""
    survey = caller.unit.surveys.by_key(FEEDBACK)
    wave = caller.unit.waves.live(survey.id, caller.unit.now) if survey else None
    if wave is None or not _asked(caller, wave):
        raise Refused("refused.no_feedback")
    return answers.form(caller, caller.unit.fieldings.get(wave.id))


def pulse(caller: Caller, text: str) -> Reply:
    """Open the survey that is open for this person."""
    wave = open_for(caller)
    if wave is None:
        return Private(_none_open(caller))
    fielding = caller.unit.fieldings.get(wave.id)
    questions = answers.questions_for(caller.unit, fielding, caller.person.id)
    return Private(sheets.request(caller, fielding, questions))


def pressed(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    return comment(caller, "")


def open_for(caller: Caller) -> Wave | None:
    """Return the survey with invitations that is open for this person, whether or not they answered."""
    waves = caller.unit.waves.in_state("open", "opening")
    keys = {survey.id: survey.key for survey in caller.unit.surveys.all()}
    found = (w for w in waves if keys[w.survey_id] != FEEDBACK and _is_on(caller, w) and _asked(caller, w))
    return next(found, None)


def is_open_for(caller: Caller) -> bool:
    return open_for(caller) is not None


COMMANDS: Mapping[str, CommandHandler] = {"feedback": comment, "pulse": pulse}
ACTIONS: Mapping[str, ActionHandler] = {"feedback.open": pressed}


def _asked(caller: Caller, wave: Wave) -> bool:
    return caller.unit.waves.invitation(wave.id, caller.person.id) is not None


def _is_on(caller: Caller, wave: Wave) -> bool:
    return wave.opens_at <= caller.unit.now < wave.closes_at


def _none_open(caller: Caller) -> Card:
    w = caller.words
    return Card(
        title=w("empty.title"),
        elements=(
            Text(w("empty.pulse")),
            Buttons(
                (
                    Button(w("button.feedback"), Action("feedback.open")),
                    Button(w("button.person"), Action("human.ask")),
                )
            ),
        ),
        fallback=w("empty.pulse"),
    )
