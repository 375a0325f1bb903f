"""Topics of very many comments: words that are often written together, found by non-negative matrix factorisation.

Exploratory. Factors of fewer comments are accidents: the eight first words of topics from two samples overlap by 0.15
with 200 comments, 0.33 with 1,000, 0.73 with 3,500 (Jaccard; measured on employee comments). So there are none below
2,000 comments, each fit is repeated on two halves, and what the halves do not agree on is not shown.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from analytics.results import Withheld
from analytics.text.emerging import FLOOR
from analytics.text.phrases import Comment, spellings

if TYPE_CHECKING:
    from scipy.sparse import csr_array

FEWEST_COMMENTS = 2_000
"""Comments below which there are no topics."""

TOPICS, TOP = 12, 8
"""How many topics are looked for, and by how many words each is known."""

STABLE = 0.5
"""Overlap of a topic's words between two halves (Jaccard) from which it is shown: six of eight, so that more than half
of all the words that either half names are named by both."""

MOST_WORDS, MOST_SHARE = 1_000, 0.3
"""The most frequent words are looked at; what more than this share of comments hold tells nothing apart."""

ROUNDS, SEED = 150, 20261126
TINY = 1e-9
SAID_TOGETHER = 2
"""Of a topic's words, so many make a comment one of its."""

Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: its words as they are written, the strongest first; how many people of how many; how stable it is."""

    words: tuple[str, ...]
    people: int
    comments: int
    stability: float


def topics(comments: Sequence[Comment], people: int = FLOOR) -> tuple[Topic, ...] | Withheld:
    """Return the topics of a wave's comments that two halves of them agree on, the most frequent first.

    Parameters
    ----------
    comments
        One per person; their order does not matter.
    people
        How many people must have written each word; never below the floor of five.

    Returns
    -------
    tuple of Topic or Withheld
        ``too_few`` below 2,000 comments, ``unstable`` where the halves agree on no topic.
    """
    least = max(people, FLOOR)
    said = sorted((frozenset(t for t in one.terms if " " not in t) for one in comments), key=sorted)
    said = [words for words in said if words]
    if len(said) < FEWEST_COMMENTS:
        return Withheld("too_few")
    written = spellings(comments)
    vocabulary = _vocabulary(said, written, least)
    if len(vocabulary) < TOPICS * TOP:
        return Withheld("too_few")
    weighted = tf_idf(said, vocabulary)
    order = np.random.default_rng(SEED).permutation(len(said))
    halves = [_tops(weighted[np.sort(part)]) for part in np.array_split(order, 2)]
    agreed = _matched(*halves)
    found = [_topic(top, agreed, said, vocabulary, written) for top in _tops(weighted)]
    kept = [topic for topic in found if topic.stability >= STABLE and topic.people >= least]
    if not kept:
        return Withheld("unstable")
    return tuple(sorted(kept, key=lambda topic: (-topic.people, topic.words)))


def tf_idf(said: Sequence[frozenset[str]], vocabulary: Sequence[str]) -> "csr_array":
    """Return one row per comment: the words it holds, each by its inverse document frequency, rows of length 1.

    A word counts once per comment, however often it is repeated: nobody's repetition makes a topic.
    """
    from scipy.sparse import csr_array  # noqa: PLC0415 - slow to load, and only needed where there are topics

    place = {word: column for column, word in enumerate(vocabulary)}
    columns = [sorted(place[word] for word in words if word in place) for words in said]
    held = Counter(column for row in columns for column in row)
    weight = [log((1 + len(said)) / (1 + held[column])) + 1 for column in range(len(vocabulary))]
    data: list[float] = []
    for row in columns:
        length = sqrt(sum(weight[column] ** 2 for column in row))
        data += [weight[column] / length for column in row]
    starts = np.cumsum([0, *map(len, columns)])
    indices = np.array([column for row in columns for column in row], dtype=np.int64)
    return csr_array((np.array(data), indices, starts), shape=(len(said), len(vocabulary)))


def factors(weighted: "csr_array", k: int, rounds: int = ROUNDS) -> tuple[Matrix, Matrix]:
    """Return W (comments by topics) and H (topics by words), both non-negative, whose product approximates the matrix.

    Multiplicative updates for the squared error (Lee & Seung 2001), which never raise it; started from the leading
    singular vectors (Boutsidis & Gallopoulos 2008, NNDSVDa), so that nothing is random.
    """
    w, h = _start(weighted, k)
    for _ in range(rounds):
        h *= (weighted.T @ w).T / (w.T @ w @ h + TINY)
        w *= (weighted @ h.T) / (w @ (h @ h.T) + TINY)
    return w, h


def _start(weighted: "csr_array", k: int) -> tuple[Matrix, Matrix]:
    """Return a start from the singular vectors: of each the stronger of its positive and its negative side."""
    values, vectors = np.linalg.eigh((weighted.T @ weighted).toarray())
    fill = float(weighted.sum()) / (weighted.shape[0] * weighted.shape[1])
    w, h = np.empty((weighted.shape[0], k)), np.empty((k, weighted.shape[1]))
    for i in range(k):
        strength = sqrt(max(float(values[-1 - i]), TINY))
        right = vectors[:, -1 - i]
        left = (weighted @ right) / strength
        sides = [(np.maximum(sign * left, 0), np.maximum(sign * right, 0)) for sign in (1, -1)]
        lefts, rights = max(sides, key=lambda side: float(np.linalg.norm(side[0]) * np.linalg.norm(side[1])))
        size_left, size_right = float(np.linalg.norm(lefts)) or 1.0, float(np.linalg.norm(rights)) or 1.0
        scale = sqrt(strength * size_left * size_right)
        w[:, i], h[i] = scale * lefts / size_left, scale * rights / size_right
    w[w <= TINY] = fill
    h[h <= TINY] = fill
    return w, h


def _tops(weighted: "csr_array") -> list[tuple[int, ...]]:
    """Return for each topic the columns of its strongest words; of equally strong ones the first."""
    _, h = factors(weighted, TOPICS)
    return [tuple(np.argsort(-row, kind="stable")[:TOP].tolist()) for row in h]


def _matched(
    ones: Sequence[tuple[int, ...]], others: Sequence[tuple[int, ...]]
) -> list[tuple[frozenset[int], frozenset[int], float]]:
    """Pair the topics of two fits, the most alike first, with the overlap of their words; each is used once."""
    pairs = sorted(
        ((i, j, jaccard(one, other)) for i, one in enumerate(ones) for j, other in enumerate(others)),
        key=lambda pair: (-pair[2], pair[0], pair[1]),
    )
    left, right = set(range(len(ones))), set(range(len(others)))
    matched = []
    for i, j, overlap in pairs:
        if i in left and j in right:
            matched.append((frozenset(ones[i]), frozenset(others[j]), overlap))
            left.discard(i)
            right.discard(j)
    return matched


def jaccard(one: Sequence[int], other: Sequence[int]) -> float:
    """Return the share of all words of two lists that are in both."""
    return len({*one} & {*other}) / len({*one} | {*other})


def _topic(
    top: tuple[int, ...],
    agreed: Sequence[tuple[frozenset[int], frozenset[int], float]],
    said: Sequence[frozenset[str]],
    vocabulary: Sequence[str],
    written: Mapping[str, str],
) -> Topic:
    """Describe a topic; it is as stable as the least of: the halves' agreement on it, and its own with each half."""
    stability = max(
        min(overlap, jaccard(top, tuple(one)), jaccard(top, tuple(other))) for one, other, overlap in agreed
    )
    words = [vocabulary[column] for column in top]
    people = sum(len(comment.intersection(words)) >= SAID_TOGETHER for comment in said)
    return Topic(tuple(written[word] for word in words), people, len(said), stability)


def _vocabulary(said: Sequence[frozenset[str]], written: Mapping[str, str], least: int) -> list[str]:
    held = Counter(word for words in said for word in words)
    fit = [word for word, n in held.items() if least <= n <= MOST_SHARE * len(said) and word in written]
    return sorted(sorted(fit, key=lambda word: (-held[word], word))[:MOST_WORDS])
