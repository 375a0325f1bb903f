"""The labelled texts, read from a folder outside the repository, and which domain each set is of."""

import csv
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from analytics.text.rules import Finding
from analytics.text.tone import prepared

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
}
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
    """Return the examples of all sets, in the order of `SETS` and of the files."""
    csv.field_size_limit(10_000_000)
    return [example for name in SETS for example in _read(folder / f"{name}.csv", name)]


def checksums(folder: Path) -> dict[str, str]:
    return {name: sha256((folder / f"{name}.csv").read_bytes()).hexdigest() for name in SETS}


def _read(path: Path, name: str) -> list[Example]:
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Example(row["text"], LABELS.index(row["label"]), name, *prepared(row["text"]))
            for row in csv.DictReader(file)
        ]
