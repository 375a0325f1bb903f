from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases import release
from bot.cases.release import Cell, decide, metric_of
from bot.store.tables import Wave
from surveys.anonymity import Shown
from surveys.loader import builtin
from tests.adapters.demo.known import Desk

ANCHOR = builtin()["pulse"].anchor
COMMENT = builtin()["pulse"].comment
RECOMMEND = builtin()["recommend"].anchor
NOW = datetime(2026, 11, 27, 17, 0, tzinfo=UTC)


def a_wave(number: int = 1) -> Wave:
    return Wave(
        organisation_id=1,
        id=number,
        survey_id=1,
        local_date=date(2026, 11, 23),
        state="closed",
        opens_at=NOW,
        closes_at=NOW,
        results_on=date(2026, 12, 4),
        k_scores=5,
        k_comments=10,
        mode="anonymous",
        blind_reminders=False,
        sentiment="aggregate",
        owner="Ana",
        title={"en": "x"},
        questions=[],
    )


def invited(**sizes: int) -> dict[int, str]:
    people: dict[int, str] = {}
    for path, size in sizes.items():
        for _ in range(size):
            people[len(people)] = path
    return people


def test_each_kind_of_question_releases_one_figure_and_a_choice_none():
    assert metric_of(None) == "response_rate"
    assert metric_of(ANCHOR) == "favourability"
    assert metric_of(RECOMMEND) == "recommend_score"
    assert metric_of(COMMENT) == "tone_balance"


def test_favourable_is_the_top_two_of_five_points():
    cells = [Cell("A", 20, (2, 3, 4, 6, 5), ("A",))]

    decided = decide(a_wave(), ANCHOR, cells, invited(A=25), ())

    figure = next(f for f in decided.figures if f.path == "A")
    assert figure.counts == (9, 11)


def test_the_recommend_score_folds_into_its_three_groups():
    points = (1, 0, 0, 0, 0, 0, 3, 2, 4, 6, 4)
    cells = [Cell("A", 20, points, ("A",))]

    decided = decide(a_wave(), RECOMMEND, cells, invited(A=25), ())

    assert next(f for f in decided.figures if f.path == "A").counts == (4, 6, 10)


@settings(max_examples=200, deadline=None)
@given(
    points=st.tuples(*[st.integers(0, 12)] * 5),
    k=st.integers(5, 9),
)
def test_nothing_is_shown_under_the_waves_own_threshold(points, k):
    wave = a_wave()
    wave.k_scores = k
    n = sum(points)
    cells = [Cell("", n, points, ("",))] if n else []

    decided = decide(wave, ANCHOR, cells, dict.fromkeys(range(n + 3), ""), ())

    if n < k:
        assert not any(isinstance(d, Shown) for d in decided.decisions.values())


@pytest.mark.parametrize(
    ("favourable", "n", "value"), [(8, 12, 0.65), (11, 19, 0.6), (11, 20, 0.55), (13, 21, 0.62)]
)
def test_shares_are_rounded_to_five_points_below_twenty_respondents(store, favourable, n, value):
    row = the_reading(store, (n - favourable, 0, 0, favourable, 0), n)

    assert (row.state, row.value) == ("shown", pytest.approx(value))
    assert row.low <= row.value <= row.high
    assert row.n == n


def test_below_ten_respondents_their_number_is_not_kept(store):
    row = the_reading(store, (2, 1, 1, 2, 2), 8)

    assert row.state == "shown"
    assert row.n is None


def test_a_group_in_which_nearly_all_agree_gets_a_band_instead_of_a_figure(store):
    row = the_reading(store, (0, 0, 0, 6, 6), 12)

    assert (row.state, row.band, row.value, row.n) == ("band", "mostly_positive", None, None)


def test_the_variance_covers_the_rounding(store):
    row = the_reading(store, (6, 0, 0, 6, 0), 12)

    assert row.variance == pytest.approx(0.25 / 12 + 0.05**2 / 12)


def test_comments_in_a_language_that_is_not_read_say_so_instead_of_showing_a_figure(store):
    cells = [Cell("", 14, (0, 0, 0), ("A",))]

    rows = written(store, COMMENT, cells, invited(A=14))

    assert [(r.path, r.state, r.reason) for r in rows] == [("", "withheld", "language")]


def test_the_response_rate_comes_in_steps_of_five():
    row = the_rate(63, 84)

    assert (row.state, row.value, row.asked, row.n) == ("shown", 0.75, 84, None)


@pytest.mark.parametrize("n", [11, 12])
def test_a_response_rate_of_nearly_all_is_a_band_and_the_same_whether_one_is_missing(n):
    row = the_rate(n, 12)

    assert (row.state, row.band, row.value, row.n, row.asked) == ("band", "nearly_all", None, None, 12)
    assert (row.low, row.high) == (pytest.approx(11 / 12), 1)


@pytest.mark.parametrize("n", range(5, 10))
def test_a_response_rate_of_fewer_than_ten_answers_says_five_to_nine(n):
    row = the_rate(n, 14)

    assert (row.state, row.band, row.value, row.n) == ("band", "few", None, None)
    assert (row.low, row.high) == (pytest.approx(5 / 14), pytest.approx(9 / 14))


@pytest.mark.parametrize("n", range(6, 10))
def test_of_fewer_than_ten_people_asked_nothing_tells_whether_all_answered(n):
    assert (the_rate(n, 9).band, the_rate(n, 9).high) == ("few", 1)


def test_a_group_of_five_people_is_not_shown_even_if_all_answered():
    assert the_rate(5, 5).state == "withheld"
    assert anchored((2, 0, 0, 3, 0), 5).state == "withheld"


def test_where_nearly_all_answered_neither_their_number_nor_what_follows_from_it_is_kept():
    rows = [
        anchored((n - favourable, 0, 0, favourable, 0), 12) for n, favourable in [(11, 8), (12, 8), (12, 9)]
    ]

    kept = {(row.value, row.low, row.high, row.variance, row.n, row.asked, row.band) for row in rows[:2]}
    assert len(kept) == 1
    assert rows[0].n is None
    assert rows[0].band == "nearly_all"
    assert rows[2].value == 0.8


@pytest.mark.parametrize("question", [ANCHOR, RECOMMEND, COMMENT])
@pytest.mark.parametrize("asked", [6, 7, 8, 9, 10, 12, 15, 20, 21, 30])
def test_whatever_is_kept_of_all_who_were_asked_could_be_kept_of_all_but_one(question, asked):
    """No row says that everybody answered: value, range, variance and words are those of somebody missing, too."""
    everybody, but_one = (kept_of(question, n, asked) for n in (asked, asked - 1))

    assert everybody <= but_one


@settings(max_examples=100, deadline=None)
@given(st.integers(6, 40).flatmap(lambda asked: st.tuples(st.integers(5, asked), st.just(asked))))
def test_no_row_names_a_number_of_respondents_that_may_not_be_said(case):
    n, asked = case

    row = release_of(ANCHOR, (n - n // 2, 0, 0, n // 2, 0), asked)

    assert row.n in (None, n)
    assert row.n is None or 10 <= row.n <= asked - 2


def test_the_range_of_few_answers_follows_from_the_figure_and_not_from_their_number(store):
    rows = [the_reading(store, (n // 2, 0, 0, n // 2, 0), n) for n in (6, 8)]

    assert {(row.value, row.low, row.high, row.variance) for row in rows} == {
        (0.5, 0.16, 0.84, rows[0].variance)
    }


def points_of(question, n):
    """Yield answers per point with every sum that a figure can rest on."""
    width = {"likert": 5, "recommend": 11, "text": 3}[question.type]
    ends = {"likert": (0, 0, 4), "recommend": (0, 7, 10), "text": (0, 1, 2)}[question.type]
    for bottom in range(n + 1):
        for top in range(n + 1 - bottom):
            if question.type == "likert" and bottom + top < n:
                continue
            points = [0] * width
            points[ends[0]] += bottom
            points[ends[2]] += top
            points[ends[1]] += n - bottom - top
            yield tuple(points)


def kept_of(question, n, asked):
    rows = [release_of(question, points, asked) for points in points_of(question, n)]
    return {(r.state, r.value, r.low, r.high, r.variance, r.band, r.n, r.asked) for r in rows}


def release_of(question, points, asked):
    desk = Desk(["A"])
    decided = decide(a_wave(), question, [Cell("A", sum(points), points, ("A",))], invited(A=asked), ())
    return next(row for row in release.readings(desk, a_wave(), decided) if row.path == "A")


def the_rate(n, asked):
    return release_of(None, (n,), asked)


def anchored(points, asked):
    return release_of(ANCHOR, points, asked)


def the_reading(store, points, n):
    rows = written(store, ANCHOR, [Cell("A", n, points, ("A",))], invited(A=n + 2))
    return next(r for r in rows if r.path == "A")


def written(store, question, cells, people):
    wave = a_wave()
    decided = decide(wave, question, cells, people, ())
    return store.write(lambda unit: release.readings(unit, wave, decided))
