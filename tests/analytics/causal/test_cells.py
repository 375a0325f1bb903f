from __future__ import annotations

from datetime import date
from math import inf

import pytest

from analytics.causal.cells import (
    Cell,
    combined,
    favourable_cell,
    hazard_cells,
    mean_cell,
    panel,
    recommend_cell,
)
from analytics.metrics.counts import Moments
from analytics.retention import PersonMonths

MAY, JUNE = date(2025, 5, 1), date(2025, 6, 1)


def test_a_mean_cell_has_the_variance_of_a_mean_less_what_was_fully_seen():
    answers = Moments(8, 40.0, 232.0, 2, 1)

    assert mean_cell("Sales", MAY, answers).variance == pytest.approx(32 / 7 / 8)
    assert mean_cell("Sales", MAY, answers, population=10).variance == pytest.approx(32 / 7 / 8 * 0.2)
    assert mean_cell("Sales", MAY, answers, population=8).variance == 0.0


def test_shares_and_recommend_scores_are_cells_in_points():
    share = favourable_cell("Sales", MAY, 0.6, 24)
    score = recommend_cell("Sales", MAY, Moments(100, 0.0, 0.0, 45, 20))

    assert (share.value, share.variance) == pytest.approx((60.0, 100.0))
    assert (score.value, score.variance) == pytest.approx((25.0, 7.664855**2), abs=1e-4)


def test_two_waves_of_a_month_become_one_cell_weighted_by_respondents():
    both = combined(
        [Cell("Sales", MAY, 10.0, 6, 4.0), Cell("Sales", MAY, 40.0, 12, 1.0), Cell("Sales", JUNE, 1.0, 5, 2)]
    )

    assert (both[0].month, both[0].value, both[0].n) == (MAY, 30.0, 6)
    assert both[0].variance == pytest.approx((36 * 4 + 144 * 1) / 18**2)
    assert both[1] == Cell("Sales", JUNE, 1.0, 5, 2.0)


def test_a_month_without_a_separation_is_no_certainty():
    hazards = hazard_cells(
        [PersonMonths("Sales", MAY, 20, 2), PersonMonths("Sales", JUNE, 20, 0)], [MAY, JUNE]
    )

    assert [cell.value for cell in hazards] == [0.1, 0.0]
    assert [cell.variance for cell in hazards] == pytest.approx([0.05 * 0.95 / 20] * 2)


def test_hazards_leave_out_other_months_and_empty_departments():
    cells = [PersonMonths("Sales", MAY, 20, 2), PersonMonths("Empty", JUNE, 0, 0)]

    assert hazard_cells(cells, [JUNE]) == ()


def test_equal_answers_take_the_pooled_variance_of_a_single_answer():
    arranged = panel([Cell("Sales", MAY, 10.0, 5, 0.0), Cell("Design", MAY, 5.0, 9, 2.0)])

    assert arranged.variance("Design", MAY) == 2.0
    assert arranged.unit_variance == pytest.approx(8 * 9 * 2.0 / 12)
    assert arranged.variance("Sales", MAY) == pytest.approx(arranged.unit_variance / 5)


def test_a_second_cell_in_a_month_is_refused_rather_than_lost():
    with pytest.raises(ValueError, match="two cells"):
        panel([Cell("Sales", MAY, 10.0, 5, 1.0), Cell("Sales", MAY, 11.0, 5, 1.0)])


@pytest.mark.parametrize(
    ("month", "value", "n", "variance"),
    [(date(2025, 5, 2), 1.0, 5, 1.0), (MAY, inf, 5, 1.0), (MAY, 1.0, 0, 1.0), (MAY, 1.0, 5, -1.0)],
)
def test_an_impossible_cell_is_refused(month: date, value: float, n: int, variance: float):
    with pytest.raises(ValueError, match=r"month|finite mean"):
        Cell("Sales", month, value, n, variance)
