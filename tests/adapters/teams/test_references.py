"""What is learnt of people from what Teams sends, and that nothing is written twice."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.teams.acquaintance import LATELY, Acquaintance
from adapters.teams.references import InMemory, Reference, Remembered, merged, removed, sender, team
from tests.adapters.teams.scripted import ANA, TENANT

BOT = "28:bot"
NAMED = replace(ANA, named=True)


def activity(**changes: Any) -> dict[str, Any]:
    """A message of Ana's in her own conversation, as Teams sends it."""
    return {
        "type": "message",
        "id": "1",
        "channelId": "msteams",
        "serviceUrl": ANA.service_url,
        "from": {"id": "29:ana", "aadObjectId": ANA.user, "name": "Ana"},
        "recipient": {"id": BOT},
        "conversation": {"id": "a:1-ana", "conversationType": "personal", "tenantId": TENANT},
        "channelData": {"tenant": {"id": TENANT}},
        "locale": "es-ES",
        "entities": [{"type": "clientInfo", "locale": "es-ES", "timezone": "Europe/Madrid"}],
    } | changes


CHANNEL = {
    "conversation": {"id": "19:c;messageid=5", "conversationType": "channel", "tenantId": TENANT},
    "channelData": {"tenant": {"id": TENANT}, "team": {"id": "19:team"}},
}


class Counted(InMemory):
    """References that count what was read and written."""

    def __init__(self) -> None:
        super().__init__()
        self.reads, self.writes = 0, 0

    async def find(self, tenant: str, user: str) -> Reference | None:
        self.reads += 1
        return await super().find(tenant, user)

    async def keep(self, reference: Reference) -> None:
        self.writes += 1
        await super().keep(reference)


def met(
    *activities: dict[str, Any], known: Sequence[Reference] = (), named: bool = True
) -> tuple[list[str], Counted]:
    """Return what was new of each activity, and the references after all of them."""

    async def story() -> tuple[list[str], Counted]:
        durable = Counted()
        for each in known:
            await InMemory.keep(durable, each)
        acquaintance, news = Acquaintance(Remembered(durable)), []
        for each in activities:
            meeting = await acquaintance.meet(each)
            await acquaintance.place(each)
            if meeting is not None:
                if named:
                    acquaintance.recognised(TENANT, meeting.reference.user)
                await acquaintance.keep(meeting, each)
            news.append(meeting.news if meeting else "nobody")
        return news, durable

    return asyncio.run(story())


def kept(references: InMemory, user: str = ANA.user) -> Reference | None:
    return asyncio.run(references.find(TENANT, user))


# --- reading ------------------------------------------------------------------------------------------------


def test_a_message_tells_everything_that_is_needed_to_write_back():
    assert sender(activity()) == ANA


@given(
    st.builds(
        replace,
        st.just(ANA),
        conversation=st.text(),
        time_zone=st.text(),
        locale=st.text(),
        blocked=st.booleans(),
    )
)
def test_a_reference_comes_back_from_its_json_and_is_plain_json(reference):
    assert Reference.read(json.loads(json.dumps(reference.json()))) == reference


def test_what_a_newer_version_kept_more_does_not_matter():
    assert Reference.read(ANA.json() | {"favourite_colour": "blue"}) == ANA


def test_ids_are_the_same_in_any_letters():
    shouted = activity(**{"from": {"id": "29:ana", "aadObjectId": ANA.user.upper()}})
    shouted["conversation"] = {"id": "a:1-ana", "conversationType": "personal", "tenantId": TENANT.upper()}

    assert sender(shouted) == ANA


def test_an_installation_knows_neither_zone_nor_language_and_does_not_unlearn_them():
    installed = activity(type="installationUpdate", action="add", locale=None, entities=None)

    told = sender(installed)

    assert told == replace(ANA, time_zone="", locale="")
    assert merged(ANA, told) == ANA


def test_a_shared_conversation_does_not_take_the_place_of_a_persons_own():
    told = sender(activity(**CHANNEL))

    assert told is not None
    assert told.conversation == ""
    assert merged(ANA, told) == ANA


@pytest.mark.parametrize(
    "changes",
    [
        {"from": {"id": "29:x"}},
        {"from": None},
        {"from": {"id": BOT, "aadObjectId": "x"}},
        {"conversation": {"id": "a"}, "channelData": {}},
        {"conversation": None, "channelData": None},
    ],
)
def test_who_is_not_named_or_is_the_bot_is_nobody(changes):
    assert sender(activity(**changes)) is None


@given(
    st.dictionaries(
        st.sampled_from(["type", "from", "conversation", "channelData", "entities", "membersRemoved"]),
        st.recursive(
            st.none() | st.text(max_size=3) | st.integers(),
            lambda inner: (
                st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2)
            ),
            max_leaves=5,
        ),
    )
)
def test_whatever_is_sent_it_is_read_without_a_mistake(odd):
    sent = activity() | odd
    sender(sent), team(sent), removed(sent)


# --- keeping ------------------------------------------------------------------------------------------------


def test_somebody_new_is_kept_and_who_says_nothing_new_costs_no_write_and_no_read():
    news, references = met(*[activity()] * 5)

    assert news == ["person", *["nothing"] * 4]
    assert kept(references) == NAMED
    assert references.writes == 1
    assert references.reads <= 3


def test_who_was_not_recognised_is_news_again_until_they_are():
    news, references = met(activity(), activity(), named=False)

    assert news == ["person", "person"]
    assert kept(references) == ANA
    assert references.writes == 1


def test_another_zone_or_language_is_news():
    moved = activity(entities=[{"type": "clientInfo", "timezone": "America/Lima"}])

    news, references = met(activity(), moved, activity(locale="en-GB"))

    assert news == ["person", "profile", "profile"]
    found = kept(references)
    assert found is not None
    assert (found.time_zone, found.locale) == ("Europe/Madrid", "en-GB")


def test_another_service_address_is_kept_without_being_news():
    news, references = met(activity(), activity(serviceUrl="https://smba.example/amer/"))

    assert news == ["person", "nothing"]
    assert references.writes == 2


def test_who_had_shut_us_out_and_speaks_again_is_back():
    news, references = met(activity(), known=[replace(ANA, blocked=True)])

    assert news == ["person"]
    assert kept(references) == NAMED


@pytest.mark.parametrize(
    "gone",
    [
        {"type": "installationUpdate", "action": "remove"},
        {"type": "conversationUpdate", "membersRemoved": [{"id": BOT}]},
    ],
)
def test_who_removes_the_app_is_forgotten(gone):
    _, references = met(activity(), activity(**gone))

    assert kept(references) is None


@pytest.mark.parametrize(
    "other",
    [
        {"type": "conversationUpdate", "membersRemoved": [{"id": "29:other"}]},
        {"type": "installationUpdate", "action": "remove-upgrade"},
        {"type": "installationUpdate", "action": "add-upgrade"},
    ],
)
def test_that_somebody_else_leaves_or_the_app_is_renewed_forgets_nobody(other):
    _, references = met(activity(), activity(**other))

    assert kept(references) == NAMED


def test_a_team_that_has_the_app_is_kept_until_it_is_removed_there_and_its_people_stay():
    def teams(references: InMemory) -> list[str]:
        return [each.user for each in asyncio.run(references.all(TENANT)) if each.is_team]

    _, before = met(activity(**CHANNEL))
    gone = activity(type="installationUpdate", action="remove", **CHANNEL)
    _, after = met(activity(**CHANNEL), gone)

    assert (teams(before), teams(after)) == (["19:team"], [])
    assert kept(after) == replace(NAMED, conversation="")


@pytest.mark.parametrize(
    ("first", "new"), [("installationUpdate", True), ("conversationUpdate", True), ("message", False)]
)
def test_a_team_is_new_once_and_only_where_it_is_told_that_the_app_came(first, new):
    async def story() -> list[bool]:
        acquaintance = Acquaintance(InMemory())
        told = [
            activity(type=kind, action="add", **CHANNEL) for kind in (first, "installationUpdate", "message")
        ]
        return [await acquaintance.place(each) is not None for each in told]

    assert asyncio.run(story()) == [new, False, False]


def test_of_each_it_is_remembered_where_they_spoke_last_and_of_nobody_for_ever():
    async def story() -> tuple[str, int]:
        acquaintance = Acquaintance(InMemory())
        await acquaintance.meet(activity())
        await acquaintance.meet(activity(**CHANNEL))
        found = acquaintance.whereabouts(TENANT, ANA.user)
        for n in range(LATELY + 5):
            await acquaintance.meet(activity(**{"from": {"id": f"29:{n}", "aadObjectId": f"u{n}"}}))
        return found.conversation if found else "", len(acquaintance._lately)

    assert asyncio.run(story()) == ("19:c", LATELY)


def test_memory_is_bounded_and_what_falls_out_is_read_again():
    async def story() -> tuple[int, int, Reference | None]:
        durable = Counted()
        remembered = Remembered(durable, room=3)
        for n in range(10):
            await remembered.keep(replace(ANA, user=f"u{n}"))
        writes = durable.writes
        await remembered.keep(replace(ANA, user="u0"))
        return len(remembered._lately), durable.writes - writes, await remembered.find(TENANT, "u0")

    assert asyncio.run(story()) == (3, 0, replace(ANA, user="u0"))
