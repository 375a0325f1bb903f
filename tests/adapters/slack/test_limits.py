import pytest
from hypothesis import given
from hypothesis import strategies as st
from slackblocks import _limits as theirs

from adapters.slack import limits
from adapters.slack.limits import cut, length

SAME = {
    "MESSAGE_BLOCKS": "MESSAGE_BLOCKS_MAX_ITEMS",
    "VIEW_BLOCKS": "VIEW_BLOCKS_MAX_ITEMS",
    "HEADER": "HEADER_TEXT_MAX_LENGTH",
    "SECTION": "SECTION_TEXT_MAX_LENGTH",
    "FIELDS": "SECTION_FIELDS_MAX_ITEMS",
    "FIELD": "SECTION_FIELDS_ITEM_MAX_LENGTH",
    "ACTIONS": "ACTIONS_ELEMENTS_MAX_ITEMS",
    "CONTEXT": "CONTEXT_ELEMENTS_MAX_ITEMS",
    "INPUT_LABEL": "INPUT_LABEL_MAX_LENGTH",
    "INPUT_HINT": "INPUT_HINT_MAX_LENGTH",
    "IDENTIFIER": "ACTION_ID_MAX_LENGTH",
    "BUTTON_TEXT": "BUTTON_TEXT_MAX_LENGTH",
    "BUTTON_VALUE": "BUTTON_VALUE_MAX_LENGTH",
    "BUTTON_SPOKEN": "BUTTON_ACCESSIBILITY_LABEL_MAX_LENGTH",
    "CONFIRM_TITLE": "CONFIRMATION_TITLE_MAX_LENGTH",
    "CONFIRM_TEXT": "CONFIRMATION_TEXT_MAX_LENGTH",
    "CONFIRM_BUTTON": "CONFIRMATION_CONFIRM_MAX_LENGTH",
    "OPTION_TEXT": "OPTION_TEXT_MAX_LENGTH",
    "RADIO_OPTIONS": "RADIO_BUTTONS_OPTIONS_MAX_ITEMS",
    "SELECT_OPTIONS": "SELECT_OPTIONS_MAX_ITEMS",
    "SELECT_GROUPS": "SELECT_OPTION_GROUPS_MAX_ITEMS",
    "PLAIN_INPUT": "PLAIN_TEXT_INPUT_MAX_LENGTH_MAX",
    "VIEW_TITLE": "VIEW_TITLE_MAX_LENGTH",
    "VIEW_BUTTON": "VIEW_SUBMIT_MAX_LENGTH",
    "PRIVATE_METADATA": "VIEW_PRIVATE_METADATA_MAX_LENGTH",
    "TABLE_COLUMNS": "DATA_TABLE_COLUMNS_MAX_ITEMS",
    "TABLE_PAGE": "DATA_TABLE_PAGE_SIZE_MAX",
    "TABLE_CHARACTERS": "DATA_TABLE_TOTAL_CONTENT_MAX_LENGTH",
    "CHARTS": "MESSAGE_DATA_VISUALIZATIONS_MAX_ITEMS",
    "CHART_TITLE": "DATA_VISUALIZATION_TITLE_MAX_LENGTH",
    "CHART_AXIS": "DATA_VISUALIZATION_AXIS_LABEL_MAX_LENGTH",
    "CHART_LABEL": "DATA_VISUALIZATION_CATEGORY_LABEL_MAX_LENGTH",
    "CHART_CATEGORIES": "DATA_VISUALIZATION_CATEGORIES_MAX_ITEMS",
}
SMALLER = {
    "OPTION_VALUE": "OPTION_VALUE_MAX_LENGTH",
    "CHART_SERIES": "DATA_VISUALIZATION_SERIES_MAX_ITEMS",
    "TABLE_ROWS": "DATA_TABLE_ROWS_MAX_ITEMS",
}
ESCAPES = ("&amp;", "&lt;", "&gt;")


@pytest.mark.parametrize("ours", SAME)
def test_our_limits_are_those_that_others_read_in_the_documentation(ours: str):
    assert getattr(limits, ours) == getattr(theirs, SAME[ours])


@pytest.mark.parametrize("ours", SMALLER)
def test_where_sources_disagree_ours_is_the_smaller_number(ours: str):
    assert getattr(limits, ours) < getattr(theirs, SMALLER[ours])


def test_what_fits_is_not_cut():
    assert cut("four", 4) == "four"
    assert cut("fourteen", 5) == "four…"


def test_a_sign_beyond_the_first_plane_counts_twice():
    assert length("a😀") == 3
    assert cut("😀😀", 4) == "😀😀"
    assert cut("😀😀😀", 5) == "😀😀…"
    assert cut("😀😀😀", 4) == "😀…"


@pytest.mark.parametrize("limit", range(1, 12))
def test_an_escape_is_never_cut_in_two(limit: int):
    whole = cut("a&amp;b&lt;c", limit)

    assert whole in {"…", "a…", "a&amp;…", "a&amp;b…", "a&amp;b&lt;c"}
    assert length(whole) <= limit


def test_an_accent_and_a_joined_emoji_stay_whole():
    family = "👩‍👩‍👧"

    assert cut("ae\u0301e\u0301", 4) == "ae\u0301…"
    assert cut("ae\u0301e\u0301", 3) == "a…"
    assert cut(f"a{family}{family}", 10) == f"a{family}…"
    assert cut(f"a{family}{family}", 9) == "a…"
    assert cut("👍🏽👍🏽", 4) == "…"


@given(st.lists(st.sampled_from([*ESCAPES, "a", " ", "e\u0301", "😀", "\u200d", "&"])), st.integers(1, 40))
def test_a_cut_text_fits_and_is_a_beginning_of_the_whole(pieces: list[str], limit: int):
    text = "".join(pieces)
    short = cut(text, limit)

    assert length(short) <= limit
    assert short == text or (short.endswith("…") and text.startswith(short.removesuffix("…")))


@given(st.text(), st.integers(1, 40))
def test_cutting_twice_changes_nothing(text: str, limit: int):
    assert cut(cut(text, limit), limit) == cut(text, limit)


def test_a_megabyte_is_cut_from_its_beginning():
    assert cut("x" * 1_000_000, 10) == "x" * 9 + "…"
