"""One card on each of Teams' surfaces, as Teams would get it."""

from typing import Any

from adapters.teams.render import dialog, message
from bot.talk.cards import Card

Json = dict[str, Any]


def surfaces(card: Card) -> list[Json]:
    """Return every form that a card can take, as Adaptive Cards."""
    return [message(card)["attachments"][0]["content"], dialog(card, "origin")["card"]["content"]]


def rendered(card: Card) -> Json:
    """Return what a golden file shows of a card."""
    return {"message": message(card), "dialog": dialog(card, "origin")}
