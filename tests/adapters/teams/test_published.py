"""Cards against the schema of Adaptive Cards 1.5 that Microsoft has published, as a client of that version reads them."""

from copy import deepcopy
from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings

from adapters.teams.render import message
from bot.talk.cards import Card
from tests.adapters.slack import strategies
from tests.adapters.teams.published import cards, of_cards, wrong
from tests.platforms.teams.walk import CHARTS, dicts, oldest

GOLDEN = dict(cards())


@cache
def published() -> Any:
    return of_cards()


@pytest.mark.parametrize("name", GOLDEN)
def test_every_golden_card_is_a_card_by_the_published_schema(name: str):
    assert wrong(published(), GOLDEN[name]) == []


@given(strategies.cards)
@settings(max_examples=30)
def test_any_card_is_one_once_a_client_of_1_5_has_taken_the_fallbacks(card: Card):
    shown = message(card)["attachments"][0]["content"]

    assert wrong(published(), oldest(shown, CHARTS)[0]) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda part: part.update(type="Imaginary"),
        lambda part: part.update(wrap="yes"),
        lambda part: part.update(spacing="enormous"),
    ],
    ids=["a type that there is not", "a word for a truth value", "a value that there is not"],
)
def test_it_would_notice(spoil: Any):
    card = deepcopy(GOLDEN["receipt, message, as sent"])
    spoil(next(part for part in dicts(card) if part.get("type") == "TextBlock"))

    assert wrong(published(), card) != []
