"""What people press, pick and write in Slack: buttons, one-tap questions and the fields of a form, and what comes back."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Literal, assert_never

from adapters.slack import limits
from adapters.slack.text import plain, plain_text
from bot.talk.cards import Action, Ask, Button
from bot.talk.language import Words
from bot.talk.options import chosen, different, with_ends, wordless
from surveys.formats import Choice, FreeText, Option, Scale

Json = dict[str, Any]
Surface = Literal["message", "modal", "home"]

VALUE = "v"
"""The ``action_id`` of every field; the field's name is the ``block_id`` around it."""

FEW_BUTTONS = 10
"""Up to so many options of a choice are buttons, more are a menu."""

SHORT_TEXT = 150
"""Up to so many characters are written on one line."""

_OUR_BUTTON = re.compile(r"b\d+")


@dataclass(slots=True)
class Page:
    """One message or view while it is being filled: whose it is, and what of Slack's allowance is left."""

    words: Words
    surface: Surface
    native: bool = True
    """Whether charts and tables may be Slack's own."""
    form: bool = False
    """Whether there is a button that sends the fields."""
    primary_free: bool = True
    charts_left: int = limits.CHARTS
    table_room: int = limits.TABLE_CHARACTERS
    ids: Iterator[int] = field(default_factory=count)
    keys: set[str] = field(default_factory=set)

    @property
    def tables(self) -> bool:
        """Whether tables may be Slack's own here."""
        return self.native and self.surface != "modal"


def batched(items: Sequence[Any], size: int) -> Iterator[Sequence[Any]]:
    """Yield the items in groups of at most ``size``."""
    return (items[start : start + size] for start in range(0, len(items), size))


def rows(elements: Sequence[Json]) -> list[Json]:
    """Return what can be pressed, in as many blocks as Slack needs for it."""
    return [{"type": "actions", "elements": [*group]} for group in batched(elements, limits.ACTIONS)]


def buttons(page: Page, items: Sequence[Button]) -> list[Json]:
    """Return named acts; one that is too long for Slack to bring back is left out, a dangerous one asks first."""
    made = [
        _button(page, item.label, item.action) | _style(page, item) | _link(item)
        for item in items
        if fits(item.action)
    ]
    return rows(made)


def fits(action: Action, limit: int = limits.BUTTON_VALUE) -> bool:
    """Whether Slack can carry the act, and give it back when it is pressed."""
    return len(action.encode()) <= limit


def _button(page: Page, label: str, action: Action) -> Json:
    return {
        "type": "button",
        "action_id": f"b{next(page.ids)}",
        "text": plain_text(label, limits.BUTTON_TEXT),
        "value": action.encode(),
    }


def _style(page: Page, item: Button) -> Json:
    if item.style == "danger":
        return {"style": "danger", "confirm": _confirm(item.label, page.words)}
    if item.style == "primary" and page.primary_free:
        page.primary_free = False
        return {"style": "primary"}
    return {}


def _link(item: Button) -> Json:
    return {"url": item.link} if item.link and len(item.link) <= limits.BUTTON_URL else {}


def _confirm(label: str, words: Words) -> Json:
    return {
        "title": plain_text(label, limits.CONFIRM_TITLE),
        "text": plain_text(words("slack.confirm.body"), limits.CONFIRM_TEXT),
        "confirm": plain_text(label, limits.CONFIRM_BUTTON),
        "deny": plain_text(words("slack.confirm.back"), limits.CONFIRM_BUTTON),
        "style": "danger",
    }


def taps(page: Page, ask: Ask, tap: Action) -> list[Json]:
    """Return the options of a question that is answered by one tap: buttons, or a menu where a choice is long."""
    match ask.response:
        case Scale(options, low_label, high_label):
            return rows(_tap_buttons(page, options, tap, (low_label, high_label)))
        case Choice(options):
            menu = len(options) > FEW_BUTTONS and all(
                fits(chosen(tap, option), limits.OPTION_VALUE) for option in options
            )
            return rows(_menus(page, options, tap) if menu else _tap_buttons(page, options, tap))
        case FreeText():
            return []
        case _:
            assert_never(ask.response)


def _tap_buttons(
    page: Page, options: tuple[Option, ...], tap: Action, ends: tuple[str, str] = ("", "")
) -> list[Json]:
    return [
        _button(page, option.label, chosen(tap, option))
        | {"accessibility_label": plain(_spoken(page, options, index, ends), limits.BUTTON_SPOKEN)}
        for index, option in enumerate(options)
        if fits(chosen(tap, option))
    ]


def _spoken(page: Page, options: tuple[Option, ...], index: int, ends: tuple[str, str]) -> str:
    """Say an option without its surroundings: "4 of 5, Satisfied", "7 on a scale from 0 to 10", "10: Very likely"."""
    label, total = options[index].label, len(options)
    if not wordless(options):
        return page.words("slack.tap", position=index + 1, total=total, label=label)
    if index in {0, total - 1} and ends[index > 0].strip():
        return f"{label}: {ends[index > 0]}"
    return page.words("slack.tap.number", value=label, low=options[0].label, high=options[-1].label)


def _menus(page: Page, options: tuple[Option, ...], tap: Action) -> list[Json]:
    offered = different([Option(chosen(tap, option).encode(), option.label) for option in options])
    return [
        {
            "type": "static_select",
            "action_id": f"b{next(page.ids)}",
            "placeholder": _placeholder(page),
            "options": [_option(option) for option in group],
        }
        for group in batched(offered, limits.SELECT_OPTIONS)
    ]


def _placeholder(page: Page) -> Json:
    return plain_text(page.words("slack.pick"), limits.OPTION_TEXT)


def input_block(page: Page, ask: Ask) -> Json | None:
    """Return a question as a field of a form, or ``None`` where there is no form or Slack can't carry its name."""
    element = _element(page, ask) if page.form and _carried(ask.key, limits.IDENTIFIER) else None
    if element is None or ask.key in page.keys:
        return None
    page.keys.add(ask.key)
    block: Json = {
        "type": "input",
        "block_id": ask.key,
        "optional": True,
        "label": plain_text(ask.stem, limits.INPUT_LABEL),
        "element": {**element, "action_id": VALUE},
    }
    hint = plain(ask.hint, limits.INPUT_HINT)
    return block | {"hint": plain_text(hint, limits.INPUT_HINT)} if hint else block


def _carried(name: str, limit: int) -> bool:
    return bool(name) and plain(name, limit) == name


def _element(page: Page, ask: Ask) -> Json | None:
    match ask.response:
        case Scale() as scale:
            return _chooser(page, with_ends(scale), ask.value)
        case Choice(options):
            return _chooser(page, options, ask.value)
        case FreeText(limit):
            return _written(limit, ask.value)
        case _:
            assert_never(ask.response)


def _chooser(page: Page, options: tuple[Option, ...], value: str) -> Json | None:
    if not options:
        return None
    if not all(_carried(option.value, limits.OPTION_VALUE) for option in options):
        return _written(limits.PLAIN_INPUT, value)  # what can't be picked can be written
    offered = different(options)
    first = [_option(option) for option in offered if option.value == value]
    return _offer(page, offered) | ({"initial_option": first[0]} if first else {})


def _offer(page: Page, offered: Sequence[Option]) -> Json:
    if len(offered) <= limits.RADIO_OPTIONS:
        return {"type": "radio_buttons", "options": [_option(option) for option in offered]}
    menu: Json = {"type": "static_select", "placeholder": _placeholder(page)}
    if len(offered) <= limits.SELECT_OPTIONS:
        return menu | {"options": [_option(option) for option in offered]}
    groups = [*batched(offered, limits.SELECT_OPTIONS)][: limits.SELECT_GROUPS]
    return menu | {"option_groups": [_group(group) for group in groups]}


def _group(options: Sequence[Option]) -> Json:
    half = limits.OPTION_TEXT // 2 - 2
    label = f"{plain(options[0].label, half)} – {plain(options[-1].label, half)}"
    return {
        "label": plain_text(label, limits.OPTION_TEXT),
        "options": [_option(option) for option in options],
    }


def _option(option: Option) -> Json:
    return {"text": plain_text(option.label, limits.OPTION_TEXT), "value": option.value}


def _written(limit: int, value: str) -> Json:
    most = max(1, min(limit, limits.PLAIN_INPUT))
    known = plain(value, most)
    element: Json = {"type": "plain_text_input", "multiline": most > SHORT_TEXT, "max_length": most}
    return element | {"initial_value": known} if known else element


def action_token(payload_action: Json) -> str:
    """Return the act behind what was pressed or picked, as ``Action.decode`` reads it; empty if it is not ours."""
    name, picked = payload_action.get("action_id"), payload_action.get("selected_option")
    token = picked.get("value") if isinstance(picked, dict) else payload_action.get("value")
    if not (isinstance(name, str) and _OUR_BUTTON.fullmatch(name) and isinstance(token, str)):
        return ""
    try:
        Action.decode(token)
    except ValueError:
        return ""
    return token


def fields(view_state: Json) -> dict[str, str]:
    """Return what was filled in, by the name of its field; ``view_state`` is the ``state`` of a submitted view.

    What was left empty is left out, as are elements that are not ours.
    """
    values = view_state.get("values")
    entries = values.items() if isinstance(values, dict) else ()
    found = ((key, _filled(inside)) for key, inside in entries)
    return {str(key): value for key, value in found if value}


def _filled(inside: Any) -> str:
    entry = inside.get(VALUE) if isinstance(inside, dict) else None
    if not isinstance(entry, dict):
        return ""
    picked = entry.get("selected_option")
    value = picked.get("value") if isinstance(picked, dict) else entry.get("value")
    return value if isinstance(value, str) else ""
