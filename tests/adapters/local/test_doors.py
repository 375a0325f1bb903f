"""Every door, opened as a script would."""

import asyncio
from datetime import timedelta

import pytest

from bot.talk.cards import Action
from bot.talk.events import (
    ButtonPressed,
    CommandUsed,
    FormSent,
    Invalid,
    MessageWritten,
    Nothing,
    OpenForm,
    Private,
    Replace,
)
from tests.adapters.local import cards
from tests.adapters.local.doorstep import Doorstep, address, events
from tests.adapters.local.fakes import FRIDAY, JUN, LENA, MARC, MONDAY, PEOPLE
from tests.canary import WORD, free

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TAP = Action("pulse.tap", "12", "4").encode()
SKIP = Action("pulse.skip", "12").encode()
WHY = Action("why", "12").encode()


def titles(messages: list[dict]) -> list[str]:
    return [message["card"]["title"] for message in messages]


# --- people, health, the page -------------------------------------------------------------------------------


def test_people_are_listed_with_what_the_page_shows(door: Doorstep):
    door.send(LENA, cards.invitation())

    people = door.get("/local/people").json["people"]

    assert [person["id"] for person in people] == [view.id for view in PEOPLE]
    assert (
        people[0] | {"id": LENA, "role": "employee", "department": "Support", "locale": "de", "unread": 1}
        == people[0]
    )


def test_commands_are_suggested_by_role_and_language(door: Doorstep):
    marc = {command["usage"] for command in door.get(f"/local/commands?as={MARC}").json["commands"]}
    lena = door.get(f"/local/commands?as={LENA}").json

    assert "/roi-report [department]" in marc
    assert "/roi-report [department]" not in {command["usage"] for command in lena["commands"]}
    assert lena["lang"] == "de"


def test_health_and_readiness_say_why_not(door: Doorstep):
    assert door.get("/healthz").json == {"status": "alive"}
    assert door.get("/readyz").status == 200

    door.reasons.append("the database is from a newer version")
    refused = door.get("/readyz")

    assert refused.status == 503
    assert refused.json["reasons"] == ["the database is from a newer version"]


def test_the_page_and_all_it_needs_come_from_here_and_are_small(door: Doorstep):
    page = door.get("/")
    files = [part.split('"')[0] for part in page.text.split('="/')[1:]]
    answers = [door.get(f"/{file}") for file in set(files)]

    assert "A made-up company. Nothing here is real." in page.text
    assert "{{" not in page.text
    assert all(answer.status == 200 for answer in answers)
    assert len(page.text) + sum(len(answer.text.encode()) for answer in answers) < 100_000
    for answer in (page, *answers):
        assert "https://" not in answer.text
        assert "innerHTML" not in answer.text
        assert "style=" not in answer.text


# --- saying -------------------------------------------------------------------------------------------------


def test_a_command_is_echoed_and_answered(door: Doorstep):
    mine, reply = door.say(MARC, "/roi-report Support")

    assert (mine["from"], mine["card"]["fallback"]) == ("me", "/roi-report Support")
    assert (reply["from"], reply["private"]) == ("bot", True)
    assert reply["card"]["title"] == "Support, since ticket routing"
    event = door.bot.events[0]
    assert isinstance(event, CommandUsed)
    assert (event.name, event.text) == ("roi-report", "Support")
    assert (event.source.platform, event.source.workspace, event.source.user) == ("local", "local", MARC)


def test_a_command_is_known_by_its_alias_and_without_slash(door: Doorstep):
    door.say(LENA, "datenschutz")

    assert isinstance(door.bot.events[0], CommandUsed)
    assert door.bot.events[0].name == "privacy"


@pytest.mark.parametrize(
    "line", [free("hello there"), "/nosuchthing", "<!channel> **x**", "Pause is too short"]
)
def test_anything_else_is_a_message_with_its_text_untouched(door: Doorstep, line: str):
    mine, _ = door.say(LENA, line)

    assert isinstance(door.bot.events[0], MessageWritten)
    assert door.bot.events[0].text == mine["card"]["fallback"] == line


@pytest.mark.parametrize(
    "text", ["", "   ", None, 5, ["x"], "x" * 12_001, "zero \0 byte", "half \ud800 pair"]
)
def test_a_line_that_is_no_text_is_refused(door: Doorstep, text: object):
    answer = door.post("/local/say", {"as": LENA, "text": text})

    assert answer.status == 400
    assert answer.error["field"] == "text"
    assert door.bot.events == []


# --- pressing -----------------------------------------------------------------------------------------------


def test_a_tap_turns_the_message_into_a_receipt_and_opens_the_form_below_it(door: Doorstep):
    sent = door.send(LENA, cards.invitation())

    receipt, form = door.press(LENA, sent.message, TAP).messages

    assert titles([receipt, form]) == ["Saved", "One more, and a comment if you like"]
    assert (receipt["replaces"], receipt["root"]) == (sent.message, sent.message)
    assert (form["kind"], form["opened_by"], form["replaces"]) == ("form", sent.message, None)
    event = door.bot.events[0]
    assert isinstance(event, ButtonPressed)
    assert event.action == Action("pulse.tap", "12", "4")
    assert (event.source.conversation, event.source.message) == (LENA, sent.message)
    assert door.standing(LENA) == [receipt, form]


def test_a_message_may_be_named_by_a_number_too(door: Doorstep):
    sent = door.send(LENA, cards.invitation())

    answer = door.post("/local/press", {"as": LENA, "message": int(sent.message), "button": WHY})

    assert titles(answer.messages) == ["Why you"]


def test_the_button_of_a_replaced_message_is_refused_with_409(door: Doorstep):
    sent = door.send(LENA, cards.invitation())
    first = door.press(LENA, sent.message, SKIP)
    second = door.press(LENA, sent.message, TAP)

    assert first.status == 200
    assert second.status == 409
    assert "changed" in second.error["message"]
    assert len(door.bot.events) == 1


def test_two_windows_press_at_once_and_only_the_first_counts(door: Doorstep):
    sent = door.send(LENA, cards.invitation())
    body = b'{"as": "%s", "message": "%s", "button": "%s"}' % (
        LENA.encode(),
        sent.message.encode(),
        SKIP.encode(),
    )
    headers = {"Content-Type": "application/json"}

    async def both() -> list[int]:
        twice = (door.ask("POST", "/local/press", body, headers) for _ in range(2))
        return sorted(answer.status for answer in await asyncio.gather(*twice))

    assert door.do(both()) == [200, 409]
    assert len(door.bot.events) == 1


def test_a_button_that_the_message_does_not_offer_is_refused(door: Doorstep):
    sent = door.send(LENA, cards.invitation())

    for button in (
        "admin.drop::",
        Action("pulse.tap", "12", "6").encode(),
        Action("pulse.tap", "13", "4").encode(),
        "x",
    ):
        answer = door.press(LENA, sent.message, button)
        assert (answer.status, answer.error["field"]) == (400, "button")
    assert door.bot.events == []


def test_the_button_that_sends_a_form_cannot_be_pressed_past_the_form(door: Doorstep):
    form = door.say(LENA, "/pulse")[-1]

    assert door.press(LENA, form["id"], form["card"]["submit"]["button"]).status == 400


def test_nobody_presses_anothers_message(door: Doorstep):
    sent = door.send(LENA, cards.invitation())

    answer = door.press(MARC, sent.message, TAP)

    assert (answer.status, answer.error["field"]) == (404, "message")
    assert door.bot.events == []


@pytest.mark.parametrize(
    "message", ["", "0", "99", "-1", "1e3", "x" * 500, "9" * 5000, None, ["1"], {"a": 1}, True, 1.5]
)
def test_a_message_that_is_none_is_refused(door: Doorstep, message: object):
    answer = door.post("/local/press", {"as": LENA, "message": message, "button": TAP})

    assert 400 <= answer.status < 500
    assert answer.error["field"] == "message"


def test_a_request_repeated_after_a_lost_line_gets_the_same_answer_once(door: Doorstep):
    sent = door.send(LENA, cards.invitation())

    first = door.press(LENA, sent.message, TAP, event="window-1:7").messages
    second = door.press(LENA, sent.message, TAP, event="window-1:7").messages

    assert first == second
    assert [event.source.event for event in door.bot.events] == ["window-1:7"]


def test_events_without_an_id_get_one_each(door: Doorstep):
    sent = door.send(LENA, cards.invitation())
    for _ in range(2):
        door.press(LENA, sent.message, WHY)

    assert len({event.source.event for event in door.bot.events}) == 2


# --- forms --------------------------------------------------------------------------------------------------


def test_a_sent_form_goes_and_the_message_that_opened_it_becomes_the_receipt(door: Doorstep):
    sent = door.send(LENA, cards.invitation())
    form = door.press(LENA, sent.message, TAP).messages[-1]

    gone, receipt = door.submit(LENA, form["id"], tools="4", comment=free("All fine")).messages

    assert (gone["kind"], gone["replaces"], gone["card"]["elements"]) == ("gone", form["id"], [])
    assert (receipt["root"], receipt["card"]["title"]) == (sent.message, "Saved")
    event = door.bot.events[-1]
    assert isinstance(event, FormSent)
    assert (event.action, event.values) == (
        Action("pulse.send", "12"),
        {"tools": "4", "comment": free("All fine")},
    )
    assert event.source.message == sent.message
    assert door.standing(LENA) == [receipt]


def test_a_form_that_stands_alone_turns_into_the_reply(door: Doorstep):
    form = door.say(LENA, "/pulse")[-1]

    (receipt,) = door.submit(LENA, form["id"]).messages

    assert (receipt["replaces"], receipt["kind"]) == (form["id"], "message")
    assert titles(door.standing(LENA)) == ["", "Saved"]


def test_an_invalid_form_is_told_field_by_field_and_stays_open(door: Doorstep):
    form = door.say(LENA, "/pulse")[-1]

    answer = door.submit(LENA, form["id"], comment=free("forbidden"))

    assert answer.status == 422
    assert answer.error == {"field": "comment", "message": "Please say it without that word."}
    assert door.standing(LENA)[-1] == form
    assert door.submit(LENA, form["id"], comment=free("fine")).status == 200


def test_what_was_written_into_a_form_is_in_no_message_and_not_in_the_log(door: Doorstep):
    form = door.say(LENA, "/pulse")[-1]
    door.submit(LENA, form["id"], comment=free("forbidden"))
    door.submit(LENA, form["id"], comment=free("fine"))

    assert WORD not in door.get(f"/local/messages?as={LENA}&after=0").text
    assert WORD.encode() not in door.log.read_bytes()


def test_a_form_takes_only_what_it_asks(door: Doorstep):
    form = door.say(LENA, "/pulse")[-1]

    answer = door.submit(LENA, form["id"], salary="1")

    assert (answer.status, answer.error["field"]) == (400, "salary")
    assert len(door.bot.events) == 1


@pytest.mark.parametrize(
    "values", [None, [], "x", {"tools": 4}, {"tools": None}, {"comment": "\0"}, {"to\ud800": "x"}]
)
def test_values_that_are_no_texts_are_refused(door: Doorstep, values: object):
    form = door.say(LENA, "/pulse")[-1]

    answer = door.post("/local/submit", {"as": LENA, "message": form["id"], "values": values})

    assert answer.status == 400
    assert answer.error["field"] in {"values", "tools", "comment"}


def test_a_message_that_is_no_form_cannot_be_sent(door: Doorstep):
    sent = door.send(LENA, cards.receipt())

    assert door.submit(LENA, sent.message).status == 400


def test_a_sent_form_cannot_be_sent_again(door: Doorstep):
    form = door.say(LENA, "/pulse")[-1]
    door.submit(LENA, form["id"])

    assert door.submit(LENA, form["id"]).status == 409


def test_opening_a_form_twice_leaves_one(door: Doorstep):
    sent = door.send(LENA, cards.receipt())
    change = Action("pulse.change", "12").encode()
    first = door.press(LENA, sent.message, change).messages[-1]

    gone, second = door.press(LENA, sent.message, change).messages

    assert (gone["kind"], gone["root"]) == ("gone", first["root"])
    assert [m["id"] for m in door.standing(LENA) if m["kind"] == "form"] == [second["id"]]


def test_a_form_can_be_closed_without_sending_it(door: Doorstep):
    form = door.say(LENA, "/pulse")[-1]

    answer = door.post("/local/dismiss", {"as": LENA, "message": form["id"]})

    assert answer.messages[0]["kind"] == "gone"
    assert len(door.bot.events) == 1
    assert titles(door.standing(LENA)) == [""]


def test_only_a_form_can_be_closed(door: Doorstep):
    sent = door.send(LENA, cards.receipt())

    assert door.post("/local/dismiss", {"as": LENA, "message": sent.message}).status == 400


# --- other replies ------------------------------------------------------------------------------------------


def test_nothing_shows_nothing_and_leaves_the_message_as_it_is(door: Doorstep):
    door.bot.replies["del"] = Nothing()
    sent = door.send(LENA, cards.everything())
    before = door.standing(LENA)

    assert door.press(LENA, sent.message, Action("del").encode()).messages == []
    assert door.standing(LENA) == before


def test_a_private_card_that_asks_is_a_form(door: Doorstep):
    door.bot.replies["privacy"] = Private(cards.form())

    assert door.say(LENA, "/privacy")[-1]["kind"] == "form"


def test_a_reply_that_replaces_stands_alone_where_nothing_was_pressed(door: Doorstep):
    door.bot.replies["pause"] = Replace(cards.why())

    assert titles(door.say(LENA, "/pause")) == ["", "Why you"]


def test_an_invalid_line_is_told_with_422(door: Doorstep):
    door.bot.replies["feedback"] = Invalid({})

    assert door.post("/local/say", {"as": LENA, "text": "/feedback"}).status == 422


def test_several_wrong_fields_are_all_told(door: Doorstep):
    form = door.say(LENA, "/pulse")[-1]
    wrong = {"tools": "Pick one of the five.", "comment": "Please shorten it."}
    door.bot.replies["pulse.send"] = Invalid(wrong)

    error = door.submit(LENA, form["id"], tools="9").error

    assert (error["field"], error["fields"]) == ("tools", wrong)


def test_a_form_inside_a_message_is_replaced_where_it_stands(door: Doorstep):
    sent = door.send(LENA, cards.everything())
    door.bot.replies["send"] = Replace(cards.receipt())

    (receipt,) = door.submit(LENA, sent.message, c="a", t="because").messages

    assert receipt["root"] == sent.message
    assert door.standing(LENA) == [receipt]


def test_a_private_answer_to_a_form_inside_a_message_leaves_the_message(door: Doorstep):
    sent = door.send(LENA, cards.everything())
    door.bot.replies["send"] = Private(cards.why())

    assert titles(door.submit(LENA, sent.message).messages) == ["Why you"]
    assert titles(door.standing(LENA)) == ["Everything once", "Why you"]


def test_a_private_answer_takes_the_place_of_its_form(door: Doorstep):
    form = door.say(LENA, "/pulse")[-1]
    door.bot.replies["pulse.send"] = Private(cards.why())

    (answer,) = door.submit(LENA, form["id"]).messages

    assert (answer["replaces"], answer["private"], answer["kind"]) == (form["id"], True, "message")


def test_a_form_answered_by_a_form_keeps_its_place(door: Doorstep):
    sent = door.send(LENA, cards.invitation())
    form = door.press(LENA, sent.message, TAP).messages[-1]
    door.bot.replies["pulse.send"] = OpenForm(cards.form("13"))

    (following,) = door.submit(LENA, form["id"]).messages

    assert (following["replaces"], following["opened_by"], following["kind"]) == (
        form["id"],
        sent.message,
        "form",
    )


def test_a_failure_of_ours_is_told_without_its_text(door: Doorstep):
    async def fail(event: object) -> None:
        raise RuntimeError(free("a mistake"))

    door.bot.handle = fail  # type: ignore[method-assign] # a bot that breaks
    broken = Doorstep(door.log.with_name("other.jsonl"), bot=door.bot)
    answer = broken.post("/local/say", {"as": LENA, "text": free("hello")})
    broken.close()

    assert answer.status == 500
    assert WORD not in answer.text
    assert answer.error["message"].startswith("Something failed on our side")


# --- messages -----------------------------------------------------------------------------------------------


def test_messages_after_one_are_all_that_happened_since(door: Doorstep):
    sent = door.send(LENA, cards.invitation())
    before = door.standing(LENA)[-1]["id"]
    happened = door.press(LENA, sent.message, TAP).messages

    assert door.get(f"/local/messages?as={LENA}&after={before}").messages == happened
    assert door.get(f"/local/messages?as={LENA}&after={happened[-1]['id']}").messages == []


def test_a_message_tells_its_language(door: Doorstep):
    door.send("E061", cards.einladung())
    door.send(MARC, cards.invitation())

    assert door.standing("E061")[0]["lang"] == "de-DE"
    assert door.standing(MARC)[0]["lang"].startswith("en")


@pytest.mark.parametrize("after", ["x", "-1", "1.5", "9" * 40])
def test_after_must_be_a_number(door: Doorstep, after: str):
    answer = door.get(f"/local/messages?as={LENA}&after={after}")

    assert (answer.status, answer.error["field"]) == (400, "after")


@pytest.mark.parametrize("path", ["/local/messages", "/local/curtain", "/local/stream", "/local/commands"])
@pytest.mark.parametrize("user", ["", "?as=", "?as=nobody", "?as=%00", "?as=" + "x" * 3000])
def test_nobody_unknown_is_let_in(door: Doorstep, path: str, user: str):
    answer = door.get(path + user)

    assert (answer.status, answer.error["field"]) == (404, "as")


@pytest.mark.parametrize("who", [None, "", 5, [LENA], "nobody", "E014\0"])
def test_nobody_unknown_can_act(door: Doorstep, who: object):
    for path in ("say", "press", "submit", "dismiss"):
        body = {"as": who, "text": "x", "message": "1", "button": "x", "values": {}}
        answer = door.post(f"/local/{path}", body)
        assert 400 <= answer.status < 500
        assert answer.error["field"] == "as"


# --- the clock and the curtain ------------------------------------------------------------------------------


def test_the_clock_moves_to_an_instant_or_by_a_duration(door: Doorstep):
    assert door.get("/local/clock").json == {"now": MONDAY.isoformat(), "moving": False, "doing": ""}

    by = door.post("/local/clock", {"advance": "P1D"})
    to = door.post("/local/clock", {"to": "2026-11-27T17:00:00+01:00"})

    assert by.json == {"now": (MONDAY + timedelta(days=1)).isoformat()}
    assert to.json == {"now": FRIDAY.isoformat()}
    assert door.get("/local/clock").json["now"] == FRIDAY.isoformat()


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "advance"),
        ({"to": "yesterday"}, "to"),
        ({"to": None}, "to"),
        ({"to": "2026-11-20T08:00:00Z"}, "to"),
        ({"to": "2999-01-01T00:00:00Z"}, "to"),
        ({"advance": "one day"}, "advance"),
        ({"advance": 5}, "advance"),
        ({"advance": "P9999DT99999H"}, "advance"),
        ({"to": "2026-11-27T16:00:00Z", "advance": "P1D"}, "to"),
    ],
)
def test_the_clock_goes_nowhere_impossible_and_says_why(door: Doorstep, body: dict, field: str):
    answer = door.post("/local/clock", body)

    assert (answer.status, answer.error["field"]) == (400, field)
    assert len(answer.error["message"]) > 10
    assert door.get("/local/clock").json == {"now": MONDAY.isoformat(), "moving": False, "doing": ""}


def test_a_second_move_waits_for_the_first(door: Doorstep):
    door.controls.pause_s = 0.05
    headers = {"Content-Type": "application/json"}

    async def both() -> list[int]:
        twice = (door.ask("POST", "/local/clock", b'{"advance": "PT1H"}', headers) for _ in range(2))
        return sorted(answer.status for answer in await asyncio.gather(*twice))

    assert door.do(both()) == [200, 409]
    assert door.controls.at == MONDAY + timedelta(hours=1)


def test_the_curtain_shows_what_is_behind_and_where_the_clock_can_go(door: Doorstep):
    behind = door.get(f"/local/curtain?as={LENA}").json

    assert behind["stored"][0] == {"label": "Name, e-mail", "value": "from the HR file"}
    assert {"deliveries", "wave", "gate", "lock", "hint"} <= behind.keys()
    assert [move["label"] for move in behind["moves"]] == [
        "+1 hour",
        "+1 day",
        "Next Monday 09:00",
        "Pulse closes",
    ]
    assert door.get(f"/local/clock?as={JUN}").json["moves"] == behind["moves"][:3]


# --- the stream ---------------------------------------------------------------------------------------------


def test_the_stream_tells_of_messages_counters_and_the_clock(door: Doorstep):
    async def story() -> list[tuple[str, str, object]]:
        async with door.session.get(f"/local/stream?as={LENA}") as line:
            assert line.content_type == "text/event-stream"
            first = await events(line, 2)
            await door.platform.send(address(LENA), cards.invitation(), "d1")
            await door.platform.send(address(MARC), cards.invitation(), "d2")
            heard = await events(line, 2)
            await door.ask(
                "POST", "/local/clock", b'{"advance": "PT1H"}', {"Content-Type": "application/json"}
            )
            return first + heard + await events(line, 2)

    told = door.do(story())

    assert [name for _, name, _ in told] == ["unread", "clock", "message", "unread", "clock", "clock"]
    assert told[2][0] == told[2][2]["id"] == "1"
    assert told[3][2] == {MARC: 1}
    assert (told[4][2]["moving"], told[4][2]["doing"]) == (True, "Moving the clock")
    assert told[5][2] == {"now": (MONDAY + timedelta(hours=1)).isoformat(), "moving": False, "doing": ""}


@pytest.mark.parametrize("how", ["header", "query"])
def test_a_stream_that_was_cut_resumes_after_its_last_event(door: Doorstep, how: str):
    for _ in range(3):
        door.send(LENA, cards.invitation())

    async def resumed() -> list[tuple[str, str, object]]:
        query, headers = ("&after=1", {}) if how == "query" else ("", {"Last-Event-ID": "1"})
        async with door.session.get(f"/local/stream?as={LENA}{query}", headers=headers) as line:
            return await events(line, 3)

    assert [(number, name) for number, name, _ in door.do(resumed())] == [
        ("2", "message"),
        ("3", "message"),
        ("", "unread"),
    ]


def test_being_somebody_clears_their_counter(door: Doorstep):
    door.send(LENA, cards.invitation())

    async def look() -> list[tuple[str, str, object]]:
        async with door.session.get(f"/local/stream?as={LENA}") as line:
            return await events(line, 1)

    assert door.do(look())[0][2] == {}
    assert door.get("/local/people").json["people"][0]["unread"] == 0


def test_an_edit_changes_the_message_and_counts_as_nothing_new(door: Doorstep):
    sent = door.send(LENA, cards.invitation())
    door.do(door.platform.edit(address(LENA), sent, cards.receipt()))

    assert titles(door.standing(LENA)) == ["Saved"]
    assert door.get("/local/people").json["people"][0]["unread"] == 1


def test_the_line_beats_when_nothing_happens(door: Doorstep, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("adapters.local.doors.BEAT_S", 0.01)

    async def wait() -> list[tuple[str, str, object]]:
        async with door.session.get(f"/local/stream?as={LENA}") as line:
            return await events(line, 3)

    assert door.do(wait())[-1][1] == "beat"
