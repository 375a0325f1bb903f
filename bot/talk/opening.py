"""Which acts are answered by a form. Data only; ``bot/commands.py`` binds the cases.

Some platforms open a form only from a button that was drawn for it, so they have to know before anybody presses.
"""

from bot.talk.cards import Action, Button, Buttons, Card, Text
from bot.talk.language import words

OPENING = frozenset(
    {
        "answer.open",
        "answer.skipped",
        "answer.tap",
        "claim.open",
        "feedback.open",
        "golive.details",
        "journey.rate",
        "pause.ask",
        "quotes.differ",
        "rollouts.add",
        "rollouts.change",
        "rollouts.hours",
        "roles.give",
        "roles.take",
        "roster.link",
        "roster.take",
        "settings.open",
        "surveys.new",
        "surveys.owner",
        "surveys.thresholds",
        "upload.apply",
    }
)
"""The names of the acts that a form may answer; each of them may also be refused, or find that nothing is left to ask."""


def opens_form(action: Action) -> bool:
    """Whether an act may be answered by a form."""
    return action.name in OPENING


def offer(form: Card, opener: Action) -> Card:
    """Return the card that stands in for a form which cannot open by itself: what it is about, and the button to it."""
    press = Buttons((Button(words(form.locale)("button.open_form"), opener, "primary"),))
    return Card(form.title, (Text(form.fallback), press), form.fallback, locale=form.locale)
