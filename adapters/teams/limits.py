"""Every number that Teams and Adaptive Cards hold us to, and where it comes from.

Sources: [D] learn.microsoft.com/microsoftteams/platform, [S] the published schema of Adaptive Cards 1.5, [R] reported by
users and answered by Microsoft staff, [O] our own, as nothing is published: what a narrow pane can show, what a message
has room for.
"""

import json
from typing import Any

from bot.talk.inert import cut as shortened

MESSAGE = 90_000
"""Bytes of a message as UTF-16: 100 KB without pictures are allowed, counted so [D, format-your-bot-messages]."""
ASIDE = 1_000
"""Bytes kept free for what is around a card, and for the note that something is left out [O]."""

ACTIONS = 6
"""Buttons in one set; what is beyond is not shown [D, cards-reference; R, msteams-docs 5356]."""
ROW = 288
"""Pixels of a row of buttons in a pane of 320: some clients of Teams neither wrap nor scroll a row that is too long
[R, AdaptiveCards 4758]."""
COLUMNS, TABLE = 4, 272
"""Columns of a table that can be read in a pane of 320 pixels; pixels of a table in it [O]."""

TITLE, TEXT, SENTENCE = 300, 4_000, 500
"""Characters of a title; of a paragraph; of what notifications and screen readers say [O]."""
LABEL, VALUE, DETAIL, CELL = 150, 450, 300, 500
"""Characters of the parts of a fact, of one cell of a table [O]."""
BUTTON, HINT, OPTION = 80, 1_000, 200
"""Characters on a button, under a field, of something to pick [O]."""
DIALOG_TITLE = 60
"""Characters of a dialog's title bar [O]."""
WRITTEN = 4_000
"""Characters that may be typed into a field [O]."""
CHOICES = 200
"""Things to pick in one field [O]."""
TOKEN = 8_000
"""Characters of an act, which a button carries twice [O]."""

TABLES = 50_000
"""Bytes of all tables of a card, with what stands in for them in clients that draw none [O]."""
CHART_SERIES, CHART_POINTS, CHART_LABEL = 6, 24, 40
"""Series of a picture, places along its axis, characters of their names [O]."""


def size(part: Any) -> int:
    """Return the bytes of a part of a message as Teams counts them at most: JSON without other letters, in UTF-16."""
    return 2 * len(json.dumps(part))


def cut(text: str, limit: int) -> str:
    """Return the text, or its beginning and "…", at most ``limit`` characters and three times as much JSON."""
    short = shortened(text, limit)
    while len(short) > 1 and not short.isascii() and _written(short) > 3 * limit:
        fitting = len(short) * 3 * limit // _written(short)
        short = shortened(short, max(1, min(len(short) - 1, fitting)))
    return short


def _written(text: str) -> int:
    """Return how many characters a text takes in JSON without other letters."""
    return len(json.dumps(text)) - 2
