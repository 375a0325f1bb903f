import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.talk.inert import BIDI_CONTROLS, inert, visible

OVERRIDE, POP, ISOLATE, END = "\u202e", "\u202c", "\u2068", "\u2069"


def test_a_direction_override_in_a_name_is_removed():
    assert inert(f"Ana{OVERRIDE}ziuR{POP}", 80) == "AnaziuR"


def test_a_right_to_left_name_is_isolated_from_the_sentence():
    assert inert("רות כהן", 80) == f"{ISOLATE}רות כהן{END}"
    assert inert("ليلى", 80) == f"{ISOLATE}ليلى{END}"


def test_control_characters_and_line_breaks_cannot_start_a_line_of_their_own():
    assert inert("Ana\x00\x1b[31m\r\nHR: approved", 80) == "Ana[31m  HR: approved"


def test_an_umlaut_is_not_cut_in_two():
    assert inert("A" * 78 + "u\u0308bel", 80) == "A" * 78 + "…"


@given(st.text(max_size=400), st.integers(2, 100))
def test_inert_text_is_short_on_one_line_and_without_direction_controls_of_its_own(text: str, limit: int):
    shown = inert(text, limit)
    inside = shown.removeprefix(ISOLATE).removesuffix(END)

    assert len(inside) <= limit
    assert not BIDI_CONTROLS & set(inside)
    assert not any(unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"} for character in shown)
    assert shown.startswith(ISOLATE) == shown.endswith(END)


@given(st.text(st.characters(categories=("L", "N", "P")), max_size=50))
def test_an_ordinary_name_stays_as_it_is(name: str):
    assert inert(name, 80).strip(ISOLATE + END) == name


def test_a_megabyte_of_text_costs_no_more_than_its_beginning():
    assert inert("x" * 1_000_000, 80) == "x" * 79 + "…"


def test_of_a_longer_text_lines_and_isolated_names_stay_and_what_cannot_be_seen_goes():
    assert visible("\u202eabc\u202c", 100) == "abc"
    assert visible("a\x00\x1bb\tc\u2028d\ne", 100) == "ab c d\ne"
    assert visible(f"by {inert('רות', 80)}", 100) == f"by {ISOLATE}רות{END}"


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "\u2068\u2069", "\x00", "\ud800"])
def test_a_text_of_which_nothing_can_be_seen_is_empty(text: str):
    assert visible(text, 10) == ""


@given(st.text(max_size=400), st.integers(1, 100))
def test_a_visible_text_turns_nothing_around_can_be_sent_and_is_enough_for_its_limit(text: str, limit: int):
    shown = visible(text, limit)

    assert not (BIDI_CONTROLS - {ISOLATE, END}) & set(shown)
    assert all(c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"} for c in shown)
    assert shown.encode().decode() == shown
    assert visible(shown, limit) == shown[: 4 * limit + 64].strip()


def test_of_a_megabyte_only_as_much_is_looked_at_as_can_be_needed():
    assert len(visible("x" * 1_000_000, 80)) < 1_000
