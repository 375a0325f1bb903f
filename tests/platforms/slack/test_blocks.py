"""The validator itself: it takes what is right and names what is wrong."""

from typing import Any

import pytest

from tests.platforms.slack.blocks import Surface, markup, problems, texts

Json = dict[str, Any]


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text}


def section(text: str = "x") -> Json:
    return {"type": "section", "text": plain(text)}


def button(**parts: Any) -> Json:
    return {"type": "button", "text": plain("Go"), "action_id": "b0", "value": "v", **parts}


def actions(*elements: Json) -> Json:
    return {"type": "actions", "elements": [*elements]}


def field(**parts: Any) -> Json:
    element = {"type": "plain_text_input", "action_id": "v"}
    return {"type": "input", "block_id": "a", "label": plain("A"), "element": element, **parts}


def menu(*values: str, kind: str = "static_select", **parts: Any) -> Json:
    options = [{"text": plain("o"), "value": value} for value in values]
    return {"type": kind, "action_id": "v", "options": options, **parts}


def data_table(rows: int, columns: int = 2, text: str = "x", **parts: Any) -> Json:
    cells = [[{"type": "raw_text", "text": text}] * columns for _ in range(rows)]
    return {"type": "data_table", "caption": "Sizes", "rows": cells, **parts}


def chart(*series: list[float], categories: tuple[str, ...] = ("a", "b"), kind: str = "line") -> Json:
    drawn = [
        {"name": f"s{n}", "data": [{"label": c, "value": v} for c, v in zip(categories, one, strict=False)]}
        for n, one in enumerate(series)
    ]
    axes = {"categories": [*categories]}
    return {
        "type": "data_visualization",
        "title": "T",
        "chart": {"type": kind, "series": drawn, "axis_config": axes},
    }


def said(*blocks: Json, text: str = "A sentence.") -> Json:
    return {"text": text, "blocks": [*blocks]}


def modal(*blocks: Json, **parts: Any) -> Json:
    return {
        "type": "modal",
        "title": plain("T"),
        "submit": plain("Send"),
        "blocks": [*blocks],
        **parts,
    }


def home(*blocks: Json) -> Json:
    return {"type": "home", "blocks": [*blocks]}


GOOD: list[tuple[Surface, Json]] = [
    ("message", {"text": "Only a sentence."}),
    ("message", said(section(), actions(button(style="danger")), data_table(101), chart([1, -2.5]))),
    ("message", said({"type": "header", "text": plain("x" * 150)}, {"type": "divider"})),
    ("modal", modal(field(), {**field(), "block_id": "b", "element": menu("1", "2", kind="radio_buttons")})),
    ("modal", modal(section("x" * 3_000))),
    ("home", home(section(), chart([1, 2], [3, 4]), data_table(2))),
]

BAD: list[tuple[Surface, Json, str]] = [
    ("message", {"blocks": [section()]}, "text:"),
    ("message", said(section(), text=" "), "text:"),
    ("message", said(*[section()] * 51), "51 entries"),
    ("home", home(*[section()] * 101), "101 entries"),
    ("message", said(), "0 entries"),
    ("message", said(section("x" * 3_001)), "3001 characters"),
    ("message", said(section("😀" * 1_501)), "3002 characters"),
    ("message", said(section("")), "0 characters"),
    ("message", said(section(" ")), "blank"),
    ("message", said({"type": "section"}), "needs a text or fields"),
    ("message", said({"type": "section", "fields": [plain("x")] * 11}), "11 entries"),
    ("message", said({"type": "section", "fields": [plain("x" * 2_001)]}), "2001 characters"),
    ("message", said({"type": "header", "text": plain("x" * 151)}), "151 characters"),
    ("message", said({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}), "'mrkdwn' may not"),
    ("message", said({"type": "context", "elements": [plain("x")] * 11}), "11 entries"),
    ("message", said({"type": "hologram"}), "'hologram' may not"),
    ("message", said({"type": "section", "text": plain("x"), "colour": 1}), "colour is unknown"),
    ("message", said({"type": "divider", "block_id": "x" * 256}), "256 characters"),
    (
        "message",
        said({"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}),
        "'a' names 2",
    ),
    ("message", said(actions(*[button(action_id=f"b{n}") for n in range(26)])), "26 entries"),
    ("message", said(actions(button(), button())), "'b0' acts 2 times"),
    ("message", said(actions(button(text=plain("x" * 76)))), "76 characters"),
    ("message", said(actions(button(value="x" * 2_001))), "2001 characters"),
    ("message", said(actions(button(accessibility_label="x" * 76))), "76 characters"),
    ("message", said(actions(button(style="plain"))), "'plain' is none of"),
    ("message", said(actions(button(confirm={"title": plain("x")}))), "lacks text"),
    ("message", said(actions(menu(*map(str, range(101))))), "101 entries"),
    ("message", said(actions(menu("x" * 76))), "76 characters"),
    ("message", said(actions(menu("1", "1"))), "offered 2 times"),
    ("message", said(actions(menu())), "0 entries"),
    ("modal", modal(field(element=menu(*map(str, range(11)), kind="radio_buttons"))), "11 entries"),
    ("modal", modal(field(element=menu("1", initial_option=menu("2")["options"][0]))), "not among"),
    ("modal", modal(field(element={"type": "plain_text_input", "max_length": 3_001})), "no whole number"),
    ("modal", modal(field(element=button())), "'button' may not"),
    ("modal", modal(field(label=plain("x" * 2_001))), "2001 characters"),
    ("modal", modal(field(hint=plain("x" * 2_001))), "2001 characters"),
    ("modal", {k: v for k, v in modal(field()).items() if k != "submit"}, "needs it"),
    ("modal", modal(section(), title=plain("x" * 25)), "25 characters"),
    ("modal", modal(section(), submit=plain("x" * 25)), "25 characters"),
    ("modal", modal(section(), private_metadata="x" * 3_001), "3001 characters"),
    ("modal", modal(section(), callback_id="x" * 256), "256 characters"),
    ("modal", modal(data_table(2)), "data_table may not stand on a modal"),
    ("modal", modal(chart([1, 2])), "data_visualization may not stand on a modal"),
    ("modal", modal({"type": "markdown", "text": "x"}), "markdown may not stand on a modal"),
    ("modal", home(section()), "'home' is no modal"),
    ("modal", modal(*[section("ä" * 2_900)] * 100), "bytes"),
    ("home", home({"type": "markdown", "text": "x"}), "markdown may not stand on a home"),
    ("home", home({"type": "alert", "text": plain("x")}), "alert may not stand on a home"),
    ("message", said({"type": "alert", "text": plain("x")}), "alert may not stand on a message"),
    ("message", said(*[{"type": "markdown", "text": "x" * 7_000}] * 2), "14000 characters of markdown"),
    ("message", said(data_table(1)), "1 entries"),
    ("message", said(data_table(102)), "102 entries"),
    ("message", said(data_table(2, columns=21)), "21 entries"),
    ("message", said(data_table(2, row_header_column_index=2)), "beyond the last column"),
    ("message", said(data_table(2, page_size=0)), "no whole number"),
    ("message", said(data_table(2, text="")), "0 characters"),
    ("message", said(data_table(101, text="x" * 100)), "20200 characters in data tables"),
    ("message", said({k: v for k, v in data_table(2).items() if k != "caption"}), "lacks caption"),
    ("message", said({**data_table(2), "rows": data_table(2)["rows"] + data_table(2, 1)["rows"]}), "cells"),
    ("message", said(*[chart([1, 2])] * 3), "3 charts"),
    ("message", said(chart(*[[1.0, 2.0]] * 7)), "7 entries"),
    ("message", said(chart([1])), "not exactly one value"),
    ("message", said(chart([1, float("nan")])), "finite"),
    ("message", said(chart([1, 2], categories=("a", "a"))), "not all different"),
    ("message", said(chart([1, 2], categories=("a", "x" * 21))), "21 characters"),
    ("message", said({**chart([1, 2]), "title": "x" * 51}), "51 characters"),
    ("message", said(section("\ud800")), "not JSON in UTF-8"),
]


@pytest.mark.parametrize(("surface", "payload"), GOOD)
def test_what_slack_takes_has_no_problems(surface: Surface, payload: Json):
    assert problems(payload, surface) == []


@pytest.mark.parametrize(("surface", "payload", "what"), BAD)
def test_what_slack_refuses_is_named(surface: Surface, payload: Json, what: str):
    found = problems(payload, surface)

    assert any(what in problem for problem in found), found


def test_a_broken_payload_is_a_problem_not_a_crash():
    for rubbish in (None, 1, "x", [], {"type": []}, {"type": "section", "text": 1}, {"type": "input"}):
        assert problems({"text": "x", "blocks": [rubbish]})
        assert problems({"text": "x", "blocks": rubbish})
    assert problems({"text": "x", "blocks": [{**chart([1, 2]), "chart": {"type": "line", "axis_config": 1}}]})


def test_a_mention_is_found_where_slack_parses_it_and_only_there():
    parsed = {"type": "section", "text": {"type": "mrkdwn", "text": "hello <!channel> and <@U1>"}}

    assert markup(said(parsed, text="<https://x|y>")) == ["<https://x|y>", "<!channel>", "<@U1>"]
    assert markup(said(section("<!channel>"), text="&lt;!channel&gt;")) == []


def test_everything_that_a_person_sees_or_hears_is_listed():
    payload = said(section("body"), actions(button(accessibility_label="spoken")), data_table(2, text="cell"))

    assert {"A sentence.", "body", "Go", "spoken", "Sizes", "cell"} <= set(texts(payload))
