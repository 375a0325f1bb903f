from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from analytics.months import month_of, months_from, shift, span

months = st.dates(date(1990, 1, 1), date(2090, 12, 31)).map(month_of)


@given(months, st.integers(-400, 400))
def test_a_shift_and_its_distance_agree(month: date, steps: int):
    assert months_from(month, shift(month, steps)) == steps
    assert shift(shift(month, steps), -steps) == month


def test_december_turns_into_january():
    assert shift(date(2025, 12, 1), 1) == date(2026, 1, 1)
    assert shift(date(2026, 1, 1), -1) == date(2025, 12, 1)


def test_a_span_holds_both_ends_and_nothing_when_it_runs_backwards():
    assert span(date(2025, 11, 1), date(2026, 1, 1)) == (
        date(2025, 11, 1),
        date(2025, 12, 1),
        date(2026, 1, 1),
    )
    assert span(date(2026, 1, 1), date(2025, 11, 1)) == ()
