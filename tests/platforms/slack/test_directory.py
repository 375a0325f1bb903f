"""Who is there: everybody, in pages, with zone and language."""

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from tests.platforms.slack.server import FakeSlack

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


def test_everybody_is_listed_bots_guests_and_the_removed_too() -> None:
    with FakeSlack.in_thread(limits=False) as fake:
        for n in range(250):
            fake.add_user(f"U{n:03}")
        fake.add_user("UBOT", is_bot=True)
        fake.add_user("UGUEST", is_restricted=True)
        fake.add_user("USINGLE", is_restricted=True, is_ultra_restricted=True)
        fake.add_user("UGONE", deleted=True)
        fake.add_user("USTRANGER", is_stranger=True)
        client = WebClient(fake.bot_token, base_url=fake.url)
        pages = [page["members"] for page in client.users_list(limit=100, include_locale=True)]
        members = {m["id"]: m for page in pages for m in page}

        assert [len(page) for page in pages] == [100, 100, 57]
        assert members["USLACKBOT"]["is_bot"] is False
        assert members["UGUEST"]["is_restricted"]
        assert members["UGONE"]["deleted"]
        assert "tz" not in members["UGONE"]
        assert (members["U000"]["locale"], members["U000"]["tz"]) == ("en-US", "Europe/Berlin")
        assert members["U000"]["tz_offset"] in {3600, 7200}


def test_a_big_workspace_wants_a_limit() -> None:
    with FakeSlack.in_thread(limits=False) as fake:
        for n in range(1001):
            fake.add_user(f"U{n}")
        client = WebClient(fake.bot_token, base_url=fake.url)
        with pytest.raises(SlackApiError, match="limit_required"):
            client.users_list()
        with pytest.raises(SlackApiError, match="invalid_limit"):
            client.users_list(limit=1000)


def test_the_language_comes_when_asked_for_and_the_removed_are_not_found_by_address() -> None:
    with FakeSlack.in_thread(limits=False) as fake:
        fake.add_user("U1", name="lena", locale="de-DE")
        fake.add_user("U2", name="gone", deleted=True)
        client = WebClient(fake.bot_token, base_url=fake.url)

        assert "locale" not in client.users_info(user="U1")["user"]
        assert client.users_info(user="U1", include_locale=True)["user"]["locale"] == "de-DE"
        assert client.users_lookupByEmail(email="LENA@example.com")["user"]["id"] == "U1"
        with pytest.raises(SlackApiError, match="users_not_found"):
            client.users_lookupByEmail(email="gone@example.com")
        assert client.team_info()["team"]["domain"] == "made-up"


def test_a_conversation_is_opened_once_and_nobody_removed_is_written_to_by_it() -> None:
    with FakeSlack.in_thread(limits=False) as fake:
        fake.add_user("U1")
        fake.add_user("U2", deleted=True)
        client = WebClient(fake.bot_token, base_url=fake.url)
        first, second = client.conversations_open(users="U1"), client.conversations_open(users=["U1"])

        assert first["channel"]["id"] == second["channel"]["id"]
        assert (first["already_open"], second["already_open"]) == (False, True)
        with pytest.raises(SlackApiError, match="user_disabled"):
            client.conversations_open(users="U2")
        assert client.chat_postMessage(channel="U2", text="x")["ok"], "Slack takes it, for nobody to read"
