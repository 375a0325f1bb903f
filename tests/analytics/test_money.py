from __future__ import annotations

from dataclasses import replace
from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.money import (
    Amount,
    Line,
    Money,
    MoneyInputs,
    Source,
    Sourced,
    answering_hours,
    present_value,
    roi,
    statement,
)
from analytics.results import Withheld

EXAMPLE = MoneyInputs("EUR", run_per_year=Sourced(6000.0), hourly_rate=Sourced(35.0), salary=Sourced(48000.0))


def amount(money: Money, line: Line) -> Amount:
    found = money.lines[line]
    assert isinstance(found, Amount)
    return found


def test_the_example_pays_from_twenty_nine_hours_a_month_or_point_six_resignations_a_year():
    money = statement(EXAMPLE)

    assert ceil(amount(money, Line.BREAK_EVEN_HOURS).value) == 29
    assert amount(money, Line.BREAK_EVEN_HOURS).value == pytest.approx(6000 / 12 / 17.5)
    assert round(amount(money, Line.BREAK_EVEN_SEPARATIONS).value, 1) == 0.6


def test_the_three_replacement_scenarios_keep_their_order():
    money = statement(EXAMPLE)

    assert [one.replacement_share for one in money.scenarios] == [0.16, 0.21, 0.50]
    assert [one.separations_per_year for one in money.scenarios] == pytest.approx([0.78125, 0.595238, 0.25])
    span = amount(money, Line.BREAK_EVEN_SEPARATIONS)
    assert (span.low, span.high) == pytest.approx((0.25, 0.78125))


def test_a_firms_own_replacement_cost_stands_among_the_published_ones():
    money = statement(replace(EXAMPLE, replacement_share=Sourced(0.8, Source.MEASURED)))

    assert [one.replacement_share for one in money.scenarios] == [0.16, 0.21, 0.50, 0.8]
    assert amount(money, Line.BREAK_EVEN_SEPARATIONS).value == pytest.approx(6000 / (0.8 * 48000))


def test_answering_counts_as_a_cost():
    money = statement(
        replace(
            EXAMPLE,
            hourly_rate=Sourced(40.0),
            people=25,
            answer_minutes_per_week=Sourced(1.0, Source.MEASURED),
        )
    )

    assert answering_hours(25, 1) == pytest.approx(21.67, abs=0.01)
    assert amount(money, Line.ANSWERING).value == pytest.approx(866.67, abs=0.01)
    assert amount(money, Line.COST).value == pytest.approx(6866.67, abs=0.01)


def test_hours_count_at_the_share_that_becomes_value_and_the_range_is_shown():
    value = amount(statement(replace(EXAMPLE, hours_saved_per_month=Sourced(40.0))), Line.HOURS_VALUE)

    assert (value.low, value.value, value.high) == pytest.approx((5040.0, 8400.0, 13440.0))
    assert value.source is Source.ASSUMED


def test_a_measured_realisation_has_no_range():
    given_share = replace(
        EXAMPLE,
        hours_saved_per_month=Sourced(40.0, Source.MEASURED),
        realisation=Sourced(0.4, Source.MEASURED),
    )
    value = amount(statement(given_share), Line.HOURS_VALUE)

    assert value.low == value.high == value.value == pytest.approx(6720.0)


def test_saved_hours_that_became_a_headcount_cut_are_not_counted_twice():
    money = statement(replace(EXAMPLE, hours_saved_per_month=Sourced(40.0), headcount_cut=True))

    assert money.lines[Line.HOURS_VALUE] == Withheld("headcount_cut")
    assert money.lines[Line.ROI_OF_HOURS] == Withheld("headcount_cut")


def test_roi_is_benefits_less_costs_over_costs_and_undefined_without_costs():
    free = statement(replace(EXAMPLE, run_per_year=Sourced(0.0), hours_saved_per_month=Sourced(40.0)))
    paid = statement(replace(EXAMPLE, hours_saved_per_month=Sourced(40.0)))

    assert roi(150.0, 100.0) == pytest.approx(0.5)
    assert roi(150.0, 0.0) == Withheld("undefined")
    assert free.lines[Line.ROI_OF_HOURS] == Withheld("undefined")
    assert amount(paid, Line.ROI_OF_HOURS).value == pytest.approx(0.4)


def test_a_one_off_cost_is_spread_so_that_its_present_value_stays():
    yearly = amount(statement(replace(EXAMPLE, one_off=Sourced(9000.0))), Line.ONE_OFF).value

    assert present_value(yearly / 12, 36, 0.05) == pytest.approx(9000.0)
    assert yearly > 3000.0
    flat = statement(replace(EXAMPLE, one_off=Sourced(9000.0), discount=Sourced(0.0)))
    assert amount(flat, Line.ONE_OFF).value == pytest.approx(3000.0)


def test_a_present_value_is_the_textbook_annuity():
    monthly = 1.06 ** (1 / 12) - 1

    assert present_value(100.0, 24, 0.06) == pytest.approx(100 * (1 - (1 + monthly) ** -24) / monthly)


def test_a_measured_salary_of_few_people_is_not_given_away_by_the_break_even():
    few = statement(replace(EXAMPLE, salary=Sourced(48000.0, Source.MEASURED, n=4)))
    enough = statement(replace(EXAMPLE, salary=Sourced(48000.0, Source.MEASURED, n=5)))

    assert few.lines[Line.BREAK_EVEN_SEPARATIONS] == Withheld("privacy")
    assert few.scenarios == ()
    assert isinstance(enough.lines[Line.BREAK_EVEN_SEPARATIONS], Amount)


def test_what_nobody_entered_is_missing_and_never_zero():
    money = statement(MoneyInputs("EUR"))

    assert set(money.lines) == set(Line)
    assert {line for line, found in money.lines.items() if found == Withheld("no_data")} == set(Line) - {
        Line.RETENTION_VALUE
    }
    assert statement(replace(EXAMPLE, hourly_rate=None)).lines[Line.BREAK_EVEN_HOURS] == Withheld("no_data")


def test_hours_that_become_no_money_have_no_break_even():
    money = statement(replace(EXAMPLE, realisation=Sourced(0.0), hours_saved_per_month=Sourced(40.0)))

    assert amount(money, Line.HOURS_VALUE).value == 0.0
    assert money.lines[Line.BREAK_EVEN_HOURS] == Withheld("undefined")


def test_a_statement_is_only_as_good_as_its_weakest_input():
    measured = Sourced(35.0, Source.MEASURED)

    assert statement(EXAMPLE).weakest is Source.ASSUMED
    assert (
        statement(
            MoneyInputs("EUR", run_per_year=Sourced(6000.0), hourly_rate=measured, realisation=Sourced(0.6))
        ).weakest
        is Source.ENTERED
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"run_per_year": Sourced(-1.0)},
        {"realisation": Sourced(1.2)},
        {"horizon_months": 0},
        {"answer_minutes_per_week": Sourced(-1.0)},
    ],
)
def test_impossible_inputs_are_refused(wrong: dict[str, Sourced]):
    with pytest.raises(ValueError, match=r"negative|share|horizon"):
        replace(EXAMPLE, **wrong)


money_inputs = st.builds(
    MoneyInputs,
    currency=st.just("CHF"),
    one_off=st.none() | st.builds(Sourced, st.floats(0, 1e6)),
    run_per_year=st.none() | st.builds(Sourced, st.floats(0, 1e6)),
    hours_saved_per_month=st.none() | st.builds(Sourced, st.floats(0, 1e4)),
    hourly_rate=st.none() | st.builds(Sourced, st.floats(1, 500)),
    salary=st.none() | st.builds(Sourced, st.floats(1e3, 1e6)),
    people=st.integers(0, 500),
    answer_minutes_per_week=st.none() | st.builds(Sourced, st.floats(0, 60)),
    horizon_months=st.integers(1, 120),
)


@given(money_inputs)
def test_the_cost_lines_add_up_and_every_figure_lies_in_its_range(inputs: MoneyInputs):
    money = statement(inputs)
    parts = [money.lines[line] for line in (Line.ONE_OFF, Line.RUN, Line.ANSWERING)]

    cost = money.lines[Line.COST]
    if isinstance(cost, Amount):
        assert cost.value == pytest.approx(sum(part.value for part in parts if isinstance(part, Amount)))
    else:
        assert inputs.one_off is None
        assert inputs.run_per_year is None
    for found in money.lines.values():
        if isinstance(found, Amount):
            assert found.low <= found.value <= found.high


@given(money_inputs)
def test_hours_at_break_even_pay_exactly_the_cost(inputs: MoneyInputs):
    hours = statement(inputs).lines[Line.BREAK_EVEN_HOURS]
    if isinstance(hours, Withheld):
        return
    again = statement(replace(inputs, hours_saved_per_month=Sourced(hours.value)))

    cost = amount(again, Line.COST)
    assert amount(again, Line.NET_OF_HOURS).value == pytest.approx(0.0, abs=1e-6 * max(1.0, cost.value))
