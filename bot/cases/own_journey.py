"""``/onboarding``: how far one's own journey is; to who follows newcomers, how far theirs are."""

from collections.abc import Mapping

from bot.cases import journey_cards as cards
from bot.cases import newcomers
from bot.cases.context import Caller, CommandHandler
from bot.cases.journeys import places
from bot.talk.cards import Action, Button, Buttons, Card, Fact, Facts, Note, Text
from bot.talk.events import Private, Reply


def asked(caller: Caller, text: str) -> Reply:
    """Show the steps of the own journey; without one those of whom the person follows, else that nothing is open."""
    steps = tuple(steps_of(caller))
    if steps:
        return Private(_own(caller, steps))
    if newcomers.followed(caller):
        return Private(newcomers.card(caller))
    return Private(_nothing(caller))


def steps_of(caller: Caller) -> list[Fact]:
    """Return the steps of the journeys that a person is on, and how each stands."""
    return [
        Fact(cards.name(caller, place), newcomers.state_of(caller, place))
        for enrolment in caller.unit.enrolments.of_person(caller.person.id)
        if enrolment.state == "active"
        for place in places(caller.unit, enrolment)
    ]


def _own(caller: Caller, steps: tuple[Fact, ...]) -> Card:
    w = caller.words
    return Card(
        title=w("onboarding.title"),
        elements=(Facts(steps), Note(w("onboarding.note")), _ways(caller)),
        fallback=w("onboarding.fallback"),
    )


def _nothing(caller: Caller) -> Card:
    w = caller.words
    return Card(w("onboarding.title"), (Text(w("empty.tasks"), lead=True), _ways(caller)), w("empty.tasks"))


def _ways(caller: Caller) -> Buttons:
    w = caller.words
    return Buttons(
        (Button(w("button.back"), Action("home")), Button(w("button.person"), Action("human.ask")))
    )


COMMANDS: Mapping[str, CommandHandler] = {"onboarding": asked}
