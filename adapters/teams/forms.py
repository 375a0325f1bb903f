"""A form that travels with what it sends, so that it can be shown again with sentences under its fields.

We keep no form: what comes back is read as hostile, becomes a card of the closed set of elements or none at all,
and is shown to nobody but whoever sent it.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, assert_never

from adapters.teams import controls
from bot.talk.cards import (
    Action,
    Ask,
    Button,
    Buttons,
    Card,
    Chart,
    Element,
    Fact,
    Facts,
    Note,
    Table,
    Text,
)
from surveys.formats import Choice, FreeText, Option, ResponseFormat, Scale

Json = dict[str, Any]

FORM, OWN = "rapport.form", "rapport.own"
"""What the button that sends a form holds besides its act: the form, and whether it is a message of its own."""

LONGEST = 8_000
"""Characters of a form that travels; a longer one is not shown again, its complaints stand alone."""

MOST_WRITTEN = 100_000


def carrying(shown: Any, form: Card, *, own: bool = False) -> Any:
    """Return what was drawn of a form with the form inside each button that sends it, unless it is too long."""
    if form.submit is None:
        return shown
    kept = encode(form)
    carried = ({FORM: kept} if kept else {}) | ({OWN: "1"} if own else {})
    return _with(shown, form.submit.action.encode(), carried)


def _with(node: Any, token: str, carried: Mapping[str, str]) -> Any:
    match node:
        case {"data": {controls.ACT: str(sent)} as data} if sent == token:
            return {key: _with(value, token, carried) for key, value in node.items()} | {
                "data": data | carried
            }
        case dict():
            return {key: _with(value, token, carried) for key, value in node.items()}
        case list():
            return [_with(value, token, carried) for value in node]
        case _:
            return node


def complained(form: Card, values: Mapping[str, str], complaints: Mapping[str, str]) -> Card:
    """Return the form as it was filled in, each complaint under its field, those about no field on top."""
    fields = {element.key for element in form.elements if isinstance(element, Ask) and element.tap is None}
    elsewhere = [Text(sentence, lead=True) for name, sentence in complaints.items() if name not in fields]
    elements = (part for element in form.elements for part in _answered(element, values, complaints))
    said = " ".join(complaints.values())
    return replace(form, elements=(*elsewhere, *elements), fallback=said or form.fallback)


def _answered(
    element: Element, values: Mapping[str, str], complaints: Mapping[str, str]
) -> Iterator[Element]:
    if not isinstance(element, Ask) or element.tap is not None:
        yield element
        return
    yield replace(element, value=values.get(element.key, ""))
    if element.key in complaints:
        yield Text(complaints[element.key], lead=True)


# --- as text ----------------------------------------------------------------------------------------------


def encode(form: Card) -> str:
    """Return a form as text, empty where it is too long; the inverse of ``decode``, but for charts and tables."""
    if form.submit is None:
        return ""
    elements = [each for element in form.elements for each in _written(element)]
    parts = [form.title, elements, form.fallback, _of_button(form.submit), form.locale]
    text = json.dumps(parts, ensure_ascii=False, separators=(",", ":"))
    return text if len(text) <= LONGEST else ""


def decode(text: object) -> Card | None:
    """Read what ``encode`` wrote; anything else is no form."""
    if not isinstance(text, str) or len(text) > LONGEST:
        return None
    try:
        match json.loads(text):
            case [str(title), [*elements], str(fallback), submit, str(locale)]:
                return Card(title, tuple(map(_element, elements)), fallback, _button(submit), locale)
            case _:
                return None
    except (ValueError, RecursionError):
        return None


def _written(element: Element) -> Iterator[list[Any]]:
    match element:
        case Text(body, lead):
            yield ["text", body, lead]
        case Note(body):
            yield ["note", body]
        case Facts(items):
            yield ["facts", [[fact.label, fact.value, fact.detail] for fact in items]]
        case Ask(key, stem, response, tap, hint, value):
            yield ["ask", key, stem, _format(response), tap.encode() if tap else "", hint, value]
        case Buttons(items):
            yield ["buttons", [_of_button(item) for item in items]]
        case Chart() | Table():
            pass
        case _:
            assert_never(element)


def _element(node: object) -> Element:
    match node:
        case ["text", str(body), bool(lead)]:
            return Text(body, lead)
        case ["note", str(body)]:
            return Note(body)
        case ["facts", [*items]]:
            return Facts(tuple(map(_fact, items)))
        case ["ask", str(key), str(stem), response, str(tap), str(hint), str(value)]:
            return Ask(key, stem, _response(response), Action.decode(tap) if tap else None, hint, value)
        case ["buttons", [*items]]:
            return Buttons(tuple(map(_button, items)))
        case _:
            raise ValueError("no element of ours")


def _fact(node: object) -> Fact:
    match node:
        case [str(label), str(value), str(detail)]:
            return Fact(label, value, detail)
        case _:
            raise ValueError("no fact of ours")


def _of_button(button: Button) -> list[str]:
    return [button.label, button.action.encode(), button.style, button.link]


def _button(node: object) -> Button:
    match node:
        case [str(label), str(token), "primary" | "plain" | "danger" as style, str(link)]:
            return Button(label, Action.decode(token), style, link)
        case _:
            raise ValueError("no button of ours")


def _format(response: ResponseFormat) -> list[Any]:
    match response:
        case Scale(options, low, high):
            return ["scale", _pairs(options), low, high]
        case Choice(options):
            return ["choice", _pairs(options)]
        case FreeText(limit):
            return ["free", limit]
        case _:
            assert_never(response)


def _response(node: object) -> ResponseFormat:
    match node:
        case ["scale", [*options], str(low), str(high)]:
            return Scale(tuple(map(_option, options)), low, high)
        case ["choice", [*options]]:
            return Choice(tuple(map(_option, options)))
        case ["free", int(limit)] if 0 < limit <= MOST_WRITTEN:
            return FreeText(limit)
        case _:
            raise ValueError("no format of ours")


def _pairs(options: tuple[Option, ...]) -> list[list[str]]:
    return [[option.value, option.label] for option in options]


def _option(node: object) -> Option:
    match node:
        case [str(value), str(label)]:
            return Option(value, label)
        case _:
            raise ValueError("no option of ours")
