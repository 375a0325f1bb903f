"""The figures out of domain with the settings chosen anew for each domain, by the other domains alone."""

import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np

from analytics.training import data, fit, lexicons, measure

PUBLIC_DOMAINS = tuple(dict.fromkeys(data.SETS[name].domain for name in data.PUBLIC))
GRID = [
    fit.Settings(strength, scale, rules)
    for (strength, scale), rules in product(((0.03, 0.7), (0.1, 0.7), (0.1, 1.4)), (0.0, 2.0, 4.0))
]


def show(folder: Path) -> None:
    """Print what was chosen for each domain, and the macro-F1 that follows (some 190 fits: ten to twenty minutes).

    Our own sentences are seen by all of them.
    """
    examples, known = data.load(folder), lexicons.known_words()
    seen = fit.see(examples, lexicons.lexicon())
    found = np.zeros((len(examples), 3))
    for domain in PUBLIC_DOMAINS:
        rest = [i for i, example in enumerate(examples) if example.domain != domain]
        out = [i for i, example in enumerate(examples) if example.domain == domain]
        chosen = max(
            GRID,
            key=lambda settings: _mean([seen[i] for i in rest], [examples[i] for i in rest], known, settings),
        )
        fitted = fit.fit([seen[i] for i in rest], [examples[i] for i in rest], known, chosen)
        found[out] = fit.probabilities(fitted, [seen[i] for i in out])
        _say(f"{domain}: {chosen}")
    public = [i for i, example in enumerate(examples) if example.name in data.PUBLIC]
    scores = measure.by_set([examples[i] for i in public], found[public].argmax(axis=1))
    _say(", ".join(f"{name} {f1:.3f}" for name, f1 in scores.items()))
    true = np.array([examples[i].label for i in public])
    _say(
        f"mean {measure.mean(scores):.4f}, calibration error {measure.calibration_error(true, found[public]):.3f}"
    )


def _mean(
    seen: Sequence[fit.Seen], examples: Sequence[data.Example], known: frozenset[str], settings: fit.Settings
) -> float:
    part = [
        PUBLIC_DOMAINS.index(example.domain) if example.domain in PUBLIC_DOMAINS else -1
        for example in examples
    ]
    found = fit.held_out(seen, examples, known, part, settings)
    scores = measure.by_set(examples, found.argmax(axis=1))
    return measure.mean(scores)


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
