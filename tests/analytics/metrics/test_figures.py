from __future__ import annotations

import pytest

from analytics.metrics import METRICS
from analytics.metrics.counts import Moments, Participation, Turnover, pooled
from analytics.results import Estimate, Withheld


def figure(key: str, counts: Moments | Participation | Turnover) -> Estimate:
    found = METRICS[key].figure(counts)
    assert isinstance(found, Estimate)
    return found


def test_recommend_and_favourability_read_the_same_moments():
    group = Moments(n=20, total=150.0, total_squares=1200.0, favourable=15, unfavourable=2)

    assert figure("recommend_score", group).value == pytest.approx(65.0)
    assert figure("favourability", group).low == pytest.approx(0.5312991, abs=1e-6)


def test_moments_give_the_textbook_mean_and_variance():
    answers = [2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]
    group = Moments(8, sum(answers), sum(one * one for one in answers), 2, 1)

    assert group.mean == pytest.approx(5.0)
    assert group.variance == pytest.approx(32 / 7)


def test_pooling_moments_adds_them_up():
    one, other = Moments(3, 9.0, 29.0, 1, 1), Moments(2, 8.0, 34.0, 1, 0)

    assert pooled([one, other]) == Moments(5, 17.0, 63.0, 2, 1)


def test_tone_needs_ten_texts():
    assert METRICS["tone_balance"].figure(Moments(9, 0.0, 0.0, 5, 2)) == Withheld("too_few")
    assert figure("tone_balance", Moments(10, 0.0, 0.0, 5, 2)).value == pytest.approx(30.0)


def test_response_rates_come_in_steps_of_five_points():
    rate = figure("response_rate", Participation(63, 84))

    assert rate.value == pytest.approx(0.75)
    assert all(round(20 * bound, 9) == round(20 * bound) for bound in (rate.value, rate.low, rate.high))


def test_two_response_rates_one_answer_apart_look_the_same():
    assert METRICS["response_rate"].figure(Participation(50, 100)) == METRICS["response_rate"].figure(
        Participation(51, 100)
    )


def test_separations_are_counted_per_hundred_person_years():
    year = Turnover((25,) * 12, (1, 0, 0, 1, 0, 1, 0, 0, 1, 0, 1, 0), (25.0,) * 12, 5)
    rate = figure("separations", year)

    assert rate.value == pytest.approx(20.0)
    assert (rate.low, rate.high) == pytest.approx((1.6235 / 0.25, 11.6683 / 0.25), abs=1e-3)
    assert rate.n == 25


def test_retention_is_the_product_of_the_months():
    year = Turnover((20, 18, *(16,) * 10), (2, 2, *(0,) * 10), (18.0,) * 12, 4)

    assert figure("retention", year).value == pytest.approx(0.9 * 16 / 18)


def test_retention_looks_at_the_last_twelve_months_only():
    longer = Turnover((40, *(20,) * 12), (20, *(0,) * 12), (30.0, *(20.0,) * 12), 20)

    assert figure("retention", longer).value == 1.0
    assert figure("retention", longer).n == 20
    assert figure("retention", longer).low == pytest.approx(0.8316, abs=1e-4)


def test_retention_is_not_guessed_from_less_than_a_year():
    assert METRICS["retention"].figure(Turnover((20,) * 11, (0,) * 11, (20.0,) * 11, 0)) == Withheld(
        "no_data"
    )


def test_a_department_that_left_in_one_month_keeps_an_interval():
    gone = figure("retention", Turnover((12,) * 12, (0,) * 11 + (12,), (12.0,) * 12, 12))

    assert gone.value == 0.0
    assert gone.high == pytest.approx(0.5965, abs=1e-4)


@pytest.mark.parametrize(("favourable", "unfavourable"), [(4, 2), (-1, 0)])
def test_impossible_moments_are_refused(favourable: int, unfavourable: int):
    with pytest.raises(ValueError, match="favourable"):
        Moments(5, 0.0, 0.0, favourable, unfavourable)


def test_impossible_turnover_is_refused():
    with pytest.raises(ValueError, match="left"):
        Turnover((3,), (4,), (3.0,), 4)
    with pytest.raises(ValueError, match="every month"):
        Turnover((3,), (), (3.0,), 4)
    with pytest.raises(ValueError, match="include"):
        Turnover((3,), (2,), (3.0,), 1)
