"""What every card carries when it leaves: its language, and a note where its data is made up."""

from dataclasses import replace

from bot.talk.cards import Card, Note
from bot.talk.language import Words


def marked(card: Card, words: Words, *, made_up: bool) -> Card:
    """Return the card with its language and, where its data is made up, the note that says so.

    Marking it again changes nothing.
    """
    note = Note(words("marking.made_up"))
    added = (note,) if made_up and note not in card.elements else ()
    return replace(card, elements=(*card.elements, *added), locale=str(words.locale).replace("_", "-"))
