import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from surveys.errors import InvalidAnswer
from surveys.questions import read
from surveys.questions.text import clean
from tests.surveys.strategies import TEXT, question

hostile = st.text(
    st.sampled_from(
        "ab \t\n\r\x00\x07\x0b\x1f\x7f\x85\u200f\u202a\u202e\u2028\u2066\u2069\ud800\udfff\u061cé"
    )
)


@given(hostile | st.text(st.characters()))
def test_cleaned_text_holds_nothing_that_damages_storage_or_misleads_a_reader(raw: str) -> None:
    text = clean(raw)

    text.encode("utf-8")
    assert not set(text) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
    assert all(unicodedata.category(character) != "Cc" or character in "\n\t" for character in text)
    assert clean(text) == text


@given(st.text(st.characters(exclude_categories=["C", "Z"])))
def test_plain_text_is_left_as_it_is(raw: str) -> None:
    assert clean(raw) == raw


def test_right_to_left_writing_keeps_its_marks() -> None:
    assert read(TEXT, "שלום\u200f (a)\u061c") == "שלום\u200f (a)\u061c"


def test_emoji_joined_from_several_characters_stay_whole() -> None:
    assert read(TEXT, "👩\u200d💻 ok") == "👩\u200d💻 ok"


def test_markup_is_kept_as_written_for_the_platform_to_make_inert() -> None:
    assert read(TEXT, "<!channel> *b* <script>") == "<!channel> *b* <script>"


def test_every_kind_of_line_end_becomes_one_newline() -> None:
    assert clean("a\r\nb\rc\u2028d\x85e") == "a\nb\nc\nd\ne"


@pytest.mark.parametrize("raw", ["\x00" * 1_000_000, "\u200b\u200e", "\u202e\u2066", "\ufeff", " \x07 "])
def test_text_in_which_nothing_can_be_seen_is_skipped(raw: str) -> None:
    assert read(TEXT, raw) is None


def test_the_limit_counts_what_is_kept() -> None:
    assert read(TEXT, "\x00" * 50 + "a" * 100 + "  ") == "a" * 100
    with pytest.raises(InvalidAnswer) as refusal:
        read(TEXT, "a" * 101)

    assert (refusal.value.key, refusal.value.values) == ("answer.too_long", {"limit": 100})


def test_without_a_limit_of_its_own_2000_characters_are_the_limit() -> None:
    free = question("text")

    assert read(free, "a" * 2000) == "a" * 2000
    with pytest.raises(InvalidAnswer, match=r"'limit': 2000"):
        read(free, "a" * 2001)


@pytest.mark.parametrize("awkward", ["\ud800a", "\r", "\u202e", "\r\n\x00", "e\u0301\u0316"])
def test_a_megabyte_of_awkward_characters_is_cleaned_in_linear_time(awkward: str) -> None:
    started = time.process_time()
    clean(awkward * (1_000_000 // len(awkward)))

    assert time.process_time() - started < 2
