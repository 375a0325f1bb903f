"""What Rapport can show: a closed set of elements, which every platform renders in its own look.

Everything here is plain text in the reader's language. No markup: renderers escape every value, so a name
such as ``<!channel>`` or ``**x**`` is shown, never acted upon.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal
from urllib.parse import quote, unquote

from analytics.chart import Chart as ChartData
from surveys.formats import ResponseFormat


@dataclass(frozen=True, slots=True)
class Action:
    """What pressing or submitting does: a name that dispatch knows, what it refers to, and a value."""

    name: str
    ref: str = ""
    value: str = ""

    def encode(self) -> str:
        """Return the action as one token of ASCII, unique within a card; the inverse of ``decode``."""
        return ":".join(quote(part, safe="") for part in (self.name, self.ref, self.value))

    @classmethod
    def decode(cls, token: str) -> "Action":
        """Read a token that a platform sent back; raises ``ValueError`` when it is not of our form."""
        parts = token.split(":")
        if len(parts) != 3:
            raise ValueError("not an action of ours")
        return cls(*(unquote(part) for part in parts))


@dataclass(frozen=True, slots=True)
class Text:
    """A paragraph. ``lead`` marks the most useful line, drawn larger."""

    body: str
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure or property: what it is, its value, and its doubt or source in a few words."""

    label: str
    value: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Facts:
    items: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Ask:
    """A question with its response format.

    With ``tap`` each option acts at once when pressed (``tap`` with the option as its value); without it the
    question is a field of a form, named ``key``, whose value travels with the form's submission.
    """

    key: str
    stem: str
    response: ResponseFormat
    tap: Action | None = None
    hint: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Button:
    """A named act. At most one button of a card is ``primary``; with a ``link`` pressing it opens that address too."""

    label: str
    action: Action
    style: Literal["primary", "plain", "danger"] = "plain"
    link: str = ""


@dataclass(frozen=True, slots=True)
class Buttons:
    items: tuple[Button, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """A picture that answers one question; ``summary`` says in words what it shows."""

    data: ChartData
    summary: str


@dataclass(frozen=True, slots=True)
class Table:
    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Note:
    """Small print: who sees what, how sure, made-up data."""

    body: str


Element = Text | Facts | Ask | Buttons | Chart | Table | Note


@dataclass(frozen=True, slots=True)
class Card:
    """One message or one form, complete in itself.

    ``fallback`` is a full sentence with the headline figure or question: what notifications, watches and
    screen readers get. It holds no answer, and for surveys no topic. With ``submit`` the card is a form:
    its ``Ask`` elements without ``tap`` are the fields. ``locale`` is the tag of the language it is written in.
    """

    title: str
    elements: tuple[Element, ...]
    fallback: str
    submit: Button | None = None
    locale: str = "en"

    def actions(self) -> Iterator[Action]:
        """Yield every act that this card offers, so that a platform can refuse one that it does not."""
        for element in self.elements:
            if isinstance(element, Buttons):
                yield from (button.action for button in element.items)
            if isinstance(element, Ask) and element.tap is not None:
                yield from taps(element)
        if self.submit is not None:
            yield self.submit.action


def taps(ask: Ask) -> tuple[Action, ...]:
    """Return the act behind each option of a question that is answered by one tap."""
    options = getattr(ask.response, "options", ())
    if ask.tap is None:
        return ()
    return tuple(Action(ask.tap.name, ask.tap.ref, option.value) for option in options)
