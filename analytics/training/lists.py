"""Our own word lists of the trial languages, as the code that reads replies wants them."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from analytics.text.beta.lexicon import STAR, Parts
from analytics.text.beta.words import fold

_STRENGTHS = {"strong": 90, "plain": 60, "mild": 30}
_SIGNS = {"praise": 1, "complaint": -1}
_PHRASES = {"praise": 60, "complaint": -60, "nothing": 0}
_BOOST, _DAMPEN = 25, -30
_LISTS = Path(__file__).parent / "lists"
_BARE = str.maketrans("äöü", "aou")
_LONG = 7
"""Letters from which a German word is also known with its dots forgotten: "uberlastet"."""
LABELS = {"complaint": 0, "neutral": 1, "praise": 2}


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of one language: its lexicon, and sentences of ours from work with their class."""

    parts: Parts
    sentences: tuple[tuple[str, int], ...]
    sha256: str


def load(language: str) -> Lists:
    """Return the lists of a language; a word that stands twice, or in two senses, is refused."""
    raw = (_LISTS / f"{language}.toml").read_bytes()
    held: dict[str, Any] = tomllib.loads(raw.decode())

    def words(text: str) -> tuple[str, ...]:
        return tuple(sorted({folded(word, language) for word in text.split()}))

    parts = Parts(
        values=_values(held, language),
        boosts=dict(
            sorted(
                {
                    **dict.fromkeys(words(held["boosters"]), _BOOST),
                    **dict.fromkeys(words(held["dampers"]), _DAMPEN),
                }.items()
            )
        ),
        phrases=_phrases(held, language),
        negators=words(held["negators"]),
        turns=words(held["turns"]),
        identities=words(held["identities"]),
        attached=words(held["articles"]),
    )
    sentences = tuple(
        (line, LABELS[kind]) for kind in LABELS for line in held["work"][kind].strip().splitlines()
    )
    return Lists(parts, sentences, sha256(raw).hexdigest())


def folded(word: str, language: str) -> str:
    """Return a listed word or stem as it is met in a reply."""
    return fold(word.removesuffix(STAR), language) + (STAR if word.endswith(STAR) else "")


def _values(held: dict[str, Any], language: str) -> dict[str, int]:
    values: dict[str, int] = {}
    for word, value in _listed(held):
        if "-" in word:
            continue
        said = folded(word, language)
        if values.get(said, value) * value < 0:
            raise SystemExit(f"{language}: “{word}” stands for praise and for complaint.")
        values.setdefault(said, value)
    for word, value in tuple(values.items()):
        if len(word) >= _LONG:
            values.setdefault(word.translate(_BARE), value)
    return dict(sorted(values.items()))


def _listed(held: dict[str, Any]) -> Iterator[tuple[str, int]]:
    for kind, sign in _SIGNS.items():
        for strength, size in _STRENGTHS.items():
            yield from ((word, sign * size) for word in held[kind][strength].split())


def _phrases(held: dict[str, Any], language: str) -> dict[str, int]:
    """Return the phrases; a listed word with a hyphen is one too."""
    said = [(word, value) for word, value in _listed(held) if "-" in word]
    said += [
        (line, size) for kind, size in _PHRASES.items() for line in held["phrases"][kind].strip().splitlines()
    ]
    parted = ((line.replace("'", " ").replace("-", " ").split(), value) for line, value in said)
    return dict(
        sorted((" ".join(folded(word, language) for word in words), value) for words, value in parted)
    )
