"""The default scorer: English, by the trained model and the hand-written rules."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from analytics.text.model import Model, english
from analytics.text.rules import Finding
from analytics.text.tone import Scored, Tone

_CLASSES = (Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE)
_MIXED_FROM = 0.25
_PRAISE, _COMPLAINT = frozenset({Tone.POSITIVE}), frozenset({Tone.NEGATIVE})


@dataclass(frozen=True, slots=True)
class EnglishScorer:
    """Reads a tone where the model is sure enough; else the reply is unclear.

    Unclear too is a reply that holds both: where praise and complaint are each likelier than neither, where rules
    read both, or where a rule read the opposite of what the model makes of the whole.
    """

    languages: ClassVar[frozenset[str]] = frozenset({"en"})

    model: Model = field(default_factory=english)

    @property
    def version(self) -> str:
        return self.model.version

    def score(self, text: str, findings: Sequence[Finding] = ()) -> Scored:
        """Return the tone of one English text with probabilities, and the words that carried it."""
        read = self.model.read(text, findings)
        return decided(read.probabilities, read.told, findings, self.model.threshold)


def decided(
    probabilities: tuple[float, float, float],
    told: Sequence[tuple[str, float]],
    findings: Sequence[Finding],
    threshold: float,
) -> Scored:
    """Return what follows from probabilities, the words that spoke and what rules have found."""
    words = {finding.words: finding.value for finding in findings if finding.value} | dict(told)
    return Scored(
        _tone(probabilities, findings, threshold),
        probabilities[2] - probabilities[0],
        tuple(words),
        tuple(finding.rule for finding in findings),
        probabilities,
    )


def _tone(probabilities: tuple[float, float, float], findings: Sequence[Finding], threshold: float) -> Tone:
    highest = max(probabilities)
    tone = _CLASSES[probabilities.index(highest)]
    signs = {Tone.POSITIVE if finding.value > 0 else Tone.NEGATIVE for finding in findings if finding.value}
    if highest < threshold or len(signs) == 2 or _mixed(*probabilities):
        return Tone.UNCLEAR
    if (tone is Tone.POSITIVE and signs == _COMPLAINT) or (tone is Tone.NEGATIVE and signs == _PRAISE):
        return Tone.UNCLEAR
    return tone


def _mixed(negative: float, neutral: float, positive: float) -> bool:
    """Tell whether praise and complaint are each likelier than neither: the reply holds both."""
    return min(negative, positive) > max(neutral, _MIXED_FROM)
