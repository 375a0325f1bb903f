import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from bot.talk.inert import BIDI_CONTROLS, inert

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
