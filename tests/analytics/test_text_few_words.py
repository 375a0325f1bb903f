"""Which language a text of one to three words is taken for where nobody says so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text.few_words import likely
from analytics.text.language import ENABLED
from analytics.text.normalise import clean


@pytest.mark.parametrize(
    "said",
    ["Great team", "No complaints", "Love it!", "Too many meetings", "ok", "HR", "Jenny", "", "👍", "42"],
)
def test_what_may_be_english_is(said: str):
    assert likely(clean(said)) == "en"


@pytest.mark.parametrize(
    ("said", "language"),
    [
        ("Schlechte Einarbeitung", "de"),
        ("Zu viele Überstunden", "de"),
        ("Très bonne ambiance", "fr"),
        ("Demasiadas reuniones inútiles", "es"),
        ("Mi sento abbandonato", "it"),
        ("Reuniões inúteis demais", "pt"),
    ],
)
def test_words_that_english_does_not_know_are_believed_to_be_of_another_language(said: str, language: str):
    assert likely(clean(said)) == language


@pytest.mark.parametrize("said", ["Świetna atmosfera", "Çok iyi"])
def test_a_language_that_is_not_enabled_is_not_guessed(said: str):
    assert likely(clean(said)) in {"en", *ENABLED}


def test_longer_texts_are_left_to_the_identifier():
    assert likely(clean("Das Team ist sehr nett zu mir")) == "en"


@given(st.text(max_size=60))
def test_any_text_has_a_guess_and_always_the_same(text: str):
    assert likely(clean(text)) == likely(clean(text)) in ENABLED
