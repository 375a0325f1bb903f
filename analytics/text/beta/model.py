"""The trained model of one trial language: a file of numbers, and what they make of a reply."""

import json
import math
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files
from operator import mul
from typing import Any, Self

from analytics.text.beta import features, words
from analytics.text.beta.features import Part
from analytics.text.beta.lexicon import Lexicon, Parts
from analytics.text.model import WrongFormat

FORMAT = 1
"""Of the file. Another number means that these lines can't read it."""

_LEAST_TELLING = 0.15
_MOST_TOLD = 8
_FIRM = 1.0


@dataclass(frozen=True, slots=True)
class Quality:
    """How the model did on texts that it had not seen, of two classes, and what a group's figure needs of that.

    Attributes
    ----------
    texts
        How many there were.
    macro_f1
        Of the likeliest class; "neutral" is an error.
    decided, right
        The share that is not left unclear, and the share of these that is right.
    praise_found, complaint_found
        The share of praise that is read as praise, and of complaint as complaint, where either was read.
    """

    texts: int
    macro_f1: float
    decided: float
    right: float
    praise_found: float
    complaint_found: float

    @property
    def balanced(self) -> float:
        """Return how often a decided text is right where praise and complaint are equally many.

        The share that is right is larger, because two of three of the texts are complaints.
        """
        return (self.praise_found + self.complaint_found) / 2


@dataclass(frozen=True, slots=True)
class Read:
    """How a model reads one text.

    Attributes
    ----------
    probabilities
        Of negative, neutral and positive; they add up to 1.
    told
        Words and phrases with what they said, from complaint (below 0) to praise, strongest first.
    praise, complaint
        How much the words and phrases say of either.
    phrases
        The phrases that were met.
    """

    probabilities: tuple[float, float, float]
    told: tuple[tuple[str, float], ...]
    praise: float
    complaint: float
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sides:
    """Whether a text takes a side at all: a logit by what its words say and how far the model leans.

    Not learned with the rest, because the texts of this language hold no neutral ones.
    """

    bias: float
    said: float
    leaning: float

    def neutral(self, said: float, leaning: float) -> float:
        """Return the probability that a text is neutral."""
        logit = self.bias + self.said * min(_FIRM, said) + self.leaning * min(_FIRM, abs(leaning))
        return 1 / (1 + math.exp(-logit))


@dataclass(frozen=True, slots=True)
class Model:
    """Numbers only: our word lists and a weight per figure."""

    version: str
    language: str
    threshold: float
    """A highest probability below this is no answer."""
    lexicon: Lexicon
    figures: tuple[float, ...]
    """One weight per figure in the order of `features.NAMES`."""
    bias: float
    sides: Sides
    quality: Quality

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a model file; refuse one of another format."""
        held: dict[str, Any] = json.loads(text)
        if held.get("format") != FORMAT or held["figures"].keys() != set(features.NAMES):
            raise WrongFormat(
                f"This code reads models of format {FORMAT}; the file has {held.get('format')}."
            )
        return cls(
            held["version"],
            held["language"],
            held["threshold"],
            Lexicon(Parts(**{part.name: held[part.name] for part in fields(Parts)})),
            tuple(held["figures"][name] for name in features.NAMES),
            held["bias"],
            Sides(**held["sides"]),
            Quality(**held["quality"]),
        )

    def read(self, cleaned: str) -> Read:
        """Return how likely each class is for a cleaned text."""
        parts = features.parts(words.read(cleaned, self.language), self.lexicon)
        leaning = self.bias + sum(map(mul, self.figures, features.figures(parts)))
        praise = sum(part.value for part in parts if part.value > 0)
        complaint = -sum(part.value for part in parts if part.value < 0)
        neutral = self.sides.neutral(praise + complaint, leaning)
        positive = (1 - neutral) / (1 + math.exp(-leaning))
        return Read(
            (1 - neutral - positive, neutral, positive),
            _told(parts),
            praise,
            complaint,
            tuple(part.text for part in parts if part.is_phrase),
        )


def _told(parts: list[Part]) -> tuple[tuple[str, float], ...]:
    told: dict[str, float] = {}
    for part in parts:
        if abs(part.value) >= _LEAST_TELLING:
            words = f"not {part.text}" if part.negated else part.text
            told[words] = told.get(words, 0.0) + part.value
    return tuple(sorted(told.items(), key=lambda pair: (-abs(pair[1]), pair[0]))[:_MOST_TOLD])


@cache
def shipped(language: str) -> Model:
    """Return the model of a language that ships with Rapport, read once."""
    return Model.parse(files("analytics.text.beta").joinpath(f"{language}.json").read_text("utf-8"))
