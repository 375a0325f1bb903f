"""Fit the trial languages: one weight per figure for all five together, over the word lists of each."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

from analytics.text.beta import LANGUAGES, features, words
from analytics.text.beta.lexicon import Lexicon
from analytics.text.beta.model import Sides
from analytics.text.normalise import clean
from analytics.training import lists

SETS = {"de": "xed_de", "es": "xed_es", "fr": "xed_fr", "it": "xed_it", "pt": "xed_br"}
LICENCE, PUBLISHED_AT = "CC BY 4.0", "Helsinki-NLP/XED"
STRENGTH = 0.3
"""Scikit-learn's C: the inverse of the L2 penalty."""
FOLDS, SEED = 5, 20261126
PHRASES_SAY = 2.0
"""Added by hand to what a phrase says: our phrases know working life, the public texts don't."""
NEUTRAL_SHARE = 0.25
"""How many replies are taken to be neutral; the texts hold none, so that it can't be learned from them."""
NEGATIVE, NEUTRAL, POSITIVE = 0, 1, 2
_LABELS = {"neg": NEGATIVE, "pos": POSITIVE}


@dataclass(frozen=True, slots=True)
class Seen:
    """What the features make of one text."""

    language: str
    label: int
    figures: tuple[float, ...]
    praise: float
    complaint: float

    @property
    def said(self) -> float:
        return self.praise + self.complaint


@dataclass(frozen=True, slots=True)
class Corpus:
    """All texts of the five languages as the features see them, and our own sentences apart."""

    texts: tuple[Seen, ...]
    sentences: tuple[Seen, ...]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted regression of praise against complaint."""

    figures: np.ndarray
    bias: float


def load(folder: Path) -> Corpus:
    """Return the texts of all five languages, in the order of the files."""
    texts: list[Seen] = []
    sentences: list[Seen] = []
    for language in LANGUAGES:
        ours = lists.load(language)
        lexicon = Lexicon(ours.parts)
        texts += (_see(text, label, language, lexicon) for text, label in rows(folder, language))
        sentences += (_see(text, label, language, lexicon) for text, label in ours.sentences)
    return Corpus(tuple(texts), tuple(sentences))


def rows(folder: Path, language: str) -> list[tuple[str, int]]:
    """Return the labelled texts of a language."""
    with (folder / f"{SETS[language]}.csv").open(encoding="utf-8", newline="") as file:
        return [(row["text"], _LABELS[row["label"]]) for row in csv.DictReader(file)]


def checksum(folder: Path, language: str) -> str:
    return sha256((folder / f"{SETS[language]}.csv").read_bytes()).hexdigest()


def fit(texts: Sequence[Seen]) -> Fitted:
    """Fit on all given texts, both classes of equal weight; the same input gives the same numbers."""
    regression = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=500)
    regression.fit(np.array([seen.figures for seen in texts]), [seen.label == POSITIVE for seen in texts])
    weights = regression.coef_[0].copy()
    weights[features.NAMES.index("phrases_praise")] += PHRASES_SAY
    weights[features.NAMES.index("phrases_complaint")] -= PHRASES_SAY
    return Fitted(weights, float(regression.intercept_[0]))


def leanings(fitted: Fitted, texts: Sequence[Seen]) -> np.ndarray:
    """Return for each text the logit of praise against complaint."""
    return np.asarray(np.array([seen.figures for seen in texts]) @ fitted.figures + fitted.bias)


def unseen(texts: Sequence[Seen]) -> np.ndarray:
    """Return the leaning of each text by a model that had not seen it (five folds)."""
    found = np.zeros(len(texts))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=SEED)
    for train, test in folds.split(np.zeros(len(texts)), [f"{seen.language}{seen.label}" for seen in texts]):
        found[test] = leanings(fit([texts[i] for i in train]), [texts[i] for i in test])
    return found


def strange(texts: Sequence[Seen]) -> np.ndarray:
    """Return the leaning of each text by a model that had seen no text of its language."""
    found = np.zeros(len(texts))
    for language in LANGUAGES:
        mine = [i for i, seen in enumerate(texts) if seen.language == language]
        fitted = fit([seen for seen in texts if seen.language != language])
        found[mine] = leanings(fitted, [texts[i] for i in mine])
    return found


def sides(corpus: Corpus, leaning: np.ndarray, of_sentences: np.ndarray) -> Sides:
    """Fit when a text takes no side: our neutral sentences against the texts, by their assumed share."""
    neutral = [i for i, seen in enumerate(corpus.sentences) if seen.label == NEUTRAL]
    said = [seen.said for seen in corpus.texts] + [corpus.sentences[i].said for i in neutral]
    leans = np.concatenate([leaning, of_sentences[neutral]])
    table = np.column_stack([np.minimum(1, said), np.minimum(1, np.abs(leans))])
    is_neutral = np.arange(len(table)) >= len(corpus.texts)
    share = np.where(is_neutral, NEUTRAL_SHARE / len(neutral), (1 - NEUTRAL_SHARE) / len(corpus.texts))
    regression = LogisticRegression(C=1.0).fit(table, is_neutral, sample_weight=share * len(table))
    said_weight, leaning_weight = regression.coef_[0]
    return Sides(*(round(float(x), 4) for x in (regression.intercept_[0], said_weight, leaning_weight)))


def probabilities(texts: Sequence[Seen], leaning: np.ndarray, side: Sides) -> np.ndarray:
    """Return a row of three probabilities per text."""
    neutral = np.array([side.neutral(seen.said, z) for seen, z in zip(texts, leaning, strict=True)])
    positive = (1 - neutral) / (1 + np.exp(-leaning))
    return np.column_stack([1 - neutral - positive, neutral, positive])


def _see(text: str, label: int, language: str, lexicon: Lexicon) -> Seen:
    parts = features.parts(words.read(clean(text), language), lexicon)
    praise = sum(part.value for part in parts if part.value > 0)
    complaint = -sum(part.value for part in parts if part.value < 0)
    return Seen(language, label, features.figures(parts), praise, complaint)
