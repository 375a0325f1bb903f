"""Measures of a scorer on labelled texts."""

from collections.abc import Mapping, Sequence

import numpy as np

from analytics.training.data import PUBLIC, SETS, Example


def macro_f1(true: np.ndarray, said: np.ndarray) -> float:
    """Return the mean F1 over the classes that occur; 0 to 1. In a set of two classes "neutral" is an error."""
    return float(np.mean([_f1(true == label, said == label) for label in np.unique(true)]))


def _f1(true: np.ndarray, said: np.ndarray) -> float:
    met = true.sum() + said.sum()
    return 2 * (true & said).sum() / met if met else 0.0


def by_set(examples: Sequence[Example], said: np.ndarray) -> dict[str, float]:
    """Return the macro-F1 of each set that occurs."""
    true = np.array([example.label for example in examples])
    names = np.array([example.name for example in examples])
    return {name: macro_f1(true[names == name], said[names == name]) for name in SETS if name in names}


def mean(scores: Mapping[str, float]) -> float:
    """Return the mean over the public sets that are there."""
    return float(np.mean([f1 for name, f1 in scores.items() if name in PUBLIC]))


def calibration_error(true: np.ndarray, found: np.ndarray, bins: int = 10) -> float:
    """Return the expected calibration error of the highest probability over equal bins; 0 is perfect."""
    highest, said = found.max(axis=1), found.argmax(axis=1)
    bin_of = np.minimum((highest * bins).astype(int), bins - 1)
    gaps = [
        (bin_of == b).mean() * abs(highest[bin_of == b].mean() - (said == true)[bin_of == b].mean())
        for b in range(bins)
        if (bin_of == b).any()
    ]
    return float(sum(gaps))


def kept(true: np.ndarray, found: np.ndarray, threshold: float) -> tuple[float, float, float]:
    """Return the share decided at a threshold, the share of it that is right, and the share of all turned round.

    Turned round is praise read as complaint, or the reverse.
    """
    decided = found.max(axis=1) >= threshold
    said = found.argmax(axis=1)
    reversed_ = decided & (np.abs(said - true) == 2)
    return float(decided.mean()), float((said == true)[decided].mean()), float(reversed_.mean())
