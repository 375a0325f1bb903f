from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.demo.own_files import Result
from adapters.demo.own_gate import hidden, totals

OCTOBER = date(2026, 10, 1)


def month(**sizes: int) -> list[Result]:
    """Shares of departments in one month; a double underscore divides a path."""
    return [Result(path.replace("__", "/"), OCTOBER, "sat", n, share=0.5) for path, n in sizes.items()]


def paths(rows: list[Result]) -> set[str]:
    return {path for path, _, _ in hidden(rows)}


def test_fewer_than_five_answers_are_hidden():
    assert paths(month(Sales=4, Support=5)) == {"Sales"}


def test_a_hidden_part_takes_the_smallest_other_with_it_where_the_total_is_known():
    assert paths(month(Ops=30, Ops__A=4, Ops__B=9, Ops__C=17)) == {"Ops/A", "Ops/B"}


def test_without_the_total_nothing_follows_and_nothing_more_is_hidden():
    assert paths(month(Ops__A=4, Ops__B=9, Ops__C=17)) == {"Ops/A"}


def test_parts_that_leave_a_few_unnamed_people_are_hidden_as_well():
    assert paths(month(Ops=28, Ops__A=9, Ops__B=16)) == {"Ops/A"}


def test_enough_unnamed_people_cover_a_hidden_part():
    assert paths(month(Ops=40, Ops__A=4, Ops__B=9, Ops__C=17)) == {"Ops/A"}


def test_a_total_under_its_own_name_is_recognised_and_covered_like_a_department_above():
    rows = month(Everybody=34, Sales=4, Support=12, Stock=18)
    assert totals(rows) == {"Everybody"}
    assert paths(rows) == {"Sales", "Support"}


def test_a_department_with_others_below_it_is_never_taken_for_a_total():
    assert totals(month(Ops=90, Ops__A=50, Sales=10, Stock=11)) == frozenset()


def test_the_larger_of_two_departments_is_no_total_but_three_times_the_other_is():
    assert totals(month(Sales=30, Support=20)) == frozenset()
    assert totals(month(All=400, Support=20)) == {"All"}


def test_a_department_with_more_people_than_all_others_is_no_total():
    assert totals(month(Stock=40, Sales=4, Support=8, Legal=12)) == frozenset()


def test_a_total_must_be_one_in_every_month():
    rows = month(All=40, Sales=20, Support=20)
    rows += [Result(row.department, date(2026, 9, 1), "sat", 20, share=0.5) for row in rows]
    assert totals(rows) == frozenset()


@pytest.mark.parametrize(
    ("mean", "variance", "said"),
    [
        (5.0, 0.0, "everybody gave the best answer"),
        (3.0, 0.0, "everybody gave the same answer"),
        (3.1, 0.1, "all but one gave the same answer"),
        (4.8, 0.18, "nobody was far from the best answer"),
    ],
)
def test_a_mean_that_tells_every_single_answer_is_hidden(mean: float, variance: float, said: str):
    row = Result("Sales", OCTOBER, "sat", 10, mean=mean, variance=variance)
    assert hidden([row]) == {("Sales", OCTOBER, "sat")}, said


def test_an_ordinary_mean_is_shown():
    assert hidden([Result("Sales", OCTOBER, "sat", 10, mean=3.4, variance=1.2)]) == frozenset()


def test_months_and_items_do_not_mix():
    rows = [*month(Ops=30, Ops__A=4, Ops__B=9), Result("Ops/B", OCTOBER, "pay", 9, share=0.5)]
    assert ("Ops/B", OCTOBER, "pay") not in hidden(rows)


parts = st.lists(st.integers(1, 40), min_size=2, max_size=7)


@given(parts)
def test_what_can_be_worked_out_from_a_total_is_nobody_or_at_least_five(sizes: list[int]):
    rows = [Result("Ops", OCTOBER, "sat", sum(sizes), share=0.5)]
    rows += [Result(f"Ops/{n}", OCTOBER, "sat", size, share=0.5) for n, size in enumerate(sizes)]
    gone = paths(rows)
    if "Ops" in gone:
        return
    left = [size for n, size in enumerate(sizes) if f"Ops/{n}" in gone]

    assert all(size >= 5 for n, size in enumerate(sizes) if f"Ops/{n}" not in gone)
    assert not left or (sum(left) >= 5 and (len(left) > 1 or len(left) == len(sizes)))
