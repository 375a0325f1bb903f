"""What an invoke can be answered with. Teams shows "Unable to reach app" for everything else, an empty body included.

Shapes: learn.microsoft.com, ``AdaptiveCardInvokeResponse`` and ``TaskModuleResponse``. The status within the body is the
act's; the one of HTTP around it is 200 as soon as the body is to be read.
"""

from typing import Any

from adapters.teams.sdk import Answer

Json = dict[str, Any]

CARD = "application/vnd.microsoft.card.adaptive"
MESSAGE = "application/vnd.microsoft.activity.message"
ERROR = "application/vnd.microsoft.error"


def card(adaptive: Json) -> Answer:
    """Show a card in the place of the one that was pressed, to whoever pressed it and nobody else."""
    return Answer({"statusCode": 200, "type": CARD, "value": adaptive})


def message(sentence: str) -> Answer:
    """Say something beside the card, which stays with all that was filled in."""
    return Answer({"statusCode": 200, "type": MESSAGE, "value": sentence})


def error(status: int, code: str, sentence: str) -> Answer:
    """Say that an act had no effect."""
    return Answer({"statusCode": status, "type": ERROR, "value": {"code": code, "message": sentence}})


def dialog(task: Json) -> Answer:
    """Show a card in the dialog, or open one with it; ``task`` is the dialog as it is drawn."""
    return Answer({"task": {"type": "continue", "value": task}})


def closing(sentence: str) -> Answer:
    """Say something in the dialog, which ends with it."""
    return Answer({"task": {"type": "message", "value": sentence}})
