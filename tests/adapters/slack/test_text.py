import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.limits import length
from adapters.slack.text import BLANK, mrkdwn, plain, plain_text, rich
from bot.talk.inert import BIDI_CONTROLS
from tests.adapters.slack.strategies import NASTY
from tests.platforms.slack.blocks import MARKUP

JOINER = "\u2060"
ACTIVE = re.compile(r"[<>*~`]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])|&(?!(?:amp|lt|gt);)|^\s*&gt;", re.MULTILINE)
BROADCAST = re.compile(r"@(here|channel|everyone|group)\b", re.IGNORECASE)


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("<!channel>", "&lt;!channel&gt;"),
        ("<@U123>", "&lt;@\u2060U123&gt;"),
        ("<https://x|y>", "&lt;https://x|y&gt;"),
        ("R&D", "R&amp;D"),
        ("&lt;", "&amp;lt;"),
        ("*bold*", "∗bold∗"),
        ("_x_", "ˍxˍ"),
        ("~x~", "∼x∼"),
        ("`x`", "ˋxˋ"),
        ("snake_case", "snake_case"),
        ("@here", f"@{JOINER}here"),
        ("to @Channel.", f"to @{JOINER}Channel."),
        ("ana@example.com", "ana@example.com"),
        ("> quoted", "› quoted"),
        ("a\n >quoted", "a\n ›quoted"),
        ("5 > 4", "5 &gt; 4"),
        (":poop:", f":{JOINER}poop:"),
        ("09:30", "09:30"),
        ("\u202eabc\u202c", "abc"),
        ("a\x00\x1bb\tc\u2028d", "ab c d"),
    ],
)
def test_a_name_that_looks_like_markup_is_shown_and_does_nothing(written: str, sent: str):
    assert mrkdwn(written) == sent


@given(st.one_of(st.text(), st.lists(st.sampled_from(NASTY[:24])).map("".join)), st.integers(1, 300))
def test_no_markup_survives_in_a_text_that_slack_parses(text: str, limit: int):
    sent = mrkdwn(text, limit)

    assert length(sent) <= limit
    assert not ACTIVE.search(sent)
    assert not BROADCAST.search(sent)
    assert not MARKUP.search(sent)


@given(st.one_of(st.text(), st.sampled_from(NASTY)), st.integers(1, 300))
def test_a_plain_text_fits_is_utf8_and_turns_nothing_around(text: str, limit: int):
    shown = plain(text, limit)

    assert length(shown) <= limit
    assert shown.encode().decode() == shown
    assert not (BIDI_CONTROLS - {"\u2068", "\u2069"}) & set(shown)
    assert all(c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"} for c in shown)


def test_a_plain_text_keeps_what_slack_does_not_parse():
    assert plain("<!channel> *x* & :poop:\nnext", 100) == "<!channel> *x* & :poop:\nnext"


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "\u2068\u2069", "\x00"])
def test_nothing_to_see_is_an_empty_text_and_has_a_stand_in_where_slack_demands_one(text: str):
    assert plain(text, 10) == mrkdwn(text) == ""
    assert plain_text(text, 10)["text"] == rich(text)["text"] == BLANK


def test_slack_is_told_not_to_turn_letters_into_emoji():
    assert plain_text(":poop:", 75) == {"type": "plain_text", "text": ":poop:", "emoji": False}


def test_rich_text_has_its_looks_beside_it():
    assert rich("*x*", bold=True) == {"type": "text", "text": "*x*", "style": {"bold": True}}
