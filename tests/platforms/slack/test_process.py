"""The fake as a process of its own, driven through its doors."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest
from slack_sdk import WebClient

from tests.platforms.slack.history import read
from tests.platforms.slack.people import Json
from tests.platforms.slack.test_messages import BUTTONS

pytestmark = [pytest.mark.process, pytest.mark.allow_hosts(["127.0.0.1"])]


class Started:
    def __init__(self, process: subprocess.Popen[str], journal: Path) -> None:
        self.process = process
        self.journal = journal
        assert process.stdout is not None
        self.ready: Json = json.loads(process.stdout.readline())
        self.client = WebClient(self.ready["bot_token"], base_url=self.ready["api_url"])

    def ask(self, path: str, body: Json | None = None) -> Any:
        url = self.ready["api_url"].removesuffix("/api/") + path
        data = None if body is None else json.dumps(body).encode()
        with urlopen(Request(url, data, {"Content-Type": "application/json"}), timeout=10) as answer:
            return json.load(answer)


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    journal = tmp_path / "journal.jsonl"
    command = [sys.executable, "-m", "tests.platforms.slack", "--people", "3", "--journal", str(journal)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield Started(process, journal)
        process.terminate()
        process.wait(10)
        assert process.returncode == 0


def test_a_process_takes_messages_shows_them_and_keeps_a_journal(started: Started) -> None:
    started.client.chat_postMessage(channel="U00001", text="Well?", blocks=[BUTTONS])
    sees = started.ask("/fake/sees/U00001")
    started.ask("/fake/faults", {"method": "users.info", "kind": "refuse", "code": "user_not_found"})
    with pytest.raises(Exception, match="user_not_found"):
        started.client.users_info(user="U00001")

    assert [(m["words"], m["buttons"]) for m in sees["messages"]] == [("Yes", ["Yes"])]
    assert {p["id"] for p in started.ask("/fake/people")} >= {"U00000", "U00001", "U00002"}
    assert [c.method for c in read(started.journal)] == ["chat.postMessage", "users.info"]
    assert any("unfurl_links is not off" in said for said in started.ask("/fake/check"))


def test_people_act_through_the_doors(started: Started) -> None:
    started.client.chat_postMessage(channel="U00001", text="Well?", blocks=[BUTTONS])
    pressed = started.ask("/fake/acts/U00001", {"presses": "Yes"})
    started.ask("/fake/settings", {"limits": False})

    assert pressed["failed"] == "connection_failed", "no app is connected"
    assert pressed["troubles"]
    assert started.ask("/fake/settings")["limits"] is False
