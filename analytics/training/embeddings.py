"""Fit the head over the embeddings of the optional extra, and measure it beside the English model.

``python -m analytics.training embeddings DATA``; some minutes on a quiet machine, most of them for the embeddings.
"""

import json
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from analytics import text
from analytics.text.bge import CHECKSUMS, PACKAGE, Bge
from analytics.text.embeddings import FORMAT, whole
from analytics.text.model import CLASSES
from analytics.training import data, fit, lexicons, make, measure

NAME = "bge-1"
STRENGTH = 0.4
"""Scikit-learn's C."""
SHARES = (0.7, 0.5)
"""Chosen out of domain from nine pairs: near the best, and as well calibrated as the English model."""

_HERE = Path(text.__file__).parent
HEAD, PROVENANCE = _HERE / "embeddings.json", _HERE / "embeddings.provenance.json"


def make_head(folder: Path) -> None:
    """Write the head with where it came from, and print its figures; the same data and packages give the same bytes."""
    examples, known = data.load(folder), lexicons.known_words()
    embedded = _embedded(examples)
    regression = _fit(embedded, examples)
    HEAD.write_text(_written(regression), "utf-8")
    outside = fit.out_of_domain(fit.see(examples, lexicons.lexicon()), examples, known)
    alone = _out_of_domain(embedded, examples)
    joined = _joined(outside, alone)
    PROVENANCE.write_text(_provenance(examples, joined), "utf-8")
    true = np.array([example.label for example in examples])
    for name, found in (("English model", outside), ("embedding", alone), ("both", joined)):
        scores = measure.by_set(examples, found.argmax(axis=1))
        _say(
            f"{name}: mean {measure.mean(scores):.4f}, "
            + ", ".join(f"{s} {f1:.3f}" for s, f1 in scores.items())
        )
        decided, right, turned = measure.kept(true, found, make.THRESHOLD)
        _say(
            f"  calibration error {measure.calibration_error(true, found):.3f}, decided {decided:.3f}, "
            f"of it right {right:.3f}, of all the wrong way round {turned:.3f}"
        )
    _show_held_out(regression, examples, known)


def _embedded(examples: Sequence[data.Example]) -> np.ndarray:
    encoder = Bge.load()
    return np.array([encoder.encode(whole(example.rest, example.findings)) for example in examples])


def _fit(embedded: np.ndarray, examples: Sequence[data.Example]) -> LogisticRegression:
    regression = LogisticRegression(C=STRENGTH, max_iter=400)
    labels = [example.label for example in examples]
    return regression.fit(embedded, labels, sample_weight=fit.weights(examples))


def _out_of_domain(embedded: np.ndarray, examples: Sequence[data.Example]) -> np.ndarray:
    domains = np.array([example.domain for example in examples])
    found = np.zeros((len(examples), 3))
    for domain in data.DOMAINS:
        kept = np.flatnonzero(domains != domain)
        regression = _fit(embedded[kept], [examples[int(i)] for i in kept])
        found[domains == domain] = regression.predict_proba(embedded[domains == domain])
    return found


def _joined(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    product = first ** SHARES[0] * second ** SHARES[1]
    return np.asarray(product / product.sum(axis=1, keepdims=True))


def _show_held_out(
    regression: LogisticRegression, examples: Sequence[data.Example], known: frozenset[str]
) -> None:
    lexicon = lexicons.lexicon()
    fitted = fit.fit(fit.see(examples, lexicon), examples, known)
    for kind, held in data.held_out().items():
        true = np.array([example.label for example in held])
        first = fit.probabilities(fitted, fit.see(held, lexicon))
        both = _joined(first, regression.predict_proba(_embedded(held)))
        _say(f"working life, {kind}: macro-F1 {measure.macro_f1(true, both.argmax(axis=1)):.3f}")


def _written(regression: LogisticRegression) -> str:
    held = {
        "format": FORMAT,
        "name": NAME,
        "beside": make.VERSION,
        "shares": SHARES,
        "bias": np.round(regression.intercept_, 4).tolist(),
    }
    rows = np.round(regression.coef_, 4).tolist()
    lines = ",\n".join(f'"{name}":{json.dumps(row)}' for name, row in zip(CLASSES, rows, strict=True))
    return json.dumps(held, indent=0)[:-2] + ',\n"weights":{\n' + lines + "\n}\n}\n"


def _provenance(examples: Sequence[data.Example], joined: np.ndarray) -> str:
    scores = measure.by_set(examples, joined.argmax(axis=1))
    true = np.array([example.label for example in examples])
    held = {
        "version": f"{make.VERSION}+{NAME}",
        "made_by": "python -m analytics.training embeddings DATA",
        "method": "multinomial logistic regression over 384 numbers, on the texts in english.provenance.json",
        "encoder": {
            "name": "BAAI/bge-small-en-v1.5, int8 ONNX",
            "package": f"{PACKAGE} {version(PACKAGE)}",
            "sha256": CHECKSUMS,
            "licence": "MIT",
            "licence_seen_at": "NOTICE of the package; nothing of it is in this repository",
        },
        "packages": {name: version(name) for name in ("numpy", "scikit-learn", "onnxruntime", "tokenizers")},
        "out_of_domain": {
            "macro_f1": {name: round(value, 3) for name, value in scores.items()},
            "mean_macro_f1": round(measure.mean(scores), 3),
            "calibration_error": round(measure.calibration_error(true, joined), 3),
            "at_threshold": make.at_threshold(true, joined),
        },
    }
    return json.dumps(held, indent=1) + "\n"


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
