"""That the opinion on cards has one: each thing that Teams refuses or shows poorly is named, and a good card passes."""

from copy import deepcopy
from typing import Any

import pytest

from tests.platforms.teams.cards import message_problems, problems
from tests.platforms.teams.walk import oldest, pressable, texts

Json = dict[str, Any]

SUBMIT: Json = {
    "type": "Action.Submit",
    "title": "Go",
    "data": {"rapport": "go::"},
    "associatedInputs": "none",
}
EXECUTE: Json = {**SUBMIT, "type": "Action.Execute", "verb": "rapport", "fallback": SUBMIT}
WORDS: Json = {"type": "TextBlock", "text": "Words.", "wrap": True}
CELLS: Json = {"type": "TableRow", "cells": [{"type": "TableCell", "items": [WORDS]}] * 2}
CHART: Json = {
    "type": "Chart.Line",
    "title": "Did it rise?",
    "data": [{"legend": "Support", "values": [{"x": "Jan", "y": 1}]}],
    "fallback": WORDS,
}
FIELD: Json = {
    "type": "Input.Text",
    "id": "why",
    "label": "Why?",
    "isRequired": True,
    "errorMessage": "Please.",
}


def card(*body: Json, **parts: Any) -> Json:
    return {
        "type": "AdaptiveCard",
        "version": "1.5",
        "lang": "en",
        "speak": "Words.",
        "fallbackText": "Words.",
        "body": [deepcopy(part) for part in body] or [WORDS],
        **parts,
    }


GOOD = (
    WORDS,
    {"type": "Container", "items": [WORDS], "id": "more", "isVisible": False},
    {
        "type": "ActionSet",
        "actions": [{"type": "Action.ToggleVisibility", "title": "More", "targetElements": ["more"]}],
    },
    {"type": "ColumnSet", "columns": [{"type": "Column", "width": 2, "items": [WORDS]}]},
    {"type": "FactSet", "facts": [{"title": "n", "value": "7"}]},
    {"type": "Table", "columns": [{"width": 1}, {"width": 2}], "rows": [CELLS], "fallback": WORDS},
    {"type": "Image", "url": "https://r.example/x.png", "altText": "A picture"},
    {"type": "Input.ChoiceSet", "id": "which", "label": "Which?", "choices": [{"title": "A", "value": "a"}]},
    {"type": "Input.Date", "id": "day", "label": "When?", "min": "2026-11-26"},
    {"type": "Input.Number", "id": "n", "label": "How many?", "min": 0},
    FIELD,
    CHART,
)


def test_a_card_in_order_is_in_order():
    assert problems(card(*GOOD, actions=[EXECUTE])) == []


@pytest.mark.parametrize(
    ("part", "problem"),
    [
        ({"type": "TextBlock", "text": "Words."}, "does not wrap"),
        ({**WORDS, "text": " "}, "blank"),
        ({**WORDS, "size": "huge"}, "none of"),
        ({**WORDS, "colour": "accent"}, "colour is unknown"),
        ({"type": "Heading", "text": "x"}, "may not stand here"),
        ({"type": "Container", "items": []}, "0 entries"),
        ({"type": "Column", "items": [WORDS]}, "may not stand here"),
        ({"type": "ActionSet", "actions": [EXECUTE] * 7}, "7 entries"),
        ({"type": "ActionSet", "actions": [{**EXECUTE, "fallback": "drop"}]}, "no submit"),
        ({"type": "ActionSet", "actions": [{**EXECUTE, "title": "Other"}]}, "its fallback differs"),
        (
            {"type": "ActionSet", "actions": [{"type": "Action.OpenUrl", "title": "x", "url": "x:y"}]},
            "no address",
        ),
        (
            {
                "type": "ActionSet",
                "actions": [{"type": "Action.ToggleVisibility", "title": "x", "targetElements": ["no"]}],
            },
            "nothing of that name",
        ),
        ({"type": "Table", "columns": [{"width": 1}], "rows": [CELLS], "fallback": WORDS}, "1 columns"),
        ({"type": "Table", "columns": [{"width": 1}] * 2, "rows": [CELLS]}, "Table is lost"),
        ({**FIELD, "label": ""}, "blank"),
        ({"type": "Input.Text", "id": "why"}, "lacks label"),
        ({**FIELD, "errorMessage": None}, "not a text"),
        ({"type": "Input.Text", "id": "why", "label": "Why?", "isRequired": True}, "without a word"),
        ({"type": "Image", "url": "https://r.example/x.png"}, "lacks altText"),
        ({**CHART, "fallback": "drop"}, "no fallback"),
        ({name: part for name, part in CHART.items() if name != "fallback"}, "is lost"),
        ({**CHART, "data": [{"legend": "x", "values": [{"x": "Jan", "y": float("nan")}]}]}, "not JSON"),
        ({**CHART, "data": []}, "0 entries"),
    ],
)
def test_what_teams_refuses_or_shows_poorly_is_named(part: Json, problem: str):
    found = problems(card(part))

    assert any(problem in one for one in found), found


@pytest.mark.parametrize("missing", ["version", "body", "speak", "fallbackText", "lang"])
def test_a_card_that_lacks_what_readers_need_is_a_problem(missing: str):
    whole = card()
    del whole[missing]

    assert f"card: lacks {missing}" in problems(whole)


def test_two_parts_of_one_name_are_a_problem():
    assert "'why': 2 times" in problems(card(FIELD, FIELD))


def test_a_card_in_a_card_in_a_card_is_a_problem():
    inner: Json = {"type": "AdaptiveCard", "body": [WORDS]}
    for _ in range(2):
        show = {"type": "Action.ShowCard", "title": "More", "card": inner}
        inner = {"type": "AdaptiveCard", "body": [WORDS], "actions": [show]}

    assert "cards inside cards inside cards" in problems(card(actions=inner["actions"]))
    assert problems(card(actions=inner["actions"][0]["card"]["actions"])) == []


def test_a_message_is_of_one_card_says_something_and_is_not_too_large():
    whole = {
        "type": "message",
        "summary": "Words.",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card()}],
    }

    assert message_problems(whole) == []
    assert message_problems({**whole, "summary": " "}) != []
    assert message_problems({**whole, "attachments": []}) != []
    assert message_problems({**whole, "text": "x" * 44_000}) == []
    assert message_problems({**whole, "text": "x" * 45_000})[0].startswith("message: 90")


def test_an_older_client_has_the_fallback_of_what_it_does_not_know():
    seen, lost = oldest(card(CHART, actions=[EXECUTE]), frozenset({"Chart.Line", "Action.Execute"}))

    assert lost == []
    assert [part["type"] for part in seen["body"]] == ["TextBlock"]
    assert [button["type"] for button in pressable(seen)] == ["Action.Submit"]
    assert "Did it rise?" not in [*texts(seen)]
