"""What people press, pick and write in Teams: buttons, one-tap questions, the fields of a form, and what comes back.

A button carries its act under ``rapport`` in its data. In a message it is an ``Action.Execute`` whose fallback for older
clients is an ``Action.Submit`` with the same data; in a dialog, which knows no other, the ``Action.Submit`` alone. The
answer to an ``Action.Execute`` can open no dialog: a button that leads to a form is an ``Action.Submit`` that asks for one.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from math import ceil
from typing import Any, assert_never

from adapters.teams import limits
from adapters.teams.text import BLANK, Json, block, line, plain
from bot.talk.cards import Action, Ask, Button
from bot.talk.language import Words
from bot.talk.opening import opens_form
from bot.talk.options import chosen, different, with_ends, wordless
from surveys.formats import Choice, FreeText, Option, Scale

VERB = "rapport"
ACT, PICK, ORIGIN = "rapport", "rapport.pick", "rapport.origin"
"""What a button's data holds: its act; or the name of the field in which the act was picked; where it all began."""

AGAIN = "teams.command"
"""The act of a button under a typed command whose answer is a form: it uses the command again."""
ASKING: Json = {"msteams": {"type": "task/fetch"}}
"""What the data of a button holds that opens a dialog [D, task-modules-bots]; a client that knows none sends a message."""

FEW_BUTTONS = 6
"""Up to so many options of a choice are buttons, more are a menu."""
FEW_OPTIONS = 7
"""Up to so many options of a field are all in sight, more are a menu."""
MANY_OPTIONS = 25
"""From so many options on one can type to find one."""
SHORT_TEXT = 150
"""Up to so many characters are written on one line."""

_LETTER, _FRAME, _GAP = 8, 34, 8
"""Pixels of a letter on a button, around its label, and between two buttons."""


@dataclass(slots=True)
class Page:
    """One card while it is being filled: in which words, where it will stand, and what room is left."""

    words: Words
    form: bool = False
    """Whether there is a button that sends the fields."""
    dialog: bool = False
    origin: str = ""
    table_room: int = limits.TABLES
    ids: Iterator[int] = field(default_factory=count)
    keys: set[str] = field(default_factory=set)

    def name(self, kind: str) -> str:
        """Return an id that no other part of this card has, nor any field of a form."""
        return f"{VERB}.{kind}{next(self.ids)}"


def container(items: Sequence[Json], **parts: Any) -> Json:
    """Return parts that belong together."""
    return {"type": "Container", "items": [*items], **parts}


def small(text: str) -> list[Json]:
    """Return small print, if there is any."""
    shown = plain(text, limits.TEXT)
    return [block(text, size="small", isSubtle=True, spacing="small")] if shown else []


def more(page: Page, n: int) -> list[Json]:
    """Say how many there are that are not shown, if any."""
    return small(page.words("teams.more", n=n)) if n else []


# --- buttons


def buttons(page: Page, items: Sequence[Button]) -> list[Json]:
    """Return named acts; one that is too long for a message is left out, a dangerous one asks first."""
    made = rows([_named(page, item) for item in items if fits(item.action)])
    return [*({**row, "spacing": "medium"} for row in made[:1]), *made[1:]]


def fits(action: Action) -> bool:
    """Whether a button can carry the act."""
    return len(action.encode()) <= limits.TOKEN


def opens_dialog(action: Action) -> bool:
    """Whether a button of a message with this act asks for a dialog."""
    return opens_form(action) or action.name == AGAIN


def submit(page: Page, button: Button) -> Json:
    """Return the button that sends the fields of a form."""
    plainest = _plainest(
        page, button.label, {ACT: button.action.encode()}, associatedInputs="auto", style="positive"
    )
    return plainest if page.dialog else _executed(plainest)


def act(page: Page, label: str, action: Action, more: Mapping[str, str] | None = None, **looks: Any) -> Json:
    """Return a button; only with ``associatedInputs="auto"`` does it send what is in the fields around it."""
    plainest = _plainest(page, label, {ACT: action.encode(), **(more or {})}, **looks)
    if page.dialog:
        return plainest
    if opens_dialog(action):
        return {**plainest, "data": plainest["data"] | ASKING}
    return _executed(plainest)


def _plainest(page: Page, label: str, data: Mapping[str, str], **looks: Any) -> Json:
    carried = {**data, **({ORIGIN: page.origin} if page.origin else {})}
    title = {"title": line(label, limits.BUTTON) or BLANK}
    return {"type": "Action.Submit", **title, "data": carried, "associatedInputs": "none", **looks}


def _executed(plainest: Json) -> Json:
    return {**plainest, "type": "Action.Execute", "verb": VERB, "fallback": plainest}


def _named(page: Page, item: Button) -> Json:
    label = {"title": line(item.label, limits.BUTTON) or BLANK}
    if item.link.startswith(("https://", "http://")):
        return {"type": "Action.OpenUrl", **label, "url": item.link, **_style(item)}
    pressed = act(page, item.label, item.action, **_style(item))
    if item.style != "danger":
        return pressed
    question = block(page.words("teams.confirm"))
    return {
        "type": "Action.ShowCard",
        **label,
        "card": {"type": "AdaptiveCard", "body": [question], "actions": [pressed]},
    }


def _style(item: Button) -> Json:
    """Return how a button stands out, for the clients that draw it."""
    styles = {"primary": "positive", "danger": "destructive"}
    return {"style": styles[item.style]} if item.style in styles else {}


def rows(actions: Sequence[Json]) -> list[Json]:
    """Return buttons in rows that a narrow pane can show, in the order given."""
    lines: list[list[Json]] = []
    left = 0
    for action in actions:
        width = _width(action)
        if not lines or width > left or len(lines[-1]) == limits.ACTIONS:
            lines.append([])
            left = limits.ROW + _GAP
        lines[-1].append(action)
        left -= width
    return [_row(inline, first=not index) for index, inline in enumerate(lines)]


def _even_rows(actions: Sequence[Json]) -> list[Json]:
    """Return short buttons in as few rows as they fit into, each about as long as the others."""
    if not actions:
        return []
    most = max(1, min(limits.ACTIONS, (limits.ROW + _GAP) // max(map(_width, actions))))
    long = ceil(len(actions) / ceil(len(actions) / most))
    lines = [actions[start : start + long] for start in range(0, len(actions), long)]
    return [_row(inline, first=not index) for index, inline in enumerate(lines)]


def _width(action: Json) -> int:
    return len(action["title"]) * _LETTER + _FRAME + _GAP


def _row(actions: Sequence[Json], *, first: bool) -> Json:
    return {"type": "ActionSet", "actions": [*actions], "spacing": "default" if first else "small"}


# --- questions that are answered by one tap


def taps(page: Page, ask: Ask, tap: Action) -> list[Json]:
    """Return the options of a question that is answered by one tap: buttons, or a menu where a choice is long."""
    match ask.response:
        case Scale(options):
            acts = _tap_buttons(page, options, tap)
            apart = [row for act in acts for row in _even_rows([act])]
            return _even_rows(acts) if wordless(options) else _closer(apart)
        case Choice(options):
            offered = [option for option in options if fits(chosen(tap, option))]
            return (
                _menu(page, ask, offered, tap)
                if len(offered) > FEW_BUTTONS
                else rows(_tap_buttons(page, options, tap))
            )
        case FreeText():
            return []
        case _:
            assert_never(ask.response)


def _closer(sets: list[Json]) -> list[Json]:
    return [*sets[:1], *({**one, "spacing": "small"} for one in sets[1:])]


def _tap_buttons(page: Page, options: tuple[Option, ...], tap: Action) -> list[Json]:
    return [
        act(page, option.label, chosen(tap, option), tooltip=_spoken(page, options, index))
        for index, option in enumerate(options)
        if fits(chosen(tap, option))
    ]


def _spoken(page: Page, options: tuple[Option, ...], index: int) -> str:
    """Say an option without its surroundings: "4 of 5, Satisfied", "7 on a scale from 0 to 10"."""
    label, total = options[index].label, len(options)
    if wordless(options):
        said = page.words("teams.tap.number", value=label, low=options[0].label, high=options[-1].label)
    else:
        said = page.words("teams.tap", position=index + 1, total=total, label=label)
    return line(said, limits.OPTION)


def _menu(page: Page, ask: Ask, options: Sequence[Option], tap: Action) -> list[Json]:
    """Return a menu of acts and the button that does the one picked."""
    name = page.name("pick")
    offered = different([Option(chosen(tap, option).encode(), option.label) for option in options])
    menu = _chooser(page, ask, offered[: limits.CHOICES], name)
    required = {"isRequired": not page.form, "errorMessage": page.words("teams.pick.first")}
    choose = act(
        page,
        page.words("teams.pick.this"),
        Action(tap.name, tap.ref),
        {PICK: name},
        associatedInputs="auto",
    )
    return [{**menu, **required}, *rows([choose]), *more(page, max(0, len(offered) - limits.CHOICES))]


# --- fields of a form


def input_block(page: Page, ask: Ask) -> list[Json]:
    """Return a question as a field of a form; nothing where there is no form, no option, or its name is not one."""
    named = ask.key and not ask.key.startswith(VERB) and ask.key not in page.keys
    element = _field(page, ask) if page.form and named else None
    if element is None:
        return []
    page.keys.add(ask.key)
    return [{**element, "isRequired": False}, *small(ask.hint)]


def _field(page: Page, ask: Ask) -> Json | None:
    match ask.response:
        case Scale() as scale:
            return _offered(page, ask, with_ends(scale))
        case Choice(options):
            return _offered(page, ask, options)
        case FreeText(limit):
            return _written(page, ask, limit)
        case _:
            assert_never(ask.response)


def _offered(page: Page, ask: Ask, options: Sequence[Option]) -> Json | None:
    offered = [option for option in different(options) if option.value][: limits.CHOICES]
    if not offered:
        return None
    known = any(option.value == ask.value for option in offered)
    return _chooser(page, ask, offered, ask.key) | ({"value": ask.value} if known else {})


def _chooser(page: Page, ask: Ask, offered: Sequence[Option], name: str) -> Json:
    few, many = len(offered) <= FEW_OPTIONS, len(offered) >= MANY_OPTIONS
    return {
        "type": "Input.ChoiceSet",
        "id": name,
        "label": plain(ask.stem, limits.TEXT) or BLANK,
        "style": "expanded" if few else "filtered" if many else "compact",
        "placeholder": page.words("teams.pick"),
        "wrap": True,
        "choices": [
            {"title": line(option.label, limits.OPTION) or BLANK, "value": option.value} for option in offered
        ],
    }


def _written(page: Page, ask: Ask, limit: int) -> Json:
    most = max(1, min(limit, limits.WRITTEN))
    known = plain(ask.value, most)
    element: Json = {
        "type": "Input.Text",
        "id": ask.key,
        "label": plain(ask.stem, limits.TEXT) or BLANK,
        "isMultiline": most > SHORT_TEXT,
        "maxLength": most,
        "placeholder": page.words("teams.write"),
        "errorMessage": page.words("teams.write.long", n=most),
    }
    return element | ({"value": known} if known else {})


# --- what comes back


def action_token(data: Any) -> str:
    """Return the act behind what was pressed or picked, as ``Action.decode`` reads it; empty if it is not ours.

    ``data`` is the ``value`` of a submit, or ``value.action.data`` of an execute, both with the fields among it.
    """
    if not isinstance(data, dict):
        return ""
    token = data.get(data[PICK]) if isinstance(data.get(PICK), str) else data.get(ACT)
    if not isinstance(token, str):
        return ""
    try:
        Action.decode(token)
    except ValueError:
        return ""
    return token


def fields(data: Any) -> dict[str, str]:
    """Return what was filled in, by the name of its field; what was left empty, and what is not a field, is left out."""
    entries = data.items() if isinstance(data, dict) else ()
    return {
        str(key): value
        for key, value in entries
        if isinstance(value, str) and value and not str(key).startswith(VERB) and key != "msteams"
    }


def origin(data: Any) -> str:
    """Return where a dialog was opened from, as it was given to ``dialog``."""
    found = data.get(ORIGIN) if isinstance(data, dict) else None
    return found if isinstance(found, str) else ""
