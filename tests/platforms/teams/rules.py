"""The small rules that the opinion on cards is made of: each takes a value and where it stands, and yields what is wrong."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

Rule = Callable[[Any, str], Iterator[str]]

_PIXELS = re.compile(r"\d+px")


def anything(value: Any, where: str) -> Iterator[str]:
    yield from ()


def string(value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{where}: not a text"


def text(value: Any, where: str) -> Iterator[str]:
    """Accept a text in which there is something to see."""
    yield from string(value, where)
    if isinstance(value, str) and not value.strip():
        yield f"{where}: blank"


def filled(value: Any, where: str) -> Iterator[str]:
    """Accept a text that is not empty."""
    if not (isinstance(value, str) and value):
        yield f"{where}: not a text, or an empty one"


def pixels(value: Any, where: str) -> Iterator[str]:
    if not (isinstance(value, str) and _PIXELS.fullmatch(value)):
        yield f"{where}: {value!r} is no number of pixels"


def link(value: Any, where: str) -> Iterator[str]:
    if not (isinstance(value, str) and value.startswith(("https://", "http://"))):
        yield f"{where}: {value!r} is no address"


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


def one_of(*values: str) -> Rule:
    def check(value: Any, where: str) -> Iterator[str]:
        if value not in values:
            yield f"{where}: {value!r} is none of {', '.join(values)}"

    return check


def nothing_or(rule: Rule) -> Rule:
    def check(value: Any, where: str) -> Iterator[str]:
        if value is not None:
            yield from rule(value, where)

    return check


def many(rule: Rule, most: int = 10_000) -> Rule:
    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{where}: not a list"
            return
        if not 1 <= len(value) <= most:
            yield f"{where}: {len(value)} entries, 1 to {most} are allowed"
        for index, entry in enumerate(value):
            yield from rule(entry, f"{where}[{index}]")

    return check


def mapping(value: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: not an object"


def measure(value: Any, where: str) -> Iterator[str]:
    """Accept a width: a share, or one in words or pixels."""
    if not isinstance(value, str):
        yield from positive(value, where)
    elif value not in {"auto", "stretch"}:
        yield from pixels(value, where)


def shape(
    required: Mapping[str, Rule], optional: Mapping[str, Rule] | None = None, *, kind: str = ""
) -> Rule:
    """Return the rule of an object; with ``kind`` its type, which it need not bear, is no other."""
    known = {**(optional or {}), **required}

    def check(value: Any, where: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{where}: not an object"
            return
        yield from (f"{where}: lacks {name}" for name in required if name not in value)
        if kind and value.get("type", kind) != kind:
            yield f"{where}: {value['type']!r} instead of {kind}"
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
