"""The trained English model: a file of numbers, and what they make of a reply."""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from operator import mul
from typing import Any, Self

from analytics.text import features
from analytics.text.lexicon import Lexicon, values
from analytics.text.rules import Finding
from analytics.text.words import Token, read

FORMAT = 2
"""Of the file. Another number means that these lines can't read it."""

CLASSES = ("negative", "neutral", "positive")

_LEAST_TELLING = 0.15
_MOST_TOLD = 8


class WrongFormat(ValueError):
    """The model file was written for another version of this code."""


@dataclass(frozen=True, slots=True)
class Read:
    """How a model reads one text.

    Attributes
    ----------
    probabilities
        Of negative, neutral and positive; they add up to 1.
    told
        Words and pairs of words with what they spoke for, from complaint (below 0) to praise, strongest first.
    """

    probabilities: tuple[float, float, float]
    told: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Model:
    """Numbers only: a lexicon, one weight per figure and class, one per word or pair and class."""

    version: str
    threshold: float
    """A highest probability below this is no answer."""
    lexicon: Lexicon
    vocabulary: Mapping[str, tuple[int, int, int]]
    """By word or pair of words: hundredths."""
    figures: tuple[tuple[float, ...], ...]
    """By class, one weight per figure in the order of `features.NAMES`."""
    bias: tuple[float, float, float]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the model that a file describes; raises ``WrongFormat`` for a file of another format."""
        held: dict[str, Any] = json.loads(text)
        if held.get("format") != FORMAT or held["figures"].keys() != set(features.NAMES):
            raise WrongFormat(
                f"This code reads models of format {FORMAT}; the file has {held.get('format')}."
            )
        words: dict[str, list[int]] = held["lexicon"]
        lexicon = Lexicon(
            {word: numbers[0] / 100 for word, numbers in words.items() if numbers[0]},
            {
                word: (numbers[1] / 100, numbers[2] / 100)
                for word, numbers in words.items()
                if len(numbers) > 1
            },
            {word: share / 100 for word, share in held["boosters"].items()},
            {phrase: value / 100 for phrase, value in held["phrases"].items()},
            held["sides"],
            held["amounts"],
        )
        return cls(
            held["version"],
            held["threshold"],
            lexicon,
            {entry: tuple(weights) for entry, weights in held["vocabulary"].items()},
            tuple(zip(*(held["figures"][name] for name in features.NAMES), strict=True)),
            tuple(held["bias"]),
        )

    def read(self, text: str, findings: Sequence[Finding] = ()) -> Read:
        """Return how likely each class is for a text from which the rules have taken their findings."""
        tokens = read(text)
        telling = values(tokens, self.lexicon)
        figures = features.figures(tokens, [value for _, value in telling], self.lexicon, findings)
        hits = [
            (entry, self.vocabulary[entry]) for entry in features.entries(tokens) if entry in self.vocabulary
        ]
        scale = 0.01 / math.sqrt(len(hits)) if hits else 0.0
        spoken = [sum(column) for column in zip(*(weights for _, weights in hits), strict=True)] or [0, 0, 0]
        sums = [
            bias + sum(map(mul, weights, figures)) + scale * said
            for bias, weights, said in zip(self.bias, self.figures, spoken, strict=True)
        ]
        return Read(softmax(sums), _told(telling, hits, scale))


def softmax(sums: Sequence[float]) -> tuple[float, float, float]:
    highest = max(sums)
    negative, neutral, positive = (math.exp(value - highest) for value in sums)
    total = negative + neutral + positive
    return negative / total, neutral / total, positive / total


def _told(
    telling: Sequence[tuple[Token, float]], hits: Sequence[tuple[str, tuple[int, int, int]]], scale: float
) -> tuple[tuple[str, float], ...]:
    """Join what the lexicon and the vocabulary say of each word or pair."""
    told: dict[str, float] = {}
    for token, value in telling:
        words = f"not {token.text}" if token.negated else token.text
        told[words] = told.get(words, 0.0) + value
    for entry, (negative, _, positive) in hits:
        words = _spoken(entry)
        told[words] = told.get(words, 0.0) + scale * (positive - negative)
    strong = [(words, value) for words, value in told.items() if abs(value) >= _LEAST_TELLING]
    return tuple(sorted(strong, key=lambda pair: (-abs(pair[1]), pair[0]))[:_MOST_TOLD])


def _spoken(entry: str) -> str:
    return f"not {entry.replace('_N', '')}" if "_N" in entry else entry


@cache
def english() -> Model:
    """Return the model that ships with Rapport, read once."""
    return Model.parse(files("analytics.text").joinpath("english.json").read_text("utf-8"))
