"""``rapport doctor`` from outside: what it says of Slack and Teams, and what must be done before the install, by whom."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from adapters.cli.console import REFUSED
from adapters.cli.place import place
from adapters.slack.manifest import SCOPES
from adapters.teams.app import PATH
from bot.clock import SystemClock
from bot.store.store import open_store
from bot.store.unit import Unit
from tests.adapters.cli.conftest import Rapport
from tests.canary import free
from tests.platforms.slack import FakeSlack
from tests.platforms.teams import FakeTeams
from tests.stories.teams_house import teams_settings

pytestmark = pytest.mark.allow_hosts(["127.0.0.1"])


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSlack]:
    """A Slack on this machine, and the settings that lead there."""
    with FakeSlack.in_thread() as fake:
        fake.grant.scopes = frozenset(SCOPES)
        monkeypatch.setenv("RAPPORT_SLACK_BOT_TOKEN", fake.bot_token)
        monkeypatch.setenv("RAPPORT_SLACK_APP_TOKEN", fake.app_token)
        monkeypatch.setenv("RAPPORT_SLACK_SIGNING_SECRET", fake.signing_secret)
        monkeypatch.setenv("RAPPORT_SLACK_API_URL", fake.url)
        yield fake


def test_without_a_platform_the_doctor_asks_nobody_and_says_where_to_begin(firm: Rapport) -> None:
    said = firm("doctor")

    assert said.code == 0
    assert "docs/slack.md" in said.all


def test_the_doctor_asks_slack_and_tells_no_secret(firm: Rapport, slack: FakeSlack) -> None:
    said, as_json = firm("doctor"), firm("doctor", "--json")

    found = {finding["check"]: finding["state"] for finding in json.loads(as_json.out)}
    assert (said.code, as_json.code) == (0, 0)
    assert found["Slack token"] == found["Slack scopes"] == found["Socket Mode"] == found["clock"] == "ok"
    assert [call.method for call in slack.calls] == ["auth.test", "apps.connections.open"] * 2
    for secret in (slack.bot_token, slack.app_token, slack.signing_secret):
        assert secret not in said.all + as_json.all


def test_what_slack_refuses_ends_with_1_and_what_to_do(firm: Rapport, slack: FakeSlack) -> None:
    slack.grant.revoked = True

    said = firm("doctor")

    assert said.code == REFUSED
    assert "install it again" in said.all


def test_a_half_made_configuration_is_said_by_name_and_slack_is_not_asked(
    firm: Rapport, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAPPORT_SLACK_BOT_TOKEN")

    said = firm("doctor")

    assert said.code == REFUSED
    assert "RAPPORT_SLACK_BOT_TOKEN" in said.all
    assert slack.calls == []


@pytest.fixture
def teams(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeTeams]:
    """A Teams on this machine, and the settings that lead there."""
    with FakeTeams.in_thread() as fake:
        for name, value in teams_settings(fake).items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("RAPPORT_PUBLIC_URL", "https://rapport.example.org")
        yield fake


def test_the_doctor_asks_teams_and_tells_no_secret(firm: Rapport, teams: FakeTeams) -> None:
    said, as_json = firm("doctor"), firm("doctor", "--json")

    found = {finding["check"]: finding["state"] for finding in json.loads(as_json.out)}
    assert (said.code, as_json.code) == (0, 0)
    named = ("app id", "tenants", "token", "keys", "endpoint")
    assert {found[f"Teams {check}"] for check in named} == {"ok"}
    assert not any(check.startswith("Slack") for check in found)
    assert teams.secret not in said.all + as_json.all


def test_a_secret_that_microsoft_refuses_ends_with_1_and_what_to_do(
    firm: Rapport, teams: FakeTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAPPORT_TEAMS_APP_SECRET", "of-yesterday")

    said = firm("doctor")

    assert said.code == REFUSED
    assert "Certificates & secrets" in " ".join(said.all.split())
    assert "of-yesterday" not in said.all


def test_both_chats_are_asked_where_both_are_configured(
    firm: Rapport, slack: FakeSlack, teams: FakeTeams
) -> None:
    found = {finding["check"]: finding["state"] for finding in json.loads(firm("doctor", "--json").out)}

    assert found["Slack token"] == found["Teams token"] == "ok"


# --- before the install -----------------------------------------------------------------------------------


def before(rapport: Rapport) -> tuple[dict[str, bool], dict[str, str]]:
    """Return whether each task is done, and the message to each."""
    told = json.loads(rapport("doctor", "--before", "--json").out)
    return {task["what"]: task["done"] for task in told["tasks"]}, told["messages"]


def test_before_anything_is_there_everything_is_open_and_nothing_is_made(
    rapport: Rapport, folder: Path
) -> None:
    tasks, messages = before(rapport)

    assert not any(tasks.values())
    theirs = ["Slack admin", "Entra admin", "Azure owner", "Teams admin"]
    assert list(messages) == [*theirs, "HR", "works council"]
    assert list(folder.iterdir()) == []


def test_the_message_to_the_admin_names_every_permission_and_the_secrets_of_the_mode(
    rapport: Rapport, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, socket = before(rapport)
    monkeypatch.setenv("RAPPORT_SLACK_MODE", "http")
    _, http = before(rapport)

    assert all(scope in socket["Slack admin"] for scope in SCOPES)
    assert "connections:write" in socket["Slack admin"]
    assert "connections:write" not in http["Slack admin"]
    assert "Signing Secret".casefold() in http["Slack admin"].casefold()


def test_where_workspaces_install_the_app_themselves_no_token_is_missed_and_other_secrets_are_asked_for(
    firm: Rapport, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RAPPORT_SLACK_BOT_TOKEN")
    for name, value in (
        ("CLIENT_ID", slack.client_id),
        ("CLIENT_SECRET", slack.client_secret),
        ("MODE", "http"),
    ):
        monkeypatch.setenv(f"RAPPORT_SLACK_{name}", value)
    monkeypatch.setenv("RAPPORT_PUBLIC_URL", "https://r.example.org")

    said, (tasks, messages) = firm("doctor"), before(firm)

    assert said.code == 0
    assert "Each workspace brings its own" in said.all
    assert tasks["Give Rapport its secrets: all are set"]
    assert "client secret" in messages["Slack admin"]
    assert "xoxb-" not in messages["Slack admin"]
    assert slack.client_secret not in said.all


@pytest.mark.parametrize(
    ("formality", "says", "never"),
    [("du", "Bitte lege unter", "Bitte legen Sie"), ("sie", "Bitte legen Sie unter", "Bitte lege unter")],
)
def test_the_messages_speak_the_organisations_language_and_register(
    rapport: Rapport, formality: str, says: str, never: str
) -> None:
    rapport("init", "--name", "Firma", "--locale", "de-DE", "--formality", formality)

    _, messages = before(rapport)

    assert says in messages["Slack admin"]
    assert never not in messages["Slack admin"]
    assert "bei Firma" in messages["HR"]
    assert "weniger als 5 Antworten" in messages["works council"]


def test_what_is_known_so_far_is_ticked_off(firm: Rapport, slack: FakeSlack, folder: Path) -> None:
    rows = "".join(f"{n},{free('Bo')} {n},Support,2024-01-01\n" for n in range(1, 4))
    (folder / "people.csv").write_text("id,name,department,start_date\n" + rows)
    firm("people", "import", "people.csv", "--yes")
    firm("people", "grant", "1", "owner")
    firm("people", "tester", "2")
    with closing(sqlite3.connect(folder / "var" / "rapport.db")) as raw:
        raw.execute("UPDATE organisation SET works_council = 'agreement of 1 November', contact_id = 3")
        raw.commit()

    tasks, _ = before(firm)

    open_ones = [what.partition(":")[0] for what, done in tasks.items() if not done]
    assert open_ones == ["Check and start it", "Go live together"]
    assert "An agreement, or why none is needed: agreement of 1 November" in tasks


def test_the_list_can_be_read_and_the_messages_copied(firm: Rapport) -> None:
    said = firm("doctor", "--before")

    assert said.code == 0
    assert "To: works council" in said.out
    assert "\n\nAnswers are sealed while a survey is open" in said.out


def test_with_one_chat_configured_nobody_is_asked_for_the_other(
    firm: Rapport, slack: FakeSlack, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert slack.calls == []
    _, for_slack = before(firm)
    for name in ("BOT_TOKEN", "APP_TOKEN", "SIGNING_SECRET"):
        monkeypatch.delenv(f"RAPPORT_SLACK_{name}")
    monkeypatch.setenv("RAPPORT_TEAMS_TENANTS", "a-tenant")
    _, for_teams = before(firm)

    assert list(for_slack) == ["Slack admin", "HR", "works council"]
    assert list(for_teams) == ["Entra admin", "Azure owner", "Teams admin", "HR", "works council"]
    assert "Teams" not in "".join(for_slack.values())
    assert "Slack" not in "".join(for_teams.values())


def test_for_teams_each_administrator_reads_what_only_they_can_do(
    firm: Rapport, teams: FakeTeams, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks, messages = before(firm)
    monkeypatch.setenv("RAPPORT_TEAMS_KIND", "managed_identity")
    _, without_secret = before(firm)

    assert "single tenant" in messages["Entra admin"]
    assert f"https://rapport.example.org{PATH}" in messages["Azure owner"]
    assert "TeamsAppInstallation.ReadWriteSelfForUser.All" in messages["Teams admin"]
    assert "Entra admin" not in without_secret
    assert "managed identity" in without_secret["Azure owner"]
    assert teams.secret not in "".join([*messages.values(), *tasks])


def meets(tenant: str) -> None:
    """Let person 1 have the app in this tenant."""

    def work(unit: Unit) -> None:
        workspace = unit.organisations.connect("teams", tenant)
        unit.accounts.link(1, workspace.id, "a-user")

    where = place()
    with closing(open_store(where.url, keys_dir=where.keys_dir, clock=SystemClock())) as store:
        store.write(work)


def test_for_teams_what_nobody_can_see_yet_counts_as_done_once_people_have_met_the_app(
    firm: Rapport, teams: FakeTeams, folder: Path
) -> None:
    def done() -> set[str]:
        return {what.partition(" ")[0] for what, done in before(firm)[0].items() if done}

    (folder / "people.csv").write_text("id,name,department,start_date\n1,Bo,Support,2024-01-01\n")
    firm("people", "import", "people.csv", "--yes")
    at_first = done()
    meets(teams.tenant)

    assert at_first == {"Make", "An", "Register", "Give"}
    assert done() - at_first == {"Upload", "Install", "Check"}


@pytest.mark.parametrize(("name", "setting"), [("Slack", "SLACK_APP_TOKEN"), ("Teams", "TEAMS_TENANTS")])
def test_hr_and_the_council_read_of_the_chat_that_is_meant(
    firm: Rapport, name: str, setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"RAPPORT_{setting}", "x")

    _, messages = before(firm)

    assert f"taken over from {name}" in messages["HR"]
    assert f"In {name} it asks" in messages["works council"]
