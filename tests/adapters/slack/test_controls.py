from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.slack.render import action_token, fields, home, message, modal
from bot.talk.cards import Action, Ask, Button, Buttons, Card
from surveys.formats import Choice, FreeText, Option, ResponseFormat, Scale
from tests.adapters.local import cards
from tests.platforms.slack.blocks import dicts, texts

Json = dict[str, Any]
TAP = Action("tap", "7")
SEND = Button("Save", Action("save"), "primary")


def many(n: int, value: str = "{}") -> tuple[Option, ...]:
    return tuple(Option(value.format(number), f"Team {number}") for number in range(n))


def tapped(response: ResponseFormat, locale: str = "en", tap: Action = TAP) -> list[Json]:
    return message(Card("T", (Ask("q", "Which?", response, tap),), "F.", locale=locale)).blocks[1:]


def asked(response: ResponseFormat, **parts: Any) -> Json:
    block: Json = modal(Card("T", (Ask("q", "Which?", response, **parts),), "F.", SEND))["blocks"][0]
    return block


# --- taps


def test_a_tap_carries_the_option_and_says_its_place_aloud():
    buttons = message(cards.invitation()).blocks[3]["elements"]

    assert [button["action_id"] for button in buttons] == ["b0", "b1", "b2", "b3", "b4"]
    assert buttons[3]["value"] == "pulse.tap:12:4"
    assert buttons[3]["text"]["text"] == "Satisfied"
    assert buttons[3]["accessibility_label"] == "4 of 5, Satisfied"


def test_a_tap_is_spoken_in_the_language_of_its_card():
    scale = cards.scale(("Sehr unzufrieden", "Weder noch", "Sehr zufrieden"))

    buttons = tapped(scale, "de")[1]["elements"]

    assert buttons[2]["accessibility_label"] == "3 von 3, Sehr zufrieden"


def test_a_scale_of_eleven_numbers_is_one_row_with_its_ends_in_words():
    stem, row, ends = tapped(cards.RECOMMEND)

    assert [*texts(stem)] == ["Which?"]
    assert [button["text"]["text"] for button in row["elements"]] == [str(n) for n in range(11)]
    spoken = [button["accessibility_label"] for button in row["elements"]]
    assert (spoken[0], spoken[7], spoken[10]) == (
        "0: Not at all likely",
        "7 on a scale from 0 to 10",
        "10: Extremely likely",
    )
    assert [*texts(ends)] == ["0: Not at all likely · 10: Extremely likely"]


def test_a_scale_whose_buttons_say_it_all_does_not_repeat_its_ends():
    assert [block["type"] for block in tapped(cards.scale(("Bad", "Fair", "Good")))] == [
        "rich_text",
        "actions",
    ]


def test_a_long_choice_is_a_menu_and_a_very_long_one_several():
    card = Card("T", (Ask("q", "Which?", Choice(many(130)), TAP),), "F.")
    menus = home(card)["blocks"][2]["elements"]

    assert [menu["type"] for menu in menus] == ["static_select", "static_select"]
    assert [len(menu["options"]) for menu in menus] == [100, 30]
    assert menus[1]["options"][-1]["value"] == "tap:7:129"
    assert menus[0]["placeholder"]["text"] == "Choose one"


def test_a_long_choice_whose_acts_do_not_fit_a_menu_stays_buttons():
    rows = tapped(Choice(many(40, "x" * 70 + "{}")))[1:]

    assert [len(row["elements"]) for row in rows] == [25, 15]
    assert {element["type"] for row in rows for element in row["elements"]} == {"button"}


def test_a_text_can_not_be_tapped():
    assert [block["type"] for block in tapped(FreeText(9))] == ["rich_text"]


def test_an_act_too_long_for_slack_is_left_out_rather_than_the_message():
    long = Button("Long", Action("a", "x" * 2_001))
    blocks = message(Card("T", (Buttons((long, SEND)),), "F.")).blocks

    assert [button["text"]["text"] for button in blocks[1]["elements"]] == ["Save"]


# --- buttons


def test_a_dangerous_act_asks_first_in_the_language_of_its_card():
    stop = Button("Alles löschen", Action("erase"), "danger")
    button = message(Card("T", (Buttons((stop,)),), "F.", locale="de")).blocks[1]["elements"][0]

    assert button["style"] == "danger"
    assert {name: part["text"] for name, part in button["confirm"].items() if name != "style"} == {
        "title": "Alles löschen",
        "text": "Noch ist nichts geschehen. Soll ich das tun?",
        "confirm": "Alles löschen",
        "deny": "Zurück",
    }


def test_only_the_first_primary_button_stands_out():
    two = Buttons((SEND, Button("Also", Action("also"), "primary")))
    blocks = message(Card("T", (two, two), "F.")).blocks

    assert [part["value"] for part in dicts(blocks) if part.get("style") == "primary"] == ["save::"]


def test_more_buttons_than_one_row_holds_go_on_in_the_next():
    row = Buttons(tuple(Button(f"Act {n}", Action("a", str(n))) for n in range(60)))

    assert [len(block["elements"]) for block in message(Card("T", (row,), "F.")).blocks[1:]] == [25, 25, 10]


# --- fields


@pytest.mark.parametrize(
    ("n", "kind"),
    [(1, "radio_buttons"), (10, "radio_buttons"), (11, "static_select"), (100, "static_select")],
)
def test_few_options_are_all_in_sight_and_many_are_a_menu(n: int, kind: str):
    element = asked(Choice(many(n)))["element"]

    assert element["type"] == kind
    assert [option["value"] for option in element["options"]] == [str(number) for number in range(n)]


def test_more_options_than_a_menu_holds_are_grouped():
    groups = asked(Choice(many(230)))["element"]["option_groups"]

    assert [len(group["options"]) for group in groups] == [100, 100, 30]
    assert groups[1]["label"]["text"] == "Team 100 – Team 199"


def test_a_scale_of_numbers_says_its_ends_beside_them():
    options = asked(cards.RECOMMEND)["element"]["options"]

    assert [option["text"]["text"] for option in options[:2]] == ["0: Not at all likely", "1"]
    assert options[-1] == {
        "text": {"type": "plain_text", "text": "10: Extremely likely", "emoji": False},
        "value": "10",
    }


def test_what_was_chosen_before_is_chosen_again():
    element = asked(Choice(many(3)), value="1")["element"]

    assert element["initial_option"] == element["options"][1]
    assert "initial_option" not in asked(Choice(many(3)), value="9")["element"]


def test_an_option_that_slack_could_not_carry_is_written_instead():
    assert asked(Choice(many(2, "x" * 76)), value="mine")["element"] == {
        "type": "plain_text_input",
        "action_id": "v",
        "multiline": True,
        "max_length": 3_000,
        "initial_value": "mine",
    }


@pytest.mark.parametrize(
    ("limit", "most", "lines"), [(20, 20, False), (500, 500, True), (9_000, 3_000, True), (0, 1, False)]
)
def test_a_text_field_holds_what_the_question_allows(limit: int, most: int, lines: bool):
    element = asked(FreeText(limit))["element"]

    assert (element["max_length"], element["multiline"]) == (most, lines)


def test_a_hint_stands_under_its_field():
    assert asked(FreeText(9), hint="Name no one.")["hint"]["text"] == "Name no one."
    assert "hint" not in asked(FreeText(9), hint=" ")


def test_a_question_without_options_is_only_its_words():
    assert asked(Choice(()))["type"] == "rich_text"
    assert asked(Scale((), "low", "high"))["type"] == "rich_text"


# --- what comes back


@given(st.builds(Action, st.text(max_size=5), st.text(max_size=5), st.text(max_size=5)))
def test_what_is_pressed_or_picked_comes_back_as_its_act(action: Action):
    token = action.encode()

    assert action_token({"type": "button", "action_id": "b0", "value": token}) == token
    picked = {"type": "static_select", "action_id": "b12", "selected_option": {"value": token}}
    assert action_token(picked) == token


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"action_id": "b0"},
        {"action_id": "b0", "value": "no token"},
        {"action_id": "b0", "value": 7},
        {"action_id": "v", "value": "a:b:c"},
        {"action_id": "b0x", "value": "a:b:c"},
        {"action_id": None, "value": "a:b:c"},
        {"action_id": "b0", "selected_option": None},
        {"action_id": "b0", "selected_option": {"value": ["a:b:c"]}},
    ],
)
def test_what_is_not_ours_is_no_act(payload: Json):
    assert action_token(payload) == ""


def test_fields_are_read_by_their_names_and_empty_ones_left_out():
    state = {
        "values": {
            "comment": {"v": {"type": "plain_text_input", "value": "More light."}},
            "empty": {"v": {"type": "plain_text_input", "value": None}},
            "topic": {"v": {"type": "radio_buttons", "selected_option": {"value": "tools"}}},
            "skipped": {"v": {"type": "static_select", "selected_option": None}},
            "foreign": {"x": {"type": "plain_text_input", "value": "?"}},
        }
    }

    assert fields(state) == {"comment": "More light.", "topic": "tools"}


@pytest.mark.parametrize(
    "state", [{}, {"values": None}, {"values": []}, {"values": {"a": None}}, {"values": {"a": {"v": 1}}}]
)
def test_a_broken_state_has_no_fields(state: Json):
    assert fields(state) == {}
