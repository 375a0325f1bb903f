"""Help: what this person can ask for, in their words."""

from collections.abc import Mapping

from bot.cases import permissions
from bot.cases.context import ActionHandler, Caller, CommandHandler
from bot.talk import commands
from bot.talk.cards import Action, Button, Buttons, Card, Fact, Facts, Text
from bot.talk.events import Private, Reply


def asked(caller: Caller, text: str) -> Reply:
    """List the commands that are open to the person's roles."""
    return Private(card(caller))


def pressed(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    return Private(card(caller))


def card(caller: Caller) -> Card:
    """Return the help card of one person."""
    w = caller.words
    roles = permissions.roles_of(caller.unit, caller.person, caller.unit.now.date())
    platform = caller.source.platform
    facts = tuple(
        Fact(command.usage_on(platform), w(command.help_key))
        for command in commands.commands_for(roles, platform)
    )
    return Card(
        title=w("help.title"),
        elements=(
            Text(w("help.lead")),
            Facts(facts),
            Buttons((Button(w("button.person"), Action("human.ask")),)),
        ),
        fallback=w("help.fallback"),
    )


COMMANDS: Mapping[str, CommandHandler] = {"help": asked}
ACTIONS: Mapping[str, ActionHandler] = {"help": pressed}
