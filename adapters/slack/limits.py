"""Every number that Slack's Block Kit and Web API hold us to, and where it comes from.

Sources: [D] docs.slack.dev/reference/block-kit (and /reference/methods, /reference/views), [T] the JSDoc of the npm
package ``@slack/types`` 3.2.0, [S] the limits of the Python package ``slackblocks`` 3.0.0, [M] the manifest schema
``slackapi/manifest-schema``, [R] reported by users and answered by Slack staff. Where they disagree we keep the smaller.
"""

import re
import unicodedata

MESSAGE_BLOCKS = 50
"""Blocks in a message [D, T, S]."""
VIEW_BLOCKS = 100
"""Blocks in a modal or on the Home tab [D, T, S]."""
MESSAGE_TEXT = 4_000
"""Characters of a message's ``text``: 4,000 are advised, beyond 40,000 it is cut by Slack [D, chat.postMessage]."""
MESSAGE_JSON = 12_000
"""Characters of a message's blocks as JSON, its tables and charts apart: about 13,200 are refused with
``msg_blocks_too_long``, "12,000 text characters with a buffer for block containers" [R, slackapi/bolt-js 2509, 2867]."""
VIEW_JSON = 250_000
"""Bytes of a view as JSON [D, views.open]."""

HEADER = 150
"""Characters of a header [D, T, S]."""
SECTION = 3_000
"""Characters of a section's text, and of any text object [D, S]."""
FIELDS, FIELD = 10, 2_000
"""Fields of a section, characters of each [D, T, S]."""
ACTIONS = 25
"""Elements of an actions block [D, T, S]."""
CONTEXT = 10
"""Elements of a context block [D, T, S]."""
INPUT_LABEL, INPUT_HINT = 2_000, 2_000
"""Characters of a field's label and hint [D, T, S]."""
IDENTIFIER = 255
"""Characters of an ``action_id``, ``block_id`` or ``callback_id`` [D, T, S]."""

BUTTON_TEXT, BUTTON_VALUE, BUTTON_SPOKEN, BUTTON_URL = 75, 2_000, 75, 3_000
"""Characters of a button's text, value and accessibility label [D, T, S]."""
CONFIRM_TITLE, CONFIRM_TEXT, CONFIRM_BUTTON = 100, 300, 30
"""Characters of the parts of a confirmation [D, T, S]."""
OPTION_TEXT, OPTION_VALUE = 75, 75
"""Characters of an option; for the value 150 [S] or 75 [T]."""
RADIO_OPTIONS, SELECT_OPTIONS, SELECT_GROUPS = 10, 100, 100
"""Options of radio buttons; options of a select or of each of its groups; groups of a select [D, T, S]."""
PLAIN_INPUT = 3_000
"""Characters that may be typed into a plain text field [D, T, S]."""

VIEW_TITLE, VIEW_BUTTON = 24, 24
"""Characters of a modal's title, and of its buttons [D, T, S]."""
PRIVATE_METADATA = 3_000
"""Characters of a view's ``private_metadata`` [D, T, S]."""

TABLE_ROWS, TABLE_COLUMNS = 100, 20
"""Rows of a data table below its header: 100 [D] or 200 [S]; its columns [D, S]."""
TABLE_PAGE = 100
"""Rows on one page of a data table [D, T, S]."""
TABLE_CHARACTERS = 20_000
"""Characters of all cells of all data tables of a message [D, S]."""

CHARTS = 2
"""Charts in a message [D, S]."""
CHART_TITLE, CHART_AXIS, CHART_LABEL = 50, 50, 20
"""Characters of a chart's title, of an axis title, of a category or series name [D, S]."""
CHART_SERIES, CHART_CATEGORIES = 6, 20
"""Series of a chart: 6 [D] or 12 [S]; its categories [D, S]."""

APP_NAME, APP_DESCRIPTION, APP_BOT_NAME = 35, 140, 80
"""Characters of an app's name, description and bot name [M]."""
APP_LONG_DESCRIPTION = (175, 4_000)
"""Fewest and most characters of an app's long description [M]."""
APP_COMMAND, APP_COMMAND_HINT, APP_COMMAND_TEXT = 32, 1_000, 2_000
"""Characters of a slash command, of its usage hint, of its description [M]."""
APP_SHORTCUT, APP_SHORTCUT_TEXT = 24, 150
"""Characters of a shortcut's name and description [M]."""
APP_ADDRESS = 3_000
"""Characters of a request URL: 3,000 for commands, 3,500 elsewhere [M]."""

CUT = "…"

_ESCAPE_OR_CHARACTER = re.compile(r"&(?:amp|lt|gt);|.", re.DOTALL)
_LONGEST_ESCAPE = len("&amp;")
_SKIN_TONES = ("\U0001f3fb", "\U0001f3ff")
_JOINER = "\u200d"


def length(text: str) -> int:
    """Return how many characters Slack counts at most: UTF-16 units, so that one beyond the first plane counts twice."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def cut(text: str, limit: int) -> str:
    """Return the text, or its beginning and "…", at most ``limit`` (1 or more) characters as Slack counts them.

    An escape (``&amp;``) is never cut in two, nor a letter from its accent or the parts of a joined emoji.
    """
    if length(text) <= limit:
        return text
    room, ends = limit - len(CUT), []
    for piece in _ESCAPE_OR_CHARACTER.finditer(text[: limit + _LONGEST_ESCAPE]):
        room -= length(piece[0])
        if room < 0:
            break
        ends.append(piece.end())
    while ends and _joined(text, ends[-1]):
        ends.pop()
    return text[: ends[-1]].rstrip() + CUT if ends else CUT


def _joined(text: str, at: int) -> bool:
    """Whether what stands before and after a place in the text is one sign to its reader."""
    after = text[at]
    accent = unicodedata.category(after).startswith("M") or _SKIN_TONES[0] <= after <= _SKIN_TONES[1]
    return accent or _JOINER in text[at - 1 : at + 1]
