"""Marking made-up data wherever it is shown."""

from dataclasses import replace

from bot.talk.cards import Card, Note
from bot.talk.language import Words


def marked(card: Card, words: Words, *, made_up: bool) -> Card:
    """Return the card with the note that its data is made up, once, however often it is marked."""
    note = Note(words("marking.made_up"))
    if not made_up or note in card.elements:
        return card
    return replace(card, elements=(*card.elements, note))
