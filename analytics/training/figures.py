"""The figures of the model card, made anew: ``python -m analytics.training figures DATA``."""

import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from textblob import TextBlob
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from analytics.training import data, fit, lexicons, make, measure

_QUOTES = str.maketrans("‘’“”", "''\"\"")
_TUNED_VADER = (-0.0001, 0.30)
_TUNED_TEXTBLOB = (-0.0001, 0.15)
_THRESHOLDS = (0.38, 0.42, 0.46, 0.50)


def show(folder: Path) -> None:
    """Print macro-F1 by set for the baselines and for the model, out of domain and in it, then calibration."""
    examples = data.load(folder)
    true = np.array([example.label for example in examples])
    texts = [example.text.translate(_QUOTES) for example in examples]
    vader = SentimentIntensityAnalyzer()
    compound = np.array([vader.polarity_scores(text)["compound"] for text in texts])
    polarity = np.array([TextBlob(text).sentiment.polarity for text in texts])
    known = lexicons.known_words()
    seen = fit.see(examples, make.lexicon_of(lexicons.merged()))
    outside, inside = fit.out_of_domain(seen, examples, known), fit.in_domain(seen, examples, known)
    _say(
        f"{'macro-F1':24}" + "".join(f"{name[:12]:>13}" for name in data.SETS) + "         mean   developers"
    )
    _row("TextBlob, tuned", examples, _cut(polarity, _TUNED_TEXTBLOB))
    _row("VADER, tuned", examples, _cut(compound, _TUNED_VADER))
    _row("model, out of domain", examples, outside.argmax(axis=1))
    _row("model, in domain", examples, inside.argmax(axis=1))
    for name, found in (("out of domain", outside), ("in domain", inside)):
        _say(f"calibration error, {name}: {measure.calibration_error(true, found):.3f}")
        for threshold in _THRESHOLDS:
            decided, right, turned = measure.kept(true, found, threshold)
            _say(
                f"  threshold {threshold}: decided {decided:.3f}, right {right:.3f}, the wrong way round {turned:.3f}"
            )


def _cut(values: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    return np.where(values <= bounds[0], 0, np.where(values >= bounds[1], 2, 1))


def _row(name: str, examples: Sequence[data.Example], said: np.ndarray) -> None:
    scores = measure.by_set(examples, said)
    mean = float(np.mean(list(scores.values())))
    developers = float(np.mean([f1 for s, f1 in scores.items() if data.SETS[s].domain == "developers"]))
    _say(
        f"{name:24}"
        + "".join(f"{f1:13.3f}" for f1 in scores.values())
        + f"  | {mean:9.4f} {developers:11.3f}"
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
