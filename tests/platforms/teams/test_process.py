"""The fake as a process of its own, driven through its doors."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from tests.platforms.teams.history import read
from tests.platforms.teams.people import Json

pytestmark = [pytest.mark.process, pytest.mark.allow_hosts(["127.0.0.1"])]

TEXT: Json = {"type": "message", "text": "Well?"}


class Started:
    def __init__(self, process: subprocess.Popen[str], journal: Path) -> None:
        self.process = process
        self.journal = journal
        assert process.stdout is not None
        self.ready: Json = json.loads(process.stdout.readline())

    def ask(self, path: str, body: Json | None = None) -> Any:
        return _sent(self.ready["login_url"] + path, None if body is None else json.dumps(body).encode())

    def token(self) -> str:
        told = self.ready
        asked = {
            "grant_type": "client_credentials",
            "client_id": told["app_id"],
            "client_secret": told["app_secret"],
            "scope": "https://api.botframework.com/.default",
        }
        said = _sent(
            f"{told['login_url']}/{told['tenants']}/oauth2/v2.0/token",
            urlencode(asked).encode(),
            "application/x-www-form-urlencoded",
        )
        return str(said["access_token"])

    def posts(self, user: Json, activity: Json) -> Json:
        """Write to somebody as an app does: open their conversation, then post to it."""
        told = self.ready
        place = f"{told['service_urls']}v3/conversations"
        opened = {
            "isGroup": False,
            "bot": {"id": f"28:{told['app_id']}"},
            "members": [{"id": user["id"]}],
            "tenantId": told["tenants"],
            "channelData": {"tenant": {"id": told["tenants"]}},
        }
        token = self.token()
        conversation = _sent(place, json.dumps(opened).encode(), token=token)["id"]
        said = activity | {"from": {"id": f"28:{told['app_id']}"}, "conversation": {"id": conversation}}
        answer: Json = _sent(f"{place}/{conversation}/activities", json.dumps(said).encode(), token=token)
        return answer


def _sent(url: str, data: bytes | None, kind: str = "application/json", token: str = "") -> Any:
    headers = {"Content-Type": kind} | ({"Authorization": f"Bearer {token}"} if token else {})
    with urlopen(Request(url, data, headers), timeout=10) as answer:
        return json.load(answer)


@pytest.fixture
def started(tmp_path: Path) -> Iterator[Started]:
    journal = tmp_path / "journal.jsonl"
    command = [sys.executable, "-m", "tests.platforms.teams", "--people", "3", "--journal", str(journal)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield Started(process, journal)
        process.terminate()
        process.wait(10)
        assert process.returncode == 0


def test_a_process_takes_messages_shows_them_and_keeps_a_journal(started: Started) -> None:
    people = started.ask("/fake/people")
    unheard = started.ask("/fake/installs", {})["unheard"]
    started.posts(people[0], TEXT)
    sees = started.ask(f"/fake/sees/{people[0]['objectId']}")

    assert len(people) == 3
    assert {*unheard} == {person["objectId"] for person in people}, "no app listens"
    assert [message["words"] for message in sees["messages"]] == ["Well?"]
    assert [call.name for call in read(started.journal)] == ["create", "post"]
    assert started.ask("/fake/check") == []


def test_people_act_and_things_go_wrong_through_the_doors(started: Started) -> None:
    user = started.ask("/fake/people")[1]
    said = started.ask(f"/fake/acts/{user['objectId']}", {"says": "help"})
    started.ask("/fake/installs", {})
    started.ask("/fake/faults", {"call": "post", "kind": "answer", "status": 502, "body": "no"})
    with pytest.raises(Exception, match="502"):
        started.posts(user, TEXT)

    assert said["failed"] == "connection_failed", "no app listens"
    assert said["troubles"]
    assert started.ask("/fake/settings", {"limits": False})["limits"] is False
    assert started.ask("/fake/calls")[-1]["accepted"] is False
