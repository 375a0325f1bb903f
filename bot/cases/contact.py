"""The first contact: who the bot is, what it does with answers, and the ways out. Nothing is asked before it."""

from collections.abc import Mapping

from bot.cases.context import ActionHandler, Caller, CardBuilder, Recipient
from bot.cases.reach import called
from bot.store.tables import Delivery
from bot.talk.cards import Action, Button, Buttons, Card, Text
from bot.talk.events import Private, Reply


def first_card(to: Recipient, delivery: Delivery) -> Card:
    """Return the disclosure; its text is versioned, and counted as shown when it is sent."""
    w = to.words
    organisation = to.organisation.name
    platform = w(f"platform.{to.unit.workspaces.get(delivery.workspace_id).platform}")
    return Card(
        title=w("contact.title"),
        elements=(
            Text(w("contact.hello", organisation=organisation, **called(to.person))),
            Text(w("contact.disclosure", k=to.organisation.k_scores, platform=platform)),
            Buttons(
                (
                    Button(w("button.what_is_stored"), Action("privacy.show"), "primary"),
                    Button(w("button.talk"), Action("human.ask")),
                    Button(w("button.pause"), Action("pause.ask")),
                    Button(w("button.why"), Action("why", delivery.purpose)),
                )
            ),
        ),
        fallback=w("contact.fallback", organisation=organisation),
    )


def asked_why(caller: Caller, action: Action, values: Mapping[str, str]) -> Reply:
    """Say by which rule a message of this kind is sent."""
    w = caller.words
    key = f"why.{action.ref}" if f"why.{action.ref}" in w else "why.other"
    return Private(
        Card(
            title=w("why.title"),
            elements=(Text(w(key)), Buttons((Button(w("button.person"), Action("human.ask")),))),
            fallback=w(key),
        )
    )


ACTIONS: Mapping[str, ActionHandler] = {"why": asked_why}
CARDS: Mapping[str, CardBuilder] = {"contact.first": first_card}
