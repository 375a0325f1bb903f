import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from adapters.slack.render import fields, forms, home, message, modal
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Fact, Facts, Note, Table, Text
from surveys.formats import FreeText
from tests.adapters.local import cards
from tests.adapters.slack import strategies
from tests.adapters.slack.surfaces import posted, rendered, surfaces
from tests.adapters.test_golden import GALLERY
from tests.platforms.slack.blocks import dicts, markup, parsed, problems, texts
from tests.platforms.slack.outsider import bare, rebuilt

GO = Button("Go", Action("go"))

Json = dict[str, Any]

anything = settings(
    max_examples=100,
    deadline=None,  # a drawing takes its time
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def kinds(blocks: list[Json]) -> list[str]:
    return [block["type"] for block in blocks]


def said(payload: Any) -> str:
    return "\n".join(texts(payload))


@anything
@given(strategies.cards)
def test_slack_takes_any_card_on_every_surface_and_slackblocks_would_build_the_same(card: Card):
    for surface, payload in surfaces(card):
        assert problems(payload, surface) == []
        assert bare(rebuilt(payload, surface)) == bare(payload)
        assert surface != "message" or counted(payload["blocks"]) < 13_000


def counted(blocks: list[Json]) -> int:
    """Return what probably counts towards the limit at which Slack says ``msg_blocks_too_long``."""
    data = {"data_table", "data_visualization"}
    return len(json.dumps([block for block in blocks if block["type"] not in data], ensure_ascii=False))


@anything
@given(strategies.cards)
def test_nothing_that_somebody_wrote_is_parsed_as_markup(card: Card):
    for payload in (posted(card, native_charts=False), home(card)):
        assert markup(payload) == []
        for text in parsed(payload):
            inner = "\n".join(line.removeprefix("*").removesuffix("*") for line in text.split("\n"))
            assert not set("<>*~`") & set(inner)


@anything
@given(strategies.cards)
def test_every_button_has_a_name_and_an_act_of_its_own(card: Card):
    offered = {action.encode() for action in card.actions()}
    for payload in (posted(card), modal(card)):
        pressed = [part for part in dicts(payload["blocks"]) if part.get("action_id", "v") != "v"]

        assert len({part["action_id"] for part in pressed}) == len(pressed)
        assert {part["value"] for part in pressed if part["type"] == "button"} <= offered
        assert sum(part.get("style") == "primary" for part in pressed) <= 1


@pytest.mark.parametrize("name", GALLERY)
def test_the_home_tab_shows_a_card_as_a_message_does(name: str):
    card = GALLERY[name]()

    assert home(card) == {"type": "home", "blocks": message(card).blocks}


def test_the_golden_files_show_every_kind_of_block_that_is_made():
    shown = rendered(cards.everything())

    assert {*kinds(shown["message"]["blocks"]), *kinds(shown["modal"]["blocks"])} == {
        "header",
        "rich_text",
        "section",
        "actions",
        "context",
        "data_visualization",
        "data_table",
        "input",
    }


# --- messages


@pytest.mark.parametrize("name", GALLERY)
def test_a_notification_says_the_fallback_and_begins_with_the_title(name: str):
    card = GALLERY[name]()
    made = message(card)

    assert made.blocks[0]["type"] == "header"
    assert made.blocks[0]["text"]["text"] in {card.title, card.title.replace("\u202e", "")}
    assert made.text.replace("&lt;", "<").replace("&gt;", ">").replace("\u2060", "") == card.fallback


def test_an_invitation_tells_a_lock_screen_neither_topic_nor_question():
    made = message(cards.invitation())

    seen_on_lock = made.text + said(made.blocks[0])
    assert "satisf" not in seen_on_lock.casefold()
    assert "satisfied" in said(made.blocks).casefold()


def test_a_card_without_a_title_or_a_fallback_still_says_something():
    made = message(Card(" ", (Text("Body."),), "\u200b"))

    assert (made.text, made.blocks[0]["text"]["text"]) == ("Rapport", "Rapport")


def test_the_most_useful_line_is_bold_a_paragraph_is_not_and_a_note_is_small():
    blocks = message(Card("T", (Text("Lead.", lead=True), Text("More."), Note("Small.")), "F.")).blocks

    assert kinds(blocks) == ["header", "rich_text", "section", "context"]
    assert blocks[1]["elements"][0]["elements"] == [
        {"type": "text", "text": "Lead.", "style": {"bold": True}}
    ]


def test_elements_without_a_visible_text_leave_no_gap():
    card = Card("T", (Text(""), Note(" "), Facts(()), Buttons(()), Facts((Fact(" ", ""),))), "F.")

    assert kinds(message(card).blocks) == ["header"]


def test_a_fact_shows_its_value_in_bold_between_its_name_and_its_doubt():
    fact = Fact("Money *a* year", "−€8,000 to\n+€31,000", "5–95 % & more")
    field = message(Card("T", (Facts((fact,)),), "F.")).blocks[1]["fields"][0]

    assert field == {
        "type": "mrkdwn",
        "text": "Money ∗a∗ year\n*−€8,000 to +€31,000*\n5–95 % &amp; more",
        "verbatim": True,
    }


def test_facts_beyond_ten_go_on_in_a_further_section():
    facts = Facts(tuple(Fact(f"Fact {n}", str(n)) for n in range(23)))

    sections = message(Card("T", (facts,), "F.")).blocks[1:]

    assert [len(section["fields"]) for section in sections] == [10, 10, 3]


def test_a_long_text_is_cut_with_an_ellipsis():
    section = message(Card("T", (Text("word " * 1_000),), "F.")).blocks[1]

    assert section["text"]["text"].endswith("word…")
    assert len(section["text"]["text"]) <= 3_000


@pytest.mark.parametrize(
    ("locale", "note"), [("en", "And 12 more that did not fit here."), ("de-AT", "Und 12 weitere")]
)
def test_a_card_of_too_many_blocks_says_how_many_are_left_out_and_keeps_its_buttons(locale: str, note: str):
    lines = tuple(Text(f"Line {n}.") for n in range(58))
    card = Card("T", (*lines, Buttons((GO,)), Note("Made-up data.")), "F.", locale=locale)

    blocks = message(card).blocks

    assert len(blocks) == 50
    assert note in said(blocks[-1])
    assert kinds(blocks)[-3:] == ["actions", "context", "context"]
    assert said(blocks[-2]) == "Made-up data."
    assert said(blocks[46]) == "Line 45."
    assert kinds(home(card)["blocks"]).count("section") == 58


def test_a_message_is_never_so_large_that_slack_refuses_it():
    blocks = message(Card("T", (*[Text("x" * 3_000)] * 8, Buttons((GO,))), "F.")).blocks

    assert len(json.dumps(blocks)) < 13_000
    assert kinds(blocks)[-2:] == ["actions", "context"]
    assert "more that did not fit" in said(blocks[-1])


def test_a_view_is_never_so_large_that_slack_refuses_it():
    card = Card("T", tuple(Text("ä" * 3_000) for _ in range(90)), "F.")

    for view in (modal(card, "o" * 2_900), home(card)):
        assert len(json.dumps(view).encode()) <= 250_000


def test_a_form_in_a_message_shows_its_questions_but_no_field_that_could_not_be_sent():
    blocks = message(cards.form()).blocks

    assert "input" not in kinds(blocks)
    assert "Anything you want to add?" in said(blocks)
    assert "Save answers" not in said(blocks)


# --- tables


def test_a_table_has_a_caption_and_names_its_rows_by_the_first_column():
    block = message(cards.refusal()).blocks[2]

    assert block["caption"] == "What stands without an effect"
    assert block["row_header_column_index"] == 0
    assert [cell["text"] for cell in block["rows"][0]] == ["What", "A year", "Pays from"]


def test_a_table_of_more_than_a_hundred_rows_says_how_many_are_left_out():
    rows = tuple((f"Team {n}", str(n)) for n in range(130))
    blocks = message(Card("T", (Table("Sizes", ("Team", "n"), rows),), "F.")).blocks

    assert len(blocks[1]["rows"]) == 101
    assert said(blocks[2]) == "And 30 more that did not fit here."


def test_two_tables_share_what_a_message_may_hold():
    rows = tuple(("x" * 900, "y") for _ in range(15))
    table = Table("Sizes", ("Team", "n"), rows)
    blocks = message(Card("T", (table, table), "F.")).blocks

    tables = [block for block in blocks if block["type"] == "data_table"]
    shown = [len(block["rows"]) - 1 for block in tables]
    assert shown == [15, 7]
    assert said(blocks[-1]) == "And 8 more that did not fit here."


def test_a_row_that_lacks_cells_is_filled_up():
    table = Table("Sizes", ("Team", "n"), (("Support",), ("Sales", "7", "new")))

    rows = message(Card("T", (table,), "F.")).blocks[1]["rows"]

    assert [[cell["text"] for cell in row] for row in rows] == [
        ["Team", "n", "–"],
        ["Support", "–", "–"],
        ["Sales", "7", "new"],
    ]


@pytest.mark.parametrize("surface", ["modal", "message without charts"])
def test_where_there_are_no_tables_the_rows_are_a_list(surface: str):
    card = cards.refusal()
    blocks = modal(card)["blocks"] if surface == "modal" else message(card, native_charts=False).blocks
    listed = next(block for block in blocks if "list" in said_kinds(block))

    assert "data_table" not in kinds(blocks)
    assert "".join(texts(listed["elements"][1]["elements"][0])) == (
        "Cost of the tool: A year €6,000 · Pays from 29 saved hours a month (counted at half)"
    )


def said_kinds(block: Json) -> str:
    return " ".join(str(part.get("type")) for part in dicts(block))


def test_a_table_of_two_columns_reads_as_name_and_figure():
    card = Card("T", (Table("Today", ("When", "What"), (("09:30", "Coffee"),)),), "F.")

    assert "".join(texts(modal(card)["blocks"][0]["elements"][1])) == "09:30: Coffee"


def test_a_table_without_rows_is_its_caption():
    blocks = message(Card("T", (Table("Sizes", ("Team", "n"), ()),), "F.")).blocks

    assert kinds(blocks) == ["header", "rich_text"]
    assert said(blocks[1]) == "Sizes"


# --- modals


def test_a_form_opens_as_a_modal_that_can_be_sent():
    view = modal(cards.form(), "C1:171.1")

    assert view["callback_id"] == "form"
    assert view["submit"]["text"] == "Save answers"
    assert json.loads(view["private_metadata"]) == {"o": "C1:171.1", "a": "pulse.send:12:"}
    assert [block["block_id"] for block in view["blocks"] if block["type"] == "input"] == [
        "tools",
        "topic",
        "comment",
    ]
    assert all(block["optional"] for block in view["blocks"] if block["type"] == "input")


def test_a_card_to_read_is_a_modal_without_a_button_to_send():
    view = modal(cards.why())

    assert view["callback_id"] == "card"
    assert "submit" not in view
    assert view["title"]["text"] == "Why you"
    assert kinds(view["blocks"]) == ["section"]


def test_a_title_too_long_for_a_modal_stands_in_full_above_its_content():
    view = modal(cards.form())

    assert view["title"]["text"] == "One more, and a comment…"
    assert view["blocks"][0]["text"]["text"] == "One more, and a comment if you like"


def test_an_origin_that_does_not_fit_is_left_out_rather_than_the_act():
    view = modal(cards.form(), "x" * 3_000)

    assert json.loads(view["private_metadata"]) == {"o": "", "a": "pulse.send:12:"}


def test_beside_the_button_that_sends_no_other_is_primary():
    card = Card("T", (Buttons((Button("A", Action("a"), "primary"),)),), "F.", GO)

    assert "primary" not in json.dumps(modal(card)["blocks"])
    assert "primary" in json.dumps(message(card).blocks)


def test_a_field_whose_name_slack_could_not_give_back_is_asked_in_words_only():
    asks = (Ask("", "No name?", FreeText(9)), Ask("a", "Once?", FreeText(9)), Ask("a", "Twice?", FreeText(9)))
    view = modal(Card("T", (*asks, Ask("x" * 256, "Long?", FreeText(9))), "F.", GO))

    assert [block.get("block_id") for block in view["blocks"]] == [None, "a", None, None]
    assert {"No name?", "Twice?", "Long?"} <= set(texts(view["blocks"]))


@anything
@given(strategies.cards)
def test_what_a_form_asks_comes_back_under_its_own_names(card: Card):
    view = modal(card)
    state, expected = filled(view)

    assert fields({"values": state}) == expected
    keys = {e.key for e in card.elements if isinstance(e, Ask) and e.tap is None}
    assert {block["block_id"] for block in view["blocks"] if block["type"] == "input"} <= keys


def filled(view: Json) -> tuple[Json, dict[str, str]]:
    """Fill in every field with its last option, or with a text, as Slack would send it."""
    state: Json = {}
    expected: dict[str, str] = {}
    for block in view["blocks"]:
        if block["type"] != "input":
            continue
        element, key = block["element"], block["block_id"]
        groups = element.get("option_groups", [element])
        options = groups[-1].get("options")
        entry = {"selected_option": options[-1]} if options else {"value": "my words"}
        state[key] = {"v": {"type": element["type"], **entry}}
        expected[key] = options[-1]["value"] if options else "my words"
    return state, expected


def test_the_validator_agrees_with_the_renderer_on_the_gallery():
    for make in GALLERY.values():
        for surface, payload in surfaces(make()):
            assert problems(payload, surface) == []
            assert bare(rebuilt(payload, surface)) == bare(payload)


def test_a_hostile_name_pings_nobody_anywhere():
    for _, payload in surfaces(cards.hostile()):
        assert markup(payload) == []
    assert "&lt;!channel&gt; hello" in posted(cards.hostile())["text"]


def test_a_button_with_an_address_opens_it_and_still_says_that_it_was_pressed():
    card = Card(
        "Title", (Buttons((Button("Open", Action("open"), link="https://r.example/upload/1"), GO)),), "Go on."
    )

    for surface, payload in surfaces(card):
        opening, plain = (block for block in dicts(payload) if block.get("type") == "button")
        assert opening["url"] == "https://r.example/upload/1"
        assert opening["value"] == Action("open").encode()
        assert "url" not in plain
        assert problems(payload, surface) == []


def test_an_address_that_slack_can_not_carry_is_left_out():
    card = Card(
        "Title", (Buttons((Button("Open", Action("open"), link="https://r.example/" + "x" * 3_000),)),), "Go."
    )

    assert problems(posted(card), "message") == []


# --- more plainly ---


def pressable(blocks: list[Json]) -> set[str]:
    """Return what pressing brings back."""
    acts = [element for block in blocks if block["type"] == "actions" for element in block["elements"]]
    return {
        value for act in acts for value in (act.get("value"), *(o["value"] for o in act.get("options", ())))
    } - {None}


@anything
@given(strategies.cards)
def test_every_plainer_form_of_any_card_is_one_that_slack_takes(card: Card):
    for form in (form for form in forms(card) if form.blocks):
        assert problems({"text": form.text, "blocks": form.blocks}, "message") == []


@pytest.mark.parametrize("name", GALLERY)
def test_before_the_bare_sentence_comes_one_with_all_the_buttons_and_nothing_that_could_be_refused(name: str):
    card = GALLERY[name]()
    *richer, last = [form.blocks for form in forms(card)]
    acts = pressable(richer[0])

    assert last == []
    if acts:
        assert pressable(richer[-1]) == acts
        assert {block["type"] for block in richer[-1]} <= {"section", "actions"}
        assert richer[-1][0]["text"]["text"].startswith(card.fallback[:40])


def test_a_question_that_is_answered_by_a_tap_keeps_its_words_however_plain_it_gets():
    *_, barest, _sentence = forms(cards.invitation())

    stems = [element.stem for element in cards.invitation().elements if isinstance(element, Ask)]
    assert stems[0] in said(barest.blocks)


def test_a_card_that_offers_nothing_has_no_form_between_whole_and_sentence():
    assert len(list(forms(Card("Hello", (Text("x"),), "Hello.")))) == 2
