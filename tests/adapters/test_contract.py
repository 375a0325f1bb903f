"""What every chat platform promises, whichever it is."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from adapters import PLATFORMS
from bot.errors import Undeliverable
from bot.talk.cards import Action, Ask, Button, Buttons, Card, Text
from bot.talk.events import (
    ButtonPressed,
    CommandUsed,
    FormSent,
    Invalid,
    MessageWritten,
    OpenForm,
    Private,
    Replace,
)
from bot.talk.platform import DeliveryId, Receipt, Unknown
from surveys.formats import FreeText, Option, Scale
from tests.adapters.rig import Rig, opener
from tests.canary import free

pytestmark = pytest.mark.allow_hosts(["127.0.0.1", "::1"])

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
TAP = Action("answer.tap", "12/job-satisfaction")
POINTS = tuple(Option(str(n), f"point {n}") for n in range(1, 6))
QUESTION = Card(
    "A question",
    (
        Ask(
            "job-satisfaction",
            "How satisfied are you?",
            Scale(POINTS, "very dissatisfied", "very satisfied"),
            TAP,
        ),
        Buttons(
            (
                Button("Start", Action("answer.open", "12")),
                Button("Not this time", Action("answer.decline", "12")),
            )
        ),
    ),
    "A short, voluntary question.",
)
FORM = Card(
    "The rest",
    (Ask("comment", "Anything to add?", FreeText(2000)),),
    "A short form.",
    submit=Button("Save", Action("answer.send", "12"), "primary"),
)


def plain(title: str) -> Card:
    return Card(title, (Text(f"{title}, in a sentence."),), f"{title}, in a sentence.")


@pytest.fixture(params=PLATFORMS)
def rig(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Rig]:
    with opener(request.param)(tmp_path) as opened:
        yield opened


def sent(rig: Rig, card: Card, delivery: str) -> Receipt:
    return rig.do(rig.platform.send(rig.address(rig.known), card, DeliveryId(delivery)))


def found(rig: Rig, delivery: str) -> Receipt | Unknown | None:
    return rig.do(rig.platform.find(rig.address(rig.known), DeliveryId(delivery), LONG_AGO))


def test_what_was_sent_can_be_found_where_the_platform_can_be_asked(rig):
    receipt = sent(rig, plain("Hello"), "d1")

    if rig.findable:
        assert found(rig, "d1") == receipt
        assert found(rig, "d2") is None
    else:
        assert isinstance(found(rig, "d1"), Unknown)


def test_an_edited_message_stands_in_place_of_the_old_one(rig):
    receipt = sent(rig, plain("Before"), "d1")

    rig.do(rig.platform.edit(rig.address(rig.known), receipt, plain("After")))

    assert rig.titles() == ["After"]


def test_nobody_unknown_can_be_written_to(rig):
    with pytest.raises(Undeliverable):
        rig.do(rig.platform.send(rig.address("nobody-at-all"), plain("Hello"), DeliveryId("d1")))


def test_a_profile_names_its_user(rig):
    assert rig.do(rig.platform.whois(rig.address(rig.known))).user == rig.known


def test_the_members_of_a_workspace_hold_the_people_one_can_write_to(rig):
    async def users() -> list[str]:
        return [profile.user async for profile in rig.platform.members(rig.address(rig.known).workspace)]

    assert rig.known in rig.do(users())


def test_a_command_reaches_the_bot_with_what_follows_it(rig):
    rig.answer("results", Private(plain("The result")))

    rig.says("/results Support")

    (event,) = rig.events
    assert isinstance(event, CommandUsed)
    assert (event.name, event.text) == ("results", "Support")
    assert rig.titles() == ["The result"]


def test_a_plain_message_is_no_command(rig):
    rig.says("the pause room is cold")

    (event,) = rig.events
    assert isinstance(event, MessageWritten)
    assert event.text == "the pause room is cold"


def test_a_tap_brings_its_value_opens_the_form_and_leaves_a_receipt(rig):
    rig.answer("answer.tap", OpenForm(FORM, replace=plain("Saved")))
    sent(rig, QUESTION, "d1")

    rig.presses("A question", Action(TAP.name, TAP.ref, "4").encode())

    (event,) = rig.events
    assert isinstance(event, ButtonPressed)
    assert event.action == Action("answer.tap", "12/job-satisfaction", "4")
    assert rig.titles() == ["Saved", "The rest"]


def test_a_form_that_does_not_fit_stays_open_with_its_sentence(rig):
    rig.answer("answer.open", OpenForm(FORM))
    rig.answer("answer.send", Invalid({"comment": "Please shorten it."}))
    sent(rig, QUESTION, "d1")
    rig.presses("A question", Action("answer.open", "12").encode())

    errors = rig.submits("The rest", {"comment": free("x")})

    assert "Please shorten it." in str(errors)
    assert "The rest" in rig.titles()


def test_a_form_brings_its_values_and_gives_way_to_the_reply(rig):
    rig.answer("answer.open", OpenForm(FORM))
    rig.answer("answer.send", Replace(plain("Saved")))
    sent(rig, QUESTION, "d1")
    rig.presses("A question", Action("answer.open", "12").encode())

    rig.submits("The rest", {"comment": free("more light")})

    event = rig.events[-1]
    assert isinstance(event, FormSent)
    assert dict(event.values) == {"comment": free("more light")}
    assert rig.titles()[-1] == "Saved"
    assert "The rest" not in rig.titles()


def test_what_stands_beside_a_receipt_is_shown_as_well(rig):
    rig.answer("answer.open", OpenForm(FORM))
    rig.answer("answer.send", Replace(plain("Saved"), beside=plain("People you can talk to")))
    sent(rig, QUESTION, "d1")
    rig.presses("A question", Action("answer.open", "12").encode())

    rig.submits("The rest", {"comment": free("more light")})

    assert {"Saved", "People you can talk to"} <= {*rig.titles()}
    assert "The rest" not in rig.titles()


def test_an_act_that_leads_to_a_form_may_be_answered_otherwise(rig):
    rig.answer("answer.open", Private(plain("This survey is closed")))
    sent(rig, QUESTION, "d1")

    rig.presses("A question", Action("answer.open", "12").encode())

    assert rig.titles() == ["A question", "This survey is closed"]


def test_a_form_that_nobody_expected_opens_all_the_same(rig):
    rig.answer("answer.decline", OpenForm(FORM))
    rig.answer("answer.send", Replace(plain("Saved")))
    sent(rig, QUESTION, "d1")
    rig.presses("A question", Action("answer.decline", "12").encode())

    rig.submits("The rest", {"comment": free("more light")})

    assert isinstance(rig.events[-1], FormSent)
    assert rig.titles() == ["Saved"]


def test_what_is_written_in_a_form_is_never_echoed_into_the_conversation(rig):
    rig.answer("answer.open", OpenForm(FORM))
    rig.answer("answer.send", Replace(plain("Saved")))
    sent(rig, QUESTION, "d1")
    rig.presses("A question", Action("answer.open", "12").encode())

    rig.submits("The rest", {"comment": "zebra-quagga"})

    assert "zebra-quagga" not in rig.texts()


def test_a_redelivered_event_has_the_same_identity(rig):
    rig.says("/results")
    rig.redeliver()

    identities = {event.source.event for event in rig.events}
    assert len(identities) == 1


@pytest.mark.parametrize(
    "name", ["<!channel>", "**bold**", "<b>x</b>", "\u202eevil", "<https://x.example|y>"]
)
def test_a_hostile_name_is_shown_and_never_acted_upon(rig, name):
    receipt = sent(rig, Card("Hello", (Text(f"Welcome {name}."),), f"Welcome {name}."), "d1")

    assert receipt.message
    assert rig.titles() == ["Hello"]
