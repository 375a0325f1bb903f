"""What can be pressed, filled in and read in an Adaptive Card, and what a client says of it."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.platforms.teams.people import Json

Check = Callable[[Json, str], bool]


def actions(card: Json) -> Iterator[Json]:
    """Yield every action of a card, in the order that it is read, those of cards within it too."""
    for node in nodes(card):
        for name in ("actions", "inlineActions"):
            yield from (one for one in node.get(name) or [] if isinstance(one, dict))
        for name in ("selectAction", "inlineAction"):
            if isinstance(node.get(name), dict):
                yield node[name]


def inputs(card: Json) -> dict[str, Json]:
    """Return every input of a card by its id."""
    return {str(node["id"]): node for node in nodes(card) if str(node.get("type", "")).startswith("Input.")}


def nodes(value: Any) -> Iterator[Json]:
    """Yield every object of a card; what only stands in for an unknown element is left out."""
    if isinstance(value, list):
        for one in value:
            yield from nodes(one)
    elif isinstance(value, dict):
        yield value
        for name, one in value.items():
            if name not in {"fallback", "data"}:
                yield from nodes(one)


def labels(card: Json) -> list[str]:
    return [str(action.get("title", "")) for action in actions(card)]


def pressed(card: Json, what: str) -> Json:
    """Find an action by its title, its id, or the value that it carries for us."""
    every = list(actions(card))
    for by in (_title, _id, _carried):
        found = next((action for action in every if by(action) == what), None)
        if found is not None:
            return found
    raise LookupError(f"there is no button {what!r} among {labels(card)}")


def field(card: Json, named: str) -> str:
    """Return the id of an input, named by it or by its label."""
    known = inputs(card)
    if named in known:
        return named
    found = next((name for name, one in known.items() if str(one.get("label", "")) == named), None)
    if found is None:
        raise LookupError(f"there is no field {named!r} among {list(known)}")
    return found


def filled(one: Json, value: str) -> str:
    """Return what an input holds after this was typed or, for choices, chosen by title or value."""
    if one["type"] != "Input.ChoiceSet":
        return value
    wanted = [part.strip() for part in value.split(",")] if one.get("isMultiSelect") else [value]
    return ",".join(_choice(one, part) for part in wanted)


def values(card: Json, typed: Mapping[str, str]) -> dict[str, str]:
    """Return what the inputs of a card hold: what was typed, else what stood there before."""
    held = {}
    for name, one in inputs(card).items():
        default = one.get("value", "")
        if one["type"] == "Input.Toggle":
            default = default or one.get("valueOff", "false")
        held[name] = typed.get(name, str(default))
    return held


def refused(card: Json, held: Mapping[str, str]) -> dict[str, str]:
    """Return what the client itself complains about, by the input's id, before it sends anything."""
    errors = {}
    for name, one in inputs(card).items():
        value = held.get(name, "")
        if not value:
            if one.get("isRequired"):
                errors[name] = str(one.get("errorMessage") or "required")
        elif any(not holds(one, value) for holds in RULES.get(one["type"], ())):
            errors[name] = str(one.get("errorMessage") or "invalid")
    return errors


def readable(card: Json) -> str:
    """Return everything that can be read in a card, a line for each text; the actions are left out."""
    return "\n".join(_texts(card.get("body")))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _texts(one)
    elif isinstance(value, dict) and not str(value.get("type", "")).startswith("Action."):
        for name in ("text", "label", "title", "value", "altText", "placeholder"):
            if isinstance(value.get(name), str) and value[name]:
                yield value[name]
        for name in ("body", "items", "columns", "rows", "cells", "facts", "inlines", "choices", "card"):
            yield from _texts(value.get(name))
        if isinstance(value.get("fallback"), dict):
            yield from _texts(value["fallback"])


def _title(action: Json) -> str:
    return str(action.get("title", ""))


def _id(action: Json) -> str:
    return str(action.get("id", ""))


def _carried(action: Json) -> str:
    data = action.get("data")
    return str(data.get("rapport", "")) if isinstance(data, dict) else ""


def _choice(one: Json, what: str) -> str:
    for choice in one.get("choices") or []:
        if what in {choice.get("title"), choice.get("value")}:
            return str(choice["value"])
    raise LookupError(f"there is no choice {what!r} in {one.get('id')}")


def _short_enough(one: Json, value: str) -> bool:
    return len(value) <= int(one.get("maxLength") or len(value))


def _fits(one: Json, value: str) -> bool:
    return not one.get("regex") or bool(re.search(one["regex"], value))


def _within(one: Json, value: str) -> bool:
    try:
        number = float(value)
    except ValueError:
        return False
    return float(one.get("min", number)) <= number <= float(one.get("max", number))


RULES: Mapping[str, tuple[Check, ...]] = {
    "Input.Text": (_short_enough, _fits),
    "Input.Number": (_within,),
}
