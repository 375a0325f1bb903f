"""Fitting: class-balanced multinomial logistic regression over figures and vocabulary, and checking it out of domain."""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp
from sklearn.linear_model import LogisticRegression

from analytics.text import features
from analytics.text.lexicon import Lexicon, values
from analytics.text.words import Kind, read
from analytics.training.barred import BARRED
from analytics.training.data import DOMAINS, PUBLIC, Example

FEWEST_TEXTS = 10
FEWEST_SETS = 4
OWN_WEIGH = 2.0
"""How much more our sentences of working life weigh than a public set of their size: they are what the model is for."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What was chosen by trying."""

    strength: float = 0.1
    """Scikit-learn's C: the inverse of the L2 penalty."""
    figures_scale: float = 1.4
    """How freely figures may weigh under the penalty, next to the vocabulary's 1."""
    rules_say: float = 4.0
    """Added by hand to what a rule of full value adds to its class: rules know working life, the public sets don't."""


CHOSEN = Settings()


@dataclass(frozen=True, slots=True)
class Seen:
    """What the features make of one example."""

    figures: tuple[float, ...]
    entries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted regression in the features' own units: rows are classes."""

    vocabulary: tuple[str, ...]
    figures: np.ndarray
    words: np.ndarray
    bias: np.ndarray


def see(examples: Sequence[Example], lexicon: Lexicon) -> list[Seen]:
    """Return the features of each example, by the code that scores replies."""
    return [_see(example, lexicon) for example in examples]


def _see(example: Example, lexicon: Lexicon) -> Seen:
    tokens = read(example.rest)
    told = [value for _, value in values(tokens, lexicon)]
    return Seen(features.figures(tokens, told, lexicon, example.findings), tuple(features.entries(tokens)))


def vocabulary(seen: Sequence[Seen], examples: Sequence[Example], known: frozenset[str]) -> tuple[str, ...]:
    """Return the entries met in enough texts and sets, and made of ordinary words only."""
    texts: Counter[str] = Counter()
    sets: dict[str, set[str]] = defaultdict(set)
    for one, example in zip(seen, examples, strict=True):
        for entry in one.entries:
            texts[entry] += 1
            sets[entry].add(example.name)
    return tuple(
        sorted(
            entry
            for entry, n in texts.items()
            if n >= FEWEST_TEXTS
            and len(sets[entry]) >= FEWEST_SETS
            and all(_ordinary(w, known) for w in entry.split())
        )
    )


def _ordinary(word: str, known: frozenset[str]) -> bool:
    """Tell whether it is a word of the language, a contraction, an emoticon or a mark: no name, no handle."""
    bare = word.removesuffix("_N")
    if bare in BARRED:
        return False
    if not read(bare) or read(bare)[0].kind is not Kind.WORD:
        return True
    return bare in known or "'" in bare


def weights(examples: Sequence[Example]) -> np.ndarray:
    """Return a weight per row: no set and no class of a set dominates, and the three classes weigh the same."""
    cells = Counter((example.name, example.label) for example in examples)
    sizes = Counter(example.name for example in examples)
    w = np.array([cells[e.name, e.label] ** -0.5 * sizes[e.name] ** -0.25 for e in examples])
    w *= [1.0 if e.name in PUBLIC else OWN_WEIGH for e in examples]
    y = np.array([example.label for example in examples])
    for label in range(3):
        w[y == label] /= w[y == label].sum()
    return np.asarray(w / w.mean())


def fit(
    seen: Sequence[Seen], examples: Sequence[Example], known: frozenset[str], settings: Settings = CHOSEN
) -> Fitted:
    """Fit on all given examples; the same input gives the same numbers (L-BFGS has no chance in it)."""
    entries = vocabulary(seen, examples, known)
    matrix = _matrix(seen, {entry: i for i, entry in enumerate(entries)}, settings.figures_scale)
    regression = LogisticRegression(C=settings.strength, max_iter=400)
    regression.fit(matrix, [example.label for example in examples], sample_weight=weights(examples))
    n = len(features.NAMES)
    figures = regression.coef_[:, :n] * settings.figures_scale
    figures[0, features.NAMES.index("rules_complaint")] += settings.rules_say
    figures[2, features.NAMES.index("rules_praise")] += settings.rules_say
    return Fitted(entries, figures, regression.coef_[:, n:], regression.intercept_)


def _matrix(seen: Sequence[Seen], place: dict[str, int], figures_scale: float) -> sp.csr_matrix:
    rows, columns, values = [], [], []
    for row, one in enumerate(seen):
        hits = [place[entry] for entry in one.entries if entry in place]
        rows += [row] * len(hits)
        columns += hits
        values += [1 / math.sqrt(len(hits) or 1)] * len(hits)
    words = sp.csr_matrix((values, (rows, columns)), shape=(len(seen), len(place)))
    figures = sp.csr_matrix(figures_scale * np.array([one.figures for one in seen]))
    return sp.csr_matrix(sp.hstack([figures, words]))


def probabilities(fitted: Fitted, seen: Sequence[Seen]) -> np.ndarray:
    """Return a row of three probabilities per example."""
    place = {entry: i for i, entry in enumerate(fitted.vocabulary)}
    sums = np.array([one.figures for one in seen]) @ fitted.figures.T + fitted.bias
    for row, one in enumerate(seen):
        hits = [place[entry] for entry in one.entries if entry in place]
        if hits:
            sums[row] += fitted.words[:, hits].sum(axis=1) / math.sqrt(len(hits))
    odds = np.exp(sums - sums.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def out_of_domain(
    seen: Sequence[Seen], examples: Sequence[Example], known: frozenset[str], settings: Settings = CHOSEN
) -> np.ndarray:
    """Return the probabilities of each example by a model that saw nothing of its domain, the vocabulary included."""
    return held_out(seen, examples, known, [DOMAINS.index(example.domain) for example in examples], settings)


def in_domain(
    seen: Sequence[Seen], examples: Sequence[Example], known: frozenset[str], folds: int = 5
) -> np.ndarray:
    """Return the probabilities of each example by a model that saw the other folds of every set."""
    return held_out(seen, examples, known, [i % folds for i in range(len(examples))], CHOSEN)


def held_out(
    seen: Sequence[Seen],
    examples: Sequence[Example],
    known: frozenset[str],
    part: Sequence[int],
    settings: Settings = CHOSEN,
) -> np.ndarray:
    """Return the probabilities of each example by a model that saw the other parts; part -1 is always seen and gets none."""
    found = np.zeros((len(examples), 3))
    for held in sorted(set(part) - {-1}):
        kept = [i for i, p in enumerate(part) if p != held]
        out = [i for i, p in enumerate(part) if p == held]
        fitted = fit([seen[i] for i in kept], [examples[i] for i in kept], known, settings)
        found[out] = probabilities(fitted, [seen[i] for i in out])
    return found
