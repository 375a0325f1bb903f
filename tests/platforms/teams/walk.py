"""Going through an Adaptive Card: its parts, its texts, its buttons, and what a client makes of it that knows less."""

from collections.abc import Iterator
from typing import Any

Json = dict[str, Any]

CHARTS = frozenset({"Chart.Line", "Chart.VerticalBar", "Chart.VerticalBar.Grouped", "Chart.HorizontalBar"})
"""What is newer than version 1.5."""

MARKDOWN = frozenset({"text", "fallbackText", "speak"})
"""Properties that are read as Markdown, or as a mark-up of speech."""
SEEN = MARKDOWN | {
    "title",
    "label",
    "placeholder",
    "errorMessage",
    "tooltip",
    "legend",
    "x",
    "xAxisTitle",
    "yAxisTitle",
}
"""Properties that somebody sees or hears."""


def dicts(payload: Any) -> Iterator[Json]:
    """Yield every object of a payload, outermost first."""
    if isinstance(payload, dict):
        yield payload
    parts = payload.values() if isinstance(payload, dict) else payload if isinstance(payload, list) else ()
    for part in parts:
        yield from dicts(part)


def oldest(card: Json, unknown: frozenset[str]) -> tuple[Json, list[str]]:
    """Return a card as a client has it that does not know some types, and what it can't show at all."""
    lost: list[str] = []
    seen: Json = _known(card, unknown, lost)
    return seen, lost


def _known(part: Any, unknown: frozenset[str], lost: list[str]) -> Any:
    if isinstance(part, list):
        known = (_known(inside, unknown, lost) for inside in part)
        return [inside for inside in known if inside is not None]
    if not isinstance(part, dict):
        return part
    kind = part.get("type")
    if isinstance(kind, str) and kind in unknown:
        fallback = part.get("fallback")
        if not isinstance(fallback, dict):
            lost.extend([] if fallback == "drop" else [f"{kind} is lost"])
            return None
        return _known(fallback, unknown, lost)
    return {
        name: inside if name == "data" and "verb" in part else _known(inside, unknown, lost)
        for name, inside in part.items()
        if name != "fallback"
    }


def texts(payload: Any) -> Iterator[str]:
    """Yield every text that a person can see or hear, in order."""
    for part in dicts(payload):
        yield from (value for name, value in part.items() if name in SEEN and isinstance(value, str))


def parsed(payload: Any) -> Iterator[str]:
    """Yield every text that is read as Markdown."""
    for part in dicts(payload):
        yield from (value for name, value in part.items() if name in MARKDOWN and isinstance(value, str))


def pressable(card: Json) -> Iterator[Json]:
    """Yield every button that does something here, those behind a question included; what falls back is left out."""
    seen, _ = oldest(card, frozenset())
    yield from (part for part in dicts(seen) if part.get("type") in {"Action.Execute", "Action.Submit"})


def inputs(card: Json) -> Iterator[Json]:
    """Yield every field."""
    seen, _ = oldest(card, frozenset())
    yield from (part for part in dicts(seen) if str(part.get("type")).startswith("Input."))
