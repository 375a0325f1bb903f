import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.talk.commands import (
    BY_NAME,
    COMMANDS,
    DECLARED,
    Command,
    Role,
    attempted,
    commands_for,
    nearest,
    parse,
)
from bot.talk.language import words


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_has_a_line_of_help_an_example_that_works_and_a_usage(command: Command):
    for locale in ("en", "de"):
        assert words(locale)(command.help_key)
    assert parse(command.example)[0] == command.name
    assert command.usage.startswith(f"/{command.name}")
    assert command.roles


def test_names_and_aliases_are_unique():
    spellings = [spelling for command in COMMANDS for spelling in (command.name, *command.aliases)]

    assert len(spellings) == len(set(spellings))


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("/roi-report Support", ("roi-report", "Support")),
        ("roi report Operations/Support", ("roi-report", "Operations/Support")),
        ("/ROI‑Report\u00a0Support", ("roi-report", "Support")),
        ("／roi–report　Support ", ("roi-report", "Support")),
        ("/ privacy", ("privacy", "")),
        ("\ufeff/Privacy.", ("privacy", "")),
        ("HELP!", ("help", "")),
        ("/hilfe", ("help", "")),
        ("/datenschutz", ("privacy", "")),
        ("/ergebnisse Support", ("results", "Support")),
        ("Mensch", ("human", "")),
        ("/pause", ("pause", "")),
        ("/go live", ("golive", "")),
        ("/rapport", ("help", "")),
        ("rapport", ("help", "")),
        ("/rapport Feedback too  loud here", ("feedback", "too  loud here")),
        ("/rapport roi report Support", ("roi-report", "Support")),
        ("results", ("results", "")),
        ("claim CF7DD-YRX4Y", ("claim", "CF7DD-YRX4Y")),
    ],
)
def test_a_command_is_understood_however_it_is_typed(text: str, meant: tuple[str, str]):
    assert parse(text) == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "/",
        "hello",
        "help me please",
        "Pause is too short",
        "rapport pause is short",
        "human kindness",
        "claim my expenses",
        "\u200b",
    ],
)
def test_a_plain_message_is_not_taken_for_a_command(text: str):
    assert parse(text)[0] == ""
    assert attempted(text) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("/privcy", "privacy"),
        ("/datenschuz", "privacy"),
        ("/rapport feeback x", "feedback"),
        ("/roireprot", "roi-report"),
    ],
)
def test_an_unknown_command_suggests_the_nearest(text: str, name: str):
    assert parse(text)[0] == ""
    assert nearest(attempted(text)).name == name


def test_nothing_is_suggested_for_what_is_like_nothing():
    assert nearest("xyzzy") is None
    assert nearest("") is None


def test_no_command_is_suggested_to_someone_who_may_not_use_it():
    assert nearest("rolouts", [Role.EMPLOYEE]) is None
    assert nearest("rolouts", [Role.EMPLOYEE, Role.HR_ADMIN]) == BY_NAME["rollouts"]


def test_the_help_lists_what_a_role_may_use():
    employee = {command.name for command in commands_for([])}
    manager = {command.name for command in commands_for([Role.MANAGER])}
    hr = {command.name for command in commands_for([Role.HR_ADMIN])}

    everybodys = {"help", "home", "pulse", "feedback", "onboarding", "privacy", "pause", "human", "settings"}
    assert employee == everybodys | {"claim"}
    assert manager - employee == {"results", "roi-report"}
    assert hr - manager == {"surveys", "people", "roles", "rollouts", "golive"}
    assert "golive" in {command.name for command in commands_for([Role.OWNER])}
    assert "roi-report" not in {command.name for command in commands_for([Role.OWNER])}


def test_home_is_listed_where_no_tab_shows_it_and_understood_everywhere():
    assert BY_NAME["home"] in commands_for([], "teams")
    assert BY_NAME["home"] not in commands_for([], "slack")
    assert parse("/rapport home") == parse("Overview") == parse("Übersicht") == ("home", "")


@given(st.text())
def test_any_text_is_either_a_known_command_or_none(text: str):
    name, rest = parse(text)

    assert name == "" or name in BY_NAME
    assert rest == "" or rest in text


@given(st.text(max_size=3), st.sampled_from(COMMANDS))
def test_a_slash_and_a_name_always_mean_that_command(rest: str, command: Command):
    assert parse(f"/{command.name.upper()} | {rest}") == (command.name, f"| {rest}".strip())


def test_a_megabyte_is_parsed_without_harm():
    assert parse("/" + "x" * 1_000_000)[0] == ""
    assert len(attempted("/" + "x" * 1_000_000)) <= 200


def test_where_slash_commands_are_shared_each_is_named_with_our_own_in_front():
    named = {command.name: command.usage_on("slack") for command in COMMANDS}

    assert named["feedback"] == "/rapport feedback"
    assert named["claim"] == "/rapport claim [code]"
    assert named["roi-report"] == "/roi-report [department]"
    assert all(usage.split()[0].removeprefix("/") in DECLARED for usage in named.values())
    assert all(command.usage_on("local") == command.usage for command in COMMANDS)
    assert all(parse(usage.partition(" [")[0])[0] == name for name, usage in named.items())
