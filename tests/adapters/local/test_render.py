import json
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.render import fields, offers, rendered, spoken
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Note, Table, Text
from bot.talk.language import words
from surveys.formats import Choice, Option
from tests.adapters.local import cards

GOLDEN = Path(__file__).parent / "golden"
EN, DE = words("en"), words("de")

SAMPLES = {
    "everything": cards.everything(),
    "invitation": cards.invitation(),
    "form": cards.form(),
    "receipt": cards.receipt(),
    "report": cards.report(),
    "refusal": cards.refusal(),
    "hostile": cards.hostile(),
}

token = st.text("abc.:/ %é<", max_size=6)
actions = st.builds(Action, token, token, token)
buttons = st.builds(Buttons, st.lists(st.builds(Button, st.text(max_size=5), actions), max_size=3).map(tuple))
options = st.lists(st.builds(Option, token, st.text(max_size=5)), min_size=1, max_size=4).map(tuple)
asks = st.builds(
    Ask, key=token, stem=st.text(max_size=9), response=st.builds(Choice, options), tap=st.none() | actions
)
elements = st.one_of(st.builds(Text, st.text()), st.builds(Note, st.text()), buttons, asks)
any_card = st.builds(Card, st.text(), st.lists(elements, max_size=5).map(tuple), st.text(), st.none())


@pytest.mark.parametrize("name", SAMPLES)
def test_a_card_looks_as_its_golden_file_says(name: str):
    file = GOLDEN / f"{name}.json"
    text = json.dumps(rendered(SAMPLES[name], EN), ensure_ascii=False, indent=1) + "\n"
    if os.environ.get("RAPPORT_GOLDEN") == "write":
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")

    assert text == file.read_text("utf-8")


def test_the_golden_files_show_every_element_and_format():
    shown = rendered(cards.everything(), EN)

    kinds = {element["kind"] for element in shown["elements"]}
    formats = {e["response"]["format"] for e in shown["elements"] if e["kind"] == "ask"}

    assert kinds == {"text", "facts", "ask", "buttons", "chart", "table", "note"}
    assert formats == {"scale", "choice", "text"}


@given(any_card)
def test_what_a_rendered_card_offers_is_what_the_card_offers(card: Card):
    assert offers(rendered(card, EN)) == {action.encode() for action in card.actions()}


@given(any_card)
def test_only_questions_that_are_not_tapped_are_fields(card: Card):
    asked = {e.key for e in card.elements if isinstance(e, Ask) and e.tap is None}

    assert fields(rendered(card, EN)) == asked


@given(st.text())
def test_words_pass_unchanged_whatever_they_look_like(body: str):
    card = Card(body, (Text(body), Table(body, (body,), ((body,),))), body)

    shown = json.loads(json.dumps(rendered(card, EN)))

    assert shown["elements"][0]["body"] == shown["title"] == shown["elements"][1]["rows"][0][0] == body
    assert spoken(body)["fallback"] == body


def test_a_chart_brings_its_table_in_the_readers_language():
    english, german = (rendered(cards.report(), w)["elements"][2]["table"] for w in (EN, DE))

    assert english["rows"][0] == ["Dec 2025", "61 (55 to 66)", "63 (61 to 65)"]
    assert english["rows"][8][1] == "not shown"
    assert german["rows"][0][1] == "61 (55 bis 66)"
    assert german["rows"][8][1] == "nicht angezeigt"
    assert english["rows"][5][0] == "May · ticket routing starts"


def test_a_gap_in_a_chart_is_nothing_not_zero():
    points = rendered(cards.report(), EN)["elements"][2]["series"][0]["points"]

    assert points[8] is None
    assert points[0] == {"value": 61, "low": 55, "high": 66}


def test_a_button_with_an_address_carries_it_and_no_other_button_does():
    pair = Buttons((Button("Open", Action("open"), link="https://r.example/1"), Button("Go", Action("go"))))
    shown = rendered(Card("Title", (pair,), "Go on."), EN)

    assert [item.get("link") for item in shown["elements"][0]["items"]] == ["https://r.example/1", None]
