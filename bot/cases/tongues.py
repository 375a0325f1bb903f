"""Comments in the trial languages: their tone is counted apart from the English one, and shown as a direction only.

For each language one item is counted beside the question's own: the comments that were read as praise or as
complaint. It passes the gate like a question of its own, so a language that fewer than k comments are in is not seen.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal, Self

from analytics.text.beta import LANGUAGES
from analytics.text.beta.correction import widened
from analytics.text.beta.model import shipped
from analytics.text.language import ENABLED, language_of
from analytics.text.normalise import clean
from analytics.text.tone import Scored, Scorer, Several, Tone, hear
from bot.cases.context import Recipient
from bot.store.tables import Reading
from bot.talk.cards import Element, Note, Table

_TONES = (Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE)
_TEN = 10
_BANDS = {"mostly_positive": "positive", "mixed": "open", "mostly_negative": "negative"}


@dataclass(frozen=True, slots=True)
class TongueItem:
    """The tone of one question's comments in one language, by one version of its scorer."""

    question: str
    language: str
    version: str

    @property
    def key(self) -> str:
        """Return the name under which counts and readings are kept; `read` is the inverse."""
        return f"{self.question}/{self.language}/{self.version}/beta"

    @property
    def part(self) -> Literal["tone"]:
        return "tone"

    @classmethod
    def read(cls, key: str) -> Self | None:
        """Return the item of a name; None if it is a question's, a theme's or that of a whole wave."""
        match key.split("/"):
            case [question, language, version, "beta"]:
                return cls(question, language, version)
            case _:
                return None


def english_of(scorer: Scorer) -> Scorer:
    """Return what the tone of comments is made of: the trial languages are never mixed with it."""
    return scorer.of("en") if isinstance(scorer, Several) else scorer


def points(
    texts: Iterable[tuple[str, str, str]], question: str, scorer: Scorer
) -> Iterator[tuple[TongueItem, Sequence[tuple[str, int | None]], int]]:
    """Yield for each language where its comments fall: their cell and class, and how many classes there are.

    Parameters
    ----------
    texts
        The cell of each comment, its masked text, the language of its author's profile.
    question
        Key of the question that was commented on.
    scorer
        What reads them; without the trial languages nothing is yielded.
    """
    if not isinstance(scorer, Several):
        return
    found: dict[str, list[tuple[str, int | None]]] = {}
    for cell, text, profile in texts:
        spoken = language_of(clean(text), profile, ENABLED)
        tone = hear(text, spoken, scorer, language=spoken).tone if spoken in LANGUAGES else None
        if isinstance(tone, Scored) and tone.tone in _TONES:
            found.setdefault(spoken, []).append((cell, _TONES.index(tone.tone)))
    for language, fallen in sorted(found.items()):
        yield TongueItem(question, language, shipped(language).version), fallen, len(_TONES)


def widen(reading: Reading) -> None:
    """Make the range of a trial language's tone as wide as the errors of its scorer make it."""
    item = TongueItem.read(reading.item)
    if item is None or reading.low is None or reading.high is None:
        return
    quality = shipped(item.language).quality
    reading.low, reading.high = map(round, widened(reading.low, reading.high, quality))
    if reading.variance is not None:
        telling = quality.praise_found + quality.complaint_found - 1
        reading.variance /= telling**2


def tongues_table(to: Recipient, readings: Sequence[Reading]) -> tuple[Element, ...]:
    """Return the tone of comments in the trial languages, as a direction with how often it is read right."""
    w = to.words
    shown = {item.language: reading for reading in readings if (item := _shown(reading))}
    if not shown:
        return ()
    header = tuple(w(f"results.tongues.{column}") for column in ("language", "tone", "right"))
    rows = tuple(
        (w(f"results.tongues.{language}"), _direction(to, reading), _right(to, language))
        for language, reading in sorted(shown.items())
    )
    return (Table(w("results.tongues"), header, rows), Note(w("results.tongues.note")))


def _shown(reading: Reading) -> TongueItem | None:
    item = TongueItem.read(reading.item)
    ours = item is not None and _versions().get(item.language) == item.version
    return item if ours and reading.state in ("shown", "band") else None


@cache
def _versions() -> Mapping[str, str]:
    """Return which scorers' quality is known here: that of an older one is not."""
    return {language: shipped(language).version for language in LANGUAGES}


def _direction(to: Recipient, reading: Reading) -> str:
    """Name the direction if neither chance nor the scorer's errors explain it.

    A band has no range to tell by; nearly all of its comments were read alike.
    """
    if reading.state == "band":
        return to.words(f"results.tongues.{_BANDS[reading.band]}")
    low, high = reading.low or 0.0, reading.high or 0.0
    kind = "positive" if low > 0 else "negative" if high < 0 else "open"
    return to.words(f"results.tongues.{kind}")


def _right(to: Recipient, language: str) -> str:
    return to.words("results.tongues.of_ten", n=round(_TEN * shipped(language).quality.balanced))
