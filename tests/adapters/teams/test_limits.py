import json

from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.limits import cut, size


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"])), st.integers(1, 60))
def test_a_cut_text_fits_in_characters_and_in_json(text: str, limit: int):
    short = cut(text, limit)

    assert len(short) <= limit
    assert short.isascii() or len(json.dumps(short)) - 2 <= 3 * max(limit, 4)
    assert short == text or (short.endswith("…") and text.startswith(short.removesuffix("…")))


def test_what_fits_is_not_cut():
    assert cut("four", 4) == "four"
    assert cut("fourteen", 5) == "four…"
    assert cut("größer", 6) == "größer"


def test_letters_that_take_much_room_are_fewer():
    assert len(cut("😀" * 100, 100)) == 25
    assert len(cut("語" * 100, 100)) == 50


@given(
    st.recursive(st.text() | st.integers(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner))
)
def test_the_size_is_that_of_the_json_in_utf16(part: object):
    assert size(part) == len(json.dumps(part).encode("utf-16-le"))
