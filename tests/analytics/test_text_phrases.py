"""What of a comment may ever be shown as a word: hardly anything by itself, and nothing that is somebody."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.text.bias import NAMES
from analytics.text.masking import TOKENS, Directory, mask
from analytics.text.phrases import Comment, read, spellings
from analytics.text.themes import builtin


def terms(text: str, home: str = "en") -> frozenset[str]:
    comment = read(text, home, builtin())
    return frozenset() if comment is None else comment.terms


def test_words_and_pairs_of_neighbours_are_read_once_each():
    assert terms("coffee machine broken, coffee machine noisy") == {
        "coffee",
        "machine",
        "broken",
        "noisy",
        "coffee machine",
        "machine broken",
        "machine noisy",
    }


@pytest.mark.parametrize(
    "text",
    [
        "coffee. machine",
        "coffee, machine",
        "coffee and machine",
        "coffee ‹name› machine",
        "coffee 4 machine",
        "coffee (machine",
    ],
)
def test_a_pair_does_not_reach_across_a_mark_a_hole_or_a_word_that_says_nothing(text: str):
    assert terms(text) == {"coffee", "machine"}


@pytest.mark.parametrize(
    ("text", "home", "never"),
    [
        ("We met ‹name› about the coffee", "en", "name"),
        ("the coffee costs 450 euros at x4711", "en", "x"),
        ("ask bob about the coffee", "en", "bob"),
        ("Kathi kocht Kaffee", "de", "kathi"),
        ("Frau Zwyssig kocht den Kaffee", "de", "zwyssig"),
        ("please ask Mr zwyssig about coffee", "en", "zwyssig"),
        ("mail zwyssig@firma.example about coffee", "en", "zwyssig"),
        ("see https://example.com/zwyssig for coffee", "en", "zwyssig"),
        ("the blind colleague likes coffee", "en", "blind"),
        ("a Polish woman likes coffee", "en", "polish"),
        ("die schwangere Kollegin trinkt Kaffee", "de", "schwangere"),
        ("die türkische Küche hat guten Kaffee", "de", "türkische"),
        ("der schwerbehinderte Kollege trinkt Kaffee", "de", "schwerbehinderte"),
        ("there is too much зарплата about this and that coffee", "en", "зарплата"),
    ],
)
def test_nothing_that_is_somebody_or_says_who_somebody_is_becomes_a_word(text: str, home: str, never: str):
    found = terms(text, home)

    assert found & {"coffee", "kaffee"}
    assert not any(never in term.split() for term in found)


@given(st.lists(st.sampled_from([*sorted(TOKENS), "coffee", "Machine", "noisy,", "9to5", "#x"]), max_size=12))
def test_no_token_of_masking_and_no_digit_is_ever_in_a_term(parts: list[str]):
    for term in terms(" ".join(parts)):
        assert set(term.split()) <= {"coffee", "machine", "noisy"}


def test_no_name_of_the_audit_comes_through_the_directory_and_the_lists():
    names = [name for group in NAMES.values() for gender in group.values() for name in gender]
    directory = Directory.of(f"{name} Zzyxx" for name in names)

    for name in names:
        found = terms(mask(f"yesterday {name} drank the coffee again", directory))
        assert name.lower() not in {word for term in found for word in term.split()}


def test_what_says_nothing_or_is_in_another_language_is_not_read():
    assert read("n/a", "en", builtin()) is None
    assert read("zbyt niska pensja, za dużo pracy w nocy", "en", builtin()) is None


def test_a_comment_that_a_theme_covers_says_so():
    covered, open_ = (read(text, "en", builtin()) for text in ("the pay is bad", "the harmonica is loud"))

    assert covered is not None
    assert covered.covered
    assert open_ is not None
    assert not open_.covered


def said(text: str, home: str) -> Comment:
    comment = read(text, home, builtin())
    assert comment is not None
    return comment


def test_german_nouns_keep_their_capital_and_shouting_has_none():
    written = spellings([said("Der neue AUTOMAT und der Kaffee sind laut, laut, laut", "de")])

    assert written["kaffee"] == "Kaffee"
    assert written["automat"] == "automat"
    assert written["laut"] == "laut"


def test_an_english_word_with_a_capital_inside_a_sentence_is_a_name_and_has_no_spelling():
    written = spellings([said("Coffee is what they all ask Zwyssig about", "en")])

    assert "zwyssig" not in written
    assert written["coffee"] == "coffee"


@given(st.text(max_size=3000))
def test_reading_never_fails_and_a_term_is_one_or_two_plain_words(text: str):
    for term in terms(text):
        words = term.split(" ")
        assert 1 <= len(words) <= 2
        assert all(3 <= len(word) <= 30 and not any(map(str.isdigit, word)) for word in words)


@pytest.mark.parametrize(
    "hostile", ["a" * 2000, "a-" * 1000, "@" * 2000, "‹" * 2000, "a1" * 1000, ".-@" * 666]
)
def test_no_text_makes_reading_slow(hostile: str):
    read("warm up the identifier of languages, please", "en", builtin())
    began = time.perf_counter()

    read(hostile, "en", builtin())

    assert time.perf_counter() - began < 1
