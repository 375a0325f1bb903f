"""The lexicons that the English model is built from, merged into one; which they are and under which licence.

They come out of installed packages (the dependency group ``train``) and are read as data: no code of theirs runs.
"""

import re
import xml.etree.ElementTree as ET
from collections import defaultdict
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import distribution, version
from pathlib import Path

from analytics.text.identities import mask_identities
from analytics.text.lexicon import Lexicon
from analytics.text.masking import PERSON
from analytics.training import own
from analytics.training.barred import PERSONS


@dataclass(frozen=True, slots=True)
class Source:
    """A file of a lexicon inside a package, and on what terms numbers derived from it may be passed on."""

    name: str
    package: str
    path: str
    licence: str
    attribution: str
    seen_at: str


SOURCES = (
    Source(
        "VADER lexicon", "vadersentiment", "vaderSentiment/vader_lexicon.txt", "MIT",
        "Copyright (c) 2016 C.J. Hutto. Hutto & Gilbert (2014), ICWSM-14.", "LICENSE.txt of the package",
    ),
    Source(
        "CLiPS pattern subjectivity lexicon", "textblob", "textblob/en/en-sentiment.xml", "PDDL",
        "Tom De Smedt, Walter Daelemans.", "attribute license of the file's root element",
    ),
    Source(
        "Opinion lexicon, positive", "labmtsimple", "labMTsimple/data/OL/positive-words-clean.txt", "CC BY 4.0",
        "Copyright (c) 2011 Bing Liu. Hu & Liu (2004), KDD-2004. Changed: merged with other lexicons.",
        "nltk/nltk_data, packages/corpora/opinion_lexicon.xml",
    ),
    Source(
        "Opinion lexicon, negative", "labmtsimple", "labMTsimple/data/OL/negative-words-clean.txt", "CC BY 4.0",
        "Copyright (c) 2011 Bing Liu. Hu & Liu (2004), KDD-2004. Changed: merged with other lexicons.",
        "nltk/nltk_data, packages/corpora/opinion_lexicon.xml",
    ),
)  # fmt: skip

_KNOWN_WORDS = Source(
    "Brill's lexicon with Twitter words", "textblob", "textblob/en/en-lexicon.txt", "MIT and CC BY 3.0",
    "Used to tell words from names only; nothing of it is in the model.", "head of the file",
)  # fmt: skip

# What strengthens or weakens the next word, by which share: our own short list.
_MORE = """
absolutely amazingly awfully completely considerably deeply enormously entirely especially exceptionally extremely fully
greatly highly hugely incredibly intensely more most particularly purely quite really remarkably so substantially such
thoroughly totally tremendously truly unbelievably unusually utterly very way far too
"""
_LESS = "almost barely bit hardly kinda less little marginally occasionally partly scarcely slightly somewhat sorta"
BOOSTERS = {**dict.fromkeys(_MORE.split(), 0.29), **dict.fromkeys(_LESS.split(), -0.29)}

# Facts of working life, times and counts, which the lexicons score as if they were praise or complaint.
# "help" and "support" are asked for as often as they are praised; the vocabulary and the rules know which.
_FACTS = """
many more most much own first last new other main whole full early recent able sure certain likely possible available
average normal usual general real actual actually really live far high higher highest low long very so too such
pay leave leaves share shares shared sharing demand demands hand hands lead leads leading charge mental join joined
joining help support contract chance admin agile cloud defect defects bug bugs execute executed kill killed slack
"""
_NO_TONE = frozenset(_FACTS.split())

_VADER_SCALE = 3.0
_OPINION = 0.7
_LEAST = 0.08
"""A mean value nearer to 0 says nothing."""


def path_of(source: Source) -> Path:
    return Path(str(distribution(source.package).locate_file(source.path)))


def provenance() -> list[dict[str, str]]:
    """Return which files went in, with version, checksum, licence and who is to be named."""
    return [
        {
            "name": source.name,
            "package": f"{source.package} {version(source.package)}",
            "file": source.path,
            "sha256": sha256(path_of(source).read_bytes()).hexdigest(),
            "licence": source.licence,
            "attribution": source.attribution,
            "licence_seen_at": source.seen_at,
        }
        for source in SOURCES
    ] + [
        {
            "name": "Lexicon of working life",
            "package": "this repository",
            "file": "analytics/training/work.txt",
            "sha256": own.checksum(own.LEXICON),
            "licence": "Apache-2.0",
            "attribution": "The Rapport authors.",
            "licence_seen_at": "LICENSE",
        }
    ]


def known_words() -> frozenset[str]:
    """Return English words that are written in lower case: not the names, not what one user once typed."""
    rows = (
        line.rsplit(" ", 1) for line in path_of(_KNOWN_WORDS).read_text("utf-8").splitlines() if " " in line
    )
    return frozenset(word for word, tag in rows if word == word.lower() and not tag.startswith("NNP"))


def merged() -> dict[str, tuple[int, ...]]:
    """Return by word its mean value, and pattern's polarity and subjectivity where it has them; in hundredths.

    What working life says stands where the others say nothing: in general English they know better.
    """
    rows = _of_others()
    for word, value in own.work().values.items():
        if _usable(word) and not rows.get(word, (0,))[0]:
            rows[word] = (round(100 * value), *rows.get(word, (0,))[1:])
    return dict(sorted(rows.items()))


def phrases() -> dict[str, int]:
    """Return the phrases of working life by what they say, in hundredths."""
    said = {phrase: value for phrase, value in own.work().values.items() if " " in phrase}
    return {
        phrase: round(100 * value)
        for phrase, value in sorted(said.items())
        if all(map(_usable, phrase.split())) and PERSON not in mask_identities(phrase)
    }


def lexicon() -> Lexicon:
    """Return all of it as the model reads it from its file."""
    rows, work = merged(), own.work()
    return Lexicon(
        {word: numbers[0] / 100 for word, numbers in rows.items() if numbers[0]},
        {word: (numbers[1] / 100, numbers[2] / 100) for word, numbers in rows.items() if len(numbers) > 1},
        BOOSTERS,
        {phrase: value / 100 for phrase, value in phrases().items()},
        work.sides,
        work.amounts,
    )


def _of_others() -> dict[str, tuple[int, ...]]:
    vader, shades, opinion = _vader(), _pattern(), _opinion()
    rows: dict[str, tuple[int, ...]] = {}
    for word in sorted(vader.keys() | shades.keys() | opinion.keys()):
        if not _usable(word):
            continue
        said = [*vader.get(word, ()), *opinion.get(word, ()), *(shades[word][:1] if word in shades else ())]
        value = sum(said) / len(said)
        told = 0 if abs(value) < _LEAST or word in _NO_TONE or word in BOOSTERS else round(100 * value)
        shade = () if word in _NO_TONE or word not in shades else tuple(round(100 * x) for x in shades[word])
        if told or shade:
            rows[word] = (told, *shade)
    return rows


def _usable(word: str) -> bool:
    """Tell whether it is one word or emoticon, and nobody's identity."""
    return " " not in word and word not in PERSONS and PERSON not in mask_identities(word)


def _vader() -> dict[str, tuple[float]]:
    rows = (line.split("\t") for line in path_of(SOURCES[0]).read_text("utf-8").splitlines() if line)
    return {row[0]: (float(row[1]) / _VADER_SCALE,) for row in rows}


def _pattern() -> dict[str, tuple[float, float]]:
    senses: dict[str, list[tuple[float, float]]] = defaultdict(list)
    for word in ET.parse(path_of(SOURCES[1])).getroot():  # noqa: S314  a file of an installed package
        if float(word.get("intensity", "1")) == 1.0:
            senses[word.get("form", "")].append(
                (float(word.get("polarity", "0")), float(word.get("subjectivity", "0")))
            )
    return {
        word: (sum(p for p, _ in found) / len(found), sum(s for _, s in found) / len(found))
        for word, found in senses.items()
    }


def _opinion() -> dict[str, tuple[float]]:
    signs: dict[str, float] = defaultdict(float)
    for source, sign in ((SOURCES[2], _OPINION), (SOURCES[3], -_OPINION)):
        for line in path_of(source).read_text("utf-8", errors="replace").splitlines():
            if re.fullmatch(r"[a-z][a-z'-]*", line.strip()):
                signs[line.strip()] += sign
    return {word: (value,) for word, value in signs.items() if value}
