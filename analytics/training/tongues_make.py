"""Write the models of the trial languages with where they came from, and print how well they read."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from analytics.text import beta
from analytics.text.beta import LANGUAGES, features
from analytics.text.beta.model import FORMAT, Model, Quality, Sides
from analytics.text.beta.scorer import BetaScorer
from analytics.text.normalise import clean
from analytics.text.tone import Tone
from analytics.training import lists, measure, tongues
from analytics.training.tongues import Corpus, Fitted, Seen

VERSION = "beta-1"
THRESHOLD = 0.45
"""Chosen on texts that the model had not seen: a higher one leaves more unclear, and of the rest no more is right."""

_HERE = Path(beta.__file__).parent
_PROVENANCE = _HERE / "beta.provenance.json"
_MOST_ROUNDING = 0.02
_CLASSES = (Tone.NEGATIVE, Tone.NEUTRAL, Tone.POSITIVE)


def make(folder: Path) -> None:
    """Write a model per language and the provenance of all; the same data and packages give the same bytes."""
    corpus = tongues.load(folder)
    fitted = tongues.fit(corpus.texts)
    leaning = tongues.unseen(corpus.texts)
    side = tongues.sides(corpus, leaning, tongues.leanings(fitted, corpus.sentences))
    found = tongues.probabilities(corpus.texts, leaning, side)
    quality = {language: _quality(*_of(language, corpus.texts, found)) for language in LANGUAGES}
    for language in LANGUAGES:
        path = _HERE / f"{language}.json"
        path.write_text(_written(language, fitted, side, quality[language]), "utf-8")
        _must_agree(
            path,
            language,
            folder,
            tongues.probabilities(corpus.texts, tongues.leanings(fitted, corpus.texts), side),
            corpus,
        )
        _say(f"{path.name}: {path.stat().st_size} bytes")
    _PROVENANCE.write_text(_provenance(folder, quality), "utf-8")


def show(folder: Path) -> None:
    """Print macro-F1, coverage and accuracy by language, on texts that the model had not seen."""
    corpus = tongues.load(folder)
    fitted = tongues.fit(corpus.texts)
    leaning = tongues.unseen(corpus.texts)
    side = tongues.sides(corpus, leaning, tongues.leanings(fitted, corpus.sentences))
    found = tongues.probabilities(corpus.texts, leaning, side)
    strange = tongues.strange(corpus.texts)
    _say("language  texts  lists alone  other langs  two classes  with neutral  calibration")
    for language in LANGUAGES:
        seen, p = _of(language, corpus.texts, found)
        mine = [i for i, one in enumerate(corpus.texts) if one.language == language]
        true = _true(seen)
        figures = (
            measure.macro_f1(true, np.array([_by_sum(one) for one in seen])),
            measure.macro_f1(true, np.where(strange[mine] > 0, 2, 0)),
            measure.macro_f1(true, np.where(leaning[mine] > 0, 2, 0)),
            measure.macro_f1(true, p.argmax(axis=1)),
            measure.calibration_error(true, p),
        )
        _say(f"{language:8} {len(seen):6} " + " ".join(f"{figure:12.3f}" for figure in figures))
    for threshold in (0.0, 0.40, 0.45, 0.50, 0.55, 0.60):
        shares = [_kept(*_of(language, corpus.texts, found), threshold) for language in LANGUAGES]
        _say(
            f"threshold {threshold:.2f}: decided, right, the wrong way round of all: "
            + "; ".join(
                f"{language} {' '.join(f'{s:.2f}' for s in share)}"
                for language, share in zip(LANGUAGES, shares, strict=True)
            )
        )


def _of(language: str, texts: Sequence[Seen], found: np.ndarray) -> tuple[list[Seen], np.ndarray]:
    mine = [i for i, seen in enumerate(texts) if seen.language == language]
    return [texts[i] for i in mine], found[mine]


def _true(seen: Sequence[Seen]) -> np.ndarray:
    return np.array([one.label for one in seen])


def _by_sum(seen: Seen) -> int:
    """Return what the word lists alone say: the sign of the sum of their values."""
    total = seen.praise - seen.complaint
    return 2 if total > 0 else 0 if total < 0 else 1


def _kept(seen: Sequence[Seen], found: np.ndarray, threshold: float) -> tuple[float, float, float]:
    """Return the share read as praise or complaint, what of it is right, and the share of all turned round."""
    said = _said(seen, found, threshold)
    true, decided = _true(seen), (said == 0) | (said == 2)
    return (
        float(decided.mean()),
        float((said == true)[decided].mean()),
        float((decided & (said != true)).mean()),
    )


def _said(seen: Sequence[Seen], found: np.ndarray, threshold: float) -> np.ndarray:
    """Return the class of each text as the scorer gives it, 3 where it is unclear."""
    return np.array([_class(one, p, threshold) for one, p in zip(seen, found, strict=True)])


def _class(seen: Seen, p: np.ndarray, threshold: float) -> int:
    tone = BetaScorer.decide((float(p[0]), float(p[1]), float(p[2])), seen.praise, seen.complaint, threshold)
    return _CLASSES.index(tone) if tone in _CLASSES else 3


def _quality(seen: Sequence[Seen], found: np.ndarray) -> Quality:
    true, said = _true(seen), _said(seen, found, THRESHOLD)
    decided, right, _ = _kept(seen, found, THRESHOLD)

    def share(label: int) -> float:
        told = (true == label) & ((said == 0) | (said == 2))
        return round(float((said == label)[told].mean()), 3)

    return Quality(
        len(seen),
        round(measure.macro_f1(true, found.argmax(axis=1)), 3),
        round(decided, 3),
        round(right, 3),
        share(2),
        share(0),
    )


def _written(language: str, fitted: Fitted, side: Sides, quality: Quality) -> str:
    held: dict[str, Any] = {
        "format": FORMAT,
        "version": f"{language}-{VERSION}",
        "language": language,
        "threshold": THRESHOLD,
        "bias": round(fitted.bias, 4),
        "sides": asdict(side),
        "quality": asdict(quality),
        "figures": dict(zip(features.NAMES, np.round(fitted.figures, 4).tolist(), strict=True)),
        **asdict(lists.load(language).parts),
    }
    return "{\n" + ",\n".join(_part(name, value) for name, value in held.items()) + "\n}\n"


def _part(name: str, value: Any) -> str:
    """Return one line per word, so that a changed model shows in a diff word by word."""
    if not isinstance(value, dict):
        return f"{json.dumps(name)}:{json.dumps(value, ensure_ascii=False)}"
    lines = (f"{json.dumps(key, ensure_ascii=False)}:{json.dumps(number)}" for key, number in value.items())
    return f"{json.dumps(name)}:{{\n" + ",\n".join(lines) + "\n}"


def _must_agree(path: Path, language: str, folder: Path, fitted: np.ndarray, corpus: Corpus) -> None:
    """Refuse a file whose probabilities aren't those of the regression, but for the rounding of its weights."""
    model = Model.parse(path.read_text("utf-8"))
    rows = tongues.rows(folder, language)[::20]
    mine = [i for i, seen in enumerate(corpus.texts) if seen.language == language][::20]
    read = np.array([model.read(clean(text)).probabilities for text, _ in rows])
    apart = np.abs(read - fitted[mine]).max()
    if apart > _MOST_ROUNDING:
        raise SystemExit(f"The written model of {language} differs from the fitted one by {apart:.3f}.")


def _provenance(folder: Path, quality: dict[str, Quality]) -> str:
    held = {
        "version": VERSION,
        "made_by": "python -m analytics.training model DATA",
        "method": "logistic regression of praise against complaint (L-BFGS, no chance in it), both of equal weight",
        "settings": {
            "C": tongues.STRENGTH,
            "phrases_say": tongues.PHRASES_SAY,
            "neutral_share": tongues.NEUTRAL_SHARE,
        },
        "packages": {name: version(name) for name in ("numpy", "scikit-learn", "scipy")},
        "languages": {
            language: {
                "word_list": {
                    "file": f"analytics/training/lists/{language}.toml",
                    "sha256": lists.load(language).sha256,
                    "licence": "that of this project",
                    "written_by": "the authors of this project, for it",
                },
                "texts": {
                    "name": tongues.SETS[language],
                    "rows": quality[language].texts,
                    "sha256": tongues.checksum(folder, language),
                    "licence": tongues.LICENCE,
                    "published_at": tongues.PUBLISHED_AT,
                },
                "not_seen_before": asdict(quality[language]),
            }
            for language in LANGUAGES
        },
        "left_out": {
            "afinn-165-multilingual 0.0.1": "package.json says MIT, but there is no licence text, its origin AFINN has three licences in three places, and its README says that it was made with a translation service",
        },
    }
    return json.dumps(held, indent=1, ensure_ascii=False) + "\n"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
