import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text.lexicon import Lexicon, values
from analytics.text.model import english
from analytics.text.words import read

LEXICON = Lexicon(
    {"good": 0.5, "bad": -0.5, "great": 0.75, ":)": 0.5, "low": -0.1},
    {},
    {"very": 0.3, "slightly": -0.3},
    {"red tape": -0.5, "red tape cut": 0.5, "work from home": 0.5},
    {"salary": 1, "pressure": -1},
    {"low": -1, "no": -1, "high": 1},
)


def told(text: str) -> list[tuple[str, float]]:
    return [(token.text, round(value, 6)) for token, value in values(read(text), LEXICON)]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("good", [0.5]),
        ("very good", [0.65]),
        ("slightly bad", [-0.35]),
        ("not good", [-0.3]),
        ("not very good", [-0.39]),
        ("good :) great", [0.5, 0.5, 0.75]),
        ("the door is blue", []),
    ],
)
def test_a_word_says_its_value_boosted_by_the_word_before_and_turned_by_a_not(text: str, told: list[float]):
    assert [value for _, value in values(read(text), LEXICON)] == pytest.approx(told)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("much red tape here", [("red tape", -0.5)]),
        ("red tape cut", [("red tape cut", 0.5)]),
        ("very red tape", [("red tape", -0.65)]),
        ("I can not work from home", [("work from home", -0.3)]),
        ("red, tape", []),
        ("red", []),
    ],
)
def test_a_phrase_says_its_own_value_the_longest_first(text: str, said: list[tuple[str, float]]):
    assert told(text) == said


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("low salary", [("low salary", -0.5)]),
        ("no pressure", [("no pressure", 0.5)]),
        ("high base salary", [("high salary", 0.5)]),
        ("the salary is very low", [("salary low", -0.5)]),
        ("the pressure is high", [("pressure high", -0.5)]),
        ("not a high salary", [("high salary", -0.3)]),
        ("the salary is not low", [("salary low", 0.3)]),
        ("high good salary", [("high salary", 0.5)]),
    ],
)
def test_little_of_what_one_wants_is_a_complaint_and_of_what_one_does_not_is_praise(
    text: str, said: list[tuple[str, float]]
):
    assert told(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "salary",
        "high above the town there is a salary",
        "salary. low",
        "salary low",
        "the salary was paid in the low season of spring",
        "high. pressure",
    ],
)
def test_halves_that_do_not_belong_together_are_no_pair(text: str):
    assert not any(" " in word for word, _ in told(text))


PIECES = [
    "good",
    "bad",
    "not",
    "very",
    "red",
    "tape",
    "low",
    "salary",
    "is",
    "pressure",
    "no",
    "high",
    ".",
    ",",
]


@given(st.lists(st.sampled_from(PIECES), max_size=60))
def test_no_word_says_more_than_a_boosted_word_can(pieces: list[str]):
    found = values(read(" ".join(pieces)), LEXICON)
    assert len(found) <= len(pieces)
    assert all(abs(value) <= 0.75 * 1.3 for _, value in found)


@pytest.mark.parametrize("piece", ["red ", "work from ", "low ", "salary is ", "no "])
def test_halves_of_phrases_without_end_are_read_in_no_time(piece: str):
    tokens = read((piece * 2_000)[:2_000])
    started = time.process_time()
    values(tokens, english().lexicon)
    assert time.process_time() - started < 0.5


def test_the_lexicon_of_working_life_is_in_the_model():
    lexicon = english().lexicon
    assert lexicon.phrases["red tape"] < 0 < lexicon.phrases["work from home"]
    assert lexicon.sides["salary"] == 1 == -lexicon.sides["pressure"]
    assert all(len(phrase.split()) > 1 for phrase in lexicon.phrases)
    assert not lexicon.sides.keys() & lexicon.amounts.keys()
