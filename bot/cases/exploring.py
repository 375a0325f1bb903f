"""Words and topics of a closed wave's comments that nobody looked for: found after the close, passed through the gate, then kept.

Of the whole organisation only: a word of a department beside the same word of the organisation could be subtracted.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from analytics.results import Withheld
from analytics.text.emerging import MOST, Emerging, emerging
from analytics.text.phrases import read
from analytics.text.themes import Taxonomy
from analytics.text.topics import Topic, topics
from bot.cases import release
from bot.store.tables import Term, Wave
from surveys.anonymity import ORGANISATION, Exact, Figure, Release, Shown, gate, releases

Kind = Literal["emerging", "topic"]

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
class Candidate:
    """A word or a topic that may be shown if the gate lets it pass.

    ``term`` is what the gate remembers it by, ``text`` what is read; of ``comments`` people ``people`` wrote it.
    """

    kind: Kind
    term: str
    text: str
    people: int
    comments: int
    value: float


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in the comments on one question, of each kind the surest first."""

    question: str
    candidates: tuple[Candidate, ...]


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
    return [Found(each.question, _candidates(wave, home, each, taxonomy)) for each in texts]


def _candidates(wave: Wave, home: str, texts: Texts, taxonomy: Taxonomy) -> tuple[Candidate, ...]:
    now = [one for text in texts.now if (one := read(text, home, taxonomy))]
    before = (one for text in texts.before if (one := read(text, home, taxonomy)))
    words = emerging(now, before, (wave.k_scores, wave.k_comments))
    found = topics(now, wave.k_scores)
    return (*map(_of_word, words), *(() if isinstance(found, Withheld) else map(_of_topic, found)))


def _of_word(word: Emerging) -> Candidate:
    times = word.change.times()
    said = next((step for step in TIMES if times >= step), 1.0)
    return Candidate("emerging", word.term, word.spelling, word.people, word.comments, said)


def _of_topic(topic: Topic) -> Candidate:
    term = "+".join(sorted(word.lower() for word in topic.words))
    stable = int(topic.stability * 10) / 10
    return Candidate("topic", term, ", ".join(topic.words), topic.people, topic.comments, stable)


def item(question: str, term: str) -> str:
    """Return the name under which the gate remembers a word or a topic."""
    return f"{question}//{term}"


def passed(
    wave: Wave, found: Found, invited: Mapping[int, str], ledgers: Mapping[str, Sequence[Release]]
) -> list[tuple[Term, str, Release]]:
    """Return what may be shown, each with its item and with what the gate must remember of it.

    Each is a figure of its own: those whose comment was looked through, in the classes *does not hold it* and *holds
    it*. It is shown only where that leaves everybody free: two of them, at least, did not write it.

    Parameters
    ----------
    wave, found
        The words and topics of one question of a wave.
    invited
        Who was asked it.
    ledgers
        What was shown of each term within the horizon.
    """
    kept: list[tuple[Term, str, Release]] = []
    places: Counter[Kind] = Counter()
    for one in found.candidates:
        counts = (one.comments - one.people, one.people)
        figure = Figure(ORGANISATION, one.comments, frozenset(invited), counts)
        ledger = ledgers.get(one.term, ())
        decisions = gate((figure,), ledger, wave.k_comments, wave=wave.id, across=release.ACROSS)
        decision = decisions[ORGANISATION]
        if places[one.kind] < MOST and isinstance(decision, Shown) and isinstance(decision.form, Exact):
            (remembered,) = releases((figure,), decisions, wave.id)
            row = _term(wave, found.question, one, places[one.kind])
            kept.append((row, item(found.question, one.term), remembered))
            places[one.kind] += 1
    return kept


def _term(wave: Wave, question: str, one: Candidate, place: int) -> Term:
    return Term(
        organisation_id=wave.organisation_id,
        wave_id=wave.id,
        question=question,
        kind=one.kind,
        place=place,
        text=one.text,
        people=max(one.people // PEOPLE_STEP * PEOPLE_STEP, wave.k_scores),
        value=one.value,
    )


def _version(wave: Wave, question: str) -> int | None:
    return next((each["version"] for each in wave.questions if each["key"] == question), None)
