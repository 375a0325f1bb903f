"""The memory of the demo's process after four weeks: two waves, their comments read, their results, one report.

Run it with ``python -m tests.benchmarks memory``. The process is started as anybody starts it and led over its doors;
what it holds is ``VmRSS`` in ``/proc``, at the most ``VmHWM``. The baseline is the same process before it did anything.
"""

import re
import sqlite3
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.benchmarks.figures import Figure, show
from tests.stories.house import MARC, House, text

WEEKS = 4


def figures() -> list[Figure]:
    with TemporaryDirectory() as folder:
        house = House(Path(folder)).start()
        try:
            fresh = _megabytes(house, "VmRSS")
            for _ in range(WEEKS):
                house.clock(advance="P7D")
            results, report = house.says(MARC, "/results"), house.says(MARC, "/roi-report Support")
            after, most = _megabytes(house, "VmRSS"), _megabytes(house, "VmHWM")
        finally:
            house.stop()
        waves, toned = _counted(Path(folder))
    if waves < 2 or not toned or not results or "95 % range" not in text(report):
        raise SystemExit(f"{waves} waves were closed and {toned} comments read; {text(report)[:200]}")
    return [
        Figure(f"process after {WEEKS} weeks of the demo", "MB", [after], [fresh], "< 250 MB"),
        Figure("… at the most meanwhile", "MB", [most], [fresh]),
    ]


def _megabytes(house: House, name: str) -> float:
    """Return a figure of the kernel, in millions of bytes."""
    assert house.process is not None
    status = Path(f"/proc/{house.process.pid}/status").read_text("ascii")
    kilobytes = re.search(rf"^{name}:\s+(\d+) kB$", status, re.MULTILINE)
    assert kilobytes is not None
    return int(kilobytes[1]) * 1024 / 1e6


def _counted(folder: Path) -> tuple[int, int]:
    """Return how many waves were closed, and how many comments have a tone."""
    with sqlite3.connect(folder / "var" / "demo.db") as database:
        closed = database.execute("SELECT count(*) FROM wave WHERE closed_at IS NOT NULL")
        toned = database.execute("SELECT count(*) FROM answer WHERE tone <> ''")
        return int(closed.fetchone()[0]), int(toned.fetchone()[0])


def main() -> None:
    """Print the figures."""
    show(figures())


if __name__ == "__main__":
    main()
