"""What the checkup finds out by asking a Slack on this machine, and that it tells no secret."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from adapters.findings import Finding
from adapters.slack.checkup import checked
from adapters.slack.guard import WINDOW_S
from adapters.slack.manifest import SCOPES
from adapters.slack.send import Connection
from bot.clock import SystemClock
from tests.fakes import FakeClock
from tests.platforms.slack import FakeSlack, faults

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

SECRET = "0123456789abcdef0123456789abcdef"


def look(
    prepare: Callable[[FakeSlack], Any] = lambda _: None,
    *,
    public_url: str = "",
    ahead: timedelta = timedelta(),
    **more: Any,
) -> dict[str, Finding]:
    """Return the findings by what they check, of a Slack that was prepared so."""

    async def asked() -> list[Finding]:
        async with FakeSlack() as fake:
            fake.grant.scopes = frozenset(SCOPES)
            prepare(fake)
            connection = Connection(bot_token=fake.bot_token, app_token=fake.app_token, api_url=fake.url)
            clock = FakeClock(SystemClock().now() + ahead)
            return await checked(
                replace(connection, **more), lambda word: f"<{word}>", public_url=public_url, clock=clock
            )

    found = asyncio.run(asked())
    assert SECRET not in repr(found)
    assert "xoxb-made-up" not in repr(found)
    assert "xapp-1-made-up" not in repr(found)
    return {finding.check: finding for finding in found}


def test_a_good_connection_is_told_by_its_workspace_and_its_bot() -> None:
    found = look()

    assert found["Slack token"].state == "ok"
    assert "for the bot user @rapport" in found["Slack token"].text
    assert {name: finding.state for name, finding in found.items()} == {
        "Slack token": "ok",
        "Slack scopes": "ok",
        "clock": "ok",
        "Socket Mode": "ok",
        "Slack address": "note",
        "messages tab": "note",
    }


@pytest.mark.parametrize("lacking", SCOPES)
def test_a_scope_that_is_missing_is_named_with_what_it_is_for(lacking: str) -> None:
    def without(fake: FakeSlack) -> None:
        fake.grant.scopes = frozenset(SCOPES) - {lacking}

    scopes = look(without)["Slack scopes"]

    assert scopes.state == "problem"
    assert f"{lacking} ({SCOPES[lacking].rstrip('.')})" in scopes.text
    assert not [other for other in SCOPES if other != lacking and f"{other} (" in scopes.text]


def test_more_than_is_needed_is_named_and_no_problem() -> None:
    def more(fake: FakeSlack) -> None:
        fake.grant.scopes = frozenset({*SCOPES, "channels:history"})

    scopes = look(more)["Slack scopes"]

    assert (scopes.state, "channels:history" in scopes.text) == ("note", True)


@pytest.mark.parametrize("code", ["invalid_auth", "token_revoked", "account_inactive"])
def test_a_token_that_is_not_accepted_is_explained_and_nothing_more_is_asked(code: str) -> None:
    found = look(lambda fake: fake.faults.always("auth.test", faults.refuse(code)))

    assert (found["Slack token"].state, f"<{code}>" in found["Slack token"].text) == ("problem", True)
    assert not {"Slack scopes", "Socket Mode"} & set(found)


@pytest.mark.parametrize("fault", [faults.unavailable(503), faults.reset(), faults.slow_down()])
def test_a_slack_that_does_not_answer_is_a_problem_and_no_crash(fault: faults.Fault) -> None:
    token = look(lambda fake: fake.faults.always("auth.test", fault))["Slack token"]

    assert (token.state, "port 443" in token.text) == ("problem", True)


def test_a_slack_that_is_not_there_is_a_problem_and_no_crash() -> None:
    token = look(api_url="http://127.0.0.1:9/api/")["Slack token"]

    assert (token.state, "unreachable" in token.text) == ("problem", True)


def test_an_app_token_of_another_kind_is_told() -> None:
    socket = look(app_token="xoxb-not-this-one")["Socket Mode"]

    assert socket.state == "problem"
    assert "connections:write" in socket.text


def test_over_http_no_app_token_is_asked_for_and_the_address_is_looked_at() -> None:
    found = look(mode="http", app_token="", signing_secrets=(SECRET,), public_url="https://r.example.org")

    assert "Socket Mode" not in found
    assert (found["public address"].state, found["signing secret"].state) == ("ok", "ok")


@pytest.mark.parametrize(
    ("url", "says"), [("", "RAPPORT_PUBLIC_URL is not set"), ("http://127.0.0.1:3978", "tests only")]
)
def test_an_address_that_slack_can_not_reach_is_said_to_be_one(url: str, says: str) -> None:
    address = look(mode="http", signing_secrets=(SECRET,), public_url=url)["public address"]

    assert (address.state, says in address.text) == ("note", True)


def test_a_secret_of_another_form_works_and_is_doubted() -> None:
    secret = look(signing_secrets=(SECRET, "old-one"))["signing secret"]

    assert (secret.state, "old-one" in secret.text) == ("note", False)


def test_a_guard_that_takes_what_was_changed_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.slack.guard.Guard.signed", lambda *_: True)

    assert look(signing_secrets=(SECRET,))["signing secret"].state == "problem"


@pytest.mark.parametrize(
    ("off", "state"), [(0, "ok"), (90, "note"), (-90, "note"), (WINDOW_S + 60, "problem"), (-3600, "problem")]
)
def test_a_clock_that_goes_wrong_is_measured_against_slacks(off: int, state: str) -> None:
    clock = look(ahead=timedelta(seconds=off))["clock"]

    assert clock.state == state
    assert ("ahead of" in clock.text) == (off > 0)
    assert ("behind" in clock.text) == (off < 0)


def test_an_address_in_clear_is_refused_before_anything_is_sent() -> None:
    found = look(api_url="http://slack.example/api/")

    assert found["Slack address"].state == "problem"
    assert "Slack token" not in found
