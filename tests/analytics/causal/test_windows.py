from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.causal.windows import Windows, clean_controls, complete_block, windows
from analytics.months import shift
from tests.analytics.causal.builders import ADOPTED, figures, months

AROUND = Windows(ADOPTED, before=months(-5, -4, -3, -2), after=months(1, 2, 3), near=months(-1))
EVERY = (-5, -4, -3, -2, 1, 2, 3)


def full(*without: int) -> dict[int, float]:
    return {offset: 1.0 for offset in EVERY if offset not in without}


def test_the_windows_are_those_of_the_specification():
    around = windows(ADOPTED, last=shift(ADOPTED, 4))

    assert (around.before[0], around.before[-1]) == months(-12, -2)
    assert len(around.before) == 11
    assert around.near == months(-1)
    assert around.after == months(1, 2, 3, 4)
    assert ADOPTED not in around.before + around.near + around.after


def test_without_anticipation_the_window_before_holds_twelve_months():
    around = windows(ADOPTED, last=ADOPTED, anticipation=0)

    assert len(around.before) == 12
    assert around.near == ()
    assert around.after == ()


def test_the_windows_never_cross_another_rollout_of_the_department():
    around = windows(ADOPTED, shift(ADOPTED, 9), previous=shift(ADOPTED, -5), following=shift(ADOPTED, 4))

    assert around.before == months(-4, -3, -2)
    assert around.after == months(1, 2, 3)


def test_treated_departments_and_those_about_to_be_treated_are_no_controls():
    last = shift(ADOPTED, 6)
    adoptions = {
        "Support": ADOPTED,
        "Treated": shift(ADOPTED, -20),
        "Soon": shift(last, 1),
        "Later": shift(last, 2),
    }
    found = clean_controls(["Never", "Support", "Treated", "Soon", "Later"], ["Support"], adoptions, last)

    assert found == ("Later", "Never")


def test_a_rollout_above_or_below_a_department_makes_it_no_control():
    found = clean_controls(
        ["Sales", "Sales/North", "Works", "Works/Paint", "Support"],
        ["Support"],
        {"Sales/North": ADOPTED, "Works": ADOPTED},
        ADOPTED,
    )

    assert found == ()


def test_nobody_is_counted_twice_among_the_controls():
    found = clean_controls(
        ["All", "All/Support", "All/Sales", "Field", "Field/East"], ["All/Support"], {}, ADOPTED
    )

    assert found == ("All/Sales", "Field/East")


def test_without_gaps_all_months_and_controls_stay():
    block = complete_block(figures({"S": full(), "A": full(), "B": full()}), ("S",), ("A", "B"), AROUND)

    assert (block.before, block.after) == (AROUND.before, AROUND.after)
    assert (block.controls, block.left_out) == (("A", "B"), ())


def test_a_month_the_treated_department_lacks_is_used_for_nobody():
    block = complete_block(figures({"S": full(-3), "A": full(), "B": full()}), ("S",), ("A", "B"), AROUND)

    assert block.before == months(-5, -4, -2)
    assert block.controls == ("A", "B")


def test_a_single_gap_costs_the_month_rather_than_the_control():
    rows = {"S": full(), "A": full(2), "B": full(), "C": full()}
    block = complete_block(figures(rows), ("S",), ("A", "B", "C"), AROUND)

    assert block.after == months(1, 3)
    assert block.controls == ("A", "B", "C")


def test_a_control_with_many_gaps_goes_rather_than_the_months():
    rows = {"S": full(), "A": full(-5, -4, 1), "B": full(), "C": full(), "D": full()}
    block = complete_block(figures(rows), ("S",), ("A", "B", "C", "D"), AROUND)

    assert block.controls == ("B", "C", "D")
    assert block.left_out == ("A",)
    assert (block.before, block.after) == (AROUND.before, AROUND.after)


def test_on_a_tie_the_control_goes():
    names = tuple("ABCDEFG")
    rows = {"S": full(), **dict.fromkeys(names, full()), "D": full(2)}
    block = complete_block(figures(rows), ("S",), names, AROUND)

    assert block.left_out == ("D",)
    assert block.after == AROUND.after


def test_a_control_absent_from_most_of_a_window_never_costs_a_month():
    rows = {"S": full(), "A": full(1, 2), "B": full(), "C": full()}
    block = complete_block(figures(rows), ("S",), ("A", "B", "C"), AROUND)

    assert block.left_out == ("A",)
    assert block.after == AROUND.after


def test_months_of_several_treated_departments_are_those_they_share():
    block = complete_block(figures({"S": full(-5), "T": full(3), "A": full()}), ("S", "T"), ("A",), AROUND)

    assert block.before == months(-4, -3, -2)
    assert block.after == months(1, 2)


def test_nothing_measured_gives_an_empty_block():
    block = complete_block(figures({"A": full()}), ("S",), ("A",), AROUND)

    assert (block.before, block.after, block.controls) == ((), (), ())


presence = st.lists(st.sampled_from(EVERY), unique=True)


@given(presence, st.lists(presence, max_size=6))
def test_a_block_has_no_gap_and_only_clean_members(own: list[int], others: list[list[int]]):
    rows = {"S": dict.fromkeys(own, 1.0)} | {f"C{i}": dict.fromkeys(row, 1.0) for i, row in enumerate(others)}
    panel = figures({name: row for name, row in rows.items() if row})
    names = tuple(name for name in rows if name != "S")
    block = complete_block(panel, ("S",), names, AROUND)

    used: tuple[date, ...] = (*block.before, *block.after)
    assert all(month in panel.months(name) for name in ("S", *block.controls) for month in used)
    assert sorted((*block.controls, *block.left_out)) == sorted(names)
    assert set(block.before) <= set(AROUND.before)
    assert set(block.after) <= set(AROUND.after)


@pytest.mark.parametrize("steps", [0, 1, 5])
def test_every_month_has_one_place_around_the_adoption(steps: int):
    around = windows(ADOPTED, shift(ADOPTED, steps))
    every = (*around.before, *around.near, ADOPTED, *around.after)

    assert len(set(every)) == len(every) == 13 + steps
