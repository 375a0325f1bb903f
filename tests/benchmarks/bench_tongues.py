"""Reading replies in the trial languages: how many in a second of one core, beside English ones.

Run it with ``python -m tests.benchmarks tongues``.
"""

import random
import time
from collections.abc import Callable

from analytics.text.beta import LANGUAGES
from analytics.text.beta.scorer import Polyglot
from analytics.text.english import EnglishScorer
from analytics.text.tone import hear
from tests.analytics.beta_sentences import SENTENCES
from tests.benchmarks import bench_tone
from tests.benchmarks.figures import Figure, show

REPLIES, RUNS = 3_000, 5


def replies(language: str) -> list[str]:
    """Return made-up replies of one to three sentences, of about 80 characters."""
    lot = random.Random(5)
    sentences = [text for spoken, _, text in SENTENCES if spoken == language]
    return [". ".join(lot.sample(sentences, lot.choice((1, 2, 2, 3)))) for _ in range(REPLIES)]


def figures() -> list[Figure]:
    english, scorer = EnglishScorer(), Polyglot()
    baseline = _rates(lambda text: hear(text, "en", english, language="en"), bench_tone.replies())
    return [
        Figure(f"replies taken as {language}", "/s", _read(language, scorer), baseline, "> 4,000/s")
        for language in LANGUAGES
    ]


def _read(language: str, scorer: Polyglot) -> list[float]:
    return _rates(lambda text: hear(text, language, scorer, language=language), replies(language))


def _rates(read: Callable[[str], object], texts: list[str]) -> list[float]:
    """Return replies per second of processor time, again and again."""
    rates = []
    for _ in range(RUNS):
        began = time.process_time()
        for text in texts:
            read(text)
        rates.append(len(texts) / (time.process_time() - began))
    return rates


def main() -> None:
    """Print the figures."""
    show(figures())


if __name__ == "__main__":
    main()
