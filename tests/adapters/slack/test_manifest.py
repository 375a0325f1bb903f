import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from adapters.slack import limits
from adapters.slack.manifest import EVENTS, SCOPES, SHORTCUT, Mode, manifest
from bot.commands import COMMANDS as BOUND
from bot.talk.commands import BY_NAME, COMMANDS, DECLARED, EVERYBODY, UMBRELLA, Role, commands_for, parse
from bot.talk.language import languages, words
from tests.adapters.schema import FLAG, TEXT, URL, broken

Json = dict[str, Any]
BASE = "https://rapport.example.org"

RULES: Mapping[str, Any] = {
    "_metadata": {"major_version": (2, 2), "minor_version": (0, 9)},
    "display_information": {
        "name": (TEXT, 1, 35),
        "description": (TEXT, 1, 140),
        "long_description": (TEXT, 175, 4_000),
        "background_color": re.compile(r"#[0-9a-fA-F]{3}([0-9a-fA-F]{3})?"),
    },
    "features": {
        "app_home": {
            "home_tab_enabled": FLAG,
            "messages_tab_enabled": FLAG,
            "messages_tab_read_only_enabled": FLAG,
        },
        "bot_user": {"display_name": (TEXT, 1, 80), "always_online": FLAG},
        "shortcuts": (
            1,
            10,
            {
                "name": (TEXT, 1, 24),
                "type": re.compile("global|message"),
                "callback_id": (TEXT, 1, 255),
                "description": (TEXT, 1, 150),
            },
        ),
        "slash_commands": (
            1,
            50,
            {
                "command": re.compile(r"/[a-z0-9_-]{1,31}"),
                "description": (TEXT, 1, 2_000),
                "usage_hint": (TEXT, 1, 1_000),
                "should_escape": FLAG,
                "url": (URL, 3_000),
            },
        ),
    },
    "oauth_config": {"scopes": {"bot": (1, 255, (TEXT, 1, 50))}, "redirect_urls": (0, 1000, (URL, 3_500))},
    "settings": {
        "event_subscriptions": {"request_url": (URL, 3_500), "bot_events": (1, 100, (TEXT, 1, 50))},
        "interactivity": {"is_enabled": FLAG, "request_url": (URL, 3_500)},
        "org_deploy_enabled": FLAG,
        "socket_mode_enabled": FLAG,
        "token_rotation_enabled": FLAG,
    },
}
"""What the published schema (slackapi/manifest-schema, v2) says of the parts that we use; others are refused."""


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("mode", ["socket", "http"])
def test_the_manifest_keeps_the_rules_of_the_published_schema(mode: Mode, language: str):
    assert broken(manifest(mode, BASE, language=language), RULES) == []


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("display_information", "name"), "x" * 36),
        (("display_information", "description"), "x" * 141),
        (("display_information", "long_description"), "x" * 174),
        (("features", "shortcuts", 0, "name"), "x" * 25),
        (("features", "slash_commands", 0, "command"), "rapport"),
        (("features", "slash_commands", 0, "usage_hint"), "x" * 1_001),
        (("settings", "interactivity", "request_url"), "http://x"),
        (("settings", "event_subscriptions", "bot_events"), ["a", "a"]),
        (("settings", "is_enabled"), True),
    ],
)
def test_a_broken_manifest_is_noticed(path: tuple[Any, ...], value: Any):
    made = manifest("http", BASE)
    inner: Any = made
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value

    assert broken(made, RULES)


def test_the_schema_in_this_test_and_our_limits_agree():
    display, features = RULES["display_information"], RULES["features"]
    command, shortcut = features["slash_commands"][2], features["shortcuts"][2]

    assert display["name"][2] == limits.APP_NAME
    assert display["description"][2] == limits.APP_DESCRIPTION
    assert display["long_description"][1:] == limits.APP_LONG_DESCRIPTION
    assert features["bot_user"]["display_name"][2] == limits.APP_BOT_NAME
    assert (command["usage_hint"][2], command["description"][2]) == (
        limits.APP_COMMAND_HINT,
        limits.APP_COMMAND_TEXT,
    )
    assert (shortcut["name"][2], shortcut["description"][2]) == (
        limits.APP_SHORTCUT,
        limits.APP_SHORTCUT_TEXT,
    )
    assert command["url"][1] == limits.APP_ADDRESS
    assert all(len(f"/{name}") <= limits.APP_COMMAND for name in DECLARED)


def test_people_can_write_to_the_bot_and_it_has_a_home():
    assert manifest("socket")["features"]["app_home"] == {
        "home_tab_enabled": True,
        "messages_tab_enabled": True,
        "messages_tab_read_only_enabled": False,
    }


def test_socket_mode_names_no_address_at_all():
    made = manifest("socket")

    assert made["settings"]["socket_mode_enabled"] is True
    assert "https://" not in json.dumps(made)


def test_http_sends_everything_to_one_address():
    made = manifest("http", BASE + "/")

    assert made["settings"]["socket_mode_enabled"] is False
    addresses = [
        made["settings"]["event_subscriptions"]["request_url"],
        made["settings"]["interactivity"]["request_url"],
        *(command["url"] for command in made["features"]["slash_commands"]),
    ]
    assert addresses == [f"{BASE}/slack/events"] * 4


@pytest.mark.parametrize("address", ["", "http://rapport.example.org", "https://", "ftp://x"])
def test_an_address_that_slack_can_not_reach_is_refused(address: str):
    with pytest.raises(ValueError, match="https"):
        manifest("http", address)


def test_tokens_rotate_only_where_asked_and_whole_organisations_can_install_it():
    assert manifest("socket")["settings"]["token_rotation_enabled"] is False
    assert manifest("socket", token_rotation=True)["settings"]["token_rotation_enabled"] is True
    assert manifest("socket")["settings"]["org_deploy_enabled"] is True


def test_an_administrator_is_led_back_to_the_address_of_our_own_page_where_there_is_one():
    back = manifest("http", "https://rapport.example.org/")["oauth_config"]["redirect_urls"]

    assert back == ["https://rapport.example.org/slack/oauth_redirect"]
    assert "redirect_urls" not in manifest("socket")["oauth_config"]


def test_it_asks_for_bot_scopes_only_and_each_has_its_reason():
    scopes = manifest("socket")["oauth_config"]["scopes"]

    assert scopes == {"bot": [*SCOPES]}
    assert all(reason.endswith(".") and len(reason.split()) >= 5 for reason in SCOPES.values())


def test_it_asks_for_no_scope_that_reads_other_conversations_or_files():
    assert not [scope for scope in SCOPES if re.match(r"(channels|groups|mpim|files|team|search)[.:]", scope)]


def test_it_hears_only_of_what_it_handles():
    assert set(manifest("socket")["settings"]["event_subscriptions"]["bot_events"]) == {
        "app_home_opened",
        "team_join",
        "user_change",
        "app_uninstalled",
        "tokens_revoked",
        "team_access_granted",
        "team_access_revoked",
        "message.im",
    }
    assert list(EVENTS) == sorted(EVENTS)


def test_only_names_of_our_own_are_declared_as_slash_commands():
    declared = [command["command"] for command in manifest("socket")["features"]["slash_commands"]]

    assert declared == ["/rapport", "/roi-report"]


@pytest.mark.parametrize("name", BY_NAME)
def test_every_command_is_reached_through_the_umbrella_and_named_in_its_hint_or_in_the_help(name: str):
    command = BY_NAME[name]
    umbrella = manifest("socket")["features"]["slash_commands"][0]
    hinted = umbrella["usage_hint"].strip("[]").split(" | ")

    assert parse(f"/{UMBRELLA} {name}") == (name, "")
    assert name in BOUND
    assert (name in hinted) == (command in commands_for((), "slack"))
    assert command in commands_for(Role)


def test_the_report_says_what_may_follow_it():
    report = manifest("socket")["features"]["slash_commands"][1]

    assert report["usage_hint"] == "[department]"
    assert report["description"] == words("en")("help.command.roi-report")


def test_the_shortcut_is_a_command_that_anyone_may_use():
    shortcut = manifest("socket", language="de")["features"]["shortcuts"][0]

    assert shortcut["callback_id"] == SHORTCUT == "feedback"
    assert shortcut["name"] == "Kommentar schreiben"
    assert BY_NAME[SHORTCUT] in [command for command in COMMANDS if command.roles & EVERYBODY]
