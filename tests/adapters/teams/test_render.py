from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from adapters.teams import limits
from adapters.teams.render import action_token, adaptive, dialog, message
from adapters.teams.text import block, line
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Chart, Fact, Facts, Note, Table, Text
from bot.talk.chart_cells import cell
from bot.talk.language import words
from surveys.formats import FreeText
from tests.adapters.local import cards
from tests.adapters.teams import strategies
from tests.adapters.teams.surfaces import surfaces
from tests.adapters.test_golden import GALLERY
from tests.platforms.teams.cards import message_problems, problems, units
from tests.platforms.teams.walk import CHARTS, dicts, inputs, oldest, parsed, pressable, texts

Json = dict[str, Any]
GO = Button("Go", Action("go"))
LEFT_OUT = ("did not fit", "keinen Platz")

anything = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def said(payload: Any) -> str:
    return "\n".join(texts(payload))


def kinds(card: Json) -> list[str]:
    return [part["type"] for part in card["body"]]


def whole(payload: Any) -> bool:
    """Whether nothing was left out of a card."""
    return not any(note in said(payload) for note in LEFT_OUT)


def offered(payload: Json) -> set[str]:
    """Return every act that can be done in a card: by a button, or picked in a menu."""
    menus = {button["data"].get("rapport.pick") for button in pressable(payload)}
    pressed = {
        button["data"]["rapport"] for button in pressable(payload) if "rapport.pick" not in button["data"]
    }
    picked = {
        choice["value"] for field in inputs(payload) if field["id"] in menus for choice in field["choices"]
    }
    return pressed | picked


@anything
@given(strategies.cards)
def test_teams_takes_any_card_on_every_surface(card: Card):
    assert message_problems(message(card)) == []
    for payload in surfaces(card):
        assert problems(payload) == []
        assert units(payload) < 90_000


@anything
@given(strategies.cards)
def test_nothing_that_somebody_wrote_is_read_as_markup(card: Card):
    reader = MarkdownIt().enable(["table", "strikethrough"])
    payload = adaptive(card)

    assert "{{" not in said(payload)
    for text in parsed(payload):
        tokens = reader.parse(text)
        inside = {child.type for token in tokens for child in token.children or ()}
        assert {token.type for token in tokens} <= {"paragraph_open", "inline", "paragraph_close"}
        assert inside <= {"text"}


@anything
@given(strategies.cards)
def test_every_button_keeps_its_act_and_none_is_invented(card: Card):
    wanted = {action.encode() for action in card.actions()}
    for payload in surfaces(card):
        assert offered(payload) <= wanted
        assert {act for act in wanted if len(act) <= limits.TOKEN} <= offered(payload) or not whole(payload)


@anything
@given(strategies.cards)
def test_what_a_button_sends_is_read_back_as_its_act(card: Card):
    for button in pressable(adaptive(card)):
        if "rapport.pick" not in button["data"]:
            assert action_token(button["data"]) == button["data"]["rapport"]


@anything
@given(st.lists(strategies.fact, max_size=20))
def test_no_fact_is_lost(facts: list[Fact]):
    payload = adaptive(Card("T", (Facts(tuple(facts)),), "F."))

    shown = [*texts(payload)]
    for fact in facts:
        for part, limit in ((fact.label, 150), (fact.value, 450), (fact.detail, 300)):
            wanted = line(part, limit)
            assert not wanted or block(wanted)["text"] in shown or not whole(payload)


@anything
@given(strategies.chart_data(strategies.short))
def test_no_figure_of_a_chart_is_lost_where_charts_or_tables_are_not_known(data: Any):
    payload = adaptive(Card("T", (Chart(data, "It rose."),), "F."))
    seen, lost = oldest(payload, CHARTS | {"Table"})
    shown = said([part for part in dicts(seen) if part.get("isVisible") is not False])
    without = said(_visible(seen))

    assert lost == []
    assert "It rose." in without
    if data.series and data.x_labels:
        for series in data.series:
            for point in series.points:
                assert cell(point, words("en")) in without
    assert shown


def _visible(part: Any) -> Any:
    """Return a card without what is hidden until somebody asks for it."""
    if isinstance(part, list):
        return [_visible(inside) for inside in part if not _hidden(inside)]
    return {name: _visible(inside) for name, inside in part.items()} if isinstance(part, dict) else part


def _hidden(part: Any) -> bool:
    return isinstance(part, dict) and part.get("isVisible") is False


# --- messages


@pytest.mark.parametrize("name", GALLERY)
def test_a_card_of_the_gallery_is_in_order_and_says_its_fallback(name: str):
    card = GALLERY[name]()
    made = message(card)
    payload = made["attachments"][0]["content"]

    assert message_problems(made) == []
    assert made["summary"] == card.fallback
    assert payload["speak"] == payload["fallbackText"] == block(card.fallback)["text"]


def test_an_invitation_tells_a_lock_screen_neither_topic_nor_question():
    made = message(cards.invitation())
    payload = made["attachments"][0]["content"]

    seen_on_lock = made["summary"] + payload["speak"] + payload["body"][0]["text"]
    assert "satisf" not in seen_on_lock.casefold()
    assert "satisfied" in said(payload).casefold()


def test_a_card_without_a_title_or_a_fallback_still_says_something():
    made = message(Card(" ", (Text("Body."),), "\u200b"))

    assert made["summary"] == "Rapport"
    assert made["attachments"][0]["content"]["body"][0]["text"] == "Rapport"


def test_a_title_is_a_heading_the_most_useful_line_stands_out_and_a_note_is_small():
    heading, lead, paragraph, note = adaptive(
        Card("T", (Text("Lead.", lead=True), Text("More."), Note("Small.")), "F.")
    )["body"]

    assert (heading["style"], heading["size"]) == ("heading", "large")
    assert (lead["size"], lead["weight"]) == ("medium", "bolder")
    assert paragraph == {"type": "TextBlock", "text": "More.", "wrap": True}
    assert (note["size"], note["isSubtle"]) == ("small", True)


@pytest.mark.parametrize(("locale", "language"), [("en", "en"), ("de-AT", "de"), ("fr", "en"), ("", "en")])
def test_a_card_names_the_language_that_it_is_in(locale: str, language: str):
    assert adaptive(Card("T", (), "F.", locale=locale))["lang"] == language


def test_elements_without_a_visible_text_leave_no_gap():
    empty = (Text(""), Note(" "), Facts(()), Buttons(()), Facts((Fact(" ", ""),)), Table("", (), ()))

    assert kinds(adaptive(Card("T", empty, "F."))) == ["TextBlock"]


def test_a_fact_is_its_name_beside_its_value_with_the_doubt_below():
    fact = Fact("Money *a* year", "−€8,000 to\n+€31,000", "5–95 % & more")
    row = adaptive(Card("T", (Facts((fact,)),), "F."))["body"][1]

    assert [[part["text"] for part in column["items"]] for column in row["columns"]] == [
        ["Money ∗a∗ year"],
        ["−\u2060€8,000 to +\u2060€31,000", "5–95 % & more"],
    ]


def test_a_long_text_is_cut_with_an_ellipsis():
    paragraph = adaptive(Card("T", (Text("word " * 2_000),), "F."))["body"][1]

    assert paragraph["text"].endswith("word…")
    assert len(paragraph["text"]) <= limits.TEXT


@pytest.mark.parametrize(
    ("locale", "note"), [("en", "more that did not fit here."), ("de-AT", "die hier keinen Platz hatten.")]
)
def test_a_card_too_large_says_how_much_is_left_out_and_keeps_its_buttons(locale: str, note: str):
    lines = tuple(Text(f"Line {n}. " + "x" * 3_000) for n in range(40))
    made = message(Card("T", (*lines, Buttons((GO,)), Note("Made-up data.")), "F.", locale=locale))
    payload = made["attachments"][0]["content"]

    assert units(made) < 90_000
    assert note in payload["body"][-1]["text"]
    assert kinds(payload)[-3:] == ["ActionSet", "TextBlock", "TextBlock"]
    assert payload["body"][-2]["text"] == "Made-up data."
    assert payload["body"][1]["text"].startswith("Line 0.")
    assert payload["body"][10]["text"].startswith("Line 9.")


def test_even_a_card_of_nothing_but_buttons_is_never_too_large():
    buttons = tuple(Button(f"Act {n}", Action("act", "r" * 300, str(n))) for n in range(200))
    made = message(Card("T", (Buttons(buttons),), "F.", Button("Send", Action("send"))))

    assert message_problems(made) == []
    assert not whole(made)
    assert "send::" in offered(made["attachments"][0]["content"])


def test_the_letters_that_take_most_room_do_not_make_a_message_too_large():
    text = "😀" * 5_000
    card = Card(text, (Text(text, lead=True), Facts((Fact(text, text, text),) * 5), Note(text)), text)

    assert message_problems(message(card)) == []


# --- forms and dialogs


def test_a_form_has_its_fields_and_the_button_that_sends_them():
    payload = adaptive(cards.form())

    assert [field["id"] for field in inputs(payload)] == ["tools", "topic", "comment"]
    (send,) = payload["actions"]
    assert (send["title"], send["data"], send["verb"]) == (
        "Save answers",
        {"rapport": "pulse.send:12:"},
        "rapport",
    )
    assert send["associatedInputs"] == "auto"


def test_no_other_button_of_a_form_sends_what_was_written():
    form = Card("T", (Ask("q", "Why?", FreeText(500)), Buttons((GO,))), "F.", Button("Send", Action("send")))

    sent = {button["title"]: button["associatedInputs"] for button in pressable(adaptive(form))}
    assert sent == {"Go": "none", "Send": "auto"}


def test_a_question_without_a_form_around_it_is_only_its_words():
    payload = adaptive(Card("T", (Ask("q", "Why?", FreeText(500), hint="Name no one."),), "F."))

    assert [*inputs(payload)] == []
    assert said(payload["body"][1]) == "Why?\nName no one."


def test_a_dialog_has_its_title_in_its_bar_and_only_buttons_that_dialogs_know():
    opened = dialog(cards.form(), "a:1;m:2")
    payload = opened["card"]["content"]

    assert opened["title"] == "One more, and a comment if you like"
    assert (opened["height"], opened["width"]) == ("large", "medium")
    assert opened["card"]["contentType"] == "application/vnd.microsoft.card.adaptive"
    assert "heading" not in str(payload)
    assert {part["type"] for part in dicts(payload) if "data" in part} == {"Action.Submit"}
    (send,) = payload["actions"]
    assert send["data"] == {"rapport": "pulse.send:12:", "rapport.origin": "a:1;m:2"}


def test_a_dialog_shows_a_title_too_long_for_its_bar_in_full():
    opened = dialog(Card("Long " * 20, (Text("Body."),), "F."))

    assert opened["title"].endswith("…")
    assert opened["card"]["content"]["body"][0]["style"] == "heading"


def test_a_card_of_nothing_is_still_a_card():
    for payload in surfaces(Card("", (), "")):
        assert problems(payload) == []
        assert kinds(payload) == ["TextBlock"]


def test_a_hostile_name_does_nothing_anywhere():
    payload = adaptive(cards.hostile())

    assert "<b>" not in said(payload)
    assert "](" not in said(payload)
    assert "<\u2060!channel>" in payload["fallbackText"]
