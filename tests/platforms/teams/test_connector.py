import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import quote

import pytest

from tests.platforms.teams import FakeTeams
from tests.platforms.teams.connector import MOST_BYTES
from tests.platforms.teams.talking import Client, card, message, talking

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

LENA = "0d5e7f00-0000-4000-8000-000000000001"


def told(story: Callable[[FakeTeams, Client], Awaitable[None]], **more: object) -> None:
    async def run() -> None:
        async with talking(**more) as (fake, client, _):
            fake.add_user(LENA, name="Lena Vogt", installed=True)
            await story(fake, client)

    asyncio.run(run())


def test_a_message_reaches_the_person_and_stands_in_the_history() -> None:
    async def story(fake: FakeTeams, client: Client) -> None:
        _, opened = await client.create(LENA)
        status, answer = await client.post(opened["id"], message("Hello"))

        (seen,) = fake.person(LENA).messages()
        assert (status, seen.text, seen.id) == (201, "Hello", answer["id"])
        assert [(c.name, c.user, c.outcome, c.public) for c in fake.history] == [
            ("create", LENA, "ok", False),
            ("post", LENA, "ok", False),
        ]

    told(story)


def test_a_reply_to_an_activity_that_nobody_knows_is_a_message_all_the_same() -> None:
    async def story(fake: FakeTeams, client: Client) -> None:
        place = fake.open_for(LENA)
        assert place is not None
        status, _ = await client.post(place.id, message("Hello"), "an-invented-id")

        assert status == 201
        assert [seen.text for seen in fake.person(LENA).messages()] == ["Hello"]

    told(story)


def test_a_message_is_changed_and_deleted_and_then_not_found() -> None:
    async def story(fake: FakeTeams, client: Client) -> None:
        place = fake.open_for(LENA)
        assert place is not None
        _, made = await client.post(place.id, message("Hello"))
        changed = await client.update(place.id, made["id"], message("Hello again"))
        assert changed == (200, made)
        assert [seen.text for seen in fake.person(LENA).messages()] == ["Hello again"]

        path = f"/{quote(place.id, safe='')}/activities/{made['id']}"
        assert await client.call("DELETE", path) == (200, None)
        assert fake.person(LENA).messages() == []
        status, body = await client.update(place.id, made["id"], message("Too late"))
        assert (status, body["error"]["code"]) == (404, "ActivityNotFoundInConversation")

    told(story)


def test_who_blocked_the_bot_or_removed_it_gets_nothing() -> None:
    async def story(fake: FakeTeams, client: Client) -> None:
        place = fake.open_for(LENA)
        assert place is not None
        fake.person(LENA).blocks()
        blocked = await client.post(place.id, message("Hello"))
        fake.users[LENA].installed = False
        created = await client.create(LENA)

        assert (blocked[0], blocked[1]["error"]["code"]) == (403, "MessageWritesBlocked")
        assert (created[0], created[1]["error"]["code"]) == (403, "ForbiddenOperationException")

    told(story)


def test_a_conversation_is_opened_by_object_id_or_member_id_in_the_right_tenant() -> None:
    async def story(fake: FakeTeams, client: Client) -> None:
        by_object = await client.create(LENA)
        by_member = await client.create(fake.users[LENA].member)
        elsewhere = await client.create(LENA, tenantId="another")
        by_address = await client.create(fake.users[LENA].email)

        assert by_object == by_member
        assert (by_object[0], elsewhere[0], by_address[0]) == (201, 403, 400)

    told(story)


def test_a_message_is_refused_above_100_kb_of_utf16() -> None:
    async def story(fake: FakeTeams, client: Client) -> None:
        place = fake.open_for(LENA)
        assert place is not None
        fits = await client.post(place.id, message("x" * (MOST_BYTES // 2 - 200)))
        status, body = await client.post(place.id, message("x" * (MOST_BYTES // 2)))

        assert fits[0] == 201
        assert (status, body["error"]["code"]) == (413, "MessageSizeTooBig")

    told(story)


@pytest.mark.parametrize(
    "activity",
    [
        {"type": "message"},
        {"type": "unheard-of", "text": "x"},
        {"type": "message", "text": 1},
        {"type": "message", "attachments": "x"},
        message("", {"type": "AdaptiveCard"}),
        message("", card({"type": "wrong"})),
    ],
)
def test_what_is_no_message_is_refused(activity: dict[str, object]) -> None:
    async def story(fake: FakeTeams, client: Client) -> None:
        place = fake.open_for(LENA)
        assert place is not None
        status, _ = await client.post(place.id, activity)

        assert (status, fake.history) == (400, [])

    told(
        story,
        validate=lambda shown: ["no such element"] if {"type": "wrong"} in shown.get("body", []) else [],
    )


def test_nobody_without_a_token_of_ours_gets_in() -> None:
    async def story(fake: FakeTeams, client: Client) -> None:
        client.token = "made-up"
        status, _ = await client.create(LENA)

        assert (status, [call.outcome for call in fake.calls]) == (401, ["Unauthorized"])

    told(story)


def test_a_targeted_message_is_seen_by_its_recipient_alone() -> None:
    async def story(fake: FakeTeams, client: Client) -> None:
        fake.add_user("noor", installed=True)
        channel = fake.add_team(LENA, "noor")
        recipient = {"id": fake.users[LENA].member}
        sent = message("For you", recipient=recipient)
        status, _ = await client.post(channel.id, sent, isTargetedActivity="true")

        assert status == 201
        assert [seen.text for seen in fake.person(LENA).targeted(channel.id)] == ["For you"]
        assert fake.person("noor").sees(channel.id) == []
        assert [(call.targeted, call.public) for call in fake.history] == [(True, False)]

        await client.post(channel.id, message("For all"))
        assert [seen.text for seen in fake.person("noor").messages(channel.id)] == ["For all"]
        assert fake.history[-1].public

    told(story)


def test_members_come_in_pages() -> None:
    async def story(fake: FakeTeams, client: Client) -> None:
        for number in range(5):
            fake.add_user(f"user-{number}")
        channel = fake.add_team(LENA, *(f"user-{number}" for number in range(5)))
        found, token = [], ""
        path = f"/{quote(channel.id, safe='')}/pagedmembers"
        while True:
            _, page = await client.call("GET", path, pageSize="4", continuationToken=token)
            found += [member["aadObjectId"] for member in page["members"]]
            if not (token := page.get("continuationToken", "")):
                break
        _, every = await client.call("GET", f"/{quote(channel.id, safe='')}/members")
        _, lena = await client.call("GET", f"/{quote(channel.id, safe='')}/members/{LENA}")

        assert len(found) == len(set(found)) == len(every) == 6
        assert lena["userPrincipalName"] == fake.users[LENA].email
        assert lena["tenantId"] == fake.tenant

    told(story)
