from itertools import product
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.anonymity import (
    Band,
    Count,
    Exact,
    Figure,
    Tone,
    balance_points,
    comments_may_show,
    count_bounds,
    count_form,
    detectable_teams,
    release_form,
    respondent_band,
    response_percent,
    round_mean,
    share_percent,
    value_step,
)
from surveys.anonymity.figures import scale_sum, sums_behind

POSITIVE, MIXED, NEGATIVE = Band(Tone.MOSTLY_POSITIVE), Band(Tone.MIXED), Band(Tone.MOSTLY_NEGATIVE)
TALLIES = st.integers(2, 11).flatmap(
    lambda classes: st.lists(st.integers(0, 9), min_size=classes, max_size=classes)
)


@pytest.mark.parametrize(
    ("counts", "form"),
    [
        ((0, 9), POSITIVE),
        ((1, 8), POSITIVE),
        ((2, 7), Exact()),
        ((7, 2), Exact()),
        ((8, 1), NEGATIVE),
        ((9, 0), NEGATIVE),
        ((0, 0, 0, 0, 8), POSITIVE),
        ((0, 0, 0, 4, 4), POSITIVE),  # a mean of 4.5: none of the eight chose 1
        ((0, 0, 0, 5, 3), Exact()),
        ((8, 0, 0, 0, 0), NEGATIVE),
        ((0, 0, 8, 0, 0), MIXED),
        ((0, 0, 8, 0, 1), MIXED),
        ((0, 2, 5, 2, 0), Exact()),
        ((0, 9, 0), MIXED),  # nine passives
        ((0, 5, 4), Exact()),
        ((12,), Exact()),
        ((), Exact()),
    ],
)
def test_a_figure_that_says_something_about_everyone_becomes_a_band(counts, form):
    assert release_form(counts) == form


def tallies_of(n, classes):
    return (counts for counts in product(range(n + 1), repeat=classes) if sum(counts) == n)


@pytest.mark.parametrize(("n", "classes"), [(5, 2), (8, 2), (5, 3), (9, 3), (5, 5), (6, 4)])
def test_whoever_knows_the_rule_still_can_exclude_no_answer_of_anyone(n, classes):
    """A reader sees the sum, or the band; every class must be possible for one person in what they see."""
    seen = {}
    for counts in tallies_of(n, classes):
        form = release_form(counts)
        outcome = scale_sum(counts) if isinstance(form, Exact) else form
        seen.setdefault(outcome, set()).update(value for value, count in enumerate(counts) if count)

    assert all(possible == set(range(classes)) for possible in seen.values())


@given(TALLIES)
def test_the_form_is_the_same_upside_down(counts):
    mirror = {POSITIVE: NEGATIVE, NEGATIVE: POSITIVE}
    form = release_form(counts)

    if sum(counts) >= 5 and counts.count(max(counts)) == 1:
        assert release_form(counts[::-1]) == mirror.get(form, form)


@given(TALLIES)
def test_a_band_stands_for_every_sum_that_it_may_hide(counts):
    form, n = release_form(counts), sum(counts)

    if isinstance(form, Band) and n >= 5:
        least, most = sums_behind(form.tone, n, len(counts) - 1)
        assert least <= scale_sum(counts) <= most


# Rounding


@pytest.mark.parametrize(
    ("mean", "shown"), [(3.94, 3.9), (3.95, 4.0), (4.0, 4.0), (0.25, 0.3), (-0.25, -0.2)]
)
def test_means_are_shown_to_one_decimal(mean, shown):
    assert round_mean(mean) == shown


@pytest.mark.parametrize(
    ("part", "n", "shown"),
    [
        (8, 13, 60),
        (9, 13, 70),
        (7, 19, 35),
        (7, 20, 35),
        (45, 63, 71),
        (1, 8, 15),
        (2, 1000, 1),
        (998, 1000, 99),
    ],
)
def test_shares_are_coarser_below_twenty_and_never_nought_or_all(part, n, shown):
    assert share_percent(part, n) == shown


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_rounded_share_is_never_further_off_than_one_step(case):
    part, n = case
    step = 5 if n < 20 else 1

    shown = share_percent(part, n)

    assert shown % step == 0
    assert 0 < shown < 100
    assert abs(shown - 100 * part / n) <= step
    if step <= 100 * part / n <= 100 - step:
        assert abs(shown - 100 * part / n) <= step / 2


@pytest.mark.parametrize(("n", "invited", "shown"), [(63, 84, 75), (12, 12, 95), (1, 60, 5), (7, 9, 80)])
def test_response_rates_go_in_steps_of_five_and_never_say_everyone(n, invited, shown):
    assert response_percent(n, invited) == shown


def test_a_share_of_nobody_is_refused():
    with pytest.raises(ValueError, match="0 of 0"):
        share_percent(0, 0)


@pytest.mark.parametrize(("n", "text"), [(5, "5–9"), (9, "5–9"), (10, "10"), (63, "63")])
def test_small_numbers_of_respondents_are_a_band(n, text):
    assert respondent_band(n) == text


def test_nothing_is_said_about_fewer_than_five():
    with pytest.raises(ValueError, match="fewer than five"):
        respondent_band(4)


# Participation


@pytest.mark.parametrize(
    ("n", "asked", "form", "bounds"),
    [
        (63, 84, Count.EXACT, None),
        (10, 12, Count.EXACT, None),
        (11, 12, Count.NEARLY_ALL, (11, 12)),
        (12, 12, Count.NEARLY_ALL, (11, 12)),
        (9, 10, Count.NEARLY_ALL, (9, 10)),
        (9, 12, Count.FEW, (5, 9)),
        (8, 10, Count.FEW, (5, 8)),
        (5, 9, Count.FEW, (5, 9)),
        (9, 9, Count.FEW, (5, 9)),
        (6, 6, Count.FEW, (5, 6)),
    ],
)
def test_how_many_answered_is_said_exactly_only_where_it_says_nothing_of_anybody(n, asked, form, bounds):
    assert count_form(n, asked) is form
    assert form is Count.EXACT or count_bounds(form, asked) == bounds


@given(st.integers(6, 300).flatmap(lambda asked: st.tuples(st.integers(5, asked), st.just(asked))))
def test_the_words_for_a_count_stand_for_all_it_may_be_and_never_for_everybody_alone(case):
    n, asked = case
    form = count_form(n, asked)

    if form is Count.EXACT:
        assert 10 <= n <= asked - 2
    else:
        least, most = count_bounds(form, asked)
        assert least <= n <= most
        assert least < asked
        assert all(count_form(other, asked) is form for other in range(least, most + 1))


def test_a_raised_threshold_is_known_to_whoever_reads_the_words():
    assert count_bounds(Count.FEW, 20, 8) == (8, 9)


@pytest.mark.parametrize("top", [1, 2])
@pytest.mark.parametrize("asked", [*range(6, 60), 100, 101, 120, 200])
def test_no_value_gives_away_that_everybody_answered(asked, top):
    """Whatever is shown of all of them could have been shown of all but one."""
    step = value_step(asked, asked, top)
    values = [
        {
            share_percent(s, n, step) if top == 1 else balance_points(s, n, step)
            for s in range(top + 1, n * top - top)
        }
        for n in (asked, asked - 1)
        if step
    ]

    assert step == value_step(asked - 1, asked, top)
    assert step is None or values[0] <= values[1]


def test_steps_are_fine_where_somebody_is_missing():
    assert [value_step(n, 40) for n in (9, 19, 20, 38)] == [5, 5, 1, 1]
    assert [value_step(asked, asked) for asked in (7, 9, 12, 30, 200)] == [None, 20, 10, 5, 1]


# Comments


@pytest.mark.parametrize(("n", "k", "may"), [(9, 10, False), (10, 10, True), (14, 15, False), (15, 15, True)])
def test_comments_need_ten_or_more(n, k, may):
    assert comments_may_show(n, k) is may


def test_the_floor_for_comments_cannot_be_lowered():
    with pytest.raises(ValueError, match="below the floor of 10"):
        comments_may_show(50, 9)


# Figures


def test_a_figure_whose_answers_do_not_add_up_is_refused():
    with pytest.raises(ValueError, match="do not add up"):
        Figure("A", 6, frozenset(range(9)), (2, 3))


def test_more_respondents_than_invited_people_are_refused():
    with pytest.raises(ValueError, match="10 respondents of 9 invited"):
        Figure("A", 10, frozenset(range(9)))


def test_what_is_left_of_a_figure_is_people_and_answers_alike():
    whole = Figure("", 15, frozenset(range(20)), (6, 9))
    part = Figure("A", 6, frozenset(range(8)), (1, 5))

    assert whole.less([part]) == Figure("", 9, frozenset(range(8, 20)), (5, 4))


# The line on the launch screen


def test_a_team_of_eight_is_hidden_one_time_in_five():
    outlook = detectable_teams([8] * 10)

    assert outlook.teams == 10
    assert outlook.share_hidden == pytest.approx(
        0.194, abs=0.0005
    )  # binomial table, n = 8, p = 0.7, at most 4


def test_teams_below_the_threshold_are_always_hidden_and_empty_ones_not_counted():
    assert detectable_teams([4, 3, 0]).expected_hidden == pytest.approx(2)
    assert detectable_teams([]).share_hidden == 0


@given(st.integers(1, 60), st.integers(5, 12), st.floats(0, 1))
def test_the_outlook_agrees_with_the_other_tail(size, k, response):
    enough = range(k, size + 1) if size > k else ()
    tail = sum(comb(size, n) * response**n * (1 - response) ** (size - n) for n in enough)

    assert detectable_teams([size], k, response).expected_hidden == pytest.approx(1 - tail)


def test_an_impossible_response_rate_is_refused():
    with pytest.raises(ValueError, match=r"response rate of 1\.2"):
        detectable_teams([8], response=1.2)
