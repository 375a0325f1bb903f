"""The labelled texts, read from a folder outside the repository, and which domain each set is of."""

import csv
from dataclasses import dataclass
from pathlib import Path

from analytics.text.rules import Finding
from analytics.text.tone import prepared
from analytics.training import own

LABELS = ("neg", "neu", "pos")


@dataclass(frozen=True, slots=True)
class Set:
    """One public set: its domain, and the licence as its publisher states it."""

    domain: str
    licence: str
    published_at: str


SETS = {
    "vader_tweets": Set("social", "MIT (repository); texts under Twitter's terms", "cjhutto/vaderSentiment"),
    "goemotions": Set("social", "Apache-2.0", "monologg/GoEmotions-pytorch (copy of the Google data)"),
    "vader_amazon": Set("reviews", "MIT (repository); texts of third parties", "cjhutto/vaderSentiment"),
    "vader_movie": Set("reviews", "MIT (repository); texts of third parties", "cjhutto/vaderSentiment"),
    "uci_sentences": Set("reviews", "CC BY 4.0", "UCI, copy in kvrao/sentiment_analysis"),
    "pros_cons": Set("reviews", "CC BY 4.0 as stated by NLTK", "nltk/nltk_data"),
    "senti4sd_so": Set("developers", "MIT; texts CC BY-SA", "collab-uniba/Senti4SD"),
    "premo_github": Set("developers", "MIT", "opus-research/sentiment-dataset"),
    "vader_nyt": Set("news", "MIT (repository); texts of third parties", "cjhutto/vaderSentiment"),
    "xed_en": Set("subtitles", "CC BY 4.0", "Helsinki-NLP/XED"),
    "work_sentences": Set("work", "Apache-2.0", "this repository: made up for it by its authors"),
}
PUBLIC = tuple(name for name, kept in SETS.items() if kept.domain != "work")
"""The sets that others made: means are over these, so that we don't mark our own homework."""
DOMAINS = tuple(dict.fromkeys(kept.domain for kept in SETS.values()))


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled text as the model will see it: names and identities masked, rules applied."""

    text: str
    label: int
    name: str
    rest: str
    findings: tuple[Finding, ...]

    @property
    def domain(self) -> str:
        return SETS[self.name].domain


def load(folder: Path) -> list[Example]:
    """Return the examples of all sets, in the order of `SETS` and of the files; our own come with the code."""
    csv.field_size_limit(10_000_000)
    return [example for name in SETS for example in _read(_path(folder, name), name)]


def held_out() -> dict[str, list[Example]]:
    """Return our sentences to measure with, by kind: never fitted to, never chosen by."""
    found: dict[str, list[Example]] = {}
    for kind, label, text in own.sentences(own.HELD_OUT):
        found.setdefault("pulse" if kind == "pulse" else "pros and cons", []).append(
            _example(text, label, "work_sentences")
        )
    return found


def checksums(folder: Path) -> dict[str, str]:
    return {name: own.checksum(_path(folder, name)) for name in SETS}


def _path(folder: Path, name: str) -> Path:
    return folder / f"{name}.csv" if name in PUBLIC else own.SENTENCES


def _read(path: Path, name: str) -> list[Example]:
    if name not in PUBLIC:
        return [_example(text, label, name) for _, label, text in own.sentences(path)]
    with path.open(encoding="utf-8", newline="") as file:
        return [_example(row["text"], row["label"], name) for row in csv.DictReader(file)]


def _example(text: str, label: str, name: str) -> Example:
    return Example(text, LABELS.index(label), name, *prepared(text))
