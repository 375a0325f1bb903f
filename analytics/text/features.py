"""What the English model looks at in a reply: figures from the lexicon, its shape, and the words it holds."""

import math
from collections.abc import Sequence

from analytics.text.lexicon import Lexicon
from analytics.text.rules import Finding
from analytics.text.tally import tally
from analytics.text.words import Kind, Token

NAMES = (
    "balance", "praise", "complaint", "mean", "last", "first", "highest", "lowest", "silent", "mixed", "tone",
    "polarity", "subjectivity", "known",
    "too", "negations", "negated_share", "negated", "but",
    "length", "log_length", "exclaims", "asks", "short",
    "rules_praise", "rules_complaint",
)  # fmt: skip
"""The figures, in the order in which `figures` gives them and the model weighs them."""

_NOT_POLARITY = -0.5
_COUNTED = (Kind.WORD, Kind.HOLE)
_SOFT_TOO = frozenset({"good", "funny", "cute", "many", "much"})  # "too many" is for the rules


def figures(
    tokens: Sequence[Token], told: Sequence[float], lexicon: Lexicon, findings: Sequence[Finding]
) -> tuple[float, ...]:
    """Return the figures named in `NAMES` for a reply whose telling words have the values ``told``."""
    words = sum(token.kind in _COUNTED for token in tokens)
    return (
        *_from_values(told, words or 1),
        *_from_shades(tokens, lexicon),
        *_from_negations(tokens, words or 1),
        *_from_shape(tokens, words or 1),
        *_from_rules(findings),
    )


def _from_values(told: Sequence[float], words: int) -> tuple[float, ...]:
    praise = sum(value for value in told if value > 0)
    complaint = -sum(value for value in told if value < 0)
    return (
        *tally(told, words),
        min(praise, complaint) / (max(praise, complaint) + 0.1),
        min(1.0, praise + complaint),
    )


def _from_shades(tokens: Sequence[Token], lexicon: Lexicon) -> tuple[float, ...]:
    """Return the mean polarity and subjectivity as TextBlob reads them, and whether any polarity is met."""
    polarity = subjectivity = boost = 0.0
    known = 0
    for token in tokens:
        shade = lexicon.shades.get(token.text)
        if shade and not token.negates:
            turned = _NOT_POLARITY if token.negated else 1.0
            polarity += max(-1.0, min(1.0, shade[0] * (1 + boost))) * turned
            subjectivity += shade[1]
            known += 1
        boost = lexicon.boosters.get(token.text, 0.0)
    return (polarity / known, subjectivity / known, float(polarity != 0)) if known else (0.0, 0.0, 0.0)


def _from_negations(tokens: Sequence[Token], words: int) -> tuple[float, ...]:
    negations = too = 0
    negated = but = False
    before = ""
    for text, kind, reached, negates in tokens:
        negations += negates
        negated |= reached
        but |= text == "but"
        too |= before == "too" and kind is Kind.WORD and text not in _SOFT_TOO
        before = text
    return float(too), min(negations, 3) / 3, 3 * negations / words, float(negated), float(but)


def _from_shape(tokens: Sequence[Token], words: int) -> tuple[float, ...]:
    marks = "".join([token.text for token in tokens if token.kind is Kind.MARK])
    return (
        min(words, 60) / 60,
        math.log1p(words) / 5,
        float("!" in marks),
        float("?" in marks),
        float(words <= 3),
    )


def _from_rules(findings: Sequence[Finding]) -> tuple[float, float]:
    praise = sum(finding.value for finding in findings if finding.value > 0)
    complaint = -sum(finding.value for finding in findings if finding.value < 0)
    return min(1.5, praise), min(1.5, complaint)


def entries(tokens: Sequence[Token]) -> list[str]:
    """Return each word and each pair of neighbours once, in order; "_N" marks what a "not" reaches.

    A hole is no entry and parts its neighbours.
    """
    seen: dict[str, None] = {}
    before = ""
    for text, kind, negated, _ in tokens:
        if kind is Kind.HOLE:
            before = ""
            continue
        entry = text.lower() + "_N" if negated else text.lower()
        seen[entry] = None
        if before:
            seen[f"{before} {entry}"] = None
        before = entry
    return list(seen)
