"""``python -m tests.benchmarks [part of a name]``: every benchmark, or those whose name holds the part.

Beside each name stands how many processes wanted a core in the last minute: figures of a busy machine say little.
"""

import importlib
import os
import sys
from pathlib import Path


def main() -> None:
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    names = sorted(file.stem for file in Path(__file__).parent.glob("bench_*.py") if wanted in file.stem)
    for name in names:
        title = (
            f"{name.removeprefix('bench_')}, at a load of {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"
        )
        print(f"\n{title}\n{'-' * 70}", flush=True)  # noqa: T201 - a benchmark prints
        sys.argv = [name]
        importlib.import_module(f"tests.benchmarks.{name}").main()


if __name__ == "__main__":
    main()
