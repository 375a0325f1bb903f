"""One card on each of Slack's surfaces, as Slack would get it."""

from typing import Any

from adapters.slack.render import home, message, modal
from bot.talk.cards import Card
from tests.platforms.slack.blocks import Surface

Json = dict[str, Any]


def posted(card: Card, *, native_charts: bool = True) -> Json:
    made = message(card, native_charts=native_charts)
    return {"text": made.text, "blocks": made.blocks}


def surfaces(card: Card) -> list[tuple[Surface, Json]]:
    """Return every form that a card can take, with the surface that it is for."""
    plain = posted(card, native_charts=False)
    return [
        ("message", posted(card)),
        ("message", plain),
        ("modal", modal(card, "origin")),
        ("home", home(card)),
    ]


def rendered(card: Card) -> Json:
    """Return what a golden file shows of a card; the Home tab, which is drawn as a message is, left out."""
    shown, without = posted(card), posted(card, native_charts=False)
    plain = {"without_charts": without["blocks"]} if without != shown else {}
    return {"message": shown, **plain, "modal": modal(card, "origin")}
