"""A form travels with what it sends, comes back as it was, and as nothing else."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.forms import FORM, LONGEST, OWN, carrying, complained, decode, encode
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Chart, Fact, Facts, Note, Table, Text
from surveys.formats import Choice, FreeText, Option, Scale
from tests.adapters.slack.strategies import cards

POINTS = tuple(Option(str(n), str(n)) for n in range(1, 6))
FORM_CARD = Card(
    "Three questions",
    (
        Text("Open until Friday.", lead=True),
        Facts((Fact("Survey", "Pulse", "weekly"),)),
        Ask("rating", "How was it?", Scale(POINTS, "bad", "good"), value="2"),
        Ask("topic", "About what?", Choice((Option("tools", "Tools"), Option("pay", "Pay")))),
        Ask("comment", "Anything else?", FreeText(500), hint="Nobody reads along."),
        Note("Stored without your name."),
        Buttons((Button("Not now", Action("skip", "12"), "danger", "https://rapport.example"),)),
    ),
    "A form with three questions.",
    Button("Send", Action("save", "12/x:y"), "primary"),
    "de-DE",
)
VALUES = {"rating": "4", "comment": "more light"}


def test_a_form_comes_back_as_it_was():
    assert decode(encode(FORM_CARD)) == FORM_CARD


@given(cards)
def test_any_form_that_travels_comes_back_without_its_pictures(card: Card):
    form = replace(card, submit=card.submit or Button("Send", Action("save"), "primary"))
    kept = tuple(each for each in form.elements if not isinstance(each, Chart | Table))
    formats = [each.response for each in form.elements if isinstance(each, Ask)]
    absurd = any(isinstance(each, FreeText) and each.limit < 1 for each in formats)
    text = encode(form)

    assert len(text) <= LONGEST
    assert text == "" or decode(text) == (None if absurd else replace(form, elements=kept))


def test_what_is_no_form_and_what_is_too_long_does_not_travel():
    long = replace(FORM_CARD, elements=(Text("x" * LONGEST),))

    assert encode(replace(FORM_CARD, submit=None)) == encode(long) == ""
    assert decode(encode(long)) is None


@pytest.mark.parametrize(
    "text",
    [
        None,
        7,
        {},
        "",
        "{}",
        "[]",
        "null",
        "[" * 5000,
        '["t", [], "f", ["Send","save::","primary"], "en"]',
        '["t", [], "f", ["Send","save","primary",""], "en"]',
        '["t", [], "f", ["Send","save::","huge",""], "en"]',
        '["t", [["html","<b>"]], "f", ["Send","save::","primary",""], "en"]',
        '["t", [["text","x",1]], "f", ["Send","save::","primary",""], "en"]',
        '["t", [["ask","k","s",["free",0],"","",""]], "f", ["Send","save::","primary",""], "en"]',
        '["t", [["ask","k","s",["free",1e99],"","",""]], "f", ["Send","save::","primary",""], "en"]',
        '["t", [["ask","k","s",["choice",[["a"]]],"","",""]], "f", ["Send","save::","primary",""], "en"]',
    ],
)
def test_anything_else_is_no_form(text):
    assert decode(text) is None


NODES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["text", "ask", "free", "save::", "x"]),
    lambda inner: st.lists(inner, max_size=7),
    max_leaves=20,
)


@given(st.one_of(st.text(), NODES.map(json.dumps)))
def test_no_text_is_too_much(text: str):
    assert decode(text) is None or isinstance(decode(text), Card)


# --- what is shown again -----------------------------------------------------------------------------------


def test_a_complaint_stands_under_its_field_and_what_was_filled_in_stays():
    again = complained(FORM_CARD, VALUES, {"comment": "Please write less.", "rating": "Please choose one."})

    fields = {element.key: element.value for element in again.elements if isinstance(element, Ask)}
    assert fields == {"rating": "4", "topic": "", "comment": "more light"}
    assert [type(each).__name__ for each in again.elements] == [
        "Text", "Facts", "Ask", "Text", "Ask", "Ask", "Text", "Note", "Buttons",
    ]  # fmt: skip
    assert again.elements[3] == Text("Please choose one.", lead=True)
    assert again.elements[6] == Text("Please write less.", lead=True)
    assert (again.fallback, again.submit) == ("Please write less. Please choose one.", FORM_CARD.submit)


def test_a_complaint_about_no_field_stands_on_top_and_none_is_lost():
    again = complained(FORM_CARD, {}, {"code": "That is not the code."})

    assert again.elements[0] == Text("That is not the code.", lead=True)
    assert len(again.elements) == len(FORM_CARD.elements) + 1


# --- what carries it ---------------------------------------------------------------------------------------


def button(token: str, **more: object) -> dict[str, object]:
    return {"type": "Action.Execute", "data": {"rapport": token}, **more}


def test_only_the_button_that_sends_the_form_carries_it_and_so_does_its_fallback():
    sends = FORM_CARD.submit.action.encode() if FORM_CARD.submit else ""
    drawn = {"body": [{"actions": [button("skip:12:")]}], "actions": [button(sends, fallback=button(sends))]}

    shown = carrying(drawn, FORM_CARD, own=True)

    carried = {"rapport": sends, FORM: encode(FORM_CARD), OWN: "1"}
    assert shown["body"] == drawn["body"]
    assert shown["actions"][0]["data"] == shown["actions"][0]["fallback"]["data"] == carried
    assert drawn["actions"] == [button(sends, fallback=button(sends))]


def test_a_card_that_is_no_form_carries_nothing():
    drawn = {"actions": [button("skip:12:")]}

    assert carrying(drawn, replace(FORM_CARD, submit=None), own=True) is drawn
