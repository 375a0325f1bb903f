"""Words that come up more often than before: log-odds ratios with an informative Dirichlet prior.

Monroe, Colaresi & Quinn 2008, "Fightin' Words", Political Analysis 16(4), 372-403, doi:10.1093/pan/mpn018. Counted are
comments that hold a word, one per person, not occurrences: somebody who writes "parking" nine times is one person. The
prior says what both periods say together, so that a word which happens to be missing from few earlier comments is not
news; half a comment on either side (Jeffreys) keeps a word that was never written before from having no odds.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import exp, log, sqrt

from analytics.distributions import normal_quantile
from analytics.text.phrases import Comment, spellings

FLOOR = 5
"""Fewest people who must have written a word, whatever else is set."""

FEWEST_COMMENTS = 10
"""Fewest comments on either side of a comparison."""

MOST = 8
"""Words that are shown."""

ERROR = 0.05
"""Chance that of all the words compared one or more is named although nothing changed (Bonferroni)."""

WEIGHT, FLAT = 0.25, 0.5
"""What the prior weighs: a quarter of the smaller side, and half a comment with and without the word."""

NEARLY = 0.8
"""A pair stands for its words if it holds this share of the people who wrote them."""


@dataclass(frozen=True, slots=True)
class Change:
    """How much likelier a word is in one set of comments than in another.

    ``log_odds`` is the difference of the log odds that a comment holds the word (positive: likelier in the first),
    ``error`` its standard error, both under the prior; ``base`` is the share in the second.
    """

    log_odds: float
    error: float
    base: float

    @property
    def z(self) -> float:
        return self.log_odds / self.error

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return the bounds of the log-odds ratio."""
        half = normal_quantile((1 + confidence) / 2) * self.error
        return self.log_odds - half, self.log_odds + half

    def times(self) -> float:
        """Return how many times as often at least: the ratio of shares that the lower bound of the odds amounts to."""
        odds = exp(self.interval()[0])
        return odds / (1 - self.base + self.base * odds)


@dataclass(frozen=True, slots=True)
class Emerging:
    """A word or pair, how it is written, by how many people of how many, and how its share changed."""

    term: str
    spelling: str
    people: int
    comments: int
    change: Change


def compare(now: tuple[int, int], before: tuple[int, int]) -> Change:
    """Compare the share of comments that hold a word.

    Parameters
    ----------
    now, before
        How many comments hold it, of how many; at least one comment on each side.
    """
    (held, n), (held_before, n_before) = now, before
    if not (0 <= held <= n and 0 <= held_before <= n_before) or min(n, n_before) < 1:
        raise ValueError(f"{held} of {n} and {held_before} of {n_before} are no shares")
    pooled = WEIGHT * min(n, n_before)
    prior = pooled * (held + held_before) / (n + n_before) + FLAT
    weight = pooled + 2 * FLAT
    odds, variance = _posterior(held, n, prior, weight)
    odds_before, variance_before = _posterior(held_before, n_before, prior, weight)
    base = (held_before + prior) / (n_before + weight)
    return Change(odds - odds_before, sqrt(variance + variance_before), base)


def _posterior(held: int, n: int, prior: float, weight: float) -> tuple[float, float]:
    """Return the log odds of a word against its absence under the prior, and their approximate variance."""
    with_it, without = held + prior, n + weight - held - prior
    return log(with_it / without), 1 / with_it + 1 / without


def emerging(
    now: Sequence[Comment], before: Iterable[Comment], fewest: tuple[int, int] = (FLOOR, FEWEST_COMMENTS)
) -> tuple[Emerging, ...]:
    """Return the words that come up more often than before in comments that no theme covers, the surest first.

    No two of them share a word. Not cut to ``MOST``: whether each may be shown is for the gate.

    Parameters
    ----------
    now
        The comments of this wave, one per person.
    before
        Earlier ones.
    fewest
        People who must have written a word now, and comments that each side must have; never below the floors.
    """
    people, comments = max(fewest[0], FLOOR), max(fewest[1], FEWEST_COMMENTS)
    here = [comment for comment in now if not comment.covered]
    counts, n = _counted(here)
    counts_before, n_before = _counted(comment for comment in before if not comment.covered)
    if min(n, n_before) < comments:
        return ()
    family = sum(held + counts_before[term] >= people for term, held in (counts | counts_before).items())
    written = spellings(here)
    found = [
        Emerging(term, _spelled(term, written), held, n, compare((held, n), (counts_before[term], n_before)))
        for term, held in counts.items()
        if held >= people and all(word in written for word in term.split())
    ]
    bar = normal_quantile(1 - ERROR / 2 / max(family, 1))
    return _without_overlap([one for one in found if one.change.z >= bar])


def _counted(comments: Iterable[Comment]) -> tuple[Counter[str], int]:
    counts: Counter[str] = Counter()
    n = 0
    for comment in comments:
        counts.update(comment.terms)
        n += 1
    return counts, n


def _spelled(term: str, written: Mapping[str, str]) -> str:
    return " ".join(written[word] for word in term.split())


def _without_overlap(found: Sequence[Emerging]) -> tuple[Emerging, ...]:
    """Keep one term for each word: two that share one would, by subtraction, count those who wrote only the other."""
    pairs = [one for one in found if " " in one.term]
    replaced = {
        word.term
        for word in found
        for pair in pairs
        if word.term in pair.term.split() and pair.people >= NEARLY * word.people
    }
    kept: list[Emerging] = []
    taken: set[str] = set()
    for one in sorted(found, key=lambda one: (-one.change.z, one.term)):
        words = set(one.term.split())
        if one.term not in replaced and taken.isdisjoint(words):
            kept.append(one)
            taken |= words
    return tuple(kept)
