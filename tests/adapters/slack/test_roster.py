import asyncio
from typing import Any

import pytest

from adapters.slack.limiter import TIER_2
from adapters.slack.roster import PAGE, colleague, members, profile
from adapters.slack.tokens import OneToken
from adapters.slack.web import Web, Wire
from bot.errors import Disconnected, Unsure
from bot.talk.events import Profile
from tests.adapters.slack.scripted import Answer, Scripted, body, no, ok, reset
from tests.adapters.slack.virtual import Patience
from tests.platforms.slack import FakeSlack

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

LENA = {"id": "U1", "team_id": "T1", "profile": {"real_name": "Lena"}}


async def listed(url: str, workspace: str, patience: Patience) -> list[Profile]:
    """List a workspace with a limiter that takes a refused wait for waited."""
    caller = Web(OneToken("xoxb-made-up"), Wire(url), patience.limiter())
    try:
        return [member async for member in members(caller, workspace, patience.sleep)]
    finally:
        await caller.aclose()


def asked(slack: Scripted, workspace: str = "T1") -> tuple[list[Profile], Patience]:
    patience = Patience()

    async def story() -> list[Profile]:
        async with slack:
            return await listed(slack.url, workspace, patience)

    return asyncio.run(story()), patience


def test_a_big_workspace_is_read_page_by_page_and_only_colleagues_come_out() -> None:
    async def story() -> tuple[FakeSlack, list[Profile], list[float]]:
        async with FakeSlack(limits=False) as slack:
            for number in range(2494):
                slack.add_user(f"U{number:04}", locale="de-DE", tz="Europe/Berlin")
            for number, mark in enumerate(
                ["deleted", "is_bot", "is_restricted", "is_ultra_restricted", "is_stranger"]
            ):
                slack.add_user(f"U9{number}", **{mark: True})
            patience = Patience()
            return slack, await listed(slack.url, slack.team, patience), patience.slept

    slack, found, slept = asyncio.run(story())

    assert len(slack.users) == 2494 + 5 + 2  # the app's own bot and Slackbot
    assert sorted(member.user for member in found) == [f"U{number:04}" for number in range(2494)]
    assert found[0] == Profile("U0000", "U0000", "u0000@example.com", "de-DE", "Europe/Berlin")
    pages = [call.arguments for call in slack.calls if call.method == "users.list"]
    assert len(pages) == 13
    assert {page["limit"] for page in pages} == {str(PAGE)}
    assert {page["team_id"] for page in pages} == {slack.team}
    assert slept == []


def test_five_thousand_people_are_read_within_the_published_pace() -> None:
    page = ok(members=[LENA], response_metadata={"next_cursor": "more"})
    pages = [ok(members=[LENA], response_metadata={"next_cursor": str(n)}) for n in range(24)]

    found, patience = asked(Scripted(*pages, ok(members=[]), page))

    assert [member.user for member in found] == ["U1"]
    assert patience.slept == [pytest.approx(TIER_2.per_s)]


HUMAN = {"id": "U1", "team_id": "T1"}

STRANGERS: list[dict[str, Any]] = [
    {"deleted": True},
    {"is_bot": True},
    {"is_workflow_bot": True},
    {"is_connector_bot": True},
    {"is_restricted": True},
    {"is_restricted": True, "is_ultra_restricted": True},
    {"is_stranger": True},
    {"id": "USLACKBOT"},
    {"id": ""},
    {"id": None},
    {"team_id": "T2"},
    {"team_id": "T2", "enterprise_user": {"teams": ["T3"]}},
]


@pytest.mark.parametrize("mark", STRANGERS)
def test_who_is_no_colleague_is_left_out(mark: dict[str, Any]) -> None:
    assert not colleague(HUMAN | mark, "T1")


@pytest.mark.parametrize(
    "mark",
    [{}, {"is_admin": True}, {"is_app_user": True}, {"team_id": "E1", "enterprise_user": {"teams": ["T1"]}}],
)
def test_who_is_a_colleague_stays(mark: dict[str, Any]) -> None:
    assert colleague(HUMAN | mark, "T1")


@pytest.mark.parametrize(
    ("user", "name"),
    [
        (
            {"id": "U1", "name": "lk", "real_name": "Lena K.", "profile": {"real_name": "Lena Krüger"}},
            "Lena Krüger",
        ),
        ({"id": "U1", "name": "lk", "real_name": "Lena K.", "profile": None}, "Lena K."),
        ({"id": "U1", "name": "lk"}, "lk"),
        ({"id": "U1", "name": 7, "profile": "odd"}, ""),
    ],
)
def test_a_profile_takes_the_fullest_name_that_is_there(user: dict[str, Any], name: str) -> None:
    assert profile(user) == Profile("U1", name)


@pytest.mark.parametrize(
    ("trouble", "slept"),
    [
        (body(429, "", Retry_After="3"), [3.0]),
        (body(503, ""), [2.0]),
        (reset, [2.0]),
        (no("internal_error"), [2.0]),
    ],
)
def test_a_page_that_fails_is_asked_for_again_after_a_pause(trouble: Answer, slept: list[float]) -> None:
    found, patience = asked(Scripted(trouble, ok(members=[LENA])))

    assert found == [Profile("U1", "Lena")]
    assert patience.slept[:1] == slept


def test_a_slack_that_never_answers_is_given_up() -> None:
    slack = Scripted(body(503, ""))

    with pytest.raises(Unsure):
        asked(slack)

    assert len(slack.calls) == 5


def test_what_shuts_the_workspace_ends_the_list_at_once() -> None:
    slack = Scripted(no("missing_scope"))

    with pytest.raises(Disconnected, match="missing_scope"):
        asked(slack)

    assert len(slack.calls) == 1


def test_a_cursor_that_comes_again_ends_the_list() -> None:
    slack = Scripted(ok(members=[LENA], response_metadata={"next_cursor": "round"}))

    found, _ = asked(slack)

    assert [member.user for member in found] == ["U1"]
    assert len(slack.calls) == 2


def test_for_an_organisation_the_members_of_all_its_workspaces_come_once() -> None:
    slack = Scripted(ok())
    both = {"id": "U9", "team_id": "E1", "enterprise_user": {"teams": ["T1", "T2"]}}
    slack.by_method = {
        "auth.teams.list": [ok(teams=[{"id": "T1"}, {"id": "T2"}, {}, "odd"])],
        "users.list": [ok(members=[LENA, both, "odd"]), ok(members=[both, {"id": "U2", "team_id": "T2"}])],
    }

    found, _ = asked(slack, "E1")

    assert [member.user for member in found] == ["U1", "U9", "U2"]
    assert [call.fields.get("team_id") for call in slack.calls] == [None, "T1", "T2"]
