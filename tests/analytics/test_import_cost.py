from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
import analytics.report, analytics.metrics, analytics.money
print(sorted(name for name in sys.modules if name == "scipy" or name.startswith("scipy.stats")))
"""


def test_importing_the_report_loads_no_scipy_at_all():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
