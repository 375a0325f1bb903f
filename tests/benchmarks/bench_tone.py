"""Reading replies: how many in a second of one core, what loading the text ring costs, and endless texts.

Run it with ``python -m tests.benchmarks tone``. The baseline is TextBlob's own analyzer on the same replies.
"""

import random
import subprocess
import sys
import time
from collections.abc import Callable

from analytics.text.english import EnglishScorer
from analytics.text.tone import Scorer, hear
from tests.benchmarks.figures import Figure, show

REPLIES, RUNS, LOADS = 4_000, 5, 3
_PARTS = """
My team is really kind and helps me when I am stuck|The laptop arrived two weeks late|I don't know who to ask about access
Onboarding was well organised 👍|There are too many meetings on Mondays|I like the flexible hours|Nobody answered my question
The new tool isn't great, it keeps logging me out|My manager takes time for me every week|We moved to the second floor in May
I wish the goals were clearer|Thanks for the quick help with my badge|The workload is fine for now|It could be better
""".strip().replace("\n", "|").split("|")  # fmt: skip
_LOADING = """
import resource, sys, time
def held():
    return next(int(line.split()[1]) / 1000 for line in open("/proc/self/status") if line.startswith("VmRSS"))
before, began = held(), time.process_time()
{program}
print(time.process_time() - began, held() - before)
"""
_OURS = """
from analytics.text.english import EnglishScorer
from analytics.text.tone import hear
hear("The team is great", "en", EnglishScorer())
"""
_THEIRS = "from textblob import TextBlob; TextBlob('The team is great').sentiment"


def replies() -> list[str]:
    """Return made-up replies of one to three sentences, of about 85 characters."""
    lot = random.Random(5)
    return [
        ". ".join(lot.sample(_PARTS, lot.choice((1, 2, 2, 3)))) + lot.choice((".", "!", ""))
        for _ in range(REPLIES)
    ]


def figures() -> list[Figure]:
    from textblob import TextBlob  # noqa: PLC0415 - its cost is measured below, in processes of its own

    scorer, texts = EnglishScorer(), replies()
    english = [_rate(lambda text: hear(text, "en", scorer, language="en"), texts) for _ in range(RUNS)]
    either = [_rate(lambda text: hear(text, "en", scorer), texts) for _ in range(RUNS)]
    theirs = [_rate(lambda text: TextBlob(text).sentiment, texts) for _ in range(RUNS)]
    ours, textblob = [_loaded(_OURS) for _ in range(LOADS)], [_loaded(_THEIRS) for _ in range(LOADS)]
    endless = {"a megabyte of text": "good tools " * 91_000, "100,000 emoji": "👍" * 100_000}
    return [
        Figure("replies taken as English", "/s", english, theirs, "> 4,000/s"),
        Figure("replies, language looked for", "/s", either, theirs),
        Figure(
            "loading until the first reply is read",
            "s",
            [t for t, _ in ours],
            [t for t, _ in textblob],
            "< 0.4 s",
        ),
        Figure("memory of that", "MB", [m for _, m in ours], [m for _, m in textblob], "< 60 MB"),
        *(Figure(what, "ms", _times(text, scorer), (), "< 1,000 ms") for what, text in endless.items()),
    ]


def _rate(read: Callable[[str], object], texts: list[str]) -> float:
    """Return replies per second of processor time."""
    began = time.process_time()
    for text in texts:
        read(text)
    return len(texts) / (time.process_time() - began)


def _times(text: str, scorer: Scorer) -> list[float]:
    """Return the milliseconds of processor time that one text takes, again and again."""
    return [1_000 / _rate(lambda one: hear(one, "en", scorer), [text]) for _ in range(RUNS)]


def _loaded(program: str) -> tuple[float, float]:
    """Return processor seconds and MB that a fresh process needs for it."""
    argv = [sys.executable, "-c", _LOADING.format(program=program)]
    done = subprocess.run(argv, capture_output=True, text=True, check=True)
    seconds, megabytes = map(float, done.stdout.split())
    return seconds, megabytes


def main() -> None:
    """Print the figures."""
    show(figures())


if __name__ == "__main__":
    main()
