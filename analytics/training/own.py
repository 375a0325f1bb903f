"""What we wrote ourselves for the model: a lexicon of working life, sentences to train on, sentences to measure with."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

_HERE = Path(__file__).parent
LEXICON, SENTENCES, HELD_OUT = (
    _HERE / name for name in ("work.txt", "work_sentences.txt", "work_held_out.txt")
)


@dataclass(frozen=True, slots=True)
class Work:
    """The lexicon of working life: values by word or phrase, what one wants or doesn't, words for much and little."""

    values: dict[str, float]
    sides: dict[str, int]
    amounts: dict[str, int]


def work() -> Work:
    """Return the lexicon of working life; a word that stands twice keeps what it says first."""
    values: dict[str, float] = {}
    for line in _parts(LEXICON)["values"]:
        value, phrases = line.split(":", 1)
        for phrase in phrases.split("|"):
            values.setdefault(phrase.strip().lower(), float(value))
    return Work(values, _signed("wanted", "unwanted"), _signed("much", "little"))


def sentences(path: Path) -> list[tuple[str, str, str]]:
    """Return kind, label and text of each sentence of a file."""
    return [(*part.split(), line) for part, lines in _parts(path).items() for line in lines]  # type: ignore[misc]  # "[kind label]" splits in two


def checksum(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()


def _signed(plus: str, minus: str) -> dict[str, int]:
    parts = _parts(LEXICON)
    return {
        word: sign for part, sign in ((minus, -1), (plus, 1)) for line in parts[part] for word in line.split()
    }


def _parts(path: Path) -> dict[str, list[str]]:
    """Return the lines under each "[heading]"; a heading may come again."""
    parts: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            lines = parts.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            lines.append(line)
    return parts
