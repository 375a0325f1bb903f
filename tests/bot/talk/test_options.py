import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.talk.cards import Action
from bot.talk.options import chosen, different, ends, with_ends, wordless
from surveys.formats import Choice, FreeText, Option, ResponseFormat, Scale

NUMBERS = tuple(Option(str(n), str(n)) for n in range(11))
WORDED = (Option("1", "Bad"), Option("2", "Good"))
LIKELY = Scale(NUMBERS, "Not at all likely", "Extremely likely")

options = st.lists(st.builds(Option, st.text(max_size=3), st.text(max_size=3)), max_size=9).map(tuple)


def test_numbers_are_wordless_and_one_word_among_them_is_not():
    assert wordless(NUMBERS)
    assert not wordless((*NUMBERS, WORDED[0]))


def test_the_ends_of_a_scale_of_numbers_are_said_in_one_line_or_in_their_options():
    assert ends(LIKELY) == "0: Not at all likely · 10: Extremely likely"
    assert [option.label for option in with_ends(LIKELY)] == [
        "0: Not at all likely",
        *(str(n) for n in range(1, 10)),
        "10: Extremely likely",
    ]


def test_an_end_without_a_meaning_is_not_said():
    assert ends(Scale(NUMBERS, " ", "Extremely likely")) == "10: Extremely likely"
    assert with_ends(Scale(NUMBERS, " ", "Extremely likely"))[0] == NUMBERS[0]


@pytest.mark.parametrize(
    "response", [Scale(WORDED, "low", "high"), Scale((), "low", "high"), Choice(NUMBERS), FreeText(10)]
)
def test_what_says_its_ends_itself_or_has_none_gets_no_line_for_them(response: ResponseFormat):
    assert ends(response) == ""


@pytest.mark.parametrize("few", [(), NUMBERS[:1], WORDED])
def test_options_that_need_no_ends_stay_as_they_are(few: tuple[Option, ...]):
    assert with_ends(Scale(few, "low", "high")) == few


@given(options)
def test_saying_the_ends_changes_no_value(several: tuple[Option, ...]):
    assert [one.value for one in with_ends(Scale(several, "low", "high"))] == [one.value for one in several]


@given(options)
def test_of_options_that_share_a_value_the_first_stays(several: tuple[Option, ...]):
    kept = different(several)

    assert {one.value for one in kept} == {one.value for one in several}
    assert len(kept) == len({one.value for one in kept})
    assert all(one == next(other for other in several if other.value == one.value) for one in kept)


def test_choosing_an_option_is_the_act_of_the_question_with_its_value():
    assert chosen(Action("answer.tap", "1/x"), WORDED[1]) == Action("answer.tap", "1/x", "2")
