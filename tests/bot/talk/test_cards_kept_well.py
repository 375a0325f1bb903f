from typing import Literal

import pytest

from bot.talk.cards import Action, Ask, Button, Buttons, Card, Fact, Facts, Note, Table, Text
from bot.talk.fallback import card, violations
from bot.talk.language import words
from bot.talk.marking import marked
from surveys.formats import Choice, FreeText, Option

Style = Literal["primary", "plain", "danger"]


def button(label: str, style: Style = "plain"):
    return Button(label, Action(label.replace(" ", ".")), style)


GOOD = card(
    "Short survey",
    Text("Two questions, open until Friday."),
    Buttons((button("Start", "primary"), button("Later"))),
)


def test_a_good_card_breaks_no_rule():
    assert violations(GOOD) == []


@pytest.mark.parametrize("language", ["en", "de", "de-formal"])
def test_made_up_data_is_marked_once_however_often_it_is_asked_for(language: str):
    w = words(language)
    note = Note(w("marking.made_up"))

    once = marked(GOOD, w, made_up=True)

    assert once.elements[-1] == note
    assert marked(once, w, made_up=True) == once
    assert marked(GOOD, w, made_up=False).elements == GOOD.elements
    assert marked(GOOD, words("de-AT"), made_up=False).locale == "de-AT"
    assert violations(once) == []


def test_the_stand_in_is_the_title_and_the_most_useful_line():
    made = card("Support", Text("An explanation."), Text("Satisfaction: +6 points", lead=True))

    assert made.fallback == "Support. Satisfaction: +6 points."
    assert violations(made) == []


def test_a_title_that_opens_the_text_is_not_said_twice():
    assert card("Passed on", Text("Passed on to Ana Ruiz.")).fallback == "Passed on to Ana Ruiz."


def test_a_card_without_text_is_stood_in_for_by_its_title():
    assert card("Which department do you mean?").fallback == "Which department do you mean?"


def test_a_fallback_that_is_given_is_kept():
    assert (
        card("Pulse", Text("Workload?"), fallback="A short survey is open.").fallback
        == "A short survey is open."
    )


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (card("One two three four five six seven", Text("Body.")), "title has 7 words"),
        (card("Title", Text("word " * 61)), "body has 61 words"),
        (card("Title", Text("word " * 30), Text("word " * 31)), "body has 61 words"),
        (card("Title", Note("word " * 61), fallback="A full sentence."), "notes has 61 words"),
        (card("", Text("A body with text.")), "no title"),
        (card("Title", Text("Body."), fallback=""), "not a full sentence"),
        (card("Title", Text("Body."), fallback="Something without an end"), "not a full sentence"),
        (card("Title", Text(" "), fallback="A full sentence."), "Text holds an empty text"),
        (card("Title", Facts((Fact("n", ""),)), fallback="A full sentence."), "Facts holds an empty text"),
        (card("Title", Table("", (), ()), fallback="A full sentence."), "Table holds an empty text"),
        (card("Title", Ask("a", "", FreeText(9)), fallback="A full sentence."), "Ask holds an empty text"),
        (
            card(
                "Title",
                Buttons((button("Start", "primary"), button("Go on", "primary"))),
                fallback="A full sentence.",
            ),
            "2 buttons are primary",
        ),
        (
            card(
                "Title",
                Buttons((button("Go on", "primary"),)),
                fallback="A full sentence.",
                submit=button("Save", "primary"),
            ),
            "2 buttons are primary",
        ),
        (
            card("Title", Buttons(tuple(button(f"Act {n}") for n in range(4))), fallback="A full sentence."),
            "4 buttons besides",
        ),
        (card("Title", Buttons((button("OK"),)), fallback="A full sentence."), "does not name its act"),
        (card("Title", Buttons((button("x" * 76),)), fallback="A full sentence."), "more than 75"),
        (
            card("Title", Buttons((button("Go on"), button("Go on"))), fallback="A full sentence."),
            "occurs 2 times",
        ),
        (
            card(
                "Title",
                Ask("a", "Why?", FreeText(9)),
                Ask("a", "How?", FreeText(9)),
                fallback="A full sentence.",
            ),
            "field 'a' occurs 2 times",
        ),
        (
            card(
                "Title",
                Ask("a", "Why?", Choice((Option("1", "One"), Option("1", "Uno"))), tap=Action("pick")),
                fallback="A full sentence.",
            ),
            "occurs 2 times",
        ),
    ],
)
def test_a_broken_rule_is_named(broken: Card, complaint: str):
    assert any(complaint in found for found in violations(broken)), violations(broken)
