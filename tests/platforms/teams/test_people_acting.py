import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import jwt
import pytest

from tests.platforms.teams import FakeTeams
from tests.platforms.teams.connector import CARD
from tests.platforms.teams.people import Json
from tests.platforms.teams.person import MESSAGE, UNABLE
from tests.platforms.teams.signing import key
from tests.platforms.teams.talking import Client, Scripted, attached, card, message, talking

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

LENA = "0d5e7f00-0000-4000-8000-000000000001"

NAME = {"type": "Input.Text", "id": "why", "label": "Why?", "isRequired": True, "errorMessage": "Say why."}
LEVEL = {
    "type": "Input.ChoiceSet",
    "id": "level",
    "label": "How?",
    "choices": [{"title": "Well", "value": "5"}, {"title": "So so", "value": "3"}],
}
SEND = {
    "type": "Action.Execute",
    "title": "Send",
    "verb": "rapport",
    "data": {"rapport": "save:12"},
    "fallback": {"type": "Action.Submit", "title": "Send", "data": {"rapport": "save:12"}},
}
OPEN = {
    "type": "Action.Submit",
    "title": "Open",
    "data": {"rapport": "open:12", "msteams": {"type": "task/fetch"}},
}
SKIP = {"type": "Action.Submit", "title": "Skip", "associatedInputs": "none", "data": {"rapport": "skip:12"}}
FORM = card(
    {"type": "TextBlock", "text": "How is it?", "style": "heading"}, NAME, LEVEL, actions=(SEND, OPEN, SKIP)
)
THANKS = card({"type": "TextBlock", "text": "Thank you."})

Story = Callable[[FakeTeams, Client, Scripted], Awaitable[None]]


def told(story: Story, **more: Any) -> None:
    async def run() -> None:
        async with talking(**more) as (fake, client, bot):
            fake.add_user(LENA, name="Lena Vogt", installed=True, tz="Asia/Tokyo", locale="de-DE")
            place = fake.open_for(LENA)
            assert place is not None
            await client.post(place.id, message("", FORM, summary="A question"))
            await story(fake, client, bot)

    asyncio.run(run())


def answering(answer: Json | None) -> Callable[[Json], Awaitable[Json | None]]:
    async def work(_: Json) -> Json | None:
        return answer

    return work


def shown(kind: str, value: Any, status: int = 200) -> Json:
    return {"statusCode": status, "type": kind, "value": value}


def test_what_somebody_writes_says_who_where_and_in_which_language_and_time() -> None:
    async def story(fake: FakeTeams, _: Client, bot: Scripted) -> None:
        answer = await fake.person(LENA).says("Hi")

        (heard,) = bot.heard
        assert answer.status == 200
        assert heard["from"] == {"id": fake.users[LENA].member, "name": "Lena Vogt", "aadObjectId": LENA}
        assert heard["channelData"]["tenant"]["id"] == heard["conversation"]["tenantId"] == fake.tenant
        assert (heard["locale"], heard["localTimezone"]) == ("de-DE", "Asia/Tokyo")
        assert heard["entities"][0]["timezone"] == "Asia/Tokyo"
        assert heard["serviceUrl"] == fake.service_url
        assert heard["recipient"]["id"] == f"28:{fake.app_id}"

    told(story)


def test_what_is_told_is_signed_by_the_published_key_for_this_app() -> None:
    async def story(fake: FakeTeams, _: Client, bot: Scripted) -> None:
        await fake.person(LENA).says("Hi")
        claims = jwt.decode(bot.tokens[0], key(0).public_key(), ["RS256"], audience=fake.app_id)

        assert claims["serviceurl"] == fake.service_url
        assert [one["kid"] for one in fake.signing.jwks()["keys"]] == ["made-up-key-0"]
        assert jwt.get_unverified_header(bot.tokens[0])["kid"] == "made-up-key-0"

        fake.signing.rotate(drop=True)
        assert [one["kid"] for one in fake.signing.jwks()["keys"]] == ["made-up-key-1"]

    told(story)


def test_in_a_channel_the_bot_is_mentioned_or_called_by_a_command() -> None:
    async def story(fake: FakeTeams, _: Client, bot: Scripted) -> None:
        channel = fake.add_team(LENA)
        await fake.person(LENA).says("roi-report", place=channel.id)
        await fake.person(LENA).says("roi-report", place=channel.id, targeted=True)

        mentioned, called = bot.heard
        assert mentioned["text"] == "<at>Rapport</at> roi-report"
        assert mentioned["entities"][0]["mentioned"]["id"] == fake.bot["id"]
        assert (called["text"], called["recipient"]["isTargeted"]) == ("roi-report", True)

    told(story)


def test_execute_sends_the_fields_and_shows_the_card_that_comes_back_to_who_pressed() -> None:
    async def story(fake: FakeTeams, _: Client, bot: Scripted) -> None:
        lena = fake.person(LENA)
        bot.work = answering(shown(CARD, THANKS))
        (form,) = lena.messages()
        assert (form.title, form.summary, form.buttons) == (
            "How is it?",
            "A question",
            ["Send", "Open", "Skip"],
        )

        await lena.submits({"Why?": "Rain", "level": "Well"}, "Send", on=form)

        assert bot.heard[0]["name"] == "adaptiveCard/action"
        assert bot.heard[0]["value"]["action"]["data"] == {"rapport": "save:12", "why": "Rain", "level": "5"}
        assert bot.heard[0]["replyToId"] == form.id
        assert (lena.messages()[0].words, lena.troubles) == ("Thank you.", [])

    told(story)


def test_what_the_client_checks_itself_stops_a_form_before_the_bot_hears_of_it() -> None:
    async def story(fake: FakeTeams, _: Client, bot: Scripted) -> None:
        lena = fake.person(LENA)
        answer = await lena.presses(lena.messages()[0], "Send")

        assert (answer.failed, lena.errors, bot.heard) == ("not_sent", {"why": "Say why."}, [])

        await lena.presses(lena.messages()[0], "Skip")
        assert bot.heard[0]["value"] == {"rapport": "skip:12"}
        assert bot.heard[0]["type"] == "message"
        assert "text" not in bot.heard[0]

    told(story)


def test_an_old_client_takes_the_fallback_of_execute() -> None:
    async def story(fake: FakeTeams, _: Client, bot: Scripted) -> None:
        lena = fake.person(LENA)
        lena.old = True
        await lena.submits({"why": "Rain"}, "Send", on=lena.messages()[0])

        assert bot.heard[0]["value"] == {"rapport": "save:12", "why": "Rain", "level": ""}

    told(story)


def test_a_dialog_opens_is_sent_and_closes() -> None:
    async def story(fake: FakeTeams, _: Client, bot: Scripted) -> None:
        lena = fake.person(LENA)
        asked = card(NAME, actions=({"type": "Action.Submit", "title": "Save", "data": {"rapport": "save"}},))
        value = {"title": "A form", "card": attached(asked)}
        bot.work = answering({"task": {"type": "continue", "value": value}})
        lena.fills({"why": "typed before"}, lena.messages()[0])
        await lena.presses(lena.messages()[0], "Open")
        dialog = lena.dialog()
        assert dialog is not None
        assert (dialog.title, list(dialog.fields)) == ("A form", ["why"])

        bot.work = answering({"task": {"type": "message", "value": "Saved."}})
        await lena.submits({"why": "Rain"}, "Save")
        assert [heard["name"] for heard in bot.heard] == ["task/fetch", "task/submit"]
        assert bot.heard[1]["value"]["data"] == {"rapport": "save", "why": "Rain"}
        assert (lena.dialog(), lena.told, lena.troubles) == (None, ["Saved."], [])

    told(story)


def test_a_client_that_knows_no_dialog_sends_a_message_where_one_is_asked_for() -> None:
    async def story(fake: FakeTeams, _: Client, bot: Scripted) -> None:
        lena = fake.person(LENA)
        lena.dialogs = False
        lena.fills({"why": "Rain"}, lena.messages()[0])
        await lena.presses(lena.messages()[0], "Open")

        assert bot.heard[0]["type"] == "message"
        assert bot.heard[0]["value"]["rapport"] == "open:12"
        assert (lena.dialog(), lena.troubles) == (None, [])

    told(story)


@pytest.mark.parametrize("answer", [None, {}, {"statusCode": 200}, [1], shown("unheard-of", "x")])
def test_a_malformed_answer_to_an_invoke_is_a_trouble(answer: Any) -> None:
    async def story(fake: FakeTeams, _: Client, bot: Scripted) -> None:
        lena = fake.person(LENA)
        bot.work = answering(answer)
        await lena.submits({"why": "Rain"}, "Send", on=lena.messages()[0])

        assert len(lena.troubles) == len(fake.troubles) == 1

    told(story)


def test_a_sentence_and_an_error_of_an_invoke_are_told_apart() -> None:
    async def story(fake: FakeTeams, _: Client, bot: Scripted) -> None:
        lena = fake.person(LENA)
        bot.work = answering(shown(MESSAGE, "Saved."))
        await lena.submits({"why": "Rain"}, "Send", on=lena.messages()[0])
        assert (lena.told, lena.troubles) == (["Saved."], [])

        bot.status = 500
        await lena.submits({"why": "Rain"}, "Send", on=lena.messages()[0])
        assert lena.troubles == [UNABLE]

    told(story)


def test_installing_tells_two_events_at_once_without_language_or_time_zone() -> None:
    async def story(fake: FakeTeams, _: Client, bot: Scripted) -> None:
        noor = fake.add_user("noor")
        answers = await fake.person("noor").installs()
        await fake.person("noor").uninstalls()

        by_type = {heard["type"]: heard for heard in bot.heard[:2]}
        assert [answer.status for answer in answers] == [200, 200]
        assert by_type["installationUpdate"]["action"] == "add"
        assert [who["id"] for who in by_type["conversationUpdate"]["membersAdded"]] == [
            fake.bot["id"],
            noor.member,
        ]
        assert not any("locale" in heard or "entities" in heard for heard in bot.heard)
        assert {heard.get("action") for heard in bot.heard[2:]} == {"remove", None}

    told(story)


def test_a_slow_message_is_delivered_again_and_a_slow_invoke_is_not() -> None:
    async def story(fake: FakeTeams, _: Client, bot: Scripted) -> None:
        lena, never = fake.person(LENA), asyncio.Event()

        async def slow(_: Json) -> None:
            await never.wait()

        bot.work, fake.reach.patience_s = slow, 0.02
        await lena.says("Hi")
        await lena.submits({"why": "Rain"}, "Send", on=lena.messages()[0])
        ids = [heard["id"] for heard in bot.heard]

        assert ids[0] == ids[1] != ids[2]
        assert len(ids) == 3
        assert len(lena.troubles) == 2
        never.set()

    told(story)


def test_an_activity_can_come_several_times_at_once_and_again_later() -> None:
    async def story(fake: FakeTeams, _: Client, bot: Scripted) -> None:
        fake.reach.copies = 3
        await fake.person(LENA).says("Hi")
        await fake.reach.again()

        assert len(bot.heard) == 4
        assert len({heard["id"] for heard in bot.heard}) == 1

    told(story)


def test_a_team_gets_the_app_and_people_come_and_go() -> None:
    async def story(fake: FakeTeams, _: Client, bot: Scripted) -> None:
        noor = fake.add_user("noor")
        channel = fake.add_team(LENA)
        await fake.person(LENA).installs(channel.id)
        await fake.person("noor").joins(channel.id)
        assert [seen.text for seen in fake.person("noor").sees(channel.id)] == []
        await fake.person("noor").leaves(channel.id)

        installed = {heard["type"]: heard for heard in bot.heard[:2]}
        assert installed["conversationUpdate"]["membersAdded"] == [{"id": fake.bot["id"]}]
        assert installed["installationUpdate"]["channelData"]["team"] == {"id": channel.team}
        joined, left = bot.heard[2:]
        assert (
            joined["membersAdded"] == left["membersRemoved"] == [{"id": noor.member, "aadObjectId": "noor"}]
        )
        assert (noor.installed, channel.members) == (False, [LENA])

    told(story)


def test_who_blocked_the_bot_or_is_gone_gets_it_back_by_installing() -> None:
    async def story(fake: FakeTeams, client: Client, bot: Scripted) -> None:
        lena, place = fake.person(LENA), fake.open_for(LENA)
        assert place is not None
        lena.blocks()
        assert (await client.post(place.id, message("Hello")))[0] == 403
        await lena.installs()

        assert (await client.post(place.id, message("Hello")))[0] == 201
        assert (await lena.opens()).status == 0  # it is there already

    told(story)
