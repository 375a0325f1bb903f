"""What each reply does in Slack, at each place that it can come from, as the person sees it."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from adapters.slack.receive import Origin, Spot
from adapters.slack.replies import Stage
from bot.talk.cards import Action, Card, Table, Text
from bot.talk.events import Invalid, OpenForm, Private, Replace
from bot.talk.language import words
from tests.adapters.local import cards
from tests.adapters.slack.front import FORM, LENA, QUESTION, Front, plain, told
from tests.platforms.slack.faults import broken_after, hang, refuse, slow_down

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

FIGURES = Card("Figures", (Table("Sizes", ("Team", "n"), (("Support", "18"),)),), "Figures of Support.")
SAVED, WHY = plain("Saved"), plain("Why you")
NOT_OPENED = words("en")("form.not_opened")


def lena_sees(front: Front) -> list[tuple[str, bool]]:
    """The titles of what stands in Lena's conversation, and whether only she sees it."""
    return [(seen.title or seen.text, seen.ephemeral) for seen in front.lena.sees()]


async def press(front: Front, label: str = "Well", card: Card = QUESTION) -> None:
    """Send a message and press one of its buttons."""
    await front.sends(card)
    await pressed(front, label)


async def pressed(front: Front, label: str) -> None:
    seen = next(seen for seen in front.lena.sees() if label in seen.buttons)
    answer = await front.lena.presses(seen, label)
    assert (answer.status, answer.body) == (200, None)
    await front.settle()


async def form_open(front: Front, form: Card = FORM) -> None:
    """Have the form open from the message whose button was pressed."""
    front.bot.replies["tap"] = OpenForm(form)
    await press(front)
    assert front.lena.modal() is not None


async def home(front: Front) -> None:
    front.bot.replies["HomeOpened"] = Private(replace(QUESTION, title="Your home"))
    await front.lena.opens_home()
    await front.settle()


def outcomes(front: Front, method: str) -> list[str]:
    return [call.outcome for call in front.fake.calls if call.method == method]


def methods(front: Front) -> list[str]:
    return [call.method for call in front.fake.history if call.method != "chat.postMessage"]


# --- a button of a message ---------------------------------------------------------------------------------


def test_a_pressed_message_becomes_the_card_through_its_response_url():
    async def story(front: Front) -> None:
        front.bot.replies["skip"] = Replace(SAVED)
        await press(front, "Not now")

        assert lena_sees(front) == [("Saved", False)]
        assert methods(front) == ["response_url"]

    told(story)


def test_a_private_card_is_seen_by_the_person_alone_and_the_message_stays():
    async def story(front: Front) -> None:
        front.bot.replies["tap"] = Private(FIGURES)
        await press(front)

        assert lena_sees(front) == [("A question", False), ("Figures", True)]

    told(story)


def test_a_private_card_of_a_thread_stays_in_the_thread():
    async def story(front: Front) -> None:
        front.bot.replies["tap"] = Private(WHY)
        root = await front.sends(plain("Root"))
        shown = {"text": "q", "blocks": _buttons()}
        await front.slack.web.call(front.fake.team, "chat.postMessage", channel=LENA, thread_ts=root, **shown)
        await pressed(front, "Well")

        assert front.lena.ephemeral()[0].thread == root

    told(story)


def _buttons() -> list[dict[str, Any]]:
    button = {
        "type": "button",
        "action_id": "b0",
        "value": Action("tap", "12").encode(),
        "text": {"type": "plain_text", "text": "Well"},
    }
    return [{"type": "actions", "elements": [button]}]


def test_a_form_opens_and_the_message_becomes_the_receipt():
    async def story(front: Front) -> None:
        front.bot.replies["tap"] = OpenForm(FORM, replace=SAVED)
        await press(front)

        assert front.lena.modal().title == "The form"
        assert lena_sees(front) == [("Saved", False)]
        assert methods(front) == ["views.open", "response_url"]

    told(story)


@pytest.mark.parametrize("code", ["used_url", "expired_url"])
def test_when_the_response_url_is_used_up_the_message_is_updated(code):
    async def story(front: Front) -> None:
        front.fake.faults.next("response_url", refuse(code))
        front.bot.replies["skip"] = Replace(SAVED)
        await press(front, "Not now")

        assert lena_sees(front) == [("Saved", False)]
        assert methods(front)[-1] == "chat.update"

    told(story)


def test_when_the_response_url_is_used_up_a_private_card_is_still_only_for_the_person():
    async def story(front: Front) -> None:
        front.fake.faults.next("response_url", refuse("used_url"))
        front.bot.replies["tap"] = Private(FIGURES)
        await press(front)

        assert lena_sees(front)[-1] == ("Figures", True)
        assert methods(front)[-1] == "chat.postEphemeral"

    told(story)


def test_when_every_other_way_is_shut_the_card_comes_as_a_direct_message():
    async def story(front: Front) -> None:
        for method in ("response_url", "chat.update", "chat.postEphemeral"):
            front.fake.faults.always(method, refuse("channel_not_found"))
        front.bot.replies |= {"skip": Replace(SAVED), "tap": Private(WHY)}
        await press(front, "Not now")
        await pressed(front, "Well")

        assert [title for title, _ in lena_sees(front)] == ["A question", "Saved", "Why you"]

    told(story)


def test_after_an_answer_that_leaves_us_in_doubt_a_replacement_is_made_sure_and_a_private_card_not_doubled():
    async def story(front: Front) -> None:
        front.fake.faults.always("response_url", broken_after(500))
        front.bot.replies |= {"skip": Replace(SAVED), "tap": Private(WHY)}
        await press(front, "Well")
        await pressed(front, "Not now")

        assert lena_sees(front) == [("Saved", False), ("Why you", True)]
        assert methods(front)[-1] == "chat.update"

    told(story)


def test_a_chart_that_slack_refuses_is_sent_again_without_native_charts():
    async def story(front: Front) -> None:
        front.fake.charts = False
        front.bot.replies["tap"] = Private(cards.report())
        await press(front)

        shown = front.lena.ephemeral()[-1]
        assert shown.title == "Support, since ticket routing"
        assert "data_visualization" not in str(shown.blocks)
        assert outcomes(front, "response_url") == ["invalid_blocks", "ok"]

    told(story)


def test_a_card_that_slack_refuses_whole_is_said_in_its_one_sentence_with_nothing_that_pings():
    async def story(front: Front) -> None:
        front.fake.faults.next("response_url", refuse("invalid_blocks"))
        front.bot.replies["tap"] = Private(Card("Hello", (Text("x"),), "<!channel> has news."))
        await press(front)

        assert "<!channel>" not in front.lena.ephemeral()[-1].text
        assert "channel" in front.lena.ephemeral()[-1].text

    told(story)


def test_when_slack_asks_us_to_slow_down_the_reply_waits_for_it():
    async def story(front: Front) -> None:
        front.fake.faults.next("response_url", slow_down("0.01"))
        front.bot.replies["skip"] = Replace(SAVED)
        await press(front, "Not now")

        assert lena_sees(front) == [("Saved", False)]
        assert outcomes(front, "response_url") == ["ratelimited", "ok"]

    told(story)


@pytest.mark.parametrize("code", ["expired_trigger_id", "exchanged_trigger_id", "invalid_trigger_id"])
def test_a_form_that_could_not_open_asks_to_press_again_and_leaves_the_receipt(code):
    async def story(front: Front) -> None:
        front.fake.faults.next("views.open", refuse(code))
        front.bot.replies["tap"] = OpenForm(FORM, replace=SAVED)
        await press(front)

        assert front.lena.modal() is None
        assert set(lena_sees(front)) == {("Saved", False), (NOT_OPENED, True)}

    told(story)


def test_a_form_that_could_not_open_says_so_in_the_language_of_its_card():
    async def story(front: Front) -> None:
        front.fake.faults.next("views.open", refuse("expired_trigger_id"))
        front.bot.replies["tap"] = OpenForm(replace(FORM, locale="de-DE"))
        await press(front)

        assert front.lena.ephemeral()[-1].text == words("de")("form.not_opened")

    told(story)


def test_a_form_whose_opening_hangs_leaves_the_receipt_all_the_same():
    async def story(front: Front) -> None:
        front.fake.faults.next("views.open", hang())
        front.bot.replies["tap"] = OpenForm(FORM, replace=SAVED)
        await press(front)

        assert ("Saved", False) in lena_sees(front)

    told(story, timeout_s=0.2)


# --- a form that was sent ----------------------------------------------------------------------------------


def test_a_form_that_does_not_fit_stays_open_with_each_sentence_under_its_field():
    async def story(front: Front) -> None:
        await form_open(front)
        front.bot.replies["save"] = Invalid({"comment": "Please shorten it."})
        await front.lena.submits({"comment": "x"})

        assert front.lena.errors == {"comment": "Please shorten it."}
        assert front.lena.modal().title == "The form"

    told(story)


def test_a_complaint_about_a_field_that_is_not_there_stands_under_the_first():
    async def story(front: Front) -> None:
        await form_open(front)
        front.bot.replies["save"] = Invalid({"gone": "That is closed.", "comment": "Shorter."})
        await front.lena.submits({"comment": "x"})

        assert front.lena.errors == {"comment": "That is closed. Shorter."}
        assert front.lena.troubles == []

    told(story)


def test_a_complaint_about_a_form_without_fields_is_said_privately():
    async def story(front: Front) -> None:
        await form_open(front, replace(FORM, elements=(Text("Sure?"),)))
        front.bot.replies["save"] = Invalid({"any": "Not now."})
        await front.lena.submits()
        await front.settle()

        assert front.lena.modal() is None
        assert lena_sees(front)[-1] == ("Not now.", True)

    told(story)


def test_a_sent_form_goes_and_the_message_it_was_opened_from_becomes_the_card():
    async def story(front: Front) -> None:
        await form_open(front)
        front.bot.replies["save"] = Replace(SAVED)
        answer = await front.lena.submits({"comment": "x"})
        await front.settle()

        assert answer.body == {"response_action": "clear"}
        assert (front.lena.modal(), lena_sees(front)) == (None, [("Saved", False)])

    told(story)


def test_what_stands_beside_a_receipt_is_shown_in_the_modal_which_slack_does_not_keep():
    async def story(front: Front) -> None:
        await form_open(front)
        front.bot.replies["save"] = Replace(SAVED, beside=WHY)
        await front.lena.submits({"comment": "x"})
        await front.settle()

        assert front.lena.modal().title == "Why you"
        assert lena_sees(front) == [("Saved", False)]

    told(story)


def test_what_stands_beside_the_card_of_a_pressed_message_is_for_one_pair_of_eyes():
    async def story(front: Front) -> None:
        front.bot.replies["skip"] = Replace(SAVED, beside=WHY)
        await press(front, "Not now")

        assert lena_sees(front) == [("Saved", False), ("Why you", True)]

    told(story)


def test_a_form_sent_long_after_it_was_opened_still_replaces_its_message():
    async def story(front: Front) -> None:
        await form_open(front)
        front.fake.faults.always("response_url", refuse("expired_url"))
        front.bot.replies["save"] = Replace(SAVED)
        await front.lena.submits({"comment": "x"})
        await front.settle()

        assert lena_sees(front) == [("Saved", False)]

    told(story)


def test_a_sent_form_becomes_the_private_card_in_its_place():
    async def story(front: Front) -> None:
        await form_open(front)
        front.bot.replies["save"] = Private(WHY)
        answer = await front.lena.submits({"comment": "x"})
        await front.settle()

        assert answer.body["response_action"] == "update"
        assert front.lena.modal().title == "Why you"
        assert lena_sees(front) == [("A question", False)]

    told(story)


def test_a_private_card_that_no_modal_can_draw_comes_as_a_direct_message():
    async def story(front: Front) -> None:
        await form_open(front)
        front.bot.replies["save"] = Private(FIGURES)
        await front.lena.submits({"comment": "x"})
        await front.settle()

        assert front.lena.modal() is None
        assert lena_sees(front)[-1] == ("Figures", False)

    told(story)


def test_a_sent_form_turns_into_the_next_one_and_the_message_into_the_receipt():
    async def story(front: Front) -> None:
        await form_open(front)
        front.bot.replies["save"] = OpenForm(replace(FORM, title="One more"), replace=SAVED)
        await front.lena.submits({"comment": "x"})
        await front.settle()

        assert front.lena.modal().title == "One more"
        assert lena_sees(front) == [("Saved", False)]

        front.bot.replies["save"] = Replace(plain("All saved"))
        await front.lena.submits({"comment": "y"})
        await front.settle()

        assert lena_sees(front) == [("All saved", False)]

    told(story)


def test_a_form_that_was_handled_before_just_goes():
    async def story(front: Front) -> None:
        await form_open(front)
        await front.lena.submits({"comment": "x"})

        assert front.lena.modal() is None

    told(story)


# --- a button inside a modal -------------------------------------------------------------------------------


@pytest.mark.parametrize("reply", [Private(WHY), Replace(WHY)])
def test_a_button_of_a_modal_turns_the_modal_into_the_card(reply):
    async def story(front: Front) -> None:
        await form_open(front)
        front.bot.replies["why"] = reply
        await front.lena.presses("modal", "Why?")
        await front.settle()

        assert front.lena.modal().title == "Why you"
        assert lena_sees(front) == [("A question", False)]

    told(story)


def test_a_button_of_a_modal_turns_it_into_the_next_form_which_still_knows_its_message():
    async def story(front: Front) -> None:
        await form_open(front)
        front.bot.replies["why"] = OpenForm(replace(FORM, title="One more"))
        await front.lena.presses("modal", "Why?")
        await front.settle()
        front.bot.replies["save"] = Replace(SAVED)
        await front.lena.submits({"comment": "x"})
        await front.settle()

        assert lena_sees(front) == [("Saved", False)]

    told(story)


def test_a_modal_that_was_closed_meanwhile_shows_its_card_beside_the_message():
    async def story(front: Front) -> None:
        await form_open(front)
        front.fake.faults.next("views.update", refuse("not_found"))
        front.bot.replies["why"] = Private(WHY)
        await front.lena.presses("modal", "Why?")
        await front.settle()

        assert lena_sees(front)[-1] == ("Why you", True)

    told(story)


def test_a_modal_that_was_closed_meanwhile_asks_to_press_again_where_a_form_should_have_come():
    async def story(front: Front) -> None:
        await form_open(front)
        front.fake.faults.next("views.update", refuse("not_found"))
        front.bot.replies["why"] = OpenForm(FORM)
        await front.lena.presses("modal", "Why?")
        await front.settle()

        assert lena_sees(front)[-1] == (NOT_OPENED, True)

    told(story)


# --- Home --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Private, Replace])
def test_home_is_published_when_it_is_opened(kind):
    async def story(front: Front) -> None:
        front.bot.replies["HomeOpened"] = kind(plain("Your home"))
        answer = await front.lena.opens_home()
        await front.settle()

        assert (answer.status, front.lena.home().title) == (200, "Your home")

    told(story)


@pytest.mark.parametrize("kind", [Private, Replace])
def test_a_button_of_home_shows_its_card_in_a_modal(kind):
    async def story(front: Front) -> None:
        await home(front)
        front.bot.replies["tap"] = kind(WHY)
        await front.lena.presses("home", "Well")
        await front.settle()

        assert front.lena.modal().title == "Why you"
        assert front.lena.home().title == "Your home"

    told(story)


def test_a_card_of_home_that_no_modal_can_draw_comes_as_a_direct_message():
    async def story(front: Front) -> None:
        await home(front)
        front.bot.replies["tap"] = Private(FIGURES)
        await front.lena.presses("home", "Well")
        await front.settle()

        assert front.lena.modal() is None
        assert lena_sees(front) == [("Figures", False)]

    told(story)


def test_a_form_of_home_opens_and_once_sent_is_answered_by_a_direct_message():
    async def story(front: Front) -> None:
        await home(front)
        front.bot.replies |= {"tap": OpenForm(FORM), "save": Replace(SAVED)}
        await front.lena.presses("home", "Well")
        await front.settle()
        await front.lena.submits({"comment": "x"})
        await front.settle()

        assert (front.lena.modal(), lena_sees(front)) == (None, [("Saved", False)])

    told(story)


# --- commands, shortcuts, typed lines ----------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Private, Replace])
def test_a_command_is_answered_for_the_person_alone_even_in_a_channel(kind):
    async def story(front: Front) -> None:
        place = front.fake.add_channel(LENA, "U2OTTO")
        front.bot.replies["roi-report"] = kind(FIGURES)
        answer = await front.lena.says("/roi-report Support", channel=place.id)
        await front.settle()

        assert (answer.status, answer.body) == (200, None)
        assert [seen.title for seen in front.lena.ephemeral(place.id)] == ["Figures"]
        assert front.lena.messages(place.id) == []

    told(story)


def test_a_command_opens_a_form_and_its_answer_is_seen_by_the_person_alone():
    async def story(front: Front) -> None:
        front.bot.replies |= {"feedback": OpenForm(FORM, replace=plain("Begun")), "save": Replace(SAVED)}
        await front.lena.says("/rapport feedback")
        await front.settle()
        await front.lena.submits({"comment": "x"})
        await front.settle()

        assert lena_sees(front) == [("Begun", True), ("Saved", True)]

    told(story)


def test_a_command_whose_form_comes_too_late_says_so():
    async def story(front: Front) -> None:
        front.fake.faults.next("views.open", refuse("expired_trigger_id"))
        front.bot.replies["feedback"] = OpenForm(FORM)
        await front.lena.says("/rapport feedback")
        await front.settle()

        assert lena_sees(front) == [(NOT_OPENED, True)]

    told(story)


def test_a_shortcut_opens_a_form_or_is_answered_by_a_direct_message():
    async def story(front: Front) -> None:
        front.bot.replies["feedback"] = OpenForm(FORM)
        await front.lena.uses_shortcut("feedback")
        await front.settle()
        assert front.lena.modal().title == "The form"

        front.bot.replies["feedback"] = Private(WHY)
        await front.lena.uses_shortcut("feedback")
        await front.settle()
        assert lena_sees(front) == [("Why you", False)]

    told(story)


def test_a_typed_line_is_answered_below_it_and_in_its_thread():
    async def story(front: Front) -> None:
        front.bot.replies["MessageWritten"] = Private(WHY)
        root = await front.sends(QUESTION)
        await front.lena.says("hello there")
        await front.lena.says("I don't know", thread=root)
        await front.settle()

        answers = [seen for seen in front.lena.messages() if seen.title == "Why you"]
        assert [seen.thread for seen in answers] == ["", root]

    told(story)


def test_a_typed_command_that_opens_a_form_offers_a_button_that_opens_it():
    async def story(front: Front) -> None:
        front.bot.replies["feedback"] = OpenForm(FORM)
        await front.lena.says("feedback")
        await front.settle()
        offer = front.lena.messages()[-1]

        assert (offer.title, offer.buttons) == ("The form", ["Open the form"])
        assert "A short form." in offer.words

        await pressed(front, "Open the form")

        assert front.lena.modal().title == "The form"

    told(story)


def test_a_form_for_a_line_that_is_no_command_is_explained_in_a_sentence():
    async def story(front: Front) -> None:
        front.bot.replies["MessageWritten"] = OpenForm(FORM)
        await front.lena.says("hello there")
        await front.settle()

        assert front.lena.messages()[-1].text == words("en")("form.by_command")

    told(story)


# --- rules over all of them --------------------------------------------------------------------------------

PLACES: dict[str, Callable[[Front, str], Awaitable[Any]]] = {
    "tap": lambda front, _: press(front),
    "roi-report": lambda front, general: front.lena.says("/roi-report", channel=general),
    "feedback": lambda front, _: front.lena.uses_shortcut("feedback"),
    "results": lambda front, _: front.lena.says("results"),
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("kind", [Private, Replace])
def test_no_figure_is_ever_seen_by_anybody_else(place, kind):
    async def story(front: Front) -> None:
        front.fake.add_user("U2OTTO", name="otto")
        general = front.fake.add_channel(LENA, "U2OTTO").id
        front.bot.replies[place] = kind(FIGURES)
        await PLACES[place](front, general)
        await front.settle()

        otto = front.fake.person("U2OTTO")
        assert "Figures" in [seen.title for seen in [*front.lena.sees(), *front.lena.sees(general)]]
        assert [*otto.sees(general), *otto.sees()] == []
        assert "in_channel" not in str([call.arguments for call in front.fake.calls])

    told(story)


def test_nothing_that_we_write_is_unfurled():
    async def story(front: Front) -> None:
        front.bot.replies["MessageWritten"] = Private(WHY)
        await front.lena.says("hello there")
        await front.settle()
        posted = [c.arguments for c in front.fake.history if c.method == "chat.postMessage"]

        assert [(p["unfurl_links"], p["unfurl_media"]) for p in posted] in (
            [(False, False)],
            [("false", "false")],
        )

    told(story)


@pytest.mark.parametrize("method", ["response_url", "chat.postEphemeral", "chat.postMessage"])
def test_a_card_that_slack_refuses_whole_goes_without_blocks_and_without_an_empty_list_of_them(method):
    async def story(front: Front) -> None:
        front.bot.replies |= {"tap": Private(WHY), "MessageWritten": Private(WHY)}
        await front.sends(QUESTION)
        if method == "chat.postEphemeral":
            front.fake.faults.next("response_url", refuse("expired_url"))
        front.fake.faults.next(method, refuse("invalid_blocks"))
        if method == "chat.postMessage":
            await front.lena.says("hello there")
            await front.settle()
        else:
            await pressed(front, "Well")

        tried = [call for call in front.fake.calls if call.method == method]
        assert [call.outcome for call in tried][-2:] == ["invalid_blocks", "ok"]
        assert "blocks" in tried[-2].arguments
        assert "blocks" not in tried[-1].arguments

    told(story)


def posts(front: Front) -> list[Any]:
    """The ids of the posts of replies, as they were tried one after the other."""
    return [c.arguments.get("client_msg_id") for c in front.fake.calls if c.method == "chat.postMessage"]


def test_a_reply_has_an_id_of_its_own_which_it_keeps_when_it_is_tried_again():
    async def story(front: Front) -> None:
        front.bot.replies["MessageWritten"] = Private(WHY)
        front.fake.faults.next("chat.postMessage", slow_down("0.01"), refuse("invalid_blocks"))
        await front.lena.says("hello there")
        await front.settle()
        first = posts(front)
        await front.lena.says("hello again")
        await front.settle()
        second = posts(front)[len(first) :]

        assert (len(first), len(set(first))) == (3, 1)
        assert len(second) == 1
        assert UUID(first[0]).version == UUID(second[0]).version == 4
        assert first[0] != second[0]

    told(story)


def test_a_modal_carries_ids_only():
    async def story(front: Front) -> None:
        await form_open(front)
        carried = str(front.lena.modal().body["private_metadata"])

        assert "comment" not in carried
        assert "Lena" not in carried

    told(story)


def test_only_a_form_that_was_sent_is_answered_by_its_acknowledgement():
    spot = Spot(workspace="T", user="U", surface="modal", origin=Origin("D", "1.2"))
    stage = Stage(None, spot)  # type: ignore[arg-type] -- nothing is called

    for reply in (Private(WHY), Replace(WHY), OpenForm(FORM), Invalid({"a": "b"})):
        assert stage.answer(reply) == {}


def test_a_command_too_long_for_a_button_is_explained_instead():
    async def story(front: Front) -> None:
        front.bot.replies["roi-report"] = OpenForm(FORM)
        await front.lena.says("roi-report " + "ä" * 500)
        await front.settle()

        assert front.lena.messages()[-1].text == words("en")("form.by_command")

    told(story)
