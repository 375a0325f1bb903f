"""``python -m tests.benchmarks [part of a name]``: every benchmark, or those whose name holds the part."""

import importlib
import sys
from pathlib import Path


def main() -> None:
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    names = sorted(file.stem for file in Path(__file__).parent.glob("bench_*.py") if wanted in file.stem)
    for name in names:
        print(f"\n{name.removeprefix('bench_')}\n{'-' * 70}", flush=True)  # noqa: T201 - a benchmark prints
        sys.argv = [name]
        importlib.import_module(f"tests.benchmarks.{name}").main()


if __name__ == "__main__":
    main()
