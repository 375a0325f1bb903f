"""The figures out of domain with the settings chosen anew for each domain, by the other domains alone."""

import sys
from collections.abc import Sequence
from itertools import product
from pathlib import Path

import numpy as np

from analytics.training import data, fit, lexicons, make, measure

GRID = [
    fit.Settings(strength, scale, rules)
    for (strength, scale), rules in product(((0.03, 0.7), (0.1, 0.7), (0.1, 1.4)), (0.0, 2.0, 4.0))
]


def show(folder: Path) -> None:
    """Print what was chosen for each domain, and the macro-F1 that follows (some 190 fits: ten to twenty minutes)."""
    examples, known = data.load(folder), lexicons.known_words()
    seen = fit.see(examples, make.lexicon_of(lexicons.merged()))
    found = np.zeros((len(examples), 3))
    for domain in data.DOMAINS:
        rest = [i for i, example in enumerate(examples) if example.domain != domain]
        out = [i for i, example in enumerate(examples) if example.domain == domain]
        chosen = max(
            GRID,
            key=lambda settings: _mean([seen[i] for i in rest], [examples[i] for i in rest], known, settings),
        )
        fitted = fit.fit([seen[i] for i in rest], [examples[i] for i in rest], known, chosen)
        found[out] = fit.probabilities(fitted, [seen[i] for i in out])
        _say(f"{domain}: {chosen}")
    scores = measure.by_set(examples, found.argmax(axis=1))
    _say(", ".join(f"{name} {f1:.3f}" for name, f1 in scores.items()))
    true = np.array([example.label for example in examples])
    _say(
        f"mean {np.mean(list(scores.values())):.4f}, calibration error {measure.calibration_error(true, found):.3f}"
    )


def _mean(
    seen: Sequence[fit.Seen], examples: Sequence[data.Example], known: frozenset[str], settings: fit.Settings
) -> float:
    found = fit.out_of_domain(seen, examples, known, settings)
    scores = measure.by_set(examples, found.argmax(axis=1))
    return float(np.mean(list(scores.values())))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
