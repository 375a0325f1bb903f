"""A scorer for whoever installs the optional extra: the English model, and beside it what an embedding says."""

import json
import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from importlib.util import find_spec
from operator import mul
from pathlib import Path
from typing import Any, ClassVar, Protocol, Self

from analytics.text.bge import Bge
from analytics.text.english import decided
from analytics.text.model import CLASSES, Model, WrongFormat, english, softmax
from analytics.text.rules import Finding
from analytics.text.tone import Scored

FORMAT = 1

_HOLE = re.compile("‹([a-z-]{1,12})›")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_PARTS = re.compile(r"['’-]")
_UNKNOWN = "something"
_STANDS_FOR = {"person": "someone"}


_TAKEN_FOR_NAMES = """
al amber aria basil belle bishop brad brandy brooks buck cadence carver charlotte chip chuck clay cliff crystal daisy
deacon dean don donna duke dustin earl ebony eva faith frank gene genesis ginger glen gunner guy hans hazel heath
heather hunter ilk ivy jack jade jay jihad john ken lance len lily lucy luis maria mason matt maverick maya mei melody
nils ole olive pat pearl phoenix piper prince raj ram ranger ray robin rod royal sage sandy sherry soo violet wade ward
wei william willow
"""
_NAMES_TOO = frozenset(_TAKEN_FOR_NAMES.split())
"""Given names that a dictionary has as words too, and that few people use as words at work."""


class Encoder(Protocol):
    """What turns a text into numbers."""

    def encode(self, text: str) -> Sequence[float]:
        """Return as many numbers for each text, the same for the same text."""
        ...


@dataclass(frozen=True, slots=True)
class Head:
    """A logistic regression over the numbers of an embedding, and how much it counts beside the English model.

    Attributes
    ----------
    name
        Of the encoder and this head.
    beside
        Name of the English model with which the shares were chosen.
    weights
        By class, one per number.
    shares
        Powers to which the English model's probabilities and its own are taken before they are multiplied.
    """

    name: str
    beside: str
    weights: tuple[tuple[float, ...], ...]
    bias: tuple[float, ...]
    shares: tuple[float, float]

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the head that a file describes; raises ``WrongFormat`` for a file of another format."""
        held: dict[str, Any] = json.loads(text)
        if held.get("format") != FORMAT or tuple(held["weights"]) != CLASSES:
            raise WrongFormat(f"This code reads heads of format {FORMAT}; the file has {held.get('format')}.")
        rows = tuple(tuple(row) for row in held["weights"].values())
        english_share, own_share = held["shares"]
        return cls(held["name"], held["beside"], rows, tuple(held["bias"]), (english_share, own_share))

    def probabilities(self, embedding: Sequence[float]) -> tuple[float, float, float]:
        """Return how likely each class is by the embedding alone."""
        sums = zip(self.bias, self.weights, strict=True)
        return softmax([bias + sum(map(mul, row, embedding)) for bias, row in sums])

    def joined(self, model: Sequence[float], own: Sequence[float]) -> tuple[float, float, float]:
        """Return both opinions as one: the product of their powers, made to add up to 1."""
        first, second = self.shares
        return softmax([first * math.log(p) + second * math.log(q) for p, q in zip(model, own, strict=True)])


@cache
def head() -> Head:
    """Return the head that ships with Rapport, read once."""
    return Head.parse(files("analytics.text").joinpath("embeddings.json").read_text("utf-8"))


@cache
def _encoder() -> Bge:
    """Return the encoder, loaded at the first text and once."""
    return Bge.load()


@dataclass(frozen=True, slots=True)
class EmbeddingScorer:
    """Reads as the English scorer does, with a second opinion: better on texts of kinds that nobody trained on.

    Identities and names are masked before, for both. Whatever a rule has read is put back for the embedding.
    """

    languages: ClassVar[frozenset[str]] = frozenset({"en"})

    encoder: Encoder = field(default_factory=_encoder)
    model: Model = field(default_factory=english)
    head: Head = field(default_factory=head)

    @property
    def version(self) -> str:
        return f"{self.model.version}+{self.head.name}"

    def score(self, text: str, findings: Sequence[Finding] = ()) -> Scored:
        """Return the tone of one English text with probabilities, and the words that carried the model's part."""
        read = self.model.read(text, findings)
        own = self.head.probabilities(self.encoder.encode(whole(text, findings)))
        joined = self.head.joined(read.probabilities, own)
        return decided(joined, read.told, findings, self.model.threshold)


def whole(text: str, findings: Sequence[Finding]) -> str:
    """Return the text with what rules have read in its gaps again, and plain words for what is masked.

    Masked is every word too that isn't an ordinary one, because an embedding knows names and what they tell of people.
    Where several rules have read, their phrases may have changed places: an embedding hardly minds.
    """
    phrases = iter(findings)
    filled = _HOLE.sub(lambda match: _filled(match[1], phrases), text)
    return _WORD.sub(lambda match: match[0] if _ordinary(match[0]) else _UNKNOWN, filled)


@cache
def ordinary_words() -> frozenset[str]:
    """Return the English words that are written in lower case: no names. A file that TextBlob brings, read as data."""
    spec = find_spec("textblob")
    places = spec.submodule_search_locations if spec else None
    file = Path(next(iter(places or ()), "."), "en", "en-lexicon.txt")
    rows = (line.rsplit(" ", 1) for line in file.read_text("utf-8").splitlines() if " " in line)
    return frozenset(word for word, tag in rows if word == word.lower() and not tag.startswith("NNP"))


def _ordinary(word: str) -> bool:
    """Tell whether each part of a word is one that many people use: of the language, or of working life."""
    return all(_known(part) for part in _PARTS.split(word.lower()))


def _known(part: str) -> bool:
    forms = {part, part.removesuffix("s")}
    if not forms.isdisjoint(_NAMES_TOO):
        return False
    return not forms.isdisjoint(ordinary_words()) or part in english().lexicon.values


def _filled(kind: str, phrases: Iterator[Finding]) -> str:
    if kind == "said":
        finding = next(phrases, None)
        return finding.words.removeprefix("not ") if finding else ""
    return _STANDS_FOR.get(kind, "something")
