"""What is typed in Teams, as it was meant."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.commands import READ, Line, line

Json = dict[str, Any]

BOT = {"id": "28:app", "name": "Rapport"}
LENA = {"id": "29:lena", "name": "Lena"}
QUOTE = (
    '<blockquote itemscope="" itemtype="http://schema.skype.com/Reply" itemid="1795676400000">'
    '<strong itemid="28:app">Rapport</strong><p>Collect your laptop</p></blockquote>'
)


def mention(who: Json, text: str) -> Json:
    return {"type": "mention", "mentioned": who, "text": text}


def typed(text: Any, **more: Any) -> Json:
    return {"type": "message", "text": text, "recipient": BOT, **more}


def mentioning(text: str) -> Json:
    return typed(text, entities=[mention(BOT, "<at>Rapport</at>")])


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("roi-report", ("roi-report", "")),
        ("/roi-report", ("roi-report", "")),
        ("roi report Support", ("roi-report", "Support")),
        ("/ROI‑Report\u00a0Support\n", ("roi-report", "Support")),
        ("rapport pulse", ("pulse", "")),
        ("/rapport roi report Support", ("roi-report", "Support")),
        ("home", ("home", "")),
        ("Help", ("help", "")),
        ("Hilfe!", ("help", "")),
        ("<p>help</p>", ("help", "")),
        ("results R&amp;D", ("results", "R&D")),
        ("Hello", ("", "")),
        ("Hallo", ("", "")),
        ("help me please", ("", "")),
    ],
)
@pytest.mark.parametrize(
    "mentioned", ["", "<at>Rapport</at>", "<at>Rapport</at>&nbsp;", "<at>Rapport</at>\r\n"]
)
def test_a_command_is_understood_with_and_without_slash_and_mention(said, meant, mentioned):
    assert line(mentioning(mentioned + said)).command() == meant


@pytest.mark.parametrize("said", ["roi-report Support", "/roi-report Support", " roi report Support "])
def test_a_slash_command_comes_as_its_title_and_may_be_followed_by_anything(said):
    read = line(typed(said, recipient=BOT | {"isTargeted": True}))

    assert read.command() == ("roi-report", "Support")
    assert read.to_us


def test_a_slash_command_that_takes_no_argument_is_meant_whatever_follows():
    assert line(typed("pause please", recipient=BOT | {"isTargeted": True})).command() == ("pause", "please")


@pytest.mark.parametrize("flag", [None, False, "true", 1, {}])
def test_only_teams_itself_says_that_a_message_is_targeted(flag):
    read = line(typed("thanks", recipient=BOT | {"isTargeted": flag}))

    assert (read.text, read.to_us) == ("thanks", False)


@pytest.mark.parametrize("said", ["<at>Rapport</at>", " <at>Rapport</at>&nbsp;\n"])
def test_a_mention_that_says_nothing_asks_what_we_can_do(said):
    assert line(mentioning(said)).command() == ("help", "")


def test_a_mention_of_somebody_else_is_part_of_the_line_and_does_not_mean_us():
    read = line(typed("<at>Lena</at> likes it", entities=[mention(LENA, "<at>Lena</at>")]))

    assert read == Line("Lena likes it", to_us=False)


def test_a_line_stays_as_it_was_typed_but_for_its_ends():
    assert line(typed("  two  blanks\nand a < b &lt; c ")).text == "two  blanks\nand a < b < c"


@pytest.mark.parametrize("text", [None, 3, {}, ["help"], True])
def test_a_text_that_is_none_is_an_empty_line(text):
    assert line(typed(text)) == Line("")


# --- quotations --------------------------------------------------------------------------------------------


def test_a_quoted_message_is_named_and_what_it_said_is_no_part_of_the_line():
    rich = {"contentType": "text/html", "content": QUOTE + "<p>it is <b>done</b></p>"}
    read = line(typed("Rapport\r\nCollect your laptop\r\nit is done", attachments=[rich]))

    assert (read.quoted, read.text) == ("1795676400000", "it is done")


def test_a_quotation_in_a_channel_keeps_its_command_free_of_the_mention():
    said = (
        '<p><span itemtype="http://schema.skype.com/Mention" itemscope itemid="0">Rapport</span> results</p>'
    )
    rich = {"contentType": "text/html", "content": QUOTE + said}
    asked = typed("…", attachments=[rich], entities=[mention(BOT, "<at>Rapport</at>")])

    assert line(asked).command() == ("results", "")


def test_a_quoted_message_is_named_by_an_entity_too():
    entity = {"type": "quotedReply", "quotedReply": {"messageId": "1795676400000", "preview": "Collect"}}
    read = line(typed('<quoted messageId="1795676400000"/> it is done', entities=[entity]))

    assert (read.quoted, read.text) == ("1795676400000", "it is done")


@pytest.mark.parametrize("named", ["", "a b", "../1", "1" * 600, 7, None])
def test_a_quotation_that_names_no_message_is_of_none(named):
    entity = {"type": "quotedReply", "quotedReply": {"messageId": named}}

    assert line(typed("done", entities=[entity])).quoted == ""


@pytest.mark.parametrize(
    "content",
    [
        "<blockquote>an ordinary quotation</blockquote><p>done</p>",
        QUOTE.replace("</blockquote>", "") + "<p>done</p>",
        "</blockquote>" + QUOTE.replace("</blockquote>", ""),
    ],
)
def test_a_quotation_that_is_none_of_teams_leaves_the_text(content):
    read = line(typed("done", attachments=[{"contentType": "text/html", "content": content}]))

    assert read == Line("done")


# --- whatever the shape ------------------------------------------------------------------------------------

ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "text", "id", "mentioned", "content", "quotedReply"]), inner, max_size=3
        )
    ),
    max_leaves=8,
)


@given(
    st.fixed_dictionaries({}, optional=dict.fromkeys(("text", "recipient", "entities", "attachments"), ODD))
)
def test_no_shape_of_any_part_is_too_much(activity):
    assert isinstance(line(activity), Line)


@pytest.mark.parametrize("piece", ["<blockquote", "<span itemid", "<quoted ", "<at>", "&", "</p", "<p <p"])
def test_a_megabyte_is_read_in_no_time(piece):
    rich = {"contentType": "text/html", "content": QUOTE + piece * (1_000_000 // len(piece))}
    read = line(typed(piece * (1_000_000 // len(piece)), attachments=[rich]))

    assert len(read.text) <= 2 * READ
