from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.cases import release
from bot.cases.release import Cell, decide, metric_of
from bot.store.tables import Wave
from surveys.anonymity import Shown
from surveys.loader import builtin

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


def test_the_response_rate_comes_in_steps_of_five_and_never_names_everybody(store):
    rows = written(store, None, [Cell("A", 12, (12,), ("A",))], invited(A=12))

    row = next(r for r in rows if r.path == "A")
    assert (row.metric, row.value) == ("response_rate", 0.95)


def the_reading(store, points, n):
    rows = written(store, ANCHOR, [Cell("A", n, points, ("A",))], invited(A=n + 2))
    return next(r for r in rows if r.path == "A")


def written(store, question, cells, people):
    wave = a_wave()
    decided = decide(wave, question, cells, people, ())
    return store.write(lambda unit: release.readings(unit, wave, decided))
