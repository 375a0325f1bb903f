"""What words, phrases and pairs of words say by themselves, before a model weighs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from analytics.text.words import Token

_NOT = -0.6
"""What a negation makes of a word's value: weaker and turned round (VADER measured -0.74, CLiPS pattern uses -0.5)."""
_PAIR = 0.5
"""What much of what one wants says; little of it says the opposite."""
_NEAR = 3
"""Tokens from an amount to what it is an amount of: "no real career growth"."""
_NEAR_VERB = 4
"""The same across a verb: "growth is not that slow"."""
_SAYING_HOW_MUCH = "is are was were be been being seems seem feels remains remain gets get got has have"
_VERBS = frozenset(_SAYING_HOW_MUCH.split())
_ENDS = frozenset({".", ";", "!", "?", "..", "!!", "??", "!?", "?!"})


@dataclass(frozen=True)
class Lexicon:
    """What each word says by itself.

    Attributes
    ----------
    values
        By word: the mean of the lexicons' values from -1 to +1.
    shades
        By word: CLiPS pattern's polarity (-1 to +1) and subjectivity (0 to 1).
    boosters
        By word: by which share it strengthens (or weakens) the next.
    phrases
        By phrase of several words: its value, which stands for those of its words.
    sides
        By word: +1 for what one wants (salary), -1 for what one doesn't (pressure).
    amounts
        By word: +1 for much, -1 for little. Beside one of the former it says something: "low salary", "stress is low".
    """

    values: Mapping[str, float]
    shades: Mapping[str, tuple[float, float]]
    boosters: Mapping[str, float]
    phrases: Mapping[str, float] = field(default_factory=dict)
    sides: Mapping[str, int] = field(default_factory=dict)
    amounts: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def _phrases_from(self) -> dict[str, list[tuple[str, ...]]]:
        """By first word, the longest phrase first."""
        found: dict[str, list[tuple[str, ...]]] = {}
        for words in sorted((tuple(phrase.split()) for phrase in self.phrases), key=len, reverse=True):
            found.setdefault(words[0], []).append(words)
        return found

    @cached_property
    def heard(self) -> frozenset[str]:
        """All words that change anything; most words of a text are none of them, and passed over."""
        parts = (self.values, self._phrases_from, self.boosters, self.sides, self.amounts, _VERBS, _ENDS)
        return frozenset().union(*parts)

    def phrase_at(self, tokens: Sequence[Token], place: int) -> tuple[str, ...]:
        """Return the words of the longest phrase that starts at a place; none if none does."""
        for words in self._phrases_from.get(tokens[place].text, ()):
            if words == tuple([token.text for token in tokens[place : place + len(words)]]):
                return words
        return ()


def values(tokens: Sequence[Token], lexicon: Lexicon) -> list[tuple[Token, float]]:
    """Return what says something, each with its value here: boosted, and turned round by a "not".

    A phrase is one token and so is a pair; the words of either say nothing beside it.
    """
    pairs, heard = _Pairs(lexicon), lexicon.heard
    boost = 0.0
    place = 0
    while place < len(tokens):
        token = tokens[place]
        if token.text not in heard:
            boost = 0.0
            place += 1
            continue
        phrase = lexicon.phrase_at(tokens, place)
        if phrase:
            said = " ".join(phrase)
            pairs.interrupted()
            pairs.say(token._replace(text=said), lexicon.phrases[said] * (1 + boost))
            place += len(phrase)
        else:
            value = lexicon.values.get(token.text)
            if not pairs.hears(token, place) and value is not None:
                pairs.say(token, value * (1 + boost))
            place += 1
        boost = lexicon.boosters.get(tokens[place - 1].text, 0.0)
    return pairs.found


class _Pairs:
    """Collects what is said, and finds pairs: an amount before what it is an amount of, or after it and a verb."""

    __slots__ = ("_amounts", "_open", "_sides", "_verb", "found")

    def __init__(self, lexicon: Lexicon) -> None:
        self.found: list[tuple[Token, float]] = []
        self._sides, self._amounts = lexicon.sides, lexicon.amounts
        # The first half of a pair: its token, place and sign, whether it is the amount, how much was said before it.
        self._open: tuple[Token, int, int, bool, int] | None = None
        self._verb = False

    def say(self, token: Token, value: float) -> None:
        self.found.append((token, value * _NOT if token.negated else value))

    def interrupted(self) -> None:
        self._open = None

    def hears(self, token: Token, place: int) -> bool:
        """Tell whether this token completes a pair, which then is said; else remember it if it may begin one."""
        side, amount = self._sides.get(token.text), self._amounts.get(token.text)
        if side is None and amount is None:
            self._verb |= token.text in _VERBS
            if token.text in _ENDS:
                self.interrupted()
            return False
        if self._completes(token, place, side, amount):
            return True
        self._open = (token, place, side or amount or 0, side is None, len(self.found))
        self._verb = False
        return False

    def _completes(self, token: Token, place: int, side: int | None, amount: int | None) -> bool:
        if self._open is None:
            return False
        first, since, sign, is_amount, said = self._open
        if is_amount and side is not None and place - since <= _NEAR:
            del self.found[said:]  # what the amount said alone, and what stands between
            self.say(first._replace(text=f"{first.text} {token.text}"), _PAIR * sign * side)
        elif not is_amount and amount is not None and self._verb and place - since <= _NEAR_VERB:
            self.say(token._replace(text=f"{first.text} {token.text}"), _PAIR * sign * amount)
        else:
            return False
        self.interrupted()
        return True
