"""Cards in Teams: as Adaptive Cards 1.5, in a message or in a dialog.

Whatever a card holds, Teams takes the result: what is too long is cut with "…", what can't be shown is counted in the
card's language. Nothing that others wrote is read by Teams as anything but text. What clients of 1.5 do not know (charts)
has a fallback that they do.
"""

import json
from collections.abc import Sequence
from typing import assert_never

from adapters.teams import limits
from adapters.teams.charts import chart
from adapters.teams.controls import (
    Page,
    action_token,
    buttons,
    container,
    fields,
    fits,
    input_block,
    more,
    origin,
    small,
    submit,
    taps,
)
from adapters.teams.tables import table
from adapters.teams.text import Json, block, line, literal, plain
from bot.talk.cards import Action, Ask, Buttons, Card, Chart, Element, Fact, Facts, Note, Table, Text
from bot.talk.language import words
from bot.talk.options import ends

__all__ = ["action_token", "adaptive", "dialog", "fields", "message", "origin", "said"]

NAME = "Rapport"
"""Stands as the title where a card has none."""
CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"

_ACTIVE = ('"Action.Execute"', '"Action.Submit"', '"Action.OpenUrl"', '"Input.')


def message(card: Card) -> Json:
    """Return the card as an activity; ``summary`` is what notifications say."""
    return {
        "type": "message",
        "summary": said(card),
        "attachments": [{"contentType": CONTENT_TYPE, "content": adaptive(card)}],
    }


def adaptive(card: Card) -> Json:
    """Return the card as an Adaptive Card for a message; a form has its fields in it, and the button that sends them."""
    return _filled(card, Page(words(card.locale), form=card.submit is not None))


def dialog(card: Card, origin: str = "") -> Json:
    """Return the card as the value of a task module; its buttons bring ``origin`` back."""
    page = Page(words(card.locale), form=card.submit is not None, dialog=True, origin=origin)
    asked = sum(isinstance(element, Ask) for element in card.elements)
    return {
        "title": line(card.title, limits.DIALOG_TITLE) or NAME,
        "height": "large" if asked > 1 or len(card.elements) > 4 else "medium",
        "width": "medium",
        "card": {"contentType": CONTENT_TYPE, "content": _filled(card, page)},
    }


def said(card: Card) -> str:
    """Return a card as the one sentence that stands for it."""
    return line(card.fallback, limits.SENTENCE) or line(card.title, limits.SENTENCE) or NAME


def _filled(card: Card, page: Page) -> Json:
    heading = line(card.title, limits.TITLE) or NAME
    titled = [] if page.dialog and len(heading) <= limits.DIALOG_TITLE else [_heading(heading)]
    body = [*titled, *(part for element in card.elements for part in _element(element, page))]
    sentence = literal(said(card), limits.SENTENCE)
    whole: Json = {
        "type": "AdaptiveCard",
        "version": "1.5",
        "lang": page.words.locale.language,
        "speak": sentence,
        "fallbackText": sentence,
    }
    if card.submit is not None and fits(card.submit.action):
        whole["actions"] = [submit(page, card.submit)]
    room = limits.MESSAGE - limits.ASIDE - limits.size(whole) - limits.size(said(card))
    return {**whole, "body": _fitted(body or [_heading(heading)], page, room)}


def _heading(title: str) -> Json:
    return block(title, limits.TITLE, style="heading", size="large", weight="bolder")


def _element(element: Element, page: Page) -> list[Json]:  # noqa: PLR0911 - one return for each element there is
    match element:
        case Text():
            return _text(element)
        case Facts(items):
            return _facts(items)
        case Ask():
            return _ask(element, page)
        case Buttons(items):
            return buttons(page, items)
        case Chart():
            return chart(page, element)
        case Table(caption, header, rows):
            return [container(parts) for parts in [table(page, caption, header, rows)] if parts]
        case Note(body):
            return small(body)
        case _:
            assert_never(element)


def _text(text: Text) -> list[Json]:
    if not plain(text.body, limits.TEXT):
        return []
    return [block(text.body, size="medium", weight="bolder") if text.lead else block(text.body)]


def _facts(items: Sequence[Fact]) -> list[Json]:
    return [made for made in map(_fact, items) if made["columns"]]


def _fact(fact: Fact) -> Json:
    """Return what it is beside its value, with its doubt below; both columns are wide enough in a pane of 320 pixels."""
    said = (line(fact.label, limits.LABEL), line(fact.value, limits.VALUE), line(fact.detail, limits.DETAIL))
    label = [block(text, isSubtle=True) for text in said[:1] if text]
    value = [block(text, weight="bolder") for text in said[1:2] if text]
    detail = [block(text, size="small", isSubtle=True, spacing="none") for text in said[2:] if text]
    columns = [(2, label), (3, [*value, *detail])]
    return {
        "type": "ColumnSet",
        "columns": [
            {"type": "Column", "width": width, "items": inside} for width, inside in columns if inside
        ],
        "spacing": "small",
    }


def _ask(ask: Ask, page: Page) -> list[Json]:
    if ask.tap is not None:
        parts = [*_tapped(page, ask, ask.tap), *small(ends(ask.response))]
        return [container(parts)] if parts else []
    made = input_block(page, ask)
    return [container(made or _stem(ask))] if made or _stem(ask) else []


def _tapped(page: Page, ask: Ask, tap: Action) -> list[Json]:
    """Return a question above its buttons; a menu bears it as its label."""
    made = taps(page, ask, tap)
    if made and made[0]["type"] == "Input.ChoiceSet":
        return [made[0], *small(ask.hint), *made[1:]]
    return [*_stem(ask), *made]


def _stem(ask: Ask) -> list[Json]:
    stem = [block(ask.stem, weight="bolder")] if plain(ask.stem, limits.TEXT) else []
    return [*stem, *small(ask.hint)]


def _fitted(parts: list[Json], page: Page, room: int) -> list[Json]:
    """Leave out as much as a message has no room for and say how much; the title, the last part and what acts stay longest."""
    kept = [(part, limits.size(part) + 4) for part in parts]
    size, gone = sum(weight for _, weight in kept), 0
    while size > room and len(kept) > 1:
        size -= kept.pop(_least([part for part, _ in kept]))[1]
        gone += 1
    return [*(part for part, _ in kept), *more(page, gone)]


def _least(parts: Sequence[Json]) -> int:
    """Return which part can best be spared."""
    quiet = [place for place in range(1, len(parts) - 1) if not _active(parts[place])]
    return (quiet or [len(parts) - 1])[-1]


def _active(part: Json) -> bool:
    """Whether something in it can be pressed, picked or written."""
    written = json.dumps(part)
    return any(kind in written for kind in _ACTIVE)
