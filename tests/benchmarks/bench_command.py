"""The report as a cold command: a process of its own each time, from its start to its end.

Run it with ``python -m tests.benchmarks command``. The baseline is the same command in a process that has loaded what
the server needs as well, as it would if every command imported everything.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.figures import Figure, show
from tests.stories.house import environment, rapport

RUNS = 9
REPORT = ("roi-report", "Support", "--demo")
WITH_ALL = (sys.executable, "-c", "import adapters.wiring; from adapters.cli import main; main()")


def figures() -> list[Figure]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        _said([*rapport(), "demo", "--build-only"], folder)
        for way in (rapport(), WITH_ALL):  # the first reads from the disk
            _seconds(way, folder)
        pairs = [(_seconds(rapport(), folder), _seconds(WITH_ALL, folder)) for _ in range(RUNS)]
    ours, theirs = zip(*pairs, strict=True)
    return [Figure("rapport roi-report Support --demo", "s", ours, theirs, "< 2.5 s")]


def _seconds(way: Sequence[str], folder: Path) -> float:
    began = time.perf_counter()
    said = _said([*way, *REPORT], folder)
    took = time.perf_counter() - began
    if "95 % range" not in said:
        raise SystemExit(f"this is no report:\n{said}")
    return took


def _said(words: Sequence[str], folder: Path) -> str:
    done = subprocess.run(words, cwd=folder, env=environment(), capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(done.stderr)
    return done.stdout


def main() -> None:
    """Print the figures."""
    show(figures())


if __name__ == "__main__":
    main()
