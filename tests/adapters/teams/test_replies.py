"""What each reply does in Teams, at each place that it can come from, as the person and those around them see it."""

import asyncio
import json
from dataclasses import replace
from typing import Any

import pytest

from adapters import outbound
from adapters.teams.answers import CARD, ERROR, MESSAGE
from adapters.teams.controls import AGAIN, ORIGIN
from adapters.teams.forms import FORM, OWN
from adapters.teams.receive import Spot, received
from adapters.teams.references import Reference
from adapters.teams.refusals import NO_ACTIVITY, Rejected
from adapters.teams.replies import Stage, failed, refused
from adapters.teams.sdk import Answer
from bot.errors import Disconnected, PlatformError, TryLater, Undeliverable, Unsure
from bot.talk.cards import Action, Ask, Button, Card, Fact, Facts, Table, Text
from bot.talk.events import Invalid, Nothing, OpenForm, Private, Replace, Reply
from bot.talk.language import words
from surveys.formats import Choice, FreeText, Option
from tests.adapters.local.cards import report as report_card
from tests.adapters.teams.recorder import Call, Recorder
from tests.adapters.teams.test_receive import SCENARIOS, scenario
from tests.platforms.teams import widgets

Json = dict[str, Any]

OWN_CHAT, CHANNEL = "a:lena", "19:support@thread.tacv2;messageid=1"
LENA = Reference(
    tenant="t1",
    user="u1",
    service_url="https://smba.example/",
    conversation=OWN_CHAT,
    bot="28:app",
    member="29:lena",
)
FIGURES = Card(
    "Figures",
    (Facts((Fact("Support", "71%"),)), Table("Sizes", ("Team", "n"), (("Support", "18"),))),
    "Support: 71% of 18 people.",
)
SAVED = Card("Saved", (Text("It is saved."),), "Your answer is saved.")
FORM_CARD = Card(
    "A comment",
    (
        Ask("comment", "What should change?", FreeText(500)),
        Ask("topic", "About what?", Choice((Option("tools", "Tools"), Option("pay", "Pay")))),
    ),
    "A form with two fields.",
    Button("Send", Action("save", "12"), "primary"),
)
COMPLAINT = Invalid({"comment": "Please write a little less."})
REPLIES: list[Reply] = [
    Replace(SAVED),
    Private(FIGURES),
    OpenForm(FORM_CARD),
    OpenForm(FORM_CARD, SAVED),
    COMPLAINT,
    Nothing(),
]


def spot(surface: Any, *, shared: bool = False, **more: Any) -> Spot:
    known: Json = {"conversation": CHANNEL if shared else OWN_CHAT, "shared": shared}
    if surface in {"card", "submit", "dialog"}:
        known["message"] = "42"
    return Spot(**{"workspace": "t1", "user": "u1", "surface": surface, **known, **more})


def sent(surface: Any, **more: Any) -> Spot:
    """Return the spot of the form that was sent."""
    filled = {"comment": "too long", "topic": "pay"}
    return spot(surface, sent=True, form=FORM_CARD, values=filled, **more)


def shown(
    reply: Reply, at: Spot, *, to: Reference = LENA, **fails: list[PlatformError]
) -> tuple[Answer | None, list[Call]]:
    """Answer and show a reply, and return what was answered and what the connector was asked for."""
    recorder = Recorder()
    recorder.fails.update(fails)
    stage = Stage(recorder, to, at)  # type: ignore[arg-type]  # it takes the connector's place
    answer = stage.answer(reply)
    asyncio.run(stage.show(reply))
    return answer, recorder.calls


def title(card: Json) -> str:
    found: str = card["body"][0]["text"]
    return found


def answered(answer: Answer | None) -> tuple[str, str]:
    """Return the kind of an invoke's answer and what it shows."""
    assert answer is not None
    body = answer.body
    if "task" in body:
        value = body["task"]["value"]
        return body["task"]["type"], value if isinstance(value, str) else value["title"]
    return body["type"], title(body["value"]) if body["type"] == CARD else body["value"]


def seen(calls: list[Call]) -> list[tuple[str, str, str]]:
    """Return what stood where afterwards: by which call, in which conversation, under which title or as which words."""
    return [
        (call.what, call.where, title(call.card) if call.card else call.activity.get("text", ""))
        for call in calls
    ]


# --- a button in the own chat ------------------------------------------------------------------------------


def test_a_pressed_card_becomes_its_receipt_in_the_answer_and_for_good():
    answer, calls = shown(Replace(SAVED), spot("card"))

    assert answered(answer) == (CARD, "Saved")
    assert seen(calls) == [("update", OWN_CHAT, "Saved")]
    assert calls[0].message == "42"


def test_a_private_card_stands_below_and_the_pressed_one_stays():
    answer, calls = shown(Private(FIGURES), spot("card"))

    assert answered(answer) == (MESSAGE, words("en")("teams.below"))
    assert seen(calls) == [("post", OWN_CHAT, "Figures")]


def test_a_form_takes_the_place_of_the_card_in_the_answer_alone():
    answer, calls = shown(OpenForm(FORM_CARD), spot("card"))

    assert answered(answer) == (CARD, "A comment")
    assert calls == []


def test_a_form_with_a_receipt_leaves_the_receipt_and_stands_below():
    answer, calls = shown(OpenForm(FORM_CARD, SAVED), spot("card"))

    assert answered(answer) == (CARD, "Saved")
    assert seen(calls) == [("update", OWN_CHAT, "Saved"), ("post", OWN_CHAT, "A comment")]


def test_what_had_been_handled_before_is_said_and_nothing_shown():
    answer, calls = shown(Nothing(), spot("card", locale="de-DE"))

    assert answered(answer) == (MESSAGE, words("de")("teams.done"))
    assert calls == []


def test_a_message_that_teams_cannot_find_is_written_anew():
    answer, calls = shown(Replace(SAVED), spot("card"), update=[Rejected(NO_ACTIVITY, 404)])

    assert answered(answer) == (CARD, "Saved")
    assert seen(calls) == [("post", OWN_CHAT, "Saved")]


@pytest.mark.parametrize(
    "error", [Rejected("BadSyntax", 405), Unsure("timeout"), Undeliverable("writes_blocked")]
)
def test_a_receipt_that_the_answer_has_shown_is_not_shown_twice_for_another_failure(error):
    with pytest.raises(type(error)):
        shown(Replace(SAVED), spot("card"), update=[error])


def test_a_card_that_named_no_message_becomes_its_receipt_in_the_answer():
    answer, calls = shown(Replace(SAVED), spot("card", message=""))

    assert answered(answer) == (CARD, "Saved")
    assert calls == []


# --- a form that cannot open by itself ---------------------------------------------------------------------

OPEN_FORM = words("en")("button.open_form")


def offered(card: Json) -> tuple[str, Action]:
    """Return what the one button of a card says and does; it asks for a dialog."""
    (button,) = [one for one in widgets.actions(card) if "data" in one]
    assert button["data"]["msteams"] == {"type": "task/fetch"}
    return button["title"], Action.decode(button["data"]["rapport"])


@pytest.mark.parametrize("shared", [False, True])
def test_under_a_command_stands_the_button_to_the_form_which_uses_the_command_again(shared):
    again = Action(AGAIN, "feedback")
    _, calls = shown(OpenForm(FORM_CARD), spot("typed", shared=shared, again=again))

    assert seen(calls) == [("targeted" if shared else "post", CHANNEL if shared else OWN_CHAT, "A comment")]
    assert offered(calls[0].card) == (OPEN_FORM, again)
    assert "A form with two fields." in json.dumps(calls[0].card)
    assert fields(calls[0].card) == {}


def test_a_card_from_before_there_were_dialogs_becomes_the_button_that_does_the_same_in_one():
    again = Action("answer.tap", "12/q", "4")
    answer, calls = shown(OpenForm(FORM_CARD), spot("card", again=again))
    receipt, below = shown(OpenForm(FORM_CARD, SAVED), spot("card", again=again))

    assert answer is not None
    assert offered(answer.body["value"]) == (OPEN_FORM, again)
    assert calls == []
    assert answered(receipt) == (CARD, "Saved")
    assert seen(below) == [("update", OWN_CHAT, "Saved"), ("post", OWN_CHAT, "A comment")]
    assert offered(below[1].card) == (OPEN_FORM, again)


def test_an_act_that_is_too_long_for_a_button_leaves_the_form_in_the_chat():
    _, calls = shown(OpenForm(FORM_CARD), spot("typed", again=Action(AGAIN, "roi-report", "x" * 9_000)))

    assert fields(calls[0].card) == {"comment": "", "topic": ""}


def test_a_dialog_ends_with_one_line_in_which_nothing_acts():
    hostile = replace(SAVED, fallback="Saved\u202e\n<at>all</at> **now**")
    answer, _ = shown(Replace(hostile), sent("dialog"))
    empty, _ = shown(Replace(replace(SAVED, fallback="")), sent("dialog"))

    assert answered(answer)[1].splitlines() == [answered(answer)[1]]
    assert "\u202e" not in answered(answer)[1]
    assert answered(empty) == ("message", "Saved")


# --- a form that was sent ----------------------------------------------------------------------------------


def fields(card: Json) -> dict[str, str]:
    """Return the fields of a card and what is filled in."""
    inside = json.dumps(card)
    found: dict[str, str] = {}

    def walk(node: Any) -> None:
        if isinstance(node, dict):
            if str(node.get("type", "")).startswith("Input."):
                found[node["id"]] = node.get("value", "")
            for value in node.values():
                walk(value)
        elif isinstance(node, list):
            for value in node:
                walk(value)

    walk(json.loads(inside))
    return found


def test_a_form_that_does_not_fit_is_shown_again_with_what_was_filled_in_and_the_sentence_under_its_field():
    answer, calls = shown(COMPLAINT, sent("card"))

    assert answer is not None
    card = answer.body["value"]
    said = [
        place for place, part in enumerate(card["body"]) if "Please write a little less." in json.dumps(part)
    ]
    asks = [place for place, part in enumerate(card["body"]) if "Input." in json.dumps(part)]
    assert fields(card) == {"comment": "too long", "topic": "pay"}
    assert (said, asks) == ([2], [1, 3])
    assert calls == []


def test_a_form_that_was_shown_again_can_be_shown_again():
    answer, _ = shown(COMPLAINT, sent("card", own=True))
    assert answer is not None
    data = answer.body["value"]["actions"][0]["data"] | {"comment": "still too long"}
    activity = scenario("submit")
    activity["value"]["action"]["data"] = data

    found = received(activity)

    assert found is not None
    again, _ = shown(COMPLAINT, found[1])
    assert found[1].own
    assert again is not None
    assert fields(again.body["value"]) == {"comment": "still too long", "topic": ""}


def test_without_its_form_a_complaint_stands_beside_the_card_which_keeps_what_was_filled_in():
    answer, calls = shown(COMPLAINT, spot("card", sent=True))

    assert answered(answer) == (MESSAGE, "Please write a little less.")
    assert calls == []


def test_what_comes_of_a_form_in_the_place_of_a_card_is_shown_there_and_the_card_stays():
    answer, calls = shown(Private(SAVED), sent("card"))

    assert answered(answer) == (CARD, "Saved")
    assert calls == []


def test_what_comes_of_a_form_of_its_own_takes_its_place_for_good():
    answer, calls = shown(Private(SAVED), sent("card", own=True))

    assert answered(answer) == (CARD, "Saved")
    assert seen(calls) == [("update", OWN_CHAT, "Saved")]


def test_a_form_knows_whether_it_is_a_message_of_its_own():
    _, posted = shown(OpenForm(FORM_CARD), spot("typed"))
    in_place, _ = shown(OpenForm(FORM_CARD), spot("card"))

    assert in_place is not None
    own, inside = posted[0].card["actions"][0], in_place.body["value"]["actions"][0]
    assert own["data"][OWN] == own["fallback"]["data"][OWN] == "1"
    assert FORM in inside["data"]
    assert OWN not in inside["data"]


def test_a_form_that_leaves_no_room_for_itself_travels_without():
    many = Choice(tuple(Option(f"value {n}", "letters " * 20) for n in range(190)))
    wide = replace(FORM_CARD, elements=(Ask("one", "Which one?", many), Text("x" * 3_000)))

    _, posted = shown(OpenForm(wide), spot("typed"))

    assert FORM not in posted[0].card["actions"][0]["data"]


# --- a dialog ----------------------------------------------------------------------------------------------


def test_a_form_opens_in_the_dialog_and_knows_where_it_was_opened():
    answer, calls = shown(OpenForm(FORM_CARD), spot("dialog"))

    assert answered(answer) == ("continue", "A comment")
    assert answer is not None
    data = answer.body["task"]["value"]["card"]["content"]["actions"][0]["data"]
    assert data[ORIGIN] == "42"
    assert FORM in data
    assert calls == []


def test_a_dialog_that_was_sent_ends_with_a_sentence_and_the_card_behind_it_becomes_the_receipt():
    answer, calls = shown(Replace(SAVED), sent("dialog"))

    assert answered(answer) == ("message", "Your answer is saved.")
    assert seen(calls) == [("update", OWN_CHAT, "Saved")]


def test_a_dialog_with_a_receipt_leaves_it_behind():
    answer, calls = shown(OpenForm(FORM_CARD, SAVED), spot("dialog"))

    assert answered(answer) == ("continue", "A comment")
    assert seen(calls) == [("update", OWN_CHAT, "Saved")]


@pytest.mark.parametrize("shared", [False, True])
def test_a_private_card_is_read_in_the_dialog(shared):
    answer, calls = shown(Private(FIGURES), spot("dialog", shared=shared))

    assert answered(answer) == ("continue", "Figures")
    assert calls == []


def test_a_dialog_that_does_not_fit_stays_open():
    answer, _ = shown(COMPLAINT, sent("dialog"))

    assert answer is not None
    assert fields(answer.body["task"]["value"]["card"]["content"]) == {"comment": "too long", "topic": "pay"}
    assert answered(shown(COMPLAINT, spot("dialog", sent=True))[0]) == (
        "message",
        "Please write a little less.",
    )


# --- an older client ---------------------------------------------------------------------------------------


def test_a_button_of_an_older_client_is_no_invoke():
    assert all(shown(reply, spot("submit"))[0] is None for reply in REPLIES)


def test_in_an_older_client_a_receipt_takes_the_place_of_the_card():
    assert seen(shown(Replace(SAVED), spot("submit"))[1]) == [("update", OWN_CHAT, "Saved")]


@pytest.mark.parametrize(
    "error", [Rejected(NO_ACTIVITY, 404), Rejected("Forbidden", 405), Unsure("timeout"), TryLater("x", 60)]
)
def test_in_an_older_client_a_receipt_that_cannot_take_its_place_stands_below(error):
    assert seen(shown(Replace(SAVED), spot("submit"), update=[error])[1]) == [("post", OWN_CHAT, "Saved")]


def test_in_an_older_client_a_tenant_that_shuts_us_out_is_told_upwards():
    with pytest.raises(Disconnected):
        shown(Replace(SAVED), spot("submit"), update=[Disconnected("access_denied")])


def test_in_an_older_client_a_form_stands_below_its_card_and_is_replaced_once_it_is_sent():
    assert seen(shown(OpenForm(FORM_CARD), spot("submit"))[1]) == [("post", OWN_CHAT, "A comment")]
    assert seen(shown(OpenForm(FORM_CARD, SAVED), spot("submit"))[1]) == [
        ("update", OWN_CHAT, "Saved"),
        ("post", OWN_CHAT, "A comment"),
    ]
    assert seen(shown(Private(SAVED), sent("submit", own=True))[1]) == [("update", OWN_CHAT, "Saved")]


def test_in_an_older_client_a_form_that_does_not_fit_is_shown_again_in_its_place():
    [again] = shown(COMPLAINT, sent("submit", own=True))[1]
    [alone] = shown(COMPLAINT, spot("submit", sent=True))[1]

    assert (again.what, fields(again.card)) == ("update", {"comment": "too long", "topic": "pay"})
    assert "Please write a little less." in json.dumps(alone.activity)


# --- a line, and the welcome -------------------------------------------------------------------------------


@pytest.mark.parametrize("surface", ["typed", "membership"])
def test_a_line_is_answered_in_the_conversation_in_which_it_was_written(surface):
    answer, calls = shown(Private(FIGURES), spot(surface), to=replace(LENA, conversation=""))

    assert answer is None
    assert seen(calls) == [("post", OWN_CHAT, "Figures")]
    assert shown(Nothing(), spot(surface))[1] == []


# --- where others read along -------------------------------------------------------------------------------


def figures(calls: list[Call]) -> list[Call]:
    return [call for call in calls if "71%" in json.dumps(call.activity)]


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: type(reply).__name__)
@pytest.mark.parametrize("surface", ["typed", "card", "submit", "dialog", "membership"])
@pytest.mark.parametrize(
    "fails",
    [
        {},
        {"targeted": [Rejected("x", 403)] * 9},
        {"targeted": [Rejected("x", 403)] * 9, "create": [Rejected("x", 403)] * 9},
    ],
)
def test_in_a_shared_conversation_nothing_is_shown_to_all_but_where_the_answer_is(surface, reply, fails):
    at = spot(surface, shared=True)
    _, calls = shown(
        reply, at, to=replace(LENA, conversation=""), **{kind: [*errors] for kind, errors in fails.items()}
    )

    public = [call for call in calls if call.where == CHANNEL and call.what != "targeted"]
    neutral = {words("en")("teams.in_private"), words("en")("teams.not_private")}
    assert [call.what for call in public] == ["post"] * len(public)
    assert {call.activity.get("text") for call in public} <= neutral
    assert not any(call.card for call in public)


def test_a_command_in_a_channel_is_answered_to_one_person_alone():
    _, calls = shown(Private(FIGURES), spot("typed", shared=True))

    assert seen(calls) == [("targeted", CHANNEL, "Figures")]
    assert calls[0].activity["recipient"] == {"id": "29:lena", "isTargeted": True}


@pytest.mark.parametrize(
    "error",
    [
        Rejected("NotSupported", 405),
        Undeliverable("not_reachable_yet"),
        TryLater("ratelimited", 60),
        Disconnected("access_denied"),
    ],
)
def test_where_teams_has_no_message_for_one_the_answer_is_in_the_own_chat_and_the_channel_says_so(error):
    _, calls = shown(Private(FIGURES), spot("typed", shared=True), targeted=[error])

    assert seen(calls) == [
        ("post", OWN_CHAT, "Figures"),
        ("post", CHANNEL, words("en")("teams.in_private")),
    ]


@pytest.mark.parametrize("known", ["", CHANNEL])
def test_whose_own_chat_is_not_known_gets_one(known):
    to = replace(LENA, conversation=known)
    _, calls = shown(Private(FIGURES), spot("typed", shared=True), to=to, targeted=[Rejected("x", 403)])

    assert [(call.what, call.where) for call in calls] == [
        ("create", "a:own-of-29:lena"),
        ("post", "a:own-of-29:lena"),
        ("post", CHANNEL),
    ]


def test_who_cannot_be_reached_alone_is_told_where_to_ask_and_no_figure():
    _, calls = shown(
        Private(FIGURES),
        spot("typed", shared=True),
        targeted=[Rejected("x", 403)],
        post=[Undeliverable("writes_blocked")],
    )

    assert seen(calls) == [("post", CHANNEL, words("en")("teams.not_private"))]


def test_in_doubt_whether_one_saw_it_it_is_not_shown_twice():
    with pytest.raises(Unsure):
        shown(Private(FIGURES), spot("typed", shared=True), targeted=[Unsure("timeout")])


@pytest.mark.parametrize("reply", [Replace(FIGURES), Private(FIGURES)])
def test_a_button_in_a_shared_conversation_is_answered_to_whoever_pressed_it(reply):
    answer, calls = shown(reply, spot("card", shared=True))

    assert answered(answer) == (CARD, "Figures")
    assert calls == []


# --- size and haste ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [400, 413])
def test_what_teams_does_not_take_whole_comes_without_charts_and_then_as_its_one_sentence(status):
    refusal, report = Rejected("refused", status), report_card()
    _, once = shown(Private(report), spot("typed"), post=[refusal])
    _, twice = shown(Private(report), spot("typed"), post=[refusal] * 2)
    _, alone = shown(Private(FIGURES), spot("typed", shared=True), targeted=[refusal])

    assert '"Chart.' not in json.dumps(once[0].card)
    assert title(once[0].card) == report.title
    assert seen(twice) == [("post", OWN_CHAT, report.fallback)]
    assert seen(alone) == [("targeted", CHANNEL, "Support: 71% of 18 people.")]


def test_what_is_refused_even_as_a_sentence_is_told_upwards():
    with pytest.raises(Rejected):
        shown(Private(FIGURES), spot("typed"), post=[Rejected("BadSyntax")] * 2)


def test_when_teams_asks_us_to_slow_down_the_reply_waits_for_it_once():
    _, calls = shown(Private(SAVED), spot("typed"), post=[TryLater("ratelimited", 0.01)])

    assert seen(calls) == [("post", OWN_CHAT, "Saved")]
    with pytest.raises(TryLater):
        shown(Private(SAVED), spot("typed"), post=[TryLater("ratelimited", 0.01)] * 2)
    with pytest.raises(TryLater):
        shown(Private(SAVED), spot("typed"), post=[TryLater("ratelimited", 2 * outbound.PATIENCE_S)])


# --- every invoke is answered, and well --------------------------------------------------------------------


def well_formed(answer: Answer | None) -> None:
    """Fail for an answer that Teams would meet with "Unable to reach app"."""
    assert answer is not None
    body = json.loads(json.dumps(answer.body))
    if "task" in body:
        assert answer.status == 200
        assert body.keys() == {"task"}
        assert body["task"].keys() == {"type", "value"}
        match body["task"]:
            case {"type": "message", "value": str(said)}:
                assert said.strip()
            case {"type": "continue", "value": value}:
                assert value.keys() >= {"title", "height", "width", "card"}
                assert value["card"]["contentType"] == CARD
                assert value["card"]["content"]["type"] == "AdaptiveCard"
            case task:
                pytest.fail(f"no task of Teams: {task}")
        return
    assert answer.status == 200
    assert body.keys() == {"statusCode", "type", "value"}
    match body["type"], body["statusCode"], body["value"]:
        case "application/vnd.microsoft.card.adaptive", 200, {"type": "AdaptiveCard", "version": "1.5"}:
            pass
        case "application/vnd.microsoft.activity.message", 200, str(said):
            assert said.strip()
        case "application/vnd.microsoft.error", (400 | 500), {"code": str(code), "message": str(said)}:
            assert code
            assert said.strip()
        case shape:
            pytest.fail(f"no answer of Teams: {shape}")


INVOKES = [name for name in SCENARIOS if scenario(name)["type"] == "invoke"]


@pytest.mark.parametrize("reply", REPLIES, ids=lambda reply: type(reply).__name__)
@pytest.mark.parametrize("name", INVOKES)
def test_every_recorded_invoke_is_answered_in_a_form_that_teams_reads(name, reply):
    activity = scenario(name)
    found = received(activity)

    well_formed(refused(activity) if found is None else shown(reply, found[1])[0])
    well_formed(failed(activity))


@pytest.mark.parametrize(
    "name", [None, "", "x", 3, {}, [], "adaptiveCard/action", "task/fetch", "task/submit"]
)
@pytest.mark.parametrize("value", [None, 3, "x", [], {}, {"trigger": "automatic"}, {"trigger": {}}])
@pytest.mark.parametrize("tag", [None, "de-DE", "x" * 99, {}])
def test_an_invoke_that_is_nothing_to_us_is_answered_all_the_same(name, value, tag):
    activity = {"type": "invoke", "name": name, "value": value, "locale": tag}

    well_formed(refused(activity))
    well_formed(failed(activity))


def test_a_card_of_old_says_so_and_one_that_refreshes_itself_says_nothing():
    assert answered(refused(scenario("press"))) == (MESSAGE, words("de")("teams.stale"))
    assert refused(scenario("press_of_refresh")).body["type"] == ERROR


@pytest.mark.parametrize("name", [name for name in SCENARIOS if name not in INVOKES])
def test_what_is_no_invoke_wants_no_answer(name):
    assert refused(scenario(name)) is None
    assert failed(scenario(name)) is None


# --- what stands beside a receipt --------------------------------------------------------------------------

HELP = Card("People you can talk to", (Text("Somebody is there."),), "Somebody is there.")
ASIDE = Replace(SAVED, beside=HELP)


@pytest.mark.parametrize("surface", ["card", "dialog", "submit", "typed"])
@pytest.mark.parametrize("shared", [False, True])
def test_what_stands_beside_a_receipt_is_shown_to_one_person_alone(surface, shared):
    _, calls = shown(ASIDE, spot(surface, shared=shared))

    (aside,) = [call for call in calls if call.card and title(call.card) == HELP.title]
    assert (aside.what, aside.where) == ("targeted", CHANNEL if shared else OWN_CHAT)
    assert aside.activity["recipient"] == {"id": "29:lena", "isTargeted": True}


@pytest.mark.parametrize("surface", ["card", "dialog", "submit"])
@pytest.mark.parametrize("shared", [False, True])
def test_where_teams_has_no_message_for_one_it_is_in_the_own_chat_and_nobody_else_reads_of_it(
    surface, shared
):
    with_it, without = (
        shown(reply, spot(surface, shared=shared), targeted=[Rejected("nothing", 400)] * 4)[1]
        for reply in (ASIDE, Replace(SAVED))
    )

    others = [call for call in with_it if call.where != OWN_CHAT]
    assert others == [call for call in without if call.where != OWN_CHAT]
    assert ("post", OWN_CHAT, HELP.title) in seen(with_it)


def test_it_is_shown_also_where_the_receipt_could_not_take_the_place_of_the_card():
    recorder = Recorder()
    recorder.fails["update"].append(Rejected("nothing", 403))

    with pytest.raises(Rejected):
        asyncio.run(Stage(recorder, LENA, spot("card")).show(ASIDE))  # type: ignore[arg-type]  # a recorder in the connector's place

    assert seen(recorder.calls) == [("targeted", OWN_CHAT, HELP.title)]
