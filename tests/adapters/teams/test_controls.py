import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.controls import AGAIN
from adapters.teams.render import action_token, adaptive, dialog, fields, origin
from bot.talk.cards import Action, Ask, Button, Buttons, Card
from bot.talk.opening import OPENING
from surveys.formats import Choice, FreeText, Option, ResponseFormat, Scale
from tests.adapters.local import cards
from tests.platforms.teams import widgets
from tests.platforms.teams.cards import problems
from tests.platforms.teams.walk import dicts, inputs, pressable, texts

Json = dict[str, Any]
TAP = Action("tap", "7")
SEND = Button("Save", Action("save"), "primary")


def many(n: int, value: str = "{}") -> tuple[Option, ...]:
    return tuple(Option(value.format(number), f"Team {number}") for number in range(n))


def tapped(response: ResponseFormat, locale: str = "en", tap: Action = TAP) -> list[Json]:
    """Return the parts of a question that is answered by one tap."""
    parts: list[Json] = adaptive(Card("T", (Ask("q", "Which?", response, tap),), "F.", locale=locale))[
        "body"
    ][1]["items"]
    return parts


def asked(response: ResponseFormat, **parts: Any) -> Json:
    """Return the field of a question in a form."""
    (field,) = inputs(adaptive(Card("T", (Ask("q", "Which?", response, **parts),), "F.", SEND)))
    return field


def rows(parts: list[Json]) -> list[list[str]]:
    return [[act["title"] for act in part["actions"]] for part in parts if part["type"] == "ActionSet"]


def shown(*buttons: Button, locale: str = "en") -> list[Json]:
    sets = adaptive(Card("T", (Buttons(buttons),), "F.", locale=locale))["body"][1:]
    return [act for one in sets for act in one["actions"]]


# --- what leads to a form


FETCH = {"msteams": {"type": "task/fetch"}}


def leading(name: str) -> Card:
    """Return a card with every kind of button, all of which do what has this name."""
    tap = Action(name, "7")
    elements = (
        Buttons((Button("One", tap), Button("Two", Action(name, "8"), "danger"))),
        Ask("scale", "How?", cards.scale(("Bad", "Good")), tap),
        Ask("menu", "Which?", Choice(many(9)), tap),
    )
    return Card("T", elements, "F.")


def acts(payload: Json) -> list[Json]:
    return [one for one in widgets.actions(payload) if "rapport" in one.get("data", {})]


@pytest.mark.parametrize("name", [*sorted(OPENING), AGAIN])
def test_whatever_leads_to_a_form_asks_for_a_dialog_wherever_it_stands_in_a_message(name: str):
    payload = adaptive(leading(name))

    assert {one["type"] for one in acts(payload)} == {"Action.Submit"}
    assert [{"msteams": one["data"].get("msteams")} for one in acts(payload)] == [FETCH] * 5
    assert problems(payload) == []


def test_whatever_leads_to_no_form_is_done_in_its_place():
    payload = adaptive(leading("answer.withdraw"))

    assert {one["type"] for one in acts(payload)} == {"Action.Execute"}
    assert "msteams" not in json.dumps(payload)


@pytest.mark.parametrize("name", ["answer.open", "answer.withdraw"])
def test_in_a_dialog_nothing_asks_for_another_one(name: str):
    payload = dialog(leading(name), "42")["card"]["content"]

    assert {one["type"] for one in acts(payload)} == {"Action.Submit"}
    assert "msteams" not in json.dumps(payload)


@pytest.mark.parametrize("name", ["answer.open", "answer.send"])
def test_the_button_that_sends_a_form_sends_its_fields_and_asks_for_no_dialog(name: str):
    form = Card("T", (Ask("q", "Which?", FreeText(50)),), "F.", Button("Save", Action(name)))
    (sent,) = adaptive(form)["actions"]

    assert (sent["type"], sent["associatedInputs"]) == ("Action.Execute", "auto")
    assert sent["data"] == {"rapport": Action(name).encode()}


def test_what_is_picked_in_a_menu_that_leads_to_a_form_is_the_act_behind_it():
    menu, row = tapped(Choice(many(40)), tap=Action("journey.rate", "7"))
    picked = {**row["actions"][0]["data"], menu["id"]: menu["choices"][-1]["value"]}

    assert action_token(picked) == "journey.rate:7:39"
    assert fields(picked) == {}


# --- taps


def test_the_words_of_a_scale_stand_one_below_the_other_whole_and_say_their_place_aloud():
    parts = adaptive(cards.invitation())["body"][2]["items"]

    assert rows(parts) == [
        ["Very dissatisfied"],
        ["Dissatisfied"],
        ["Neither satisfied nor dissatisfied"],
        ["Satisfied"],
        ["Very satisfied"],
    ]
    fourth = parts[4]["actions"][0]
    assert fourth["data"] == fourth["fallback"]["data"] == {"rapport": "pulse.tap:12:4"}
    assert fourth["tooltip"] == "4 of 5, Satisfied"


def test_a_tap_is_spoken_in_the_language_of_its_card():
    parts = tapped(cards.scale(("Sehr unzufrieden", "Weder noch", "Sehr zufrieden")), "de")

    assert parts[-1]["actions"][0]["tooltip"] == "3 von 3, Sehr zufrieden"


def test_five_numbers_are_one_row_and_eleven_are_three_that_a_narrow_pane_holds():
    five = Scale(tuple(Option(str(n), str(n)) for n in range(1, 6)), "Bad", "Good")

    assert rows(tapped(five)) == [["1", "2", "3", "4", "5"]]
    assert rows(tapped(cards.RECOMMEND)) == [["0", "1", "2", "3"], ["4", "5", "6", "7"], ["8", "9", "10"]]


def test_a_scale_of_numbers_says_what_its_ends_mean():
    stem, first, *_, ends = tapped(cards.RECOMMEND)

    assert stem["text"] == "Which?"
    assert first["actions"][2]["tooltip"] == "2 on a scale from 0 to 10"
    assert ends["text"] == "0: Not at all likely · 10: Extremely likely"


def test_few_options_are_buttons_and_many_a_menu_with_a_button():
    assert rows(tapped(Choice(many(6)))) == [["Team 0", "Team 1", "Team 2"], ["Team 3", "Team 4", "Team 5"]]

    menu, row = tapped(Choice(many(7)))
    assert (menu["type"], menu["style"], menu["isRequired"]) == ("Input.ChoiceSet", "expanded", True)
    assert menu["label"] == "Which?"
    assert menu["errorMessage"] == "Please choose one first."
    assert row["actions"][0]["title"] == "Take this one"
    assert row["actions"][0]["associatedInputs"] == "auto"


def test_what_is_picked_in_a_menu_comes_back_as_its_act_and_as_no_field():
    menu, row = tapped(Choice(many(40)))
    picked = {**row["actions"][0]["data"], menu["id"]: menu["choices"][-1]["value"]}

    assert action_token(picked) == "tap:7:39"
    assert fields(picked) == {}
    assert action_token(row["actions"][0]["data"]) == ""


def test_two_menus_of_a_card_are_not_mixed_up():
    ask = Ask("q", "Which?", Choice(many(9)), TAP)
    payload = adaptive(Card("T", (ask, ask), "F."))

    assert problems(payload) == []
    assert len({field["id"] for field in inputs(payload)}) == 2


def test_a_menu_beside_a_form_does_not_stop_the_form_from_being_sent():
    ask = Ask("q", "Which?", Choice(many(9)), TAP)
    (menu,) = inputs(adaptive(Card("T", (ask,), "F.", SEND)))

    assert menu["isRequired"] is False


def test_more_than_a_menu_holds_is_counted():
    *_, note = tapped(Choice(many(230)))

    assert note["text"] == "And 30 more that did not fit here."


def test_a_text_can_not_be_tapped():
    assert [part["type"] for part in tapped(FreeText(9))] == ["TextBlock"]


# --- buttons


def test_a_button_is_an_execute_for_which_older_clients_have_a_submit_with_the_same_data():
    (button,) = shown(Button("Go on", Action("go", "1:2", "ä")))

    assert button == {
        "type": "Action.Execute",
        "title": "Go on",
        "data": {"rapport": "go:1%3A2:%C3%A4"},
        "associatedInputs": "none",
        "verb": "rapport",
        "fallback": {
            "type": "Action.Submit",
            "title": "Go on",
            "data": {"rapport": "go:1%3A2:%C3%A4"},
            "associatedInputs": "none",
        },
    }


def test_a_dangerous_act_asks_first_in_the_language_of_its_card():
    (button,) = shown(Button("Alles löschen", Action("erase"), "danger"), locale="de")

    assert (button["type"], button["title"]) == ("Action.ShowCard", "Alles löschen")
    assert "data" not in button
    assert [*texts(button["card"]["body"])] == ["Noch ist nichts geschehen. Soll ich das tun?"]
    (sure,) = button["card"]["actions"]
    assert (sure["title"], sure["data"], sure["style"]) == (
        "Alles löschen",
        {"rapport": "erase::"},
        "destructive",
    )


def test_the_button_that_matters_most_stands_out():
    assert [button.get("style") for button in shown(SEND, Button("Other", Action("other")))] == [
        "positive",
        None,
    ]


def test_buttons_stand_in_rows_that_a_narrow_pane_can_show():
    row = Buttons(tuple(Button(f"Act {n}", Action("a", str(n))) for n in range(20)))
    card = Card("T", (row, Buttons((Button("A very long name of an act", Action("b")), SEND))), "F.")
    parts = adaptive(card)["body"][1:]

    assert [len(one) for one in rows(parts)] == [3, 3, 3, 3, 3, 3, 2, 1, 1]


@given(st.lists(st.text(max_size=80), max_size=30))
def test_no_row_has_more_buttons_than_teams_shows_and_all_are_there_in_order(labels: list[str]):
    buttons = tuple(Button(label, Action("a", str(n))) for n, label in enumerate(labels))
    card = Card("T", (Buttons(buttons),), "F.")
    payload = adaptive(card)

    assert problems(payload) == []
    assert [button["data"]["rapport"] for button in pressable(payload)] == [
        f"a:{n}:" for n in range(len(labels))
    ]


def test_a_button_with_an_address_opens_it():
    opening, going = shown(
        Button("Open", Action("open"), link="https://r.example/upload/1"), Button("Go", Action("go"), link="")
    )

    assert opening == {"type": "Action.OpenUrl", "title": "Open", "url": "https://r.example/upload/1"}
    assert going["type"] == "Action.Execute"


def test_an_address_that_is_none_is_not_opened():
    (button,) = shown(Button("Open", Action("open"), link="javascript:alert(1)"))

    assert button["type"] == "Action.Execute"


def test_an_act_too_long_for_a_message_is_left_out_rather_than_the_message():
    assert [button["title"] for button in shown(Button("Long", Action("a", "x" * 9_000)), SEND)] == ["Save"]


# --- fields


@pytest.mark.parametrize(
    ("n", "style"), [(1, "expanded"), (7, "expanded"), (8, "compact"), (24, "compact"), (25, "filtered")]
)
def test_few_options_are_all_in_sight_more_are_a_menu_and_many_are_searched(n: int, style: str):
    field = asked(Choice(many(n)))

    assert field["style"] == style
    assert [choice["value"] for choice in field["choices"]] == [str(number) for number in range(n)]
    assert (field["label"], field["wrap"], field["isRequired"]) == ("Which?", True, False)
    assert field["placeholder"] == "Choose one"


def test_a_scale_of_numbers_says_its_ends_beside_them():
    choices = asked(cards.RECOMMEND)["choices"]

    assert [choice["title"] for choice in choices[:2]] == ["0: Not at all likely", "1"]
    assert choices[-1] == {"title": "10: Extremely likely", "value": "10"}


def test_what_was_chosen_or_written_before_is_there_again():
    assert asked(Choice(many(3)), value="1")["value"] == "1"
    assert "value" not in asked(Choice(many(3)), value="9")
    assert asked(FreeText(500), value="**mine**")["value"] == "**mine**"


@pytest.mark.parametrize(
    ("limit", "most", "lines"), [(20, 20, False), (500, 500, True), (9_000, 4_000, True), (0, 1, False)]
)
def test_a_text_field_holds_what_the_question_allows(limit: int, most: int, lines: bool):
    field = asked(FreeText(limit))

    assert (field["maxLength"], field["isMultiline"]) == (most, lines)
    assert field["placeholder"] == "Write here"
    assert field["errorMessage"].startswith("There is room for")


def test_a_hint_stands_under_its_field():
    form = Card("T", (Ask("q", "Why?", FreeText(9), hint="Name no one."),), "F.", SEND)
    field, hint = adaptive(form)["body"][1]["items"]

    assert (field["type"], hint["text"]) == ("Input.Text", "Name no one.")


def test_a_question_without_options_is_only_its_words():
    for response in (Choice(()), Scale((), "low", "high")):
        payload = adaptive(Card("T", (Ask("q", "Which?", response),), "F.", SEND))
        assert [*inputs(payload)] == []
        assert "Which?" in [*texts(payload)]


def test_a_name_of_ours_or_one_used_twice_is_no_field():
    asks = tuple(Ask(key, "Which?", FreeText(9)) for key in ("a", "a", "", "rapport", "rapport.pick0"))
    payload = adaptive(Card("T", asks, "F.", SEND))

    assert [field["id"] for field in inputs(payload)] == ["a"]
    assert problems(payload) == []


# --- what comes back


@given(st.builds(Action, st.text(max_size=5), st.text(max_size=5), st.text(max_size=5)))
def test_what_is_pressed_comes_back_as_its_act(action: Action):
    (button,) = shown(Button("Go", action))

    assert Action.decode(action_token(button["data"])) == action


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        "a:b:c",
        {},
        {"rapport": None},
        {"rapport": 7},
        {"rapport": "no token"},
        {"rapport": ["a:b:c"]},
        {"rapport": "a:b:c", "rapport.pick": "rapport.pick0"},
        {"rapport": "a:b:c", "rapport.pick": "rapport.pick0", "rapport.pick0": {"a": 1}},
    ],
)
def test_what_is_not_ours_is_no_act(data: Any):
    assert action_token(data) == ""


def test_fields_are_read_by_their_names_and_empty_ones_left_out():
    data = {
        "rapport": "save::",
        "rapport.origin": "x",
        "msteams": {"type": "task/submit"},
        "comment": "More light.",
        "empty": "",
        "topic": "tools",
        "number": 7,
        "list": ["x"],
    }

    assert fields(data) == {"comment": "More light.", "topic": "tools"}


@pytest.mark.parametrize("data", [None, [], "x", 7, {}])
def test_broken_data_has_no_fields_and_no_origin(data: Any):
    assert fields(data) == {}
    assert origin(data) == ""


def test_a_dialog_brings_back_where_it_was_opened_from():
    opened = dialog(Card("T", (Buttons((SEND,)),), "F.", Button("Send", Action("send"))), "a:1;m:2")

    sent = [part["data"] for part in dicts(opened) if part.get("type") == "Action.Submit"]
    assert [origin(data) for data in sent] == ["a:1;m:2"] * 2
