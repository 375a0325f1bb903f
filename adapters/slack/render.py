"""Cards in Slack's Block Kit: as a message, as a modal, on the Home tab.

Whatever a card holds, Slack takes the result: what is too long is cut with "…" or goes on in a further block, and what
can't be shown is counted in the card's language. Nothing that others wrote is parsed by Slack as anything but text.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import assert_never

from adapters.slack import limits
from adapters.slack.charts import chart
from adapters.slack.controls import (
    Json,
    Page,
    action_token,
    batched,
    buttons,
    fields,
    input_block,
    taps,
)
from adapters.slack.tables import more, note, table
from adapters.slack.text import mrkdwn, plain, plain_text, rich
from bot.talk.cards import Ask, Buttons, Card, Chart, Element, Fact, Facts, Note, Table, Text
from bot.talk.language import words
from bot.talk.options import ends

__all__ = ["Message", "action_token", "fields", "forms", "home", "message", "modal"]

NAME = "Rapport"
"""Stands as the title where a card has none."""

_LABEL, _VALUE, _DETAIL = 150, 450, 300
"""Characters of the parts of a fact: ten facts in one section leave room for the rest of a message."""

_ASIDE = 600
"""Characters kept free for a view's title and buttons, and for the note that something is left out."""

_ACTIVE = frozenset({"actions", "input"})
_DATA = frozenset({"data_table", "data_visualization"})


@dataclass(frozen=True, slots=True)
class Message:
    """What Slack is to post: ``text`` for notifications and screen readers, ``blocks`` for the eye."""

    text: str
    blocks: list[Json]

    @property
    def new(self) -> Json:
        """What a new message says; one without blocks names none, for an empty list is not among what Slack takes."""
        return {"text": self.text} | ({"blocks": self.blocks} if self.blocks else {})

    @property
    def changed(self) -> Json:
        """What ``chat.update`` says: blocks that it does not name stay as they were (python-slack-sdk 523)."""
        return {"text": self.text, "blocks": self.blocks}


def message(card: Card, *, native_charts: bool = True) -> Message:
    """Return the card as a message; its title comes first, as notifications take their words from there.

    With ``native_charts=False`` nothing in it needs Slack's chart and table blocks, which some workspaces refuse. A
    form has no fields here, only their questions: a message can't send them.
    """
    page = Page(words(card.locale), "message", native=native_charts)
    blocks = [_header(card), *_body(card, page)]
    said = mrkdwn(card.fallback, limits.MESSAGE_TEXT) or mrkdwn(_title(card), limits.MESSAGE_TEXT)
    return Message(said, _fitted(blocks, page))


def forms(card: Card) -> Iterator[Message]:
    """Yield a card as a message, the richest form first: without native charts, with what acts only, as its sentence alone."""
    rich = message(card)
    if card.elements:
        yield rich
        plainer = message(card, native_charts=False)
        if plainer.blocks != rich.blocks:
            yield plainer
        if (barest := _acts_only(card, rich.text)).blocks not in ([], rich.blocks, plainer.blocks):
            yield barest
    yield Message(rich.text, [])


def _acts_only(card: Card, sentence: str) -> Message:
    """Return the sentence and the buttons, in the plainest blocks there are; a question to be tapped keeps its words."""
    page = Page(words(card.locale), "message", native=False)
    acts: list[Json] = []
    for element in card.elements:
        match element:
            case Buttons(items):
                acts += buttons(page, items)
            case Ask(stem=stem, tap=tap) if tap is not None:
                acts += [
                    *([_section(stem)] if plain(stem, limits.SECTION) else []),
                    *taps(page, element, tap),
                ]
            case _:
                pass
    head = _section(card.fallback) if plain(card.fallback, limits.SECTION) else _section(_title(card))
    acting = any(block["type"] == "actions" for block in acts)
    return Message(sentence, _fitted([head, *acts], page) if acting else [])


def modal(card: Card, origin: str = "") -> Json:
    """Return the card as a modal view: a form that can be sent, or a card to read.

    ``private_metadata`` keeps where it was opened from (``o``, if it fits) and what sending it does (``a``).
    """
    page = Page(words(card.locale), "modal", form=card.submit is not None, primary_free=card.submit is None)
    long = limits.length(plain(card.title, limits.HEADER)) > limits.VIEW_TITLE
    body = _body(card, page)
    blocks = [_header(card), *body] if long or not body else body
    view: Json = {
        "type": "modal",
        "callback_id": "form" if card.submit else "card",
        "private_metadata": _metadata(card, origin),
        "title": plain_text(_title(card), limits.VIEW_TITLE),
        "blocks": _fitted(blocks, page),
    }
    return view | ({"submit": plain_text(card.submit.label, limits.VIEW_BUTTON)} if card.submit else {})


def home(card: Card) -> Json:
    """Return the card as the view of the Home tab."""
    page = Page(words(card.locale), "home")
    return {"type": "home", "blocks": _fitted([_header(card), *_body(card, page)], page)}


def _title(card: Card) -> str:
    return plain(card.title, limits.HEADER) or NAME


def _header(card: Card) -> Json:
    return {"type": "header", "text": plain_text(_title(card), limits.HEADER)}


def _metadata(card: Card, origin: str) -> str:
    action = card.submit.action.encode() if card.submit else ""
    kept = ({"o": origin, "a": action}, {"o": "", "a": action}, {"o": "", "a": ""})
    encoded = (json.dumps(entry, separators=(",", ":")) for entry in kept)
    return next(entry for entry in encoded if len(entry) <= limits.PRIVATE_METADATA)


def _body(card: Card, page: Page) -> list[Json]:
    return [block for element in card.elements for block in _element(element, page)]


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
            return table(page, caption, header, rows)
        case Note(body):
            return _small(body)
        case _:
            assert_never(element)


def _text(text: Text) -> list[Json]:
    if not plain(text.body, limits.SECTION):
        return []
    return [_bold(text.body) if text.lead else _section(text.body)]


def _section(body: str) -> Json:
    return {"type": "section", "text": plain_text(body, limits.SECTION)}


def _bold(body: str) -> Json:
    line = {"type": "rich_text_section", "elements": [rich(body, bold=True)]}
    return {"type": "rich_text", "elements": [line]}


def _small(body: str) -> list[Json]:
    return [note(body)] if plain(body, limits.SECTION) else []


def _facts(items: Sequence[Fact]) -> list[Json]:
    shown = [text for text in map(_fact, items) if text]
    made = [{"type": "mrkdwn", "text": text, "verbatim": True} for text in shown]
    return [{"type": "section", "fields": [*group]} for group in batched(made, limits.FIELDS)]


def _fact(fact: Fact) -> str:
    label = _line(fact.label, _LABEL)
    value = _line(fact.value, _VALUE)
    detail = _line(fact.detail, _DETAIL)
    return "\n".join(part for part in (label, value and f"*{value}*", detail) if part)


def _line(text: str, limit: int) -> str:
    """Return a text on one line, since a mark of Slack's that spans two lines is no mark."""
    return mrkdwn(" ".join(text[: 4 * limit].split()), limit)


def _ask(ask: Ask, page: Page) -> list[Json]:
    if ask.tap is not None:
        return [*_stem(ask), *taps(page, ask, ask.tap), *_small(ends(ask.response))]
    made = input_block(page, ask)
    return [made] if made else _stem(ask)


def _stem(ask: Ask) -> list[Json]:
    stem = [_bold(ask.stem)] if plain(ask.stem, limits.SECTION) else []
    return [*stem, *_small(ask.hint)]


def _fitted(blocks: list[Json], page: Page) -> list[Json]:
    """Leave out as much as Slack demands and say how much; the title, the last block and what acts stay longest."""
    most, room = _allowance(page)
    kept = [(block, _weight(block, page)) for block in blocks]
    size, gone = sum(weight for _, weight in kept), 0
    while size > room or len(kept) + bool(gone) > most:
        size -= kept.pop(_least(kept))[1]
        gone += 1
    return [*(block for block, _ in kept), *more(page, gone)]


def _allowance(page: Page) -> tuple[int, int]:
    """Return how many blocks there may be, and how large; what a view holds besides them has its share."""
    if page.surface == "message":
        return limits.MESSAGE_BLOCKS, limits.MESSAGE_JSON - _ASIDE
    return limits.VIEW_BLOCKS, limits.VIEW_JSON - limits.PRIVATE_METADATA - _ASIDE


def _weight(block: Json, page: Page) -> int:
    if page.surface == "message":
        return 0 if block["type"] in _DATA else len(json.dumps(block, ensure_ascii=False))
    return len(json.dumps(block).encode())


def _least(kept: list[tuple[Json, int]]) -> int:
    """Return which block can best be spared."""
    quiet = [index for index in range(1, len(kept) - 1) if kept[index][0]["type"] not in _ACTIVE]
    heavy = [index for index in quiet if kept[index][1]]
    return (heavy or quiet or [len(kept) - 1])[-1]
