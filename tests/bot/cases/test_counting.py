from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.text import themes
from bot.cases.counting import ANY, OpenSheet, count
from surveys.loader import builtin
from tests.canary import free
from tests.platforms.scorers import PlainScorer

PULSE = builtin()["pulse"]
ANCHOR = "job-satisfaction"
QUESTIONS = PULSE.questions

cells = st.sampled_from(["", "A", "A/x", "A/y", "B", "B/z/u"])
values = st.fixed_dictionaries(
    {},
    optional={
        ANCHOR: st.sampled_from("12345"),
        "workload": st.sampled_from("12345"),
        "pulse-comment": st.sampled_from(
            [free("all good"), free("too bad"), free("the table is green"), "n/a"]
        ),
    },
)
sheets = st.lists(st.builds(OpenSheet, cells, st.just("en"), values), max_size=60)


def counted(open_sheets, names=()):
    return count(open_sheets, QUESTIONS, names, PlainScorer(), themes.builtin(), (5, 10))


@settings(max_examples=150, deadline=None)
@given(sheets)
def test_every_answer_is_kept_once_and_counted_once(open_sheets):
    result = counted(open_sheets)

    wanted = Counter(key for sheet in open_sheets for key in sheet.values)
    assert Counter(answer.question for answer in result.answers) == wanted
    for key, n in wanted.items():
        assert sum(cell.n for cell in result.cells if cell.question == key) == n


@settings(max_examples=150, deadline=None)
@given(sheets)
def test_no_stored_cell_holds_fewer_answers_than_its_threshold_but_the_whole_organisation(open_sheets):
    result = counted(open_sheets)

    for cell in result.cells:
        k = 10 if cell.question.startswith("pulse-comment") else 5
        assert cell.n >= k or cell.cell == ""


@settings(max_examples=100, deadline=None)
@given(sheets)
def test_sheets_with_any_answer_are_counted_for_the_response(open_sheets):
    result = counted(open_sheets)

    assert sum(c.n for c in result.cells if c.question == ANY) == sum(bool(s.values) for s in open_sheets)


def test_points_fall_in_the_order_of_the_scale():
    result = counted([OpenSheet("A", "en", {ANCHOR: value}) for value in "1223345555"])

    (cell,) = [c for c in result.cells if c.question == ANCHOR]
    assert (cell.cell, cell.points) == ("A", (1, 2, 2, 1, 4))


def test_names_in_comments_are_masked_before_anything_is_kept():
    people = [OpenSheet("A", "en", {"pulse-comment": f"Ask Lena Krüger about it {n}"}) for n in range(12)]

    result = counted(people, names=["Lena Krüger"])

    assert all("Lena" not in answer.value and "Krüger" not in answer.value for answer in result.answers)


def test_tones_are_counted_and_other_languages_are_left_without_one():
    english = [OpenSheet("A", "en", {"pulse-comment": "good"})] * 11
    german = [OpenSheet("A", "de", {"pulse-comment": "Das war alles ziemlich schlecht organisiert"})] * 3

    result = counted([*english, *german])

    (cell,) = [c for c in result.cells if c.question == "pulse-comment"]
    assert (cell.n, cell.points) == (14, (0, 0, 11))
    assert Counter(a.tone for a in result.answers) == {"positive": 11, "language": 3}


def test_pairs_of_items_are_kept_for_the_whole_organisation_from_five_people_up():
    both = [OpenSheet("A", "en", {ANCHOR: "4", "workload": "2"})]

    few, enough = counted(both * 4), counted(both * 5)

    assert few.pairs == ()
    (pair,) = enough.pairs
    assert {pair.first, pair.second} == {ANCHOR, "workload"}
    assert (pair.n, pair.products, pair.sum_first + pair.sum_second) == (5, 40.0, 30.0)


def test_the_order_of_the_sheets_is_lost():
    people = [OpenSheet("A", "en", {ANCHOR: "3", "pulse-comment": free(f"text {n:03d}")}) for n in range(200)]

    kept = [a.value for a in counted(people).answers if a.question == "pulse-comment"]

    assert sorted(kept) == [free(f"text {n:03d}") for n in range(200)]
    assert kept != sorted(kept)
