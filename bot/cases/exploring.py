"""Words of a closed wave's comments that nobody looked for: found after the close, passed through the gate, then kept.

Of the whole organisation only: a word of a department beside the same word of the organisation could be subtracted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from analytics.text.emerging import MOST, Emerging, emerging
from analytics.text.phrases import read
from analytics.text.themes import Taxonomy
from bot.cases import release
from bot.store.tables import Term, Wave
from surveys.anonymity import ORGANISATION, Exact, Figure, Release, Shown, gate, releases

LOOK_BACK = timedelta(days=365)
"""How old the comments may be that new ones are compared with."""

MOST_BEFORE = 10_000
"""Earlier comments that are read, the newest waves first: more take time and change little."""

PEOPLE_STEP = 5
"""How many people wrote a word is said as "at least" a multiple of this."""

TIMES = (10.0, 5.0, 3.0, 2.0, 1.5)
"""How many times as often is said in these steps, rounded down; below the last one only that it is more."""


@dataclass(frozen=True, slots=True)
class Texts:
    """The masked comments on one question: of this wave, and of earlier ones whose comments might be read, too."""

    question: str
    now: Sequence[str]
    before: Sequence[str]


@dataclass(frozen=True, slots=True)
class Found:
    """What came up more often in the comments on one question, the surest first; nothing of it passed the gate yet."""

    question: str
    words: tuple[Emerging, ...]


def comparable(wave: Wave, other: Wave, question: str) -> bool:
    """Tell whether comments of an earlier wave may be compared with this one's: the same question, and the same consent."""
    return (
        other.state == "released"
        and other.sentiment == "aggregate"
        and wave.local_date - LOOK_BACK <= other.local_date < wave.local_date
        and _version(other, question) == _version(wave, question)
    )


def explore(wave: Wave, home: str, texts: Sequence[Texts], taxonomy: Taxonomy) -> list[Found]:
    """Look through the comments of a wave; nothing where HR has not switched the reading of comments on.

    Parameters
    ----------
    wave
        With the thresholds and the consent frozen at its launch.
    home
        The organisation's language.
    texts
        By question.
    taxonomy
        Its themes are not looked for: what they cover is counted already.
    """
    if wave.sentiment != "aggregate":
        return []
    return [
        Found(
            each.question,
            emerging(
                [one for text in each.now if (one := read(text, home, taxonomy))],
                (one for text in each.before if (one := read(text, home, taxonomy))),
                (wave.k_scores, wave.k_comments),
            ),
        )
        for each in texts
    ]


def item(question: str, term: str) -> str:
    """Return the name under which the gate remembers a word."""
    return f"{question}//{term}"


def passed(
    wave: Wave, found: Found, invited: Mapping[int, str], ledgers: Mapping[str, Sequence[Release]]
) -> list[tuple[Term, str, Release]]:
    """Return the words that may be shown, each with its item and with what the gate must remember of it.

    Each is a figure of its own: those with a readable comment that no theme covers, in the classes *does not hold
    it* and *holds it*. It is shown only where that leaves everybody free: two of them, at least, did not write it.

    Parameters
    ----------
    wave, found
        The words of one question of a wave.
    invited
        Who was asked it.
    ledgers
        What was shown of each word within the horizon.
    """
    kept: list[tuple[Term, str, Release]] = []
    for word in found.words:
        counts = (word.comments - word.people, word.people)
        figure = Figure(ORGANISATION, word.comments, frozenset(invited), counts)
        decisions = gate(
            (figure,), ledgers.get(word.term, ()), wave.k_comments, wave=wave.id, across=release.ACROSS
        )
        decision = decisions[ORGANISATION]
        if len(kept) < MOST and isinstance(decision, Shown) and isinstance(decision.form, Exact):
            (remembered,) = releases((figure,), decisions, wave.id)
            row = _term(wave, found.question, word, len(kept))
            kept.append((row, item(found.question, word.term), remembered))
    return kept


def _term(wave: Wave, question: str, word: Emerging, place: int) -> Term:
    times = word.change.times()
    return Term(
        organisation_id=wave.organisation_id,
        wave_id=wave.id,
        question=question,
        kind="emerging",
        place=place,
        text=word.spelling,
        people=max(word.people // PEOPLE_STEP * PEOPLE_STEP, wave.k_scores),
        value=next((step for step in TIMES if times >= step), 1.0),
    )


def _version(wave: Wave, question: str) -> int | None:
    return next((each["version"] for each in wave.questions if each["key"] == question), None)
