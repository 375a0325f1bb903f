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
_DRAWS = 400
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
    seen = fit.see(examples, lexicons.lexicon())
    outside, inside = fit.out_of_domain(seen, examples, known), fit.in_domain(seen, examples, known)
    _say(
        f"{'macro-F1':24}" + "".join(f"{name[:12]:>13}" for name in data.SETS) + "         mean   developers"
    )
    baselines = {
        "TextBlob, tuned": _cut(polarity, _TUNED_TEXTBLOB),
        "VADER, tuned": _cut(compound, _TUNED_VADER),
    }
    for name, said in baselines.items():
        _row(name, examples, said)
    _row("model, out of domain", examples, outside.argmax(axis=1))
    _row("model, in domain", examples, inside.argmax(axis=1))
    for name, said in baselines.items():
        least, most = _ahead(examples, outside.argmax(axis=1), said)
        _say(f"out of domain, ahead of {name}: 95 % interval {least:+.4f} to {most:+.4f}")
    _show_held_out(seen, examples, known)
    for name, found in (("out of domain", outside), ("in domain", inside)):
        _say(f"calibration error, {name}: {measure.calibration_error(true, found):.3f}")
        for threshold in _THRESHOLDS:
            _say(f"  threshold {threshold}: {_kept(true, found, threshold)}")
        domains = np.array([example.domain for example in examples])
        for domain in data.DOMAINS:
            within = domains == domain
            _say(f"  {domain:12} at {make.THRESHOLD}: {_kept(true[within], found[within], make.THRESHOLD)}")


def _show_held_out(seen: Sequence[fit.Seen], examples: Sequence[data.Example], known: frozenset[str]) -> None:
    """Print how our sentences of working life are read that nothing was fitted to."""
    fitted = fit.fit(seen, examples, known)
    vader = SentimentIntensityAnalyzer()
    for kind, held in data.held_out().items():
        true = np.array([example.label for example in held])
        said = fit.probabilities(fitted, fit.see(held, lexicons.lexicon())).argmax(axis=1)
        theirs = _cut(
            np.array([vader.polarity_scores(example.text)["compound"] for example in held]), _TUNED_VADER
        )
        _say(
            f"working life, {kind}, {len(held)}: macro-F1 {measure.macro_f1(true, said):.3f}, "
            f"VADER {measure.macro_f1(true, theirs):.3f}"
        )


def _kept(true: np.ndarray, found: np.ndarray, threshold: float) -> str:
    decided, right, turned = measure.kept(true, found, threshold)
    return f"decided {decided:.3f}, of it right {right:.3f}, of all the wrong way round {turned:.3f}"


def _ahead(examples: Sequence[data.Example], ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    """Return the interval of the difference of the means over the sets, texts drawn again within each set."""
    lot = np.random.default_rng(20261126)
    names = np.array([example.name for example in examples])
    places = [np.flatnonzero(names == name) for name in data.PUBLIC]
    true = np.array([example.label for example in examples])
    drawn = []
    for _ in range(_DRAWS):
        picks = [lot.choice(place, len(place)) for place in places]
        gaps = [measure.macro_f1(true[p], ours[p]) - measure.macro_f1(true[p], theirs[p]) for p in picks]
        drawn.append(float(np.mean(gaps)))
    return float(np.quantile(drawn, 0.025)), float(np.quantile(drawn, 0.975))


def _cut(values: np.ndarray, bounds: tuple[float, float]) -> np.ndarray:
    return np.where(values <= bounds[0], 0, np.where(values >= bounds[1], 2, 1))


def _row(name: str, examples: Sequence[data.Example], said: np.ndarray) -> None:
    scores = measure.by_set(examples, said)
    mean = measure.mean(scores)
    developers = float(np.mean([f1 for s, f1 in scores.items() if data.SETS[s].domain == "developers"]))
    _say(
        f"{name:24}"
        + "".join(f"{f1:13.3f}" for f1 in scores.values())
        + f"  | {mean:9.4f} {developers:11.3f}"
    )


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
