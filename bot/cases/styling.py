"""Response styles at the close: which class each sheet falls into, and under which names the counts are kept.

Counted are people by class, so that a style passes the gate like a question of its own. That it is known beside the
questions' own figures leaves everybody's answers open: a favourable answer can be an end of its scale or not, and
each count would be the same if any two people of the group had changed their sheets.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from analytics.response_style import (
    Answers,
    Item,
    agreement_share,
    balanced_pairs,
    centred,
    extreme_share,
    yes_saying,
)
from analytics.results import Withheld
from surveys.questions import Question
from surveys.scales import AGREEMENT

Part = Literal["extreme", "agreement", "yes", "standing"]
STYLES: tuple[Part, ...] = ("extreme", "agreement", "yes")

OTHERS, WITH_STYLE = 0, 1
BELOW, AT, ABOVE = 0, 1, 2

HALF = 0.5
"""A person has a style from more than this share of the answers on."""

Placed = tuple[str, Mapping[str, str]]
"""The launch cell of a sheet, and its values."""


@dataclass(frozen=True, slots=True)
class StyleItem:
    """A style, or the standing of one question among a person's answers."""

    part: Part
    question: str = ""

    @property
    def key(self) -> str:
        """Return the name under which counts and readings are kept; `read` is the inverse."""
        return f"style/{self.part}/{self.question}" if self.question else f"style/{self.part}"

    @classmethod
    def read(cls, key: str) -> Self | None:
        """Return the item of a name; None if it is anything else's."""
        match key.split("/"):
            case ["style", "extreme" | "agreement" | "yes" as part]:
                return cls(part)
            case ["style", "standing" as part, question] if question:
                return cls(part, question)
            case _:
                return None


def points(
    sheets: Sequence[Placed], questions: Sequence[Question]
) -> list[tuple[StyleItem, Sequence[tuple[str, int]], int]]:
    """Return for each item where sheets fall: their cell and class, and how many classes there are.

    Sheets with too few answers for an item are not counted in it. Agreement is counted only where no balanced pair was
    asked: with one, yes-saying can be told from content.
    """
    items = {question.key: _item(question) for question in questions if question.type == "likert"}
    people = [(cell, {key: int(values[key]) for key in items if key in values}) for cell, values in sheets]
    by_pairs = bool(balanced_pairs(items))
    counted: list[tuple[StyleItem, list[tuple[str, int]], int]] = [
        (StyleItem("extreme"), _classes(people, items, "extreme"), 2),
        (
            StyleItem("yes" if by_pairs else "agreement"),
            _classes(people, items, "yes" if by_pairs else "agreement"),
            2,
        ),
    ]
    own = [
        (cell, said) for cell, answers in people if not isinstance(said := centred(answers, items), Withheld)
    ]
    for key in items:
        stood = [(cell, _standing(said[key])) for cell, said in own if key in said]
        counted.append((StyleItem("standing", key), stood, 3))
    return [one for one in counted if one[1]]


def _classes(
    people: Sequence[tuple[str, Answers]], items: Mapping[str, Item], part: Part
) -> list[tuple[str, int]]:
    shares = {"extreme": extreme_share, "agreement": agreement_share, "yes": yes_saying}
    bar = 0.0 if part == "yes" else HALF
    found = [(cell, shares[part](answers, items)) for cell, answers in people]
    return [(cell, WITH_STYLE if share > bar else OTHERS) for cell, share in found if share is not None]


def _standing(value: float) -> int:
    """Place a centred answer; a rounding error is no distance from the mean."""
    return AT if abs(value) < 1e-9 else ABOVE if value > 0 else BELOW


def _item(question: Question) -> Item:
    labels = question.labels["en"]
    return Item(len(labels), labels == AGREEMENT["en"], question.construct, question.direction == "lower")
