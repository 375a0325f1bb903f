import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textblob import TextBlob

from analytics.text.emoji import SHORTCODES, WORDS
from analytics.text.normalise import LIMIT, clean, composed, normalise, spell_out

typed = st.text(
    st.characters() | st.sampled_from(" :+1tadhert_e'’nN\u0301\u200d\ufe0f👍❤🏽\x07\n"), max_size=80
)


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        ("It isn’t great", "It is not great"),
        ("It isn`t great", "It is not great"),
        ("I CAN'T, I won't, we shan't", "I can not, I will not, we shall not"),
        ("that cannot be; it doesnt work", "that can not be; it does not work"),
        ("“good” „gut“ «bien»", '"good" "gut" "bien"'),
        ("well done :tada:", "well done great"),
        (":+1::skin-tone-3:", "good"),
        ("👍🏽", "good"),
        ("❤️", "love"),
        ("our :parrot: dances", "our :parrot: dances"),
        ("meet at 10:30:15", "meet at 10:30:15"),
        ("sooooooo good!!!!!!", "sooo good!!!"),
        ("two\nlines\tand\x00more", "two lines and more"),
        ("Cafe\u0301", "Café"),
        ("a\u202eb\u200bc\ufeff", "abc"),
        ("half a pair \ud83d", "half a pair"),
    ],
)
def test_a_reply_becomes_words_that_a_lexicon_can_read(raw: str, read: str):
    assert normalise(raw) == read


@pytest.mark.parametrize("raw", ["I want a rent", "front desk", "parents", "cannon", "wo n't"])
def test_words_that_only_look_like_contractions_keep_their_letters(raw: str):
    assert normalise(raw) == raw


def test_cleaning_alone_keeps_emoji_and_contractions_for_people_to_read():
    assert clean("It isn’t :heart:") == "It isn't ❤"


@given(typed)
def test_cleaning_and_spelling_out_twice_change_nothing_more(raw: str):
    cleaned = clean(raw)
    assert clean(cleaned) == cleaned
    assert spell_out(spell_out(cleaned)) == spell_out(cleaned)


@given(typed)
def test_nothing_invisible_survives(raw: str):
    assert not {unicodedata.category(c) for c in clean(raw)} & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    normalise(raw).encode()


def test_only_the_first_two_thousand_characters_are_read():
    assert clean("a b " * 5_000) == ("a b " * (LIMIT // 4)).rstrip()
    assert len(normalise("👍" * 5_000)) <= LIMIT


@pytest.mark.parametrize(
    "piece",
    ["a", "👍", "isn't ", ":", ":tada:", "\u0301\u0316", "\u200d", "\x00", "'", "n't", "no ", "ﷺ", "\n"],
)
def test_a_megabyte_of_hostile_text_is_read_in_no_time(piece: str):
    hostile = piece * (1_000_000 // len(piece))
    started = time.perf_counter()
    assert len(normalise(hostile)) <= LIMIT
    assert time.perf_counter() - started < 1


def test_composing_a_megabyte_of_stacked_accents_stays_linear():
    started = time.process_time()
    composed("e" + "\u0301\u0316" * 500_000)
    assert time.process_time() - started < 10  # about a second; quadratic time would be hours


def test_every_word_for_an_emoji_is_scored_by_the_lexicon_with_the_right_sign():
    praise = {"good", "great", "happy", "love", "excellent"}
    polarity = {word: TextBlob(word).sentiment.polarity for word in WORDS.values()}
    assert {word for word, value in polarity.items() if value > 0} == praise
    assert all(value <= -0.2 for word, value in polarity.items() if word not in praise)


def test_every_emoji_of_the_tables_is_one_character_without_paint():
    for picture in [*WORDS, *SHORTCODES.values()]:
        assert len(picture) == 1
        assert clean(picture) == picture
