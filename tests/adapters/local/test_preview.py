"""The door behind which a message looks as it would elsewhere."""

from pathlib import Path

import pytest

from adapters.local.behind import Preview
from adapters.page import as_slack
from adapters.slack import render
from bot.talk.cards import Card
from tests.adapters.local import cards
from tests.adapters.local.doorstep import Doorstep, address
from tests.adapters.local.fakes import JUN, LENA, MARC
from tests.adapters.test_golden import GALLERY

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

MESSAGES = [name for name in GALLERY if GALLERY[name]().submit is None]


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_is_shown_with_the_blocks_that_slack_would_get(door: Doorstep, name: str):
    card = GALLERY[name]()
    sent = door.send(MARC, card)

    shown = door.preview(MARC, sent.message).json

    made = render.message(card)
    assert shown == {"platform": "slack", "surface": "message", "text": made.text, "blocks": made.blocks}


def test_a_form_is_shown_as_the_modal_that_sends_it(door: Doorstep):
    form = door.say(LENA, "/pulse")[-1]

    shown = door.preview(LENA, form["id"]).json

    assert (shown["platform"], shown["surface"], "blocks" in shown) == ("slack", "modal", False)
    assert shown["view"] == render.modal(cards.form())
    assert shown["text"] == cards.form().fallback


def test_a_form_that_came_as_a_message_is_a_modal_too(door: Doorstep):
    sent = door.send(LENA, cards.form())

    assert door.preview(LENA, sent.message).json["view"]["callback_id"] == "form"


def test_the_home_card_is_shown_as_the_home_tab(door: Doorstep):
    door.do(door.platform.home(address(MARC), cards.why()))

    shown = door.preview(MARC, door.standing(MARC)[0]["id"]).json

    assert (shown["surface"], shown["view"]) == ("home", render.home(cards.why()))


def test_a_message_is_shown_in_its_own_language(door: Doorstep):
    german = door.send(LENA, cards.report())

    table = next(b for b in door.preview(LENA, german.message).json["blocks"] if b["type"] == "data_table")

    assert table["rows"][1][1]["text"] == "61 (55 bis 66)"


def test_messages_of_before_a_restart_are_shown_too(log: Path):
    first = Doorstep(log)
    sent = first.send(MARC, cards.report())
    before = first.preview(MARC, sent.message).json
    first.close()

    second = Doorstep(log)

    assert second.preview(MARC, sent.message).json == before
    second.close()


def test_what_a_message_offers_is_offered_in_its_preview(door: Doorstep):
    sent = door.send(LENA, cards.invitation())
    blocks = door.preview(LENA, sent.message).json["blocks"]
    buttons = [e for block in blocks if block["type"] == "actions" for e in block["elements"]]

    pressed = door.press(LENA, sent.message, buttons[0]["value"])

    assert pressed.status == 200
    assert {button["value"] for button in buttons} == {a.encode() for a in cards.invitation().actions()}


@pytest.mark.parametrize("message", ["", "99", "x", "-1", "9" * 40, "%00"])
def test_a_message_that_is_none_has_no_preview(door: Doorstep, message: str):
    answer = door.preview(LENA, message)

    assert (answer.status, answer.error["field"]) == (404, "message")


def test_nobody_sees_anothers_message_by_its_preview(door: Doorstep):
    sent = door.send(LENA, cards.invitation())

    assert (door.preview(JUN, sent.message).status, door.preview("nobody", sent.message).status) == (404, 404)


def test_a_message_that_is_gone_has_no_preview(door: Doorstep):
    form = door.say(LENA, "/pulse")[-1]
    left = door.post("/local/dismiss", {"as": LENA, "message": form["id"]}).messages[0]

    assert door.preview(LENA, left["id"]).error["field"] == "message"


def test_what_the_person_wrote_is_no_card(door: Doorstep):
    mine = door.say(LENA, "/privacy")[0]

    answer = door.preview(LENA, mine["id"])

    assert (answer.status, answer.error["field"]) == (400, "message")


@pytest.mark.parametrize("platform", ["", "teams", "local"])
def test_a_platform_whose_look_is_unknown_is_refused(door: Doorstep, platform: str):
    sent = door.send(LENA, cards.invitation())

    answer = door.preview(LENA, sent.message, platform)

    assert (answer.status, answer.error["field"]) == (404, "platform")
    assert "slack" in answer.error["message"]


def test_the_page_is_told_whose_look_it_can_borrow(door: Doorstep, log: Path):
    assert door.get("/local/people").json["previews"] == ["slack"]

    bare = Doorstep(log.with_name("bare.jsonl"), previews={})

    assert bare.get("/local/people").json["previews"] == []
    assert bare.preview(LENA, bare.send(LENA, cards.why()).message).error["field"] == "platform"
    bare.close()


def test_another_site_gets_no_preview(door: Doorstep):
    sent = door.send(LENA, cards.invitation())
    path = f"/local/preview?as={LENA}&message={sent.message}&platform=slack"

    assert door.get(path, {"Sec-Fetch-Site": "cross-site"}).status == 403
    assert door.do(door.ask("POST", path, b"{}", {"Content-Type": "application/json"})).status == 405


def test_any_platform_can_be_injected(log: Path):
    def backwards(card: Card, surface: str) -> dict[str, str]:
        return {"text": card.title[::-1], "blocks": surface}

    own: dict[str, Preview] = {"mirror": backwards}
    door = Doorstep(log, previews=own)
    sent = door.send(LENA, cards.why())

    shown = door.preview(LENA, sent.message, "mirror").json

    assert shown == {"platform": "mirror", "surface": "message", "text": "uoy yhW", "blocks": "message"}
    door.close()


def test_every_surface_of_slack_says_its_text():
    card = cards.hostile()

    assert as_slack(card, "message")["text"] == "&lt;!channel&gt; hello"
    assert as_slack(card, "home")["view"]["type"] == "home"
    assert as_slack(card, "modal")["view"]["callback_id"] == "card"
