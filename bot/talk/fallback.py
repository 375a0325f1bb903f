"""Building cards that keep the rules of how the bot looks: few words, few buttons, a sentence to stand in."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from bot.talk.cards import Ask, Button, Buttons, Card, Chart, Element, Facts, Note, Table, Text

TITLE_WORDS, BODY_WORDS, NOTE_WORDS = 6, 60, 60
PRIMARY_BUTTONS, OTHER_BUTTONS = 1, 3
LABEL_CHARACTERS = 75
"""Slack refuses a button whose label is longer."""

SENTENCE_ENDS = (".", "?", "!", "…", ".”", ".“", '."')
EMPTY_LABELS = frozenset({"ok", "okay", "submit", "absenden", "yes", "ja", "no", "nein"})
"""Labels that do not name the act."""


def card(title: str, *elements: Element, fallback: str | None = None, submit: Button | None = None) -> Card:
    """Return a card; without a ``fallback`` its title and most useful line stand in for it.

    Give surveys a fallback of their own: theirs names no topic.
    """
    return Card(title, elements, stand_in(title, elements) if fallback is None else fallback, submit)


def stand_in(title: str, elements: tuple[Element, ...]) -> str:
    """Return a full sentence made from the title and the leading text, or else the first one."""
    texts = sorted(
        (element for element in elements if isinstance(element, Text)), key=lambda text: not text.lead
    )
    lead = texts[0].body.strip() if texts else ""
    if not lead:
        return _ended(title)
    return _ended(lead if lead.startswith(title) else f"{_ended(title)} {lead}")


def without_charts(card: Card) -> Card:
    """Return the card with a sentence in place of each chart, for where charts are refused."""
    plain = (Text(one.summary) if isinstance(one, Chart) else one for one in card.elements)
    return replace(card, elements=tuple(plain))


def violations(card: Card) -> list[str]:
    """Return which rules of the house a card breaks, in words; empty for a good card."""
    return [*_wordy(card), *_crowded(card), *_mute(card), *_ambiguous(card)]


def _wordy(card: Card) -> Iterator[str]:
    yield from _limit("title", [card.title], TITLE_WORDS)
    yield from _limit(
        "body", [element.body for element in card.elements if isinstance(element, Text)], BODY_WORDS
    )
    yield from _limit(
        "notes", [element.body for element in card.elements if isinstance(element, Note)], NOTE_WORDS
    )


def _limit(part: str, texts: list[str], most: int) -> Iterator[str]:
    count = sum(len(text.split()) for text in texts)
    if count > most:
        yield f"the {part} has {count} words, at most {most} fit"


def _crowded(card: Card) -> Iterator[str]:
    buttons = _buttons(card)
    primary = sum(button.style == "primary" for button in buttons)
    if primary > PRIMARY_BUTTONS:
        yield f"{primary} buttons are primary, at most one may be"
    if len(buttons) - primary > OTHER_BUTTONS:
        yield f"{len(buttons) - primary} buttons besides the primary one, at most {OTHER_BUTTONS} fit"


def _mute(card: Card) -> Iterator[str]:
    if not card.title.strip():
        yield "there is no title"
    if len(card.fallback.split()) < 3 or not card.fallback.rstrip("\u2069").endswith(SENTENCE_ENDS):
        yield f"the fallback is not a full sentence: {card.fallback!r}"
    for element in card.elements:
        if not all(text.strip() for text in _texts(element)):
            yield f"a {type(element).__name__} holds an empty text"
    for button in _buttons(card):
        label = button.label.strip()
        if not label or label.casefold() in EMPTY_LABELS:
            yield f"the button {label!r} does not name its act"
        if len(label) > LABEL_CHARACTERS:
            yield f"the button {label!r} has more than {LABEL_CHARACTERS} characters"


def _ambiguous(card: Card) -> Iterator[str]:
    for token, count in Counter(action.encode() for action in card.actions()).items():
        if count > 1:
            yield f"the action {token!r} occurs {count} times"
    fields = Counter(element.key for element in card.elements if isinstance(element, Ask))
    yield from (f"the field {key!r} occurs {count} times" for key, count in fields.items() if count > 1)


def _buttons(card: Card) -> list[Button]:
    rows = [button for element in card.elements if isinstance(element, Buttons) for button in element.items]
    return rows if card.submit is None else [card.submit, *rows]


def _texts(element: Element) -> list[str]:
    match element:
        case Text() | Note():
            return [element.body]
        case Ask():
            return [element.stem]
        case Facts():
            return [text for fact in element.items for text in (fact.label, fact.value)]
        case Table():
            return [element.caption]
        case _:
            return []


def _ended(text: str) -> str:
    return text if text.endswith(SENTENCE_ENDS) else f"{text.rstrip(':;, ')}."
