"""The scorers of the trial languages, and the one that reads English and these."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from analytics.text.beta import LANGUAGES
from analytics.text.beta.model import Model, shipped
from analytics.text.english import EnglishScorer
from analytics.text.rules import Finding
from analytics.text.tone import Scored, Scorer, Tone

_PLAIN = 0.4
"""From which words say something that can't be overlooked."""


@dataclass(frozen=True, slots=True)
class BetaScorer:
    """Reads a tone where the model of its language is sure enough and its words don't say the opposite.

    For counts of many replies that say how often they are right; never for one reply.
    """

    model: Model

    @property
    def version(self) -> str:
        return self.model.version

    @property
    def languages(self) -> frozenset[str]:
        return frozenset({self.model.language})

    def score(self, text: str, findings: Sequence[Finding] = ()) -> Scored:  # noqa: ARG002  phrases are its own
        """Return the tone of one cleaned text in this language, and the words that carried it."""
        read = self.model.read(text)
        negative, _, positive = read.probabilities
        return Scored(
            self.decide(read.probabilities, read.praise, read.complaint, self.model.threshold),
            positive - negative,
            tuple(words for words, _ in read.told),
            read.phrases,
            read.probabilities,
        )

    @staticmethod
    def decide(
        probabilities: tuple[float, float, float], praise: float, complaint: float, threshold: float
    ) -> Tone:
        """Return praise or complaint where one is sure enough and the words don't say the opposite; else unclear.

        Never neutral, for a text without a word that is known may be a complaint in other words; never praise
        without a word of it, for of such texts four in ten are praise.
        """
        negative, _, positive = probabilities
        if max(negative, positive) < threshold or min(praise, complaint) >= _PLAIN:
            return Tone.UNCLEAR
        tone, against = (
            (Tone.POSITIVE, complaint - praise)
            if positive > negative
            else (Tone.NEGATIVE, praise - complaint)
        )
        return Tone.UNCLEAR if against >= _PLAIN or (tone is Tone.POSITIVE and not praise) else tone


@dataclass(frozen=True, slots=True)
class Polyglot:
    """English as ever, and the trial languages; each model is read when its language is first met."""

    english: Scorer = field(default_factory=EnglishScorer)
    languages: frozenset[str] = frozenset({"en", *LANGUAGES})

    @property
    def version(self) -> str:
        return self.english.version

    def of(self, language: str) -> Scorer:
        """Return the scorer of one of its languages."""
        return self.english if language == "en" else BetaScorer(shipped(language))

    def score(self, text: str, findings: Sequence[Finding]) -> Scored:
        """Return the tone of an English text, which is what is meant where no language is said."""
        return self.english.score(text, findings)
