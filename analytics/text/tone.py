"""The tone of a reply: what a scorer reads, within the limits of what may be read at all."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol, runtime_checkable

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
        The words that carried the score, strongest first. They are the person's own: show them to nobody else.
    rules
        Keys of the hand-written rules that fired.
    probabilities
        Of negative, neutral and positive, adding up to 1; None when nothing was scored or the scorer has none.
    """

    tone: Tone
    polarity: float | None
    evidence: tuple[str, ...]
    rules: tuple[str, ...] = ()
    probabilities: tuple[float, float, float] | None = None


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

    def score(self, text: str, findings: Sequence[Finding]) -> Scored:
        """Return the tone of a text in one of its languages, without the phrases that rules have read, and these."""
        ...


@runtime_checkable
class Several(Protocol):
    """A scorer that is made of one per language."""

    def of(self, language: str) -> Scorer:
        """Return the scorer of one of its languages."""
        ...


class NotRead:
    """Stands where a scorer is asked for and nothing is to be read."""

    version = "none"
    languages: frozenset[str] = frozenset()

    def score(self, text: str, findings: Sequence[Finding]) -> Scored:  # noqa: ARG002 -- the names are the protocol's
        raise LookupError("nothing is read here")


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of one reply: the language it was taken for ("" where nothing was said), and its tone."""

    language: str
    tone: Scored | Withheld


def tone_of(
    text: str, profile_language: str, scorer: Scorer, enabled: frozenset[str] = ENABLED
) -> Scored | Withheld:
    """Return the tone of one reply, or that its language is not scored; see `hear`."""
    return hear(text, profile_language, scorer, enabled).tone


def hear(
    text: str,
    profile_language: str,
    scorer: Scorer,
    enabled: frozenset[str] = ENABLED,
    *,
    language: str | None = None,
) -> Heard:
    """Return the language and the tone of one reply; a pure function of its arguments, safe on any text.

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
    language
        The language, if it is known; then it isn't looked for.
    """
    cleaned = clean(text)
    if not has_content(cleaned):
        return Heard("", Scored(Tone.NO_CONTENT, None, ()))
    spoken = language or language_of(cleaned, profile_language, enabled | scorer.languages)
    if spoken not in scorer.languages:
        return Heard(spoken, Withheld("language"))
    reader = scorer.of(spoken) if spoken not in RULES and isinstance(scorer, Several) else scorer
    return Heard(spoken, reader.score(*read_by_rules(cleaned, spoken)))


def prepared(text: str) -> tuple[str, tuple[Finding, ...]]:
    """Return what a scorer is given of a raw English text; what it learns from has to look the same."""
    return read_by_rules(clean(text), "en")


def read_by_rules(cleaned: str, language: str) -> tuple[str, tuple[Finding, ...]]:
    """Return a cleaned text without identities and without what the rules of its language read, and their findings.

    In a language without rules the text is left as it is: its scorer knows its identities and pictures.
    """
    if language not in RULES:
        return cleaned, ()
    return apply(RULES[language], mask_identities(spell_out(cleaned)))
