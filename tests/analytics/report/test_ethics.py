"""How fairly figures came about: numbers that point at nobody, and audits that can run out."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.report import AuditState, Coarse, Model, Practice, coarse, released
from analytics.report.ethics import NOT_USED, STEP, audited

TODAY = date(2026, 11, 26)
NUMBERS = st.integers(0, 200).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@given(NUMBERS)
def test_a_number_lies_within_what_is_said_of_it(drawn: tuple[int, int]):
    n, of = drawn

    said = coarse(n, of)

    assert said.low <= n
    assert said.high is None or n <= said.high


@given(NUMBERS)
def test_what_is_said_could_be_any_of_five_numbers_at_least(drawn: tuple[int, int]):
    n, of = drawn
    alike = [other for other in range(of + 1) if coarse(other, of) == coarse(n, of)]

    assert len(alike) >= min(STEP, of + 1)


@given(st.integers(0, 200))
def test_neither_nobody_nor_all_of_them_is_ever_said(of: int):
    assert coarse(0, of) == coarse(min(STEP - 1, of), of)
    assert coarse(of, of) == coarse(max(of - STEP + 1, 0), of)


@given(st.integers(0, 9), st.data())
def test_of_fewer_than_ten_nothing_is_said(of: int, data: st.DataObject):
    assert coarse(data.draw(st.integers(0, of)), of) == Coarse(0, None)


@pytest.mark.parametrize(
    ("n", "of", "said"),
    [
        (0, 40, Coarse(0, 4)),
        (4, 40, Coarse(0, 4)),
        (5, 40, Coarse(5, 9)),
        (34, 40, Coarse(30, 34)),
        (35, 40, Coarse(35, None)),
        (12, 12, Coarse(5, None)),
    ],
)
def test_numbers_are_said_in_steps_of_five(n: int, of: int, said: Coarse):
    assert coarse(n, of) == said


@pytest.mark.parametrize(
    ("model", "state"),
    [
        (Model("english-1", date(2026, 11, 26), passed=True), AuditState.PASSED),
        (Model("english-1", date(2025, 11, 1), passed=True), AuditState.PASSED),
        (Model("english-1", date(2025, 10, 31), passed=True), AuditState.OLD),
        (Model("english-1", date(2026, 11, 26), passed=False), AuditState.FAILED),
        (Model("english-9"), AuditState.MISSING),
    ],
)
def test_only_a_recent_audit_that_was_passed_is_no_warning(model: Model, state: AuditState):
    found = released(Practice(models=(model,)), TODAY)

    assert audited(model, TODAY) is state
    assert [one.version for one in found.warnings] == ([] if state is AuditState.PASSED else [model.version])


def test_nothing_exact_about_people_or_withheld_figures_is_released():
    found = released(Practice(shown=183, in_words=6, withheld=3, people=214, away=1, untold=12), TODAY)

    assert found.figures == 192
    assert (found.withheld, found.in_words) == (Coarse(0, 4), Coarse(5, 9))
    assert (found.away, found.untold) == (Coarse(0, 4), Coarse(10, 14))
    assert found.not_used == NOT_USED


@given(st.integers(0, 4), st.integers(0, 4))
def test_one_person_more_who_opts_out_changes_nothing_below_five(before: int, after: int):
    first, second = (released(Practice(people=60, away=n), TODAY) for n in (before, after))

    assert first == second


def test_without_records_of_people_nothing_is_known_of_them():
    found = released(Practice(), TODAY)

    assert (found.people, found.away, found.untold) == (None, None, None)


def test_the_part_that_decides_about_a_new_report_holds_no_number_of_people():
    assert Practice(shown=1, people=60, away=7, untold=9).without_people == Practice(shown=1)
