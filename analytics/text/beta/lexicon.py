"""What the words of one language say by themselves, and which are its negations, boosters and identities."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Self

STAR = "*"
GAP = "_"
_WIDEST_GAP = 2
_MOST_REMEMBERED = 20_000


class Word(NamedTuple):
    """What is known of one word of a reply."""

    value: float = 0.0
    """From -1 (complaint) to +1 (praise)."""
    boost: float = 0.0
    """By which share it strengthens or weakens what the next says."""
    negates: bool = False
    turns: bool = False
    """Whether a negation ends here ("but")."""
    identity: bool = False
    """Whether it says who somebody is."""
    attached: bool = False
    """Whether it belongs to an identity that follows: an article, "person"."""
    pieces: tuple[str, ...] = ()
    """The phrase words that it is an instance of."""
    starts: bool = False
    """Whether a phrase may begin with it."""


class Phrase(NamedTuple):
    """A phrase that was met: its words, where it ends, what it says."""

    words: str
    end: int
    value: float


@dataclass(slots=True)
class _Node:
    value: float | None = None
    words: str = ""
    follow: dict[str, Self] = field(default_factory=dict)


class Patterns:
    """Words and stems; a stem ends in a star and stands for all words that begin so. The longest wins."""

    def __init__(self, values: Mapping[str, float]) -> None:
        self._exact = {word: value for word, value in values.items() if not word.endswith(STAR)}
        self._stems = {word[:-1]: value for word, value in values.items() if word.endswith(STAR)}
        self._lengths = sorted({len(stem) for stem in self._stems}, reverse=True)

    def find(self, word: str) -> float | None:
        """Return the value of a word; None if it is unknown."""
        if word in self._exact:
            return self._exact[word]
        for length in self._lengths:
            if length <= len(word) and (value := self._stems.get(word[:length])) is not None:
                return value
        return None

    def all(self, word: str) -> tuple[str, ...]:
        """Return every pattern that a word is an instance of."""
        found = [word] if word in self._exact else []
        found += [f"{word[:n]}{STAR}" for n in self._lengths if n <= len(word) and word[:n] in self._stems]
        return tuple(found)


@dataclass(frozen=True, slots=True)
class Parts:
    """A lexicon as it stands in a file; every word in lower case and without accents.

    Attributes
    ----------
    values
        By word or stem, what it says in hundredths.
    boosts
        By word, by which share it strengthens (or weakens) the next, in hundredths.
    phrases
        By phrase, what it says in hundredths. ``_`` stands for up to two words.
    negators, turns, identities, attached
        Words and stems of these kinds.
    """

    values: Mapping[str, int]
    boosts: Mapping[str, int]
    phrases: Mapping[str, int]
    negators: Sequence[str]
    turns: Sequence[str]
    identities: Sequence[str]
    attached: Sequence[str]


class Lexicon:
    """Looks words up, and remembers what it found, for people use the same words again and again."""

    def __init__(self, parts: Parts) -> None:
        self._values = Patterns({word: value / 100 for word, value in parts.values.items()})
        self._identities = Patterns(dict.fromkeys(parts.identities, 1.0))
        self._boosts = {word: value / 100 for word, value in parts.boosts.items()}
        self._kinds = {kind: frozenset(getattr(parts, kind)) for kind in ("negators", "turns", "attached")}
        split = [(phrase.split(), value / 100) for phrase, value in parts.phrases.items()]
        self._pieces = Patterns(dict.fromkeys((word for words, _ in split for word in words), 0.0))
        self._phrases = _grown(split)
        self._known: dict[str, Word] = {}

    def look(self, word: str) -> Word:
        """Return what is known of a word, folded."""
        found = self._known.get(word)
        if found is None:
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            found = self._known[word] = self._look(word)
        return found

    def phrase(self, words: Sequence[Word], start: int) -> Phrase | None:
        """Return the longest phrase that begins at a word."""
        best: Phrase | None = None
        ways = [(self._phrases, start)]
        while ways:
            node, place = ways.pop()
            if node.value is not None and (best is None or place > best.end):
                best = Phrase(node.words, place, node.value)
            if place >= len(words):
                continue
            ways += [(node.follow[piece], place + 1) for piece in words[place].pieces if piece in node.follow]
            if GAP in node.follow:
                beyond = node.follow[GAP]
                ways += [(beyond, place + skipped) for skipped in range(_WIDEST_GAP + 1)]
        return best

    def _look(self, word: str) -> Word:
        pieces = self._pieces.all(word)
        starts = any(piece in self._phrases.follow for piece in pieces)
        if self._identities.find(word) is not None:
            return Word(identity=True, pieces=pieces, starts=starts)
        negates = word in self._kinds["negators"]
        return Word(
            0.0 if negates else self._values.find(word) or 0.0,
            self._boosts.get(word, 0.0),
            negates,
            word in self._kinds["turns"],
            attached=word in self._kinds["attached"],
            pieces=pieces,
            starts=starts,
        )


def _grown(phrases: Iterable[tuple[Sequence[str], float]]) -> _Node:
    root = _Node()
    for words, value in phrases:
        node = root
        for word in words:
            node = node.follow.setdefault(word, _Node())
        node.value, node.words = value, " ".join(words)
    return root
