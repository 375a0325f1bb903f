"""A scorer that needs no library: good and bad words only."""

from collections.abc import Sequence

from analytics.text.rules import Finding
from analytics.text.tone import Scored, Tone


class PlainScorer:
    """Reads "good" as positive and "bad" as negative, in English."""

    version = "plain-1"
    languages = frozenset({"en"})

    def score(self, text: str, findings: Sequence[Finding]) -> Scored:
        found = Tone.POSITIVE if "good" in text else Tone.NEGATIVE if "bad" in text else Tone.NEUTRAL
        return Scored(found, None, ())
