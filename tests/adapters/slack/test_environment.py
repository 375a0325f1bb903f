"""bolt reads ``SLACK_*`` of the environment by itself; whatever stands there, we do the same."""

from pathlib import Path
from typing import Any

import pytest

from bot.talk.events import Private, Replace
from tests.adapters.slack.front import FORM, QUESTION, Front, plain, told
from tests.adapters.slack.signing import as_form, as_json
from tests.adapters.slack.test_receive import command, event, interaction, message

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])

FOREIGN = {
    "SLACK_CLIENT_ID": "1.2",
    "SLACK_CLIENT_SECRET": "somebody-elses-client-secret",
    "SLACK_SIGNING_SECRET": "somebody-elses-signing-secret",
    "SLACK_BOT_TOKEN": "xoxb-somebody-elses-token",
    "SLACK_VERIFICATION_TOKEN": "somebody-elses-verification-token",
    "SLACK_SCOPES": "admin",
    "SLACK_USER_SCOPES": "admin",
    "SLACK_REDIRECT_URI": "https://elsewhere.example/",
    "SLACK_INSTALL_PATH": "/slack/events",
    "SLACK_REDIRECT_URI_PATH": "/slack/events",
}

SEEN = [
    as_json(message("hello")),
    as_json(event({"type": "app_uninstalled"})),
    as_json(event({"type": "tokens_revoked", "tokens": {"bot": ["U0BOT"]}}, event_id="Ev2")),
    as_form(command("/rapport help")),
    as_form(interaction("shortcut", callback_id="feedback")),
    (
        b"ssl_check=1&token=somebody-elses-verification-token",
        {"Content-Type": "application/x-www-form-urlencoded"},
    ),
    as_json({"type": "url_verification", "challenge": "c", "token": "t"}),
]


def lived(home: Path) -> dict[str, Any]:
    """Return what came of a day at the front door: answers, events, calls, what somebody sees, what was written."""
    seen: dict[str, Any] = {}

    async def story(front: Front) -> None:
        front.bot.replies |= {"tap": Replace(plain("Saved")), "help": Private(FORM)}
        await front.sends(QUESTION)
        await front.lena.presses(next(each for each in front.lena.sees() if each.buttons), "Well")
        answers = [await front.post(*payload) for payload in SEEN]
        await front.settle()
        seen["answers"] = [(answer.status, await answer.text()) for answer in answers]
        seen["events"] = [type(each).__name__ for each in front.bot.events]
        seen["calls"] = sorted((call.method, call.outcome) for call in front.fake.calls)
        seen["titles"] = sorted(each.title for each in front.lena.sees())

    told(story)
    return seen | {"files": sorted(path.name for path in home.iterdir())}


def test_nothing_is_done_otherwise_whatever_the_environment_says_of_slack(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    alone = lived(tmp_path)
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)

    among_others = lived(tmp_path)

    assert among_others == alone
    assert alone["files"] == []
    assert [status for status, _ in alone["answers"]] == [200] * len(SEEN)
    assert {"Uninstalled", "ButtonPressed", "CommandUsed"} <= set(alone["events"])
    assert alone["titles"] == ["Saved", "The form"]
    assert not {outcome for _, outcome in alone["calls"]} & {"invalid_auth", "not_authed"}


def test_a_request_signed_with_the_secret_of_the_environment_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in FOREIGN.items():
        monkeypatch.setenv(name, value)

    async def story(front: Front) -> None:
        monkeypatch.setattr(type(front.fake), "signing_secret", FOREIGN["SLACK_SIGNING_SECRET"])
        response = await front.post(*as_json(message("hello")))

        assert (response.status, front.bot.events) == (401, [])

    told(story)
