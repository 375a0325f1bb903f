"""How many texts the rules for quotes let pass, and which: ``python -m tests.benchmarks.quotes [FILE.csv …]``.

Each file has a column ``text`` in English. Those that speak of a theme are taken as waves of 60 comments, in the order
of the file, as if every author had agreed. What passes is printed, to be read one by one. Without a file it looks at
the examples of our own themes.
"""

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from analytics.text.masking import Directory, mask
from analytics.text.quotes import Comment, Shared, evened, reasons_against
from analytics.text.themes import LANGUAGES, builtin, themes_of
from analytics.text.tone import Tone

WAVE, ROWS = 60, 1500


def waves(file: Path) -> Iterator[list[Comment]]:
    """Yield the texts of a file that speak of a theme, masked, in whole waves."""
    with file.open(encoding="utf-8", newline="") as lines:
        texts = [row["text"] for _, row in zip(range(ROWS), csv.DictReader(lines), strict=False)]
    found = [comment for text in texts if (comment := _comment(text, "en")).tones]
    yield from (found[start : start + WAVE] for start in range(0, len(found) - WAVE + 1, WAVE))


def examples(language: str) -> list[Comment]:
    """Return the examples that our themes are held to."""
    said = (
        text for theme in builtin().themes for text in (*theme.positive[language], *theme.negative[language])
    )
    return [_comment(text, language) for text in said]


def _comment(text: str, language: str) -> Comment:
    about = dict.fromkeys(themes_of(text, language, builtin()), Tone.NEUTRAL)
    return Comment(mask(text, Directory.of(())), language, consented=True, tones=about)


def show(name: str, found: Iterable[Sequence[Comment]]) -> None:
    """Print what passes, and how often each rule forbids."""
    looked, passed, against = 0, 0, Counter[str]()
    for wave in found:
        shared = Shared.of(wave, ())
        for comment in wave:
            reasons = reasons_against(comment, shared)
            against.update(reason.value for reason in reasons)
            looked, passed = looked + 1, passed + (not reasons)
            if not reasons:
                sys.stdout.write(f"  {evened(comment.text, shared)}\n")
    sys.stdout.write(f"{name}: {passed} of {looked} pass; {dict(against.most_common())}\n")


def main(files: Sequence[str]) -> None:
    """Look at each file, or at our own examples."""
    for file in map(Path, files):
        show(file.stem, waves(file))
    for language in () if files else LANGUAGES:
        show(f"examples, {language}", [examples(language)])


if __name__ == "__main__":
    main(sys.argv[1:])
