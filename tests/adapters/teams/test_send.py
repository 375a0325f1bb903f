"""What sending promises: a conversation made once, nobody written to who shut us out, and a plain word for each failure."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest
from aiohttp import web

from adapters.teams.references import InMemory, Reference
from adapters.teams.send import TeamsPlatform
from bot.errors import Disconnected, PlatformError, TryLater, Undeliverable, Unsure
from bot.talk.cards import Card, Text
from bot.talk.platform import Address, DeliveryId, Handle, Platform, Receipt, Unknown
from tests.adapters.teams.scripted import ANA, TENANT, Answer, Scripted, hang, no, ok, reset
from tests.fakes import MONDAY

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

D1 = DeliveryId("d" * 32)
TO = Address("teams", TENANT, ANA.user)
BEN = replace(ANA, user="0d5c9f12-0000-4000-8000-0000000000b2", member="29:ben", conversation="a:1-ben")
CARD = Card("Hello", (Text("Hello, in a sentence."),), "Hello, in a sentence.")

POST = "POST v3/conversations/a%3A1-ana/activities"
CREATE = "POST v3/conversations"


def draw(card: Card) -> dict[str, Any]:
    """Make a message as a renderer would, one whose elements can be told."""
    return {"type": "message", "attachments": [{"content": [repr(element) for element in card.elements]}]}


class NoDoor:
    """A way in that nobody uses."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    def mount(self, app: web.Application) -> None:
        self.calls.append("mount")

    async def shown(self) -> None:
        self.calls.append("shown")

    async def settle(self) -> None:
        self.calls.append("settle")


def platform_at(
    fake: Scripted, references: InMemory, door: NoDoor | None = None, **options: Any
) -> TeamsPlatform:
    way_in = door or NoDoor()

    def opened(_platform: TeamsPlatform, _handle: Handle) -> NoDoor:
        return way_in

    return TeamsPlatform(fake.connector(**options), references, [TENANT], draw, opened)


Act = Callable[[TeamsPlatform], Awaitable[Any]]


def did(
    act: Act, *answers: Answer, known: Sequence[Reference] = (ANA,), **options: Any
) -> tuple[Any, Scripted, InMemory]:
    """Return what came of an act, an error too, what was asked of the connector, and what is kept."""

    async def story() -> tuple[Any, Scripted, InMemory]:
        references = InMemory()
        async with Scripted(*answers) as fake:
            for each in known:
                await references.keep(fake.here(each))
            platform = platform_at(fake, references, **options)
            try:
                found = await act(platform)
            except PlatformError as error:
                found = error
            await platform.aclose()
            return found, fake, references

    return asyncio.run(story())


def sent(platform: TeamsPlatform) -> Awaitable[Receipt]:
    return platform.send(TO, CARD, D1)


def kept(references: InMemory, user: str = ANA.user) -> Reference | None:
    return asyncio.run(references.find(TENANT, user))


# --- to whom ------------------------------------------------------------------------------------------------


def test_it_is_a_platform():
    async def story() -> None:
        async with Scripted(ok()) as fake:
            port: Platform = platform_at(fake, InMemory())
            assert port.name == "teams"

    asyncio.run(story())


def test_a_known_conversation_is_written_to_and_the_message_tells_its_delivery():
    found, fake, _ = did(sent, ok(id="17"))

    assert found == Receipt("a:1-ana", "17")
    assert fake.asked() == [POST]
    assert fake.calls[0].body["channelData"] == {"rapport_delivery": D1}
    assert fake.calls[0].body["attachments"] == draw(CARD)["attachments"]


def test_a_conversation_is_made_once_and_kept():
    async def twice(platform: TeamsPlatform) -> list[Receipt]:
        return [await sent(platform), await sent(platform)]

    found, fake, references = did(
        twice, ok(id="a:1-ana"), ok(id="17"), ok(id="18"), known=[replace(ANA, conversation="")]
    )

    assert found == [Receipt("a:1-ana", "17"), Receipt("a:1-ana", "18")]
    assert fake.asked() == [CREATE, POST, POST]
    assert kept(references) == fake.here()


@pytest.mark.parametrize("answer", [reset, hang])
def test_a_conversation_of_which_nobody_can_tell_whether_it_was_made_showed_nobody_anything(answer):
    error, fake, _ = did(sent, answer, known=[replace(ANA, conversation="")], timeout_s=0.2)

    assert isinstance(error, TryLater)
    assert fake.asked() == [CREATE]


@pytest.mark.parametrize("known", [[], [BEN], [replace(ANA, member="")]])
def test_who_has_not_got_the_app_cannot_be_reached_yet_and_nothing_is_asked(known):
    error, fake, _ = did(sent, ok(id="1"), known=known)

    assert isinstance(error, Undeliverable)
    assert (error.reason, fake.calls) == ("not_reachable_yet", [])


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("MessageWritesBlocked", "writes_blocked"),
        ("BotNotInConversationRoster", "writes_blocked"),
        ("ForbiddenOperationException", "not_reachable_yet"),
    ],
)
def test_who_shuts_us_out_is_sent_nothing_more(code, reason):
    async def twice(platform: TeamsPlatform) -> list[str]:
        reasons = []
        for _ in range(2):
            with pytest.raises(Undeliverable) as shut:
                await sent(platform)
            reasons.append(shut.value.reason)
        return reasons

    found, fake, references = did(twice, no(403, code))

    assert found == [reason, "writes_blocked"]
    assert fake.asked() == [POST]
    assert kept(references) == fake.here(blocked=True)


def test_whom_an_administrator_keeps_from_us_is_not_marked_for_it_may_be_undone_any_time():
    error, fake, references = did(sent, no(403, "BotDisabledByAdmin"))

    assert isinstance(error, Undeliverable)
    assert error.reason == "disabled_by_admin"
    assert kept(references) == fake.here()


# --- what goes wrong ----------------------------------------------------------------------------------------


def test_where_the_conversation_is_gone_a_new_one_is_made_because_nothing_was_posted():
    found, fake, references = did(sent, no(404, "ConversationNotFound"), ok(id="a:1-new"), ok(id="17"))

    assert found == Receipt("a:1-new", "17")
    assert fake.asked() == [POST, CREATE, "POST v3/conversations/a%3A1-new/activities"]
    assert kept(references) == fake.here(conversation="a:1-new")


def test_a_conversation_that_is_gone_again_is_given_up():
    error, fake, _ = did(sent, no(404, "ConversationNotFound"), ok(id="a:1-ana"), no(404))

    assert isinstance(error, Undeliverable)
    assert error.reason == "channel_not_found"
    assert len(fake.calls) == 3


def test_a_member_whom_teams_does_not_know_is_no_user():
    error, _, _ = did(sent, no(400, "BadSyntax"), known=[replace(ANA, conversation="")])

    assert isinstance(error, Undeliverable)
    assert error.reason == "user_not_found"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (no(429, "Throttled", Retry_After="3"), TryLater),
        (no(412), TryLater),
        (no(502), TryLater),
        (no(503), TryLater),
        (no(504), TryLater),
        (no(500), Unsure),
        (reset, Unsure),
        (hang, Unsure),
        (no(401), Disconnected),
    ],
)
def test_nothing_is_sent_twice_by_the_platform_itself(answer, error):
    found, fake, references = did(sent, answer, timeout_s=0.2)

    assert isinstance(found, error)
    assert fake.asked() == [POST]
    assert kept(references) == fake.here()


@pytest.mark.parametrize("status", [400, 413])
def test_what_teams_does_not_take_is_sent_more_plainly_and_at_last_as_a_sentence(status):
    found, fake, _ = did(sent, no(status, "MessageSizeTooBig"), ok(id="17"))

    assert found == Receipt("a:1-ana", "17")
    rich, plain = (call.body for call in fake.calls)
    assert rich["attachments"]
    assert (plain["text"], plain["textFormat"]) == (CARD.fallback, "plain")
    assert "attachments" not in plain
    assert plain["channelData"] == {"rapport_delivery": D1}


def test_what_teams_takes_in_no_form_is_a_mistake_of_ours():
    error, fake, _ = did(sent, no(413, "MessageSizeTooBig"))

    assert isinstance(error, Undeliverable)
    assert (error.reason, len(fake.calls)) == ("msg_too_long", 2)


def test_being_denied_shuts_the_tenant_unless_it_lets_us_in_elsewhere():
    async def both(platform: TeamsPlatform) -> list[Any]:
        first = await platform.send(Address("teams", TENANT, BEN.user), CARD, D1)
        with pytest.raises(Undeliverable) as one:
            await sent(platform)
        with pytest.raises(Disconnected) as all_of_them:
            await sent(platform)
        return [first, one.value.reason, all_of_them.value.reason]

    found, fake, _ = did(
        both,
        ok(id="1"),
        no(403, "Strange"),  # Ana
        ok(200, id="29:ben"),  # but Ben still lets us in
        no(403, "Strange"),
        no(403, "Strange"),
        known=[ANA, BEN],
    )

    assert found == [Receipt("a:1-ben", "1"), "access_denied", "access_denied"]
    assert fake.asked()[2] == f"GET v3/conversations/a%3A1-ben/members/{BEN.user}"


def test_being_denied_before_anything_was_ever_taken_shuts_the_tenant():
    error, fake, _ = did(sent, no(403, "Strange"))

    assert isinstance(error, Disconnected)
    assert len(fake.calls) == 1


# --- changing, finding, home ---------------------------------------------------------------------------------


def test_nobody_can_be_asked_what_arrived():
    found, fake, _ = did(lambda platform: platform.find(TO, D1, MONDAY), ok())

    assert found == Unknown()
    assert fake.calls == []


def test_a_message_is_changed_where_it_stands():
    _, fake, _ = did(lambda platform: platform.edit(TO, Receipt("a:1-old", "17"), CARD), ok(200, id="17"))

    assert fake.asked() == ["PUT v3/conversations/a%3A1-old/activities/17"]
    assert "channelData" not in fake.calls[0].body


def test_a_message_that_teams_does_not_find_is_written_anew():
    _, fake, _ = did(
        lambda platform: platform.edit(TO, Receipt("a:1-ana", "17"), CARD),
        no(404, "ActivityNotFoundInConversation"),
        ok(id="18"),
    )

    assert fake.asked() == ["PUT v3/conversations/a%3A1-ana/activities/17", POST]


def test_home_is_a_message():
    _, fake, _ = did(lambda platform: platform.home(TO, CARD), ok(id="1"))

    assert fake.asked() == [POST]


# --- people -------------------------------------------------------------------------------------------------


def member(**changes: str) -> Answer:
    told = {"id": "29:ana", "aadObjectId": ANA.user, "name": "Ana Ruiz", "email": "ana@example.org"}
    return ok(200, **(told | {"tenantId": TENANT, "userRole": "user"} | changes))


def test_who_somebody_is_comes_from_teams_and_their_zone_from_what_they_sent():
    found, fake, _ = did(lambda platform: platform.whois(TO), member())

    assert (found.user, found.name, found.email) == (ANA.user, "Ana Ruiz", "ana@example.org")
    assert (found.locale, found.time_zone) == ("es-ES", "Europe/Madrid")
    assert fake.asked() == ["GET v3/conversations/a%3A1-ana/members/29%3Aana"]


@pytest.mark.parametrize(
    "answer", [member(userRole="guest"), member(tenantId="another"), no(404, "MemberNotFoundInConversation")]
)
def test_a_guest_and_who_is_gone_are_no_colleagues(answer):
    error, _, _ = did(lambda platform: platform.whois(TO), answer)

    assert isinstance(error, Undeliverable)
    assert error.reason == "user_not_found"


def test_who_was_never_heard_of_cannot_be_asked_for():
    error, fake, _ = did(lambda platform: platform.whois(TO), ok(), known=[])

    assert isinstance(error, Undeliverable)
    assert (error.reason, fake.calls) == ("not_reachable_yet", [])


def test_the_tenants_are_named_once_there_is_a_token():
    async def refused() -> str:
        raise Disconnected("invalid_client")

    async def story() -> Sequence[str]:
        async with Scripted(ok()) as fake:
            platform = platform_at(fake, InMemory())
            assert await platform.workspaces() == (TENANT,)
            platform.connector._token = refused
            return await platform.workspaces()

    with pytest.raises(Disconnected, match="invalid_client"):
        asyncio.run(story())


# --- listening ----------------------------------------------------------------------------------------------


def test_it_listens_behind_one_door_and_settles_at_the_end():
    door = NoDoor()

    async def handle(event: Any) -> Any:
        raise AssertionError(event)

    async def story() -> None:
        async with Scripted(ok()) as fake:
            platform = platform_at(fake, InMemory(), door)
            await platform.shown()
            platform.mount(web.Application(), handle)
            running = asyncio.create_task(platform.run(handle))
            await asyncio.sleep(0)
            await platform.shown()
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)
            await platform.aclose()

    asyncio.run(story())

    assert door.calls == ["mount", "shown", "settle"]
