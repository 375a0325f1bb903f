"""What people see in Teams after what they did, over the real route and through the real connector."""

import json

import pytest

from bot.talk.cards import Action, Ask, Button, Buttons, Card, Fact, Facts, Text
from bot.talk.events import (
    AppAdded,
    ButtonPressed,
    CommandUsed,
    FormSent,
    Invalid,
    MemberLeft,
    MessageWritten,
    OpenForm,
    Private,
    Replace,
)
from bot.talk.language import words
from surveys.formats import FreeText
from tests.adapters.slack.front import QUESTION, plain
from tests.adapters.teams.front import LENA
from tests.adapters.teams.talk import Talk, told
from tests.platforms.teams.faults import lost, refuse

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SAVED = plain("Saved")
REPORT = Card(
    "Support",
    (Facts((Fact("Satisfied", "71%"),)), Buttons((Button("Details", Action("report.details", "7")),))),
    "Support: 71% are satisfied.",
)
FORM = Card(
    "The form",
    (Ask("comment", "Anything else?", FreeText(500)),),
    "A short form.",
    Button("Send it", Action("save", "12"), "primary"),
)


async def asked(talk: Talk) -> None:
    """Have Lena look at a question of ours."""
    talk.bot.replies["help"] = Private(QUESTION)
    await talk.lena.says("help")
    await talk.settle()


def titles(talk: Talk) -> list[str]:
    return [seen.title or seen.text for seen in talk.lena.messages()]


async def press(talk: Talk, label: str) -> None:
    seen = next(seen for seen in reversed(talk.lena.messages()) if label in seen.buttons)
    await talk.lena.presses(seen, label)
    await talk.settle()


@pytest.mark.parametrize("old", [False, True])
def test_a_pressed_card_becomes_its_receipt_in_new_and_old_clients(old):
    async def story(talk: Talk) -> None:
        talk.bot.replies["skip"] = Replace(SAVED)
        await asked(talk)
        talk.lena.old = old
        await press(talk, "Not now")

        assert titles(talk) == ["Saved"]
        pressed = talk.bot.events[-1]
        assert isinstance(pressed, ButtonPressed)
        assert (pressed.source.user, pressed.action) == (LENA, Action("skip", "12"))

    told(story)


@pytest.mark.parametrize("old", [False, True])
def test_a_form_of_its_own_is_shown_again_until_it_fits_and_then_replaced(old):
    async def story(talk: Talk) -> None:
        talk.bot.replies |= {"tap": OpenForm(FORM, SAVED), "save": Invalid({"comment": "Please write less."})}
        await asked(talk)
        talk.lena.old = old
        await press(talk, "Well")
        assert titles(talk) == ["Saved", "The form"]

        form = talk.lena.messages()[-1]
        await talk.lena.submits({"comment": "too long"}, "Send it", form)
        await talk.settle()
        again = talk.lena.messages()[-1]
        assert (again.title, "Please write less." in again.words) == ("The form", True)
        assert again.fields["comment"]["value"] == "too long"

        talk.bot.replies["save"] = Replace(plain("Thanks"))
        await talk.lena.submits({"comment": "short"}, "Send it", again)
        await talk.settle()
        assert titles(talk) == ["Saved", "Thanks"]
        sent = talk.bot.events[-1]
        assert isinstance(sent, FormSent)
        assert sent.values == {"comment": "short"}

    told(story)


def test_a_form_takes_the_place_of_its_card_for_whoever_pressed_until_it_is_sent():
    async def story(talk: Talk) -> None:
        talk.bot.replies |= {"tap": OpenForm(FORM), "save": Replace(SAVED)}
        await asked(talk)
        await press(talk, "Well")
        assert titles(talk) == ["The form"]

        await talk.lena.submits({"comment": "more light"}, "Send it", talk.lena.messages()[-1])
        await talk.settle()
        assert titles(talk) == ["Saved"]

    told(story)


def test_a_private_card_stands_below_and_a_sentence_points_there():
    async def story(talk: Talk) -> None:
        talk.bot.replies["tap"] = Private(REPORT)
        await asked(talk)
        await press(talk, "Well")

        assert titles(talk) == ["A question", "Support"]
        assert talk.lena.told == [words("en")("teams.below")]

    told(story)


def test_a_message_that_teams_cannot_find_is_written_anew():
    async def story(talk: Talk) -> None:
        talk.bot.replies["skip"] = Replace(SAVED)
        await asked(talk)
        talk.fake.faults.next("update", lost())
        await press(talk, "Not now")

        assert titles(talk)[-1] == "Saved"

    told(story)


# --- where others read along -------------------------------------------------------------------------------


@pytest.mark.parametrize("slash", [True, False])
def test_a_report_in_a_channel_is_seen_by_whoever_asked_and_nobody_else(slash):
    async def story(talk: Talk) -> None:
        talk.bot.replies |= {
            "roi-report": Private(REPORT),
            "report.details": Private(plain("The details, 71%")),
        }
        await talk.lena.says("roi-report Support", place=talk.channel, targeted=slash)
        await talk.settle()

        [shown] = [seen for seen in talk.lena.targeted(talk.channel) if seen.title]
        assert shown.title == "Support"
        await talk.lena.presses(shown, "Details")
        await talk.settle()

        assert talk.lena.targeted(talk.channel)[-1].title == "The details, 71%"
        assert talk.marc.targeted(talk.channel) == []
        assert "71%" not in json.dumps([seen.body for seen in talk.marc.sees(talk.channel)])
        assert talk.bot.events[-2] == CommandUsed(talk.bot.events[-2].source, "roi-report", "Support")

    told(story)


def test_where_messages_for_one_are_refused_the_report_is_in_the_own_chat_and_the_channel_says_so():
    async def story(talk: Talk) -> None:
        talk.bot.replies["roi-report"] = Private(REPORT)
        talk.fake.faults.next("post", refuse(405, "NotSupported"))
        await talk.lena.says("roi-report", place=talk.channel)
        await talk.settle()

        assert titles(talk) == ["Support"]
        assert [seen.text for seen in talk.marc.messages(talk.channel)] == [words("en")("teams.in_private")]

    told(story)


# --- lines, and who has the app ----------------------------------------------------------------------------


@pytest.mark.parametrize("said", ["Help", "hilfe", "/help", "rapport help"])
def test_help_is_understood_however_it_is_asked_for(said):
    async def story(talk: Talk) -> None:
        talk.bot.replies["help"] = Private(plain("Help"))
        await talk.lena.says(said)
        await talk.settle()

        assert titles(talk) == ["Help"]

    told(story)


@pytest.mark.parametrize("said", ["Hi", "Hello", "Hallo", "Moin"])
def test_a_greeting_reaches_the_bot_as_it_was_written(said):
    async def story(talk: Talk) -> None:
        await talk.lena.says(said)

        written = talk.bot.events[-1]
        assert written == MessageWritten(written.source, said)

    told(story)


def test_who_installs_the_app_is_met_and_who_removes_it_has_left():
    async def story(talk: Talk) -> None:
        talk.bot.replies["AppAdded"] = Private(Card("Welcome", (Text("Hello."),), "Rapport is here now."))
        await talk.marc.installs()
        await talk.settle()
        met = [event for event in talk.bot.events if isinstance(event, AppAdded)]
        await talk.marc.uninstalls()

        assert len(met) == len({event.source.event for event in met}) == 2
        assert {event.source.user for event in met} == {talk.marc.user.id}
        assert {seen.title for seen in talk.marc.messages()} == {"Welcome"}
        assert any(isinstance(event, MemberLeft) for event in talk.bot.events)

    told(story)
