import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.local.render import gone, rendered, spoken
from adapters.local.restore import restored
from analytics.chart import Chart as ChartData
from analytics.chart import Point, Series
from bot.talk.cards import Action, Ask, Card, Chart
from bot.talk.language import words
from surveys.formats import FreeText
from tests.adapters.local import cards
from tests.adapters.slack import strategies
from tests.adapters.test_golden import GALLERY

EN = words("en")
GOLDEN = {**GALLERY, "einladung": cards.einladung, "why": cards.why}

Json = dict[str, Any]


def kept(card: Card) -> Json:
    """Return the card as it comes out of a file."""
    read: Json = json.loads(json.dumps(rendered(card, EN)))
    return read


def as_once_kept(card: Json) -> Json:
    """Return the card as logs kept it when they only said whether a question is tapped."""
    asks = [e | {"tap": e["tap"] is not None} if e["kind"] == "ask" else e for e in card["elements"]]
    return card | {"elements": asks}


@pytest.mark.parametrize("name", GOLDEN)
def test_every_card_of_the_gallery_comes_back_whole(name: str):
    card = GOLDEN[name]()

    assert restored(kept(card), card.locale) == card


@given(strategies.cards)
def test_any_card_comes_back_whole(card: Card):
    assert restored(kept(card), card.locale) == card


@given(st.lists(st.none() | st.floats(-1e6, 1e6), min_size=1, max_size=5), st.floats(0, 1e6))
def test_intervals_and_gaps_come_back(values: list[float | None], half: float):
    points = tuple(None if v is None else Point(v, v - half, v + half) for v in values)
    data = ChartData("?", tuple(map(str, range(len(points)))), (Series("a", points),), "%")
    card = Card("A", (Chart(data, "s"),), "A.")

    assert restored(kept(card), "en") == card


@pytest.mark.parametrize("name", GOLDEN)
def test_a_log_of_before_the_token_of_a_tap_was_kept_is_read_too(name: str):
    card = GOLDEN[name]()

    assert restored(as_once_kept(kept(card)), card.locale) == card


def test_a_tap_without_options_in_such_a_log_is_still_no_field():
    card = Card("A", (Ask("k", "Why?", FreeText(9), tap=Action("x", "1")),), "A.")

    assert restored(as_once_kept(kept(card)), "en").elements == (replace(card.elements[0], tap=Action("")),)


@pytest.mark.parametrize("card", [spoken("hello"), gone()])
def test_what_was_typed_and_what_is_gone_are_cards_too(card: Json):
    assert rendered(restored(card, "en"), EN) == card


@pytest.mark.parametrize(
    "element", [{"kind": "video"}, {"kind": "ask", "response": {"format": "stars"}}, {"kind": "note"}]
)
def test_what_was_never_rendered_is_refused(element: Json):
    with pytest.raises((KeyError, ValueError)):
        restored(gone() | {"elements": [element]}, "en")
