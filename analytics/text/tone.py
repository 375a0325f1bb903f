"""The tone of a reply: what a scorer reads, within the limits of what may be read at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from analytics.results import Withheld
from analytics.text.content import has_content
from analytics.text.identities import mask_identities
from analytics.text.language import ENABLED, language_of
from analytics.text.normalise import clean, spell_out
from analytics.text.rules import ENGLISH, Finding, Rule, apply

RULES: Mapping[str, tuple[Rule, ...]] = MappingProxyType({"en": ENGLISH})
"""The hand-written rules of each language; they read before any scorer does."""


class Tone(StrEnum):
    NEGATIVE = "negative"
    NEUTRAL = "neutral"
    POSITIVE = "positive"
    UNCLEAR = "unclear"
    """The scorer abstains. Its share belongs beside every figure made of tones."""
    NO_CONTENT = "no_content"
    """Nothing was said ("n/a"): neither scored nor counted as neutral."""


@dataclass(frozen=True, slots=True)
class Scored:
    """One reply's tone: for counting in groups, never a verdict on one person.

    Attributes
    ----------
    polarity
        From -1 (complaint) to +1 (praise); None when nothing was scored.
    evidence
        The words that carried the score. They are the person's own: show them to nobody else.
    rules
        Keys of the hand-written rules that fired.
    """

    tone: Tone
    polarity: float | None
    evidence: tuple[str, ...]
    rules: tuple[str, ...] = ()


class Scorer(Protocol):
    """What reads a tone. A better model is another class with these three."""

    @property
    def version(self) -> str:
        """Name of lexicon or model with its version; figures of two versions are not compared."""
        ...

    @property
    def languages(self) -> frozenset[str]:
        """The languages it was validated for; others are withheld, never guessed."""
        ...

    def score(self, text: str) -> Scored:
        """Return the tone of one text in one of its languages."""
        ...


def tone_of(
    text: str, profile_language: str, scorer: Scorer, enabled: frozenset[str] = ENABLED
) -> Scored | Withheld:
    """Return the tone of one reply, or that its language is not scored.

    Order: clean, look for content, find the language, take out identity words, apply the rules, score the rest.
    Mask names before (`analytics.text.masking`), so that nobody's name is scored.

    Parameters
    ----------
    text
        The reply, raw or masked; only the first 2,000 characters are read.
    profile_language
        Language or locale of the person's profile: decides for replies under four words.
    scorer
        What reads the tone.
    enabled
        Languages that the workspace writes in, told apart by `analytics.text.language`.
    """
    cleaned = clean(text)
    if not has_content(cleaned):
        return Scored(Tone.NO_CONTENT, None, ())
    language = language_of(cleaned, profile_language, enabled | scorer.languages)
    if language not in scorer.languages:
        return Withheld("language")
    rest, findings = apply(RULES.get(language, ()), mask_identities(spell_out(cleaned)))
    return _combined(scorer.score(rest), findings)


def _combined(scored: Scored, findings: tuple[Finding, ...]) -> Scored:
    """Join what the rules found with what the scorer read; praise beside complaint is unclear."""
    rules = tuple(finding.rule for finding in findings)
    telling = [finding for finding in findings if finding.value]
    evidence = (*(finding.words for finding in telling), *scored.evidence)
    tones = {_tone_of_rule(finding) for finding in telling} | ({scored.tone} - {Tone.NEUTRAL})
    tone = tones.pop() if len(tones) == 1 else Tone.UNCLEAR if tones else Tone.NEUTRAL
    return Scored(tone, _mean_polarity(scored, telling), evidence, rules)


def _tone_of_rule(finding: Finding) -> Tone:
    return Tone.POSITIVE if finding.value > 0 else Tone.NEGATIVE


def _mean_polarity(scored: Scored, telling: list[Finding]) -> float:
    values = [finding.value for finding in telling]
    if scored.polarity is not None and (scored.tone is not Tone.NEUTRAL or not values):
        values.append(scored.polarity)
    return sum(values) / len(values) if values else 0.0
