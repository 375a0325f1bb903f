"""Who Teams lets us know: members of teams with the app, and who has it alone; never a guest, never half of it."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from adapters.teams import roster
from adapters.teams.limiter import Limiter
from adapters.teams.references import InMemory, Reference
from bot.errors import PlatformError, TryLater
from bot.talk.events import Profile
from tests.adapters.teams.scripted import ANA, TENANT, Answer, Scripted, no, ok, reset

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

TEAM = Reference(TENANT, "19:team", "", "19:team", "28:bot", member="")


def shape(user: str, **changes: str) -> dict[str, Any]:
    """A member as Teams lists one."""
    told = {"id": f"29:{user}", "aadObjectId": user, "name": user.title(), "email": f"{user}@example.org"}
    return told | {"tenantId": TENANT, "userRole": "user"} | changes


def page(*members: dict[str, Any], more: str = "") -> Answer:
    return ok(200, members=list(members), continuationToken=more)


def read(*answers: Answer, known: Sequence[Reference]) -> tuple[Any, Scripted, InMemory, list[float]]:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    async def story() -> tuple[Any, Scripted, InMemory, list[float]]:
        references = InMemory()
        async with Scripted(*answers) as fake:
            for each in known:
                await references.keep(fake.here(each))
            limiter = Limiter(time=lambda: sum(waited), sleep=sleep)
            connector = fake.connector(limiter=limiter, timeout_s=0.5)
            found: Any
            try:
                found = [each async for each in roster.members(connector, references, TENANT, sleep)]
            except PlatformError as error:
                found = error
            await connector.aclose()
            return found, fake, references, waited

    return asyncio.run(story())


def users(found: list[Profile]) -> list[str]:
    return [profile.user for profile in found]


def kept(references: InMemory) -> dict[str, Reference]:
    return {each.user: each for each in asyncio.run(references.all(TENANT))}


def test_the_members_of_a_team_are_known_page_by_page_and_how_each_is_written_to():
    found, fake, references, _ = read(page(shape("ben"), more="2"), page(shape("eva")), known=[TEAM])

    assert found == [Profile("ben", "Ben", "ben@example.org"), Profile("eva", "Eva", "eva@example.org")]
    assert [call.query.get("continuationToken") for call in fake.calls] == [None, "2"]
    assert kept(references)["ben"] == fake.here(
        TEAM, user="ben", conversation="", member="29:ben", named=True
    )


def test_who_has_the_app_alone_is_asked_for_alone_and_keeps_zone_and_language():
    found, fake, _, _ = read(ok(200, **shape(ANA.user)), known=[ANA])

    (profile,) = found
    assert (profile.user, profile.time_zone, profile.locale) == (ANA.user, "Europe/Madrid", "es-ES")
    assert fake.asked() == [f"GET v3/conversations/a%3A1-ana/members/{ANA.user}"]


def test_who_is_in_a_team_is_not_asked_for_again_and_keeps_their_own_conversation():
    found, fake, references, _ = read(page(shape(ANA.user, id="29:ana")), known=[TEAM, ANA])

    assert users(found) == [ANA.user]
    assert len(fake.calls) == 1
    assert kept(references)[ANA.user] == fake.here(named=True)


def test_nobody_is_named_twice_however_many_teams_they_are_in():
    other = replace(TEAM, user="19:other", conversation="19:other")

    found, _, _, _ = read(page(shape("ben")), page(shape("ben"), shape("eva")), known=[TEAM, other])

    assert users(found) == ["ben", "eva"]


def test_guests_strangers_and_bots_are_no_colleagues():
    odd = [
        shape("guest", userRole="guest"),
        shape("anonymous", userRole="anonymous"),
        shape("foreign", tenantId="another"),
        shape("bot", aadObjectId=""),
    ]

    found, _, references, _ = read(page(*odd, shape("ben")), known=[TEAM])

    assert users(found) == ["ben"]
    assert set(kept(references)) == {"19:team", "ben"}


def test_an_address_is_taken_from_the_sign_in_name_only_where_it_can_be_one():
    found, _, _, _ = read(
        page(
            shape("ben", email="", userPrincipalName="ben@example.org"),
            shape("eva", email="", userPrincipalName="eva_b.example#EXT#@example.org"),
        ),
        known=[TEAM],
    )

    assert [profile.email for profile in found] == ["ben@example.org", ""]


@pytest.mark.parametrize(
    "gone", [no(404, "MemberNotFoundInConversation"), no(403, "BotNotInConversationRoster")]
)
def test_who_is_gone_is_not_named_and_forgotten(gone):
    found, _, references, _ = read(gone, known=[ANA])

    assert found == []
    assert kept(references) == {}


@pytest.mark.parametrize("gone", [no(404, "ConversationNotFound"), no(403, "BotNotInConversationRoster")])
def test_a_team_without_the_app_is_forgotten_and_the_others_are_read(gone):
    other = replace(TEAM, user="19:other", conversation="19:other")

    found, _, references, _ = read(gone, page(shape("ben")), known=[TEAM, other])

    assert users(found) == ["ben"]
    assert "19:team" not in kept(references)


def test_who_shut_us_out_is_not_named_and_stays_shut_out():
    shut = replace(ANA, blocked=True)

    found, _, references, _ = read(page(shape(ANA.user, id="29:ana")), known=[TEAM, shut])
    alone, fake, _, _ = read(ok(), known=[shut])

    assert (found, alone, fake.calls) == ([], [], [])
    assert kept(references)[ANA.user].blocked


def test_who_spoke_in_a_shared_chat_only_is_known_by_their_id_and_not_asked_for():
    found, fake, _, _ = read(ok(), known=[replace(ANA, conversation="")])

    assert found == [Profile(ANA.user, "", "", "es-ES", "Europe/Madrid")]
    assert fake.calls == []


def test_a_page_is_waited_for_and_asked_for_again_as_teams_wants():
    found, _, _, waited = read(no(429, "Throttled", Retry_After="7"), reset, page(shape("ben")), known=[TEAM])

    assert users(found) == ["ben"]
    assert 7.0 in waited


def test_half_a_roster_is_never_handed_on():
    found, _, references, _ = read(page(shape("ben"), more="2"), no(503), known=[TEAM, ANA])

    assert isinstance(found, TryLater)
    assert ANA.user in kept(references)
