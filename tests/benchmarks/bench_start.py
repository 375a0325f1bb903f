"""The demo started again: from the command to the moment at which it says that it is ready.

Run it with ``python -m tests.benchmarks start``. The baseline is the first start in a folder, which makes the company.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.figures import Figure, show
from tests.stories.house import House

RUNS, FIRST_RUNS = 7, 2


def figures() -> list[Figure]:
    first: list[float] = []
    again: list[float] = []
    for _ in range(FIRST_RUNS):
        with TemporaryDirectory() as name:
            house = House(Path(name))
            first.append(_seconds(house))
            again += [_seconds(house) for _ in range(RUNS)]
    return [Figure("second start of the demo until /readyz", "s", again, first, "< 3 s")]


def _seconds(house: House) -> float:
    began = time.perf_counter()
    house.start()
    took = time.perf_counter() - began
    house.stop()
    return took


def main() -> None:
    """Print the figures."""
    show(figures())


if __name__ == "__main__":
    main()
