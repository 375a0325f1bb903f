import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapters.teams.text import BLANK, block, line, literal, plain
from bot.talk.inert import BIDI_CONTROLS
from tests.adapters.teams.strategies import NASTY

JOINER = "\u2060"
ALIKE = str.maketrans({"∗": "*", "∼": "~", "ˋ": "`", "∖": "\\", "ˍ": "_", JOINER: None})
LETTERS = st.text(st.sampled_from("ab1 \n*_~`[](){}<>&;:!#-+.\\|=/\t\"'"), max_size=40)
texts = st.one_of(st.text(), LETTERS, st.lists(st.sampled_from(NASTY)).map("".join))


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("**x**", "∗∗x∗∗"),
        ("_x_ and snake_case", "ˍxˍ and snake_case"),
        ("~~x~~ `y`", "∼∼x∼∼ ˋyˋ"),
        ("[a](http://evil)", f"[a]{JOINER}(http://evil)"),
        ("<at>all</at>", f"<{JOINER}at>all<{JOINER}/at>"),
        ("5 < 7 & 8 > 6", "5 < 7 & 8 > 6"),
        ("&lt;b", f"&{JOINER}lt;b"),
        ("{{DATE(2017-02-14T06:00:00Z)}}", f"{{{JOINER}{{DATE(2017-02-14T06:00:00Z)}}}}"),
        ("3. Quartal", f"3{JOINER}. Quartal"),
        ("1.5 points", "1.5 points"),
        ("-5 to +6", "-5 to +6"),
        ("−€8,000 to +€31,000", f"−{JOINER}€8,000 to +{JOINER}€31,000"),
        ("- a\n- b", f"{JOINER}- a\n\n{JOINER}- b"),
        ("# a", f"{JOINER}# a"),
        ("C:\\x", "C:∖x"),
        ("one\n\n\n  two  ", "one\n\ntwo"),
        ("\u202eabc\u202c", "abc"),
        ("https://r.example/a_b", "https://r.example/a_b"),
    ],
)
def test_a_name_that_looks_like_markup_is_shown_and_does_nothing(written: str, sent: str):
    assert literal(written) == sent


@given(texts, st.integers(1, 300))
def test_an_outside_reader_of_markdown_finds_only_paragraphs_of_the_very_text(text: str, limit: int):
    sent = literal(text, limit)
    tokens = MarkdownIt().enable(["table", "strikethrough"]).parse(sent)

    assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
    pieces = [child for token in tokens for child in token.children or ()]
    assert {child.type for child in pieces} <= {"text"}
    assert "".join(child.content for child in pieces) == "".join(sent.split("\n\n"))


@given(texts)
def test_what_is_shown_is_what_was_written_line_by_line(text: str):
    shown = [inline.translate(ALIKE) for inline in literal(text, 100_000).split("\n\n")]
    written = [inline.translate(ALIKE).strip() for inline in plain(text, 100_000).split("\n")]

    assert [" ".join(part.split()) for part in shown if part] == [
        " ".join(part.split()) for part in written if part
    ]


@given(texts, st.integers(1, 300))
def test_no_text_is_computed_turned_around_or_too_long(text: str, limit: int):
    for shown in (plain(text, limit), line(text, limit), literal(text, limit)):
        assert len(shown) <= limit
        assert "{{" not in shown
        assert shown.encode().decode() == shown
        assert not (BIDI_CONTROLS - {"\u2068", "\u2069"}) & set(shown)
        assert all(c == "\n" or unicodedata.category(c) not in {"Cc", "Cs"} for c in shown)


@pytest.mark.parametrize("text", ["", " \n ", "\u200b", "\u2068\u2069", "\x00"])
def test_nothing_to_see_is_an_empty_text_and_has_a_stand_in_where_teams_demands_one(text: str):
    assert plain(text, 10) == line(text, 10) == literal(text) == ""
    assert block(text) == {"type": "TextBlock", "text": BLANK, "wrap": True}


def test_one_line_is_one_line():
    assert line("a\n b\tc\u2028d", 20) == "a b c d"
