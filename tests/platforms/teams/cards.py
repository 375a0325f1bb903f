"""An opinion on Adaptive Cards of our own: what Teams would refuse in a card, or show poorly, in words.

It is written from the published schema of version 1.5 and the published definitions of Teams' charts, apart from the
renderer and its limits, so that a mistake in one of them shows. Stricter than both: an unknown property is a problem, and
so is a card that a narrow pane, an older client or a screen reader could not show.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tests.platforms.teams.rules import (
    Rule,
    filled,
    finite,
    flag,
    link,
    many,
    mapping,
    measure,
    nothing_or,
    one_of,
    pixels,
    positive,
    shape,
    string,
    text,
    typed,
)
from tests.platforms.teams.walk import CHARTS, Json, dicts, oldest

MOST_ACTIONS, MOST_BYTES, DEEPEST = 6, 90_000, 2


def problems(card: Json) -> list[str]:
    """Return what Teams would refuse or show poorly, as "where: what"; an empty list for a card in order."""
    return [*_unspeakable(card), *CARD(card, "card"), *_afterwards(card), *_of_ours(card)]


def message_problems(activity: Json) -> list[str]:
    """Return what is wrong with a message that holds one card."""
    if activity.get("type") != "message" or not str(activity.get("summary", "")).strip():
        return ["message: neither type nor summary"]
    attached = activity.get("attachments", [])
    if [one.get("contentType") for one in attached] != ["application/vnd.microsoft.card.adaptive"]:
        return ["message: not one card"]
    large = units(activity)
    return [*problems(attached[0]["content"]), *([f"message: {large} bytes"] if large >= MOST_BYTES else [])]


def units(payload: Any) -> int:
    """Count a payload in bytes of UTF-16, as Teams does."""
    return len(json.dumps(payload).encode("utf-16-le"))


def _unspeakable(payload: Any) -> Iterator[str]:
    try:
        json.dumps(payload, ensure_ascii=False, allow_nan=False).encode()
    except ValueError as error:
        yield f"not JSON in UTF-8: {error}"


# --- what every element, input and action may have

SPACING = one_of("default", "none", "small", "medium", "large", "extraLarge", "padding")
STYLE = nothing_or(one_of("default", "emphasis", "good", "attention", "warning", "accent"))
HORIZONTAL = nothing_or(one_of("left", "center", "right"))
VERTICAL = nothing_or(one_of("top", "center", "bottom"))
REQUIRES: Rule = mapping


def element(value: Any, where: str) -> Iterator[str]:
    yield from ELEMENT(value, where)


def action(value: Any, where: str) -> Iterator[str]:
    yield from ACTION(value, where)


def pressed(value: Any, where: str) -> Iterator[str]:
    yield from SELECTED(value, where)


def card(value: Any, where: str) -> Iterator[str]:
    yield from INNER(value, where)


def _else(rule: Rule) -> Rule:
    def check(value: Any, where: str) -> Iterator[str]:
        if value != "drop":
            yield from rule(value, where)

    return check


TOGGLEABLE: Mapping[str, Rule] = {"id": string, "isVisible": flag, "requires": REQUIRES}
PLACED: Mapping[str, Rule] = {
    **TOGGLEABLE,
    "fallback": _else(element),
    "height": one_of("auto", "stretch"),
    "separator": flag,
    "spacing": SPACING,
}
ITEMS = many(element)
BOX: Mapping[str, Rule] = {
    "selectAction": pressed,
    "style": STYLE,
    "verticalContentAlignment": VERTICAL,
    "bleed": flag,
    "minHeight": pixels,
}
WORDED: Mapping[str, Rule] = {
    "color": nothing_or(one_of("default", "dark", "light", "accent", "good", "warning", "attention")),
    "fontType": nothing_or(one_of("default", "monospace")),
    "isSubtle": nothing_or(flag),
    "size": nothing_or(one_of("default", "small", "medium", "large", "extraLarge")),
    "weight": nothing_or(one_of("default", "lighter", "bolder")),
}


# --- elements

TEXT_BLOCK = shape(
    {"text": text},
    {
        **PLACED,
        **WORDED,
        "horizontalAlignment": HORIZONTAL,
        "maxLines": positive,
        "wrap": flag,
        "style": nothing_or(one_of("default", "heading")),
    },
)
RUN = shape(
    {"text": text},
    {
        **WORDED,
        "highlight": flag,
        "italic": flag,
        "strikethrough": flag,
        "underline": flag,
        "selectAction": pressed,
    },
)
RICH = shape({"inlines": many(typed({"TextRun": RUN}))}, {**PLACED, "horizontalAlignment": HORIZONTAL})
IMAGE = shape(
    {"url": link, "altText": text},
    {
        **PLACED,
        "horizontalAlignment": HORIZONTAL,
        "selectAction": pressed,
        "size": one_of("auto", "stretch", "small", "medium", "large"),
        "style": one_of("default", "person"),
        "width": pixels,
        "backgroundColor": string,
    },
)
COLUMN = shape(
    {}, {**TOGGLEABLE, **BOX, "items": ITEMS, "separator": flag, "spacing": SPACING, "width": measure}
)
FACT = shape({"title": text, "value": text}, kind="Fact")
CELL = shape({"items": ITEMS}, {**BOX})
ROW = shape(
    {"cells": many(typed({"TableCell": CELL}))},
    {"style": STYLE, "horizontalCellContentAlignment": HORIZONTAL, "verticalCellContentAlignment": VERTICAL},
)
WIDTH = shape(
    {},
    {
        "width": positive,
        "horizontalCellContentAlignment": HORIZONTAL,
        "verticalCellContentAlignment": VERTICAL,
    },
    kind="TableColumnDefinition",
)
_TABLE = shape(
    {"columns": many(WIDTH), "rows": many(typed({"TableRow": ROW}))},
    {
        **PLACED,
        "showGridLines": flag,
        "gridStyle": STYLE,
        "horizontalCellContentAlignment": HORIZONTAL,
        "verticalCellContentAlignment": VERTICAL,
    },
)


def table(value: Any, where: str) -> Iterator[str]:
    """Besides its shape: a cell that has no column is not shown, and neither is a column that has no cell."""
    yield from _TABLE(value, where)
    rows, columns = value.get("rows"), value.get("columns")
    if isinstance(rows, list) and isinstance(columns, list):
        cells = (row.get("cells") for row in rows if isinstance(row, dict))
        widths = {len(row) for row in cells if isinstance(row, list)}
        if widths != {len(columns)}:
            yield f"{where}: {len(columns)} columns, rows of {sorted(widths)} cells"


# --- inputs

INPUT: Mapping[str, Rule] = {**PLACED, "errorMessage": text, "isRequired": flag}
ASKED: Mapping[str, Rule] = {"id": string, "label": text}
CHOICE = shape({"title": text, "value": filled}, kind="Input.Choice")
CHOICES = shape(
    {**ASKED, "choices": many(CHOICE)},
    {
        **INPUT,
        "isMultiSelect": flag,
        "style": one_of("compact", "expanded", "filtered"),
        "value": string,
        "placeholder": text,
        "wrap": flag,
    },
)
WRITTEN = shape(
    ASKED,
    {
        **INPUT,
        "isMultiline": flag,
        "maxLength": positive,
        "placeholder": text,
        "regex": string,
        "style": one_of("text", "tel", "url", "email"),
        "value": string,
        "inlineAction": pressed,
    },
)
NUMBER = shape(ASKED, {**INPUT, "max": finite, "min": finite, "placeholder": text, "value": finite})
MOMENT = shape(ASKED, {**INPUT, "max": string, "min": string, "placeholder": text, "value": string})
TOGGLE = shape(
    {**ASKED, "title": text},
    {**INPUT, "value": string, "valueOff": string, "valueOn": string, "wrap": flag},
)


# --- actions

_NAMED: Mapping[str, Rule] = {"title": text}
_ACTION: Mapping[str, Rule] = {
    "id": string,
    "iconUrl": link,
    "style": one_of("default", "positive", "destructive"),
    "fallback": _else(action),
    "tooltip": text,
    "isEnabled": flag,
    "mode": one_of("primary", "secondary"),
    "requires": REQUIRES,
}
_SENT: Mapping[str, Rule] = {**_ACTION, "data": mapping, "associatedInputs": one_of("auto", "none")}
EXECUTE = shape({**_NAMED, "verb": string}, _SENT)
SUBMIT = shape(_NAMED, _SENT)
OPEN = shape({**_NAMED, "url": link}, _ACTION)
SHOW = shape({**_NAMED, "card": card}, _ACTION)
TOGGLED = shape({**_NAMED, "targetElements": many(string)}, _ACTION)

SELECTED = typed(
    {
        "Action.Execute": EXECUTE,
        "Action.OpenUrl": OPEN,
        "Action.Submit": SUBMIT,
        "Action.ToggleVisibility": TOGGLED,
    }
)
ACTION = typed(
    {
        "Action.Execute": EXECUTE,
        "Action.OpenUrl": OPEN,
        "Action.ShowCard": SHOW,
        "Action.Submit": SUBMIT,
        "Action.ToggleVisibility": TOGGLED,
    }
)


# --- charts, as Teams' own documentation and its card models define them

COLOURS = one_of(
    *("good", "warning", "attention", "neutral"),
    *(f"categorical{name}" for name in ("Red", "Purple", "Lavender", "Blue", "LightBlue", "Teal", "Green")),
    *("categoricalLime", "categoricalMarigold"),
    *(f"sequential{n}" for n in range(1, 9)),
)
_CHART: Mapping[str, Rule] = {
    **PLACED,
    "title": text,
    "showTitle": flag,
    "showLegend": flag,
    "colorSet": one_of("categorical", "sequential", "diverging"),
    "color": COLOURS,
    "xAxisTitle": text,
    "yAxisTitle": text,
    "yMin": finite,
    "yMax": finite,
    "maxWidth": pixels,
}
POINT = shape({"x": text, "y": finite})
BAR = shape({"x": text, "y": finite}, {"color": COLOURS})
SERIES = shape({"legend": text, "values": many(POINT)}, {"color": COLOURS})
CHART_RULES = {
    "Chart.Line": shape({"data": many(SERIES)}, _CHART),
    "Chart.VerticalBar.Grouped": shape(
        {"data": many(SERIES)}, {**_CHART, "stacked": flag, "showBarValues": flag}
    ),
    "Chart.VerticalBar": shape({"data": many(BAR)}, {**_CHART, "showBarValues": flag}),
    "Chart.HorizontalBar": shape(
        {"data": many(BAR)}, {**_CHART, "displayMode": one_of("AbsoluteWithAxis", "PartToWhole")}
    ),
}


ELEMENT = typed(
    {
        "ActionSet": shape({"actions": many(action, MOST_ACTIONS)}, PLACED),
        "ColumnSet": shape(
            {"columns": many(typed({"Column": COLUMN}))}, {**PLACED, **BOX, "horizontalAlignment": HORIZONTAL}
        ),
        "Container": shape({"items": ITEMS}, {**PLACED, **BOX}),
        "FactSet": shape({"facts": many(FACT)}, PLACED),
        "Image": IMAGE,
        "ImageSet": shape({"images": many(typed({"Image": IMAGE}))}, {**PLACED, "imageSize": string}),
        "Input.ChoiceSet": CHOICES,
        "Input.Date": MOMENT,
        "Input.Number": NUMBER,
        "Input.Text": WRITTEN,
        "Input.Time": MOMENT,
        "Input.Toggle": TOGGLE,
        "RichTextBlock": RICH,
        "Table": table,
        "TextBlock": TEXT_BLOCK,
        **CHART_RULES,
    }
)

_WHOLE: Mapping[str, Rule] = {
    "actions": many(action, MOST_ACTIONS),
    "selectAction": pressed,
    "minHeight": pixels,
    "rtl": flag,
    "verticalContentAlignment": VERTICAL,
    "$schema": link,
    "refresh": mapping,
}
INNER = shape({"body": ITEMS}, _WHOLE, kind="AdaptiveCard")
CARD = shape(
    {"version": one_of("1.5"), "body": ITEMS, "speak": text, "fallbackText": text, "lang": string},
    _WHOLE,
    kind="AdaptiveCard",
)


# --- what the schema can't say


def _afterwards(whole: Json) -> Iterator[str]:
    """Check the card once more as clients that know no chart, no table or no Execute would have it."""
    for unknown in (CHARTS, CHARTS | {"Table"}, CHARTS | {"Action.Execute"}):
        seen, lost = oldest(whole, unknown)
        yield from (f"without {min(unknown)}: {what}" for what in lost)
        yield from CARD(seen, "fallen back")


def _of_ours(whole: Json) -> Iterator[str]:
    for part in dicts(whole):
        kind = part.get("type")
        if kind == "TextBlock" and part.get("wrap") is not True:
            yield f"{part.get('text')!r}: does not wrap"
        if kind in CHARTS and not isinstance(part.get("fallback"), dict):
            yield f"{kind}: no fallback"
        if kind == "Action.Execute":
            yield from _same(part)
        if str(kind).startswith("Input.") and part.get("isRequired") and not part.get("errorMessage"):
            yield f"{part.get('id')}: required, without a word on it"
    seen, _ = oldest(whole, frozenset())
    yield from _names(seen)
    yield from _depth(whole, 0)


def _same(execute: Json) -> Iterator[str]:
    fallback = execute.get("fallback")
    told = ("title", "data", "associatedInputs", "style", "tooltip")
    if not isinstance(fallback, dict) or fallback.get("type") != "Action.Submit":
        yield f"{execute.get('title')!r}: no submit for older clients"
    elif [execute.get(name) for name in told] != [fallback.get(name) for name in told]:
        yield f"{execute.get('title')!r}: its fallback differs"


def _names(seen: Json) -> Iterator[str]:
    named = Counter(part["id"] for part in dicts(seen) if isinstance(part.get("id"), str))
    yield from (f"{name!r}: {times} times" for name, times in named.items() if times > 1)
    targets = {
        name
        for part in dicts(seen)
        if part.get("type") == "Action.ToggleVisibility"
        for name in part["targetElements"]
    }
    yield from (f"{name!r}: nothing of that name to show" for name in sorted(targets - {*named}))


def _depth(part: Any, depth: int) -> Iterator[str]:
    if depth > DEEPEST:
        yield "cards inside cards inside cards"
    elif isinstance(part, dict):
        deeper = depth + (part.get("type") == "AdaptiveCard")
        for inside in part.values():
            yield from _depth(inside, deeper)
    elif isinstance(part, list):
        for inside in part:
            yield from _depth(inside, depth)
