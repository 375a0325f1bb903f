"""Fit the English model on all sets and write it beside the code that reads it, with where it came from."""

import json
import sys
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from analytics import text
from analytics.text import features
from analytics.text.model import FORMAT, Model
from analytics.training import data, fit, lexicons, measure, own

VERSION = "english-2"
THRESHOLD = 0.42
"""Chosen on out-of-domain predictions for the texts it was trained on: about 6 % of them are then unclear."""

_HERE = Path(text.__file__).parent
MODEL, PROVENANCE = _HERE / "english.json", _HERE / "english.provenance.json"
_MOST_ROUNDING = 0.02


def make(folder: Path) -> None:
    """Write model and provenance; the same data and packages give the same bytes."""
    examples, known, rows = data.load(folder), lexicons.known_words(), lexicons.merged()
    seen = fit.see(examples, lexicons.lexicon())
    fitted = fit.fit(seen, examples, known)
    MODEL.write_text(_written(fitted, rows), "utf-8")
    _must_agree(fitted, examples, seen)
    found = fit.out_of_domain(seen, examples, known)
    PROVENANCE.write_text(_provenance(folder, examples, fitted, found), "utf-8")
    _say(f"{MODEL.name}: {MODEL.stat().st_size} bytes, {len(rows)} words, {len(fitted.vocabulary)} entries")


def _written(fitted: fit.Fitted, rows: dict[str, tuple[int, ...]]) -> str:
    weights = np.round(100 * fitted.words).astype(int).T.tolist()
    vocabulary = {entry: w for entry, w in zip(fitted.vocabulary, weights, strict=True) if any(w)}
    held = {
        "format": FORMAT,
        "version": VERSION,
        "threshold": THRESHOLD,
        "bias": np.round(fitted.bias, 4).tolist(),
        "figures": {
            name: np.round(column, 4).tolist()
            for name, column in zip(features.NAMES, fitted.figures.T, strict=True)
        },
        "boosters": {word: round(100 * share) for word, share in sorted(lexicons.BOOSTERS.items())},
        "phrases": lexicons.phrases(),
        "sides": dict(sorted(own.work().sides.items())),
        "amounts": dict(sorted(own.work().amounts.items())),
        "lexicon": {word: list(numbers) for word, numbers in rows.items()},
        "vocabulary": vocabulary,
    }
    return "{\n" + ",\n".join(_part(name, value) for name, value in held.items()) + "\n}\n"


def _part(name: str, value: Any) -> str:
    """Return one line per word, so that a changed model shows in a diff word by word."""
    if not isinstance(value, dict):
        return f"{json.dumps(name)}:{json.dumps(value)}"
    lines = (
        f"{json.dumps(key, ensure_ascii=False)}:{json.dumps(numbers, separators=(',', ':'))}"
        for key, numbers in value.items()
    )
    return f"{json.dumps(name)}:{{\n" + ",\n".join(lines) + "\n}"


def _must_agree(fitted: fit.Fitted, examples: Sequence[data.Example], seen: Sequence[fit.Seen]) -> None:
    """Refuse a file whose probabilities aren't those of the regression, but for the rounding of its weights."""
    model = Model.parse(MODEL.read_text("utf-8"))
    read = np.array([model.read(one.rest, one.findings).probabilities for one in examples[::50]])
    apart = np.abs(read - fit.probabilities(fitted, seen[::50])).max()
    if apart > _MOST_ROUNDING:
        raise SystemExit(f"The written model differs from the fitted one by {apart:.3f}.")


def _provenance(folder: Path, examples: Sequence[data.Example], fitted: fit.Fitted, found: np.ndarray) -> str:
    rows = Counter(example.name for example in examples)
    sums = data.checksums(folder)
    true = np.array([example.label for example in examples])
    scores = measure.by_set(examples, found.argmax(axis=1))
    held = {
        "version": VERSION,
        "made_by": "python -m analytics.training model DATA",
        "method": "multinomial logistic regression (L-BFGS, no chance in it), three classes of equal weight",
        "settings": {
            "C": fit.CHOSEN.strength,
            "fewest_texts": fit.FEWEST_TEXTS,
            "fewest_sets": fit.FEWEST_SETS,
        },
        "packages": {name: version(name) for name in ("numpy", "scikit-learn", "scipy")},
        "lexicons": lexicons.provenance(),
        "texts": {
            name: {
                "rows": rows[name],
                "domain": kept.domain,
                "sha256": sums[name],
                "licence": kept.licence,
                "published_at": kept.published_at,
            }
            for name, kept in data.SETS.items()
        },
        "entries": len(fitted.vocabulary),
        "out_of_domain": {
            "macro_f1": {name: round(value, 3) for name, value in scores.items()},
            "mean_macro_f1": round(measure.mean(scores), 3),
            "calibration_error": round(measure.calibration_error(true, found), 3),
            "at_threshold": at_threshold(true, found),
        },
    }
    return json.dumps(held, indent=1, ensure_ascii=False) + "\n"


def at_threshold(true: np.ndarray, found: np.ndarray) -> dict[str, float]:
    """Return what is printed wherever a tone is shown."""
    decided, right, reversed_ = measure.kept(true, found, THRESHOLD)
    return {
        "decided": round(decided, 3),
        "right_of_decided": round(right, 3),
        "reversed": round(reversed_, 3),
    }


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
