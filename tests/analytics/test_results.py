from __future__ import annotations

from math import inf, nan

import pytest

from analytics.results import Estimate


@pytest.mark.parametrize(
    ("value", "low", "high"), [(2.0, 3.0, 4.0), (5.0, 3.0, 4.0), (nan, 0.0, 1.0), (1.0, 0.0, inf)]
)
def test_an_estimate_outside_its_interval_or_without_bounds_is_refused(value: float, low: float, high: float):
    with pytest.raises(ValueError, match=r"interval|finite"):
        Estimate(value, low, high, 10, "points", "made up")
