"""What can be pressed, chosen and typed in blocks, and how Slack reports it."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.platforms.slack.people import Json

CHOICES: Final = {"static_select", "radio_buttons", "checkboxes", "multi_static_select", "overflow"}
PLURAL: Final = {"checkboxes", "multi_static_select"}
TYPED: Final = {
    "plain_text_input": "value",
    "number_input": "value",
    "email_text_input": "value",
    "url_text_input": "value",
    "datepicker": "selected_date",
    "timepicker": "selected_time",
    "users_select": "selected_user",
    "conversations_select": "selected_conversation",
    "channels_select": "selected_channel",
}
STATELESS: Final = {"button", "overflow"}


def live(blocks: list[Json]) -> Iterator[tuple[str, Json]]:
    """Yield every element that can act, with the id of its block."""
    for block in blocks:
        for element in _inside(block):
            yield str(block.get("block_id", "")), element


def _inside(value: Any) -> Iterator[Json]:
    if isinstance(value, list):
        for one in value:
            yield from _inside(one)
    elif isinstance(value, dict):
        if "action_id" in value:
            yield value
        else:
            for one in value.values():
                yield from _inside(one)


def pressed(blocks: list[Json], what: str) -> tuple[str, Json, Any]:
    """Find a button by label or value, or an option of a menu; return its block, itself and what was chosen.

    A value wins over a label, so that a token names one button where labels repeat.
    """
    for by in (_value, _label):
        for block, element in live(blocks):
            if element["type"] == "button" and by(element) == what:
                return block, element, None
            option = next((o for o in options(element) if by(o) == what), None)
            if option is not None:
                return block, element, option
    raise LookupError(f"there is no button {what!r} among {labels(blocks)}")


def labels(blocks: list[Json]) -> list[str]:
    """Everything that can be pressed, as it reads."""
    found = []
    for _, element in live(blocks):
        found += [_label(element)] if element["type"] == "button" else [_label(o) for o in options(element)]
    return found


def options(element: Json) -> list[Json]:
    grouped = [o for group in element.get("option_groups", []) for o in group["options"]]
    return list(element.get("options", [])) + grouped


def fields(blocks: list[Json]) -> dict[str, Json]:
    """The input blocks of a form by their block id."""
    return {str(block["block_id"]): block for block in blocks if block.get("type") == "input"}


def state(blocks: list[Json], typed: Mapping[str, Any]) -> Json:
    """Return ``state`` as Slack sends it: every field that keeps a state, filled or not."""
    values: Json = {}
    for block, element in live(blocks):
        if element["type"] in STATELESS:
            continue
        entry = typed.get(block, {}).get(element["action_id"]) or _initial(element)
        values.setdefault(block, {})[element["action_id"]] = entry
    return {"values": values}


def filled(element: Json, value: str) -> Json:
    """Return the state of an element after a person gave it this value (of several, split by commas)."""
    kind = element["type"]
    if kind in CHOICES:
        wanted = [part.strip() for part in value.split(",")] if kind in PLURAL and value else [value]
        chosen = [_option(element, one) for one in wanted if one]
        if kind in PLURAL:
            return {"type": kind, "selected_options": chosen}
        return {"type": kind, "selected_option": chosen[0] if chosen else None}
    if kind in TYPED:
        return {"type": kind, TYPED[kind]: value or None}
    raise NotImplementedError(f"this fake has no hands for {kind}")


def refused(block: Json, entry: Json) -> str:
    """Return what Slack itself says under a field before it sends the form, "" if nothing."""
    value = next((v for name, v in entry.items() if name != "type"), None)
    if not value:
        return "" if block.get("optional") else "Please complete this required field."
    longest, shortest = block["element"].get("max_length"), block["element"].get("min_length")
    if longest is not None and len(value) > longest:
        return f"must be less than {longest + 1} characters"
    if shortest is not None and len(value) < shortest:
        return f"must be more than {shortest - 1} characters"
    return ""


def readable(blocks: list[Json]) -> str:
    """Everything in blocks that a person reads, in order."""
    return "\n".join(part for part in _words(blocks) if part)


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _words(one)
    elif isinstance(value, dict):
        for name, one in value.items():
            if isinstance(one, str):
                if name in {"text", "title", "caption", "alt_text", "name", "label"}:
                    yield one
            else:
                yield from _words(one)


def _initial(element: Json) -> Json:
    kind = element["type"]
    if kind in PLURAL:
        return {"type": kind, "selected_options": element.get("initial_options", [])}
    if kind in CHOICES:
        return {"type": kind, "selected_option": element.get("initial_option")}
    name = TYPED.get(kind, "value")
    return {
        "type": kind,
        name: element.get("initial_value", element.get(f"initial_{name.partition('_')[2]}")),
    }


def _option(element: Json, wanted: str) -> Json:
    for by in (_value, _label):
        for option in options(element):
            if by(option) == wanted:
                return option
    raise LookupError(f"there is no option {wanted!r} among {[_label(o) for o in options(element)]}")


def _value(thing: Json) -> str:
    return str(thing.get("value", ""))


def _label(thing: Json) -> str:
    text = thing.get("text")
    return str(text.get("text", "")) if isinstance(text, dict) else ""
