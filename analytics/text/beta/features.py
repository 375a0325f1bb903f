"""What a trial language's model looks at in a reply: what its words say, and its shape."""

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from analytics.text.beta.lexicon import Lexicon, Word
from analytics.text.beta.words import Token, sign_value
from analytics.text.tally import tally
from analytics.text.words import Kind

NAMES = (
    "balance", "praise", "complaint", "mean", "last", "first", "highest", "lowest", "silent",
    "negations", "negated", "but", "log_length", "exclaims", "asks", "short", "phrases_praise", "phrases_complaint",
)  # fmt: skip
"""The figures, in the order in which `figures` gives them and the model weighs them."""

_NOT_GOOD, _NOT_BAD = -0.7, -0.4
"""What a negation makes of praise, and of complaint: "not bad" says less than "not good"."""
_AHEAD, _BACK = 5, 4
"""How far a negation reaches, in words. Back only if nothing ahead says anything: "das gefällt mir nicht"."""
_SAYING = 0.2
"""A word that says less is not what a negation is about."""
_HOLE = Word()
_ENDS = frozenset(".;!?")


class Part(NamedTuple):
    """A word, a phrase, a sign or a mark of a reply with what it says here."""

    text: str
    word: Word
    kind: Kind
    value: float = 0.0
    is_phrase: bool = False
    negated: bool = False
    final: bool = False
    """Whether it is a phrase with a negation in it, which another one doesn't turn round: "n'est pas mal"."""


def parts(tokens: Iterable[Token], lexicon: Lexicon) -> list[Part]:
    """Return a reply's parts, identities as holes, phrases as one, negations and boosters applied."""
    placed = list(_joined(_without_identities(tokens, lexicon), lexicon))
    start = 0
    for end in range(len(placed) + 1):
        if end == len(placed) or placed[end].word.turns or placed[end].text in _ENDS:
            _negate(placed, start, end)
            start = end + 1
    return _boosted(placed)


def figures(read: Sequence[Part]) -> tuple[float, ...]:
    """Return the figures named in `NAMES`."""
    words = max(1, sum(part.kind in (Kind.WORD, Kind.HOLE) for part in read))
    told = [part.value for part in read if part.value]
    phrases = [part.value for part in read if part.is_phrase]
    return (
        *tally(told, words),
        min(3, sum(part.word.negates for part in read)) / 2,
        min(2, sum(part.negated for part in read)) / 2,
        float(any(part.word.turns for part in read)),
        math.log1p(words) / 5,
        float(any(part.text == "!" for part in read)),
        float(any(part.text == "?" for part in read)),
        float(words <= 3),
        min(1.5, sum(value for value in phrases if value > 0)),
        min(1.5, -sum(value for value in phrases if value < 0)),
    )


def _without_identities(tokens: Iterable[Token], lexicon: Lexicon) -> list[Part]:
    """Return one part per token, but one for a whole identity with its article: not even the length of a reply tells."""
    found: list[Part] = []
    for token in tokens:
        if token.kind is not Kind.WORD:
            found.append(Part(token.text, _HOLE, token.kind))
            continue
        word = lexicon.look(token.text)
        if not word.identity:
            found.append(Part(token.text, word, Kind.WORD))
            continue
        while found and (found[-1].word.attached or found[-1].kind is Kind.HOLE):
            found.pop()
        found.append(Part("", _HOLE, Kind.HOLE))
    return found


def _joined(found: Sequence[Part], lexicon: Lexicon) -> Iterator[Part]:
    words = [part.word for part in found]
    place = 0
    while place < len(found):
        part = found[place]
        phrase = lexicon.phrase(words, place) if part.word.starts else None
        if phrase is not None:
            final = any(word.negates for word in words[place : phrase.end])
            yield Part(phrase.words, _HOLE, Kind.WORD, phrase.value, is_phrase=True, final=final)
            place = phrase.end
            continue
        value = sign_value(part.text) if part.kind is Kind.SIGN else part.word.value
        yield part._replace(value=value) if value else part
        place += 1


def _negate(placed: list[Part], start: int, end: int) -> None:
    """Turn round what the negations of one clause are about; a phrase that has said it all leaves them nothing."""
    if any(placed[i].final for i in range(start, end)):
        placed[start:end] = [
            part._replace(word=part.word._replace(negates=False)) for part in placed[start:end]
        ]
    for at in range(start, end):
        if not placed[at].word.negates:
            continue
        reach = range(at + 1, min(end, at + 1 + _AHEAD))
        comma = next((i for i in reach if placed[i].text == ","), end)
        near = [i for i in reach if _says(placed[i]) and i < comma]
        ahead = near or [i for i in reach if _says(placed[i])]
        back = [i for i in range(max(start, at - _BACK), at) if _says(placed[i]) and not _stands(placed[i])]
        for i in ahead or back[-1:]:
            if not placed[i].negated:
                turned = _NOT_GOOD if placed[i].value > 0 else _NOT_BAD
                placed[i] = placed[i]._replace(value=placed[i].value * turned, negated=True)


def _says(part: Part) -> bool:
    return abs(part.value) > _SAYING


def _stands(part: Part) -> bool:
    """Tell whether a part means the same whatever follows: "zu viele Treffen, die nichts bringen" are too many."""
    return part.is_phrase and part.value < 0


def _boosted(placed: Sequence[Part]) -> list[Part]:
    boost = 0.0
    found = []
    for part in placed:
        found.append(part._replace(value=part.value * (1 + boost)) if boost and part.value else part)
        boost = part.word.boost
    return found
