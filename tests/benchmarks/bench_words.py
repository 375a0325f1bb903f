"""Words and topics of a wave of 20,000 comments, against 10,000 earlier ones: time of one core, and memory.

Run it with ``python -m tests.benchmarks words``. The baseline of the memory is the comments themselves, read.
"""

import random
import subprocess
import sys

from tests.benchmarks.figures import Figure, show

NOW, BEFORE, RUNS = 20_000, 10_000, 3
_FREQUENT = "the and we our is that this with for but when they have too are about"
_PROGRAM = """
import time
from analytics.text.emerging import emerging
from analytics.text.phrases import read
from analytics.text.themes import builtin
from analytics.text.topics import topics
from tests.benchmarks.bench_words import BEFORE, NOW, comments

def most():
    return next(int(line.split()[1]) / 1000 for line in open("/proc/self/status") if line.startswith("VmHWM"))

texts = comments(NOW + BEFORE)
began = time.process_time()
told = [one for text in texts if (one := read(text, "en", builtin()))]
reading, began, held = time.process_time() - began, time.process_time(), most()
emerging(told[:NOW], told[NOW:])
words, began = time.process_time() - began, time.process_time()
topics(told[:NOW])
print(reading, words, time.process_time() - began, held, most())
"""


def comments(n: int) -> list[str]:
    """Return made-up comments of 8 to 40 words, half of them the frequent ones of English, the others as rare as words are."""
    lot = random.Random(1)
    frequent, ends = _FREQUENT.split(), ("ing", "er", "a", "ung", "on", "ity")
    rare = [f"{a}{b}{c}{d}" for a in "bdfgklmn" for b in "aeiou" for c in "rstplm" for d in ends]
    weights = [1 / (place + 2) for place in range(len(rare))]
    return [
        " ".join(
            lot.choice(frequent) if lot.random() < 0.5 else lot.choices(rare, weights)[0]
            for _ in range(lot.randint(8, 40))
        )
        for _ in range(n)
    ]


def figures() -> list[Figure]:
    runs = [_run() for _ in range(RUNS)]
    reading, words, found, held, most = zip(*runs, strict=True)
    return [
        Figure("reading 30,000 comments", "s", list(reading)),
        Figure("words that came up more often", "s", list(words)),
        Figure("topics of 20,000 comments", "s", list(found), (), "< 30 s"),
        Figure("memory at the most", "MB", list(most), list(held), "< 400 MB"),
    ]


def _run() -> tuple[float, ...]:
    """Return processor seconds and MB of a fresh process on one core."""
    done = subprocess.run([sys.executable, "-c", _PROGRAM], capture_output=True, text=True, check=True)
    return tuple(map(float, done.stdout.split()))


def main() -> None:
    """Print the figures."""
    show(figures())


if __name__ == "__main__":
    main()
