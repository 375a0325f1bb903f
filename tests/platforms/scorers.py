"""A scorer that needs no library: good and bad words only."""

from collections.abc import Sequence

from analytics.text.rules import Finding
from analytics.text.tone import Scored, Tone


class PlainScorer:
    """Reads "good" as positive and "bad" as negative, in English, and takes the word of the rules."""

    version = "plain-1"
    languages = frozenset({"en"})

    def score(self, text: str, findings: Sequence[Finding]) -> Scored:
        told = sum(finding.value for finding in findings)
        found = Tone.POSITIVE if "good" in text else Tone.NEGATIVE if "bad" in text else Tone.NEUTRAL
        if told:
            found = Tone.POSITIVE if told > 0 else Tone.NEGATIVE
        return Scored(found, None, ())
