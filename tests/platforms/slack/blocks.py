"""An opinion on Block Kit of our own: what Slack would refuse in a message or a view, in words.

It is written from the published limits, apart from the renderer and its limits, so that a mistake in one of them shows;
where sources disagree it holds to the smaller number. Stricter than Slack in one thing: an unknown field is a problem.
"""

import json
import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

Json = dict[str, Any]
Surface = Literal["message", "modal", "home"]
Rule = Callable[[Any, str], Iterator[str]]

EVERYWHERE = {
    "actions",
    "card",
    "context",
    "divider",
    "header",
    "image",
    "input",
    "rich_text",
    "section",
    "video",
}
DATA = {"carousel", "container", "data_table", "data_visualization", "table"}
SURFACES: Mapping[Surface, frozenset[str]] = {
    "message": frozenset(EVERYWHERE | DATA | {"context_actions", "file", "markdown", "plan", "task_card"}),
    "modal": frozenset(EVERYWHERE | {"alert"}),
    "home": frozenset(EVERYWHERE | DATA),
}
MOST_BLOCKS: Mapping[Surface, int] = {"message": 50, "modal": 100, "home": 100}
MOST_CHARTS, MOST_TABLE_TEXT, MOST_MARKDOWN, MOST_VIEW_BYTES, MOST_TEXT = 2, 20_000, 12_000, 250_000, 40_000

MARKUP = re.compile(r"<[@#!][^>]*>|<(?:https?|mailto|tel|slack):[^>]*>")


def problems(message_or_view: Json, surface: Surface = "message") -> list[str]:
    """Return what Slack would refuse, as "where: what"; an empty list for what it takes."""
    found = _message(message_or_view) if surface == "message" else _view(message_or_view, surface)
    return [*_unspeakable(message_or_view), *found]


def markup(payload: Any) -> list[str]:
    """Return every mention, broadcast and link that Slack would act on, in texts that it parses."""
    return [found for text in parsed(payload) for found in MARKUP.findall(text)]


def parsed(payload: Any) -> Iterator[str]:
    """Yield each text that Slack parses as mrkdwn: such objects, and the top-level text of a message."""
    if isinstance(payload, dict) and "blocks" in payload and isinstance(payload.get("text"), str):
        yield payload["text"]
    yield from (part["text"] for part in dicts(payload) if part.get("type") == "mrkdwn")


def texts(payload: Any) -> Iterator[str]:
    """Yield every text that a person can see or hear, in order."""
    if isinstance(payload, list):
        for part in payload:
            yield from texts(part)
    if isinstance(payload, dict):
        for key, part in payload.items():
            if isinstance(part, str) and key in SEEN:
                yield part
            yield from texts(part) if not isinstance(part, str) else ()


SEEN = frozenset({"text", "title", "caption", "name", "label", "accessibility_label", "x_label", "y_label"})


def dicts(payload: Any) -> Iterator[Json]:
    """Yield every object of a payload, outermost first."""
    if isinstance(payload, dict):
        yield payload
    parts = payload.values() if isinstance(payload, dict) else payload if isinstance(payload, list) else ()
    for part in parts:
        yield from dicts(part)


def _unspeakable(payload: Any) -> Iterator[str]:
    try:
        json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        yield f"not JSON in UTF-8: {error}"


# --- rules: each takes a value and where it stands, and yields what is wrong with it


def units(text: str) -> int:
    """Count a text in UTF-16, the most that any of Slack's clients counts."""
    return sum(2 if ord(character) > 0xFFFF else 1 for character in text)


def string(most: int, least: int = 1) -> Rule:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, str):
            yield f"{where}: not a text"
        elif not least <= units(value) <= most:
            yield f"{where}: {units(value)} characters, {least} to {most} are allowed"
        elif least and not value.strip():
            yield f"{where}: blank"

    return check


def whole(least: int, most: int) -> Rule:
    def check(value: Any, where: str) -> Iterator[str]:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            yield f"{where}: {value!r} is no whole number from {least} to {most}"

    return check


def finite(value: Any, where: str) -> Iterator[str]:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        yield f"{where}: {value!r} is no finite number"


def positive(value: Any, where: str) -> Iterator[str]:
    yield from finite(value, where)
    if isinstance(value, (int, float)) and value <= 0:
        yield f"{where}: {value!r} is not above 0"


def flag(value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, bool):
        yield f"{where}: neither true nor false"


def one_of(*values: Any) -> Rule:
    def check(value: Any, where: str) -> Iterator[str]:
        if value not in values:
            yield f"{where}: {value!r} is none of {', '.join(map(str, values))}"

    return check


def many(rule: Rule, most: int, least: int = 1) -> Rule:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{where}: not a list"
            return
        if not least <= len(value) <= most:
            yield f"{where}: {len(value)} entries, {least} to {most} are allowed"
        for index, entry in enumerate(value):
            yield from rule(entry, f"{where}[{index}]")

    return check


def shape(required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None) -> Rule:
    known = {**required, **(optional or {})}

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where}: not an object"
            return
        yield from (f"{where}: lacks {name}" for name in required if name not in value)
        for name, part in value.items():
            if name in known:
                yield from known[name](part, f"{where}.{name}")
            elif name != "type":
                yield f"{where}: {name} is unknown"

    return check


def typed(kinds: Mapping[str, Rule]) -> Rule:
    def check(value: Any, where: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        rule = kinds.get(kind) if isinstance(kind, str) else None
        if rule is None:
            yield f"{where}: {kind!r} may not stand here"
        else:
            yield from rule(value, where)

    return check


def anything(value: Any, where: str) -> Iterator[str]:
    yield from ()


# --- composition objects and elements


def text(most: int, *kinds: str) -> Rule:
    plain = shape({"text": string(most)}, {"emoji": flag})
    formatted = shape({"text": string(most)}, {"verbatim": flag})
    both = {"plain_text": plain, "mrkdwn": formatted}
    return typed({kind: both[kind] for kind in kinds or both})


PLAIN = "plain_text"
ID = string(255)
URL = string(3_000)
PLACEHOLDER = text(150, PLAIN)

CONFIRM = shape(
    {"title": text(100, PLAIN), "text": text(300), "confirm": text(30, PLAIN), "deny": text(30, PLAIN)},
    {"style": one_of("primary", "danger")},
)
OPTION = shape(
    {"text": text(75), "value": string(75)},
    {"description": text(75), "url": URL},
)
GROUP = shape({"label": text(75, PLAIN), "options": many(OPTION, 100)})
SLACK_FILE = shape({}, {"id": string(255), "url": URL})
IMAGE = shape(
    {"alt_text": string(2_000)},
    {"image_url": URL, "slack_file": SLACK_FILE, "title": text(2_000, PLAIN), "block_id": ID},
)
BUTTON = shape(
    {"text": text(75, PLAIN)},
    {
        "action_id": ID,
        "value": string(2_000),
        "url": URL,
        "style": one_of("primary", "danger"),
        "confirm": CONFIRM,
        "accessibility_label": string(75),
    },
)
BASICS = {"action_id": ID, "focus_on_load": flag, "confirm": CONFIRM}


def _options(most: int, more: Mapping[str, Rule]) -> Rule:
    return shape({"options": many(OPTION, most)}, {**BASICS, **more})


def _select(value: Any, where: str) -> Iterator[str]:
    yield from shape(
        {},
        {
            **BASICS,
            "options": many(OPTION, 100),
            "option_groups": many(GROUP, 100),
            "initial_option": OPTION,
            "placeholder": PLACEHOLDER,
        },
    )(value, where)
    if ("options" in value) == ("option_groups" in value):
        yield f"{where}: needs options or option groups"


def _picked(rule: Rule) -> Rule:
    """Add that values differ, and that the option picked at first is one of those offered."""

    def check(value: Any, where: str) -> Iterator[str]:
        yield from rule(value, where)
        groups = [value, *_list(value.get("option_groups"))]
        offered = [o for group in groups if isinstance(group, dict) for o in _list(group.get("options"))]
        for name, count in Counter(str(o.get("value")) for o in offered if isinstance(o, dict)).items():
            if count > 1:
                yield f"{where}: the value {name!r} is offered {count} times"
        first = value.get("initial_option")
        if first is not None and first not in offered:
            yield f"{where}.initial_option: not among the options"

    return check


SELECT = _picked(_select)
RADIO = _picked(_options(10, {"initial_option": OPTION}))
CHECKBOXES = _options(10, {"initial_options": many(OPTION, 10)})
TYPED_IN = shape(
    {},
    {
        **BASICS,
        "placeholder": PLACEHOLDER,
        "initial_value": string(3_000, 0),
        "multiline": flag,
        "min_length": whole(0, 3_000),
        "max_length": whole(1, 3_000),
        "dispatch_action_config": anything,
    },
)
PICKER = shape(
    {}, {**BASICS, "placeholder": PLACEHOLDER, "initial_date": string(10), "initial_time": string(5)}
)
RICH_IN = shape(
    {},
    {
        **BASICS,
        "placeholder": PLACEHOLDER,
        "min_lines": whole(1, 100),
        "max_lines": whole(1, 100),
        "initial_value": anything,
    },
)
FILE_IN = shape({}, {"action_id": ID, "filetypes": anything, "max_files": whole(1, 10)})
NUMBER_IN = shape(
    {"is_decimal_allowed": flag},
    {
        **BASICS,
        "placeholder": PLACEHOLDER,
        "initial_value": string(100, 0),
        "min_value": string(100),
        "max_value": string(100),
    },
)
LOOKED_UP = shape({}, {**BASICS, "placeholder": PLACEHOLDER, "min_query_length": whole(0, 100)})

CHOOSERS: Mapping[str, Rule] = {
    "static_select": SELECT,
    "external_select": LOOKED_UP,
    "users_select": LOOKED_UP,
    "conversations_select": LOOKED_UP,
    "channels_select": LOOKED_UP,
    "radio_buttons": RADIO,
    "checkboxes": CHECKBOXES,
    "datepicker": PICKER,
    "timepicker": PICKER,
    "datetimepicker": PICKER,
}
ACTION: Mapping[str, Rule] = {
    **CHOOSERS,
    "button": BUTTON,
    "overflow": _options(5, {}),
    "workflow_button": BUTTON,
}
INPUT: Mapping[str, Rule] = {
    **CHOOSERS,
    "plain_text_input": TYPED_IN,
    "email_text_input": TYPED_IN,
    "url_text_input": TYPED_IN,
    "number_input": NUMBER_IN,
    "rich_text_input": RICH_IN,
    "file_input": FILE_IN,
}

# --- rich text

STYLE = shape(
    {}, dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "unlink"), flag)
)
PIECES: Mapping[str, Rule] = {
    "text": shape({"text": string(40_000)}, {"style": STYLE}),
    "link": shape({"url": URL}, {"text": string(40_000), "unsafe": flag, "style": STYLE}),
    "emoji": shape({"name": string(255)}, {"unicode": string(255), "skin_tone": whole(1, 6)}),
    "user": shape({"user_id": ID}, {"style": STYLE}),
    "usergroup": shape({"usergroup_id": ID}, {"style": STYLE}),
    "channel": shape({"channel_id": ID}, {"style": STYLE}),
    "broadcast": shape({"range": one_of("here", "channel", "everyone")}, {"style": STYLE}),
    "date": shape(
        {"timestamp": whole(0, 2**40), "format": string(255)}, {"url": URL, "fallback": string(3_000)}
    ),
    "color": shape({"value": string(20)}),
}
PIECE = typed(PIECES)
RICH_SECTION = shape({"elements": many(PIECE, 10_000)})
RICH_ELEMENT = typed(
    {
        "rich_text_section": RICH_SECTION,
        "rich_text_quote": shape({"elements": many(PIECE, 10_000)}, {"border": whole(0, 1)}),
        "rich_text_preformatted": shape(
            {"elements": many(typed({k: PIECES[k] for k in ("text", "link")}), 10_000)},
            {"border": whole(0, 1), "language": string(50)},
        ),
        "rich_text_list": shape(
            {
                "style": one_of("bullet", "ordered"),
                "elements": many(typed({"rich_text_section": RICH_SECTION}), 10_000),
            },
            {"indent": whole(0, 8), "offset": whole(0, 10_000), "border": whole(0, 1)},
        ),
    }
)
RICH_TEXT = shape({"elements": many(RICH_ELEMENT, 10_000)}, {"block_id": ID})

# --- tables and charts

RAW = shape({"text": string(20_000)}, {"emoji": flag})
RAW_NUMBER = shape({"value": finite, "text": string(20_000)})
HEAD_CELL = typed({"raw_text": RAW, "raw_number": RAW_NUMBER})
CELL = typed({"raw_text": RAW, "raw_number": RAW_NUMBER, "rich_text": RICH_TEXT})
COLUMN = shape({}, {"align": one_of("left", "center", "right"), "is_wrapped": flag})


def _data_table(value: Any, where: str) -> Iterator[str]:
    yield from shape(
        {"rows": many(many(CELL, 20), 101, 2), "caption": string(20_000)},
        {"page_size": whole(1, 100), "row_header_column_index": whole(0, 19), "block_id": ID},
    )(value, where)
    rows = [_list(row) for row in _list(value.get("rows"))]
    widths = {len(row) for row in rows}
    if len(widths) > 1:
        yield f"{where}.rows: have {sorted(widths)} cells, not all the same number"
    for cell in rows[0] if rows else ():
        yield from HEAD_CELL(cell, f"{where}.rows[0]")
    header = value.get("row_header_column_index", 0)
    if isinstance(header, int) and widths and header >= min(widths):
        yield f"{where}.row_header_column_index: {header} is beyond the last column"


POINT = shape({"label": string(20), "value": finite})
SERIES = shape({"name": string(20), "data": many(POINT, 20)})
AXES = shape({"categories": many(string(20), 20)}, {"x_label": string(50), "y_label": string(50)})


def _axis_chart(value: Any, where: str) -> Iterator[str]:
    yield from shape({"series": many(SERIES, 6), "axis_config": AXES})(value, where)
    axes = value.get("axis_config")
    categories = _list(axes.get("categories") if isinstance(axes, dict) else None)
    if len(set(map(str, categories))) != len(categories):
        yield f"{where}.axis_config.categories: not all different"
    series = [s for s in _list(value.get("series")) if isinstance(s, dict)]
    if len({str(s.get("name")) for s in series}) != len(series):
        yield f"{where}.series: names are not all different"
    for index, one in enumerate(series):
        labels = [point.get("label") for point in _list(one.get("data")) if isinstance(point, dict)]
        if sorted(map(str, labels)) != sorted(map(str, categories)):
            yield f"{where}.series[{index}]: not exactly one value for each category"


CHART = typed(
    {
        **dict.fromkeys(("line", "bar", "area"), _axis_chart),
        "pie": shape({"segments": many(shape({"label": string(20), "value": positive}), 6)}),
    }
)

# --- blocks


def _section(value: Any, where: str) -> Iterator[str]:
    accessory = typed({**ACTION, "image": IMAGE})
    yield from shape(
        {},
        {
            "text": text(3_000),
            "fields": many(text(2_000), 10),
            "accessory": accessory,
            "expand": flag,
            "block_id": ID,
        },
    )(value, where)
    if "text" not in value and "fields" not in value:
        yield f"{where}: needs a text or fields"


CARD = shape(
    {},
    {
        "block_id": ID,
        "title": text(150),
        "subtitle": text(150),
        "body": text(200),
        "subtext": text(200),
        "icon": anything,
        "hero_image": IMAGE,
        "actions": many(typed({"button": BUTTON}), 3),
    },
)
TASK = shape(
    {"task_id": ID, "title": string(3_000)},
    {
        "status": one_of("pending", "in_progress", "complete", "error"),
        "details": RICH_TEXT,
        "output": RICH_TEXT,
        "sources": anything,
        "block_id": ID,
    },
)
FEEDBACK = shape(
    {"text": text(75, PLAIN), "value": string(2_000)},
    {"accessibility_label": string(75)},
)
CONTEXT_ACTION = typed(
    {
        "feedback_buttons": shape(
            {"positive_button": FEEDBACK, "negative_button": FEEDBACK}, {"action_id": ID}
        ),
        "icon_button": shape(
            {"icon": string(50), "text": text(75, PLAIN)},
            {
                **BASICS,
                "value": string(2_000),
                "accessibility_label": string(75),
                "visible_to_user_ids": many(ID, 10),
            },
        ),
    }
)
VIDEO = shape(
    {
        "alt_text": string(2_000),
        "title": text(200, PLAIN),
        "thumbnail_url": URL,
        "video_url": URL,
    },
    {
        "title_url": string(2_000),
        "author_name": string(50),
        "provider_name": string(50),
        "provider_icon_url": string(2_000),
        "description": text(200, PLAIN),
        "block_id": ID,
    },
)
SIMPLE: dict[str, Rule] = {
    "actions": shape({"elements": many(typed(ACTION), 25)}, {"block_id": ID}),
    "alert": shape(
        {"text": text(200)},
        {"level": one_of("default", "info", "warning", "error", "success"), "block_id": ID},
    ),
    "card": CARD,
    "carousel": shape({"elements": many(typed({"card": CARD}), 10)}, {"block_id": ID}),
    "context": shape(
        {"elements": many(typed({"plain_text": text(3_000), "mrkdwn": text(3_000), "image": IMAGE}), 10)},
        {"block_id": ID},
    ),
    "context_actions": shape({"elements": many(CONTEXT_ACTION, 5)}, {"block_id": ID}),
    "data_table": _data_table,
    "data_visualization": shape({"title": string(50), "chart": CHART}, {"block_id": ID}),
    "divider": shape({}, {"block_id": ID}),
    "file": shape({"external_id": ID, "source": one_of("remote")}, {"block_id": ID}),
    "header": shape({"text": text(150, PLAIN)}, {"block_id": ID}),
    "image": IMAGE,
    "input": shape(
        {"label": text(2_000, PLAIN), "element": typed(INPUT)},
        {"hint": text(2_000, PLAIN), "optional": flag, "dispatch_action": flag, "block_id": ID},
    ),
    "markdown": shape({"text": string(12_000)}, {"block_id": ID}),
    "plan": shape({"title": string(3_000)}, {"tasks": many(typed({"task_card": TASK}), 50), "block_id": ID}),
    "rich_text": RICH_TEXT,
    "section": _section,
    "table": shape(
        {"rows": many(many(CELL, 20), 100)}, {"column_settings": many(COLUMN, 20), "block_id": ID}
    ),
    "task_card": TASK,
    "video": VIDEO,
}
CONTAINER = shape(
    {"title": text(150), "child_blocks": many(typed(SIMPLE), 10)},
    {"subtitle": text(150), "size": anything, "icon": anything, "block_id": ID},
)
BLOCK = typed({**SIMPLE, "container": CONTAINER})

# --- messages and views


def _message(payload: Json) -> Iterator[str]:
    said = payload.get("text")
    if not isinstance(said, str) or not said.strip():
        yield "text: a message says its sentence to screen readers and phones"
    elif units(said) > MOST_TEXT:
        yield f"text: {units(said)} characters, at most {MOST_TEXT} are kept"
    if "blocks" in payload:
        yield from _blocks(payload["blocks"], "message")


def _view(view: Json, surface: Surface) -> Iterator[str]:
    yield from shape(
        {"blocks": anything} | ({"title": text(24, PLAIN)} if surface == "modal" else {}),
        {
            "callback_id": ID,
            "external_id": ID,
            "private_metadata": string(3_000, 0),
            **(
                {
                    "submit": text(24, PLAIN),
                    "close": text(24, PLAIN),
                    "clear_on_close": flag,
                    "notify_on_close": flag,
                }
                if surface == "modal"
                else {}
            ),
        },
    )(view, "view")
    if view.get("type") != surface:
        yield f"view.type: {view.get('type')!r} is no {surface}"
    yield from _blocks(view.get("blocks"), surface)
    kinds = [block.get("type") for block in _list(view.get("blocks")) if isinstance(block, dict)]
    if surface == "modal" and "input" in kinds and "submit" not in view:
        yield "view.submit: a modal with fields needs it"
    size = len(json.dumps(view, ensure_ascii=False).encode("utf-8", "replace"))
    if size > MOST_VIEW_BYTES:
        yield f"view: {size} bytes, at most {MOST_VIEW_BYTES} are taken"


def _blocks(blocks: Any, surface: Surface) -> Iterator[str]:
    yield from many(BLOCK, MOST_BLOCKS[surface])(blocks, "blocks")
    known = [block for block in _list(blocks) if isinstance(block, dict)]
    for index, block in enumerate(known):
        kind = block.get("type")
        if isinstance(kind, str) and kind in BLOCK_KINDS - SURFACES[surface]:
            yield f"blocks[{index}]: {kind} may not stand on a {surface}"
    yield from _twice(known)
    yield from _totals(known)


BLOCK_KINDS = frozenset({*SIMPLE, "container"})


def _twice(blocks: list[Json]) -> Iterator[str]:
    ids = Counter(block["block_id"] for block in blocks if isinstance(block.get("block_id"), str))
    yield from (f"blocks: {name!r} names {count} of them" for name, count in ids.items() if count > 1)
    for index, block in enumerate(blocks):
        used = Counter(
            element["action_id"]
            for element in _list(block.get("elements"))
            if isinstance(element, dict) and isinstance(element.get("action_id"), str)
        )
        yield from (f"blocks[{index}]: {name!r} acts {n} times" for name, n in used.items() if n > 1)


def _totals(blocks: list[Json]) -> Iterator[str]:
    inside = list(dicts(blocks))
    charts = sum(part.get("type") == "data_visualization" for part in inside)
    if charts > MOST_CHARTS:
        yield f"blocks: {charts} charts, at most {MOST_CHARTS} are allowed"
    markdown = sum(units(str(part.get("text"))) for part in inside if part.get("type") == "markdown")
    if markdown > MOST_MARKDOWN:
        yield f"blocks: {markdown} characters of markdown, at most {MOST_MARKDOWN} are allowed"
    tables = [part.get("rows") for part in inside if part.get("type") == "data_table"]
    said = sum(units(cell["text"]) for cell in dicts({"rows": tables}) if isinstance(cell.get("text"), str))
    if said > MOST_TABLE_TEXT:
        yield f"blocks: {said} characters in data tables, at most {MOST_TABLE_TEXT} are allowed"


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
